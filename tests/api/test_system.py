"""The spread monitor's routes in the originals' shapes: markets, coverage, system status."""

import asyncio
from typing import Any

from msgspec.structs import replace

from tests.api.harness import Served, endpoint
from tests.support.boards import NOW_MS
from tests.support.system_boards import a_health, a_process, a_system_board
from tests.support.virtual_time import in_virtual_time
from tui_monitor.boards.markets import market_report
from tui_monitor.boards.system import stored_system_board
from tui_monitor.clock import utc_text
from tui_monitor.errors import StoreError
from tui_monitor.model import Exchange

# The envelope that every success has.
ENVELOPE = {"success", "status", "count", "timestamp", "source", "data"}


def own_keys(answer: dict[str, Any]) -> set[str]:
    """The originals' keys of an answer; the envelope is there and right."""
    assert answer["success"] is True
    assert answer["status"] == "success"
    assert isinstance(answer["timestamp"], int)
    return set(answer) - (ENVELOPE - {"timestamp"})


@in_virtual_time
async def test_markets_are_in_the_originals_shape() -> None:
    """Symbols by completeness with counts; `data` names the exchanges."""
    async with endpoint() as served:
        answer = await served.get("/api/markets")
        assert own_keys(answer) == {"market_report", "current_symbols", "timestamp"}
        assert answer["market_report"] == {
            "total_unique_symbols": 3,
            "high_coverage_symbols": [
                {
                    "symbol": "BTC",
                    "completeness_score": 100.0,
                    "spot_exchanges": 4,
                    "futures_exchanges": 4,
                    "total_exchanges": 4,
                }
            ],
            "medium_coverage_symbols": [
                {
                    "symbol": "ETH",
                    "completeness_score": 50.0,
                    "spot_exchanges": 2,
                    "futures_exchanges": 2,
                    "total_exchanges": 2,
                }
            ],
            "low_coverage_symbols": [
                {
                    "symbol": "NEW",
                    "completeness_score": 12.5,
                    "spot_exchanges": 0,
                    "futures_exchanges": 1,
                    "total_exchanges": 1,
                }
            ],
            "exchange_summary": {
                "binance": {"spot": 2, "futures": 2},
                "okx": {"spot": 2, "futures": 2},
                "bybit": {"spot": 1, "futures": 1},
                "bitget": {"spot": 1, "futures": 2},
            },
        }
        assert answer["current_symbols"] == ["BTC", "ETH", "NEW"]
        assert answer["count"] == 3
        assert answer["data"][1]["perp"] == ["binance", "okx"]


@in_virtual_time
async def test_coverage_is_in_the_originals_shape() -> None:
    """Per exchange with two decimals; what the originals left empty has something to say."""
    async with endpoint() as served:
        answer = await served.get("/api/coverage")
        assert own_keys(answer) == {"coverage_stats", "timestamp"}
        stats = answer["coverage_stats"]
        assert stats["total_symbols"] == 3
        assert stats["exchange_stats"]["bitget"] == {
            "spot_symbols": 1, "futures_symbols": 2, "coverage_percent": 50.0,
        }  # fmt: skip
        assert stats["exchange_stats"]["bybit"]["coverage_percent"] == 33.33
        assert stats["symbol_stats"] == {"BTC": 100.0, "ETH": 50.0, "NEW": 12.5}
        assert stats["quality_metrics"] == {"high": 1, "medium": 1, "low": 1}
        assert answer["data"][0] == {
            "exchange": "binance", "spot": 2, "perp": 2, "coverage_pct": 100 * 4 / 6,
        }  # fmt: skip


@in_virtual_time
async def test_before_any_list_there_is_nothing_and_no_error() -> None:
    """Absent, not 0 %."""
    async with endpoint() as served:
        served.source.report = market_report({})
        markets = await served.get("/api/markets")
        assert markets["market_report"]["total_unique_symbols"] == 0
        coverage = await served.get("/api/coverage")
        assert coverage["coverage_stats"]["exchange_stats"] == {}


async def status_of(served: Served) -> dict[str, Any]:
    answer = await served.get("/api/system/status")
    assert own_keys(answer) == {"system", "connections", "rest", "timestamp"}
    return answer


