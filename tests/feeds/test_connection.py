"""One socket's life against servers that misbehave; nothing but a reason comes out of it."""

import asyncio
import json
import re

import pytest
from websockets.asyncio.server import ServerConnection

from tests.feeds.okx.samples import row
from tests.feeds.servers import Talk, answers, http, nobody_there, tcp_server, ws_server
from tests.feeds.wire import hooks, line
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.feeds.adapter import Control, Rejected, Subscription
from tui_monitor.feeds.connection import Connection
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.okx import mapper
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.feeds.verdict import End, Ended
from tui_monitor.market import MarketState
from tui_monitor.model import Source, Ticker

BTC = Subscription("tickers", "BTC-USDT-SWAP")


class Life:
    """A connection and what it said."""

    def __init__(
        self,
        url: str,
        *wanted: Subscription,
        silent_after_s: float = 60.0,
        rotate_after_s: float = 82_800.0,
    ) -> None:
        self.clock = VirtualClock()
        self.market = MarketState()
        self.told: list[Control] = []
        self.link = Connection(
            OkxAdapter(InstrumentBook(mapper.guess)),
            line(url, silent_after_s, rotate_after_s),
            wanted or (BTC,),
            self.clock,
            hooks(
                lambda event, ms, s: self.market.apply(event, ms, s, Source.STREAM),
                self.told.append,
            ),
        )

    async def end(self, within_s: float = 300) -> Ended:
        """Live it to its end."""
        async with asyncio.timeout(within_s):
            await self.link.run()
        assert self.link.ended is not None
        assert not self.link.connected
        return self.link.ended


