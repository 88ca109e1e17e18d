"""The bars that are not over, judged when somebody looks: at most once a second."""

from typing import NamedTuple

from tui_monitor.boards.anomalies import FormingView
from tui_monitor.boards.anomalies.detect import Detected, detect_forming
from tui_monitor.boards.anomalies.rows import BoardInput, forming_view
from tui_monitor.boards.anomalies.rules import Rules
from tui_monitor.boards.bars import Forming
from tui_monitor.clock import Clock
from tui_monitor.engine.candles import Candles, SeriesKey

AGAIN_S = 1.0


class Opened(NamedTuple):
    """What was judged of a forming bar, as if it ended then: at `at_s` of the monotonic clock."""

    at_s: float
    detected: Detected
    given: BoardInput
    view: FormingView

    def is_of(self, forming: Forming, rules: Rules) -> bool:
        """Whether it is the same bar, judged by the same settings."""
        return self.view.open_ms == forming.open_ms and self.detected.rules == rules


class FormingLook:
    """The newest look at each series' forming bar."""

    def __init__(self, candles: Candles, clock: Clock) -> None:
        self._candles = candles
        self._clock = clock
        self._looks: dict[SeriesKey, Opened] = {}

    def look(
        self, key: SeriesKey, closed_ms: int, rules: Rules, given: BoardInput
    ) -> Opened | None:
        """The bar after the closed one that began at `closed_ms`; None where it is not known.

        `given` is what the closed one's board was made of.
        """
        bars, forming = self._candles.window(*key), self._candles.forming(*key)
        if bars is None or forming is None or bars.newest_open_ms != closed_ms:
            return None
        now_s, now_ms = self._clock.monotonic_s(), self._clock.now_ms()
        kept = self._looks.get(key)
        if kept is not None and now_s - kept.at_s < AGAIN_S and kept.is_of(forming, rules):
            return kept
        given = given._replace(now_ms=now_ms, evaluated_ms=now_ms)
        detected = detect_forming(bars, forming, rules)
        self._looks[key] = Opened(now_s, detected, given, forming_view(detected, given))
        return self._looks[key]
