"""Binance's perpetuals without their tickers' streams: bars alone, on a simulator, in a store."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from tests.feeds.rig import settings_of
from tests.support.virtual_time import START_MS, VirtualClock
from tui_monitor.clock import MINUTE_MS
from tui_monitor.config import Anomalies
from tui_monitor.engine.candles import Candles
from tui_monitor.feeds.feed import Feed
from tui_monitor.feeds.plans import FeedPlan, Given
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.market import MarketState
from tui_monitor.model import (
    BAR_MS,
    CandleRow,
    Exchange,
    Market,
    Outage,
    Source,
    Ticker,
)
from tui_monitor.simulator import Simulator
from tui_monitor.store import Store, open_store

PERP = Market.PERP
BINANCE = Exchange.BINANCE
COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "PEPE", "LINK", "AVAX")
ROOTS = {
    Exchange.BINANCE: ("binance-futures", "/fapi/v1/klines"),
    Exchange.OKX: ("okx", "/api/v5/market/candles"),
    Exchange.BYBIT: ("bybit", "/v5/market/kline"),
    Exchange.BITGET: ("bitget", "/api/v2/mix/market/candles"),
}
FEW = Anomalies(top=6, bars=24, history_bars=16)


class Rig(NamedTuple):
    """A worker that runs, and its surroundings."""

    candles: Candles
    feeds: dict[Exchange, Feed]
    market: MarketState
    store: Store
    sim: Simulator
    clock: VirtualClock
    events: list[tuple[str, str, str]]
    outages: list[Outage]

    def asked(self, exchange: Exchange = BINANCE) -> int:
        """How often the exchange was asked for bars."""
        root, path = ROOTS[exchange]
        return int(self.sim.stats()[root]["requests"].get(path, 0))

    def symbols(self, exchange: Exchange = BINANCE) -> list[str]:
        """The universe."""
        universe = self.candles.universe(exchange)
        return [] if universe is None else [one.symbol for one in universe.instruments]

    async def complete(self, series: int = 1) -> float:
        """Wait until all bars of so many lengths are there, and shown."""

        def is_complete() -> bool:
            found = self.candles.progress()
            return len(found) >= series and all(one.due == 0 for one in found)

        took_s = await self.clock.until(is_complete, 60)
        await self.clock.sleep(10)
        return took_s

    async def stored(self, symbol: str, bar: str = "15m") -> list[CandleRow]:
        """A symbol's bars."""
        return await self.store.candles(BINANCE, PERP, symbol, bar, limit=1000)

    def cut(self, seconds: float, **narrowed: Any) -> None:
        """The streams of bars fall silent, as Binance's do: connected and acknowledged."""
        self.sim.fault(
            exchange="binance", kind="silence", seconds=seconds, channel="candles", **narrowed
        )

    def trade(self, symbol: str, turnover_usd: float) -> None:
        """Give a perpetual a turnover, as its ticker would."""
        row = self.market.row((BINANCE, PERP, symbol))
        assert row is not None
        event = Ticker(
            instrument=row.instrument,
            exchange_ms=self.clock.now_ms(),
            last=row.last,
            turnover_24h_usd=turnover_usd,
        )
        self.market.apply(event, self.clock.now_ms(), self.clock.monotonic_s(), Source.STREAM)


def bars_alone(plan: FeedPlan) -> FeedPlan:
    """No streams but those of bars, and no polls."""
    return replace(plan, streams=(), polls=())


def assert_true(sim: Simulator, row: CandleRow) -> None:
    """That a bar opens and closes as the simulator's market really did."""
    exchange = sim.exchanges[row.exchange.value]
    end_ms = row.open_ms + BAR_MS[row.bar] - 1
    said = [exchange.truth("perp", row.symbol, ms)["last"] for ms in (row.open_ms, end_ms)]
    assert [row.open, row.close] == pytest.approx(said, rel=1e-9), row


@asynccontextmanager
async def a_rig(
    folder: Path,
    settings: Anomalies = FEW,
    *,
    of: Sequence[Exchange] = (BINANCE,),
    start_ms: int = START_MS + 7 * MINUTE_MS,
    rate: float = 0.05,
    coins: Sequence[str] = COINS,
    plants: Sequence[Mapping[str, Any]] = (),
) -> AsyncIterator[Rig]:
    """A simulator, feeds with bars alone, a store, and the worker; all end with the block.

    `plants` is what is planted before anybody asks the simulator.
    """
    clock = VirtualClock(start_ms)
    market = MarketState()
    events: list[tuple[str, str, str]] = []
    outages: list[Outage] = []
    async with AsyncExitStack() as stack:
        simulator = Simulator(seed=1, clock=clock, rate=rate, coins=coins)
        sim = await stack.enter_async_context(simulator.running())
        for one in plants:
            sim.plant(**one)
        store = await stack.enter_async_context(open_store(folder, clock, kind="simulator"))
        feeds: dict[Exchange, Feed] = {}
        for exchange in of:
            make = ENTRIES[exchange].plan
            assert make is not None
            given = Given(clock, ("BTC",), market, seed=1)
            plan = bars_alone(make(settings_of(sim.url, exchange, markets=("perp",)), given))
            feeds[exchange] = Feed(
                plan, given, on_outage=outages.append, on_event=lambda *one: events.append(one)
            )
            stack.push_async_callback(feeds[exchange].aclose)
        candles = Candles(
            list(feeds.values()), store, market, clock, settings, lambda *one: events.append(one)
        )
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        running = [tasks.create_task(feed.run()) for feed in feeds.values()]
        running.append(tasks.create_task(candles.run()))
        try:
            yield Rig(candles, feeds, market, store, sim, clock, events, outages)
        finally:
            for task in running:
                task.cancel()
