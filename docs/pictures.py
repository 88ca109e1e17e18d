"""Makes the README's picture anew: `python -m docs.pictures`.

The whole program over the simulator, under a clock that stands at an afternoon of the board
day, so that the picture is the same whenever it is made.
"""

import asyncio
import re
import tempfile
from pathlib import Path

from textual.pilot import Pilot

from tests.support.engines import a_monitor, until_settled
from tests.support.virtual_time import START_MS, VirtualClock, run_virtual
from tui_monitor.app import MonitorApp
from tui_monitor.screens.looks import STANDARD
from tui_monitor.simulator import Simulator

SIZE = (132, 40)
AFTERNOON_MS = START_MS + 27 * 1_800_000 - 400_000
TARGET = Path(__file__).parent / "sum.svg"


async def main() -> None:
    clock = VirtualClock(AFTERNOON_MS)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Simulator(clock=clock, rate=1.0).running() as sim,
            a_monitor(Path(folder), sim, clock) as monitor,
        ):
            await until_settled(monitor, clock)
            await clock.sleep(10)
            app = MonitorApp(monitor.source, refresh_s=None)
            app.looks = STANDARD
            app.ansi_color = False
            async with app.run_test(size=SIZE) as pilot:
                await shown(app, pilot)
                TARGET.write_text(self_contained(app.export_screenshot(title="tui-monitor")))


def self_contained(svg: str) -> str:
    """Without the web fonts that it would load: any monospaced font will do."""
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


async def shown(app: MonitorApp, pilot: Pilot[int]) -> None:
    """Let the first boards arrive and be painted."""
    for _ in range(10):
        await app.desk.pull()
        await pilot.pause()
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    run_virtual(main())
