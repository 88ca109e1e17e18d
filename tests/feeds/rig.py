"""An exchange's feed on a simulator, both in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from msgspec.structs import replace

from tests.support.sim import HANDFUL
from tests.support.virtual_time import VirtualClock
from tui_monitor.config import Exchanges, load, with_simulator
from tui_monitor.feeds.feed import Feed
from tui_monitor.feeds.plans import FeedPlan, Given, StreamPlan
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.market import MarketState, Row
from tui_monitor.model import ChannelHealth, Exchange, FeedState, Market, Outage
from tui_monitor.simulator import Simulator

COINS = ("BTC", "ETH", "XRP")
Shape = Callable[[FeedPlan], FeedPlan]
"""What becomes of a plan before it runs."""


def settings_of(url: str, exchange: Exchange = Exchange.OKX, **changes: Any) -> Exchanges:
    """The settings that point all exchanges at a simulator, and one's changed."""
    changed = {f"exchanges.{exchange}.{key}": value for key, value in changes.items()}
    return load(environment={}, flags=with_simulator(url) | changed).settings.exchanges


class Rig:
    """A feed that runs, and what it said."""

    def __init__(
        self,
        sim: Simulator,
        clock: VirtualClock,
        settings: Exchanges,
        coins: Sequence[str],
        exchange: Exchange = Exchange.OKX,
        shape: Shape = lambda whole: whole,
    ):
        self.sim = sim
        self.clock = clock
        self.exchange = exchange
        self.market = self.make_market()
        self.outages: list[Outage] = []
        self.events: list[tuple[str, str, str]] = []
        plan = ENTRIES[exchange].plan
        assert plan is not None
        given = Given(clock, coins, self.market, seed=1)
        self.feed = Feed(
            shape(plan(settings, given)),
            given,
            on_outage=self.outages.append,
            on_event=lambda *event: self.events.append(event),
        )

    def make_market(self) -> MarketState:
        """Where the feed's events go."""
        return MarketState()

    @property
    def health(self) -> ChannelHealth:
        """The first stream's."""
        return self.feed.health()[0]

    def channel(self, market: Market, name: str) -> ChannelHealth:
        """One channel's."""
        return next(
            one for one in self.feed.health() if one.market is market and one.channel == name
        )

    @property
    def stats(self) -> dict[str, Any]:
        """What the simulator counted for the exchange."""
        found: dict[str, Any] = self.sim.stats()[self.exchange.value]
        return found

    def outages_of(self, channel: str = "tickers") -> list[Outage]:
        """What was written of one channel."""
        return [outage for outage in self.outages if outage.channel == channel]

    def row(self, coin: str = "BTC") -> Row | None:
        """The coin's perpetual."""
        return self.market.row((self.exchange, Market.PERP, self.feed.plan.perp_symbol(coin)))

    def fault(self, kind: str, seconds: float, **narrowed: Any) -> None:
        """Break the simulated exchange."""
        where = {"exchange": self.exchange.value} | narrowed
        self.sim.fault(kind=kind, seconds=seconds, **where)

    async def until(self, state: FeedState, within_s: float) -> float:
        """Wait for the first stream's light; how long it took."""
        if not self.feed.health():
            await self.clock.until(lambda: bool(self.feed.health()), within_s)
        return await self.clock.until(lambda: self.health.state is state, within_s)


def lean(*coins: str) -> Shape:
    """For long times: only these coins are streamed, and nothing is polled or audited."""

    def shape(plan: FeedPlan) -> FeedPlan:
        return replace(plan, streams=tuple(map(_lean_stream, plan.streams)), polls=())

    def _lean_stream(stream: StreamPlan) -> StreamPlan:
        bridges = {
            name: replace(bridge, audit_every_s=None) for name, bridge in stream.bridges.items()
        }
        return replace(
            stream,
            bridges=bridges,
            divide=lambda found: stream.divide([one for one in found if one.coin in coins]),
        )

    return shape


@asynccontextmanager
async def running_feed(feed: Feed) -> AsyncIterator[asyncio.Task[None]]:
    """A feed runs; leaving the block cancels it."""
    try:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(feed.run())
            try:
                yield task
            finally:
                task.cancel()
    finally:
        await feed.aclose()


@asynccontextmanager
async def rig(
    coins: Sequence[str] = COINS,
    rate: float = 0.2,
    exchange: Exchange = Exchange.OKX,
    markets: Sequence[str] = ("perp",),
    shape: Shape = lambda whole: whole,
    listed: Sequence[str] = HANDFUL,
    **changes: Any,
) -> AsyncIterator[Rig]:
    """A running feed of the `listed` coins; none: of all that there are.

    Leaving the block cancels it.
    """
    clock = VirtualClock()
    async with Simulator(seed=1, clock=clock, rate=rate, coins=listed).running() as sim:
        settings = settings_of(sim.url, exchange, markets=tuple(markets), **changes)
        made = Rig(sim, clock, settings, coins, exchange, shape)
        async with running_feed(made.feed):
            yield made
