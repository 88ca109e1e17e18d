"""The way into the store: nothing is lost while it can't write, and it shows that it can't."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from tui_monitor.clock import Clock
from tui_monitor.errors import StoreError
from tui_monitor.model import Hole, SlotPrice
from tui_monitor.store import Store

log = logging.getLogger(__name__)

# Rows kept in memory while the store can't take them: a week of slots of 27 coins.
BACKLOG_ROWS = 10_000
RETRY_S = 15.0


class Recorder:
    """Writes slot prices and holes; keeps them back while the disk is full or the file is busy."""

    def __init__(
        self, store: Store, clock: Clock, on_event: Callable[[str, str, str], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._on_event = on_event
        self._flushing = asyncio.Lock()
        self._backlog: deque[tuple[Sequence[SlotPrice], Sequence[Hole]]] = deque()
        self.reason = ""
        self.dropped_rows = 0
        # Grows with every change of what is stored, so that boards know when to read again.
        self.revision = 0

    @property
    def recording(self) -> bool:
        """Whether writes reach the disk."""
        return not self.reason

    @property
    def backlog_rows(self) -> int:
        """Rows that wait for the disk."""
        return sum(len(rows) + len(holes) for rows, holes in self._backlog)

    async def record(self, rows: Sequence[SlotPrice], holes: Sequence[Hole] = ()) -> bool:
        """Commit, or keep for later. True once it is committed."""
        if not rows and not holes:
            return True
        self._backlog.append((rows, holes))
        while sum(len(batch[0]) for batch in self._backlog) > BACKLOG_ROWS:
            self.dropped_rows += len(self._backlog.popleft()[0])
        return await self._flush()

    async def _flush(self) -> bool:
        # In the order of arrival: a later price of the same slot must win.
        async with self._flushing:
            while self._backlog:
                rows, holes = self._backlog[0]
                try:
                    await self._store.record_prices(rows, holes)
                except StoreError as error:
                    self._pause(error)
                    return False
                self._backlog.popleft()
                self.revision += 1
        self._resume()
        return True

    def _pause(self, error: StoreError) -> None:
        if not self.reason:
            log.error("recording paused: %s", error.line())
            self._on_event("error", "store", f"recording paused: {error.line()}")
        self.reason = error.line()

    def _resume(self) -> None:
        if self.reason:
            self._on_event("info", "store", "recording again")
            self.reason = ""

    async def run(self) -> None:
        """Try again, for ever, whatever was kept back."""
        while True:
            await self._clock.sleep(RETRY_S)
            if self._backlog:
                await self._flush()
