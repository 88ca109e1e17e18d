"""What the boards say in 简体中文 where something is lacking, and behind Enter."""

from pathlib import Path

import pytest

from tests.screens.support import an_app, pulled
from tests.screens.test_chinese import english
from tests.screens.test_golden import SIZES, STATES
from tests.support.boards import MemorySource
from tests.support.state_boards import a_source_in
from tui_monitor.words import CHINESE, speaking

# Board and keys: a row's whole text, of the tables that have one; the event log.
BEHIND = [
    ("spreads", "tab enter"),
    ("coverage", "tab enter"),
    ("coverage", "tab tab enter"),
    ("coverage", "tab tab tab enter"),
    ("system", "enter"),
    ("system", "tab enter"),
    ("system", "tab tab enter"),
    ("system", "tab tab tab enter"),
    ("coin", "enter"),
    ("coin", "down down down down down down down enter"),
    ("coin", "tab tab tab enter"),
    ("coin", "tab tab tab tab tab tab enter"),
    ("spreads", "exclamation_mark"),
]


@pytest.mark.parametrize("state", STATES)
async def test_boards_without_live_data_say_why_in_chinese(state: str, tmp_path: Path) -> None:
    """Reasons are made by the engine, which knows no reader."""
    left: dict[str, list[str]] = {}
    async with a_source_in(state, tmp_path) as source:
        with speaking(CHINESE):
            app = an_app(source, "sum")
            async with app.run_test(size=SIZES["160x50"]) as pilot:
                for board in STATES[state]:
                    app.desk.show_coin("BTC") if board == "coin" else app.desk.show_board(board)
                    await pulled(pilot, app)
                    await pulled(pilot, app)
                    strips = app.screen._compositor.render_strips()
                    left[board] = english([strip.text for strip in strips])
    assert not any(left.values()), left


@pytest.mark.parametrize(("board", "keys"), BEHIND)
async def test_what_is_behind_a_row_is_chinese(board: str, keys: str) -> None:
    """All of a connection, a leg, a limit, a backfill, a suspect, a signal, an anomaly."""
    with speaking(CHINESE):
        app = an_app(MemorySource(), board)
        async with app.run_test(size=SIZES["160x50"]) as pilot:
            if board == "coin":
                app.desk.show_coin("BTC")
            await pulled(pilot, app)
            below = app.screen
            await pilot.press(*keys.split())
            await pilot.pause()
            assert app.screen is not below
            strips = app.screen._compositor.render_strips()
            assert english([strip.text for strip in strips]) == []
