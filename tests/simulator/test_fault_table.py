"""Every kind of fault on every exchange: what a client of that exchange meets."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.simulator.clients import WITHIN_S, Talk, socket_to
from tests.support.plain import PLAIN
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.faults import KINDS

LATE_S = 3_600


class Exchange(NamedTuple):
    """How to ask one: tickers and the list of perpetuals, and the ticker stream of BTC."""

    name: str
    tickers: str
    instruments: str
    btc: str
    socket: str
    subscribe: Any
    ping: str | None

    def is_push(self, text: str) -> bool:
        """Whether a text is data, not an answer."""
        return not any(word in text for word in ('"event"', '"success"', '"result"', "pong"))


EXCHANGES = {
    one.name: one
    for one in (
        Exchange(
            "okx",
            "/okx/api/v5/market/tickers?instType=SWAP",
            "/okx/api/v5/public/instruments?instType=SWAP",
            "BTC-USDT-SWAP",
            "/okx/ws/v5/public",
            {"op": "subscribe", "args": [{"channel": "tickers", "instId": "BTC-USDT-SWAP"}]},
            "ping",
        ),
        Exchange(
            "binance",
            "/binance-futures/fapi/v1/ticker/bookTicker",
            "/binance-futures/fapi/v1/exchangeInfo",
            "BTCUSDT",
            "/binance-futures/public/stream",
            {"method": "SUBSCRIBE", "params": ["btcusdt@bookTicker"], "id": 1},
            None,
        ),
        Exchange(
            "bybit",
            "/bybit/v5/market/tickers?category=linear",
            "/bybit/v5/market/instruments-info?category=linear&limit=1000",
            "BTCUSDT",
            "/bybit/v5/public/linear",
            {"op": "subscribe", "args": ["tickers.BTCUSDT"]},
            '{"op":"ping"}',
        ),
        Exchange(
            "bitget",
            "/bitget/api/v2/mix/market/tickers?productType=USDT-FUTURES",
            "/bitget/api/v2/mix/market/contracts?productType=USDT-FUTURES",
            "BTCUSDT",
            "/bitget/v3/ws/public",
            {
                "op": "subscribe",
                "args": [{"instType": "usdt-futures", "topic": "ticker", "symbol": "BTCUSDT"}],
            },
            "ping",
        ),
    )
}


class Broken:
    """A simulator, one exchange of it, and a client."""

    def __init__(
        self, sim: Simulator, exchange: Exchange, clock: VirtualClock, http: httpx.AsyncClient
    ) -> None:
        self.sim = sim
        self.exchange = exchange
        self.clock = clock
        self.http = http

    def begin(self, kind: str, **narrowed: Any) -> None:
        """Break the exchange for a minute."""
        asked = {"seconds": 60, **narrowed}
        self.sim.fault(exchange=self.exchange.name, kind=kind, **asked)

    async def body(self, path: str) -> bytes:
        """An answer's bytes."""
        return (await self.http.get(path)).content

    async def pushed(self, talk: Talk) -> str:
        """The next data that a subscriber of the tickers gets, whatever is left of it."""
        while True:
            text = await talk.next()
            told = text if isinstance(text, str) else json.dumps(text, separators=(",", ":"))
            if self.exchange.is_push(told):
                return told


async def subscribed(broken: Broken, talk: Talk) -> None:
    """Ask for the ticker of BTC."""
    await talk.socket.send(json.dumps(broken.exchange.subscribe))


async def status_of(broken: Broken, kind: str) -> None:
    """The status of that name."""
    broken.begin(kind)
    response = await broken.http.get(broken.exchange.tickers)
    assert response.status_code == int(kind.removeprefix("http_"))


async def slow(broken: Broken, kind: str) -> None:
    """The answer comes seconds later."""
    broken.begin(kind, delay_s=7)
    begin_s = broken.clock.monotonic_s()
    await broken.body(broken.exchange.tickers)
    assert 7 <= broken.clock.monotonic_s() - begin_s < 9


async def no_json(broken: Broken, kind: str) -> None:
    """Neither in an answer nor in a frame."""
    broken.begin(kind)
    with pytest.raises(ValueError, match=r"."):
        json.loads(await broken.body(broken.exchange.tickers))
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        await subscribed(broken, talk)
        while True:
            text = await talk.socket.recv()
            assert isinstance(text, str)
            if broken.exchange.is_push(text):
                break
        with pytest.raises(ValueError, match=r"."):
            json.loads(text)


async def no_price(broken: Broken, kind: str) -> None:
    """Answers and frames have words for prices."""
    broken.begin(kind)
    assert b'"NaN"' in await broken.body(broken.exchange.tickers)
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        await subscribed(broken, talk)
        assert re.search(r'":"(NaN|Infinity|-Infinity)"', await broken.pushed(talk))


async def huge(broken: Broken, kind: str) -> None:
    """A megabyte of nothing, once a connection."""
    broken.begin(kind, megabytes=1)
    assert len(await broken.body(broken.exchange.tickers)) > 1_000_000
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        await subscribed(broken, talk)
        assert len(await broken.pushed(talk)) > 1_000_000


async def late(broken: Broken, kind: str) -> None:
    """Times of an hour ago, in answers and frames."""
    broken.begin(kind, late_s=LATE_S)
    assert _has_old_time(broken, (await broken.body(broken.exchange.tickers)).decode())
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        await subscribed(broken, talk)
        assert _has_old_time(broken, await broken.pushed(talk))


