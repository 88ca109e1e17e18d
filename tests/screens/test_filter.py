"""Typing a filter: names are completed, what is half typed is no mistake, old ones come back."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.screens.test_board import COLUMNS, Row
from tui_monitor.errors import BadInput
from tui_monitor.screens.boards.oi.board import OpenInterestView
from tui_monitor.screens.boards.oi.columns import oi_columns
from tui_monitor.screens.boards.registry import VIEWS
from tui_monitor.screens.filters.filter import Unfinished, finished_parts, parse_filter
from tui_monitor.screens.filters.hints import candidates, completed, hint
from tui_monitor.screens.filters.names import column_named, meant, nearest
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.screens.telling import problem
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.screens.widgets.filter_line import FilterLine
from tui_monitor.words import CHINESE, speaking, t

ROWS = [Row("A", 1.0), Row("B", 1.5), Row("C", None), Row("D", 2000.0)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a | d", "AD"),
        ("value>1 & b | a", "AB"),
        ("value>1 & (b | a)", "B"),
        ("!(", None),
        ("!value>1", "AC"),
        ("!(a | value>100)", "BC"),
        ("!!a", "A"),
        ("!(!a & ! b) & !coin=b", "A"),
        ("!a b(", None),
        ("!a & (value<2 | value>100)", "BD"),
        ("coin=a | coin!=a & value=1.5", "AB"),
        ("coin!=a", "BCD"),
        ("value=word", ""),
    ],
)
def test_either_all_and_brackets_say_what_belongs_together(text: str, found: str | None) -> None:
    """`&` binds closer than `|`; a word is compared as a whole."""
    if found is None:
        with pytest.raises(BadInput):
            parse_filter(text, COLUMNS)
        return
    test = parse_filter(text, COLUMNS)
    assert "".join(row.coin for row in ROWS if test is None or test(row)) == found


@pytest.mark.parametrize(
    "text",
    [
        "value>",
        "value=-",
        "a & value<",
        "(a",
        "(a | (b)",
        "a &",
        "a | ",
        "(",
        "&",
        "value=",
        "!",
        "a & !",
        "!(a",
        "!value>",
    ],
)
def test_what_lacks_its_end_is_unfinished(text: str) -> None:
    """Not wrong: somebody is typing."""
    with pytest.raises(Unfinished):
        parse_filter(text, COLUMNS)


@pytest.mark.parametrize(
    "text", ["a)", "| a", "a & ) b", "nothing>5", "value>word", "! & a", "!nothing>5", "!)"]
)
def test_what_can_never_be_right_is_said_at_once(text: str) -> None:
    """And is not called unfinished."""
    with pytest.raises(BadInput) as caught:
        parse_filter(text, COLUMNS)
    assert not isinstance(caught.value, Unfinished)
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["(" * 400 + "a" + ")" * 400, "!(" * 400, "! (" * 400, "(" * 400 + "a"]
)
def test_brackets_without_end_are_refused_in_words(text: str) -> None:
    """Each is read within the one before: hundreds would be an end of the program's stack."""
    with pytest.raises(BadInput, match="brackets or !"):
        parse_filter(text, COLUMNS)
    for part in finished_parts(text):
        with suppress(BadInput):
            parse_filter(part, COLUMNS)
    assert hint(text, COLUMNS, ROWS, "Tab", STANDARD) is not None
    assert parse_filter("!" * 400 + "(a)", COLUMNS) is not None
    assert parse_filter("(" * 15 + "a" + ")" * 15, COLUMNS) is not None


def test_the_part_before_the_last_term_is_finished() -> None:
    """It filters while the last one is typed."""
    assert finished_parts("a & value>")[-1] == "a"
    assert finished_parts("value>")[-1] == ""
    assert finished_parts("(value>1")[0] == "(value>1)"
    assert finished_parts("b | (a & va")[-1] == "b | (a)"
    assert finished_parts("a & !(va")[-1] == "a"


def test_names_are_offered_that_begin_with_what_is_typed_and_then_those_that_have_it() -> None:
    """Only columns that can be compared; each name once."""
    assert [one.key for one in candidates("a & va", COLUMNS)] == ["value"]
    assert [one.key for one in candidates("a & !co", COLUMNS)] == ["coin"]
    assert [one.key for one in candidates("o", COLUMNS)] == ["coin"]
    assert candidates("value>1", COLUMNS) == []
    assert completed("(a | va", COLUMNS) == "(a | value"
    assert completed("a & ! va", COLUMNS) == "a & ! value"
    assert completed("value", COLUMNS) is None
    assert completed("xyz", COLUMNS) is None


