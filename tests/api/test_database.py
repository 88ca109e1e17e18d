"""The database over the routes: the originals' keys, and a round of maintenance."""

import httpx

from tests.api.harness import endpoint, error_of
from tests.support.virtual_time import in_virtual_time
from tui_monitor.errors import AlreadyRuns, StoreError, StoreFull

STATS = "/api/database/stats"
MAINTENANCE = "/api/database/maintenance"


@in_virtual_time
async def test_the_originals_keys_are_there() -> None:
    """Sizes in MB, rows by layer, ranges in the board's zone; nothing of where the file is."""
    async with endpoint() as served:
        found = await served.get(STATS)
        assert found["status"] == "success"
        assert found["stats"] == {
            "database_size_mb": 2.5,
            "wal_size_mb": 0.04,
            "raw_records": 81,
            "aggregated_records": 19,
            "raw_data_range": {
                "earliest": "2026-11-13 00:00:00",
                "latest": "2026-11-13 00:30:00",
            },
            "aggregated_data_range": {
                "earliest": "2026-11-13 00:15:00",
                "latest": "2026-11-13 00:30:00",
            },
            "recent_data_hours": 1.0,
            "recent_data_by_symbol_exchange": [{"symbol": "BTC", "exchange": "okx", "count": 60}],
        }
        assert found["count"] == len(found["data"]["series"]) == 4
        assert "/home" not in str(found)


@in_virtual_time
async def test_maintenance_says_what_went_and_counts_anew() -> None:
    """By kind, in rows and bytes, with the originals' message."""
    async with endpoint() as served:
        await served.get(STATS)
        asked = served.source.asked
        answer = (await served.http.post(MAINTENANCE, json={})).json()
        assert answer["status"] == "success"
        assert answer["message"] == "数据库维护任务已完成"
        assert answer["count"] == 8
        assert answer["data"]["removed"] == {"candles": 7, "liquidations": 0}
        await served.get(STATS)
        assert served.source.asked == asked + 2


@in_virtual_time
async def test_what_prevents_it_is_told_by_its_status() -> None:
    """One at a time; a database that can't be written is no success."""
    async with endpoint() as served:
        for failure, status in (
            (AlreadyRuns("the database is maintained already"), 409),
            (StoreError("the disk is full"), 503),
        ):
            served.source.failure = failure
            refused: httpx.Response = await served.http.post(MAINTENANCE, json={})
            assert refused.status_code == status
            assert error_of(refused)["error"] == failure.message
        served.source.failure = StoreFull("no room to record", "free some disk space")
        full = error_of(await served.http.post(MAINTENANCE, json={}))
        assert full["hint"] == "stop the engine, then `tui-monitor db clean`"
        assert (await served.http.get(MAINTENANCE)).status_code == 405
