"""What `/` understands: plain text, `!text`, and comparisons like `sum>5 & n<27`."""

import re
from collections.abc import Callable, Sequence

from tui_monitor.errors import BadInput
from tui_monitor.screens.looks import STANDARD
from tui_monitor.screens.widgets.columns import Column, R

_COMPARISON = re.compile(
    r"^\s*([a-z_0-9%/]+)\s*(<=|>=|!=|=|<|>)\s*(-?[\d.]+)\s*([kmb%]?)\s*$", re.IGNORECASE
)
_FACTORS = {"": 1.0, "%": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}

Predicate = Callable[[R], bool]


def parse_filter(text: str, columns: Sequence[Column[R]]) -> Predicate[R] | None:
    """A test of rows; None for an empty filter. BadInput names what can't be compared."""
    terms = [_term(part.strip(), columns) for part in text.split("&") if part.strip()]
    if not terms:
        return None
    return lambda row: all(term(row) for term in terms)


def _term(part: str, columns: Sequence[Column[R]]) -> Predicate[R]:
    match = _COMPARISON.match(part)
    if match:
        return _comparison(match, columns)
    if part.startswith("!"):
        needle = part[1:].strip().casefold()
        return lambda row: needle not in _words(row, columns)
    return lambda row: part.casefold() in _words(row, columns)


def _comparison(match: re.Match[str], columns: Sequence[Column[R]]) -> Predicate[R]:
    name, operator, number, unit = match.groups()
    column = next(
        (one for one in columns if name.casefold() in (one.key, one.title.casefold())), None
    )
    if column is None or column.value is None:
        known = ", ".join(one.key for one in columns if one.value is not None)
        raise BadInput(f"no column {name!r} to compare", f"there are {known}")
    try:
        limit = float(number) * _FACTORS[unit.lower()]
    except ValueError as error:
        raise BadInput(f"{number!r} is not a number", "write sum>5") from error
    holds, value = _OPERATORS[operator], column.value

    def test(row: R) -> bool:
        found = value(row)
        return isinstance(found, int | float) and holds(found, limit)

    return test


def _words(row: R, columns: Sequence[Column[R]]) -> str:
    return " ".join(column.paint(row, STANDARD, column.width).text for column in columns).casefold()
