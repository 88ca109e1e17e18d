"""The line below a filter that is being typed: which columns there are, what one of them means."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from tui_monitor.printable import printable
from tui_monitor.screens.filters.names import column_named, example, folded
from tui_monitor.screens.looks.looks import STANDARD, Looks
from tui_monitor.screens.widgets.columns import Column, R
from tui_monitor.screens.widgets.line import Piece
from tui_monitor.words import t, told

# The term at the end: the name of a column so far, and what follows it.
_LAST = re.compile(r"(?P<before>(?:.*[&|(])?[\s!]*)(?P<name>[^<>=!&|()]*?)(?P<rest>\s*[<>=!].*)?$")
_VALUES = 6
_LONGEST = 24


def candidates(text: str, columns: Sequence[Column[R]]) -> list[Column[R]]:
    """The columns that the name at the end may become; first those that begin with it."""
    match = _LAST.match(text)
    word = folded(match["name"]) if match and not match["rest"] else ""
    if not word:
        return []
    comparable = [column for column in columns if column.value is not None]
    called = {one.key: [*map(folded, one.names)] for one in comparable}
    begin = [one for one in comparable if any(name.startswith(word) for name in called[one.key])]
    inside = [one for one in comparable if any(word in name for name in called[one.key])]
    return begin + [one for one in inside if one not in begin]


def completed(text: str, columns: Sequence[Column[R]]) -> str | None:
    """The text with the first candidate in the place of the name at its end."""
    found, match = candidates(text, columns), _LAST.match(text)
    if not found or match is None or match["name"].strip().casefold() == found[0].name.casefold():
        return None
    return f"{match['before']}{found[0].name}"


def hint(
    text: str, columns: Sequence[Column[R]], rows: Sequence[R], tab: str, looks: Looks
) -> list[Piece]:
    """One line: the candidates and the first one's meaning, or that of the column compared."""
    found, match = candidates(text, columns), _LAST.match(text)
    if found:
        pieces = [(f"{tab} ", looks.key), (found[0].name, looks.accent)]
        others = "".join(f" · {one.name}" for one in found[1:_VALUES])
        more = " …" if len(found) > _VALUES else ""
        return [*pieces, (others + more, looks.dim), *_meaning(found[0], looks)]
    named = column_named(match["name"], columns) if match else None
    if named is not None:
        return [(named.name, looks.accent), *_values(named, rows, looks), *_meaning(named, looks)]
    if text.strip():
        return []
    known = " ".join(column.name for column in columns if column.value is not None)
    said = t("text · {example} | (…) · ! is not; columns:", example=example(columns, most=2))
    return [(f"{said} {known}", looks.dim)]


def _meaning(column: Column[R], looks: Looks) -> list[Piece]:
    unit = f" [{t(column.unit)}]" if column.unit else ""
    return [(unit, looks.text), (f"  {told(column.help)}" if column.help else "", looks.dim)]


def _values(column: Column[R], rows: Sequence[R], looks: Looks) -> list[Piece]:
    """The lowest and the highest of numbers, some of all words."""
    if column.value is None:
        return []
    pairs = [(column.value(row), row) for row in rows]
    numbers = [(value, row) for value, row in pairs if isinstance(value, int | float)]
    if numbers:
        ends = (min(numbers, key=lambda pair: pair[0]), max(numbers, key=lambda pair: pair[0]))
        words = [column.paint(row, STANDARD, column.width).text.strip() for _, row in ends]
        return [(f"  {printable(words[0])} … {printable(words[1])}", looks.text)]
    texts = dict.fromkeys(value for value, _ in pairs if isinstance(value, str) and value)
    return [(f"  {', '.join(_some(texts))}", looks.text)] if texts else []


def _some(texts: dict[str, None]) -> Iterator[str]:
    yield from (printable(text, _LONGEST) for text in islice(texts, _VALUES))
    if len(texts) > _VALUES:
        yield "…"
