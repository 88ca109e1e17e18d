"""Days of listings and settlements."""

from collections.abc import Iterator
from datetime import UTC, datetime

from tui_monitor.clock import DAY_MS

_FRIDAY = 4


def day_ms(year: int, month: int, day: int, hour: int = 8) -> int:
    """An hour of a day, UTC."""
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * 1000


def quarter_ends(years: range) -> Iterator[tuple[int, int, int]]:
    """Year, month and the time of settlement: 08:00 UTC on the last Friday of each quarter."""
    for year in years:
        for month in (3, 6, 9, 12):
            last_ms = day_ms(year + month // 12, month % 12 + 1, 1) - DAY_MS
            weekday = datetime.fromtimestamp(last_ms / 1000, UTC).weekday()
            yield year, month, last_ms - (weekday - _FRIDAY) % 7 * DAY_MS
