"""Messages a second of each channel, from counts that only grow."""

from collections import deque
from collections.abc import Iterable

from tui_monitor.boards.system import ChannelKey, channel_key
from tui_monitor.clock import Clock
from tui_monitor.model import ChannelHealth

WINDOW_S = 5.0
BETWEEN_S = 0.5


class MessageRates:
    """Remembers the counts of the last seconds. After a pause the rate is the pause's mean."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, dict[ChannelKey, int]]] = deque()

    def of(self, channels: Iterable[ChannelHealth]) -> dict[ChannelKey, float]:
        """The rates now; a channel that was not there before is left out."""
        now_s = self._clock.monotonic_s()
        counts = {channel_key(channel): channel.messages for channel in channels}
        if not self._seen or now_s - self._seen[-1][0] >= BETWEEN_S:
            self._seen.append((now_s, counts))
        while len(self._seen) > 2 and now_s - self._seen[1][0] >= WINDOW_S:
            self._seen.popleft()
        then_s, before = self._seen[0]
        if now_s - then_s < BETWEEN_S:
            return {}
        return {
            # A feed that was started again counts from nothing.
            key: max(0, count - before[key]) / (now_s - then_s)
            for key, count in counts.items()
            if key in before
        }
