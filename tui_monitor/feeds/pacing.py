"""How fast we may go: rolling windows for requests, growing pauses for failures."""

import asyncio

from tui_monitor.clock import Clock

FIRST_BACKOFF_S = 5.0
LONGEST_BACKOFF_S = 120.0
SHORTEST_BACKOFF_S = 1.0


def backoff_s(attempt: int, draw: float) -> float:
    """Full jitter: a part (`draw`, 0 to 1) of 5 s doubled per attempt, at most 120 s.

    Never below a second: a server that accepts and drops must not be hammered.
    """
    longest = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** min(attempt, 10))
    return max(SHORTEST_BACKOFF_S, draw * longest)


class Pacer:
    """At most `limit` grants in any `window_s` seconds, because they are evenly spaced.

    A token bucket would allow a burst on top of its rate; exchanges count in windows. The
    spacing counts from when a grant was given, not from when it was planned, so a loop that lags
    makes us slower, never denser. First come, first served.
    """

    def __init__(self, clock: Clock, limit: int, window_s: float) -> None:
        self._clock = clock
        # A trifle more: rounding must not squeeze one more into a window.
        self._spacing_s = window_s / limit * (1 + 1e-9)
        self._next_s = float("-inf")
        self._turn = asyncio.Lock()

    async def acquire(self, cost: int = 1) -> None:
        """Wait for the next grant; one of a greater cost is followed by a longer pause.

        A window may then hold up to `cost` more than the limit: whoever has costs leaves room.
        """
        async with self._turn:
            while (wait_s := self._next_s - self._clock.monotonic_s()) > 0:
                await self._clock.sleep(wait_s)
            self._next_s = self._clock.monotonic_s() + self._spacing_s * cost


class Pause:
    """One exchange's "not now": every request waits, or is refused, until it is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until_s = float("-inf")

    def extend(self, seconds: float) -> None:
        """Pause for at least so long from now."""
        self._until_s = max(self._until_s, self._clock.monotonic_s() + seconds)

    def remaining_s(self) -> float:
        """Seconds that are left; 0 when there is no pause."""
        return max(0.0, self._until_s - self._clock.monotonic_s())
