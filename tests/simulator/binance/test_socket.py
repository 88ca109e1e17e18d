"""Binance's sockets: acknowledgements that prove nothing, wrong paths, limits, pings, ends."""

import asyncio
import json
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.simulator.binance.harness import (
    MARKET_RAW,
    MARKET_STREAM,
    PUBLIC_STREAM,
    SPOT_STREAM,
    Talk,
    talk_to,
)
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator

BOOK, TICKER = "btcusdt@bookTicker", "btcusdt@ticker"


async def test_everything_is_acknowledged_and_listed(sim: Simulator) -> None:
    """Unknown symbols, unknown types, upper case; unsubscribing from what never was, too."""
    names = ["nope@ticker", "btcusdt@nothing", "BTCUSDT@ticker", "!ticker@nobody", TICKER]
    async with talk_to(sim) as talk:
        assert await talk.ask("SUBSCRIBE", *names, request_id=3) == {"result": None, "id": 3}
        listed = await talk.ask("LIST_SUBSCRIPTIONS", request_id="abc")
        assert listed == {"result": names, "id": "abc"}
        assert await talk.ask("UNSUBSCRIBE", *names[1:], "never@was") == {"result": None, "id": 7}
        assert (await talk.ask("LIST_SUBSCRIPTIONS"))["result"] == names[:1]
        assert sim.stats()["binance-futures"]["subscriptions"] == {"active": 1, "total": 5}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (MARKET_STREAM, BOOK),
        (MARKET_STREAM, "!bookTicker"),
        (PUBLIC_STREAM, TICKER),
        (PUBLIC_STREAM, "!markPrice@arr@1s"),
        ("binance-futures/stream", "!ticker@arr"),
        ("binance-futures/ws", "btcusdt@kline_1m"),
        ("binance-futures/private/ws", TICKER),
        (MARKET_STREAM, "BTCUSDT@ticker"),
        (MARKET_STREAM, "nopeusdt@ticker"),
        (MARKET_STREAM, "btcusdt@kline_1s"),
        (MARKET_STREAM, "dogsusdt@ticker"),
        (SPOT_STREAM, "!ticker@arr"),
        (SPOT_STREAM, "!bookTicker"),
        (SPOT_STREAM, "btcusdt@markPrice"),
    ],
)
@in_virtual_time
async def test_a_wrong_path_or_name_is_acknowledged_and_silent(path: str, name: str) -> None:
    """No error, no frame."""
    async with Simulator(clock=VirtualClock()).running() as sim, talk_to(sim, path) as talk:
        await talk.subscribe(name)
        assert await talk.silent_for(15)


@in_virtual_time
async def test_the_legacy_path_has_what_public_has() -> None:
    """And nothing else; so it looks alive."""
    async with (
        Simulator(clock=VirtualClock()).running() as sim,
        talk_to(sim, "binance-futures/stream", f"{BOOK}/!ticker@arr") as talk,
    ):
        heard = {(await talk.next())["stream"] for _ in range(20)}
    assert heard == {BOOK}


@in_virtual_time
async def test_names_in_the_url_need_no_request() -> None:
    """Raw paths carry bare payloads, also for names beyond ASCII (percent-encoded)."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        async with talk_to(
            sim, f"{MARKET_RAW}/%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9Fusdt@ticker"
        ) as talk:
            assert (await talk.next())["s"] == "币安人生USDT"
            await talk.subscribe("牛来usdt@ticker")
            assert (await talk.until(lambda said: said.get("s") == "牛来USDT"))["e"] == "24hrTicker"
        async with talk_to(sim, MARKET_STREAM, "牛来usdt@ticker") as talk:
            assert (await talk.next())["stream"] == "牛来usdt@ticker"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("what", 3),
        ("[]", 2),
        ('{"id":1}', 2),
        ('{"method":"LOGIN","id":1}', 2),
        ('{"method":"SUBSCRIBE","params":"btcusdt@ticker","id":1}', 2),
        ('{"method":"SUBSCRIBE","params":[1],"id":1}', 2),
        ('{"method":"SUBSCRIBE","params":[],"id":{}}', 2),
        ("[" * 100_000, 3),
    ],
)
async def test_a_bad_request_gets_an_error_and_the_socket_lives(
    sim: Simulator, message: str, code: int
) -> None:
    """Futures wrap it, spot doesn't."""
    async with talk_to(sim) as futures, talk_to(sim, SPOT_STREAM) as spot:
        await futures.socket.send(message)
        assert (await futures.next())["error"]["code"] == code
        await spot.socket.send(message)
        assert (await spot.next())["code"] == code
        await futures.subscribe(TICKER)


