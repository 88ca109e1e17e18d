"""Typing a filter: names are completed, what is half typed is no mistake, old ones come back."""

import pytest

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.screens.test_board import COLUMNS, Row
from tui_monitor.errors import BadInput
from tui_monitor.screens.filter_hints import candidates, completed, hint
from tui_monitor.screens.filters import Unfinished, finished_part, parse_filter
from tui_monitor.screens.looks import STANDARD
from tui_monitor.screens.oi import OpenInterestView
from tui_monitor.screens.widgets.filter_line import FilterLine

ROWS = [Row("A", 1.0), Row("B", 1.5), Row("C", None), Row("D", 2000.0)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a | d", "AD"),
        ("value>1 & b | a", "AB"),
        ("value>1 & (b | a)", "B"),
        ("!(", None),
        ("!a & (value<2 | value>100)", "BD"),
        ("coin=a | coin!=a & value=1.5", "AB"),
        ("coin!=a", "BCD"),
        ("a &", "A"),
        ("a | ", "A"),
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


@pytest.mark.parametrize("text", ["value>", "value=-", "a & value<", "(a", "(a | (b)"])
def test_what_lacks_its_end_is_unfinished(text: str) -> None:
    """Not wrong: somebody is typing."""
    with pytest.raises(Unfinished):
        parse_filter(text, COLUMNS)


@pytest.mark.parametrize("text", ["a)", "| a", "a & ) b", "nothing>5", "value>word"])
def test_what_can_never_be_right_is_said_at_once(text: str) -> None:
    """And is not called unfinished."""
    with pytest.raises(BadInput) as caught:
        parse_filter(text, COLUMNS)
    assert not isinstance(caught.value, Unfinished)
    assert caught.value.hint


def test_the_part_before_the_last_term_is_finished() -> None:
    """It filters while the last one is typed."""
    assert finished_part("a & value>") == "a "
    assert finished_part("value>") == ""


def test_names_are_offered_that_begin_with_what_is_typed_and_then_those_that_have_it() -> None:
    """Only columns that can be compared; each name once."""
    assert [one.key for one in candidates("a & va", COLUMNS)] == ["value"]
    assert [one.key for one in candidates("!co", COLUMNS)] == []
    assert [one.key for one in candidates("o", COLUMNS)] == ["coin"]
    assert candidates("value>1", COLUMNS) == []
    assert completed("(a | va", COLUMNS) == "(a | value"
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
        assert "no number" not in screen_text(app)
        await pilot.press("enter")
        await settled(pilot, shows(app, "no number after oi_usd>"))
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
