"""How a column is named in a filter, which names are near a wrong one, and what may be typed."""

import difflib
import re
from collections.abc import Iterator, Sequence

from tui_monitor.screens.widgets.columns import Column, R
from tui_monitor.words import t

_BETWEEN = re.compile(r"[\s_-]+")


def column_named(name: str, columns: Sequence[Column[R]]) -> Column[R] | None:
    """The column of a name, a title or a key, in whatever case.

    Where there is none: the only one that may be `meant`.
    """
    found = meant(name, columns)
    return found[0] if len(found) == 1 else None


def meant(name: str, columns: Sequence[Column[R]]) -> list[Column[R]]:
    """The columns that a name may mean; several: nobody can tell which.

    The one with that name; else with that title, as it is shown; else with that key; else those of
    a title without its signs (`oi` for `OI $`); else the only one whose title begins with that
    word; else those with it in a name, or whose name begins so. Blanks, `_` and `-` are the same.
    """
    word = folded(name)
    if not word:
        return []
    for called in (_names, _titles, _keys, _bare):
        exact = [one for one in columns if word in map(folded, called(one))]
        if exact:
            return [one for one in exact if one.value is not None] or exact
    comparable = [one for one in columns if one.value is not None]
    first = [one for one in comparable if word in _first_words(one)]
    return first if len(first) == 1 else [one for one in comparable if _has(one, word)]


def folded(name: str) -> str:
    """`USD 24h`, `usd_24h` and `usd-24h` are one name."""
    return _BETWEEN.sub("-", name.strip().casefold())


def _has(column: Column[R], word: str) -> bool:
    called = map(folded, column.names)
    return any(one.startswith(word) or word in one.split("-") for one in called)


def _names(column: Column[R]) -> tuple[str, ...]:
    return column.name, *column.also


def _keys(column: Column[R]) -> tuple[str, ...]:
    return (column.key,)


def _titles(column: Column[R]) -> tuple[str, str]:
    return column.title.casefold(), t(column.title, column.key).casefold()


def _bare(column: Column[R]) -> Iterator[str]:
    """Its titles without signs: `OI $` is `oi`."""
    for title in _titles(column):
        yield "".join(one for one in title if one.isalnum() or one == " ").strip()


def _first_words(column: Column[R]) -> Iterator[str]:
    for title in _titles(column):
        yield from title.split()[:1]


def names(columns: Sequence[Column[R]]) -> list[str]:
    """What can be compared, as it is typed."""
    return [column.name for column in columns if column.value is not None]


def nearest(name: str, columns: Sequence[Column[R]]) -> list[str]:
    """The names of all columns, those first that look like this one: a line may be too short."""
    word = name.strip().casefold()

    def distance(known: str) -> tuple[bool, float]:
        folded = known.casefold()
        likeness = difflib.SequenceMatcher(None, word, folded).ratio()
        return not (word and word in folded), -likeness

    return sorted(names(columns), key=distance)


def example(columns: Sequence[Column[R]], most: int = 1) -> str:
    """What can be typed for these columns: `sum>5`, `sum>5 & up<9`, `coin=…` without numbers."""
    comparable = [column for column in columns if column.value is not None]
    # Numbers stand on the right.
    numbers = [one for one in comparable if one.align == "right"][:most]
    written = [f"{one.name}{sign}" for one, sign in zip(numbers, (">5", "<9"), strict=False)]
    if not written:
        written = [f"{one.name}=…" for one in comparable[:1]]
    return " & ".join(written) or "…"
