"""A real terminal for tests: a child in a pty, its bytes kept and shown on a pyte screen.

It is one that shows frames as a whole, if it is asked whether it does: then no text is looked at
while half of it is there, and none is missed because its frame came together with the next one.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

from tui_monitor.clock import SystemClock

_CLOCK = SystemClock()
# Asked, whether frames are shown as a whole: they are. And what stands around each of them then.
_ASKED, _THEY_ARE = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_BEGIN, _END = b"\x1b[?2026h", b"\x1b[?2026l"
# Queries that a terminal answers; nobody answers the others here, and pyte prints some of them.
_QUERIES = (_ASKED, b"\x1b[?2048$p", b"\x1b[<u", b"\x1b[>25u")
# How often it is looked whether a child rests, and how long in all.
_LOOK_S, _LOOKS = 0.02, 3_000
# As terminals with the newer protocol of keys send Esc: nothing that follows makes it another key.
ESCAPE = "\x1b[27u"

# Variables of the terminal that the tests are started from.
_OURS = ("TMUX", "NO_COLOR", "COLUMNS", "LINES")


class NeverShown(AssertionError):
    """What a test waited for did not come."""


class Terminal:
    """A child process on a pty. `raw` has every byte it wrote.

    `in_frames`: whether it says so when it is asked; else it is sent no marks.
    """

    def __init__(
        self,
        *command: str,
        columns: int = 80,
        rows: int = 24,
        environment: dict[str, str] | None = None,
        ignore: signal.Signals | None = None,
        in_frames: bool = True,
    ) -> None:
        self.raw = bytearray()
        self._in_frames = in_frames
        self._answered = 0
        self._coming = bytearray()
        self.screen: Any = pyte.Screen(columns, rows)
        self._stream: Any = pyte.ByteStream(self.screen)
        self.exit_code: int | None = None
        base = {key: value for key, value in os.environ.items() if key not in _OURS}
        base |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
        # The modes before are those that no child has changed: it waits for this.
        go, let_go = os.pipe()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.read(go, 1)
            _set_size(0, columns, rows)
            if ignore is not None:
                signal.signal(ignore, signal.SIG_IGN)
            os.execvpe(command[0], command, base)  # noqa: S606 - a program of ours
        self.before = self.settings()
        os.write(let_go, b"!")
        os.close(go)
        os.close(let_go)

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
        """Take and show what there is, waiting at most so long for the first byte; its bytes."""
        taken = 0
        while more := self._take(0 if taken else seconds):
            taken += more
        while self._show_next():
            pass
        return taken

    def _take(self, seconds: float) -> int:
        """Take something, if there is anything within this time."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return 0
        try:
            data = os.read(self.fd, 65_536)
        except OSError:
            return 0
        self.raw += data
        self._feed(data)
        return len(data)

    def _feed(self, data: bytes) -> None:
        self._coming += data
        asked = self.raw.find(_ASKED, self._answered)
        if self._in_frames and asked >= 0:
            self._answered = asked + len(_ASKED)
            os.write(self.fd, _THEY_ARE)

    def _show_next(self) -> bool:
        """Show the next frame, or what comes before it; False if there is none yet."""
        is_frame = self._coming.startswith(_BEGIN)
        found = self._coming.find(_END if is_frame else _BEGIN)
        if is_frame:
            end = found + len(_END) if found >= 0 else 0
        else:
            end = found if found >= 0 else len(self._coming) - _begun(self._coming)
        shown = bytes(self._coming[:end])
        del self._coming[:end]
        self._stream.feed(without_queries(shown))
        return bool(shown)

    def until(self, found: str | Callable[["Terminal"], bool], seconds: float = 60.0) -> None:
        """Read until a text is on the screen or a condition holds, if only for one frame."""
        test = (lambda one: found in one.text()) if isinstance(found, str) else found
        deadline = _CLOCK.monotonic_s() + seconds
        while not test(self):
            if self._show_next():
                continue
            left = deadline - _CLOCK.monotonic_s()
            if left <= 0:
                raise NeverShown(f"{found!r} never came; the screen:\n{self.text()}")
            self._take(min(left, 0.2))

    def quiet(self, seconds: float = 0.3) -> None:
        """Read until nothing has come for so long in which the child had nothing to do.

        One that only waits for a processor on a busy machine has not come to rest.
        """
        looks = 0
        for _ in range(_LOOKS):
            is_at_rest = not self.read(_LOOK_S) and not self._works()
            looks = looks + 1 if is_at_rest else 0
            if looks * _LOOK_S >= seconds:
                return
        raise NeverShown(f"it never comes to rest; the screen:\n{self.text()}")

    def _works(self) -> bool:
        """Whether a thread of the child runs, or would if it were let."""
        states = Path(f"/proc/{self.pid}/task").glob("*/stat")
        return any(_state(one) in ("R", "D") for one in states)

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


def _begun(data: bytearray) -> int:
    """How many of the last bytes may be the begin of a frame's mark."""
    return next((n for n in range(len(_BEGIN) - 1, 0, -1) if data.endswith(_BEGIN[:n])), 0)


def _state(stat: Path) -> str:
    """What a thread does, by the letter that /proc has for it."""
    try:
        return stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
