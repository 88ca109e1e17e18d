"""A table as plain lines, for a terminal too small for a board: a few columns, no decoration."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.segment import Segment
from rich.style import Style

from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import paint_header, paint_row, place
from tui_monitor.screens.widgets.line import Piece
from tui_monitor.screens.widgets.table import Table


def small_table(
    table: Table[Any], keys: Sequence[str], looks: Looks, width: int, height: int
) -> list[list[Piece]]:
    """The titles and the first rows; of the columns named those that fit, the first ones first."""
    found = {column.key: column for column in table.columns}
    wanted = [replace(found[key], priority=place) for place, key in enumerate(keys) if key in found]
    if not wanted or not table.rows or height < 2:
        return []
    placed = place(wanted, width)
    header = paint_header(placed, table.sort_key, table.descending, looks, width)
    rows = (paint_row(placed, row, looks, Style(), width) for row in table.rows[: height - 1])
    return [_pieces(header), *map(_pieces, rows)]


def _pieces(segments: Sequence[Segment]) -> list[Piece]:
    return [(one.text, one.style or Style()) for one in segments]
