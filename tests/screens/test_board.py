"""The board table: what it paints, what it paints again, where its cursor stays."""

from dataclasses import dataclass, replace
from typing import Literal

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tui_monitor.errors import BadInput
from tui_monitor.screens.filters.filter import parse_filter
from tui_monitor.screens.looks.format import fit
from tui_monitor.screens.looks.looks import STANDARD, Looks
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import Cell, Column, Placed, paint_header, place, sort_rows
from tui_monitor.screens.widgets.title_rule import TitleRule


@dataclass(frozen=True)
class Row:
    """A coin with a value."""

    coin: str
    value: float | None


PAINTED: list[str] = []


def _paint_coin(row: Row, looks: Looks, _: int) -> Cell:
    PAINTED.append(row.coin)
    return Cell(row.coin, looks.text)


COLUMNS: tuple[Column[Row], ...] = (
    Column(key="coin", title="coin", width=8, align="left", paint=_paint_coin,
           value=lambda row: row.coin),
    Column(key="value", title="value %", width=9, value=lambda row: row.value,
           paint=lambda row, _, __: Cell("–" if row.value is None else f"{row.value:+.2f}")),
    Column(key="extra", title="extra", width=20, priority=2,
           paint=lambda row, _, __: Cell("too long to fit into it, truly")),
    Column(key="least", title="least", width=6, priority=5, paint=lambda *_: Cell("x")),
)  # fmt: skip


class Small(App[None]):
    """One table."""

    def __init__(self) -> None:
        super().__init__()
        self.board: Board[Row] = Board(COLUMNS, lambda row: row.coin, sort="value")

    def compose(self) -> ComposeResult:
        yield self.board


def rows(*values: float | None) -> list[Row]:
    """Coins A, B, C… with values."""
    return [Row(chr(65 + index), value) for index, value in enumerate(values)]


def lines(board: Board[Row]) -> list[str]:
    """What the table shows."""
    return [board.render_line(y).text.rstrip() for y in range(board.size.height)]


async def test_rows_are_sorted_and_those_without_a_value_come_last() -> None:
    """Absent is neither large nor small."""
    app = Small()
    async with app.run_test(size=(60, 8)):
        app.board.set_rows(rows(1.0, None, 3.0, -2.0))
        assert [row.coin for row in app.board.rows] == ["C", "A", "D", "B"]
        app.board.action_sort_invert()
        assert [row.coin for row in app.board.rows] == ["D", "A", "C", "B"]
        assert "value %▴" in lines(app.board)[0]


async def test_only_changed_rows_are_painted_again() -> None:
    """A thousand rows, one changes: one is painted."""
    app = Small()
    async with app.run_test(size=(60, 12)) as pilot:
        many = [Row(f"C{index}", 1000.0 - index) for index in range(1000)]
        app.board.set_rows(many)
        await pilot.pause()
        lines(app.board)
        PAINTED.clear()
        app.board.set_rows([*many[:3], Row("C3", 996.9), *many[4:]])
        lines(app.board)
        assert PAINTED == ["C3"]


async def test_the_cursor_stays_on_its_row_and_the_row_on_its_line() -> None:
    """A row never jumps under the cursor, though others overtake it."""
    app = Small()
    async with app.run_test(size=(60, 8)) as pilot:
        app.board.set_rows([Row(f"C{index:02}", 100.0 - index) for index in range(40)])
        app.board.focus()
        await pilot.press(*["j"] * 20)
        key, line = app.board.cursor_key, 20 - app.board.scroll_offset.y
        risen = [Row(f"C{index:02}", 200.0 + index) for index in range(30, 40)]
        app.board.set_rows([*[Row(f"C{index:02}", 100.0 - index) for index in range(30)], *risen])
        assert app.board.cursor_key == key == "C20"
        assert app.board.rows[30].coin == "C20"
        assert 30 - app.board.scroll_offset.y == line


async def test_a_table_that_nobody_touched_shows_its_top() -> None:
    """The cursor of an idle table does not drift down with its first row."""
    app = Small()
    async with app.run_test(size=(60, 6)) as pilot:
        app.set_focus(None)
        await pilot.pause()
        app.board.set_rows(rows(*[float(number) for number in range(20, 0, -1)]))
        app.board.set_rows([*rows(*[float(number) for number in range(20, 0, -1)]), Row("Z", 99)])
        await pilot.pause()
        assert app.board.cursor_key == "Z"
        assert app.board.scroll_offset.y == 0


