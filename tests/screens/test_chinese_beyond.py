"""What the boards say in 简体中文 behind Enter; without live data: `test_chinese`."""

from tests.screens.support import an_app
from tests.screens.test_chinese import english
from tests.screens.tours import SIZES, Case, tour
from tests.support.boards import MemorySource
from tui_monitor.words import CHINESE, speaking

# Board and keys, pressed after those before: a row's whole text, of the tables that have one;
# the event log.
BEHIND = [
    ("spreads", "exclamation_mark"),
    ("spreads", "tab enter"),
    ("coverage", "tab enter"),
    ("coverage", "tab enter"),
    ("coverage", "tab enter"),
    ("system", "enter"),
    ("system", "tab enter"),
    ("system", "tab enter"),
    ("system", "tab enter"),
    ("coin", "enter"),
    ("coin", "down down down down down down down enter"),
    ("coin", "tab tab tab enter"),
    ("coin", "tab tab tab enter"),
]


async def test_what_is_behind_a_row_is_chinese() -> None:
    """All of a connection, a leg, a limit, a backfill, a suspect, a signal, an anomaly."""
    cases = [
        Case(f"{turn} {board} {keys}", board, tuple(keys.split()))
        for turn, (board, keys) in enumerate(BEHIND)
    ]
    left: dict[str, list[str]] = {}
    screens = set()
    with speaking(CHINESE):
        app = an_app(MemorySource(), cases[0].board)
        async with app.run_test(size=SIZES["160x50"]) as pilot:
            async for case in tour(pilot, app, cases):
                assert app.screen is not app.desk, case.name
                lines = [strip.text for strip in app.screen._compositor.render_strips()]
                left[case.name] = english(lines)
                screens.add("\n".join(lines))
    assert not any(left.values()), left
    assert len(screens) == len(BEHIND)
