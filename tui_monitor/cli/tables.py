"""A board as rows of text: CSV, or columns for the eye."""

import csv
import io
from collections.abc import Sequence

from msgspec import Struct

Row = Sequence[object]


class Table(Struct, frozen=True):
    """Column names and rows of one board, for CSV and for the eye."""

    columns: Sequence[str]
    rows: Sequence[Row]
    summary: str


def number(value: float | None, digits: int) -> str:
    """A number with so many decimals; empty for None."""
    return "" if value is None else f"{value:.{digits}f}"


def csv_text(table: Table) -> str:
    """Lines that end in CRLF, as RFC 4180 has it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return out.getvalue()


def eye_text(table: Table) -> str:
    """Aligned columns under the summary."""
    cells = [[str(cell) for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(table.columns))]
    numeric = [_is_numeric([row[i] for row in cells[1:]]) for i in range(len(table.columns))]
    lines = [table.summary]
    for row in cells:
        aligned = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        lines.append("  ".join(aligned).rstrip())
    return "\n".join(lines) + "\n"


def _is_numeric(cells: Sequence[str]) -> bool:
    return all(not cell or cell[-1].isdigit() for cell in cells) and any(cells)
