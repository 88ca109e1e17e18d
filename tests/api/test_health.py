"""Healthy, or degraded and every reason why."""

import pytest
from msgspec.structs import replace

from tests.api.harness import endpoint
from tests.support.boards import a_status
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api.health import degraded
from tui_monitor.errors import StoreError
from tui_monitor.model import FeedState

HEALTH = "/api/health"


@in_virtual_time
async def test_all_well_is_healthy_with_the_originals_keys() -> None:
    """`status`, `update`, `timestamp`, `server_time` and `database` as the originals have them."""
    async with endpoint() as served:
        answer = await served.get(HEALTH)
        assert answer["success"] is True
        assert answer["status"] == "healthy"
        assert answer["update"] == "2026-11-20 08:00:00"
        assert answer["server_time"] == "2026-11-20T00:00:00.000Z"
        assert answer["timestamp"] == served.clock.now_ms()
        assert answer["database"] == {
            "file_size_mb": 2.5,
            "wal_size_mb": 0.04,
            "max_age_hours": 24.0,
            "symbol_count": 160,
            "kline_count": 0,
            "anomaly_count_24h": 17,
            "auto_cleanup": True,
            "cleanup_interval_hours": 1.0,
            "records": {
                "slot_price": 81,
                "hole": 0,
                "klines": 0,
                "anomalies": 0,
                "ai_coins": 3,
                "oi_rankings": 0,
            },
            "oldest_data": {
                "slot_price": "2026-11-13 00:00:00",
                "hole": None,
                "kline_time": None,
                "anomaly_time": None,
            },
            "kind": "simulator",
            "schema_version": 1,
            "sqlite_version": "3.45.1",
        }
        assert answer["data"]["reasons"] == []
        assert answer["data"]["kind"] == "simulator"
        assert answer["data"]["coverage"]["nodes_due_today"] == 16


def test_a_pause_of_recording_says_since_when() -> None:
    """With its reason."""
    paused = replace(
        a_status(),
        recording=False,
        recording_reason="no room",
        recording_paused_ms=1_795_132_800_000,
    )
    assert "nothing is recorded since 2026-11-20T00:00:00.000Z: no room" in degraded(paused)


@in_virtual_time
async def test_no_path_of_this_machine_is_told() -> None:
    """Where the database lies is nobody's business."""
    async with endpoint() as served:
        assert "/home/" not in (await served.http.get(HEALTH)).text


@pytest.mark.parametrize(
    "state", [state for state in FeedState if state not in (FeedState.LIVE, FeedState.OFF)]
)
@in_virtual_time
async def test_any_light_but_live_is_a_reason(state: FeedState) -> None:
    """Bridged by REST too: the numbers are older than they should be."""
    async with endpoint() as served:
        served.source.light_state = state
        served.source.light_reason = "because"
        answer = await served.get(HEALTH)
        assert answer["status"] == "degraded"
        assert answer["data"]["reasons"] == [f"okx is {state}: because"]


@in_virtual_time
async def test_every_other_reason_is_told() -> None:
    """Recording, missing nodes, workers: each in its own words, all at once."""
    async with endpoint() as served:
        served.source.recording = False
        served.source.lost_nodes = 2
        served.source.failed_workers = ["sum: ValueError: x"]
        answer = await served.get(HEALTH)
        assert answer["status"] == "degraded"
        assert answer["data"]["reasons"] == [
            "nothing is recorded: the disk is full",
            "2 of today's 16 due nodes are missing",
            "a worker has failed: sum: ValueError: x",
        ]


@in_virtual_time
async def test_a_database_that_can_not_be_read_is_a_reason_not_an_error() -> None:
    """Health must answer when things are bad."""
    async with endpoint() as served:
        served.source.failure = StoreError("the database is locked", "wait")
        answer = await served.get(HEALTH)
        assert answer["status"] == "degraded"
        assert answer["database"] is None
        assert "the database is locked" in answer["data"]["reasons"][0]
