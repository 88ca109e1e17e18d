"""Choosing columns: shown, hidden, moved, sorted; and that it is as it was in the next run."""

from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.screens.test_board import COLUMNS
from tui_monitor.app import MonitorApp
from tui_monitor.screens.boards.registry import VIEWS
from tui_monitor.screens.dialogs.columns import ColumnsDialog
from tui_monitor.screens.tables.layouts import Layout, Layouts
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import kept_last, ordered, place


def titles(app: MonitorApp) -> list[str]:
    """The keys of the columns that are shown, in their order."""
    table = app.desk.view.panels()[0]
    return [one.column.key for one in table._placed]


def is_back(app: MonitorApp) -> bool:
    """Whether the board has the keys again."""
    return app.screen is app.desk


async def chooser(pilot: Pilot[int], app: MonitorApp) -> ColumnsDialog:
    """The list of columns."""
    await pilot.press("C")
    await settled(pilot, lambda: isinstance(app.screen, ColumnsDialog))
    assert isinstance(app.screen, ColumnsDialog)
    return app.screen


def test_an_order_keeps_what_it_does_not_name_beside_its_neighbour() -> None:
    """A column of a newer version has a place; one that is gone takes none."""

    def keys(*order: str) -> list[str]:
        return [column.key for column in ordered(COLUMNS, order)]

    assert keys() == ["coin", "value", "extra", "least"]
    assert keys("extra", "coin") == ["extra", "least", "coin", "value"]
    assert keys("gone", "least", "value", "extra", "coin") == ["least", "value", "extra", "coin"]


async def test_columns_are_hidden_moved_sorted_and_reset() -> None:
    """What is done in the list is seen behind it at once."""
    app = an_app(board="oi")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        usual = titles(app)
        dialog = await chooser(pilot, app)
        assert "● shown" in screen_text(app)
        await pilot.press("j", "j", "space", "j", "s", "K", "K")
        await settled(pilot)
        assert dialog.list.cursor_key == "coins"
        assert titles(app)[:3] == ["rank", "coins", "coin"]
        assert "usd" not in titles(app)
        assert "coins▾" in screen_text(app)
        table: Board[object] = app.desk.view.panels()[0]
        assert (table.sort_key, table.descending) == ("coins", True)
        await pilot.press("r")
        await settled(pilot)
        assert titles(app) == usual
        assert table.sort_key == "rank"
        await pilot.press("escape")
        await settled(pilot, partial(is_back, app))


async def test_one_column_stays_whatever_is_hidden() -> None:
    """A table of nothing could not be mended by looking at it."""
    app = an_app(board="signals")
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        await pulled(pilot, app)
        dialog = await chooser(pilot, app)
        for _ in dialog.list.rows:
            await pilot.press("space", "j")
        await settled(pilot, shows(app, "one column must stay"))
        assert len(titles(app)) == 1


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_a_layout_is_as_it_was_in_the_next_run(tmp_path: Path, size: tuple[int, int]) -> None:
    """Columns, their order and the sorting of each table, at every width."""
    file = tmp_path / "state" / "tables.json"
    for run in range(2):
        app = an_app(board="oi")
        app.layouts = Layouts(file)
        async with app.run_test(size=size) as pilot:
            await pulled(pilot, app)
            if run == 0:
                await chooser(pilot, app)
                await pilot.press("space", "j", "J", "enter")
                await settled(pilot, partial(is_back, app))
                await pilot.press(">")
                await settled(pilot)
            table: Board[object] = app.desk.view.panels()[0]
            assert titles(app)[:2] == ["usd", "coin"]
            assert "rank" not in titles(app)
            assert (table.sort_key, table.descending) == ("usd", False)
    assert Layouts(file).of("oi/interest").hidden == ("rank",)
    assert Layouts(file).of("spreads/pairs") == Layout()


async def test_a_column_that_comes_later_sorts_as_it_was_left(tmp_path: Path) -> None:
    """The exchanges' columns are there with the first board, not before."""
    layouts = Layouts(tmp_path / "tables.json")
    layouts.keep("funding/coins", Layout(sort="okx_interval", descending=False))
    app = an_app(board="funding")
    app.layouts = layouts
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        table: Board[object] = app.desk.view.panels()[0]
        assert "okx_interval" in [column.key for column in table.columns]
        assert (table.sort_key, table.descending) == ("okx_interval", False)


