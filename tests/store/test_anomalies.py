"""Anomalies in the database: the last evaluation counts, the best come first, exports have all."""

import csv
import io
import json
from pathlib import Path

import aiosqlite
from msgspec.structs import replace

from tests.store.builders import COINS, DAY_MS, NOW_MS, ZONE
from tests.support.anomaly_boards import an_anomaly, an_explanation
from tui_monitor import paths
from tui_monitor.boards.anomalies.records import anomaly_of, record_of
from tui_monitor.model import BAR_MS, AnomalyRecord, Exchange, Market
from tui_monitor.store import Scope, Store, export

BINANCE = Exchange.BINANCE
QUARTER_MS = BAR_MS["15m"]


def a_record(coin: str = "BTC", score: float = 1.5, number: int = 0) -> AnomalyRecord:
    """An anomaly of the n-th quarter of the day."""
    row = an_anomaly(coin, score, DAY_MS + number * QUARTER_MS)
    return record_of(an_explanation(row), row.close_ms + 500)


async def put(store: Store, *rows: AnomalyRecord, number: int = 0) -> None:
    """All of one bar; nothing else was judged."""
    open_ms = DAY_MS + number * QUARTER_MS
    await store.record_anomalies(BINANCE, "15m", open_ms, [row.symbol for row in rows], rows)


async def names(store: Store, **chosen: object) -> list[str]:
    """The coins that a question finds, in order."""
    found = await store.anomalies(0, NOW_MS, **chosen)  # type: ignore[arg-type]
    return [one.coin for one in found]


async def test_an_anomaly_comes_back_with_all_its_parts(store: Store) -> None:
    """The row and its explanation, to the last digit."""
    record = a_record("龙虾", 0.1 + 0.2)
    await put(store, record)
    assert await store.anomalies(0, NOW_MS) == [record]
    kept = anomaly_of(record)
    assert kept is not None
    assert kept.row == an_anomaly("龙虾", 0.1 + 0.2, DAY_MS)
    assert kept.explanation == an_explanation(kept.row)


async def test_the_last_evaluation_of_a_bar_counts(store: Store) -> None:
    """A row replaces the one before; what was judged and is none any more goes; others stay."""
    await put(store, a_record("BTC", 1.0), a_record("ETH", 2.0), a_record("SOL", 3.0))
    await put(store, a_record("BTC", 9.0, 1), number=1)
    better = replace(a_record("BTC", 4.0), judged_ms=NOW_MS)
    await store.record_anomalies(BINANCE, "15m", DAY_MS, ["BTCUSDT", "ETHUSDT"], [better])
    found = await store.anomalies(0, NOW_MS)
    assert [(one.coin, one.score) for one in found] == [("BTC", 9.0), ("BTC", 4.0), ("SOL", 3.0)]
    await store.record_anomalies(Exchange.OKX, "15m", DAY_MS, ["BTCUSDT", "SOLUSDT"], [])
    assert len(await store.anomalies(0, NOW_MS)) == 3


async def test_the_highest_scores_come_first_then_the_newest(store: Store) -> None:
    """Filters count before the limit: the page is full as long as there are enough."""
    await put(store, *(a_record(f"C{number}", 0.1) for number in range(20)))
    await put(store, a_record("OLD", 2.0), number=0)
    await put(store, a_record("NEW", 2.0, 1), a_record("LOW", 0.5, 1), number=1)
    assert (await names(store))[:3] == ["NEW", "OLD", "LOW"]
    assert await names(store, min_score=0.5, limit=3) == ["NEW", "OLD", "LOW"]
    assert await names(store, min_score=0.51) == ["NEW", "OLD"]
    assert await names(store, exchanges=[Exchange.OKX]) == []
    assert await names(store, bars=["5m", "1h"]) == []
    assert len(await names(store, bars=["15m"], limit=7)) == 7


async def test_a_bar_is_in_every_range_that_it_touches(store: Store) -> None:
    """From its begin to its end, both included."""
    await put(store, a_record())
    for first_ms, last_ms, count in (
        (DAY_MS + QUARTER_MS, NOW_MS, 1),
        (DAY_MS + QUARTER_MS + 1, NOW_MS, 0),
        (0, DAY_MS, 1),
        (0, DAY_MS - 1, 0),
    ):
        assert len(await store.anomalies(first_ms, last_ms)) == count
        assert await store.anomaly_count(first_ms, last_ms) == count


async def test_a_symbol_or_a_coin_names_an_instrument(store: Store) -> None:
    """In any case of letters; another exchange's is unknown."""
    await put(store, a_record("PEPE"))
    for name in ("PEPE", "pepe", "PEPEUSDT", "pepeusdt"):
        assert await store.instrument_named(BINANCE, Market.PERP, name) == ("PEPEUSDT", "PEPE")
    assert await store.instrument_named(Exchange.OKX, Market.PERP, "PEPE") is None
    assert await store.instrument_named(BINANCE, Market.SPOT, "PEPE") is None


async def test_the_head_of_a_board_is_the_last_one(store: Store) -> None:
    """By name; it does not touch what the file says of itself."""
    assert await store.board_head("picks okx") is None
    await store.keep_board_head("picks okx", "1")
    await store.keep_board_head("picks okx", "2")
    assert await store.board_head("picks okx") == "2"
    await store.keep_board_head("kind", "nonsense")
    assert (await store.info()).kind == "real"


def scope() -> Scope:
    """All of the days that tests are of."""
    return Scope(start_ms=0, end_ms=NOW_MS, zone=ZONE, coins=COINS, min_coins=2, now_ms=NOW_MS)


async def test_an_export_has_every_row(store: Store, tmp_path: Path) -> None:
    """CSV by time, and JSON lines with the whole explanation."""
    await put(store, a_record("=BTC", 1.25, 3), number=3)
    await put(store, a_record("ETH", 2.5), number=0)
    written = await export(store, "anomalies", "csv", scope(), folder=tmp_path)
    text = written.path.read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert written.rows == len(rows) == 2
    assert [row["coin"] for row in rows] == ["ETH", "'=BTC"]
    assert rows[0]["open_utc"] == "2026-01-04T16:00:00.000Z"
    assert (rows[0]["score"], rows[0]["reasons"], rows[0]["n"]) == ("2.5", "price", "96")
    lines = await export(store, "anomalies", "jsonl", scope(), folder=tmp_path)
    first, second = map(json.loads, lines.path.read_text().splitlines())
    assert first["parts"]["why"] == an_explanation(an_anomaly("ETH", 2.5, DAY_MS)).why
    assert second["parts"]["row"]["score"] == second["score"] == 1.25


async def test_damaged_parts_leave_what_stands_beside_them(store: Store, tmp_path: Path) -> None:
    """The row is told without them, and nobody shows it as an anomaly without its reasons."""
    await put(store, a_record("BTC", 1.5))
    async with aiosqlite.connect(paths.database_file(tmp_path)) as database:
        await database.execute("UPDATE anomaly SET parts = substr(parts, 1, 40)")
        await database.commit()
    (record,) = await store.anomalies(0, NOW_MS)
    assert anomaly_of(record) is None
    for file_format in ("csv", "jsonl"):
        written = await export(store, "anomalies", file_format, scope(), folder=tmp_path)
        assert written.rows == 1
        assert "1.5" in written.path.read_text()
