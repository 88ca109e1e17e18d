"""What is shown goes into files: filtered, sorted, raw, and no formula in any cell."""

import json
from pathlib import Path

import pytest
from pyarrow import parquet

from tests.screens.test_board import Row, Small, rows
from tui_monitor.screens.tables.shown import shown_table
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.source.shown import write_shown

COLUMNS: tuple[Column[Row], ...] = (
    Column(key="coin", title="coin", width=8, paint=lambda row, *_: Cell(row.coin),
           value=lambda row: row.coin),
    Column(key="change", title="%", width=8, unit="%", value=lambda row: row.value,
           paint=lambda row, *_: Cell(f"{row.value or 0:.0f}")),
    Column(key="at", title="time", width=8, paint=lambda *_: Cell("08:00"),
           value=lambda _: 1_767_369_600_000.0),
    Column(key="bar", title="", width=8, paint=lambda *_: Cell("")),
    Column(key="note", title="note", width=8, paint=lambda row, *_: Cell(f'a "{row.coin}", b')),
)  # fmt: skip


class Exported(Small):
    """The same table with other columns."""

    def __init__(self) -> None:
        super().__init__()
        self.board: Board[Row] = Board(COLUMNS, lambda row: row.coin, sort="change")


async def test_a_table_is_taken_as_it_is_shown() -> None:
    """Keys with units, raw numbers, what has no value of its own as it is painted."""
    app = Exported()
    async with app.run_test(size=(80, 8)):
        app.board.set_rows(rows(1.23456789, None, 3.0))
        app.board.set_filter("coin!=B")
        app.board.arrange_columns(("change", "coin"), frozenset({"note", "at"}))
        found = shown_table(app.board)
    assert found.columns == (("change_pct", "number"), ("coin", "text"))
    assert found.rows == ((3.0, "C"), (1.23456789, "A"))


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "parquet"])
async def test_every_format_has_the_same_rows(tmp_path: Path, file_format: str) -> None:
    """Times are times, an absent number is absent, a formula is text."""
    app = Exported()
    async with app.run_test(size=(80, 8)):
        app.board.set_rows([*rows(1.25, None), Row("=1+2", -0.1)])
        table = shown_table(app.board)
    columns = (table.columns, table.rows, file_format, tmp_path, "view_small")
    done, second = await write_shown(*columns), await write_shown(*columns)
    assert (done.rows, done.path.name) == (3, f"view_small.{file_format}")
    assert second.path != done.path
    at = 1_767_369_600_000
    if file_format == "csv":
        assert done.path.read_text("utf-8-sig").splitlines() == [
            "coin,change_pct,at_ms,note",
            f'A,1.25,{at},"a ""A"", b"',
            f'\'=1+2,-0.1,{at},"a ""=1+2"", b"',
            f'B,,{at},"a ""B"", b"',
        ]
    elif file_format == "jsonl":
        lines = [json.loads(line) for line in done.path.read_text().splitlines()]
        assert [line["coin"] for line in lines] == ["A", "=1+2", "B"]
        assert lines[2] == {"coin": "B", "change_pct": None, "at_ms": at, "note": 'a "B", b'}
    else:
        read = parquet.read_table(done.path).to_pylist()
        assert [line["change_pct"] for line in read] == [1.25, -0.1, None]
        assert read[0]["at_ms"].timestamp() * 1000 == at
