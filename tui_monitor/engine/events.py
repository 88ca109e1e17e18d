"""The event log: what happened, each thing once with a count."""

import logging
from collections import OrderedDict

import msgspec

from tui_monitor.boards.status import EventLine
from tui_monitor.clock import Clock
from tui_monitor.printable import printable

LINES = 500
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
# The same thing within this time counts up; later it is a new line.
SAME_FOR_MS = 10 * 60_000


class EventLog:
    """A bounded list of printable lines; a repeated one moves to the end and counts up.

    Each goes to the log too: what the screen forgets, the file keeps.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: OrderedDict[tuple[str, str, str], EventLine] = OrderedDict()
        self._next_id = 1

    @property
    def total(self) -> int:
        """Events since the start; grows with every one, new or repeated."""
        return self._next_id - 1

    def add(self, level: str, area: str, text: str) -> None:
        """Note one event. `level`: info, warning or error."""
        clean = printable(text, 200)
        logging.getLogger(f"tui_monitor.{area}").log(_LEVELS[level], clean)
        key = (level, area, clean)
        now = self._clock.now_ms()
        old = self._lines.pop(key, None)
        line = EventLine(
            id=self._next_id,
            first_ms=now,
            last_ms=now,
            level=level,
            area=printable(area),
            text=clean,
            count=1,
        )
        if old is not None and now - old.last_ms < SAME_FOR_MS:
            line = msgspec.structs.replace(line, first_ms=old.first_ms, count=old.count + 1)
        self._next_id += 1
        self._lines[key] = line
        while len(self._lines) > LINES:
            self._lines.popitem(last=False)

    def after(self, last_id: int) -> list[EventLine]:
        """Lines newer than an id, oldest first."""
        return [line for line in self._lines.values() if line.id > last_id]
