"""Makes the README's pictures anew: `python -m docs.pictures [sum liquidations …]`.

The whole program over the simulator, under a clock that stands at an afternoon of the board
day, so that a picture is the same whenever it is made.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot

from tests.support.engines import Monitor
from tests.support.virtual_time import START_MS, VirtualClock, run_virtual
from tui_monitor import config
from tui_monitor.app import MonitorApp
from tui_monitor.clock import MINUTE_MS, SLOT_MS
from tui_monitor.engine import opened_engine
from tui_monitor.screens.looks.looks import STANDARD
from tui_monitor.simulator import Simulator
from tui_monitor.source.local import LocalSource

SIZE = (120, 34)
AFTERNOON_MS = START_MS + 13 * SLOT_MS + 20 * MINUTE_MS
# Long enough for some liquidations; it takes two minutes of work.
WATCHED_S = 1_500.0
FOLDER = Path(__file__).parent


class Picture(NamedTuple):
    """A board, and the keys that lead to what is worth seeing there."""

    board: str
    keys: tuple[str, ...] = ()


PICTURES = {
    "sum": Picture("sum"),
    "liquidations": Picture("liquidations"),
    "anomalies": Picture("anomalies", ("a",)),
    "spreads": Picture("spreads"),
    "coin": Picture("spreads", (":", *"coin", "space", *"BTC", "enter")),
}


async def make(names: Sequence[str], folder: Path = FOLDER, watched_s: float = WATCHED_S) -> None:
    """Write some pictures; the market is watched for a while first."""
    clock = VirtualClock(AFTERNOON_MS)
    async with a_market(clock) as monitor:
        await clock.sleep(watched_s)
        for name in names:
            app = MonitorApp(monitor.source, refresh_s=None, board=PICTURES[name].board)
            app.looks = STANDARD
            app.ansi_color = False
            async with app.run_test(size=SIZE) as pilot:
                await shown(app, pilot)
                await pilot.press(*PICTURES[name].keys)
                await shown(app, pilot)
                svg = app.export_screenshot(title="tui-monitor")
                (folder / f"{name}.svg").write_text(small(svg))


@asynccontextmanager
async def a_market(clock: VirtualClock) -> AsyncIterator[Monitor]:
    """An engine over four simulated exchanges, with the coins of the sum."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        simulator = Simulator(seed=1, clock=clock, limits=False, rate=0.4, coins=config.COINS)
        async with simulator.running() as sim:
            settings = config.load(Path("/dev/null"), {}, config.with_simulator(sim.url)).settings
            async with (
                opened_engine(settings, place, clock, kind="simulator", info={}) as (engine, _),
                asyncio.TaskGroup() as tasks,
            ):
                running = tasks.create_task(engine.run())
                yield Monitor(engine, LocalSource(engine, place / "exports"), sim)
                running.cancel()


async def shown(app: MonitorApp, pilot: Pilot[int]) -> None:
    """Let the first boards arrive and be painted."""
    for _ in range(10):
        await app.desk.pull()
        await pilot.pause()
        await asyncio.sleep(0.1)


def small(svg: str) -> str:
    """Without what a browser doesn't need: web fonts, clips of lines that fit, long names."""
    for pattern, put in (
        (r"@font-face \{.*?\}", ""),
        (r"<!--.*?-->", ""),
        (r"terminal-\d+-", ""),
        (r'<clipPath id="line-\d+">.*?</clipPath>', ""),
        (r' clip-path="url\(#line-\d+\)"', ""),
        (r' shape-rendering="crispEdges"', ""),
        (r'="(\d+\.\d)\d+"', r'="\1"'),
        (r"\s*\n\s*", "\n"),
    ):
        svg = re.sub(pattern, put, svg, flags=re.DOTALL)
    return svg.replace("</style>", "rect { shape-rendering: crispEdges }\n</style>")


if __name__ == "__main__":
    run_virtual(make(sys.argv[1:] or list(PICTURES)))
