"""The screens as text, each at several sizes; the sum in three states, and what its looks say.

`UPDATE_GOLDEN=1 pytest tests/screens/test_golden.py` writes the files anew; read the diff.
"""

import os
from pathlib import Path

import pytest

from tests.screens.support import GOLDEN, an_app, pulled, screen_text, styles_of
from tests.support.boards import MemorySource, a_light, a_status, an_empty_sum_board
from tests.support.state_boards import a_source_in
from tui_monitor.model import FeedState
from tui_monitor.screens.looks import looks_of

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "160x50": (160, 50), "240x70": (240, 70)}


def a_source(state: str) -> MemorySource:
    """Live, stale (stored data only) or empty."""
    source = MemorySource()
    source.live = state == "live"
    if state == "empty":
        source.board = an_empty_sum_board()
    if state != "live":
        down = [a_light(FeedState.SILENT, "silent 00:42")]
        source.current_status = a_status(lights=down, coins_live=0, oldest_age_ms=None)
    return source


@pytest.mark.parametrize("state", ["live", "stale", "empty"])
@pytest.mark.parametrize("size", ["80x24", "160x50"])
async def test_the_sum_screen_looks_as_it_did(size: str, state: str) -> None:
    """Every character of it."""
    await _compare(f"sum-{size}-{state}", size, a_source(state), "sum")


@pytest.mark.parametrize("size", ["80x24", "160x50"])
async def test_the_coverage_screen_looks_as_it_did(size: str) -> None:
    """Every character of it."""
    await _compare(f"coverage-{size}", size, MemorySource(), "coverage")


@pytest.mark.parametrize("size", ["80x24", "120x40", "160x50"])
async def test_the_system_screen_looks_as_it_did(size: str) -> None:
    """Every character of it."""
    await _compare(f"system-{size}", size, MemorySource(), "system")


@pytest.mark.parametrize("board", ["spreads", "signals", "funding", "coin"])
@pytest.mark.parametrize("size", SIZES)
async def test_the_screens_of_spreads_look_as_they_did(size: str, board: str) -> None:
    """Every character of them, the coin's page too."""
    await _compare(f"{board}-{size}", size, MemorySource(), board)


@pytest.mark.parametrize("size", SIZES)
async def test_the_liquidations_look_as_they_did(size: str) -> None:
    """Curve, bars, venues and orders."""
    await _compare(f"liquidations-{size}", size, MemorySource(), "liquidations")


@pytest.mark.parametrize("board", ["anomalies", "picks"])
@pytest.mark.parametrize("size", SIZES)
async def test_anomalies_and_picks_look_as_they_did(size: str, board: str) -> None:
    """Every character of them."""
    await _compare(f"{board}-{size}", size, MemorySource(), board)


@pytest.mark.parametrize("size", SIZES)
async def test_the_open_interest_looks_as_it_did(size: str) -> None:
    """Every character of it: a growing coin, a jump, and one that is new."""
    await _compare(f"oi-{size}", size, MemorySource(), "oi")


# Coverage is always of what is stored, and of a machine without an engine little is known.
STATES = {
    "stale": (
        *("liquidations", "anomalies", "picks", "oi", "spreads", "signals", "funding", "coin"),
    ),
    "empty": (
        *("liquidations", "anomalies", "picks", "oi", "spreads", "signals", "funding", "coin"),
        *("coverage", "system"),
    ),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", ["80x24", "160x50"])
async def test_boards_without_live_data_look_as_they_did(
    size: str, state: str, tmp_path: Path
) -> None:
    """Each says why it is empty, or greys what it still has, and says why."""
    changed = []
    async with a_source_in(state, tmp_path) as source:
        app = an_app(source, "sum")
        async with app.run_test(size=SIZES[size]) as pilot:
            for board in STATES[state]:
                app.desk.show_coin("BTC") if board == "coin" else app.desk.show_board(board)
                await pulled(pilot, app)
                await pulled(pilot, app)
                text = screen_text(app)
                if not _is_golden(f"{board}-{size}-{state}", text):
                    changed.append(f"{board}\n{text}")
    assert not changed, "\n".join(changed)


@pytest.mark.parametrize("size", ["80x24", "120x40", "160x50"])
async def test_an_explanation_looks_as_it_did(size: str) -> None:
    """The parts of a score over the coin's candles."""
    await _compare(f"anomalies-{size}-explained", size, MemorySource(), "anomalies", "enter")


@pytest.mark.parametrize(
    ("size", "part", "keys"),
    [
        ("80x24", "candles", ["tab"]),
        ("80x24", "interest", ["shift+tab"]),
        ("80x24", "anomalies", ["shift+tab"] * 2),
        ("80x24", "liquidations", ["shift+tab"] * 3),
        ("120x40", "events", ["shift+tab"] * 2),
        ("120x40", "interest", ["shift+tab"]),
    ],
)
async def test_the_parts_of_a_coins_page_look_as_they_did(
    size: str, part: str, keys: list[str]
) -> None:
    """Those that have a page of their own where there is little room."""
    await _compare(f"coin-{size}-{part}", size, MemorySource(), "coin", *keys)


async def test_the_quarantine_looks_as_it_did() -> None:
    """The tab beside the spreads."""
    await _compare("spreads-80x24-quarantine", "80x24", MemorySource(), "spreads", "tab")


async def test_the_list_of_columns_looks_as_it_did() -> None:
    """Shown, without room, sorted; what the one under the cursor means."""
    await _compare("columns-80x24", "80x24", MemorySource(), "oi", "C", "j", "j")


@pytest.mark.parametrize(
    ("name", "board", "key"), [("calendar", "sum", "d"), ("keys", "spreads", "question_mark")]
)
async def test_a_dialog_looks_as_it_did(name: str, board: str, key: str) -> None:
    """The calendar with what is stored, the keys with those of this board first."""
    await _compare(f"{name}-80x24", "80x24", MemorySource(), board, key)


async def test_a_large_terminal_uses_its_room() -> None:
    """240×70: the statistics have a panel of their own, the chart the rest."""
    await _compare("sum-240x70-live", "240x70", a_source("live"), "sum")


async def _compare(name: str, size: str, source: MemorySource, board: str, *keys: str) -> None:
    app = an_app(source, board)
    async with app.run_test(size=SIZES[size]) as pilot:
        if board == "coin":
            app.desk.show_coin("BTC")
        await pulled(pilot, app)
        await pilot.press(*keys)
        await pulled(pilot, app)
        text = screen_text(app)
    _is_golden(name, text)
    assert text == (GOLDEN / f"{name}.txt").read_text()


def _is_golden(name: str, text: str) -> bool:
    """Whether the file says the same; if it is asked for, it does from now on."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return file.exists() and text == file.read_text()


async def test_stored_data_is_grey_and_live_data_is_not() -> None:
    """Colour only for what is true now; the age stands beside it."""
    for state in ("stale", "live"):
        app = an_app(a_source(state))
        async with app.run_test(size=(160, 50)) as pilot:
            await pulled(pilot, app)
            await pulled(pilot, app)
            dim = looks_of(app.desk).dim.color
            grey = {style.color for style in styles_of(app, "+41.53 ")} == {dim}
            assert grey == (state == "stale")
            assert ("13:07 ago" in screen_text(app)) == (state == "stale")
