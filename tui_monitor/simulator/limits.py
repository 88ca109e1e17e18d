"""Rolling windows: at most so many events in any stretch of so many seconds."""

from collections import deque
from typing import NamedTuple

_MANY_KEYS = 20_000


class Limit(NamedTuple):
    """A documented limit. `per` names the parameters that, with the client, get a window each."""

    at_most: int
    window_s: float
    per: tuple[str, ...] = ()

    def text(self) -> str:
        """As the documentation writes it: 20/2s."""
        return f"{self.at_most}/{self.window_s:g}s"


class Windows:
    """The windows of one limit or of many, by key."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, ...], deque[float]] = {}

    def allow(self, key: tuple[str, ...], limit: Limit, now_s: float) -> bool:
        """Whether one more event is within the limit; if so, it is counted."""
        events = self._events.get(key)
        if events is None:
            if len(self._events) >= _MANY_KEYS:
                self._events.clear()
            events = self._events[key] = deque()
        while events and events[0] <= now_s - limit.window_s:
            events.popleft()
        if len(events) >= limit.at_most:
            return False
        events.append(now_s)
        return True

    def clear(self) -> None:
        """Forget all events."""
        self._events.clear()
