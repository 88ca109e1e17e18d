"""A program in a pty: each byte with the time it came, CPU and memory of the process beside it."""

import os
import random
import time
from pathlib import Path
from typing import NamedTuple

from tests.support.terminal import Terminal

# What comes is taken in pieces of this, so that each has its time.
PIECE_S = 0.1


class Chunk(NamedTuple):
    """Bytes that came together."""

    at_s: float
    data: bytes


class Press(NamedTuple):
    """A key, and when it was pressed."""

    at_s: float
    key: str


class Recorded(Terminal):
    """A terminal that keeps what came when; nothing is drawn while it is measured."""

    chunks: list[Chunk]

    def _feed(self, data: bytes) -> None:
        if not hasattr(self, "chunks"):
            self.chunks = []
        self.chunks.append(Chunk(time.monotonic(), data))

    def wait_for(self, text: bytes) -> None:
        """Read until these bytes have come."""
        self.until(lambda one: text in one.raw)

    def listen(self, seconds: float) -> int:
        """Read for so long; the number of bytes."""
        end_s, begun = time.monotonic() + seconds, len(self.raw)
        while (left_s := end_s - time.monotonic()) > 0:
            self.read(left_s)
        return len(self.raw) - begun

    def listen_slowly(self, seconds: float, bytes_per_s: int) -> int:
        """Read for so long, at a rate; the number of bytes."""
        end_s, taken = time.monotonic() + seconds, 0
        while time.monotonic() < end_s:
            time.sleep(PIECE_S)
            taken += len(os.read(self.fd, int(bytes_per_s * PIECE_S)))
        return taken

    def settle(self, step_s: float) -> None:
        """Wait until half a step after a frame, so that a window has whole steps."""
        before = len(self.raw)
        self.until(lambda one: len(one.raw) > before)
        self.listen(step_s / 2)

    def press_at_random(self, keys: list[str], draw: random.Random) -> list[Press]:
        """Keys at random phases of the steps."""
        pressed = []
        for key in keys:
            self.listen(draw.uniform(0.2, 0.4))
            pressed.append(Press(time.monotonic(), key))
            self.press(key)
        self.listen(0.5)
        return pressed

    # The process

    def cpu_s(self) -> float:
        """CPU time of all its threads."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory_mb(self) -> float:
        """What it holds in memory."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
