"""The terminal program over a source in memory, as a process of its own for the pty tests.

`python -m tests.support.terminal_app [stored] [hostile] [ticking] [refresh=S] [beats=FILE]
[lags=FILE] [patience=S] [board=NAME] [moving=LOAD] [cells=N] [visible=N] [gated=FILE]
[stuck] [low] [theme=NAME] [colors=N] [ascii] [language=NAME]`

`moving` is a board of a thousand spreads; `gated`, its time stands still until SIGUSR1, which
lets ten steps pass, and the file gets how often it was looked at. `lags` gets the longest that the
event loop has kept a task waiting, in ms. `stuck`, the event loop is held up for ever.
"""

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.support.boards import MemorySource
from tests.support.hostile_source import HostileSource
from tests.support.moving_spreads import CELLS_PER_S, Load, MovingSource
from tui_monitor.app import MonitorApp, Run
from tui_monitor.boards.status import EngineStatus
from tui_monitor.config import Ui
from tui_monitor.errors import MonitorError
from tui_monitor.paths import write_whole
from tui_monitor.screens.terminal.terminal import require_terminal

# How far SIGUSR1 lets a gated source go.
STEPS = 10
BEAT_S = 0.02


class TickingSource(MemorySource):
    """A second passes with every look at the status, and every live price moves."""

    def status(self) -> EngineStatus:
        self.now_ms += 1_000
        return super().status()


class CountingSource(MovingSource):
    """A file has how often it was asked for the status."""

    looks = 0
    file: Path | None = None

    def status(self) -> EngineStatus:
        self.looks += 1
        if self.file is not None:
            write_whole(self.file, str(self.looks).encode())
        return super().status()


def _moving(named: dict[str, str]) -> MovingSource:
    refresh_s = float(named.get("refresh", 1.0))
    source = CountingSource(
        Load(named["moving"]),
        cells=int(named.get("cells", CELLS_PER_S)),
        visible=int(named.get("visible", 30)),
        step_ms=int(float(named.get("step", refresh_s)) * 1000),
    )
    if "gated" in named:
        source.steps, source.file = 0, Path(named["gated"])
        signal.signal(signal.SIGUSR1, lambda *_: _let_pass(source))
    return source


def _let_pass(source: MovingSource) -> None:
    source.steps = (source.steps or 0) + STEPS


async def _measure_lag(file: Path) -> None:
    """An engine that measures how late the event loop lets it run, once a second anew."""
    loop = asyncio.get_running_loop()
    longest_s = 0.0
    for beat in itertools.count(1):
        begun_s = loop.time()
        await asyncio.sleep(BEAT_S)
        longest_s = max(longest_s, loop.time() - begun_s - BEAT_S)
        if beat % 50 == 0:
            write_whole(file, f"{longest_s * 1000:.1f}".encode())


async def _beat(file: Path) -> None:
    """An engine that counts how often the event loop lets it run."""
    beats = 0
    while True:
        await asyncio.sleep(0.01)
        beats += 1
        if beats % 50 == 0:
            write_whole(file, str(beats).encode())


async def _hold_up() -> None:
    """An engine that never lets anything else run."""
    os.write(2, b"stuck")
    while True:
        pass


def _engine(named: dict[str, str], options: Sequence[str]) -> Run | None:
    if "stuck" in options:
        return _hold_up
    if "beats" in named:
        return lambda: _beat(Path(named["beats"]))
    if "lags" in named:
        return lambda: _measure_lag(Path(named["lags"]))
    return None


def _ui(named: dict[str, str], options: Sequence[str]) -> Ui:
    chosen: dict[str, object] = {key: named[key] for key in ("theme", "colors") if key in named}
    return msgspec.convert(
        chosen | {"low_bandwidth": "low" in options, "ascii": "ascii" in options}, Ui
    )


def main(*options: str) -> int:
    """Run until left."""
    named = dict(option.split("=") for option in options if "=" in option)
    kind = {"ticking": TickingSource, "hostile": HostileSource}
    source = next((kind[one]() for one in options if one in kind), MemorySource())
    if "moving" in named:
        source = _moving(named)
    source.live = "stored" not in options
    source.liquidations_ms = source.now_ms
    MonitorApp.PATIENCE_S = float(named.get("patience", MonitorApp.PATIENCE_S))
    try:
        require_terminal()
    except MonitorError as error:
        print(error.line(), file=sys.stderr)  # noqa: T201 - what the command line does
        return error.exit_code
    app = MonitorApp(
        source,
        _engine(named, options),
        _ui(named, options),
        board=named.get("board", "sum"),
        refresh_s=float(named.get("refresh", 1.0)),
        language=named.get("language"),
    )
    return asyncio.run(app.run_here())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
