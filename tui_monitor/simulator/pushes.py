"""What subscriptions of several exchanges do alike: when they look, which bars they push."""

from tui_monitor.simulator.faults import Target
from tui_monitor.simulator.market import Series
from tui_monitor.simulator.timeframes import Timeframe

_HOUR_MS = 3_600_000


def next_on_grid(now_ms: int, period_ms: int, offset_ms: int) -> int:
    """The next look of those that look every `period_ms`; offsets keep them from one moment."""
    return now_ms + period_ms - (now_ms - offset_ms) % period_ms


class QuietFeed:
    """A subscription that is acknowledged and, as it is, has nothing to say."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def first(self, _now_ms: int) -> list[bytes]:
        """Nothing: the first push is the first change."""
        return []

    def next_ms(self, now_ms: int) -> int:
        """When there may be something to push."""
        return now_ms + _HOUR_MS

    def frames(self, _now_ms: int) -> list[bytes]:
        """What there is to push."""
        return []


class FormingBar:
    """Which bars a candle feed pushes: the forming one, and each once more when it is closed."""

    def __init__(
        self, series: Series, timeframe: Timeframe, period_ms: int, offset_ms: int
    ) -> None:
        self._series = series
        self._timeframe = timeframe
        self._period_ms = period_ms
        self._offset_ms = offset_ms
        self._open_ms: int | None = None

    def begin(self, now_ms: int) -> int:
        """From now on; when the forming bar opened."""
        self._open_ms = self._timeframe.open_of(now_ms)
        return self._open_ms

    def next_ms(self, now_ms: int) -> int:
        """The next look, or sooner the end of the bar."""
        looks_ms = next_on_grid(now_ms, self._period_ms, self._offset_ms)
        return min(looks_ms, self._timeframe.after(self._timeframe.open_of(now_ms)))

    def opens(self, now_ms: int) -> list[int]:
        """When the bars opened that are to be pushed now; none while nothing trades."""
        if self._series.clamp(now_ms) < now_ms:
            return []
        before_ms, open_ms = self._open_ms, self.begin(now_ms)
        if before_ms is None or before_ms == open_ms:
            return [open_ms]
        return [before_ms, open_ms]
