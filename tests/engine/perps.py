"""The four exchanges' perpetuals over real REST, without their streams, and a worker on them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.feeds.rig import settings_of
from tests.support.virtual_time import START_MS, VirtualClock
from tui_monitor.clock import MINUTE_MS, Clock
from tui_monitor.engine.fundings import Fundings
from tui_monitor.feeds.plans import FeedPlan, Given
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.market import MarketState
from tui_monitor.model import (
    Exchange,
    Funding,
    Instrument,
    Market,
    MarketEvent,
    Settlement,
    Source,
)
from tui_monitor.simulator import Simulator
from tui_monitor.store import Store, open_store

HOUR_MS = 60 * MINUTE_MS
# Watched, but not what is traded most.
FIRST = ("LDO", "CFX")
PATHS = {
    Exchange.BINANCE: ("binance-futures", "/fapi/v1/fundingRate"),
    Exchange.OKX: ("okx", "/api/v5/public/funding-rate-history"),
    Exchange.BYBIT: ("bybit", "/v5/market/funding/history"),
    Exchange.BITGET: ("bitget", "/api/v2/mix/market/history-fund-rate"),
}


class AskedPerps:
    """An exchange's perpetuals and their funding, asked for when a test says so.

    `only` are the coins that are listed, for tests that need no more.
    """

    def __init__(
        self, exchange: Exchange, plan: FeedPlan, market: MarketState, only: Iterable[str]
    ) -> None:
        self.exchange = exchange
        self.plan = plan
        self.listed = False
        self._market = market
        self._only = frozenset(only)

    def instruments(self, market: Market) -> list[Instrument]:
        """The live ones."""
        (found,) = [one for one in self.plan.lists if one.market is market]
        return [
            one
            for one in found.book.live()
            if one.market is market and (not self._only or one.coin in self._only)
        ]

    async def ask(self, clock: Clock) -> None:
        """Lists, and whatever REST tells of funding now, into the market."""
        for found in self.plan.lists:
            await found.fetch()
            for fetch in found.first:
                self._apply(await fetch(), clock)
        self.listed = True
        for poll in self.plan.polls:
            if Funding in poll.channel.kinds:
                self._apply(await poll.fetch(), clock)
        for stream in self.plan.streams:
            for bridge in stream.bridges.values():
                self._apply(await bridge.fetch(), clock)

    def _apply(self, events: Iterable[MarketEvent], clock: Clock) -> None:
        known = {one.key for one in self.instruments(Market.PERP)}
        for event in events:
            if event.instrument.key in known:
                self._market.apply(event, clock.now_ms(), clock.monotonic_s(), Source.REST)


@asynccontextmanager
async def asked_perps(
    sim: Simulator, market: MarketState, clock: Clock, *only: str
) -> AsyncIterator[dict[Exchange, AskedPerps]]:
    """All four, asked once."""
    settings = settings_of(sim.url)
    async with AsyncExitStack() as stack:
        found: dict[Exchange, AskedPerps] = {}
        for exchange in Exchange:
            make = ENTRIES[exchange].plan
            assert make is not None
            plan = make(settings, Given(clock, ("BTC",), market, seed=1))
            stack.push_async_callback(plan.aclose)
            found[exchange] = AskedPerps(exchange, plan, market, only)
            await found[exchange].ask(clock)
        yield found


class Rig(NamedTuple):
    """A worker that runs, and its surroundings."""

    fundings: Fundings
    perps: dict[Exchange, AskedPerps]
    market: MarketState
    store: Store
    sim: Simulator
    clock: VirtualClock
    events: list[tuple[str, str, str]]

    def requests(self, exchange: Exchange) -> int:
        """How often the exchange was asked for settled funding."""
        root, path = PATHS[exchange]
        return int(self.sim.stats()[root]["requests"].get(path, 0))

    def done(self) -> bool:
        """Whether nothing is left to ask for."""
        return all(one.asked == one.perps and not one.due for one in self.fundings.past())


def a_simulator(clock: Clock, only: Sequence[str] = ()) -> Simulator:
    """One with what is asked for, and the plans' own coin; the answers of a whole market cost."""
    return Simulator(seed=1, clock=clock, coins={*only, "BTC"} if only else ())


@asynccontextmanager
async def a_rig(
    folder: Path,
    *only: str,
    clock: VirtualClock | None = None,
    sim: Simulator | None = None,
    of: Sequence[Exchange] = tuple(Exchange),
) -> AsyncIterator[Rig]:
    """A worker for some exchanges, and `only` some coins."""
    clock = clock or VirtualClock()
    market = MarketState()
    events: list[tuple[str, str, str]] = []
    async with (
        (sim or a_simulator(clock, only)).running() as running,
        asked_perps(running, market, clock, *only) as perps,
        open_store(folder, clock, kind="simulator") as store,
        asyncio.TaskGroup() as tasks,
    ):
        fundings = Fundings(
            [perps[exchange] for exchange in of],
            store,
            market,
            clock,
            lambda *event: events.append(event),
            first_coins=FIRST,
        )
        worker = tasks.create_task(fundings.run())
        yield Rig(fundings, perps, market, store, running, clock, events)
        worker.cancel()


def true_rate(sim: Simulator, row: Settlement) -> float:
    """What really settled."""
    told = sim.exchanges[row.exchange.value].truth("perp", row.symbol, row.settled_ms)
    return float(told["settled_rate"])


def interval_ms(sim: Simulator, one: Instrument) -> int:
    """The simulator's own word."""
    told = sim.exchanges[one.exchange.value].truth("perp", one.symbol, START_MS)
    return round(float(told["funding_interval_h"]) * HOUR_MS)
