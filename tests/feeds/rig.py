"""An OKX feed on a simulator, both in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.support.virtual_time import VirtualClock
from tui_monitor.config import Okx, load, with_simulator
from tui_monitor.feeds.okx.feed import OkxFeed
from tui_monitor.market import MarketState, Row
from tui_monitor.model import ChannelHealth, Exchange, FeedState, Market, Outage
from tui_monitor.simulator import Simulator

COINS = ("BTC", "ETH", "XRP")


def okx_settings(url: str, **changes: Any) -> Okx:
    """The settings that point OKX at a simulator."""
    flags = with_simulator(url) | {f"exchanges.okx.{key}": value for key, value in changes.items()}
    return load(environment={}, flags=flags).settings.exchanges.okx


class Rig:
    """A feed that runs, and what it said."""

    def __init__(self, sim: Simulator, clock: VirtualClock, settings: Okx, coins: Sequence[str]):
        self.sim = sim
        self.clock = clock
        self.market = MarketState()
        self.outages: list[Outage] = []
        self.events: list[tuple[str, str, str]] = []
        self.feed = OkxFeed(
            settings,
            clock,
            self.market,
            coins,
            on_outage=self.outages.append,
            on_event=lambda *event: self.events.append(event),
        )

    @property
    def health(self) -> ChannelHealth:
        """The ticker stream's."""
        return self.feed.health()[0]

    @property
    def stats(self) -> dict[str, Any]:
        """What the simulator counted for OKX."""
        found: dict[str, Any] = self.sim.stats()["okx"]
        return found

    def row(self, coin: str = "BTC") -> Row | None:
        """The coin's perpetual."""
        return self.market.row((Exchange.OKX, Market.PERP, f"{coin}-USDT-SWAP"))

    def fault(self, kind: str, seconds: float, **narrowed: Any) -> None:
        """Break the simulated OKX."""
        self.sim.fault(exchange="okx", kind=kind, seconds=seconds, **narrowed)

    async def until(self, state: FeedState, within_s: float) -> float:
        """Wait for a light; how long it took."""
        return await self.clock.until(lambda: self.health.state is state, within_s)


@asynccontextmanager
async def rig(
    coins: Sequence[str] = COINS, rate: float = 0.2, **changes: Any
) -> AsyncIterator[Rig]:
    """A running feed; leaving the block cancels it."""
    clock = VirtualClock()
    async with Simulator(seed=1, clock=clock, rate=rate).running() as sim:
        made = Rig(sim, clock, okx_settings(sim.url, **changes), coins)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(made.feed.run())
            try:
                yield made
            finally:
                running.cancel()