@in_virtual_time
async def test_the_systems_status_is_in_the_originals_shape() -> None:
    """Numbers as numbers; streams by market; the time of the last REST data as ISO."""
    async with endpoint() as served:
        served.source.system = a_system_board()
        answer = await status_of(served)
        assert answer["system"] == {
            "memory_usage_mb": 93.4,
            "cpu_percent": 7.4,
            "threads_count": 4,
            "connections_count": 19,
            "uptime_s": 24187.0,
        }
        assert answer["data"] == {
            "total_symbols": 3,
            "active_memory_symbols": 4 * (512 + 428),
            "memory_records_per_symbol": 1253.33,
            "max_records_per_exchange": 940,
        }
        assert answer["connections"] == {
            "websocket_status": {
                "binance_futures": "connected",
                "binance_spot": "connected",
                "okx_futures": "connected",
                "okx_spot": "connected",
                "bybit_futures": "disconnected",
                "bybit_spot": "connected",
                "bitget_futures": "connected",
                "bitget_spot": "disconnected",
            },
            "reconnect_attempts": 15,
        }
        rest = answer["rest"]
        assert rest["enabled"] is True
        assert rest["update_interval"] == 5.0
        assert rest["last_sync"]["bybit"] == utc_text(NOW_MS - 1_400)
        assert rest["last_sync"]["okx"] == utc_text(NOW_MS - 2_000)


@in_virtual_time
async def test_what_is_not_known_of_the_system_is_null() -> None:
    """No figure is made up, with exchanges that are off or without any engine."""
    async with endpoint() as served:
        off = a_health(Exchange.OKX, enabled=False)
        starting = a_health(Exchange.BYBIT, channels=[], markets=[], limits=[])
        served.source.system = a_system_board(
            [off, starting], process=a_process(memory_bytes=None, cpu_pct=None, sockets=None)
        )
        answer = await status_of(served)
        assert answer["system"]["memory_usage_mb"] is None
        assert answer["system"]["connections_count"] is None
        assert answer["rest"]["last_sync"] == {"bybit": None}
        assert answer["rest"]["update_interval"] is None
        assert answer["connections"]["websocket_status"] == {}
        await served.clock.sleep(2)
        database = served.source.system.database
        assert database is not None
        served.source.system = stored_system_board(NOW_MS, "Asia/Shanghai", database)
        answer = await status_of(served)
        assert set(answer["system"].values()) == {None}
        assert answer["rest"]["enabled"] is False


@in_virtual_time
async def test_the_system_board_is_given_whole() -> None:
    """Every connection, list and limit; without a path of this machine."""
    async with endpoint() as served:
        served.source.system = replace(a_system_board(), failed_workers=["okx: KeyError"])
        answer = await served.get("/api/boards/system")
        board = answer["data"]
        assert answer["count"] == len(board["connections"]) == 16
        assert board["connections"][3]["state"] == "banned"
        assert len(board["lists"]) == 8
        assert board["limits"][0]["used_pct"] > 90
        assert board["failed_workers"] == ["okx: KeyError"]
        assert "path" not in board["database"]


@in_virtual_time
async def test_whoever_asks_only_once_waits_for_the_rates() -> None:
    """Messages are counted twice, two seconds apart; a board with rates is told at once."""
    async with endpoint() as served:
        known = a_system_board()
        unknown = [replace(line, messages_per_s=None) for line in known.connections]
        served.source.system = replace(known, connections=unknown)
        begin_s = served.clock.monotonic_s()
        async with asyncio.TaskGroup() as tasks:
            asked = tasks.create_task(served.get("/api/boards/system"))
            await served.clock.until(lambda: served.source.asked == 1, 5)
            served.source.system = known
        assert asked.result()["data"]["connections"][0]["messages_per_s"] is not None
        assert 2 <= served.clock.monotonic_s() - begin_s < 2.5
        await served.clock.sleep(2)
        begin_s = served.clock.monotonic_s()
        await served.get("/api/boards/system")
        assert served.clock.monotonic_s() - begin_s < 0.5


@in_virtual_time
async def test_a_board_that_cannot_be_read_is_an_error_with_its_status() -> None:
    """In the one shape of every error."""
    async with endpoint() as served:
        served.source.failure = StoreError("locked by another program")
        for path in ("/api/boards/system", "/api/system/status", "/api/markets", "/api/coverage"):
            status, error = await served.refused(path)
            assert status == 503
            assert "locked" in error["error"]