async def test_a_row_that_left_hands_the_cursor_to_the_top() -> None:
    """There is always a cursor while there are rows, and none without."""
    app = Small()
    async with app.run_test(size=(60, 8)):
        app.board.set_rows(rows(1.0, 2.0))
        app.board.move_to("A")
        app.board.set_rows([Row("B", 1.0)])
        assert app.board.cursor_key == "B"
        app.board.set_rows([], empty="nothing yet, and why")
        assert not app.board.rows
        assert app.board.cursor_row is None
        assert "nothing yet, and why" in "\n".join(lines(app.board))


async def test_every_line_is_exactly_as_wide_as_the_table() -> None:
    """Wide characters and long texts keep the columns straight."""
    app = Small()
    async with app.run_test(size=(47, 6)):
        app.board.set_rows(
            [Row("币安人生币安人生", 1.5), Row("e\u0301" * 30, None), Row("BTC", 2.0)]
        )
        for y in range(6):
            strip = app.board.render_line(y)
            assert cell_len(strip.text) == 47
        assert "币安人…" in "\n".join(lines(app.board))


@pytest.mark.parametrize("note", ["", "2 of 3 rank", "该币的标记价格"])
async def test_the_rule_above_a_table_ends_where_the_table_does(note: str) -> None:
    """Whether or not there is something to say beside the title."""
    rule = TitleRule()

    class Ruled(App[None]):
        def compose(self) -> ComposeResult:
            yield rule

    async with Ruled().run_test(size=(60, 3)):
        rule.set_title("节点 nodes", note, "1/48", is_problem=False, focused=False)
        assert cell_len(rule.plain) == 60


async def test_markup_and_escapes_from_outside_are_text() -> None:
    """Names are data."""
    app = Small()
    async with app.run_test(size=(47, 6)):
        app.board.set_rows([Row("[/]\x1b[2J", 1.0)])
        assert "[/]\ufffd[2J" in lines(app.board)[1]


def test_columns_leave_by_priority_and_room_is_used() -> None:
    """The least important goes first; the essential ones stay even where they don't fit."""

    def keys(width: int) -> list[str]:
        return [one.column.key for one in place(COLUMNS, width)]

    assert keys(60) == ["coin", "value", "extra", "least"]
    assert keys(42) == ["coin", "value", "extra"]
    assert keys(30) == ["coin", "value", "least"]
    assert keys(19) == ["coin", "value"]
    assert sum(one.width for one in place(COLUMNS, 12)) <= 12


@pytest.mark.parametrize(
    ("align", "width", "shown"),
    [
        ("left", 8, "title▾      next"),
        ("left", 5, "title▾   next"),
        ("left", 4, "tit…▾   next"),
        ("right", 8, "  title▾    next"),
        ("right", 4, "tit…▾   next"),
    ],
)
def test_a_title_that_is_cut_keeps_its_mark(
    align: Literal["left", "right"], width: int, shown: str
) -> None:
    """Else nobody sees what the table is sorted by."""
    first = replace(COLUMNS[0], title="title", align=align)
    second = replace(COLUMNS[1], title="next")
    placed = [Placed(first, width), Placed(second, 6)]
    painted = paint_header(placed, "coin", descending=True, looks=STANDARD, width=width + 8)
    assert "".join(part.text for part in painted) == shown
    last = paint_header(placed[::-1], "coin", descending=True, looks=STANDARD, width=width + 8)
    assert sum(cell_len(part.text) for part in last) == width + 8
    assert "▾" in "".join(part.text for part in last)


def test_hidden_columns_are_left_out() -> None:
    """Which ones is the user's choice."""
    placed = place(COLUMNS, 60, frozenset({"value", "least"}))
    assert [one.column.key for one in placed] == ["coin", "extra"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "ABCD"),
        ("a", "A"),
        ("!a", "BCD"),
        ("value>1", "BD"),
        ("value >= 1 & !d", "AB"),
        ("value<-1.5", ""),
        ("value=2k", "D"),
        ("value!=1", "BD"),
    ],
)
def test_filters_are_text_inverse_and_comparisons(text: str, found: str) -> None:
    """What has no value fits no comparison."""
    data = [Row("A", 1.0), Row("B", 1.5), Row("C", None), Row("D", 2000.0)]
    test = parse_filter(text, COLUMNS)
    assert "".join(row.coin for row in data if test is None or test(row)) == found


