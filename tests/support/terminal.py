"""A real terminal for tests: a child in a pty, its bytes kept and shown on a pyte screen."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import pyte

from tui_monitor.clock import SystemClock

_CLOCK = SystemClock()
# Queries that a terminal answers; nobody answers here, and pyte prints some of them.
_QUERIES = (b"\x1b[?2026$p", b"\x1b[?2048$p", b"\x1b[<u", b"\x1b[>25u")


# Variables of the terminal that the tests are started from.
_OURS = ("TMUX", "NO_COLOR", "COLUMNS", "LINES")


class NeverShown(AssertionError):
    """What a test waited for did not come."""


class Terminal:
    """A child process on a pty. `raw` has every byte it wrote."""

    def __init__(
        self,
        *command: str,
        columns: int = 80,
        rows: int = 24,
        environment: dict[str, str] | None = None,
        ignore: signal.Signals | None = None,
    ) -> None:
        self.raw = bytearray()
        self.screen: Any = pyte.Screen(columns, rows)
        self._stream: Any = pyte.ByteStream(self.screen)
        self.exit_code: int | None = None
        base = {key: value for key, value in os.environ.items() if key not in _OURS}
        base |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            _set_size(0, columns, rows)
            if ignore is not None:
                signal.signal(ignore, signal.SIG_IGN)
            os.execvpe(command[0], command, base)  # noqa: S606 - a program of ours
        self.before = self.settings()

    @classmethod
    def of_the_app(cls, *options: str, **how: Any) -> "Terminal":
        """The program over a source in memory."""
        return cls(sys.executable, "-m", "tests.support.terminal_app", *options, **how)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.exit_code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.fd >= 0:
            os.close(self.fd)

    # What the child wrote

    def text(self) -> str:
        """The screen as text."""
        # Not `display`: it fails on the half of a wide character whose rest was just overwritten.
        buffer, columns = self.screen.buffer, range(self.screen.columns)
        lines = ("".join(buffer[y][x].data for x in columns) for y in range(self.screen.lines))
        return "\n".join(line.rstrip() for line in lines)

    def read(self, seconds: float = 0.0) -> int:
        """Take what there is, waiting at most so long for the first byte; the number of bytes."""
        taken = 0
        while select.select([self.fd], [], [], 0 if taken else seconds)[0]:
            try:
                data = os.read(self.fd, 65_536)
            except OSError:
                break
            if not data:
                break
            taken += len(data)
            self.raw += data
            self._feed(data)
        return taken

    def _feed(self, data: bytes) -> None:
        self._stream.feed(without_queries(data))

    def until(self, found: str | Callable[["Terminal"], bool], seconds: float = 60.0) -> None:
        """Read until a text is on the screen or a condition holds."""
        test = (lambda one: found in one.text()) if isinstance(found, str) else found
        deadline = _CLOCK.monotonic_s() + seconds
        while not test(self):
            left = deadline - _CLOCK.monotonic_s()
            if left <= 0:
                raise NeverShown(f"{found!r} never came; the screen:\n{self.text()}")
            self.read(min(left, 0.2))

    def quiet(self, seconds: float = 0.3) -> None:
        """Read until nothing has come for so long."""
        while self.read(seconds):
            pass

    # What is done to the child

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.fd, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Another size, as a window manager would give."""
        _set_size(self.fd, columns, rows)
        self.screen.resize(rows, columns)

    def kill(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def close(self) -> None:
        """The terminal goes away, as when a connection drops."""
        os.close(self.fd)
        self.fd = -1

    def settings(self) -> list[Any]:
        """The terminal's modes, without speeds."""
        return termios.tcgetattr(self.fd)[:4]

    def wait(self, seconds: float = 60.0, *, reading: bool = True) -> int:
        """Wait for the child's end; its exit code (negative: the signal that killed it)."""
        deadline = _CLOCK.monotonic_s() + seconds
        while self.exit_code is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.exit_code = os.waitstatus_to_exitcode(status)
            elif _CLOCK.monotonic_s() > deadline:
                raise NeverShown(f"the process goes on; the screen:\n{self.text()}")
            elif self.fd >= 0 and reading:
                self.read(0.02)
            else:
                select.select([], [], [], 0.02)
        if self.fd >= 0:
            self.read(0.0)
        return self.exit_code

    @property
    def restored(self) -> bool:
        """Whether the main screen, the cursor and the modes are back."""
        after = bytes(self.raw)
        left = after.rfind(b"\x1b[?1049l") > after.rfind(b"\x1b[?1049h")
        return left and after.rfind(b"\x1b[?25h") > after.rfind(b"\x1b[?25l")


def without_queries(data: bytes) -> bytes:
    """What a terminal would print of these bytes."""
    for query in _QUERIES:
        data = data.replace(query, b"")
    return data


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
