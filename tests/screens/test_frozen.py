"""A frozen display: which row the lines are of, which stored days are shown, what is refused."""

import pytest
from textual.pilot import Pilot

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import NOW_MS, MemorySource, a_status
from tests.support.interest_boards import an_interest_board
from tests.support.spread_boards import a_spread, a_spreads_board, a_suspect
from tui_monitor.app import MonitorApp
from tui_monitor.boards.open_interest import RankedBy
from tui_monitor.clock import MINUTE_MS, SLOT_MS
from tui_monitor.screens.boards.funding.board import FundingView
from tui_monitor.screens.boards.oi.board import OpenInterestView
from tui_monitor.screens.boards.spreads.board import SpreadsView
from tui_monitor.screens.boards.sum_curve.board import SumView

LARGE = (160, 50)


async def typed(pilot: Pilot[int], app: MonitorApp, *keys: str) -> None:
    """Keys, then the data that they ask for."""
    await pilot.press(*keys)
    await pulled(pilot, app)


@pytest.mark.parametrize("freezes", [True, False])
async def test_the_lines_below_a_table_are_of_the_row_that_a_filter_left_under_the_cursor(
    freezes: bool,
) -> None:
    """Of none where none is left, and of a row again once the filter is cleared."""
    source = MemorySource()
    names = ("AAA", "BBB", "CCC")
    source.spreads = a_spreads_board(
        rows=[
            a_spread(name, rank=place, buy_symbol=f"{name}USDT", executable_pct=9.0 - place)
            for place, name in enumerate(names, 1)
        ],
        quarantine=[a_suspect()],
    )
    app = an_app(source, "spreads")
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, SpreadsView)
        await pilot.press(*(["space"] if freezes else []), "slash", *"ccc", "enter")
        assert [row.coin for row in view.table.rows] == ["CCC"]
        assert "CCCUSDT" in view._detail.plain
        await pilot.press("c", "slash", *"zz", "enter")
        assert view.table.cursor_key is None
        assert not view._detail.plain.strip()
        await pilot.press("c")
        assert f"{view.table.cursor_key}USDT" in view._detail.plain
        await pilot.press("tab")
        assert view._detail.plain.strip()
        await pilot.press("slash", *"zz", "enter")
        assert not view._detail.plain.strip()


async def test_the_perpetuals_below_the_funding_are_those_of_the_row_under_the_cursor() -> None:
    """A filter moves the cursor, too."""
    app = an_app(MemorySource(), "funding")
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, FundingView)
        last = view.table.rows[-1].coin
        assert view._perps.title != last
        await pilot.press("space", "slash", *last.lower(), "enter")
        assert view._perps.title == view.table.cursor_key == last


async def test_every_day_that_is_asked_for_while_frozen_is_shown() -> None:
    """Days back, a longer range, and today again as it was frozen."""
    source = MemorySource()
    app = an_app(source)
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, SumView)
        assert view.shown is not None
        today = view.shown
        await pilot.press("space")
        shown = []
        for _ in range(3):
            source.now_ms += MINUTE_MS
            await typed(pilot, app, "[")
            await pulled(pilot, app)
            shown.append(view.shown.first_day)
            assert view.nodes.rows
        assert shown == ["2026-01-15", "2026-01-14", "2026-01-13"]
        await typed(pilot, app, "+")
        assert (view.shown.first_day, view.shown.last_day) == ("2026-01-12", "2026-01-13")
        source.now_ms += 2 * SLOT_MS
        await typed(pilot, app, "=")
        await typed(pilot, app, "j")
        assert view.shown.nodes == today.nodes
        assert "FROZEN" in screen_text(app)
        await typed(pilot, app, "space")
        await pulled(pilot, app)
        assert view.shown.nodes != today.nodes


async def test_a_frozen_open_interest_ranks_its_own_values_by_size_and_by_other_windows() -> None:
    """Whatever it is by now: no key but one for other stored days brings newer values."""
    source = MemorySource()
    app = an_app(source, "oi")
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, OpenInterestView)
        kept = {row.coin: row.usd for row in view.table.rows}
        await pilot.press("space")
        source.now_ms += MINUTE_MS
        newer = an_interest_board(source.now_ms)
        source.interest = newer
        await typed(pilot, app, "z")
        assert view.shown is not None
        assert (view.shown.by, view.shown.now_ms) == (RankedBy.SIZE, NOW_MS)
        await typed(pilot, app, "-")
        assert (view.shown.hours, view.shown.now_ms) == (4, NOW_MS)
        assert {row.coin: row.usd for row in view.table.rows} == kept
        await typed(pilot, app, "=")
        assert view.shown.hours == 24
        await typed(pilot, app, "G")
        assert "history: not fetched while frozen" in screen_text(app)
        await typed(pilot, app, "space")
        await pulled(pilot, app)
        assert view.shown.now_ms == newer.now_ms


async def test_what_would_show_other_data_of_now_says_that_the_display_is_frozen() -> None:
    """Other pairs and coins; the footer has them no longer."""
    app = an_app(MemorySource(), "spreads")
    async with app.run_test(size=LARGE) as pilot:
        await pulled(pilot, app)
        view = app.desk.view
        assert isinstance(view, SpreadsView)
        assert "p pairs" in screen_text(app).splitlines()[-1]
        assert "Space freeze" in screen_text(app).splitlines()[-1]
        await pilot.press("space", "p", "f", "o")
        await settled(pilot)
        assert view.kind is None
        assert view.coin is None
        assert "frozen: Space goes on" in [one.message for one in app._notifications]
        assert "p pairs" not in screen_text(app).splitlines()[-1]
        assert "Space go on" in screen_text(app).splitlines()[-1]


@pytest.mark.parametrize("board", ["coin", "sum", "oi"])
async def test_a_frozen_board_says_how_it_goes_on_and_in_which_zone_its_time_is(board: str) -> None:
    """Whatever else there is to say in 80 columns: a filter, a day, that it is a demo."""
    source = MemorySource()
    source.current_status = a_status(kind="demo")
    app = an_app(source, "oi" if board == "coin" else board)
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        if board == "coin":
            app.desk.show_coin("PEPE")
            await settled(pilot, lambda: app.desk.view.is_attached)
        else:
            await typed(pilot, app, "slash", "a", "enter")
        if board == "sum":
            await typed(pilot, app, "left_square_bracket")
        await pulled(pilot, app)
        await typed(pilot, app, "space")
        await settled(pilot, shows(app, "FROZEN"))
        top, *_, footer = screen_text(app).splitlines()
        assert "Space go on" in footer
        assert "14:43" in top
        assert top.endswith("UTC+8")
