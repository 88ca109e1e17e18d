"""Maintenance of the database on demand."""

import asyncio

from tui_monitor.boards.database import Maintenance
from tui_monitor.engine import Engine
from tui_monitor.errors import AlreadyRuns


class Maintainer:
    """Removes now what the engine would remove at its next look."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._at_work = asyncio.Lock()

    async def maintain(self) -> Maintenance:
        """One round; AlreadyRuns while another one is asked for. Cancelled, the rest stays."""
        if self._at_work.locked():
            raise AlreadyRuns("the database is maintained already", "ask again when it has ended")
        clock, retention = self._engine.clock, self._engine.retention
        async with self._at_work:
            begun_s, before = clock.monotonic_s(), self._bytes()
            removed = await retention.prune()
            by_cap = await retention.shrink()
            return Maintenance(
                took_s=clock.monotonic_s() - begun_s,
                removed=dict(removed),
                removed_by_cap=by_cap,
                bytes_before=before,
                bytes_after=self._bytes(),
            )

    def _bytes(self) -> int:
        store = self._engine.store
        return store.file_bytes + store.wal_bytes