def test_a_comparison_with_an_unknown_column_names_the_known_ones() -> None:
    """The message is what the user needs to mend it."""
    with pytest.raises(BadInput, match="oi_usd") as caught:
        parse_filter("oi_usd>50m", COLUMNS)
    assert "coin, value" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("value>", "nothing after value>"),
        ("value>five", "five is neither"),
        (">5", "no column before >"),
        ("foo<", "no column foo"),
        ("coin & value!=", "nothing after value!="),
    ],
)
def test_half_a_comparison_is_said_in_words(text: str, said: str) -> None:
    """It is neither a text to look for nor silently nothing."""
    with pytest.raises(BadInput, match=said) as caught:
        parse_filter(text, COLUMNS)
    assert caught.value.hint


def test_a_column_goes_by_its_title_in_one_word() -> None:
    """In the header, the dialog and the filter alike; what has no short title, by its key."""
    assert [column.name for column in COLUMNS] == ["coin", "value", "extra", "least"]
    named = Column[Row](key="n", title="can't have %", width=1, paint=COLUMNS[0].paint)
    assert named.name == "can't-have"
    assert Column[Row](key="bar", title="", width=1, paint=COLUMNS[0].paint).name == "bar"


async def test_a_filter_without_a_match_says_so_whatever_an_empty_table_would_say() -> None:
    """The reason for no rows at all would be a lie."""
    app = Small()
    async with app.run_test(size=(60, 8)):
        app.board.set_rows(rows(1.0), empty="no coins yet")
        app.board.set_filter("value>7")
        assert "no row matches /value>7" in lines(app.board)[2]
        app.board.set_rows([], empty="no coins yet")
        assert "no coins yet" in lines(app.board)[2]
        app.board.set_columns(COLUMNS[:1])
        app.board.set_rows(rows(9.0))
        assert len(app.board.rows) == 1


def test_equal_values_keep_their_order() -> None:
    """Nothing dances."""
    data = rows(1.0, 1.0, 1.0)
    assert sort_rows(data, COLUMNS[1], True) == data


async def test_the_filter_keeps_the_cursor_and_says_what_is_left() -> None:
    """Filtering is a view: taking it away brings all rows back."""
    app = Small()
    async with app.run_test(size=(60, 8)):
        app.board.set_rows(rows(1.0, 2.0, 3.0))
        app.board.move_to("A")
        app.board.set_filter("value<2.5")
        assert [row.coin for row in app.board.rows] == ["B", "A"]
        assert app.board.cursor_key == "A"
        assert app.board.total == 3
        app.board.set_filter("")
        assert len(app.board.rows) == 3


async def test_stale_rows_lose_their_colours() -> None:
    """Grey says: not now."""
    app = Small()
    async with app.run_test(size=(60, 8)):
        app.board.set_rows(rows(1.0), stale=True)
        colors = {segment.style.color for segment in app.board.render_line(1) if segment.style}
        assert colors == {STANDARD.dim.color}


async def test_copied_are_the_columns_that_are_shown_with_their_whole_texts() -> None:
    """Neither what is hidden or has no room, nor the blanks around a cell's text."""
    app = Small()
    async with app.run_test(size=(60, 8)) as pilot:
        app.board.set_rows(rows(1.0))
        assert app.board.as_text() == (
            "coin\tvalue %\textra\tleast\nA\t+1.00\ttoo long to fit into it, truly\tx\n"
        )
        app.board.arrange_columns(("value", "coin"), frozenset({"extra"}))
        assert app.board.as_text() == "value %\tleast\tcoin\n+1.00\tx\tA\n"
        await pilot.resize_terminal(20, 8)
        await pilot.pause()
        assert app.board.as_text() == "value %\tcoin\n+1.00\tA\n"


@pytest.mark.parametrize(
    ("text", "width", "fitted"),
    [
        ("abc", 5, "abc  "),
        ("abcdef", 4, "abc…"),
        ("币安", 3, "币…"),
        ("币安人", 4, "币… "),
        ("x", 0, ""),
    ],
)
def test_texts_are_fitted_to_cells(text: str, width: int, fitted: str) -> None:
    """Never half a wide character, never without the ellipsis."""
    assert fit(text, width) == fitted
    assert cell_len(fit(text, width)) == width


def test_a_pair_of_columns_leaves_a_narrow_table_together() -> None:
    """One of two would mislead."""
    paint = COLUMNS[1].paint
    pair = [
        Column[Row](key=key, title=key, width=5, paint=paint, priority=2, pair="two")
        for key in ("up", "down")
    ]
    named = [COLUMNS[0], *pair]
    assert [one.column.key for one in place(named, 22)] == ["coin", "up", "down"]
    assert [one.column.key for one in place(named, 21)] == ["coin"]