def _has_old_time(broken: Broken, text: str) -> bool:
    old_ms = broken.clock.now_ms() - LATE_S * 1_000
    times = (int(found) for found in re.findall(r"\b1\d{12}\b", text))
    return any(old_ms - 5_000 < ms <= old_ms for ms in times)


async def unknown(broken: Broken, kind: str) -> None:
    """The list has a status that nobody knows; or the word for one."""
    broken.begin(kind, symbol=broken.exchange.btc)
    before = (await broken.body(broken.exchange.instruments)).lower()
    broken.sim.faults.clear()
    after = (await broken.body(broken.exchange.instruments)).lower()
    assert before.count(b"lunar") == after.count(b"lunar") + 1


async def delisted(broken: Broken, kind: str) -> None:
    """The symbol is gone from list and tickers; the stream of it falls silent."""
    row = re.compile(rf'"(symbol|instId)":"{broken.exchange.btc}"'.encode())
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        await subscribed(broken, talk)
        await broken.pushed(talk)
        assert row.search(await broken.body(broken.exchange.tickers))
        broken.begin(kind, symbol=broken.exchange.btc)
        assert not row.search(await broken.body(broken.exchange.tickers))
        assert not row.search(await broken.body(broken.exchange.instruments))
        await broken.clock.sleep(1)
        await _drain(talk)
        assert await talk.silent_for(10)


async def _drain(talk: Talk) -> None:
    """Read what was on its way."""
    while not await talk.silent_for(0.02):
        pass


async def partial(broken: Broken, kind: str) -> None:
    """About half of the rows."""
    whole = await broken.body(broken.exchange.instruments)
    broken.begin(kind)
    assert 0.3 < len(await broken.body(broken.exchange.instruments)) / len(whole) < 0.7


async def silent(broken: Broken, kind: str) -> None:
    """Acknowledged, and no data until it is over."""
    broken.begin(kind, seconds=12)
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        await subscribed(broken, talk)
        begin_s = broken.clock.monotonic_s()
        await broken.pushed(talk)
        assert 11 < broken.clock.monotonic_s() - begin_s < 16


async def dropped(broken: Broken, kind: str) -> None:
    """Closed now, and again right after it opens."""
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        await subscribed(broken, talk)
        await broken.pushed(talk)
        broken.begin(kind)
        with pytest.raises(ConnectionClosed):
            await talk.until(lambda _: False)
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        with pytest.raises(ConnectionClosed):
            await talk.until(lambda _: False)


async def refused(broken: Broken, kind: str) -> None:
    """No new connection; the old one lives on."""
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        broken.begin(kind)
        with pytest.raises(InvalidStatus):
            async with socket_to(broken.sim, broken.exchange.socket):
                raise AssertionError
        await subscribed(broken, talk)
        await broken.pushed(talk)


async def mute(broken: Broken, kind: str) -> None:
    """A ping is not answered; Binance's are those of the protocol."""
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        broken.begin(kind, seconds=20)
        if broken.exchange.ping is None:
            with pytest.raises(TimeoutError):
                await _pinged(talk)
        else:
            await talk.socket.send(broken.exchange.ping)
            assert await talk.silent_for(5)
        await broken.clock.sleep(20)
        if broken.exchange.ping is None:
            await _pinged(talk)
        else:
            await talk.socket.send(broken.exchange.ping)
            assert await talk.next()


async def _pinged(talk: Talk) -> None:

    async with asyncio.timeout(5):
        await (await talk.socket.ping())


async def noticed(broken: Broken, kind: str) -> None:
    """The socket closes when the upgrade begins."""
    async with socket_to(broken.sim, broken.exchange.socket) as talk:
        await subscribed(broken, talk)
        broken.begin(kind, delay_s=8)
        begin_s = broken.clock.monotonic_s()
        with pytest.raises(ConnectionClosed):
            await talk.until(lambda _: False, within_s=30)
        assert 7.5 < broken.clock.monotonic_s() - begin_s < 10


PROBES: dict[str, Callable[[Broken, str], Awaitable[None]]] = {
    "silence": silent,
    "drop": dropped,
    "refuse": refused,
    "slow": slow,
    "http_429": status_of,
    "http_418": status_of,
    "http_451": status_of,
    "http_500": status_of,
    "html": no_json,
    "garbage": no_json,
    "truncate": no_json,
    "nan": no_price,
    "huge_frame": huge,
    "late_ts": late,
    "unknown_status": unknown,
    "delist": delisted,
    "maintenance_notice": noticed,
    "no_pong": mute,
    "partial_list": partial,
}


def test_every_kind_has_a_probe() -> None:
    """And there is no kind that isn't in the table."""
    assert set(PROBES) == set(KINDS)


@pytest.mark.parametrize("kind", PROBES)
@pytest.mark.parametrize("name", EXCHANGES)
@in_virtual_time
async def test_a_fault_is_met(name: str, kind: str) -> None:
    """Each kind does on each exchange what its description says."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock).running() as sim,
        httpx.AsyncClient(
            base_url=sim.url, timeout=WITHIN_S, trust_env=False, verify=PLAIN
        ) as http,
    ):
        await PROBES[kind](Broken(sim, EXCHANGES[name], clock, http), kind)
