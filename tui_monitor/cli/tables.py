"""A board as rows of text: CSV, or columns for the eye.

CSV is for programs: every value as it is, one a cell, marks in columns of their own. For the eye
numbers are rounded, and columns leave a narrow terminal by what the board can do without.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from operator import attrgetter, itemgetter
from typing import Any, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.printable import printable
from tui_monitor.store.formats import text_cell

Row = Sequence[object]

_NUMBER = re.compile(r"[+-]?[0-9][0-9.,eE+-]*%?")
_LONGEST_TEXT = 400


class Cell(NamedTuple):
    """A value, and how the eye has it."""

    value: object
    text: str


class Column(Struct, frozen=True):
    """What a column has of a row; None is an empty cell.

    `leaves`: the highest leave a narrow terminal first, 0 stays as long as anything does.
    """

    name: str
    value: Callable[[Any], object]
    text: Callable[[Any], str] = str
    leaves: int = 0
    only: Literal["", "csv", "eye"] = ""

    def raw(self, row: Any) -> object:
        """The value as a program wants it."""
        found = self.value(row)
        found = found.value if isinstance(found, Cell | Enum) else found
        if found is None:
            return ""
        if isinstance(found, bool):
            return "true" if found else "false"
        return found if isinstance(found, int | float) else _harmless(_shown(str(found)))

    def shown(self, row: Any) -> str:
        """The value as a person wants it."""
        found = self.value(row)
        if isinstance(found, Cell):
            return found.text
        return "" if found is None else _shown(self.text(found))


class Table(Struct, frozen=True):
    """Columns and rows of one board, for CSV and for the eye.

    `above` stands for the eye between summary and rows: lines, and tables of their own.
    """

    columns: Sequence[Column]
    rows: Sequence[Any]
    summary: str
    above: Sequence["str | Table"] = ()


def plain(*names: str) -> tuple[Column, ...]:
    """Columns of rows that are tuples, in their order."""
    return tuple(Column(name, itemgetter(place)) for place, name in enumerate(names))


def leaving(leaves: Mapping[str, int], names: Sequence[str]) -> tuple[Column, ...]:
    """Plain columns, some of which leave a narrow terminal."""
    return tuple(replace(one, leaves=leaves.get(one.name, 0)) for one in plain(*names))


def own(
    name: str,
    text: Callable[[Any], str] = str,
    *,
    leaves: int = 0,
    only: Literal["", "csv", "eye"] = "",
) -> Column:
    """A column that is a row's attribute of the same name."""
    return Column(name, attrgetter(name), text, leaves, only)


def digits(many: int) -> Callable[[float], str]:
    """Numbers with so many decimals, for the eye."""
    return lambda value: f"{value:.{many}f}"


def exact(value: float) -> str:
    """A price or an amount, whatever its size."""
    return f"{value:.10g}"


def number(value: float | None, many: int) -> Cell | None:
    """A number that the eye has with so many decimals; None for None."""
    return None if value is None else Cell(value, f"{value:.{many}f}")


def csv_text(table: Table) -> str:
    """Lines that end in CRLF, as RFC 4180 has it; no text is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = [column for column in table.columns if column.only != "eye"]
    writer.writerow([column.name for column in columns])
    writer.writerows([[column.raw(row) for column in columns] for row in table.rows])
    return out.getvalue()


def eye_text(table: Table, room: int | None = None) -> str:
    """Aligned columns under the summary: those that fit into `room` cells, and how many don't."""
    columns = [column for column in table.columns if column.only != "csv"]
    cells = [[column.name for column in columns]]
    cells += [[column.shown(row) for column in columns] for row in table.rows]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(columns))]
    shown = _fitting(columns, widths, room)
    numeric = {i: _is_numeric([row[i] for row in cells[1:]]) for i in shown}
    lines = [_part(part, room) for part in (table.summary, *table.above)]
    for row in cells:
        aligned = (_padded(row[i], widths[i], right=numeric[i]) for i in shown)
        lines.append("  ".join(aligned).rstrip())
    if len(shown) < len(columns):
        many = len(columns) - len(shown)
        lines.append(f"({many} more columns: --csv, --json or a wider terminal)")
    return "\n".join(lines) + "\n"


def _part(part: str | Table, room: int | None) -> str:
    if isinstance(part, Table):
        return eye_text(part, room).rstrip("\n")
    return part if room is None else _cut(part, room)


def _fitting(columns: Sequence[Column], widths: Sequence[int], room: int | None) -> list[int]:
    """Which columns there is room for, but at least one: who leaves first is told by them."""
    shown = list(range(len(columns)))
    while room is not None and len(shown) > 1:
        if sum(widths[i] + 2 for i in shown) - 2 <= room:
            break
        shown.remove(max(shown, key=lambda i: (columns[i].leaves, i)))
    return shown


def _shown(text: str) -> str:
    return printable(text, _LONGEST_TEXT)


def _harmless(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else text_cell(text)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _padded(cell: str, width: int, *, right: bool) -> str:
    blank = " " * (width - _width(cell))
    return blank + cell if right else cell + blank


def _cut(line: str, room: int) -> str:
    """Each of its lines, an ellipsis where one is too long."""
    return "\n".join(
        one if _width(one) <= room else f"{one[: max(room - 1, 1)]}…" for one in line.split("\n")
    )


def _is_numeric(cells: Sequence[str]) -> bool:
    return all(not cell or cell[-1].isdigit() for cell in cells) and any(cells)
