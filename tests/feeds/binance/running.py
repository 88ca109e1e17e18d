"""Binance's feed on a simulated Binance in virtual time, and what is true of all it says."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from tests.feeds.rig import Rig, Shape, settings_of
from tests.feeds.simulated import assert_true
from tests.support.sim import SAMPLE
from tests.support.virtual_time import START_MS, VirtualClock
from tui_monitor.feeds.plans import FeedPlan, ListPlan
from tui_monitor.market import MarketState, Row
from tui_monitor.model import (
    ChannelHealth,
    Exchange,
    FeedState,
    Instrument,
    Market,
    MarketEvent,
    MarkPrice,
    OpenInterest,
    Outage,
    Source,
    Status,
    Ticker,
)
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.binance.catalog import SPOT, UM, catalog_of

PERP = Market.PERP
CATEGORIES = {Market.PERP: UM, Market.SPOT: SPOT}
ROOTS = {Market.PERP: "binance-futures", Market.SPOT: "binance-spot"}
FEW = ("BTCUSDT", "ETHUSDT", "1000PEPEUSDT", "PEPEUSDT")
# The simulator's REST rows of spot have no time: they are what was so this long ago, or since.
GRID_MS, ON_THE_WAY_MS = 100, 1_000
# How long an answer may take in virtual time.
ANSWER_MS = 20


class Witness(MarketState):
    """A market that remembers the events that were news to it, when and by which way they came."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[MarketEvent, int, Source]] = []

    def apply(
        self, event: MarketEvent, received_ms: int, received_s: float, source: Source
    ) -> bool:
        """Merge it; remember it if it was news."""
        news = super().apply(event, received_ms, received_s, source)
        if news:
            self.told.append((event, received_ms, source))
        return news


class Running(Rig):
    """A feed that runs, and what it said."""

    def make_market(self) -> MarketState:
        self.witness = Witness()
        return self.witness

    def stats_of(self, market: Market) -> dict[str, Any]:
        """What the simulator counted at one root."""
        found: dict[str, Any] = self.sim.stats()[ROOTS[market]]
        return found

    def sockets(self) -> dict[str, int]:
        """Those that are open now, and all since the start."""
        each = [self.stats_of(market)["connections"] for market in Market]
        return {name: sum(one[name] for one in each) for name in ("open", "total")}

    def asked(self, market: Market, path: str = "") -> int:
        """How many REST requests there were."""
        requests: dict[str, int] = self.stats_of(market)["requests"]
        return sum(count for name, count in requests.items() if path in name)

    def light(self, market: Market, name: str) -> ChannelHealth:
        """One channel's health."""
        return self.channel(market, name)

    async def lit(self, market: Market, name: str, state: FeedState, within_s: float) -> float:
        """Wait for a channel's light; how long it took."""
        return await self.clock.until(lambda: self.light(market, name).state is state, within_s)

    async def all_live(self, within_s: float = 15.0) -> None:
        """Wait until every channel is."""
        await self.clock.until(
            lambda: (
                bool(self.feed.health())
                and all(one.state is FeedState.LIVE for one in self.feed.health())
            ),
            within_s,
        )

    def row_of(self, symbol: str, market: Market = Market.PERP) -> Row:
        """A symbol's row."""
        found = self.market.row((Exchange.BINANCE, market, symbol))
        assert found is not None, symbol
        return found

    def noted(self, text: str) -> int:
        """How many notes have this in them."""
        return sum(text in note for _, _, note in self.events)

    def outages_at(self, market: Market, name: str) -> list[Outage]:
        """What was written down of one channel."""
        return [one for one in self.outages if (one.market, one.channel) == (market, name)]

    def assert_all_true(self) -> None:
        """Every event that was news said what was so at its time."""
        for event, received_ms, _ in self.witness.told:
            match event:
                case OpenInterest():
                    self._assert_interest(event)
                case Ticker(exchange_ms=None):
                    self._assert_lately(event, received_ms)
                case Ticker():
                    assert_true(self.sim, event)
                    self._assert_day(event)
                case _ if getattr(event, "exchange_ms", None) is not None:
                    assert_true(self.sim, event)

    def _assert_interest(self, event: OpenInterest) -> None:
        """Coins as the exchange counted them; USD at the mark that was known then."""
        assert_true(self.sim, replace(event, open_interest_usd=None))
        coins, at_ms = event.open_interest_coins, event.exchange_ms
        assert coins is not None
        assert at_ms is not None
        known = [
            one.mark_price
            for one, received_ms, _ in self.witness.told
            if isinstance(one, MarkPrice)
            and one.instrument.key == event.instrument.key
            and received_ms <= at_ms + ANSWER_MS
        ]
        usd = event.open_interest_usd
        if len(known) > 1:
            assert any(mark and usd == pytest.approx(coins * mark) for mark in known[-2:])

    def _assert_lately(self, ticker: Ticker, received_ms: int) -> None:
        """What has no time was so a moment before it came."""
        for ago_ms in range(0, ON_THE_WAY_MS, GRID_MS):
            try:
                assert_true(self.sim, replace(ticker, exchange_ms=received_ms - ago_ms))
            except AssertionError:
                continue
            return
        raise AssertionError(f"never so: {ticker}")

    def _assert_day(self, ticker: Ticker) -> None:
        instrument, ms = ticker.instrument, ticker.exchange_ms
        assert ms is not None
        catalog = catalog_of(1, self.sim.shared.size)
        pair = catalog.find(CATEGORIES[instrument.market], instrument.symbol, ms)
        assert pair is not None, instrument.symbol
        day = pair.series.day(ms)
        told = {
            "open_24h": pair.coin_price(day.open),
            "high_24h": pair.coin_price(day.high),
            "low_24h": pair.coin_price(day.low),
            "volume_24h_coins": pair.coins(day.lots),
            "turnover_24h_usd": float(pair.money(day.turnover)),
        }
        for name, value in told.items():
            said = getattr(ticker, name)
            assert said is None or said == pytest.approx(value, rel=1e-6), (ticker, name)


