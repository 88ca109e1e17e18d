"""What `/` understands: text, comparisons like `sum>5`, with `&`, `|`, brackets and `!` for not."""

import re
from collections.abc import Callable, Sequence
from typing import Generic

from tui_monitor.screens.filters.names import example, meant, nearest
from tui_monitor.screens.filters.values import (
    compared,
    moment_of,
    number_of,
    painted,
    seconds_of,
    shown_amount,
)
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.telling import Said
from tui_monitor.screens.widgets.columns import Column, R
from tui_monitor.words import t

_COMPARISON = re.compile(r"^([^<>=!]*?)\s*(<=|>=|!=|=|<|>)\s*(.*)$")
# What may yet become a number, or a word.
_NOTHING_YET = re.compile(r"[-+]?\.?")
_SIGNS = re.compile(r"\s*([&|()])\s*")
# Brackets in brackets: more are a slip of the keyboard, and each costs every row.
_DEEPEST = 20

Predicate = Callable[[R], bool]


class Unfinished(Said):
    """A filter that lacks its end: who is still typing makes no mistake."""


def parse_filter(text: str, columns: Sequence[Column[R]]) -> Predicate[R] | None:
    """A test of rows; None for an empty filter. BadInput names what can't be compared.

    It is said in the reader's language, with what was typed as it was typed.
    """
    signs = [part for part in _SIGNS.split(text.strip()) if part.strip()]
    if not signs:
        return None
    if not any(part not in "&|()" for part in signs):
        raise Unfinished(t("nothing to look for yet"), _write(columns))
    return _Reader(signs, columns).read()


def finished_parts(text: str) -> Sequence[str]:
    """What a text may mean already: its brackets closed; without the term still being typed."""
    cut = max(text.rfind(sign) for sign in "&|(")
    return [_closed(text), _closed(text[: max(cut, 0)].rstrip("&|(! "))]


def _closed(text: str) -> str:
    return text + ")" * (text.count("(") - text.count(")"))


def _write(columns: Sequence[Column[R]]) -> str:
    return t("write {example}", "filter", example=example(columns))


class _Reader(Generic[R]):
    """Terms and signs from left to right; `&` binds closer than `|`."""

    def __init__(self, signs: list[str], columns: Sequence[Column[R]]) -> None:
        self._signs, self._columns = signs, columns
        self._at = self._depth = 0

    def read(self) -> Predicate[R]:
        test = self._either()
        if self._next() is not None:
            said = t("no & or | before (") if self._next() == "(" else t("no ( before )")
            raise Said(said, t("write (a | b) & c"))
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
            if self._next() is None:
                said = t("nothing after {text}", "filter", text="|")
                raise Unfinished(said, t("write (a | b) & c"))
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _all(self) -> Predicate[R]:
        tests = [self._one()]
        while self._take("&"):
            if self._next() is None:
                said = t("nothing after {text}", "filter", text="&")
                raise Unfinished(said, t("write (a | b) & c"))
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self) -> Predicate[R]:
        self._depth += 1
        if self._depth > _DEEPEST:
            said = t("more than {n} brackets or ! in one another", n=_DEEPEST)
            raise Said(said, t("write (a | b) & c"))
        test = self._part()
        self._depth -= 1
        return test

    def _part(self) -> Predicate[R]:
        if self._take("("):
            if self._next() is None:
                raise Unfinished(t("no ) yet"), t("write (a | b) & c"))
            test = self._either()
            if not self._take(")"):
                raise Unfinished(t("no ) yet"), t("write (a | b) & c"))
            return test
        part = self._next() or ""
        if part in "&|)":
            raise Said(t("nothing before {sign}", sign=part), t("write (a | b) & c"))
        if part.strip("! ") == "":
            return self._opposite(part.count("!"))
        self._at += 1
        return _term(part, self._columns)

    def _opposite(self, signs: int) -> Predicate[R]:
        """What comes after some `!`: brackets, since a term has its own."""
        self._at += 1
        if self._next() is None:
            raise Unfinished(t("nothing after {text}", "filter", text="!"), t("write !(a | b)"))
        test = self._one()
        return _not(test) if signs % 2 else test


