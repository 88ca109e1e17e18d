"""Logging: rotating files, per-cause limits, nothing unprintable, nothing secret."""

import logging
import logging.handlers
import re
import time
from pathlib import Path

from tui_monitor.printable import printable

LOG_BYTES = 5_000_000
LOG_FILES = 5
REPEAT_S = 60.0
_LINE_LIMIT = 400
_BEARER = re.compile(r"(?i)(bearer\s+|token[=:]\s*)\S+")


class _Limit(logging.Filter):
    """The first line of each cause, then one a minute that counts those left out."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, int, object], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        cause = (record.pathname, record.lineno, record.msg)
        shown_s, left_out = self._seen.get(cause, (-REPEAT_S, 0))
        now = time.monotonic()
        if now - shown_s < REPEAT_S:
            self._seen[cause] = (shown_s, left_out + 1)
            return False
        if len(self._seen) > 1_000:
            self._seen.clear()
        self._seen[cause] = (now, 0)
        if left_out:
            record.msg = f"{record.msg} (and {left_out} more like it)"
        return True


class _Line(logging.Formatter):
    """UTC time, level, area, one printable line; a traceback only where one is logged."""

    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = printable(_BEARER.sub(r"\1***", record.message), _LINE_LIMIT)
        return super().formatMessage(record)


def setup(level: str, file: Path | None, *, stderr: bool) -> None:
    """Send the package's log to a rotating file, to stderr, or to both."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level.upper())
    handlers: list[logging.Handler] = []
    if file is not None:
        handlers.append(
            logging.handlers.RotatingFileHandler(
                file, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8"
            )
        )
    if stderr:
        handlers.append(logging.StreamHandler())
    formatter = _Line("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    for handler in handlers:
        handler.setFormatter(formatter)
        handler.addFilter(_Limit())
        root.addHandler(handler)
    # Their INFO lines repeat whole URLs and frames.
    for name in ("httpx", "httpcore", "websockets", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
