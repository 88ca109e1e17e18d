"""Spreads by the minute are kept for seven days, by their own time."""

import logging

from tui_monitor.clock import DAY_MS, Clock
from tui_monitor.errors import StoreError
from tui_monitor.store import Store

log = logging.getLogger(__name__)

KEPT_DAYS = 7
EVERY_S = 600.0
# Between two removals others write; one takes some milliseconds.
PAUSE_S = 0.05
# What is removed day by day makes room for what comes. After more than an hour of 1,000 coins
# the room is given back to the file system.
MANY_ROWS = 60_000


class SpreadKeeper:
    """Removes minutes that are too old, a few at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> None:
        """For ever; while the store can't write it is tried again later."""
        while True:
            try:
                await self.prune()
            except StoreError as error:
                # The recorder shows the reason: both write to the same file.
                log.warning("old minutes of spreads stay for now: %s", error.line())
            await self._clock.sleep(EVERY_S)

    async def prune(self) -> int:
        """Remove all that is older than seven days; gives how many rows went."""
        before_ms = self._clock.now_ms() - KEPT_DAYS * DAY_MS
        removed = 0
        while rows := await self._store.prune_spreads(before_ms):
            removed += rows
            await self._clock.sleep(PAUSE_S)
        while removed >= MANY_ROWS and await self._store.vacuum_step():
            await self._clock.sleep(PAUSE_S)
        return removed
