"""What the terminal costs, in a real pty: `python -m tests.benchmarks terminal`, seven minutes.

The board is 1,000 spreads of which 300 cells a second change: `uniform` in any row, `hot` in the
rows on screen, `swapping` so that these change places, `aging` as on a live board, where ages
differ every second. CPU is a share of one core; beside it stands how many times a loop of a
hundred thousand additions it is, and what Textual's DataTable takes for the same in the same run.
Bytes repeat; times of a shared machine do not.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import _terminal_board as boards
from tests.benchmarks._terminal_board import OURS, TABLE, Run, board
from tests.benchmarks._terminal_replay import middle_and_tail
from tests.benchmarks._terminal_start import python_ms, started
from tests.support.moving_spreads import Load

USUAL = (120, 40)
# CPU %, bytes/s while all changes are on screen, bytes/s while they are anywhere, key p95 in ms.
BUDGETS = {
    (80, 24): (3, 4_500, 600, 25),
    USUAL: (3, 4_500, 600, 25),
    (240, 70): (4, 10_000, 1_200, 35),
}
IDLE_BUDGET = (0.7, 250)
GROWTH_S = 20.0
SLOW_BYTES_PER_S = 5_000


def main() -> None:
    """Each figure beside its budget."""
    loop_ms = additions_ms()
    say(f"100,000 additions: {loop_ms:.2f} ms of CPU")
    for size in BUDGETS:
        _loads(size, loop_ms)
    _idle(loop_ms)
    _others(loop_ms)
    _beside_data_table(loop_ms)
    with TemporaryDirectory() as folder:
        _slow_and_long(Path(folder))
        _starts(Path(folder))


def _loads(size: tuple[int, int], loop_ms: float) -> None:
    cpu_pct, hot, uniform, key_ms = BUDGETS[size]
    for load, most in ((Load.UNIFORM, uniform), (Load.HOT, hot)):
        run = board(OURS, load, size, with_keys=load is Load.HOT)
        say(f"{_named(load, size)}: {_cost(run, loop_ms)} (<= {cpu_pct} %, {most} B/s)")
        if run.key_ms:
            _say_keys(run, key_ms, size)


def _say_keys(run: Run, most_ms: float, size: tuple[int, int]) -> None:
    say(f"  key to paint {_times(run.key_ms)} (p95 <= {most_ms} ms)")
    say(f"  over 30 kB/s with 200 ms round trip {_times(run.link_ms)} (p95 <= 250 ms)")
    most = " (<= 20,000)" if size == USUAL else ""
    say(f"  a key held, 30 a second: {run.held_bytes_per_s:,.0f} B/s{most}")


def _idle(loop_ms: float) -> None:
    run = board(OURS, Load.STILL, USUAL)
    cpu_pct, most = IDLE_BUDGET
    say(f"{_named(Load.STILL, USUAL)}: {_cost(run, loop_ms)} (<= {cpu_pct} %, {most} B/s)")
    say(f"  {run.memory_mb:.0f} MB (<= 60)")


def _others(loop_ms: float) -> None:
    """What has no budget of its own."""
    for load in (Load.AGING, Load.SWAPPING):
        say(f"{_named(load, USUAL)}: {_cost(board(OURS, load, USUAL), loop_ms)}")
    for size in (USUAL, (240, 70)):
        run = board(OURS, Load.HOT, size, hz=4.0)
        say(f"{_named(Load.HOT, size)} at 4 Hz: {_cost(run, loop_ms)} (<= 10 % at 240x70)")


def _beside_data_table(loop_ms: float) -> None:
    for load in (Load.UNIFORM, Load.HOT):
        table = board(TABLE, load, USUAL, with_keys=load is Load.HOT)
        ours = board(OURS, load, USUAL)
        say(f"{_named(load, USUAL)} on DataTable: {_cost(table, loop_ms)}")
        cpu, sent = table.cpu_pct / ours.cpu_pct, table.bytes_per_s / ours.bytes_per_s
        say(f"  {cpu:.1f} times our CPU, {sent:.0f} times our bytes, {table.memory_mb:.0f} MB")
        if table.key_ms:
            say(f"  key to paint {_times(table.key_ms)}, over the link {_times(table.link_ms)}")


def _slow_and_long(folder: Path) -> None:
    quick_ms = boards.longest_lag_ms(folder, None)
    slow_ms = boards.longest_lag_ms(folder, SLOW_BYTES_PER_S)
    both = f"{slow_ms:.0f} ms at most (<= 150), {quick_ms:.0f} ms where all is read at once"
    say(f"160x50, 4 Hz, read at 5 kB/s: a task of the same loop waits {both}")
    grown_mb = boards.growth_mb(GROWTH_S)
    say(f"memory after {GROWTH_S:g} s at 10 Hz: {grown_mb:+.1f} MB (<= 1)")


def _starts(folder: Path) -> None:
    nothing_ms, textual_ms = python_ms("-c", "pass"), python_ms("-c", "import textual.app")
    say(f"python -c pass: {nothing_ms:.0f} ms; import textual.app: {textual_ms:.0f} ms")
    found = asyncio.run(started(folder))
    for name, taken in (("hosting", found.hosting_ms), ("attached", found.attached_ms)):
        middle_ms = statistics.median(taken)
        ratios = f"{middle_ms / nothing_ms:.1f} / {middle_ms / textual_ms:.1f} times these"
        say(f"stored data on screen, {name}: {middle_ms:.0f} ms (<= 400), {ratios}")
    say(f"  bytes until then: {found.hosting_bytes:,} (<= 30,000)")
    say(f"boards, first visit {_times(found.first_visits_ms)}")
    say(f"boards, later visits {_times(found.visits_ms)} (p95 <= 80 ms)")
    say(f"attached {found.attached_mb:.0f} MB, all boards seen {found.visited_mb:.0f} MB (<= 60)")


def additions_ms() -> float:
    """How fast this machine is now: CPU time of a loop, the middle of some."""
    taken = []
    for _ in range(9):
        begun_s, total = time.process_time(), 0
        for number in range(100_000):
            total += number
        taken.append((time.process_time() - begun_s) * 1000)
    return statistics.median(taken)


def _cost(run: Run, loop_ms: float) -> str:
    loops = run.cpu_pct * 10 / loop_ms
    return f"{run.cpu_pct:.2f} % of a core ({loops:.1f} loops/s), {run.bytes_per_s:,.0f} B/s"


def _times(values: Iterable[float | None]) -> str:
    middle, tail = middle_and_tail(values)
    return f"p50 {middle:.0f} p95 {tail:.0f} ms"


def _named(load: Load, size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]} {load.value}"


def say(text: str) -> None:
    """A line of the report."""
    sys.stdout.write(f"terminal: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
