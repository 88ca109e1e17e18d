"""Toasts of settings that were read again: what is another now, and what waits for a start.

They come out of the event log, so that they are the same whoever runs the engine.
"""

from collections.abc import Callable, Iterable
from typing import Literal

from tui_monitor.boards.status import EngineStatus, EventLine
from tui_monitor.source import Source
from tui_monitor.words import joined, t, told

Severity = Literal["information", "warning", "error"]

AREA = "settings"
# More are in the event log.
MOST_NAMED = 5
SHOWN_S = 10.0
_SEVERITIES: dict[str, Severity] = {
    "error": "error",
    "warning": "warning",
    "info": "information",
}


class SettingsNews:
    """Knows which lines of the event log it has told of; `say` shows a toast."""

    def __init__(self, say: Callable[[str, Severity], None]) -> None:
        self._say = say
        self._seen: int | None = None

    def look(self, status: EngineStatus, source: Source) -> None:
        """Tell of what is new since the last look; of nothing that was there at the first one."""
        total = status.events_total
        if status.mode == "starting":
            return
        if self._seen is None or total < self._seen:
            # Another engine counts from its own beginning.
            self._seen = total
            return
        # What a viewer of a daemon elsewhere notes for itself has numbers far beyond.
        lines = [line for line in source.events(self._seen) if line.id <= total]
        self._seen = max([self._seen, *(line.id for line in lines)])
        news = [line for line in lines if line.area == AREA]
        for level, severity in _SEVERITIES.items():
            of_level = [line for line in news if line.level == level]
            if of_level:
                self._say(_named(of_level), severity)


def _named(lines: Iterable[EventLine]) -> str:
    texts = [told(line.text) for line in lines]
    more = len(texts) - MOST_NAMED
    if more > 0:
        texts[MOST_NAMED:] = [t("{n} more in the event log (!)", n=more)]
    return joined(texts)