def _not(test: Predicate[R]) -> Predicate[R]:
    return lambda row: not test(row)


def _term(part: str, columns: Sequence[Column[R]]) -> Predicate[R]:
    if part.startswith("!") and not part.startswith("!="):
        bare = part.lstrip("! ")
        test = _term(bare, columns)
        return _not(test) if part[: -len(bare)].count("!") % 2 else test
    match = _COMPARISON.match(part)
    if match:
        return _comparison(match, columns)
    return lambda row: part.casefold() in _words(row, columns)


def _comparison(match: re.Match[str], columns: Sequence[Column[R]]) -> Predicate[R]:
    name, operator, text = match.groups()
    if not name:
        said = t("no column before {operator}", operator=operator)
        raise Said(said, _write(columns))
    found = meant(name, columns)
    if len(found) > 1:
        said = t("{name} may be one of several", name=name)
        raise Said(said, ", ".join(one.name for one in found))
    column = found[0] if found else None
    if column is None or column.value is None:
        said = t("no column {name} to compare", name=name)
        raise Said(said, t("there are {names}", names=", ".join(nearest(name, columns))))
    if _NOTHING_YET.fullmatch(text):
        said = t("nothing after {text}", "filter", text=f"{name}{operator}")
        raise Unfinished(said, t("write {example}", "filter", example=example([column])))
    if number_of(text) is not None:
        return _same_number(column, operator, text)
    if moment_of(text) is not None or seconds_of(text) is not None:
        return _same_time(column, operator, text)
    return _same_text(column, operator, text)


def _same_number(column: Column[R], operator: str, text: str) -> Predicate[R]:
    """`oi>50m` by what is known, `oi=8.91B` also by what is read, which is rounded."""
    limit, value = number_of(text) or 0.0, column.value
    seconds = seconds_of(text)
    words = _same_words(column, operator, text)

    def test(row: R) -> bool:
        found = value(row) if value is not None else None
        if found is None or isinstance(found, str):
            # `coin=1000` where coins have names.
            return found is not None and words(row)
        if seconds is not None:
            # `5m` are minutes where times are shown.
            lasted = seconds_of(painted(column, row))
            if lasted is not None:
                return compared(lasted, operator, seconds)
        if operator not in ("=", "!="):
            return compared(found, operator, limit)
        is_same = found == limit or shown_amount(painted(column, row)) == limit
        return is_same == (operator == "=")

    return test


def _same_time(column: Column[R], operator: str, text: str) -> Predicate[R]:
    """`time<02:00`, `day=01-15`, `age>3h05`: as times are shown, in the zone they are shown in."""
    words = _same_words(column, operator, text)

    def test(row: R) -> bool:
        shown = painted(column, row)
        wanted, moment = moment_of(text), moment_of(shown)
        if wanted is not None and moment is not None:
            return wanted.holds(moment, operator)
        seconds, lasted = seconds_of(text), seconds_of(shown)
        if seconds is not None and lasted is not None:
            return compared(lasted, operator, seconds)
        return words(row)

    return test


def _same_text(column: Column[R], operator: str, text: str) -> Predicate[R]:
    """`exchange=okx`, `side!=long`: what is no number is compared as a whole."""
    if operator not in ("=", "!="):
        said = t("{text} is neither a number nor a time", text=text)
        raise Said(said, t("write {example}", "filter", example=example([column])))
    return _same_words(column, operator, text)


def _same_words(column: Column[R], operator: str, text: str) -> Predicate[R]:
    value, wanted = column.says or column.value, text.casefold()

    def test(row: R) -> bool:
        found = value(row) if value is not None else None
        if not isinstance(found, str) or operator not in ("=", "!="):
            return False
        is_same = wanted in (found.casefold(), painted(column, row).casefold())
        return is_same == (operator == "=")

    return test


def _words(row: R, columns: Sequence[Column[R]]) -> str:
    searched = (column for column in columns if column.searched)
    return " ".join(one.paint(row, STANDARD, one.width).text for one in searched).casefold()
