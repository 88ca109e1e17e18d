"""Columns as data: what a board table shows of a row, how wide, how it sorts, what it means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Generic, Literal, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tui_monitor.printable import printable
from tui_monitor.screens.looks.format import fit
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.words import t

R = TypeVar("R")
SortValue = float | str | None
GAP = 2
# A longer title is a legend, not a name.
_NAME = 16


@dataclass(frozen=True)
class Cell:
    """A text with its look; some cells (bars, heat strips) bring finished segments."""

    text: str
    style: Style | None = None
    segments: tuple[Segment, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Column(Generic[R]):
    """One column. The higher `priority`, the earlier it leaves a narrow table (0 stays).

    `paint` gets the row, the looks and the column's width. `value` is what it sorts and
    filters by; None sorts last. A column that `grows` takes the width left over. Columns of one
    `pair` (and one priority) leave together. Plain text in a filter looks into what is `searched`:
    not into numbers that are painted for nobody else. Filters know it by what it is `also` called.

    Where `value` is but an order or a part of what is painted, `says` is what `=` compares with and
    files have; `files` are the columns of files that stand for it, by name, if more than one do.
    """

    key: str
    title: str
    width: int
    paint: Callable[[R, Looks, int], Cell]
    value: Callable[[R], SortValue] | None = None
    align: Literal["left", "right"] = "right"
    priority: int = 0
    grows: bool = False
    unit: str = ""
    help: str = ""
    pair: str = ""
    searched: bool = True
    word: str = ""
    also: tuple[str, ...] = ()
    says: Callable[[R], str | None] | None = None
    files: tuple[tuple[str, Callable[[R], SortValue]], ...] = ()

    @property
    def name(self) -> str:
        """What a user types for it: its title in one word; its key where the title is none.

        Its `word` where several have one title.
        """
        if self.word:
            return self.word
        words = self.title.removesuffix("%").split()
        return "-".join(words) if words and len(self.title) <= _NAME else self.key

    @property
    def names(self) -> tuple[str, ...]:
        """All that is understood for it, in lower case: in the reader's language, too."""
        title = self.title.casefold()
        shown = t(self.title, self.key).casefold()
        return self.name.casefold(), title, self.key, shown, *self.also


@dataclass(frozen=True)
class Placed(Generic[R]):
    """A column with the width it got."""

    column: Column[R]
    width: int


def ordered(columns: Sequence[Column[R]], keys: Sequence[str]) -> list[Column[R]]:
    """Columns in somebody's order; one that it doesn't name comes after its neighbour."""
    if not keys:
        return list(columns)
    found = {column.key: column for column in columns}
    arranged = [found[key] for key in keys if key in found]
    for index, column in enumerate(columns):
        if column.key not in keys:
            at = arranged.index(columns[index - 1]) + 1 if index else 0
            arranged.insert(at, column)
    return arranged


def place(
    columns: Sequence[Column[R]], width: int, hidden: frozenset[str] = frozenset()
) -> tuple[Placed[R], ...]:
    """The columns that fit, in their order; those of the highest priority number leave first."""
    wanted = [column for column in columns if column.key not in hidden] or list(columns[:1])
    chosen = _chosen(wanted, width)
    spare = max(0, width - _needed(chosen))
    growing = next((column for column in chosen if column.grows), None)
    placed = []
    room = width
    for column in chosen:
        wide = min(column.width + (spare if column is growing else 0), max(0, room))
        placed.append(Placed(column, wide))
        room -= wide + GAP
    return tuple(one for one in placed if one.width > 0)


def few_first(columns: Sequence[Column[R]], few: Sequence[str]) -> list[Column[R]]:
    """The same columns; those named leave last, in the opposite order."""
    most = len(few)
    return [
        replace(one, priority=few.index(one.key) if one.key in few else most + one.priority)
        for one in columns
    ]


def kept_last(columns: Sequence[Column[R]], name: str, kept: str) -> list[Column[R]]:
    """The same columns; the one that is `kept` and the one that names the row leave last.

    What else would stay leaves before them, the rightmost first.
    """
    most = len(columns)

    def late(place: int, one: Column[R]) -> Column[R]:
        if one.key in (name, kept):
            return replace(one, priority=0, pair="")
        return replace(one, priority=most + one.priority if one.priority else place)

    return [late(place, one) for place, one in enumerate(columns, 1)]


