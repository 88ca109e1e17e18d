"""The anomaly monitor's routes: the originals' fields, filters, refusals."""

import itertools

import pytest

from tests.api.harness import endpoint
from tests.support.anomaly_boards import QUARTER_MS, SCORES
from tests.support.virtual_time import in_virtual_time

ANOMALY_FIELDS = [
    "symbol",
    "timestamp",
    "datetime",
    "interval_type",
    "current_return_pct",
    "close_price",
    "current_volume",
    "current_volatility",
    "price_zscore",
    "price_percentile",
    "volume_zscore",
    "volatility_zscore",
    "anomaly_score",
    "price_score",
    "volume_score",
    "volatility_score",
    "anomaly_reasons",
    "quote_volume_24h",
    "created_at",
]
TOP_FIELDS = [
    "rank",
    "symbol",
    "current_return_pct",
    "anomaly_score",
    "price_zscore",
    "volume_zscore",
    "volatility_zscore",
    "quote_volume_24h",
    "anomaly_reasons",
    "datetime",
]
COIN_FIELDS = [
    "pair",
    "score",
    "start_time",
    "start_price",
    "last_score",
    "max_score",
    "max_price",
    "increase_percent",
]


@in_virtual_time
async def test_anomalies_have_the_originals_fields() -> None:
    """In their order, with times in seconds and reasons in the originals' words."""
    async with endpoint() as served:
        answer = await served.get("/api/anomalies")
        assert (answer["status"], answer["success"]) == ("success", True)
        assert answer["count"] == len(answer["data"]) == len(SCORES)
        first = answer["data"][0]
        assert list(first)[: len(ANOMALY_FIELDS)] == ANOMALY_FIELDS
        assert first["symbol"] == "PEPEUSDT"
        assert first["timestamp"] == served.clock.now_ms() // 1000 - 900
        assert first["datetime"] == "2026-11-20 07:45:00"
        assert first["interval_type"] == "15m"
        assert first["anomaly_reasons"] == "价格"
        assert first["created_at"] * 1000 == first["timestamp"] * 1000 + QUARTER_MS
        assert first["is_anomaly"] is True
        assert answer["filters"] == {
            "interval": "15m",
            "hours": 24,
            "min_score": 0.0,
            "anomaly_only": False,
            "exchange": None,
            "limit": 100,
        }


@in_virtual_time
async def test_filters_count_before_the_limit() -> None:
    """What the source is asked for has them all."""
    async with endpoint() as served:
        some = await served.get("/api/anomalies", min_score="0.7", limit="2")
        assert [row["coin"] for row in some["data"]] == ["PEPE", "SOL"]
        assert (await served.get("/api/anomalies", exchange="okx"))["count"] == 0
        for path in ("/api/anomalies", "/api/anomalies/top"):
            none = await served.get(path, interval="1h")
            assert (none["count"], none["data"], none["interval"]) == (0, [], "1h")
            assert none["reason"] == "1h bars of binance are not watched"
            assert none["last_update"] is None
        assert (await served.get("/api/anomalies", anomaly_only="true"))["count"] == len(SCORES)


@in_virtual_time
async def test_the_top_scores_more_than_a_half() -> None:
    """Ranked, with the time of day."""
    async with endpoint() as served:
        answer = await served.get("/api/anomalies/top", exchange="binance")
        assert [row["rank"] for row in answer["data"]] == [1, 2]
        assert all(row["anomaly_score"] > 0.5 for row in answer["data"])
        first = answer["data"][0]
        assert list(first)[: len(TOP_FIELDS)] == TOP_FIELDS
        assert (first["date"], first["datetime"]) == ("2026-11-20", "07:45:00")
        assert (first["interval_type"], first["exchange"]) == ("15m", "binance")
        assert (answer["interval"], answer["exchanges"]) == ("15m", ["binance"])
        assert first["quote_volume_24h"] == 91_000_000
        assert answer["exchange"] == "binance"


@in_virtual_time
async def test_coins_are_the_picks() -> None:
    """Scores to one decimal; last and highest are tracked, not the same number again."""
    async with endpoint() as served:
        answer = await served.get("/api/coins", limit="2")
        data = answer["data"]
        assert answer["count"] == data["count"] == len(data["coins"]) == 2
        assert data["exchange"] == "binance"
        assert data["update_interval"] == "3分钟"
        assert answer["update"] == data["last_update"] == "2026-11-20 08:00:00"
        first = data["coins"][0]
        assert list(first)[: len(COIN_FIELDS)] == COIN_FIELDS
        assert (first["score"], first["last_score"], first["max_score"]) == (43.2, 41.0, 57.5)
        assert first["start_time"] == served.clock.now_ms() // 1000 - 16 * 900
        assert first["end_time"] == data["bar_end"] == served.clock.now_ms() // 1000
        assert data["interval"] == "15m"


@in_virtual_time
async def test_stats_count() -> None:
    """What is watched, kept and was found."""
    async with endpoint() as served:
        data = (await served.get("/api/stats"))["data"]
        assert data == {
            "exchanges": ["binance"],
            "interval": "15m",
            "monitored_symbols": 150,
            "total_klines": 0,
            "anomalies_24h": 17,
            "anomalies_1h": 3,
            "last_update": "2026-11-20 08:00:00",
        }


@in_virtual_time
async def test_klines_of_a_symbol_or_a_coin() -> None:
    """Oldest first, times in milliseconds; the newest `limit` of them."""
    async with endpoint() as served:
        for name in ("PEPEUSDT", "PEPE", "pepe", "1000PEPE", "1000pepeusdt"):
            answer = await served.get(f"/api/symbols/{name}/klines", limit="3")
            assert (answer["symbol"], answer["count"]) == ("PEPEUSDT", 3)
            assert (answer["coin"], answer["multiplier"]) == ("PEPE", 1.0)
            assert (answer["exchange"], answer["interval"]) == ("binance", "15m")
            times = [row["timestamp"] for row in answer["data"]]
            assert times[-1] == served.clock.now_ms() - QUARTER_MS
            assert {after - before for before, after in itertools.pairwise(times)} == {QUARTER_MS}
            assert list(answer["data"][0])[:8] == [
                *("timestamp", "datetime", "open", "high", "low", "close"),
                *("volume", "quote_volume"),
            ]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/anomalies", {"interval": "2m"}),
        ("/api/anomalies", {"hours": "0"}),
        ("/api/anomalies", {"min_score": "-1"}),
        ("/api/anomalies", {"min_score": "nan"}),
        ("/api/anomalies", {"exchange": "aster"}),
        ("/api/anomalies/top", {"limit": "0"}),
        ("/api/anomalies/top", {"interval": "2m"}),
        ("/api/anomalies/top", {"min_score": "1"}),
        ("/api/coins", {"exchange": "x"}),
        ("/api/coins", {"limit": "5001"}),
        ("/api/stats", {"hours": "1"}),
        ("/api/symbols/BTC/klines", {"interval": "3m"}),
        ("/api/symbols/BTC/klines", {"market": "option"}),
    ],
)
@in_virtual_time
async def test_a_wrong_value_is_refused_by_name(path: str, query: dict[str, str]) -> None:
    """A 400 that names the parameter."""
    async with endpoint() as served:
        status, error = await served.refused(path, **query)
        assert status == 400
        assert next(iter(query)) in error["error"], error
