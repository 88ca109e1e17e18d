"""Binance's feed on a simulated Binance in virtual time, and what is true of all it says."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from tests.feeds.rig import Shape, running_feed, settings_of
from tests.feeds.simulated import assert_true
from tests.feeds.witnessed import Witnessed, assert_day
from tests.support.sim import HANDFUL
from tests.support.virtual_time import START_MS, VirtualClock
from tui_monitor.feeds.plans import FeedPlan
from tui_monitor.model import (
    Exchange,
    Market,
    MarkPrice,
    OpenInterest,
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


class Running(Witnessed):
    """A feed that runs, and what it said."""

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
        assert_day(pair, ticker, float(pair.money(pair.series.day(ms).turnover)))


def whole(plan: FeedPlan) -> FeedPlan:
    """A plan as it is."""
    return plan


@asynccontextmanager
async def running(
    shape: Shape = whole,
    *,
    markets: Sequence[str] = ("perp", "spot"),
    rate: float = 1.0,
    start_ms: int = START_MS,
    coins: Sequence[str] = ("BTC",),
    listed: Sequence[str] = HANDFUL,
    **changes: Any,
) -> AsyncIterator[Running]:
    """A running feed of the `listed` coins; none: of all that there are.

    Leaving the block cancels it. No documented limit may ever be broken.
    """
    clock = VirtualClock(start_ms)
    async with Simulator(seed=1, clock=clock, rate=rate, coins=listed).running() as sim:
        settings = settings_of(sim.url, Exchange.BINANCE, markets=tuple(markets), **changes)
        it = Running(sim, clock, settings, coins, Exchange.BINANCE, shape)
        async with running_feed(it.feed):
            yield it
        for market in Market:
            assert it.stats_of(market)["violations"] == []
