"""Back at a board: what it showed before is old, and must not pass for now.

Its new data comes within the time for which a frame waits anyway, as a rule. Where it does not,
the old picture is shown in grey, and a line above says of when it is.
"""

from tui_monitor.boards.status import EngineStatus
from tui_monitor.screens.looks.format import age
from tui_monitor.words import t

# What is younger looks as it would without having been away.
FRESH_MS = 3_000


class Revisit:
    """When each board was painted, and whether the one that is shown waits for its data."""

    def __init__(self) -> None:
        self._painted_ms: dict[str, int] = {}
        self._waiting = ""

    def begin(self, board: str) -> None:
        """It is on its way."""
        self._waiting = board if board in self._painted_ms else ""

    def painted(self, board: str, status: EngineStatus | None) -> None:
        """Its data is there."""
        if status is not None:
            self._painted_ms[board] = status.now_ms
        self._waiting = ""

    def late(self, now_ms: int) -> str:
        """The frame waits no longer. What is to be said of an old picture; once, else nothing."""
        board, self._waiting = self._waiting, ""
        age_ms = now_ms - self._painted_ms[board] if board else 0
        if age_ms <= FRESH_MS:
            return ""
        return t("what is shown is {age} old: newer data is on its way", age=age(age_ms))
