"""The picks board: the score and its parts, what was left out, stored evaluations."""

import pytest

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import ZONE, MemorySource
from tests.support.judged_boards import a_picks_board
from tui_monitor.boards.picks import LeftOut
from tui_monitor.model import BAR_MS, Exchange
from tui_monitor.screens.boards.picks.board import (
    PicksView,
    headline,
    terms,
    why_empty,
    why_none_left_out,
)
from tui_monitor.screens.boards.picks.columns import LEFT_COLUMNS, PICK_COLUMNS
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import STANDARD


def test_the_shown_parts_add_up_to_the_shown_score() -> None:
    """Of every row."""
    for row in a_picks_board().rows:
        parts = (row.change_points, row.turnover_points, row.volatility_points, row.growth_points)
        assert sum(parts) == pytest.approx(row.score)
        assert row.max_score >= row.score


async def test_score_and_parts_stay_on_every_terminal() -> None:
    """Prices leave a narrow table for the line below it; nothing calls itself clever."""
    for size in ((80, 24), (120, 40)):
        app = an_app(board="picks")
        async with app.run_test(size=size) as pilot:
            await pulled(pilot, app)
            text = screen_text(app)
            for said in ("score", "change", "turnov", "volat", "growth", "rise %"):
                assert said in text
            for said in ("start 2,890.22", "now 3,027.14", "highest 3,063.46", "turnover 2.40B"):
                assert said in text
            assert " AI " not in text


async def test_enter_opens_the_coin_and_escape_leads_back() -> None:
    """To the row."""
    app = an_app(board="picks")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await pilot.press("j", "enter")
        await settled(pilot, lambda: app.desk.view.NAME == "coin")
        await pulled(pilot, app)
        await pilot.press("escape")
        await settled(pilot, lambda: app.desk.view.NAME == "picks")
        view = app.desk.view
        assert isinstance(view, PicksView)
        assert view.table.cursor_key == "WIFUSDT"


async def test_what_was_left_out_is_a_tab_with_the_reasons() -> None:
    """And Esc leads back from there."""
    app = an_app(board="picks")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        assert "left out 2 (Tab)" in screen_text(app)
        await pilot.press("tab")
        await settled(pilot, shows(app, "─ Left out"))
        text = screen_text(app)
        assert "HALTED" in text
        assert "insufficient n=0" in text
        await pilot.press("escape")
        await settled(pilot, shows(app, "─ Picks"))


async def test_a_stored_evaluation_says_so() -> None:
    """With the engine's own words."""
    source = MemorySource()
    source.picks = a_picks_board(live=False, reason="no engine runs: these are the last ones")
    app = an_app(source, "picks")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        assert "no engine runs: these are the last ones" in screen_text(app)


def test_prices_stand_beside_the_time_at_which_their_bar_ended() -> None:
    """A close is of a bar's end."""
    board = a_picks_board()
    row, zone = board.rows[0], ShownZone(ZONE)
    _, prices = terms(row, board, zone, STANDARD, 160)
    said = "".join(text for text, _ in prices)
    start = zone.format(row.start_ms + BAR_MS[board.bar])
    assert said.startswith(f"start 2,890.22  ({start})  now 3,027.14  (14:30)  ")


def test_an_empty_board_says_why() -> None:
    """The engine's reason, the first of those left out, or too little turnover."""
    early = a_picks_board(rows=[], left_out=[], evaluated_ms=None, reason="the bars are being read")
    for said in (why_empty(early), why_none_left_out(early)):
        assert said == "no picks of binance are scored yet: the bars are being read"
    (line,) = headline(early, ShownZone(ZONE), STANDARD, 120)
    said = "".join(text for text, _ in line)
    assert said == " binance 15m   nothing is scored yet  the bars are being read"
    empty = a_picks_board(rows=[], left_out=[], reason="nothing was scored yet")
    assert why_empty(empty) == "nothing was scored yet"
    left = LeftOut(
        exchange=Exchange.BINANCE, symbol="NEWUSDT", coin="NEW", reason="insufficient n=3"
    )
    said = why_empty(a_picks_board(rows=[], left_out=[left], candidates=1))
    assert said == "none of 1 candidates can be scored; NEW: insufficient n=3"
    assert "turnover" in why_empty(a_picks_board(rows=[], left_out=[]))


async def test_the_help_has_the_formula() -> None:
    """And every column is explained; a very small terminal has the best."""
    assert all(column.help and column.value for column in PICK_COLUMNS)
    assert all(column.help and column.value for column in LEFT_COLUMNS)
    app = an_app(board="picks")
    async with app.run_test(size=(120, 50)) as pilot:
        await pulled(pilot, app)
        await pilot.press("f1")
        await settled(pilot, shows(app, "0.3 × |24 h change in %|"))
    app = an_app(board="picks")
    async with app.run_test(size=(50, 5)) as pilot:
        await pulled(pilot, app)
        assert "PEPE 36.0 +4.74 %" in screen_text(app)


async def test_the_closes_of_the_row_follow_the_cursor() -> None:
    """Asked for with the next look, once a bar and row; where there is room for them."""
    source = MemorySource()
    app = an_app(source, "picks")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        await pulled(pilot, app)
        assert "   96 bars " in screen_text(app)
        await pilot.press("down")
        await settled(pilot, lambda: "   96 bars " not in screen_text(app))
        for _ in range(3):
            await pulled(pilot, app)
        await settled(pilot, shows(app, "   96 bars "))
    asked = [call[1] for call in source.calls if call[0] == "klines"]
    assert len(asked) == len(set(asked)) == 2
