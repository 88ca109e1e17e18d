"""The database: what is in it, and a round of maintenance."""

from collections.abc import Sequence

from tui_monitor.api.answers import Answer
from tui_monitor.api.endpoints import Endpoint, Nothing, World
from tui_monitor.api.own_keys import DatabaseKeys, HeldRange, MessageKeys
from tui_monitor.boards.database import RECENT_MS, DatabaseStats, Layer, Maintenance, SeriesFigures
from tui_monitor.errors import StoreFull

_MB = 1_000_000
# It counts rows: with years of them that takes a while.
_STATS_S = 5.0
_MAKES_ROOM = "stop the engine, then `tui-monitor db clean`"
DONE = "数据库维护任务已完成"


async def stats(world: World, _asked: Nothing) -> Answer:
    """`stats` has the originals' keys, `data` every kind of rows."""
    found = await world.shared.once("database", _STATS_S, world.source.database_stats)
    own: DatabaseKeys = {
        "stats": {
            "database_size_mb": round(found.size_bytes / _MB, 3),
            "wal_size_mb": round(found.wal_bytes / _MB, 3),
            "raw_records": _rows(found.series, "raw"),
            "aggregated_records": _rows(found.series, "aggregated"),
            "raw_data_range": _range(world, found.series, "raw"),
            "aggregated_data_range": _range(world, found.series, "aggregated"),
            "recent_data_hours": RECENT_MS / 3_600_000,
            "recent_data_by_symbol_exchange": [
                {"symbol": one.coin, "exchange": one.exchange, "count": one.rows}
                for one in found.recent
            ],
        }
    }
    return Answer(data=found, count=len(found.series), own=own)


def _rows(series: Sequence[SeriesFigures], layer: Layer) -> int:
    return sum(one.rows for one in series if one.layer == layer)


def _range(world: World, series: Sequence[SeriesFigures], layer: Layer) -> HeldRange:
    chosen = [one for one in series if one.layer == layer]
    oldest = [one.oldest_ms for one in chosen if one.oldest_ms is not None]
    newest = [one.newest_ms for one in chosen if one.newest_ms is not None]
    return {
        "earliest": world.zone.format(min(oldest)) if oldest else None,
        "latest": world.zone.format(max(newest)) if newest else None,
    }


async def maintenance(world: World, _asked: Nothing) -> Answer:
    """Remove what is too old now; answers once that is done."""
    try:
        done: Maintenance = await world.source.maintain()
    except StoreFull as full:
        # Removing takes room too, which `db clean` can do without.
        raise StoreFull(full.message, _MAKES_ROOM) from full
    world.shared.forget()
    own: MessageKeys = {"message": DONE}
    return Answer(data=done, count=sum(done.removed.values()) + done.removed_by_cap, own=own)


ENDPOINTS = (
    Endpoint(
        path="/api/database/stats",
        summary="Size of the database, rows by kind and how far they reach.",
        reply=stats,
        gives=DatabaseStats,
        own=DatabaseKeys,
    ),
    Endpoint(
        method="POST",
        path="/api/database/maintenance",
        summary="Remove now what is too old, and say what went; 409 while one runs.",
        reply=maintenance,
        gives=Maintenance,
        own=MessageKeys,
    ),
)
