"""Bybit's feed on a simulated Bybit in virtual time, and what is true of all it says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from tests.feeds.rig import settings_of
from tests.feeds.simulated import assert_true
from tests.support.sim import SAMPLE
from tests.support.virtual_time import START_MS, VirtualClock
from tui_monitor.config import Exchanges
from tui_monitor.feeds.bybit.feed import plan
from tui_monitor.feeds.feed import Feed
from tui_monitor.feeds.plans import FeedPlan, Given, ListPlan
from tui_monitor.market import MarketState, Row
from tui_monitor.model import (
    ChannelHealth,
    Exchange,
    FeedState,
    Instrument,
    Market,
    MarketEvent,
    Outage,
    Source,
    Status,
    Ticker,
)
from tui_monitor.simulator import Simulator
from tui_monitor.simulator.bybit.catalog import LINEAR, SPOT, catalog_of
from tui_monitor.simulator.coins import MAJORS

CATEGORY = {Market.PERP: LINEAR, Market.SPOT: SPOT}
HALTED = Status.HALTED
FEW = ("BTCUSDT", "ETHUSDT", "XRPUSDT")
SOME = tuple(f"{name}USDT" for name in MAJORS)


class Witness(MarketState):
    """A market that remembers the events that were news to it, and the way they came."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[MarketEvent, Source]] = []

    def apply(
        self, event: MarketEvent, received_ms: int, received_s: float, source: Source
    ) -> bool:
        """Merge it; remember it if it was news."""
        news = super().apply(event, received_ms, received_s, source)
        if news:
            self.told.append((event, source))
        return news


class Running:
    """A feed that runs, and what it said."""

    def __init__(self, sim: Simulator, clock: VirtualClock, settings: Exchanges, made: "Made"):
        self.sim = sim
        self.clock = clock
        self.market = Witness()
        self.outages: list[Outage] = []
        self.notes: list[tuple[str, str]] = []
        given = Given(clock, made.coins, self.market)
        self.feed = Feed(
            made.shape(plan(settings.bybit, given)),
            given,
            on_outage=self.outages.append,
            on_event=lambda level, _exchange, text: self.notes.append((level, text)),
        )

    @property
    def stats(self) -> dict[str, Any]:
        """What the simulator counted."""
        found: dict[str, Any] = self.sim.stats()["bybit"]
        return found

    @property
    def asked(self) -> int:
        """How many REST requests there were."""
        return sum(self.stats["requests"].values())

    def fault(self, kind: str, seconds: float, **narrowed: Any) -> None:
        """Break the simulated exchange."""
        self.sim.fault(exchange="bybit", kind=kind, seconds=seconds, **narrowed)

    def light(self, market: Market, name: str) -> ChannelHealth:
        """One channel's health."""
        found = [one for one in self.feed.health() if (one.market, one.channel) == (market, name)]
        assert found, f"no channel {market} {name}"
        return found[0]

    async def until(self, market: Market, name: str, state: FeedState, within_s: float) -> float:
        """Wait for a channel's light; how long it took."""
        wanted = (market, name, state)
        return await self.clock.until(
            lambda: wanted in {(one.market, one.channel, one.state) for one in self.feed.health()},
            within_s,
        )

    async def all_live(self, within_s: float = 12.0) -> None:
        """Wait until every channel is."""
        await self.clock.until(
            lambda: (
                bool(self.feed.health())
                and all(one.state is FeedState.LIVE for one in self.feed.health())
            ),
            within_s,
        )

    def row(self, symbol: str, market: Market = Market.PERP) -> Row:
        """A symbol's row."""
        found = self.market.row((Exchange.BYBIT, market, symbol))
        assert found is not None, symbol
        return found

    def streamed(self) -> list[MarketEvent]:
        """What was news from a stream."""
        return [event for event, source in self.market.told if source is Source.STREAM]

    def noted(self, text: str) -> int:
        """How many notes have this in them."""
        return sum(text in note for _, note in self.notes)

    def outages_of(self, market: Market, name: str) -> list[Outage]:
        """What was written down of one channel."""
        return [one for one in self.outages if (one.market, one.channel) == (market, name)]

    def assert_all_true(self) -> None:
        """Every event that was news said what was so at its time."""
        for event, _ in self.market.told:
            assert_true(self.sim, event)
            if isinstance(event, Ticker) and event.volume_24h_coins is not None:
                self._assert_day(event)

    def _assert_day(self, ticker: Ticker) -> None:
        instrument, ms = ticker.instrument, ticker.exchange_ms
        assert ms is not None
        shelf = catalog_of(1, self.sim.shared.size)
        listing = shelf.find(CATEGORY[instrument.market], instrument.symbol, ms)
        assert listing is not None, instrument.symbol
        day = listing.series.day(ms)
        told = {
            "open_24h": listing.coin_price(day.open),
            "high_24h": listing.coin_price(day.high),
            "low_24h": listing.coin_price(day.low),
            "volume_24h_coins": listing.coins(day.lots),
            "turnover_24h_usd": float(listing.turnover(day)),
        }
        for name, value in told.items():
            said = getattr(ticker, name)
            assert said is None or said == pytest.approx(value, rel=1e-6), (ticker, name)


class Made(Struct, frozen=True, kw_only=True):
    """How a feed is made: the coins that are waited for, and what becomes of its plan."""

    coins: Sequence[str] = ("BTC",)
    shape: Callable[[FeedPlan], FeedPlan] = lambda whole: whole


def only(*symbols: str, lists_every_s: float | None = None) -> Callable[[FeedPlan], FeedPlan]:
    """A plan for which all the others of both markets do not trade, which is quicker.

    `lists_every_s`: their lists are read so often instead of four times an hour.
    """

    def narrowed(one: ListPlan) -> ListPlan:
        async def fetch() -> list[Instrument]:
            found = [
                instrument if instrument.symbol in symbols else replace(instrument, status=HALTED)
                for instrument in await one.fetch()
            ]
            one.book.learn(found)
            return found

        return replace(one, fetch=fetch, every_s=lists_every_s or one.every_s)

    return lambda whole: replace(whole, lists=tuple(map(narrowed, whole.lists)))


@asynccontextmanager
async def running(
    *,
    markets: Sequence[str] = ("perp", "spot"),
    rate: float = 1.0,
    start_ms: int = START_MS,
    made: Made | None = None,
    listed: Sequence[str] = SAMPLE,
    **changes: Any,
) -> AsyncIterator[Running]:
    """A running feed of the `listed` coins; none: of all that there are.

    Leaving the block cancels it. No documented limit may ever be broken.
    """
    clock = VirtualClock(start_ms)
    async with Simulator(seed=1, clock=clock, rate=rate, coins=listed).running() as sim:
        settings = settings_of(sim.url, Exchange.BYBIT, markets=tuple(markets), **changes)
        it = Running(sim, clock, settings, made or Made())
        try:
            async with asyncio.TaskGroup() as tasks:
                task = tasks.create_task(it.feed.run())
                try:
                    yield it
                finally:
                    task.cancel()
        finally:
            await it.feed.aclose()
        assert it.stats["violations"] == []


def live(it: Running, market: Market) -> list[Instrument]:
    """The instruments that must have rows: as many as the exchange lists, more than a few."""
    found = it.feed.instruments(market)
    assert len(found) >= 15
    return found
