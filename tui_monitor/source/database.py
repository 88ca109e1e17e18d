"""What the database holds."""

from tui_monitor.boards.database import (
    RECENT_MS,
    DatabaseStats,
    RecentRows,
    SeriesFigures,
    layer_of,
)
from tui_monitor.clock import Clock
from tui_monitor.store import Reader


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
