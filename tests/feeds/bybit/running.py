"""Bybit's feed on a simulated Bybit in virtual time, and what is true of all it says."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.feeds.rig import Shape, running_feed, settings_of
from tests.feeds.simulated import assert_true
from tests.feeds.witnessed import Witnessed, assert_day
from tests.support.sim import HANDFUL
from tests.support.virtual_time import START_MS, VirtualClock
from tui_monitor.model import (
    Exchange,
    Market,
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


class Running(Witnessed):
    """A feed that runs, and what it said."""

    @property
    def asked(self) -> int:
        """How many REST requests there were."""
        return sum(self.stats["requests"].values())

    def assert_all_true(self) -> None:
        """Every event that was news said what was so at its time."""
        for event, _, _ in self.witness.told:
            assert_true(self.sim, event)
            if isinstance(event, Ticker) and event.volume_24h_coins is not None:
                self._assert_day(event)

    def _assert_day(self, ticker: Ticker) -> None:
        instrument, ms = ticker.instrument, ticker.exchange_ms
        assert ms is not None
        shelf = catalog_of(1, self.sim.shared.size)
        listing = shelf.find(CATEGORY[instrument.market], instrument.symbol, ms)
        assert listing is not None, instrument.symbol
        assert_day(listing, ticker, float(listing.turnover(listing.series.day(ms))))


@asynccontextmanager
async def running(
    shape: Shape = lambda whole: whole,
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
        settings = settings_of(sim.url, Exchange.BYBIT, markets=tuple(markets), **changes)
        it = Running(sim, clock, settings, coins, Exchange.BYBIT, shape)
        async with running_feed(it.feed):
            yield it
        assert it.stats["violations"] == []