def whole(plan: FeedPlan) -> FeedPlan:
    """A plan as it is."""
    return plan


def only(*symbols: str) -> Shape:
    """A plan for which all the others of both markets do not trade: that is quicker."""

    def narrowed(one: ListPlan) -> ListPlan:
        async def fetch() -> list[Instrument]:
            found = [
                instrument
                if instrument.symbol in symbols
                else replace(instrument, status=Status.HALTED)
                for instrument in await one.fetch()
            ]
            one.book.learn(found)
            return found

        return replace(one, fetch=fetch)

    return lambda plan: replace(plan, lists=tuple(map(narrowed, plan.lists)))


@asynccontextmanager
async def running(
    shape: Shape = whole,
    *,
    markets: Sequence[str] = ("perp", "spot"),
    rate: float = 1.0,
    start_ms: int = START_MS,
    coins: Sequence[str] = ("BTC",),
    listed: Sequence[str] = SAMPLE,
    **changes: Any,
) -> AsyncIterator[Running]:
    """A running feed of the `listed` coins; none: of all that there are.

    Leaving the block cancels it. No documented limit may ever be broken.
    """
    clock = VirtualClock(start_ms)
    async with Simulator(seed=1, clock=clock, rate=rate, coins=listed).running() as sim:
        settings = settings_of(sim.url, Exchange.BINANCE, markets=tuple(markets), **changes)
        it = Running(sim, clock, settings, coins, Exchange.BINANCE, shape)
        try:
            async with asyncio.TaskGroup() as tasks:
                task = tasks.create_task(it.feed.run())
                try:
                    yield it
                finally:
                    task.cancel()
        finally:
            await it.feed.aclose()
        for market in Market:
            assert it.stats_of(market)["violations"] == []


def live(it: Running, market: Market) -> list[Instrument]:
    """The instruments that must have rows: as many as the exchange lists, more than a few."""
    found = it.feed.instruments(market)
    assert len(found) >= 15
    return found
