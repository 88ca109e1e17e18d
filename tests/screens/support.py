"""Reading a headless screen: its text and the looks of its cells."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from rich.style import Style
from textual.pilot import Pilot

from tests.support.boards import MemorySource
from tui_monitor.app import MonitorApp
from tui_monitor.screens.desk.desk import Desk
from tui_monitor.screens.looks.looks import STANDARD

# A condition is waited for this often: at once, then for about 40 s.
_TURNS, _WITHOUT_SLEEP, _SLEEP_S = 2_000, 3, 0.02
GOLDEN = Path(__file__).parent / "golden"


def an_app(source: MemorySource | None = None, board: str = "sum") -> MonitorApp:
    """The program over a source in memory; it pulls only when a test says so."""
    app = MonitorApp(source or MemorySource(), board=board, refresh_s=None)
    # Whatever terminal the tests are started from.
    app.looks = STANDARD
    app.ansi_color = False
    return app


def screen_text(app: MonitorApp) -> str:
    """What the top screen shows, without trailing blanks."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"


def styles_of(app: MonitorApp, text: str) -> list[Style]:
    """The looks of every segment that contains a text."""
    return [
        segment.style
        for strip in app.screen._compositor.render_strips()
        for segment in strip
        if text in segment.text and segment.style is not None
    ]


async def settled(pilot: Pilot[int], holds: Callable[[], bool] | None = None) -> None:
    """Let the program work until a condition holds (without one: until it is idle)."""
    for turn in range(_TURNS):
        await pilot.pause()
        if holds is None or holds():
            return
        if turn >= _WITHOUT_SLEEP:
            await asyncio.sleep(_SLEEP_S)
    raise AssertionError("it never came to hold")


async def pulled(pilot: Pilot[int], app: MonitorApp) -> Desk:
    """A second passes: the desk asks its source and paints; a board on its way comes first."""
    await settled(pilot, lambda: not app.desk._switching)
    await app.desk.pull()
    await settled(pilot)
    return app.desk


def shows(app: MonitorApp, text: str) -> Callable[[], bool]:
    """A condition: the screen has a text."""
    return lambda: text in screen_text(app)
