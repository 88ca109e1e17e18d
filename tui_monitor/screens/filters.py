"""What `/` understands: plain text, `!text`, and comparisons like `sum>5 & n<27`."""

import re
from collections.abc import Callable, Sequence

from tui_monitor.errors import BadInput
from tui_monitor.screens.looks import STANDARD
from tui_monitor.screens.widgets.columns import Column, R

_COMPARISON = re.compile(r"^([^<>=!]*?)\s*(<=|>=|!=|=|<|>)\s*(.*)$")
_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+))\s*([kmb%]?)", re.IGNORECASE)
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
    if part.startswith("!") and not part.startswith("!="):
        needle = part[1:].strip().casefold()
        return lambda row: needle not in _words(row, columns)
    match = _COMPARISON.match(part)
    if match:
        return _comparison(match, columns)
    return lambda row: part.casefold() in _words(row, columns)


def _comparison(match: re.Match[str], columns: Sequence[Column[R]]) -> Predicate[R]:
    name, operator, limit_text = match.groups()
    if not name:
        raise BadInput(f"no column before {operator}", "write sum>5")
    column = next((one for one in columns if name.casefold() in one.names), None)
    if column is None or column.value is None:
        known = ", ".join(one.name for one in columns if one.value is not None)
        raise BadInput(f"no column {name} to compare", f"there are {known}")
    found = _NUMBER.fullmatch(limit_text)
    if found is None:
        said = f"{limit_text} is no number" if limit_text else f"no number after {name}{operator}"
        raise BadInput(said, "write sum>5")
    limit = float(found[1]) * _FACTORS[found[2].lower()]
    holds, value = _OPERATORS[operator], column.value

    def test(row: R) -> bool:
        found = value(row)
        return isinstance(found, int | float) and holds(found, limit)

    return test


def _words(row: R, columns: Sequence[Column[R]]) -> str:
    searched = (column for column in columns if column.searched)
    return " ".join(one.paint(row, STANDARD, one.width).text for one in searched).casefold()
