"""The end of a process whose shutdown does not come to one."""

import contextlib
import logging
import os
import termios
import threading
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

HARD_EXIT_S = 4.0
_STEP_S = 0.05
_RESTORE = b"\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"


class LastResort:
    """Ends the process by force if a shutdown does not end: a stuck terminal blocks for ever."""

    def __init__(self, seconds: float = HARD_EXIT_S) -> None:
        self._seconds = seconds
        self._watch: threading.Thread | None = None
        self._ended = threading.Event()
        self._enabled = False
        self._saved: list[Any] | None = None

    def watch(self) -> None:
        """There is a process to end: remember the terminal's modes."""
        self._enabled = True
        with contextlib.suppress(termios.error, OSError):
            self._saved = termios.tcgetattr(0)

    def arm(self) -> None:
        """Begin the countdown."""
        if not self._enabled or self._watch is not None:
            return
        self._watch = threading.Thread(target=self._count_down, daemon=True)
        self._watch.start()

    def disarm(self) -> None:
        """The shutdown ended by itself."""
        self._ended.set()

    def _count_down(self) -> None:
        if not ended_within(self._seconds, self._ended.wait):
            self._force()

    def _force(self) -> None:
        # In a thread: the log itself may stand on a stream that takes nothing.
        words = ("the shutdown did not end in %s s: ending by force", self._seconds)
        said = threading.Thread(target=log.error, args=words, daemon=True)
        said.start()
        said.join(0.2)
        with contextlib.suppress(OSError):
            os.set_blocking(2, False)
            os.write(2, _RESTORE)
        with contextlib.suppress(OSError, termios.error):
            if self._saved is not None:
                termios.tcsetattr(0, termios.TCSANOW, self._saved)
        os._exit(1)


def ended_within(seconds: float, wait: Callable[[float], bool]) -> bool:
    """Whether `wait` was true within a time, of which a pause of the whole process is no part.

    It goes by in short waits, each of which counts as long as it was meant to be: who was stopped,
    or on a machine that slept or gave the processor to others, has not had its time.
    """
    return any(wait(_STEP_S) for _ in range(round(seconds / _STEP_S)))