def test_the_line_below_says_which_values_a_column_has() -> None:
    """The lowest and the highest number; words by name."""

    def said(text: str) -> str:
        return "".join(piece for piece, _ in hint(text, COLUMNS, ROWS, "Tab", STANDARD))

    assert said("value>").startswith("value  +1.00 … +2000.00")
    assert said("coin=").startswith("coin  A, B, C, D")
    assert said("va").startswith("Tab value")
    assert "coin value" in said("")
    assert said("xyz") == ""


TIMES: tuple[Column[str], ...] = (
    Column(key="at_ms", title="time", width=14, align="left", value=lambda row: 1e12,
           paint=lambda row, *_: Cell(row)),
    Column(key="oi_usd", title="OI $", width=8, value=lambda row: 8_912_345_678.0, word="oi_usd",
           paint=lambda *_: Cell("8.91B")),
    Column(key="oi_1h", title="OI 1h", width=8, value=lambda row: -1.006,
           paint=lambda *_: Cell("\u22121.01 %")),
    Column(key="side", title="side", width=8, value=lambda row: "long",
           paint=lambda *_: Cell("多")),
)  # fmt: skip
CLOCKS = ("00:30", "02:00", "08:00:12")
DAYS = ("01-14 23:10", "01-15 08:00")
LENGTHS = ("12s", "02:10", "3h05", "2d04h ago")


@pytest.mark.parametrize(
    ("rows", "text", "found"),
    [
        (CLOCKS, "time=08:00", CLOCKS[2:]),
        (CLOCKS, "time<02:00", CLOCKS[:1]),
        (CLOCKS, "time>=02:00 & time!=08:00:12", CLOCKS[1:2]),
        (DAYS, "time>01-14", DAYS[1:]),
        (DAYS, "time=2026-01-15 08:00", DAYS[1:]),
        (DAYS, "time<09:00", DAYS[1:]),
        (LENGTHS, "time>2m", LENGTHS[1:]),
        (LENGTHS, "time>02:10", LENGTHS[2:]),
        (LENGTHS, "time=3h05", LENGTHS[2:3]),
        (LENGTHS, "time<1d & time!=12s", LENGTHS[1:3]),
        (LENGTHS, "oi=8.91B & oi>8b", LENGTHS),
        (LENGTHS, "oi_1h=-1.01 | oi=9b", LENGTHS),
        (LENGTHS, "sid=多 & side=LONG", LENGTHS),
    ],
)
def test_what_a_column_shows_can_be_typed(
    rows: tuple[str, ...], text: str, found: tuple[str, ...]
) -> None:
    """Times and lengths of time as they stand there, rounded numbers, words in either language."""
    test = parse_filter(text, TIMES)
    assert test is not None
    assert tuple(row for row in rows if test(row)) == found


def test_a_name_may_be_the_beginning_of_one_and_the_nearest_are_named_first() -> None:
    """`oi` is the column `OI $`; what might be two is none."""
    found = {word: column_named(word, TIMES) for word in ("oi", "oi-1", "ti", "o", "x")}
    assert {word: one and one.key for word, one in found.items()} == {
        "oi": "oi_usd", "oi-1": "oi_1h", "ti": "at_ms", "o": None, "x": None,
    }  # fmt: skip
    assert nearest("oi_2h", TIMES)[0] in ("OI-1h", "oi_usd")
    with pytest.raises(BadInput) as caught:
        parse_filter("1h>soon", [*TIMES, replace(TIMES[2], key="1h")])
    assert caught.value.line() == "soon is neither a number nor a time (write OI-1h>5)"


def _spelled(title: str) -> list[str]:
    """A title with blanks, underscores, dashes."""
    return [title, title.replace(" ", "_"), title.replace(" ", "-")]


async def test_every_column_of_every_board_is_found_by_its_key_and_by_its_title() -> None:
    """As it is typed, in English, in Chinese; where another has the same, it is not guessed."""
    app = an_app()
    async with app.run_test(size=(160, 50)) as pilot:
        for board in VIEWS:
            app.desk.show_coin("BTC") if board == "coin" else app.desk.show_board(board)
            await settled(pilot, lambda: app.desk.view.is_attached)
            await pulled(pilot, app)
            for table in app.desk.view.query(Board):
                _assert_found(board, [one for one in table.columns if one.value is not None])


