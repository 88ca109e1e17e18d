"""Logging: rotating files, per-cause limits, nothing unprintable, nothing secret."""

import contextlib
import logging
import logging.handlers
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from tui_monitor.clock import SystemClock
from tui_monitor.errors import MAKE_ROOM, FolderUnusable, has_no_room
from tui_monitor.printable import printable

LOG_BYTES = 5_000_000
LOG_FILES = 5
REPEAT_S = 60.0
# Given as `extra`: a line that comes at a pace of its own and is never left out.
PACED = {"is_paced": True}
_CAUSES = 1_000
_LINE_LIMIT = 400
_SECRETS = (
    (re.compile(r"(?i)(bearer\s+|token[=:]\s*)\S+"), r"\1***"),
    (re.compile(r"(://)[^/@\s]+@"), r"\1***@"),
)
# What serves our requests has a name that says "error" in lines of any level.
_NAMED_HERE = {"uvicorn.error": "tui_monitor.api.serving"}
# The least that is logged of libraries, whatever is asked of us: the INFO lines of some repeat
# whole URLs and frames, the DEBUG lines of others every statement.
_LEAST = {
    **dict.fromkeys(("httpx", "httpcore", "websockets", "uvicorn.access"), logging.WARNING),
    **dict.fromkeys(("aiosqlite", "asyncio", "uvicorn", "uvicorn.error"), logging.INFO),
}
_NUMBERS = re.compile(r"\d+")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_Cause = tuple[str, int, str]


class _Repeated(NamedTuple):
    """A cause since its last line: when that was, what was left out, and the newest of it.

    `written_s` is the time of day that the line bears.
    """

    shown_s: float
    written_s: float
    left_out: int = 0
    newest: logging.LogRecord | None = None


class Limited(logging.Handler):
    """Hands on the first line of each cause; within a minute others like it are counted only.

    What was counted is told before the next line of any cause after that minute, and at the end,
    with the time of then: lines stand in the order of their times.
    Two lines have one cause if the same place of the program says the same but for numbers. What
    is below INFO is never left out: whoever turns it on wants all of it.
    """

    def __init__(
        self, outputs: Sequence[logging.Handler], now_s: Callable[[], float] | None = None
    ) -> None:
        super().__init__()
        self._outputs = outputs
        self._now_s = now_s or SystemClock().monotonic_s
        self._causes: dict[_Cause, _Repeated] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Hand on, or count."""
        now_s = self._now_s()
        self._tell_of(self._over(now_s), record.created)
        if record.levelno < logging.INFO or getattr(record, "is_paced", False):
            self._hand_on(record)
            return
        cause = (record.pathname, record.lineno, _NUMBERS.sub("#", record.getMessage()))
        seen = self._causes.get(cause)
        if seen is not None:
            left_out = seen.left_out + 1
            self._causes[cause] = seen._replace(left_out=left_out, newest=record)
            return
        if len(self._causes) >= _CAUSES:
            self._tell_of(list(self._causes), record.created)
        self._causes[cause] = _Repeated(now_s, record.created)
        self._hand_on(record)

    def tell_left_out(self) -> None:
        """What was left out so far, now."""
        self._tell_of(list(self._causes), SystemClock().now_ms() / 1000)

    def close(self) -> None:
        """Tell what was left out, and close the outputs."""
        self.tell_left_out()
        for output in self._outputs:
            output.close()
        super().close()

    def flush(self) -> None:
        """Of the outputs."""
        for output in self._outputs:
            output.flush()

    def _over(self, now_s: float) -> list[_Cause]:
        return [cause for cause, seen in self._causes.items() if now_s - seen.shown_s >= REPEAT_S]

    def _tell_of(self, causes: Sequence[_Cause], at_s: float) -> None:
        """Forget causes; what was left out of them is said, now, with the newest of their lines."""
        for cause in causes:
            seen = self._causes.pop(cause)
            if seen.newest is None:
                continue
            told = logging.makeLogRecord(seen.newest.__dict__)
            told.msg, told.args = f"{seen.newest.getMessage()} ({_when(seen)})", None
            told.created, told.msecs = at_s, float(int(at_s % 1 * 1000))
            self._hand_on(told)

    def _hand_on(self, record: logging.LogRecord) -> None:
        for output in self._outputs:
            output.handle(record)


def _when(seen: _Repeated) -> str:
    """Of what is told late: when it was."""
    if seen.left_out == 1 and seen.newest is not None:
        return f"at {_time_of_day(seen.newest.created)}"
    return f"and {seen.left_out - 1} more like it since {_time_of_day(seen.written_s)}"


def _time_of_day(at_s: float) -> str:
    return time.strftime("%H:%M:%SZ", time.gmtime(at_s))


class _File(logging.handlers.RotatingFileHandler):
    """Says once, in one line, that it can't write: the disk may be full for hours."""

    _failed = _fails = False

    def emit(self, record: logging.LogRecord) -> None:
        self._failed, self._fails = self._fails, False
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self._fails = True
        if not self._failed and sys.stderr is not None:
            why = error.strerror or str(error)
            sys.stderr.write(f"tui-monitor: the log can't be written: {self.baseFilename}: {why}\n")

    def close(self) -> None:
        """What is still to be written and can't be is given up: it was said before."""
        with contextlib.suppress(OSError):
            super().close()


class _Line(logging.Formatter):
    """UTC time, level, area, one printable line; a traceback only where one is logged."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = printable(_masked(record.message), _LINE_LIMIT)
        record.name = _NAMED_HERE.get(record.name, record.name)
        return super().formatMessage(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - logging's name
        lines = super().formatException(ei).splitlines()
        return "\n".join(printable(_masked(line), _LINE_LIMIT) for line in lines)


def _masked(text: str) -> str:
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def setup(level: str, file: Path | None, *, stderr: bool) -> None:
    """Send the package's log to a rotating file, to stderr, or to both."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    outputs: list[logging.Handler] = []
    if file is not None:
        outputs.append(rotating(file))
    if stderr:
        outputs.append(logging.StreamHandler())
    formatter = _Line("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    for output in outputs:
        output.setFormatter(formatter)
    root.addHandler(Limited(outputs))
    set_level(level)


def tell_left_out() -> None:
    """Before a last line: nothing of before comes after it."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Limited):
            handler.tell_left_out()


def rotating(file: Path) -> logging.handlers.RotatingFileHandler:
    """`file` and the older ones beside it, `file.1` the newest of them."""
    try:
        return _File(file, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8")
    except OSError as error:
        hint = MAKE_ROOM if has_no_room(error) else "give another folder with --data-dir"
        text = f"the log {file} can't be opened: {error.strerror or error}"
        raise FolderUnusable(text, hint) from error


def set_level(level: str) -> None:
    """What is less than this is not logged, from now on: debug, info, warning or error.

    `debug` is ours alone: libraries stay at what is said of them above.
    """
    chosen = logging.getLevelNamesMapping()[level.upper()]
    logging.getLogger().setLevel(chosen)
    for name, least in _LEAST.items():
        logging.getLogger(name).setLevel(max(chosen, least))
