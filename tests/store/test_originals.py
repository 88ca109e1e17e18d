"""The originals' own records, where they are at hand."""

import csv
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.store.builders import ZONE, StillClock
from tui_monitor.clock import SLOT_MS, parse_day
from tui_monitor.config import COINS
from tui_monitor.model import HoleState, Reason
from tui_monitor.store import ImportReport, Store, import_file, open_store

NOW_MS = ZONE.parse("2026-06-01 00:00:00")
RECORDS = "coin_prices_30min_2026-01-03_2026-03-03.jsonl.gz"
MINUTES = "coin_change_1min_2026-02-07.jsonl.gz"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    async with open_store(tmp_path, StillClock(NOW_MS), kind="real") as opened:
        yield opened


@pytest.fixture
def originals(shared_data: Path) -> Path:
    """The folder with the originals' records."""
    return shared_data / "originals"


def records_of(path: Path) -> list[dict[str, Any]]:
    """The records of a file, by another way than ours."""
    with gzip.open(path, "rt") as file:
        return [json.loads(line) for line in file]


async def take(store: Store, path: Path) -> ImportReport:
    """Import one of them."""
    return await import_file(store, path, ZONE, COINS, NOW_MS)


async def test_the_half_hour_records_are_all_taken(store: Store, originals: Path) -> None:
    """1,668 of them; the one price of 0 is refused and leaves a hole."""
    report = await take(store, originals / RECORDS)
    assert report.taken == 1_668
    assert report.refused == [(928, "price invalid: BTC")]
    (hole,) = await store.holes(0, NOW_MS, 10)
    assert (ZONE.format(hole.slot_ms), hole.coin) == ("2026-01-22 16:00:00", "BTC")
    assert (hole.state, hole.reason) == (HoleState.MISSING, Reason.INVALID)
    rows = (await store.info()).rows
    quotes = sum(len(record["day_changes"]) for record in records_of(originals / RECORDS)) - 1
    # One record is the same as the one before it.
    assert rows["slot_prices"] + rows["off_slot_prices"] == quotes
    words = {line.split(" by up to ")[0] for _, line in report.doubtful}
    assert len(words) < 60
    assert await store.check() == []


async def test_sound_records_recompute_to_their_changes(store: Store, originals: Path) -> None:
    """Within 1e-4 for all that are called ok or only shifted by a bar."""
    await take(store, originals / RECORDS)
    with gzip.open(originals / "coin_prices_30min_flags.csv.gz", "rt") as file:
        flags = [row["flags"] for row in csv.DictReader(file)]
    start_ms, end_ms = ZONE.parse("2026-01-01"), ZONE.parse("2026-04-01")
    prices = {
        (row.observed_ms, row.coin): (row.price, row.own_base)
        for month_ms in (start_ms,)
        for row in await store.prices(month_ms, end_ms, COINS)
    }
    compared = 0
    for record, flag in zip(records_of(originals / RECORDS), flags, strict=True):
        if flag.split(";")[0] not in ("ok", "bar_close_shift_plus_30m") or "zero" in flag:
            continue
        observed_ms = ZONE.parse(record["collect_time"])
        for coin, values in record["day_changes"].items():
            found = prices.get((observed_ms, coin))
            if found is None:
                continue
            price, base = found
            assert base is not None
            change = (price - base) / base * 100
            assert change == pytest.approx(values["change_pct"], abs=1e-4)
            compared += 1
    assert compared > 25_000


async def test_a_days_sums_are_those_of_the_records(store: Store, originals: Path) -> None:
    """The node of 2026-01-04 08:00 is 42.6016; all of that day agree with numpy."""
    await take(store, originals / RECORDS)
    day = parse_day("2026-01-04")
    curve = await store.curve([(ZONE.day_start_ms(day), ZONE.day_end_ms(day))], COINS)
    stored = {
        ZONE.parse(record["collect_time"]): record
        for record in records_of(originals / RECORDS)
        if record["base_date"] == "2026-01-04"
    }
    assert len(curve) == len(stored) == 48
    for row in curve:
        record = stored[row.slot_ms]
        quotes = np.array(
            [
                (values["base_price"], values["current_price"])
                for values in record["day_changes"].values()
            ]
        )
        expected = ((quotes[:, 1] - quotes[:, 0]) / quotes[:, 0] * 100).sum()
        assert row.sum_pct == pytest.approx(expected, abs=1e-9)
        assert row.sum_pct == pytest.approx(record["total_change"], abs=1.4e-3)
        assert row.valid == 27
    assert curve[16].sum_pct == pytest.approx(42.6016, abs=1.4e-3)


async def test_the_one_minute_records_give_the_days_nodes(store: Store, originals: Path) -> None:
    """47 nodes (09:00 lies in a gap), each the nearest record; the same as by numpy."""
    report = await take(store, originals / MINUTES)
    assert (report.taken, report.refused) == (1_389, [])
    start_ms = ZONE.parse("2026-02-07")
    nearest: dict[int, tuple[int, float]] = {}
    for record in records_of(originals / MINUTES):
        at_ms = ZONE.parse(record["timestamp"])
        slot_ms = round(at_ms / SLOT_MS) * SLOT_MS
        distance = abs(at_ms - slot_ms)
        if distance <= 120_000 and distance < nearest.get(slot_ms, (10**9, 0.0))[0]:
            quotes = np.array(
                [
                    (values["baseline_price"], values["current_price"])
                    for values in record["changes"].values()
                ]
            )
            total = ((quotes[:, 1] - quotes[:, 0]) / quotes[:, 0] * 100).sum()
            nearest[slot_ms] = (distance, float(total))
    curve = await store.curve([(start_ms, start_ms + 48 * SLOT_MS)], COINS)
    found = {row.slot_ms: row.sum_pct for row in curve}
    nearest.pop(start_ms + 48 * SLOT_MS)  # the next day's midnight
    assert len(found) == 47
    assert start_ms + 18 * SLOT_MS not in found
    assert found == pytest.approx({slot: total for slot, (_, total) in nearest.items()}, abs=1e-9)
    assert found[start_ms + 24 * SLOT_MS] == pytest.approx(68.0760, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "taken", "kind", "refused"),
    [
        ("coin_prices_full_20260116_134429.csv.gz", 7_694, "prices CSV", 7),
        ("coin_sum_27_20260116_134429.csv.gz", 672, "sum CSV", 0),
        ("missing_data_20260116_134429.csv.gz", 10_368, "missing CSV", 0),
    ],
)
async def test_the_published_files_are_taken_with_their_doubts(
    store: Store, originals: Path, name: str, taken: int, kind: str, refused: int
) -> None:
    """163 rows hold a price of 0; nearly all of the rest is flat, and that is said."""
    report = await take(store, originals / name)
    assert (report.taken, report.shape, report.refused_count) == (taken, kind, refused)
    again = await take(store, originals / name)
    assert (again.slot_prices, again.off_slot_prices, again.sums, again.holes) == (0, 0, 0, 0)


async def test_a_file_of_another_kind_is_refused(store: Store, originals: Path) -> None:
    """Line by line, or as a whole."""
    captures = originals.parent / "okx" / "any_rest_error_captures.jsonl"
    report = await take(store, captures)
    assert (report.taken, report.refused_count) == (0, len(captures.read_text().splitlines()))
    report = await take(store, originals / "okx_mark_1min_2026-01-15_2026-01-28.csv.gz")
    assert (report.taken, report.refused_count) == (0, 1)
