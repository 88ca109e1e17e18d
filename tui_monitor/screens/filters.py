"""What `/` understands: text, `!text`, comparisons like `sum>5`, with `&`, `|` and brackets."""

import re
from collections.abc import Callable, Sequence
from typing import Generic

from tui_monitor.errors import BadInput
from tui_monitor.screens.looks import STANDARD
from tui_monitor.screens.widgets.columns import Column, R
from tui_monitor.words import t

_COMPARISON = re.compile(r"^([^<>=!]*?)\s*(<=|>=|!=|=|<|>)\s*(.*)$")
_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+))\s*([kmb%]?)", re.IGNORECASE)
# What may yet become a number.
_NO_NUMBER_YET = re.compile(r"[-+]?\.?")
_SIGNS = re.compile(r"\s*([&|()])\s*")
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


class Unfinished(BadInput):
    """A filter that lacks its end: who is still typing makes no mistake."""


def parse_filter(text: str, columns: Sequence[Column[R]]) -> Predicate[R] | None:
    """A test of rows; None for an empty filter. BadInput names what can't be compared."""
    signs = [part for part in _SIGNS.split(text.strip()) if part.strip()]
    if not any(part not in "&|()" for part in signs):
        return None
    return _Reader(signs, columns).read()


def finished_part(text: str) -> str:
    """A text without its last term, which is still being typed."""
    cut = max(text.rfind(sign) for sign in "&|(")
    return text[: max(cut, 0)]


class _Reader(Generic[R]):
    """Terms and signs from left to right; `&` binds closer than `|`."""

    def __init__(self, signs: list[str], columns: Sequence[Column[R]]) -> None:
        self._signs, self._columns = signs, columns
        self._at = 0

    def read(self) -> Predicate[R]:
        test = self._either()
        if self._next() is not None:
            raise BadInput(t("no ( before )"), t("write (a | b) & c"))
        return test

    def _next(self) -> str | None:
        return self._signs[self._at] if self._at < len(self._signs) else None

    def _take(self, sign: str) -> bool:
        found = self._next() == sign
        self._at += found
        return found

    def _either(self) -> Predicate[R]:
        tests = [self._all()]
        while self._take("|"):
            if self._next() is not None:
                tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _all(self) -> Predicate[R]:
        tests = [self._one()]
        while self._take("&"):
            if self._next() is not None:
                tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self) -> Predicate[R]:
        if self._take("("):
            if self._next() is None:
                raise Unfinished(t("no ) yet"), t("write (a | b) & c"))
            test = self._either()
            if not self._take(")"):
                raise Unfinished(t("no ) yet"), t("write (a | b) & c"))
            return test
        part = self._next() or ""
        if part in "&|)":
            raise BadInput(t("nothing before {sign}", sign=part), t("write (a | b) & c"))
        self._at += 1
        return _term(part, self._columns)


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
        raise BadInput(t("no column before {operator}", operator=operator), t("write sum>5"))
    column = column_named(name, columns)
    if column is None or column.value is None:
        known = ", ".join(one.name for one in columns if one.value is not None)
        said = t("no column {name} to compare", name=name)
        raise BadInput(said, t("there are {names}", names=known))
    found = _NUMBER.fullmatch(limit_text)
    if found is None:
        return _same_text(name, operator, limit_text, column)
    limit = float(found[1]) * _FACTORS[found[2].lower()]
    holds, value = _OPERATORS[operator], column.value

    def test(row: R) -> bool:
        found = value(row)
        if isinstance(found, str):
            # `coin=1000` where coins have names.
            is_same = found.casefold() == limit_text.casefold()
            return operator in ("=", "!=") and is_same == (operator == "=")
        return found is not None and holds(found, limit)

    return test


def _same_text(name: str, operator: str, text: str, column: Column[R]) -> Predicate[R]:
    """`exchange=okx`, `side!=long`: what is no number is compared as a whole."""
    if _NO_NUMBER_YET.fullmatch(text):
        raise Unfinished(t("no number after {text}", text=f"{name}{operator}"), t("write sum>5"))
    if operator not in ("=", "!="):
        raise BadInput(t("{text} is no number", text=text), t("write sum>5"))
    value, wanted = column.value, text.casefold()

    def test(row: R) -> bool:
        found = value(row) if value is not None else None
        return isinstance(found, str) and (found.casefold() == wanted) == (operator == "=")

    return test


def column_named(name: str, columns: Sequence[Column[R]]) -> Column[R] | None:
    """The column of a name, a title or a key, in whatever case."""
    return next((one for one in columns if name.strip().casefold() in one.names), None)


def _words(row: R, columns: Sequence[Column[R]]) -> str:
    searched = (column for column in columns if column.searched)
    return " ".join(one.paint(row, STANDARD, one.width).text for one in searched).casefold()
