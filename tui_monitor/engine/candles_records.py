"""Closed bars on their way into the store."""

import logging
from collections import deque
from collections.abc import Iterable

from tui_monitor.clock import Clock
from tui_monitor.errors import StoreError
from tui_monitor.model import CandleRow
from tui_monitor.store import Store

log = logging.getLogger(__name__)

EVERY_S = 1.0
RETRY_S = 15.0
BATCH_ROWS = 500
# A quarter of an hour of all four exchanges' one-minute bars, while the disk is full.
BACKLOG_ROWS = 50_000


class CandleRecords:
    """Writes what it is given, a batch at a time; while the store can't, the oldest goes first."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: deque[CandleRow] = deque()
        self._writing = False

    @property
    def is_empty(self) -> bool:
        """Whether all that was added is on disk."""
        return not self._waiting and not self._writing

    @property
    def backlog_rows(self) -> int:
        """Rows that wait for the disk."""
        return len(self._waiting)

    def add(self, rows: Iterable[CandleRow]) -> None:
        """Take rows; they are on disk a second later."""
        self._waiting.extend(rows)
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        lost = max(0, len(self._waiting) - BACKLOG_ROWS)
        for _ in range(lost):
            self._waiting.popleft()
        self._store.give_up(lost)

    async def run(self) -> None:
        """For ever."""
        while True:
            if not self._waiting:
                await self._clock.sleep(EVERY_S)
            elif not await self._written():
                await self._clock.sleep(RETRY_S)

    async def _written(self) -> bool:
        self._writing = True
        try:
            return await self._write()
        finally:
            self._writing = False

    async def _write(self) -> bool:
        rows = [self._waiting.popleft() for _ in range(min(BATCH_ROWS, len(self._waiting)))]
        try:
            await self._store.record_candles(rows)
        except StoreError as error:
            # The recorder shows the reason: both write to the same file.
            log.warning("bars are not recorded: %s", error.line())
            self._waiting.extendleft(reversed(rows))
            self._forget_oldest()
            return False
        return True
