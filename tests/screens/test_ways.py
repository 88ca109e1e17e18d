"""From board to board and back: Esc leaves what a row or a name led to, a number begins anew."""

import pytest
from textual.pilot import Pilot

from tests.screens.support import an_app, pulled, screen_text, settled, shows
from tests.support.boards import MemorySource
from tui_monitor.app import MonitorApp
from tui_monitor.screens.palette import commands


async def _on(pilot: Pilot[int], app: MonitorApp, board: str) -> None:
    """A board is there, with its data."""
    await settled(pilot, lambda: board == app.desk.view.NAME and app.desk.view.is_attached)
    await pulled(pilot, app)


async def test_escape_leads_from_a_day_back_to_the_coverage_and_its_row() -> None:
    """From its nodes' coins first; the days of the sum are again those of before."""
    app = an_app(MemorySource(), "coverage")
    async with app.run_test(size=(160, 50)) as pilot:
        await pulled(pilot, app)
        table = app.desk.view.panels()[0]
        await pilot.press("j")
        row = table.cursor_key
        await pilot.press("enter")
        await _on(pilot, app, "sum")
        assert str(app.desk.view.days.first) == row
        assert "Esc back" in screen_text(app)
        await pilot.press("enter", "escape")
        await settled(pilot)
        assert app.desk.view.NAME == "sum"
        await pilot.press("escape")
        await _on(pilot, app, "coverage")
        assert (app.focused, table.cursor_key) == (table, row)
        assert "Esc back" not in screen_text(app)
        await pilot.press("1")
        await _on(pilot, app, "sum")
        assert app.desk.view.days.first is None


async def test_escape_leads_from_why_back_to_where_it_was_asked() -> None:
    """What was opened there is left first; then the way back is that of before."""
    app = an_app(board="spreads")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        commands.run("coin PEPE", app.desk)
        await _on(pilot, app, "coin")
        commands.run("why BTC", app.desk)
        await _on(pilot, app, "anomalies")
        assert "3 Anomalies › BTC " in screen_text(app) or "3 Anom › BTC " in screen_text(app)
        await pilot.press("enter")
        await _on(pilot, app, "coin")
        assert " › BTC " in screen_text(app).splitlines()[0]
        for before, crumb in (("anomalies", " › BTC "), ("coin", " › PEPE "), ("spreads", "")):
            await pilot.press("escape")
            await _on(pilot, app, before)
            await settled(pilot, shows(app, crumb))
        assert " › " not in screen_text(app).splitlines()[0]
        await pilot.press("escape", "3")
        await _on(pilot, app, "anomalies")
        assert app.desk.view.steps() == ()


@pytest.mark.parametrize("board", ["sum", "liquidations", "funding"])
async def test_escape_gives_the_keys_back_to_the_table_that_led_away(board: str) -> None:
    """Also if the way was asked for by name; a board's number begins with its first table."""
    app = an_app(board=board)
    async with app.run_test(size=(120, 30)) as pilot:
        await pulled(pilot, app)
        first, second = app.desk.view.panels()[:2]
        await pilot.press("tab")
        await settled(pilot, lambda: app.focused is second)
        footer = screen_text(app).splitlines()[-1]
        await pilot.press("enter")
        await _on(pilot, app, "coin")
        await pilot.press("escape")
        await _on(pilot, app, board)
        assert app.focused is second
        assert screen_text(app).splitlines()[-1] == footer
        commands.run("why BTC", app.desk)
        await _on(pilot, app, "anomalies")
        await pilot.press("escape")
        await _on(pilot, app, board)
        assert app.focused is second
        commands.run(board, app.desk)
        await _on(pilot, app, board)
        assert app.focused is first


async def test_a_table_that_left_no_room_meanwhile_does_not_get_the_keys_back() -> None:
    """A narrow terminal shows one of the two: that has them."""
    app = an_app(board="liquidations")
    async with app.run_test(size=(120, 30)) as pilot:
        await pulled(pilot, app)
        await pilot.press("tab", "enter")
        await _on(pilot, app, "coin")
        await pilot.resize_terminal(80, 24)
        await pilot.press("escape")
        await _on(pilot, app, "liquidations")
        assert app.focused is app.desk.view.panels()[0]
        assert app.focused.region.area > 0


async def test_a_board_s_number_begins_anew() -> None:
    """Also that of the board that is shown: Esc has nowhere to go then."""
    app = an_app(board="spreads")
    async with app.run_test(size=(120, 40)) as pilot:
        await pulled(pilot, app)
        commands.run("why BTC", app.desk)
        await _on(pilot, app, "anomalies")
        await pilot.press("3")
        await _on(pilot, app, "anomalies")
        await pilot.press("escape", "escape", "escape")
        await settled(pilot)
        assert app.desk.view.NAME == "anomalies"


async def test_an_anomaly_s_detail_has_its_coin_in_the_top_line() -> None:
    """And no more when it is left."""
    app = an_app(board="anomalies")
    async with app.run_test(size=(80, 24)) as pilot:
        await pulled(pilot, app)
        row = app.desk.view.panels()[0].cursor_row
        await pilot.press("enter")
        await pulled(pilot, app)
        assert row is not None
        await settled(pilot, lambda: f" › {row.coin} " in screen_text(app).splitlines()[0])
        await pilot.press("escape")
        await pulled(pilot, app)
        await settled(pilot, lambda: " › " not in screen_text(app).splitlines()[0])
