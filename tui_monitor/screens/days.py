"""Days as people type them: 2026-01-04, 01-04, today, yesterday, -7d, 7d, first..last."""

import re
from datetime import date, timedelta

from tui_monitor.clock import parse_day
from tui_monitor.errors import BadInput
from tui_monitor.source import MAX_RANGE_DAYS

_AGO = re.compile(r"-(\d{1,4})([dw])")
_IN_YEAR = re.compile(r"(\d{1,2})-(\d{1,2})")
# A 29th of February is so many years ago at most.
_LEAP_YEARS = 8
_LAST = re.compile(r"(\d{1,4})([dw])")


def parse_one(text: str, today: date) -> date:
    """One day; BadInput says what can be written."""
    word = text.strip().lower()
    if word in ("today", "t", ""):
        return today
    if word in ("yesterday", "y"):
        return today - timedelta(days=1)
    match = _AGO.fullmatch(word)
    if match:
        return today - timedelta(days=_days(match))
    match = _IN_YEAR.fullmatch(word)
    return _newest(int(match[1]), int(match[2]), today) if match else parse_day(word)


def _newest(month: int, day: int, today: date) -> date:
    """The last such day that has come, as the screens write days of this year and the last."""
    for year in range(today.year, today.year - _LEAP_YEARS - 1, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    raise BadInput(f"'{month:02}-{day:02}' is not a day", "write it as 2026-01-03 or 01-03")


def is_day(text: str, today: date) -> bool:
    """Whether it can be read as a day, or as several."""
    try:
        _ends(text, today)
    except BadInput:
        return False
    return True


def parse_range(text: str, today: date) -> tuple[date, date]:
    """A day or two (`2026-01-03 2026-01-16`, `-7d..today`), or the last so many (`7d`)."""
    first, last = _ends(text, today)
    if last > today:
        raise BadInput(f"{last} is in the future", f"today is {today}")
    return first, last


def _ends(text: str, today: date) -> tuple[date, date]:
    match = _LAST.fullmatch(text.strip().lower())
    if match:
        return today - timedelta(days=max(1, _days(match)) - 1), today
    parts = [part for part in re.split(r"\.\.|\s+", text.strip()) if part]
    if len(parts) > 2:
        raise BadInput(f"{text!r} is more than two days", "write 2026-01-03 2026-01-16")
    first = parse_one(parts[0] if parts else "today", today)
    last = parse_one(parts[1], today) if len(parts) > 1 else first
    return min(first, last), max(first, last)


def parse_shown(text: str, today: date) -> tuple[date, date]:
    """A range that a board can show."""
    first, last = parse_range(text, today)
    if (last - first).days >= MAX_RANGE_DAYS:
        raise BadInput(f"{first} to {last} is too long", f"{MAX_RANGE_DAYS} days at most")
    return first, last


def _days(match: re.Match[str]) -> int:
    return int(match[1]) * (7 if match[2] == "w" else 1)
