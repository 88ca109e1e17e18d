"""A board as rows of text: CSV, or columns for the eye."""

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Sequence

from msgspec import Struct

from tui_monitor.store.formats import text_cell

Row = Sequence[object]

_NUMBER = re.compile(r"[+-]?[0-9][0-9.,eE+-]*%?")


class Table(Struct, frozen=True):
    """Column names and rows of one board, for CSV and for the eye."""

    columns: Sequence[str]
    rows: Sequence[Row]
    summary: str


def number(value: float | None, digits: int) -> str:
    """A number with so many decimals; empty for None."""
    return "" if value is None else f"{value:.{digits}f}"


def csv_text(table: Table) -> str:
    """Lines that end in CRLF, as RFC 4180 has it; no text is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([[_harmless(cell) for cell in row] for row in table.rows])
    return out.getvalue()


def eye_text(table: Table, room: int | None = None) -> str:
    """Aligned columns under the summary: those that fit into `room` cells, and how many don't."""
    cells = [[str(cell) for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(table.columns))]
    shown = len(widths) if room is None else _fitting(widths, room)
    numeric = [_is_numeric([row[i] for row in cells[1:]]) for i in range(shown)]
    lines = [table.summary if room is None else _cut(table.summary, room)]
    for row in cells:
        aligned = (
            _padded(cell, width, right=right)
            for cell, width, right in zip(row, widths, numeric, strict=False)
        )
        lines.append("  ".join(aligned).rstrip())
    if shown < len(widths):
        lines.append(f"({len(widths) - shown} more columns: --csv, --json or a wider terminal)")
    return "\n".join(lines) + "\n"


def _fitting(widths: Sequence[int], room: int) -> int:
    """How many columns there is room for, but at least one."""
    ends = list(itertools.accumulate(width + 2 for width in widths))
    return max(1, sum(end - 2 <= room for end in ends))


def _harmless(cell: object) -> object:
    is_text = isinstance(cell, str) and not _NUMBER.fullmatch(cell)
    return text_cell(str(cell)) if is_text else cell


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
