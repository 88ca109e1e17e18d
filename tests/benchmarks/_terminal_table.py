"""The same board on Textual's DataTable, painted by Textual: what the terminal is compared with.

`python -m tests.benchmarks._terminal_table moving=LOAD cells=N visible=N refresh=S`
"""

import sys

from rich.text import Text
from textual.app import App, ComposeResult
from textual.widgets import DataTable, Static

from tests.support.moving_spreads import ROWS, Load, MovingSource
from tui_monitor.boards.spreads import Filter, SpreadRow
from tui_monitor.screens.boards.spreads.columns import spread_columns
from tui_monitor.screens.looks.looks import STANDARD

COLUMNS = 15


class TableApp(App[int]):
    """A thousand rows, each changed cell updated; a line says which coin is under the cursor."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("j", "down", "down"), ("q", "quit", "quit")]  # noqa: RUF012 - Textual's

    def __init__(self, source: MovingSource, refresh_s: float) -> None:
        super().__init__()
        self.animation_level = "none"
        self._source = source
        self._refresh_s = refresh_s
        self._table: DataTable[Text] = DataTable(cursor_type="row")
        self._line = Static("", markup=False)
        self._rows: dict[str, SpreadRow] = {}

    def compose(self) -> ComposeResult:
        yield self._table
        yield self._line

    async def on_mount(self) -> None:
        """All rows, then the clock."""
        self._table.styles.height = "1fr"
        board = await self._source.spreads_board(None, Filter.ALL)
        self._columns = spread_columns(board)[:COLUMNS]
        for column in self._columns:
            self._table.add_column(column.title, key=column.key, width=column.width)
        for row in board.rows:
            self._rows[row.coin] = row
            self._table.add_row(*self._painted(row), key=row.coin)
        self._say()
        self.set_interval(self._refresh_s, self._step)

    def _painted(self, row: SpreadRow) -> list[Text]:
        cells = (column.paint(row, STANDARD, column.width) for column in self._columns)
        return [Text(cell.text, cell.style or "") for cell in cells]

    async def _step(self) -> None:
        self._source.status()
        board = await self._source.spreads_board(None, Filter.ALL)
        for row in board.rows:
            before, self._rows[row.coin] = self._rows[row.coin], row
            if before != row:
                self._update(before, row)

    def _update(self, before: SpreadRow, row: SpreadRow) -> None:
        painted = zip(self._columns, self._painted(before), self._painted(row), strict=True)
        for column, old, new in painted:
            if old != new:
                self._table.update_cell(row.coin, column.key, new)

    def action_down(self) -> None:
        self._table.action_cursor_down()
        self._say()

    def _say(self) -> None:
        key = self._table.coordinate_to_cell_key(self._table.cursor_coordinate).row_key
        self._line.update(f" {key.value}/{ROWS} ", layout=False)


def main(*options: str) -> None:
    """Run until it is ended."""
    named = dict(option.split("=") for option in options if "=" in option)
    source = MovingSource(
        Load(named["moving"]),
        cells=int(named["cells"]),
        visible=int(named["visible"]),
        step_ms=int(float(named["refresh"]) * 1000),
    )
    TableApp(source, float(named["refresh"])).run(mouse=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
