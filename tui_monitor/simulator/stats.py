"""What clients did, counted for each exchange's root."""

from collections import Counter, deque
from typing import Any

from tui_monitor.clock import utc_text

_KEEP_VIOLATIONS = 1_000
_KEEP_PATHS = 500


class RootStats:
    """The counters of one root since the start or the last reset."""

    def __init__(self) -> None:
        self.open = 0
        self.open_by_path: Counter[str] = Counter()
        self.subscriptions = 0
        self.reset()

    def reset(self) -> None:
        """Count from zero again; what is open or subscribed stays counted as such."""
        self.total = self.open
        self.subscriptions_total = self.subscriptions
        self.requests: Counter[str] = Counter()
        self.frames_in = 0
        self.frames_out = 0
        self.slow_clients = 0
        self.violations: deque[dict[str, Any]] = deque(maxlen=_KEEP_VIOLATIONS)
        self.violations_total = 0

    def connected(self, path: str) -> None:
        """A socket was accepted."""
        self.open += 1
        self.open_by_path[path] += 1
        self.total += 1

    def gone(self, path: str) -> None:
        """A socket has ended."""
        self.open -= 1
        self.open_by_path[path] -= 1

    def subscribed(self) -> None:
        """A subscription began."""
        self.subscriptions += 1
        self.subscriptions_total += 1

    def requested(self, path: str) -> None:
        """Count a REST request; a client's inventions don't fill the memory."""
        known = path in self.requests or len(self.requests) < _KEEP_PATHS
        self.requests[path if known else "(other paths)"] += 1

    def violated(self, what: str, now_ms: int) -> None:
        """Note a documented limit that a client broke."""
        self.violations_total += 1
        self.violations.append({"what": what, "when": now_ms, "when_utc": utc_text(now_ms)})

    def summary(self) -> dict[str, Any]:
        """The figures of `GET /control/stats`."""
        return {
            "connections": {"open": self.open, "total": self.total},
            "requests": dict(self.requests),
            "frames": {"in": self.frames_in, "out": self.frames_out},
            "slow_clients_dropped": self.slow_clients,
            "subscriptions": {
                "active": self.subscriptions,
                "total": self.subscriptions_total,
            },
            "violations": list(self.violations),
            "violations_total": self.violations_total,
        }