def _chosen(wanted: list[Column[R]], width: int) -> list[Column[R]]:
    """Without those that leave; room left by a wide one is given to narrower ones."""
    kept = list(wanted)
    left: list[list[Column[R]]] = []
    while len(kept) > 1 and _needed(kept) > width:
        leaving = max(kept, key=lambda column: column.priority)
        if leaving.priority == 0:
            break
        group = _group(leaving, kept)
        kept = [column for column in kept if column not in group]
        left.append(group)
    for group in reversed(left):
        if _needed([*kept, *group]) <= width:
            kept += group
    return [column for column in wanted if column in kept]


def _group(column: Column[R], columns: Sequence[Column[R]]) -> list[Column[R]]:
    if not column.pair:
        return [column]
    return [one for one in columns if one.pair == column.pair]


def _needed(columns: Sequence[Column[R]]) -> int:
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)


def paint_row(
    placed: Sequence[Placed[R]], row: R, looks: Looks, over: Style, width: int
) -> list[Segment]:
    """One row as segments of exactly `width` cells; `over` lies on every cell (the cursor)."""
    segments: list[Segment] = []
    used = 0
    for index, one in enumerate(placed):
        cell = one.column.paint(row, looks, one.width)
        if index:
            segments.append(Segment(" " * GAP, over))
            used += GAP
        if cell.segments is not None:
            drawn = Segment.adjust_line_length(list(cell.segments), one.width)
            segments += [Segment(part.text, (part.style or looks.text) + over) for part in drawn]
        else:
            text = fit(printable(cell.text, 400), one.width, one.column.align)
            segments.append(Segment(text, (cell.style or looks.text) + over))
        used += one.width
    if used < width:
        segments.append(Segment(" " * (width - used), over))
    return segments


def paint_header(
    placed: Sequence[Placed[R]], sort_key: str | None, descending: bool, looks: Looks, width: int
) -> list[Segment]:
    """The titles; the sorted column is bright and carries a mark."""
    segments: list[Segment] = []
    used = spilled = 0
    for index, one in enumerate(placed):
        sorted_by = one.column.key == sort_key
        mark = ("▾" if descending else "▴") if sorted_by else ""
        title = printable(t(one.column.title, one.column.key), 400)
        lead = GAP - spilled if index else 0
        # The mark may stand in the gap beside the column.
        excess = min(1, max(0, cell_len(title + mark) - one.width))
        over = min(max(0, lead - 1), excess) if one.column.align == "right" else 0
        spilled = min(width - used - lead - one.width, excess) if mark and not over else 0
        text = _heading(title, mark, one.width + over + spilled, one.column.align)
        style = looks.accent if sorted_by else looks.dim
        segments.append(Segment(" " * (lead - over) + text, style))
        used += lead + one.width + spilled
    if used < width:
        segments.append(Segment(" " * (width - used), looks.dim))
    return segments


def _heading(title: str, mark: str, room: int, align: str) -> str:
    """A title in its room; where it is cut, its mark is not."""
    if cell_len(title + mark) <= room:
        return fit(title + mark, room, align)
    return fit(title, room - len(mark)) + mark


def sort_rows(rows: Sequence[R], column: Column[R] | None, descending: bool) -> list[R]:
    """Rows by a column's value; those without one last, whichever way; ties keep their order."""
    if column is None or column.value is None:
        return list(rows)
    values = [column.value(row) for row in rows]
    known = [
        (_sortable(value), row)
        for value, row in zip(values, rows, strict=True)
        if value is not None
    ]
    known.sort(key=itemgetter(0), reverse=descending)
    without = [row for value, row in zip(values, rows, strict=True) if value is None]
    return [row for _, row in known] + without


def _sortable(value: SortValue) -> tuple[int, float, str]:
    return (1, 0.0, value) if isinstance(value, str) else (0, value or 0.0, "")


def tabbed(placed: Sequence[Placed[R]], rows: Sequence[R], looks: Looks) -> str:
    """Titles and rows as tab-separated text, each cell whole and without the blanks around it."""
    lines = ["\t".join(t(one.column.title, one.column.key) for one in placed)]
    lines += [
        "\t".join(" ".join(one.column.paint(row, looks, one.width).text.split()) for one in placed)
        for row in rows
    ]
    return "\n".join(lines) + "\n"
