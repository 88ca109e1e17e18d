"""When bars begin: fixed lengths with an offset from UTC, and calendar months."""

from datetime import UTC, datetime
from typing import NamedTuple

from tui_monitor.clock import DAY_MS, MINUTE_MS

HOUR_MS = 60 * MINUTE_MS


class Timeframe(NamedTuple):
    """A length of bars. `months` is used where it isn't 0, `length_ms` otherwise.

    `offset_ms` is the zone's offset from UTC: 8 hours for days that open at 00:00 UTC+8. For
    weeks it also holds the days from the epoch's Thursday to a Monday.
    """

    length_ms: int
    offset_ms: int = 0
    months: int = 0

    def open_of(self, ms: int) -> int:
        """The open time of the bar that contains a time."""
        if self.months:
            local = datetime.fromtimestamp((ms + self.offset_ms) / 1000, UTC)
            return self._month_ms(local.year * 12 + local.month - 1)
        return ms - (ms + self.offset_ms) % self.length_ms

    def after(self, open_ms: int) -> int:
        """The open time of the next bar."""
        if self.months:
            local = datetime.fromtimestamp((open_ms + self.offset_ms) / 1000, UTC)
            return self._month_ms(local.year * 12 + local.month - 1 + self.months)
        return open_ms + self.length_ms

    def before(self, open_ms: int) -> int:
        """The open time of the bar before."""
        return self.open_of(open_ms - 1)

    def _month_ms(self, month: int) -> int:
        month -= month % self.months
        begin = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        return int(begin.timestamp()) * 1000 - self.offset_ms


def days(count: int, offset_ms: int = 0) -> Timeframe:
    """Bars of whole days, counted from the epoch in the zone of the offset."""
    return Timeframe(count * DAY_MS, offset_ms)


def weeks(offset_ms: int = 0) -> Timeframe:
    """Bars that open on Mondays."""
    return Timeframe(7 * DAY_MS, offset_ms + 3 * DAY_MS)


def months(count: int, offset_ms: int = 0) -> Timeframe:
    """Bars that open on the first of a month."""
    return Timeframe(count * 30 * DAY_MS, offset_ms, count)