def _assert_found(board: str, columns: list[Column[Any]]) -> None:
    with speaking(CHINESE):
        shown = {one.key: (one.title, t(one.title, one.key)) for one in columns}
        for one in columns:
            assert meant(one.name, columns)[0] is one, (board, one.name)
            keyed = meant(one.key, columns)
            assert len(keyed) == 1, (board, one.key)
            # What is typed or shown for another one goes before a key.
            assert keyed[0] is one or one.key in (keyed[0].name, *shown[keyed[0].key])
            for title in shown[one.key]:
                same = [other for other in columns if title in (other.name, *shown[other.key])]
                for spelled in _spelled(title):
                    found = meant(spelled, columns)
                    assert one in found or title in map(_name, found), (board, spelled)
                    assert len(found) == 1 or len(same) > 1, (board, spelled)


def _name(column: Column[Any]) -> str:
    return column.name


def test_what_is_not_found_is_said_with_all_there_are() -> None:
    """A line that is too short for them ends with `…`; what is ambiguous names the columns."""
    with pytest.raises(BadInput) as caught:
        parse_filter("foo>3", oi_columns(24))
    assert all(one.name in caught.value.hint for one in oi_columns(24))
    with pytest.raises(BadInput) as caught:
        parse_filter("rate>3", [replace(one, title="rate %", word=one.key) for one in TIMES])
    assert caught.value.line() == "rate may be one of several (at_ms, oi_usd, oi_1h, side)"


@pytest.mark.parametrize("hours", [1, 4, 24])
def test_change_is_that_of_the_chosen_window_on_the_board_of_open_interest(hours: int) -> None:
    """The example of the README."""
    columns = oi_columns(hours)
    assert parse_filter("oi_usd>50m & change<0 | coin=BTC", columns) is not None
    for name, key in (
        ("change", f"pct_{hours}h"),
        ("acc_long", "accounts"),
        (f"usd_{hours}h", "change_usd"),
        ("OI", "usd"),
    ):
        column = column_named(name, columns)
        assert column is not None, name
        assert column.key == key


def test_an_error_has_what_was_typed_as_it_was_typed_in_chinese_too() -> None:
    """And the names of columns as they are typed."""
    column: Column[Row] = Column(
        key="price", title="price", width=8, value=lambda row: 1.0, paint=lambda *_: Cell("1")
    )
    with speaking(CHINESE), pytest.raises(BadInput) as caught:
        parse_filter("coin, level>5", [column, *COLUMNS])
    with speaking(CHINESE):
        said = problem(caught.value)
    assert "没有可比较的列 coin, level (" in said
    assert "price" in said
    assert "value" in said


async def test_a_filter_is_completed_recalled_and_calm() -> None:
    """Tab takes a name, half a comparison keeps the rows, ↑ brings the last filter back."""
    app = an_app(board="oi")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, OpenInterestView)
        await pilot.press("slash", *"oi")
        await settled(pilot, shows(app, "Tab oi_usd · oi-1h"))
        await pilot.press("tab", *">")
        await settled(pilot, shows(app, "oi_usd  540.00M … 8.91B"))
        assert len(view.table.rows) == 3
        assert "nothing after" not in screen_text(app)
        await pilot.press("enter")
        await settled(pilot, shows(app, "nothing after oi_usd> (write oi_usd>5)"))
        await pilot.press(*"1b", "enter")
        await settled(pilot, lambda: view.table.has_focus)
        assert len(view.table.rows) == 2
        assert "oi_usd>1b" in screen_text(app)
        assert "columns:" not in screen_text(app)
        await pilot.press("c", "slash", "up")
        await settled(pilot)
        field = app.focused
        assert isinstance(field, FilterLine)
        assert field.value == "oi_usd>1b"
        await pilot.press(*"& c", "right")
        await settled(pilot)
        assert field.value == "oi_usd>1b& coin"
        await pilot.press("escape")
        await settled(pilot, lambda: view.table.has_focus)
        assert len(view.table.rows) == 3
        await pilot.press("slash", *"(oi>1b", "enter")
        await settled(pilot, shows(app, "no ) yet"))
        assert len(view.table.rows) == 2
        await pilot.press(*") &", "enter")
        await settled(pilot, shows(app, "nothing after &"))
        assert len(view.table.rows) == 2
