"""The originals' records of the aggregate source, where they are at hand.

How they are rounded: panic rows not at all (index and wash index are those of the raw numbers to
the last digit); the 1-hour series to two decimals of 10,000 USD and of 100 million USD, its index
to four.
"""

import gzip
import json
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.store.builders import ZONE
from tests.store.importing import take
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import AggregateRow
from tui_monitor.store import ImportReport, Store
from tui_monitor.store.aggregate_lines import HUNDREDTH_BY_RAW

NOW_MS = ZONE.parse("2026-06-01 00:00:00")
HOUR_MS = 60 * MINUTE_MS


def packed(shared_data: Path, name: str) -> bytes:
    """A file as it lies there."""
    return (shared_data / "originals" / name).read_bytes()


def records_of(content: bytes) -> list[dict[str, Any]]:
    """Its records, by another way than ours."""
    return [json.loads(line) for line in gzip.decompress(content).splitlines()]


async def imported(store: Store, content: bytes) -> tuple[ImportReport, list[AggregateRow]]:
    """Import it; the report, and every row."""
    report = await take(store, content, "x.jsonl.gz", NOW_MS)
    return report, await store.aggregates(0, NOW_MS, 100_000)


async def test_panic_and_wash_index_are_those_of_the_raw_usd(
    store: Store, shared_data: Path
) -> None:
    """To 1e-9 on every row with its units right."""
    content = packed(shared_data, "panic_raw_first_half.jsonl.gz")
    report, rows = await imported(store, content)
    records = records_of(content)
    assert (len(records), report.taken, report.refused) == (4_223, 4_223, [])
    stored = {row.received_ms: row for row in rows}
    right = 0
    for record in records:
        row = stored.get(ZONE.parse(record["record_time"]))
        if row is None:  # the other record of its minute
            continue
        assert row.panic_index == pytest.approx(record["panic_index"], abs=1e-9, rel=0)
        assert row.usd_24h is not None
        assert row.position_usd is not None
        wash_index = row.usd_24h / row.position_usd * 100
        if row.corrected:
            assert wash_index / 100 == pytest.approx(record["wash_index"], abs=1e-9, rel=0)
        else:
            right += 1
            assert wash_index == pytest.approx(record["wash_index"], abs=1e-9, rel=0)
    assert (len(rows), right) == (4_222, 3_763)


async def test_the_hundredths_are_found_by_count(store: Store, shared_data: Path) -> None:
    """All rows from before 2026-01-16 17:05:13 and no other; the documented one is among them."""
    content = packed(shared_data, "panic_raw_first_half.jsonl.gz")
    report, rows = await imported(store, content)
    faulty = [
        line
        for line, record in enumerate(records_of(content), 1)
        if json.loads(record["raw_data"])["blast_24h"]["hour_24_amount"]
        > 50_000 * record["hour_24_amount"]
    ]
    assert [line for line, text in report.corrected if text == HUNDREDTH_BY_RAW] == faulty
    assert len(faulty) == 459
    before_ms = ZONE.parse("2026-01-16 17:05:13")
    assert all(row.corrected == (row.received_ms < before_ms) for row in rows)
    first = rows[0]
    assert (first.usd_1h, first.usd_24h) == (4_416_097.073377961, 227_326_253.9169385)
    (documented,) = [row for row in rows if row.received_ms == ZONE.parse("2026-01-17 01:16:05")]
    assert documented.usd_24h == pytest.approx(13_583.00 * 1e4, rel=1e-4)
    assert documented.panic_index == pytest.approx(0.0761, abs=5e-5)


async def test_zeros_of_the_source_become_unknown_by_count(store: Store, shared_data: Path) -> None:
    """In both files as many as there are, each said with its line."""
    content = packed(shared_data, "liquidation_1h_first_half.jsonl.gz")
    report, rows = await imported(store, content)
    records = records_of(content)
    zeros = [line for line, record in enumerate(records, 1) if record["hour_1_amount"] == 0]
    assert len(zeros) == 241
    assert [line for line, text in report.corrected if "hour_1_amount" in text] == zeros
    assert sum(row.usd_1h is None for row in rows) == 241
    without = sum(record["total_position"] == 0 for record in records)
    assert without == 201
    assert sum(row.position_usd is None and row.panic_index is None for row in rows) == without
    again, _ = await imported(store, content)
    assert (again.aggregates, again.unchanged) == (0, len(records))


@pytest.mark.parametrize("hours", [1, 3, 6, 12, 24, 24 * 30])
async def test_statistics_of_windows_are_numpys(
    store: Store, shared_data: Path, hours: int
) -> None:
    """Mean, maximum, minimum, population deviation, variation and count, all over the series."""
    content = packed(shared_data, "liquidation_1h_first_half.jsonl.gz")
    report, rows = await imported(store, content)
    records = records_of(content)
    assert (report.taken, len(rows)) == (8_288, 8_288)
    times = np.array([record["timestamp"] * 1000 for record in records])
    amounts = np.array([record["hour_1_amount"] for record in records])
    amounts[amounts == 0] = np.nan
    first_ms = int(times[0]) - int(times[0]) % MINUTE_MS
    compared = 0
    for start_ms in range(first_ms, int(times[-1]), max(hours, 5) * HOUR_MS):
        end_ms = start_ms + hours * HOUR_MS
        window = amounts[(times >= start_ms) & (times < end_ms)]
        there = window[~np.isnan(window)]
        found = [row.usd_1h for row in await store.aggregates(start_ms, end_ms, 100_000)]
        known = [usd / 1e4 for usd in found if usd is not None]
        assert (len(found), len(known)) == (len(window), len(there))
        if known:
            compared += 1
            mean, stdev = statistics.fmean(known), statistics.pstdev(known)
            assert (max(known), min(known)) == (there.max(), there.min())
            assert mean == pytest.approx(there.mean(), rel=1e-12)
            assert stdev == pytest.approx(there.std(), rel=1e-9, abs=1e-9)
            assert stdev / mean == pytest.approx(there.std() / there.mean(), rel=1e-9, abs=1e-12)
    assert compared >= 1


async def test_both_files_together(store: Store, shared_data: Path) -> None:
    """They overlap nowhere, whichever comes first."""
    counts = 0
    for name in ("liquidation_1h_first_half.jsonl.gz", "panic_raw_first_half.jsonl.gz"):
        report, rows = await imported(store, packed(shared_data, name))
        counts += report.aggregates
    assert (counts, len(rows)) == (8_288 + 4_222, 8_288 + 4_222)
    info = await store.info()
    assert info.rows["aggregates"] == len(rows)
    assert info.oldest_ms["aggregates"] == ZONE.parse("2026-01-15 22:21:00")
    assert await store.check() == []
