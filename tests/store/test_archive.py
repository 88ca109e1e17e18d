"""Closed months as files: what an import takes back, and nothing that was there is lost."""

import gzip
from datetime import date
from pathlib import Path

from tests.store.builders import COINS, DAY_MS, ZONE, StillClock, a_price
from tests.store.events import an_event, told
from tests.store.test_series_imports import an_aggregate
from tui_monitor.clock import DAY_MS as A_DAY_MS
from tui_monitor.clock import SLOT_MS
from tui_monitor.store import Reader, Scope, Store, import_file, open_store
from tui_monitor.store.archive import Month, archive, closed_months

# The samples are of 2026-01-05.
FEBRUARY_MS = ZONE.parse("2026-02-01 00:00:00")
SLOTS_TO_FEBRUARY = (FEBRUARY_MS - DAY_MS) // SLOT_MS


def scope(now_ms: int) -> Scope:
    return Scope(start_ms=0, end_ms=now_ms, zone=ZONE, coins=COINS, min_coins=1, now_ms=now_ms)


async def archived(store: Reader, folder: Path, now_ms: int) -> dict[str, Month]:
    return {month.path.name: month async for month in archive(store, scope(now_ms), folder)}


async def fill(store: Store) -> None:
    """Two slots of January, the last one of it and the first one of February; liquidations."""
    for slot in (0, 1, SLOTS_TO_FEBRUARY - 1, SLOTS_TO_FEBRUARY):
        await store.record_prices([a_price(slot, coin) for coin in COINS])
    await store.record_liquidations([an_event(1), an_event(2, None)])
    await store.record_liquidation_minutes([told(0), told(1), told(2)])
    await store.record_aggregates([an_aggregate(0), an_aggregate(1, people_24h=None)])


async def test_a_closed_month_goes_out_and_comes_back(tmp_path: Path) -> None:
    """A file of each kind, to the board's midnight; an import has it all again."""
    now_ms = FEBRUARY_MS + A_DAY_MS
    async with open_store(tmp_path, StillClock(now_ms), kind="demo") as store:
        await fill(store)
        found = await archived(store, tmp_path / "archive", now_ms)
        assert {name: (one.rows, one.is_new) for name, one in found.items()} == {
            "prices-2026-01.jsonl.gz": (3, True),
            "liquidations-2026-01.jsonl.gz": (2, True),
            "liquidation-minutes-2026-01.jsonl.gz": (3, True),
            "aggregates-2026-01.jsonl.gz": (2, True),
        }
        kept = await store.prices(0, FEBRUARY_MS, COINS)
        events = await store.liquidations(0, FEBRUARY_MS, limit=10)
        minutes = await store.liquidation_minutes(0, FEBRUARY_MS)
        aggregates = await store.aggregates(0, FEBRUARY_MS, 9)
    (tmp_path / "other").mkdir()
    async with open_store(tmp_path / "other", StillClock(now_ms), kind="demo") as other:
        for one in found.values():
            report = await import_file(other, one.path, ZONE, COINS, now_ms)
            assert report.refused_count == 0, report
        again = await other.prices(0, FEBRUARY_MS, COINS)
        assert [(row.slot_ms, row.coin, row.price) for row in again] == [
            (row.slot_ms, row.coin, row.price) for row in kept
        ]
        assert await other.liquidations(0, FEBRUARY_MS, limit=10) == events
        assert await other.liquidation_minutes(0, FEBRUARY_MS) == minutes
        assert await other.aggregates(0, FEBRUARY_MS, 9) == aggregates


async def test_a_month_is_closed_when_the_next_has_begun(tmp_path: Path) -> None:
    """By the board's zone; nothing is written of the running one."""
    async with open_store(tmp_path, StillClock(FEBRUARY_MS - 1), kind="demo") as store:
        await fill(store)
        assert await archived(store, tmp_path / "archive", FEBRUARY_MS - 1) == {}
        assert len(await archived(store, tmp_path / "archive", FEBRUARY_MS)) == 4
    days = list(closed_months(ZONE, ZONE.parse("2025-11-30"), FEBRUARY_MS))
    assert days == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]


async def test_a_second_time_writes_what_is_better_known_and_no_more(tmp_path: Path) -> None:
    """The same rows are the same file; a coin that was filled makes a new one."""
    now_ms, folder = FEBRUARY_MS + A_DAY_MS, tmp_path / "archive"
    async with open_store(tmp_path, StillClock(now_ms), kind="demo") as store:
        await fill(store)
        first = await archived(store, folder, now_ms)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        second = await archived(store, folder, now_ms)
        assert not any(one.is_new for one in second.values())
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        await store.record_prices([a_price(2, "BTC")])
        third = await archived(store, folder, now_ms)
        assert [name for name, one in third.items() if one.is_new] == ["prices-2026-01.jsonl.gz"]
        assert third["prices-2026-01.jsonl.gz"].rows == 4
        await store.record_prices([a_price(2, "ETH")])
        fourth = await archived(store, folder, now_ms)
        assert fourth["prices-2026-01.jsonl.gz"].is_new
        assert fourth["prices-2026-01.jsonl.gz"].rows == 4
    assert first.keys() == fourth.keys()


async def test_what_retention_took_stays_in_the_file(tmp_path: Path) -> None:
    """A file never loses a row; one that is cut off is none."""
    now_ms, folder = FEBRUARY_MS + 90 * A_DAY_MS, tmp_path / "archive"
    name = "liquidations-2026-01.jsonl.gz"
    async with open_store(tmp_path, StillClock(now_ms), kind="demo") as store:
        await fill(store)
        await archived(store, folder, now_ms)
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:40])
        assert (await archived(store, folder, now_ms))[name].is_new
        assert (folder / name).read_bytes() == whole
        await store.clean(1, force=True)
        await store.record_liquidations([an_event(3)])
        month = (await archived(store, folder, now_ms))[name]
        assert (month.rows, month.stored, month.is_new) == (2, 1, False)
    assert len(gzip.decompress((folder / name).read_bytes()).splitlines()) == 2
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
