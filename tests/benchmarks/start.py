"""How long commands take to begin, beside an interpreter that does nothing and one that imports
Textual, in one run; and what an attached terminal weighs once it has been on every board."""

import asyncio
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.programs import TUI_MONITOR, a_daemon, clean_environment
from tests.support.sim import CURVE
from tests.support.terminal import Terminal
from tui_monitor.simulator import Simulator

ROUNDS = 11
PAINTS = 7
COMMANDS = (("--version",), ("--help",), ("config", "path"), ("show", "--help"))
BOARDS = "1234567890"
SIZE = (160, 50)
# A board is there and has been painted some times.
LOOK_S = 2.0


class Yardsticks:
    """What others' times are given as multiples of."""

    def __init__(self) -> None:
        self.nothing_s = seconds(sys.executable, "-c", "pass")
        self.textual_s = seconds(sys.executable, "-c", "import textual.app")
        say(f"python -c pass: {self.nothing_s * 1000:.0f} ms")
        say(f"import textual.app: {self.textual_s * 1000:.0f} ms")

    def tell(self, what: str, taken_s: float) -> None:
        """A line about one."""
        say(
            f"{what}: {taken_s * 1000:.0f} ms, {taken_s / self.nothing_s:.1f} times nothing, "
            f"{taken_s / self.textual_s:.1f} times Textual"
        )


def seconds(*command: str) -> float:
    """The middle of some runs."""
    taken = []
    for _ in range(ROUNDS):
        begin_s = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - begin_s)
    return statistics.median(taken)


def first_paint_s(terminal: Terminal, begin_s: float) -> float:
    """Until the frame of a board is there."""
    terminal.until("1 Sum")
    return time.perf_counter() - begin_s


def attached_s(options: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    """The middle times to a first picture, and to the engine's numbers on it."""
    pictures, numbers = [], []
    for _ in range(PAINTS):
        begin_s = time.perf_counter()
        with Terminal(*TUI_MONITOR, *options, columns=120, environment=environment) as one:
            pictures.append(first_paint_s(one, begin_s))
            one.until("27/27")
            numbers.append(time.perf_counter() - begin_s)
    return statistics.median(pictures), statistics.median(numbers)


def resident_mb(pid: int) -> float:
    """The memory of a process now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def weighed_mb(options: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    """Of an attached terminal at its first board, and after all of them."""
    columns, rows = SIZE
    with Terminal(
        *TUI_MONITOR, *options, columns=columns, rows=rows, environment=environment
    ) as one:
        one.until("27/27")
        first = resident_mb(one.pid)
        for key in BOARDS:
            one.press(key)
            until_s = time.perf_counter() + LOOK_S
            while time.perf_counter() < until_s:
                one.read(0.1)
        return first, resident_mb(one.pid)


async def attach(yardsticks: Yardsticks, folder: Path) -> None:
    """What is asked of a running engine."""
    environment = {
        name: text
        for name, text in clean_environment(folder).items()
        if not name.startswith("TUI_MONITOR_")
    }
    async with Simulator(seed=1, limits=False, coins=CURVE).running() as sim:
        options = ("--simulator", sim.url, "--data-dir", str(folder / "data"))
        async with a_daemon(folder, *options):
            await asyncio.to_thread(until_settled, options, environment)
            show = (*TUI_MONITOR, "show", "sum", "--limit", "1", *options)
            yardsticks.tell("show, from a running engine", await asyncio.to_thread(seconds, *show))
            picture_s, numbers_s = await asyncio.to_thread(attached_s, options, environment)
            yardsticks.tell("attached terminal, first picture", picture_s)
            yardsticks.tell("attached terminal, all numbers", numbers_s)
            first, last = await asyncio.to_thread(weighed_mb, options, environment)
            say(f"attached terminal: {first:.0f} MB at first, {last:.0f} MB after every board")


def until_settled(options: tuple[str, ...], environment: dict[str, str]) -> None:
    """Wait until the engine has its numbers."""
    with Terminal(*TUI_MONITOR, *options, columns=120, environment=environment) as one:
        one.until("27/27")


def main() -> None:
    """Print each."""
    yardsticks = Yardsticks()
    for words in COMMANDS:
        yardsticks.tell(f"tui-monitor {' '.join(words)}", seconds(*TUI_MONITOR, *words))
    with TemporaryDirectory(prefix="tm") as folder:
        asyncio.run(attach(yardsticks, Path(folder)))


def say(text: str) -> None:
    """A line of the report."""
    sys.stdout.write(f"start: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
