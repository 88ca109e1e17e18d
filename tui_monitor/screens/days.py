"""Days as people type them: 2026-01-04, today, yesterday, -7d, 7d, first..last."""

import re
from datetime import date, timedelta

from tui_monitor.clock import parse_day
from tui_monitor.errors import BadInput
from tui_monitor.source import MAX_RANGE_DAYS

_AGO = re.compile(r"-(\d{1,4})([dw])")
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
    return parse_day(word)


def parse_range(text: str, today: date) -> tuple[date, date]:
    """A day or two (`2026-01-03 2026-01-16`, `-7d..today`), or the last so many (`7d`)."""
    match = _LAST.fullmatch(text.strip().lower())
    if match:
        return today - timedelta(days=max(1, _days(match)) - 1), today
    parts = [part for part in re.split(r"\.\.|\s+", text.strip()) if part]
    if len(parts) > 2:
        raise BadInput(f"{text!r} is more than two days", "write 2026-01-03 2026-01-16")
    first = parse_one(parts[0] if parts else "today", today)
    last = parse_one(parts[1], today) if len(parts) > 1 else first
    if last < first:
        first, last = last, first
    if last > today:
        raise BadInput(f"{last} is in the future", f"today is {today}")
    return first, last


def parse_shown(text: str, today: date) -> tuple[date, date]:
    """A range that a board can show."""
    first, last = parse_range(text, today)
    if (last - first).days >= MAX_RANGE_DAYS:
        raise BadInput(f"{first} to {last} is too long", f"{MAX_RANGE_DAYS} days at most")
    return first, last


def _days(match: re.Match[str]) -> int:
    return int(match[1]) * (7 if match[2] == "w" else 1)