@pytest.mark.parametrize(
    ("board", "keys", "kept", "shown"),
    [
        ("sum", ("+", "+"), 4, "(4 days)"),
        ("liquidations", ("+",), 3, "3 h"),
        ("oi", ("-",), 4, " 4 h by"),
    ],
)
async def test_a_range_is_as_it_was_in_the_next_run(
    tmp_path: Path, board: str, keys: tuple[str, ...], kept: int, shown: str
) -> None:
    """Each board's own, up to today; = forgets it, Esc and a look at other days do not."""
    file = tmp_path / "tables.json"
    for run in range(2):
        app = an_app(board=board)
        app.layouts = Layouts(file)
        async with app.run_test(size=(160, 50)) as pilot:
            await pulled(pilot, app)
            if run == 0:
                await pilot.press(*keys)
                await pulled(pilot, app)
                await pilot.press("[", "escape")
                await pulled(pilot, app)
            assert Layouts(file).range_of(board) == kept
            assert shown in screen_text(app)
            if run == 1:
                await pilot.press("=")
                await pulled(pilot, app)
                assert shown not in screen_text(app)
    assert Layouts(file).range_of(board) is None


def test_a_range_that_no_board_has_is_as_if_none_were_kept(tmp_path: Path) -> None:
    """A file of another version, or one that was edited."""
    file = tmp_path / "tables.json"
    file.write_text(
        '{"ranges": {"oi": 7, "sum": 99999}, "tables": {"sum/nodes": {"sort": "time"}}}'
    )
    layouts = Layouts(file)
    for name in ("oi", "sum"):
        view = VIEWS[name]()
        view.take_range(layouts.range_of(name))
        assert (view.kept_days, getattr(view, "hours", None)) == (None, None)
    layouts.keep_range("liquidations", 6)
    assert Layouts(file).of("sum/nodes").sort == "time"


def test_an_unreadable_file_is_set_aside_with_a_word(tmp_path: Path) -> None:
    """Nothing of it is lost, and the next layout is kept."""
    file = tmp_path / "tables.json"
    file.write_text('{"tables": {"oi/interest": {"order": 7}}}')
    layouts = Layouts(file)
    assert "tables.json.unreadable" in layouts.take_problem()
    assert not layouts.take_problem()
    assert (tmp_path / "tables.json.unreadable").exists()
    layouts.keep("oi/interest", Layout(("coin",)))
    assert Layouts(file).of("oi/interest").order == ("coin",)


def test_two_terminals_keep_each_others_layouts(tmp_path: Path) -> None:
    """Each writes only the table that was arranged there."""
    file = tmp_path / "tables.json"
    one, other = Layouts(file), Layouts(file)
    one.keep("oi/interest", Layout(("coin",)))
    other.keep("sum/nodes", Layout(("time",)))
    assert Layouts(file).of("oi/interest").order == ("coin",)
    assert Layouts(file).of("sum/nodes").order == ("time",)


def test_without_a_writable_folder_a_layout_lasts_for_the_run(tmp_path: Path) -> None:
    """It is said once."""
    (tmp_path / "file").write_text("no folder")
    layouts = Layouts(tmp_path / "file" / "tables.json")
    layouts.take_problem()
    layouts.keep("oi/interest", Layout(("coin",)))
    assert "can't be" in layouts.take_problem()
    layouts.keep("oi/interest", Layout(("usd",)))
    assert not layouts.take_problem()
    assert layouts.of("oi/interest").order == ("usd",)


@pytest.mark.parametrize(
    ("board", "column", "sizes"),
    [
        ("oi", "acc long", [(60, 24), (40, 12), (80, 24)]),
        ("oi", "price 24h %", [(80, 24), (40, 12)]),
        ("spreads", "net %", [(60, 24), (40, 12)]),
        ("sum", "per coin", [(100, 30), (40, 12)]),
        ("liquidations", "at cap", [(100, 30), (40, 12), (32, 10)]),
    ],
)
async def test_what_the_rows_are_sorted_by_leaves_last(
    board: str, column: str, sizes: list[tuple[int, int]]
) -> None:
    """With its mark, beside what the rows are called; another sorting has other columns."""
    app = an_app(board=board)
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        table = app.desk.view.panels()[0]
        name = table.columns[1 if table.columns[0].title == "#" else 0].title
        app.desk.sort_table(column, descending=True)
        for size in sizes:
            await pilot.resize_terminal(*size)
            await settled(pilot, lambda size=size: app.size == size)  # type: ignore[misc]
            await settled(pilot, shows(app, f"{column}▾"))
            assert any(
                name in line and f"{column}▾" in line for line in screen_text(app).split("\n")
            )
        app.desk.sort_table(name, descending=False)
        await settled(pilot, shows(app, f"{name}▴"))
        assert column not in screen_text(app)


@pytest.mark.parametrize(("width", "shown"), [(60, "cvl"), (34, "cvl"), (20, "cl"), (9, "cl")])
def test_the_kept_column_is_the_last_beside_the_name(width: int, shown: str) -> None:
    """What else would stay leaves before it; only then it is cut, and the name with it."""
    columns = kept_last(COLUMNS, "coin", "least")
    placed = place(columns, width, frozenset({"extra"}))
    assert "".join(one.column.key[0] for one in placed) == shown[: len(placed)]
    assert len(placed) == len(shown) or width < 16
