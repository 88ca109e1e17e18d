"""What the exchanges of one simulator share, and what each of them must offer."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from starlette.routing import BaseRoute

from tui_monitor.clock import Clock
from tui_monitor.simulator.faults import Faults
from tui_monitor.simulator.limits import Windows
from tui_monitor.simulator.market import World
from tui_monitor.simulator.stats import RootStats
from tui_monitor.simulator.totals import Totals


class Shared(NamedTuple):
    """One world, one clock, one set of faults. `rate` scales how often streams push.

    `stopping` is set when the server stops: nothing may sleep through it. `size` is the least
    number of coins that a market has; `coins`, unless empty, are all that there are.
    """

    world: World
    clock: Clock
    faults: Faults
    limits: bool
    rate: float
    stopping: asyncio.Event
    size: int = 0
    coins: frozenset[str] = frozenset()

    async def pause(self, seconds: float, event: asyncio.Event) -> None:
        """Wait so long on the event loop, as the clock's sleep does, but not beyond an event."""
        with suppress(TimeoutError):
            # Once a push: two tasks to wait for cost more than what is pushed.
            async with asyncio.timeout(seconds):
                await event.wait()


class Root:
    """One root path of the simulator: its counters and rolling windows."""

    def __init__(self, shared: Shared, exchange: str, path: str) -> None:
        self.shared = shared
        self.exchange = exchange
        self.path = path
        self.stats = RootStats()
        self.windows = Windows()
        # Until when (monotonic) a client is banned.
        self.bans: dict[str, float] = {}
        self.resets: list[Callable[[], None]] = []

    def violated(self, what: str) -> None:
        """Note a broken limit."""
        self.stats.violated(what, self.shared.clock.now_ms())

    def reset(self) -> None:
        """Forget what clients did."""
        self.stats.reset()
        self.windows.clear()
        self.bans.clear()
        for reset in self.resets:
            reset()


class Exchange(Protocol):
    """One simulated exchange; a new one is a module that offers this and a registry line."""

    name: str
    roots: tuple[Root, ...]
    totals: Totals

    def routes(self) -> list[BaseRoute]:
        """Everything below its roots."""

    def truth(self, market: str, symbol: str, ts_ms: int) -> dict[str, Any]:
        """What the market was at a time, in the model's units; BadInput for an unknown symbol."""

    def liquidations(
        self, market: str, symbol: str | None, first_ms: int, last_ms: int
    ) -> list[dict[str, Any]]:
        """The forced closes between two times (both included), in the model's units.

        `streamed`: the exchange's stream tells of it. BadInput for an unknown symbol.
        """

    def symbols(self, market: str) -> list[str]:
        """The symbols of a market that trade now."""

    def relist(self, coin: str, listed_ms: int) -> int | None:
        """Have a coin's perpetual listed at another time; the one before. None: it has none."""
