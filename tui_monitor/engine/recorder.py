"""The way into the store: prices wait while it can't write, and whoever's failure is shown."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence

from tui_monitor.clock import Clock
from tui_monitor.errors import StoreError
from tui_monitor.model import Hole, SlotPrice
from tui_monitor.store import Store, WriteFault

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
        store.on_write_fault(self._tell)
        if store.write_fault is not None:
            self._tell(store.write_fault)
        # Grows with every change of what is stored, so that boards know when to read again.
        self.revision = 0

    @property
    def recording(self) -> bool:
        """Whether writes reach the disk, whoever's they are."""
        return self._store.write_fault is None

    @property
    def reason(self) -> str:
        """Why they don't; empty while they do."""
        fault = self._store.write_fault
        return "" if fault is None else fault.reason

    @property
    def paused_ms(self) -> int | None:
        """Since when they don't."""
        fault = self._store.write_fault
        return None if fault is None else fault.since_ms

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
            self._store.give_up(len(self._backlog.popleft()[0]))
        return await self._flush()

    async def _flush(self) -> bool:
        # In the order of arrival: a later price of the same slot must win.
        async with self._flushing:
            while self._backlog:
                rows, holes = self._backlog[0]
                try:
                    await self._store.record_prices(rows, holes)
                except StoreError:
                    return False  # the store tells the reason
                self._backlog.popleft()
                self.revision += 1
        return True

    def _tell(self, fault: WriteFault | None) -> None:
        if fault is not None:
            self._on_event("error", "store", f"recording paused: {fault.reason}")
        else:
            self._on_event("info", "store", "recording again")

    async def run(self) -> None:
        """Try again, for ever, whatever was kept back; and whether others could write again."""
        while True:
            await self._clock.sleep(RETRY_S)
            if self._backlog:
                await self._flush()
            elif not self.recording:
                with contextlib.suppress(StoreError):  # the store tells the reason
                    await self._store.try_write()
