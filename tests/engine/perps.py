"""The four exchanges' perpetuals over real REST, without their streams."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from tests.feeds.rig import settings_of
from tui_monitor.clock import Clock
from tui_monitor.feeds.plans import FeedPlan, Given
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.market import MarketState
from tui_monitor.model import Exchange, Funding, Instrument, Market, MarketEvent, Source
from tui_monitor.simulator import Simulator


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