async def hold_open(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Accept and say nothing, for ever."""
    while await reader.read(65_536):
        pass


_HTML = b"<html><body>\x1b]0;owned\x07Access denied</body></html>"
HANDSHAKES = [
    pytest.param(answers(http("200 OK", _HTML)), End.REFUSED, 200, id="a page"),
    pytest.param(answers(http("404 Not Found")), End.REFUSED, 404, id="404"),
    pytest.param(answers(http("403 Forbidden", _HTML)), End.REFUSED, 403, id="403"),
    pytest.param(
        answers(http("429 Too Many Requests", b"", "Retry-After: 33")), End.REFUSED, 429, id="429"
    ),
    pytest.param(answers(http("418 I'm a teapot")), End.REFUSED, 418, id="418"),
    pytest.param(answers(http("503 Service Unavailable")), End.REFUSED, 503, id="503"),
    pytest.param(
        answers(http("302 Found", b"", "Location: ws://127.0.0.1:9/other")),
        End.REFUSED, 302, id="a redirect",
    ),
    pytest.param(
        answers(http("101 Switching Protocols", b"", "Upgrade: websocket", "Connection: Upgrade")),
        End.REFUSED, None, id="101 without a key",
    ),
    pytest.param(answers(b"\x00\xff garbage \r\n\r\n"), End.REFUSED, None, id="garbage"),
    pytest.param(answers(b""), End.REFUSED, None, id="an end"),
    pytest.param(answers(http("200 OK", b"x"), wait_s=30), End.UNREACHABLE, None, id="late"),
    pytest.param(hold_open, End.UNREACHABLE, None, id="nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("talk", "end", "status"), HANDSHAKES)
def test_a_handshake_that_fails_gives_a_reason(talk: Talk, end: End, status: int | None) -> None:
    """Within ten seconds, with the HTTP status where there is one, and printable."""

    @in_virtual_time
    async def run() -> None:
        async with tcp_server(talk) as address:
            life = Life(f"ws://{address}")
            begin_s = life.clock.monotonic_s()
            ended = await life.end()
            assert (ended.end, ended.status) == (end, status)
            assert life.clock.monotonic_s() - begin_s <= 10.5
            assert ended.text.isprintable()
            assert ended.retry_after_s == (33 if status == 429 else None)

    run()


@in_virtual_time
async def test_a_closed_port_is_unreachable() -> None:
    """Every OSError can be tried again."""
    with nobody_there() as address:
        ended = await Life(f"ws://{address}").end()
    assert ended.end is End.UNREACHABLE


@in_virtual_time
async def test_a_missing_pong_is_death() -> None:
    """A peer that confirmed and then fell silent: ping after 20 s, dead 10 s later."""
    pings: list[str] = []

    async def talk(socket: ServerConnection) -> None:
        await acknowledge(socket, str(await socket.recv()))
        pings.append(str(await socket.recv()))
        await socket.wait_closed()

    async with ws_server(talk) as url:
        ended = await Life(url, silent_after_s=120).end()
    assert ended.end is End.NO_PONG
    assert pings == ["ping"]
    assert 29 <= ended.lived_s <= 31


@in_virtual_time
async def test_a_peer_that_no_longer_reads_holds_nobody_who_is_told_to_end() -> None:
    """A half-open socket answers no goodbye; the program has two seconds for all of its stop."""
    asked = asyncio.Event()

    async def talk(socket: ServerConnection) -> None:
        await acknowledge(socket, str(await socket.recv()))
        socket.transport.pause_reading()
        asked.set()
        await socket.wait_closed()

    async with ws_server(talk) as url:
        life = Life(url)
        run = asyncio.create_task(life.link.run())
        await asked.wait()
        begin_s = life.clock.monotonic_s()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert life.clock.monotonic_s() - begin_s <= 0.6


@in_virtual_time
async def test_pongs_hold_the_socket_but_are_not_data() -> None:
    """A peer that answers pings and gives no data is silent."""

    async def talk(socket: ServerConnection) -> None:
        async for message in socket:
            if message == "ping":
                await socket.send("pong")
            else:
                await acknowledge(socket, str(message))

    async with ws_server(talk) as url:
        ended = await Life(url, silent_after_s=120).end()
    assert ended.end is End.SILENT
    assert not ended.had_data
    assert 119 <= ended.lived_s <= 121


@in_virtual_time
async def test_repeating_one_frame_is_not_data() -> None:
    """The same values at the same exchange time once more: silent."""

    async def talk(socket: ServerConnection) -> None:
        await acknowledge(socket, str(await socket.recv()))
        while True:
            await socket.send(push(row("BTC-USDT-SWAP")))
            await asyncio.sleep(1)

    async with ws_server(talk) as url:
        life = Life(url, silent_after_s=10)
        ended = await life.end()
    assert ended.end is End.SILENT
    assert ended.had_data
    assert ended.lived_s <= 11


@in_virtual_time
async def test_no_rounding_of_a_time_makes_it_spin() -> None:
    """At odd fractions of a second, where `then + 10` has come and `now - then` is below 10."""

    async def talk(socket: ServerConnection) -> None:
        await socket.wait_closed()

    clock = VirtualClock()
    async with ws_server(talk) as url:
        for number in range(20):
            await clock.sleep(0.1 + number / 997)
            ended = await Life(url, silent_after_s=10.1 + number / 89).end(within_s=30)
            assert ended.end is End.SILENT


@in_virtual_time
async def test_what_is_not_confirmed_is_asked_for_again() -> None:
    """The third time the exchange hears us."""
    asked: list[str] = []

    async def talk(socket: ServerConnection) -> None:
        async for message in socket:
            if message == "ping":
                await socket.send("pong")
                continue
            asked.append(str(message))
            if len(asked) == 3:
                await acknowledge(socket, str(message))

    async with ws_server(talk) as url:
        ended = await Life(url, silent_after_s=100).end()
    assert len(asked) == 3
    assert ended.end is End.SILENT


@in_virtual_time
async def test_a_socket_that_never_confirms_is_given_up() -> None:
    """Three requests without an answer are enough."""

    async def talk(socket: ServerConnection) -> None:
        async for message in socket:
            if message == "ping":
                await socket.send("pong")

    async with ws_server(talk) as url:
        ended = await Life(url, silent_after_s=100).end()
    assert ended.end is End.UNACKNOWLEDGED
    assert ended.lived_s <= 31


@in_virtual_time
async def test_a_batch_refused_without_a_name_is_halved_until_the_culprit_is_alone() -> None:
    """Some exchanges refuse the whole batch for one topic."""
    good: set[str] = set()

    async def talk(socket: ServerConnection) -> None:
        async for message in socket:
            if message == "ping":
                await socket.send("pong")
                continue
            names = [arg["instId"] for arg in json.loads(message)["args"]]
            if "BAD-USDT-SWAP" in names:
                await socket.send('{"event":"error","code":"60012","msg":"Invalid request"}')
            else:
                good.update(names)
                await acknowledge(socket, str(message))

    wanted = [Subscription("tickers", f"C{n}-USDT-SWAP") for n in range(10)]
    wanted.insert(6, Subscription("tickers", "BAD-USDT-SWAP"))
    async with ws_server(talk) as url:
        life = Life(url, *wanted, silent_after_s=60)
        await life.end()
    assert good == {f"C{n}-USDT-SWAP" for n in range(10)}
    refused = [event for event in life.told if isinstance(event, Rejected)]
    assert [event.subscription for event in refused] == [wanted[6]]


@in_virtual_time
async def test_our_frames_keep_to_the_limit_also_when_much_is_asked() -> None:
    """Ten batches go out at two a second at most."""
    times: list[float] = []
    clock = VirtualClock()

    async def talk(socket: ServerConnection) -> None:
        async for message in socket:
            times.append(clock.monotonic_s())
            if message != "ping":
                await acknowledge(socket, str(message))

    wanted = [Subscription("tickers", f"C{n}-USDT-SWAP") for n in range(1000)]
    async with ws_server(talk) as url:
        await Life(url, *wanted, silent_after_s=15).end()
    batches = times[:10]
    assert all(
        sum(1 for other in batches if begin <= other < begin + 0.99) <= 2 for begin in batches
    )


@in_virtual_time
async def test_a_planned_change_asks_for_a_successor_and_lives_on() -> None:
    """At its age the socket says so; it goes on giving data until it is relieved."""

    async def talk(socket: ServerConnection) -> None:
        await acknowledge(socket, str(await socket.recv()))
        for number in range(10_000):
            await socket.send(push(row("BTC-USDT-SWAP", ts=str(1_795_132_800_000 + number))))
            await asyncio.sleep(1)

    async with ws_server(talk) as url:
        life = Life(url, silent_after_s=10, rotate_after_s=30)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(life.link.run())
            await life.clock.sleep(29)
            assert not life.link.leaving
            await life.clock.until(lambda: life.link.leaving, 3)
            assert life.link.live
            assert life.link.ended is None
            running.cancel()


async def acknowledge(socket: ServerConnection, request: str) -> None:
    """One ack an arg, as OKX does."""
    for arg in json.loads(request)["args"]:
        await socket.send(json.dumps({"event": "subscribe", "arg": arg, "connId": "a"}))


def push(ticker: dict[str, str]) -> str:
    """A ticker frame, spaced as OKX spaces it."""
    frame = {"arg": {"channel": "tickers", "instId": ticker["instId"]}, "data": [ticker]}
    return re.sub(r"([,:]) ", r"\1", json.dumps(frame))


@in_virtual_time
async def test_data_that_another_socket_gave_first_shows_life_but_is_no_news() -> None:
    """A successor beside its predecessor: alive, though it never is the first to say anything."""

    async def talk(socket: ServerConnection) -> None:
        await acknowledge(socket, str(await socket.recv()))
        await asyncio.sleep(1)
        await socket.send(push(row("BTC-USDT-SWAP")))
        await socket.wait_closed()

    async with ws_server(talk) as url:
        life = Life(url, silent_after_s=10)
        adapter = OkxAdapter(InstrumentBook(mapper.guess))
        (first,) = adapter.decode(push(row("BTC-USDT-SWAP")).encode())
        assert isinstance(first, Ticker)
        life.market.apply(first, life.clock.now_ms(), life.clock.monotonic_s(), Source.STREAM)
        revision = life.market.revision
        ended = await life.end()
    assert life.link.live
    assert life.market.revision == revision
    assert ended.end is End.SILENT


@in_virtual_time
async def test_a_flood_that_is_there_at_once_ends_the_socket_with_its_reason() -> None:
    """The damaged frames are all waiting when reading begins, and more are behind them."""
    closed = asyncio.Event()

    async def talk(socket: ServerConnection) -> None:
        for _ in range(200):
            await socket.send(b"\x00 garbage")
        await socket.wait_closed()
        closed.set()

    async with ws_server(talk) as url:
        life = Life(url)
        ended = await life.end()
        assert ended.end is End.MALFORMED
        async with asyncio.timeout(10):
            await closed.wait()
