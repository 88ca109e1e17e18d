"""How fast we may go: rolling windows for requests, growing pauses for failures."""

import asyncio
from collections import deque
from typing import NamedTuple

from tui_monitor.clock import Clock
from tui_monitor.model import LimitUse

FIRST_BACKOFF_S = 5.0
LONGEST_BACKOFF_S = 120.0
SHORTEST_BACKOFF_S = 1.0


def backoff_s(attempt: int, draw: float) -> float:
    """Full jitter: a part (`draw`, 0 to 1) of 5 s doubled per attempt, at most 120 s.

    Never below a second: a server that accepts and drops must not be hammered.
    """
    longest = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** min(attempt, 10))
    return max(SHORTEST_BACKOFF_S, draw * longest)


async def within(seconds: float, bell: asyncio.Event) -> None:
    """Sleep, unless the bell rings sooner; it is silent afterwards."""
    try:
        async with asyncio.timeout(None if seconds == float("inf") else seconds):
            await bell.wait()
    except TimeoutError:
        return
    bell.clear()


class Pacer:
    """At most `limit` grants in any `window_s` seconds, because they are evenly spaced.

    A token bucket would allow a burst on top of its rate; exchanges count in windows. The
    spacing counts from when a grant was given, not from when it was planned, so a loop that lags
    makes us slower, never denser. First come, first served.
    """

    def __init__(self, clock: Clock, limit: int, window_s: float, *, waits: bool = True) -> None:
        """`waits` False: nobody waits, what is granted is counted alone."""
        self.limit = limit
        self.window_s = window_s
        self.asked = False
        """Whether anything was ever granted."""
        self._clock = clock
        # A trifle more: rounding must not squeeze one more into a window.
        self._spacing_s = window_s / limit * (1 + 1e-9) if waits else 0.0
        self._next_s = float("-inf")
        self._turn = asyncio.Lock()
        self._granted: deque[tuple[float, int]] = deque()
        self._used = 0

    async def acquire(self, cost: int = 1) -> None:
        """Wait for the next grant; one of a greater cost is followed by a longer pause.

        A window may then hold up to `cost` more than the limit: whoever has costs leaves room.
        """
        async with self._turn:
            while (wait_s := self._next_s - self._clock.monotonic_s()) > 0:
                await self._clock.sleep(wait_s)
            now_s = self._clock.monotonic_s()
            self._next_s = now_s + self._spacing_s * cost
            self.asked = True
            self._forget(now_s)
            self._granted.append((now_s, cost))
            self._used += cost

    def used(self) -> float:
        """The cost that was granted within the window that ends now."""
        self._forget(self._clock.monotonic_s())
        return float(self._used)

    def use(self, name: str, documented: float) -> LimitUse:
        """The same beside what may be used, for people."""
        return LimitUse(
            name=name,
            used=self.used(),
            allowed=self.limit,
            documented=documented,
            window_s=self.window_s,
        )

    def _forget(self, now_s: float) -> None:
        while self._granted and self._granted[0][0] <= now_s - self.window_s:
            self._used -= self._granted.popleft()[1]


class Pace(NamedTuple):
    """How much of a limit we allow ourselves, and what the exchange allows."""

    allowed: int
    documented: float
    window_s: float

    def pacer(self, clock: Clock, *, waits: bool) -> Pacer:
        """Keeps it."""
        return Pacer(clock, self.allowed, self.window_s, waits=waits)


class Pause:
    """One exchange's "not now": every request waits, or is refused, until it is over."""

    def __init__(self, clock: Clock) -> None:
        self.why = ""
        """What a person may read about the pause that lasts longest."""
        self._clock = clock
        self._until_s = float("-inf")

    def extend(self, seconds: float, why: str = "") -> None:
        """Pause for at least so long from now."""
        until_s = self._clock.monotonic_s() + seconds
        if until_s > self._until_s:
            self._until_s, self.why = until_s, why

    def remaining_s(self) -> float:
        """Seconds that are left; 0 when there is no pause."""
        return max(0.0, self._until_s - self._clock.monotonic_s())
