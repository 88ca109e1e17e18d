"""The screens as text, each at several sizes; the sum in three states, and what its looks say.

`UPDATE_GOLDEN=1 pytest tests/screens/test_golden.py` writes the files anew; read the diff.
"""

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.screens.support import GOLDEN, an_app, pulled, screen_text, styles_of
from tests.screens.tours import SIZES, Case, cases_of, tour
from tests.support.boards import MemorySource, a_light, a_status, an_empty_sum_board
from tests.support.state_boards import a_source_in
from tui_monitor.model import FeedState
from tui_monitor.screens.looks.looks import looks_of


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


# Dialogs over a board, and the keys that open them.
DIALOGS = (
    Case("calendar-80x24", "sum", ("d",)),
    Case("keys-80x24", "spreads", ("question_mark",)),
    Case("columns-80x24", "oi", ("C", "j", "j")),
)


@pytest.mark.parametrize("size", SIZES)
async def test_the_boards_look_as_they_did(size: str) -> None:
    """Every character of them, of a coin's parts and of an explanation."""
    await _assert_unchanged(MemorySource(), size, cases_of(size))


async def test_dialogs_look_as_they_did() -> None:
    """The calendar with what is stored, the keys with this board's first, the columns."""
    await _assert_unchanged(MemorySource(), "80x24", DIALOGS)


@pytest.mark.parametrize("state", ["stale", "empty"])
@pytest.mark.parametrize("size", ["80x24", "160x50"])
async def test_the_sum_screen_without_live_data_looks_as_it_did(size: str, state: str) -> None:
    """Every character of it."""
    case = Case(f"sum-{size}-{state}", "sum")
    await _assert_unchanged(a_source(state), size, [case])


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
    cases = [Case(f"{board}-{size}-{state}", board) for board in STATES[state]]
    async with a_source_in(state, tmp_path) as source:
        await _assert_unchanged(source, size, cases, first="sum")


async def _assert_unchanged(
    source: MemorySource, size: str, cases: Sequence[Case], first: str = ""
) -> None:
    """Each screen is its golden text; what differs is said under its name."""
    app = an_app(source, first or cases[0].board)
    async with app.run_test(size=SIZES[size]) as pilot:
        texts = {case.name: screen_text(app) async for case in tour(pilot, app, cases)}
    changed = [f"{name}\n{said}" for name, text in texts.items() if (said := _differs(name, text))]
    assert not changed, "\n\n".join(["", *changed])


def _differs(name: str, text: str) -> str:
    """From the file of that name; if it is asked for, that says the same from now on."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    before = file.read_text() if file.exists() else ""
    lines = difflib.unified_diff(before.splitlines(), text.splitlines(), "before", "now", n=0)
    return "\n".join(lines) if text != before else ""


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