@in_virtual_time
async def test_the_stream_too_many_loses_them_all() -> None:
    """1,024 are taken; one more: error 4, close 1008, a violation."""
    names = [f"made{place}usdt@ticker" for place in range(1024)]
    async with Simulator(clock=VirtualClock()).running() as sim, talk_to(sim) as talk:
        await talk.subscribe(*names)
        await talk.subscribe(names[0])
        said = await talk.ask("SUBSCRIBE", "another@ticker")
        assert said == {"error": {"code": 4, "msg": "Too many subscriptions"}}
        with pytest.raises(ConnectionClosed):
            await talk.next()
        assert talk.ended_with() == (1008, "Invalid request")
        assert "1024" in sim.stats()["binance-futures"]["violations"][0]["what"]


async def answered(talk: Talk, count: int) -> int:
    """How many of so many requests at once are answered before the socket is closed."""
    for place in range(count):
        await talk.socket.send(json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": place}))
    said = 0
    with suppress(ConnectionClosed):
        while said < count:
            await talk.next()
            said += 1
    return said


@in_virtual_time
async def test_bursts_close_the_socket() -> None:
    """Futures after 15 in a second (more than the documented 10 are noted), spot after 5."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        for path, most, documented in ((MARKET_STREAM, 15, 10), (SPOT_STREAM, 5, 5)):
            root = "binance-spot" if path == SPOT_STREAM else "binance-futures"
            async with talk_to(sim, path) as talk:
                assert await answered(talk, documented) == documented
                assert sim.stats()[root]["violations"] == []
                await clock.sleep(1.1)
                assert await answered(talk, 40) == most
                assert talk.ended_with() == (1008, "Too many requests")
            assert sim.stats()[root]["violations_total"] >= 1


@in_virtual_time
async def test_spot_counts_a_clients_pings() -> None:
    """They are messages like any other."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        async with talk_to(sim, SPOT_STREAM) as talk:
            for _ in range(6):
                await talk.socket.ping()
            with pytest.raises(ConnectionClosed):
                await talk.next()
            assert talk.ended_with() == (1008, "Too many requests")
        async with talk_to(sim) as futures:
            for _ in range(30):
                await (await futures.socket.ping())
            await futures.subscribe(TICKER)


@in_virtual_time
async def test_connections_are_limited() -> None:
    """300 in five minutes; each root by itself."""
    async with Simulator(clock=VirtualClock()).running() as sim:
        for _ in range(300):
            async with talk_to(sim):
                pass
        with pytest.raises(InvalidStatus) as refused:
            async with talk_to(sim):
                raise AssertionError
        assert refused.value.response.status_code == 429
        async with talk_to(sim, SPOT_STREAM) as spot:
            await spot.subscribe(TICKER)


class MuteClient:
    """A client that never answers pings, on a bare TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, sim: Simulator, path: str) -> "MuteClient":
        host, port = sim.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"GET /{path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        return cls(reader, writer)

    async def frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next (short) frame."""
        first, length = await self._reader.readexactly(2)
        return first & 15, await self._reader.readexactly(length)


@pytest.mark.parametrize(
    ("path", "pings_s", "end_s"),
    [(SPOT_STREAM, [20, 40, 60], 80), (MARKET_STREAM, [140, 320], 860)],
)
@in_virtual_time
async def test_the_server_pings_and_cuts_off_who_never_answers(
    path: str, pings_s: list[int], end_s: int
) -> None:
    """The payload is the time; the deadline is a minute on spot, ten on futures."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim:
        client = await MuteClient.open(sim, path)
        heard = []
        while True:
            opcode, payload = await client.frame()
            if opcode != 9:
                break
            heard.append(round((int(payload) - START_MS) / 1000))
        assert heard[: len(pings_s)] == pings_s
        assert opcode == 8
        assert int.from_bytes(payload[:2]) == 1008
        assert (clock.now_ms() - START_MS) / 1000 == pytest.approx(end_s, abs=1)
        client.writer.close()


@in_virtual_time
async def test_who_answers_lives_for_a_day() -> None:
    """Then the socket is closed whatever it does."""
    clock = VirtualClock()
    async with Simulator(clock=clock).running() as sim, talk_to(sim) as talk:
        with pytest.raises(ConnectionClosed):
            await talk.next(100_000)
        assert (clock.now_ms() - START_MS) / 3_600_000 == pytest.approx(24, abs=0.1)
