"""The real program on stored data: how soon it shows it, and what it holds in memory."""

import asyncio
import random
import statistics
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks._terminal_pty import Press, Recorded
from tests.benchmarks._terminal_replay import Replay, switches_ms
from tests.cli.test_program import settled_board
from tests.support.programs import TUI_MONITOR, a_daemon, clean_environment
from tui_monitor.simulator import Simulator

ROUNDS = 7
SIZE = (120, 40)
# Stands over the curve as soon as there is a stored node.
SHOWN = "mean "
BOARDS = "1234567890"


@dataclass
class Started:
    """Times of the program's start and of its boards."""

    hosting_ms: list[float] = field(default_factory=list)
    attached_ms: list[float] = field(default_factory=list)
    hosting_bytes: int = 0
    first_visits_ms: list[float] = field(default_factory=list)
    visits_ms: list[float] = field(default_factory=list)
    attached_mb: float = 0.0
    visited_mb: float = 0.0


def python_ms(*arguments: str) -> float:
    """How long an interpreter takes for nothing more than this."""
    taken = []
    for _ in range(ROUNDS):
        begun_s = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True)
        taken.append((time.perf_counter() - begun_s) * 1000)
    return statistics.median(taken)


async def started(folder: Path) -> Started:
    """A store filled by a daemon; terminals attached to it, then alone with what it left."""
    found = Started()
    async with AsyncExitStack() as stack:
        market = Simulator(seed=1, limits=False, rate=5.0)
        simulator = await stack.enter_async_context(market.running())
        options = ("--simulator", simulator.url, "--data-dir", str(folder / "data"))
        async with a_daemon(folder, *options) as daemon:
            await settled_board(daemon.url)
            await asyncio.to_thread(_attached, folder, options, found)
    # Nothing answers there any more: what is shown is what is stored.
    for _ in range(ROUNDS):
        taken_ms, found.hosting_bytes = await asyncio.to_thread(_first_paint, folder, options)
        found.hosting_ms.append(taken_ms)
    return found


def _attached(folder: Path, options: tuple[str, ...], found: Started) -> None:
    for _ in range(ROUNDS):
        found.attached_ms.append(_first_paint(folder, options)[0])
    with _program(folder, options) as terminal:
        terminal.wait_for(SHOWN.encode())
        terminal.listen(2.0)
        found.attached_mb = terminal.memory_mb()
        draw = random.Random(2)
        first = _visits(terminal, draw)
        again = [press for _ in range(3) for press in _visits(terminal, draw)]
        took = switches_ms(terminal.chunks, [*first, *again], SIZE)
        found.first_visits_ms, found.visits_ms = took[: len(first)], took[len(first) :]
        found.visited_mb = terminal.memory_mb()


def _visits(terminal: Recorded, draw: random.Random) -> list[Press]:
    pressed: list[Press] = []
    for key in BOARDS:
        pressed += terminal.press_at_random([key], draw)
    return pressed


def _first_paint(folder: Path, options: tuple[str, ...]) -> tuple[float, int]:
    """From the process' start to stored data on screen: milliseconds and bytes."""
    begun_s = time.monotonic()
    with _program(folder, options) as terminal:
        terminal.wait_for(SHOWN.encode())
        terminal.listen(0.3)
        replay = Replay(terminal.chunks, *SIZE)
        shown_s = replay.first(lambda lines: SHOWN in "\n".join(lines), float("inf"))
        assert shown_s is not None
        taken = sum(len(one.data) for one in terminal.chunks if one.at_s <= shown_s)
        return (shown_s - begun_s) * 1000, taken


def _program(folder: Path, options: tuple[str, ...]) -> Recorded:
    # As installed: its byte code is there from the second start on, whatever the environment says.
    environment = clean_environment(folder) | {"PYTHONPYCACHEPREFIX": str(folder / "pyc")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return Recorded(*TUI_MONITOR, *options, columns=SIZE[0], rows=SIZE[1], environment=environment)
