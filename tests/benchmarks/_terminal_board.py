"""One run of a board in a pty: a fresh process, warmed up, measured, ended."""

import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks._terminal_pty import Chunk, Press, Recorded
from tests.benchmarks._terminal_replay import answers_ms, over_link
from tests.support.moving_spreads import CELLS_PER_S, ROWS, Load, names

WARM_UP_S, WINDOW_S, HELD_S = 2.5, 8.0, 3.0
KEYS = 40
KEYS_PER_S = 30
OURS = ("tests.support.terminal_app", "board=spreads")
TABLE = ("tests.benchmarks._terminal_table",)
LINK_BYTES_PER_S, LINK_WAY_S = 30_000, 0.1
Size = tuple[int, int]


@dataclass
class Run:
    """What was measured. A time that is infinite never came."""

    cpu_pct: float
    bytes_per_s: float
    memory_mb: float
    key_ms: list[float | None] = field(default_factory=list)
    link_ms: list[float | None] = field(default_factory=list)
    held_bytes_per_s: float = 0.0


def child(
    program: Sequence[str], load: Load, size: Size, *, hz: float = 1.0, more: Sequence[str] = ()
) -> Recorded:
    """The program over a board that moves."""
    options = (
        f"moving={load.value}",
        f"cells={int(CELLS_PER_S / hz)}",
        f"visible={size[1] - 9}",
        f"refresh={1 / hz}",
        *more,
    )
    module, *own = program
    return Recorded(sys.executable, "-m", module, *own, *options, columns=size[0], rows=size[1])


def board(
    program: Sequence[str], load: Load, size: Size, *, hz: float = 1.0, with_keys: bool = False
) -> Run:
    """CPU and bytes of whole steps, and what keys take."""
    with child(program, load, size, hz=hz) as terminal:
        terminal.wait_for(names(1)[0].encode())
        terminal.listen(WARM_UP_S)
        terminal.settle(1 / hz)
        begun_s, begun_cpu_s = time.monotonic(), terminal.cpu_s()
        taken = terminal.listen(WINDOW_S)
        passed_s = time.monotonic() - begun_s
        run = Run(
            cpu_pct=(terminal.cpu_s() - begun_cpu_s) / passed_s * 100,
            bytes_per_s=taken / WINDOW_S,
            memory_mb=terminal.memory_mb(),
        )
        if with_keys:
            said = names(KEYS + 1) if program is TABLE else range(1, KEYS + 2)
            texts = [f" {word}/{ROWS} " for word in said]
            _keys(terminal, run, size, texts[1:])
        return run


def _keys(terminal: Recorded, run: Run, size: Size, texts: list[str]) -> None:
    """`texts`: which row of how many the cursor is on, after each key."""
    pressed = terminal.press_at_random(["j"] * KEYS, random.Random(1))
    run.key_ms = answers_ms(terminal.chunks, pressed, texts, size)
    run.link_ms = over_a_link(terminal.chunks, pressed, texts, size)
    begun = len(terminal.raw)
    for _ in range(int(HELD_S * KEYS_PER_S)):
        terminal.press("j")
        terminal.listen(1 / KEYS_PER_S)
    run.held_bytes_per_s = (len(terminal.raw) - begun) / HELD_S


def over_a_link(
    chunks: Sequence[Chunk], pressed: Sequence[Press], texts: Sequence[str], size: Size
) -> list[float | None]:
    """The same keys at the far end of a link: there, and back behind all that waits."""
    late = over_link(chunks, LINK_BYTES_PER_S, LINK_WAY_S)
    sent = [Press(press.at_s - LINK_WAY_S, press.key) for press in pressed]
    return answers_ms(late, sent, texts, size)


def longest_lag_ms(folder: Path, bytes_per_s: int | None) -> float:
    """How long a task of the same loop was kept waiting; None: the terminal reads at once."""
    file = folder / "lag"
    more = (f"lags={file}",)
    with child(OURS, Load.HOT, (160, 50), hz=4.0, more=more) as terminal:
        terminal.wait_for(names(1)[0].encode())
        terminal.listen(WARM_UP_S)
        if bytes_per_s is None:
            terminal.listen(WINDOW_S)
        else:
            terminal.listen_slowly(WINDOW_S, bytes_per_s)
        return float(file.read_text())


def growth_mb(seconds: float) -> float:
    """How much memory many quick steps take for good."""
    with child(OURS, Load.HOT, (120, 40), hz=10.0) as terminal:
        terminal.wait_for(names(1)[0].encode())
        terminal.listen(2 * WARM_UP_S)
        before_mb = terminal.memory_mb()
        terminal.listen(seconds)
        return terminal.memory_mb() - before_mb
