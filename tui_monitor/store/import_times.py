"""When an imported record was really observed, where its two times disagree.

The originals' records carry local text (`collect_time`, or date and time columns) and an epoch
(`timestamp`). Both have been wrong, in known ways:

* timestamp 360 s behind: the zone's local mean time (+08:06) was taken for its offset;
* timestamp ahead by the zone's offset: local text read as UTC;
* timestamp in another year, or impossible: only the text is to be believed;
* text moved to its slot afterwards (at most 15 minutes), timestamp left alone: then the
  timestamp is the observation. If it lies on another day than the record's base date, the
  record contradicts itself there and the text is taken.

Any other disagreement is refused: neither of the two can be believed.
"""

from datetime import UTC, date, datetime

from msgspec import Struct

from tui_monitor.clock import DAY_MS, MINUTE_MS, SECOND_MS, SLOT_MS, BoardZone
from tui_monitor.errors import BadInput

EARLIEST_MS = 1_483_228_800_000  # 2017-01-01: before any perpetual of these coins
LOCAL_MEAN_TIME_MS = 360_000  # Shanghai's +08:06 instead of +08:00, rounded by pytz
FURTHEST_MOVE_MS = 15 * MINUTE_MS


class Judged(Struct, frozen=True):
    """The time of observation; `remark` says what was wrong, empty if nothing."""

    observed_ms: int
    remark: str = ""


class TimeJudge:
    """Decides for the records of one import."""

    def __init__(self, zone: BoardZone, now_ms: int) -> None:
        self._zone = zone
        self._latest_ms = now_ms + DAY_MS

    def label_ms(self, text: str) -> int:
        """Local text to ms; BadInput if it is no possible time."""
        try:
            ms = self._zone.parse(text)
        except (ValueError, OverflowError) as error:
            raise BadInput(f"{text!r} is not a time") from error
        if not self.is_possible(ms):
            raise BadInput(f"{text!r} is an impossible time")
        return ms

    def is_possible(self, ms: int) -> bool:
        """From 2017 to a day from now."""
        return EARLIEST_MS <= ms <= self._latest_ms

    def judge(
        self,
        label_ms: int | None,
        stamp_ms: int | None,
        *,
        step_ms: int = SECOND_MS,
        base_date: date | None = None,
    ) -> Judged:
        """The true one of two times; `step_ms` is how finely the text tells time."""
        if stamp_ms is not None and not self.is_possible(stamp_ms):
            if label_ms is None:
                raise BadInput(f"timestamp {stamp_ms} is an impossible time")
            return Judged(label_ms, "timestamp is impossible; the written time is taken")
        if label_ms is None:
            if stamp_ms is None:
                raise BadInput("no time")
            return Judged(stamp_ms)
        if stamp_ms is None:
            return Judged(label_ms)
        if self._agree(label_ms, stamp_ms, step_ms):
            return Judged(stamp_ms)
        return self._between(label_ms, stamp_ms, base_date)

    def _agree(self, label_ms: int, stamp_ms: int, step_ms: int) -> bool:
        ahead_ms = stamp_ms - label_ms
        if 0 <= ahead_ms < step_ms or abs(ahead_ms) <= SECOND_MS:
            return True
        # The hour that a clock set back shows twice has one text and two times.
        return self._zone.format(stamp_ms) == self._zone.format(label_ms)

    def _between(self, label_ms: int, stamp_ms: int, base_date: date | None) -> Judged:
        ahead_ms = stamp_ms - label_ms
        ahead = f"timestamp is {abs(ahead_ms) / 1000:g} s {'ahead' if ahead_ms > 0 else 'behind'}"
        if abs(ahead_ms + LOCAL_MEAN_TIME_MS) <= SECOND_MS:
            return Judged(label_ms, f"{ahead} (local mean time); the written time is taken")
        if self._is_offset(ahead_ms, label_ms):
            return Judged(label_ms, f"{ahead} (local read as UTC); the written time is taken")
        if self._is_other_year(label_ms, stamp_ms):
            return Judged(label_ms, "timestamp is of another year; the written time is taken")
        if label_ms % SLOT_MS == 0 and abs(ahead_ms) <= FURTHEST_MOVE_MS:
            if base_date is not None and self._zone.day_of(stamp_ms) != base_date:
                return Judged(label_ms, f"{ahead}, on another day; the written time is taken")
            return Judged(stamp_ms, f"{ahead}: the written time was moved to the slot")
        raise BadInput(f"{ahead} of the written time, for no known cause")

    def _is_offset(self, ahead_ms: int, label_ms: int) -> bool:
        offset = datetime.fromtimestamp(label_ms / 1000, self._zone.tz).utcoffset()
        offset_ms = round(offset.total_seconds() * 1000) if offset else 0
        return offset_ms != 0 and abs(ahead_ms - offset_ms) <= SECOND_MS

    def _is_other_year(self, label_ms: int, stamp_ms: int) -> bool:
        label = datetime.fromtimestamp(label_ms / 1000, UTC)
        stamp = datetime.fromtimestamp(stamp_ms / 1000, UTC)
        same_moment = label.timetuple()[1:6] == stamp.timetuple()[1:6]
        return label.year != stamp.year and same_moment
