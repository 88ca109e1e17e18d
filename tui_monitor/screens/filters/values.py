"""What is typed behind a comparison, and what a cell shows: numbers, times, lengths of time."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.widgets.columns import Column, R

_NUMBER = re.compile(r"([-+]?)\$?((?:\d[\d,]*\.?\d*|\.\d+))\s*([kmbt%]?)", re.IGNORECASE)
_FACTORS = {"": 1.0, "%": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_DATE = r"(?:(?P<year>\d{4})-)?(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"
_CLOCK = r"(?<![\d:])(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?!\d)"
_TYPED = re.compile(rf"(?:{_DATE})?[ T]*(?:{_CLOCK}(?:\.\d*)?)?")
_SHOWN_DATE, _SHOWN_CLOCK = re.compile(_DATE), re.compile(_CLOCK)
# `2d04h`, `3h05`, `3h`, `5m`, `12s`, `0.2s`, and `02:10`, minutes and seconds.
_LENGTH = re.compile(
    r"(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h(?:(?P<of_hour>\d\d)(?!\d))?)?"
    r"(?:(?P<minutes>\d+)m(?![a-zA-Z]))?(?:(?P<seconds>\d+(?:\.\d+)?)s)?"
)
_MINUTES = re.compile(r"(?P<minutes>\d\d):(?P<seconds>\d\d)(?![\d:])")
_UNITS_S = {"days": 86_400, "hours": 3_600, "of_hour": 60, "minutes": 60, "seconds": 1}
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}


def compared(left: float, operator: str, right: float) -> bool:
    """Whether `left operator right` holds."""
    return _OPERATORS[operator](left, right)


def painted(column: Column[R], row: R) -> str:
    """What the table shows of a row in a column."""
    return column.paint(row, STANDARD, column.width).text.strip()


def number_of(text: str) -> float | None:
    """`5`, `-0.2`, `50m`, `8.91B`, `+1,250.5`, `3 %`."""
    match = _NUMBER.fullmatch(text.strip().replace("\N{MINUS SIGN}", "-"))
    return _number(match) if match else None


def shown_amount(text: str) -> float | None:
    """The number that a cell begins with; None: it begins with none."""
    match = _NUMBER.match(text.strip().replace("\N{MINUS SIGN}", "-"))
    return _number(match) if match else None


def _number(match: re.Match[str]) -> float:
    sign, digits, letter = match.groups()
    return float(sign + digits.replace(",", "")) * _FACTORS[letter.lower()]


@dataclass(frozen=True)
class Moment:
    """A time, or a part of one, by the names of its parts."""

    parts: dict[str, int]

    def holds(self, shown: "Moment", operator: str) -> bool:
        """Whether a shown one compares so to this, as exact as both are: `08:00` is a minute."""
        has_day = "day" in self.parts and "day" not in shown.parts
        common = [one for one in _PARTS if one in self.parts and one in shown.parts]
        if has_day or not common:
            return operator == "!="
        left, right = ([one.parts[part] for part in common] for one in (shown, self))
        return compared((left > right) - (left < right), operator, 0)


def moment_of(text: str) -> Moment | None:
    """`08:00`, `01-15 08:00:30`, `2026-01-15`; a cell may have more around it."""
    typed = _TYPED.fullmatch(text.strip())
    found = [typed] if typed else [_SHOWN_DATE.search(text), _SHOWN_CLOCK.search(text)]
    parts = {
        name: int(value)
        for match in found
        if match is not None
        for name, value in match.groupdict().items()
        if value is not None
    }
    return Moment(parts) if parts else None


def seconds_of(text: str) -> float | None:
    """How long `12s`, `02:10`, `3h05` or `2d04h` last, also with words behind."""
    match = _MINUTES.match(text.strip()) or _LENGTH.match(text.strip())
    found = match.groupdict() if match else {}
    lengths = [_UNITS_S[name] * float(value) for name, value in found.items() if value]
    return sum(lengths) if lengths else None
