"""The lights of the status line: one an exchange, with its text."""

from collections import deque
from collections.abc import Sequence

from tui_monitor.boards.status import FeedLight
from tui_monitor.boards.system import worst
from tui_monitor.clock import Clock
from tui_monitor.model import ChannelHealth, Exchange, FeedState

RATE_WINDOW_S = 5.0
# An error of the past is no reason for anything now.
_WELL = (FeedState.LIVE, FeedState.OFF)


class Lights:
    """Turns channels' health into lights; remembers message counts for the rates."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[Exchange, deque[tuple[float, int]]] = {}

    def of(self, channels: Sequence[ChannelHealth]) -> list[FeedLight]:
        """One light an exchange, in the exchanges' order."""
        by_exchange: dict[Exchange, list[ChannelHealth]] = {}
        for channel in channels:
            by_exchange.setdefault(channel.exchange, []).append(channel)
        return [self._light(name, by_exchange[name]) for name in Exchange if name in by_exchange]

    def _light(self, exchange: Exchange, channels: Sequence[ChannelHealth]) -> FeedLight:
        found = worst(channels) or channels[0]
        return FeedLight(
            exchange=exchange,
            state=found.state,
            text=light_text(found, self._clock.now_ms()),
            source=found.source,
            age_ms=found.age_ms,
            since_ms=found.since_ms,
            reason=found.reason or ("" if found.state in _WELL else found.last_error),
            messages_per_s=self._rate(exchange, sum(channel.messages for channel in channels)),
            reconnects=sum(channel.reconnects for channel in channels),
        )

    def _rate(self, exchange: Exchange, count: int) -> float:
        now_s = self._clock.monotonic_s()
        seen = self._counts.setdefault(exchange, deque())
        if not seen or now_s - seen[-1][0] >= 0.5:
            seen.append((now_s, count))
        while len(seen) > 2 and now_s - seen[0][0] > RATE_WINDOW_S:
            seen.popleft()
        first_s, first = seen[0]
        return (count - first) / (now_s - first_s) if now_s > first_s else 0.0


def light_text(channel: ChannelHealth, now_ms: int) -> str:
    """What stands beside the light: an age while data comes, else since when not.

    Where the end is known, how long until then says more.
    """
    clock = _minutes(now_ms - channel.since_ms)
    if channel.until_ms is not None:
        clock = f"{_minutes(channel.until_ms - now_ms)} left"
    age = "" if channel.age_ms is None else f"{channel.age_ms / 1000:.1f}s"
    match channel.state:
        case FeedState.LIVE:
            return age
        case FeedState.BRIDGED:
            return f"REST {age}".strip()
        case FeedState.STARTING | FeedState.OFF:
            return channel.state.value
        case _:
            return f"{channel.state.value} {clock}"


def _minutes(duration_ms: int) -> str:
    seconds = max(0, duration_ms) // 1000
    return f"{seconds // 60:02d}:{seconds % 60:02d}"
