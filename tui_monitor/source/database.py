"""What the database holds, and its maintenance on demand."""

import asyncio

from tui_monitor.boards.database import (
    DatabaseStats,
    Maintenance,
    RecentRows,
    SeriesFigures,
    layer_of,
)
from tui_monitor.clock import MINUTE_MS, Clock
from tui_monitor.engine import Engine
from tui_monitor.errors import AlreadyRuns
from tui_monitor.store import Reader

RECENT_MS = 60 * MINUTE_MS


async def database_stats(store: Reader, clock: Clock) -> DatabaseStats:
    """Counted now: with years of rows that takes some tenths of a second."""
    info = await store.info()
    newest_ms = await store.newest_times()
    recent = await store.recent_prices(clock.now_ms() - RECENT_MS)
    return DatabaseStats(
        size_bytes=info.size_bytes,
        wal_bytes=info.wal_bytes,
        series=[
            SeriesFigures(
                name=name,
                layer=layer_of(name),
                rows=rows,
                oldest_ms=info.oldest_ms.get(name),
                newest_ms=newest_ms.get(name),
            )
            for name, rows in info.rows.items()
        ],
        recent=[RecentRows(coin=coin, exchange=name, rows=rows) for coin, name, rows in recent],
    )


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
