"""What is kept for a time leaves by its own time, and where the file has a cap, oldest first."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.store.builders import a_day
from tests.store.samples import a_settlement, a_signal
from tests.support.kept_rows import candles, spreads
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor import config, paths
from tui_monitor.clock import DAY_MS, MINUTE_MS, SystemClock
from tui_monitor.engine import retention
from tui_monitor.engine.retention import HOUR_MS, LOOK_S, Retention
from tui_monitor.model import BAR_MS, Exchange, Market
from tui_monitor.store import Store, open_store
from tui_monitor.store.retention import KEPT, SLICE_ROWS

CAP_MB = 10.0
# Statements that put a row of each kind at a time; bars are as old as their end.
ROWS = {
    "anomalies": "INSERT INTO anomaly VALUES (900000, ?1 - 900000, 1, 'closed', ?1, 'x', 1, '')",
    "interest_samples": "INSERT INTO interest_sample VALUES (?1 - ?1 % 300000, 1, 1, 1, 2)",
    "interest_hours": "INSERT INTO interest_hour VALUES (?1 - ?1 % 3600000, 1, 1, 1, 2)",
    "account_ratios": "INSERT INTO account_ratio VALUES (?1, 1, 0.5)",
    "liquidations": "INSERT INTO liquidation VALUES (?1, 1, 1, 100, 1, 100, ?1, 1)",
    "price_minutes": "INSERT INTO price_minute VALUES (?1 - ?1 % 60000, 1, 1, 1, 1, 1, NULL, 1)",
}


def keeper(
    store: Store, clock: VirtualClock, events: list[str] | None = None, **settings: float
) -> Retention:
    """One with these settings."""
    told = [] if events is None else events
    return Retention(
        store,
        clock,
        config.Retention(**settings),  # type: ignore[arg-type]
        lambda _level, _area, text: told.append(text),
        window_bars=96,
    )


def put(folder: Path, name: str, times: Sequence[int]) -> None:
    """Rows of kinds that have no writer here."""
    with closing(sqlite3.connect(paths.database_file(folder))) as database, database:
        database.executemany(ROWS[name], [(ms,) for ms in times])


async def oldest(store: Store, name: str) -> list[int | None]:
    """The oldest times of a kind, of each length of bars that there is."""
    found = [await store.oldest_kept(kept) for kept in KEPT if kept.name == name]
    return [ms for ms in found if ms is not None]


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("anomalies", 1.0),
        ("interest_samples", 3.0),
        ("interest_hours", 30.0),
        ("account_ratios", 30.0),
        ("liquidations", 30.0),
        ("price_minutes", 7.0),
    ],
)
def test_each_kind_leaves_at_its_own_age(name: str, days: float, tmp_path: Path) -> None:
    """By the time that a row is of, whenever it was written."""
    limit_ms = START_MS - round(days * DAY_MS)

    @in_virtual_time
    async def run() -> None:
        clock = VirtualClock()
        async with open_store(tmp_path, clock, kind="real") as store:
            await store.record_candles(candles(START_MS - BAR_MS["15m"]))
            around = [limit_ms + number * HOUR_MS for number in range(-5, 6, 2)]
            put(tmp_path, name, around)
            assert (await keeper(store, clock).prune())[name] == 3
            (left_ms,) = await oldest(store, name)
            assert left_ms is not None
            assert limit_ms <= left_ms < limit_ms + 2 * HOUR_MS
            assert (await store.info()).rows[name] == 3
            assert (await keeper(store, clock).prune())[name] == 0

    run()


@in_virtual_time
async def test_minutes_go_when_they_are_seven_days_old_and_kept_things_stay(
    tmp_path: Path,
) -> None:
    """Nodes, funding and signals are older still."""
    clock = VirtualClock()
    week_ms = START_MS - 7 * DAY_MS
    async with open_store(tmp_path, clock, kind="real") as store:
        for number in range(-10, 10):
            await store.record_spreads(spreads(week_ms + number * MINUTE_MS, 2))
        await store.record_signals([a_signal()])
        await store.record_funding([a_settlement()])
        await store.record_prices(a_day())
        assert (await keeper(store, clock).prune())["spread_minutes"] == 10 * 2
        assert await oldest(store, "spread_minutes") == [week_ms]
        rows = (await store.info()).rows
        assert (rows["spread_minutes"], rows["signals"], rows["settlements"]) == (20, 1, 1)
        assert rows["slot_prices"] == len(a_day())
        assert await store.check() == []


@in_virtual_time
async def test_bars_stay_as_long_as_boards_look_at_them(tmp_path: Path) -> None:
    """A day, or as many bars as a window has; but never more than ten thousand a symbol."""
    clock = VirtualClock(START_MS + 7 * MINUTE_MS)
    async with open_store(tmp_path, clock, kind="real") as store:
        kept = {one.bar_ms: one for one in KEPT if one.name == "candles"}
        day, years = keeper(store, clock), keeper(store, clock, candles_h=87_600)
        for bar, bar_ms in BAR_MS.items():
            bars = day.kept_ms(kept[bar_ms]) // bar_ms
            assert bars == {"1m": 1_440, "5m": 288, "15m": 98, "1h": 98}[bar]
            assert years.kept_ms(kept[bar_ms]) == 10_000 * bar_ms
        for number in range(110):
            open_ms = START_MS - (number + 1) * BAR_MS["15m"]
            await store.record_candles(candles(open_ms, 2))
        assert (await day.prune())["candles"] == 2 * (110 - 98)
        found = await store.candles(Exchange.BINANCE, Market.PERP, "C1USDT", "15m", limit=999)
        assert len(found) == 98


@in_virtual_time
async def test_the_worker_goes_on_with_the_clock(tmp_path: Path) -> None:
    """At once, and every hour; the settings can make it more often."""
    clock = VirtualClock()
    week_ms = START_MS - 7 * DAY_MS
    async with open_store(tmp_path, clock, kind="real") as store, asyncio.TaskGroup() as tasks:
        for number in range(-5, 200, 5):
            await store.record_spreads(spreads(week_ms + number * MINUTE_MS))
        worker = tasks.create_task(keeper(store, clock).run())
        await clock.sleep(600)
        assert await oldest(store, "spread_minutes") == [week_ms]
        await clock.sleep(3600)
        (left_ms,) = await oldest(store, "spread_minutes")
        assert left_ms is not None
        assert 55 * MINUTE_MS <= left_ms - week_ms <= 65 * MINUTE_MS
        worker.cancel()


@in_virtual_time
async def test_others_write_between_two_removals(tmp_path: Path) -> None:
    """However much there is to remove: a slice has a thousand rows, and after each is a pause."""
    clock = VirtualClock()
    hours = 40
    async with open_store(tmp_path, clock, kind="real") as store, asyncio.TaskGroup() as tasks:
        for number in range(hours):
            open_ms = START_MS - (300 + number) * HOUR_MS
            await store.record_candles(candles(open_ms, 500, "1h"))
        pruning = tasks.create_task(keeper(store, clock).prune())
        written = 0
        while not pruning.done():
            await store.record_spreads(spreads(START_MS + written * MINUTE_MS))
            written += 1
            await clock.sleep(retention.PAUSE_S)
        assert pruning.result()["candles"] == hours * 500
        assert written >= hours * 500 / SLICE_ROWS
        (kept,) = (one for one in KEPT if one.bar_ms == HOUR_MS and one.name == "candles")
        await store.record_candles(candles(START_MS - 400 * HOUR_MS, SLICE_ROWS + 7, "1h"))
        assert [await store.prune(kept, START_MS) for _ in range(3)] == [SLICE_ROWS, 7, 0]


@in_virtual_time
async def test_a_week_stays_below_its_cap_with_what_is_newest(tmp_path: Path) -> None:
    """The file and its log together, at every moment; what is kept for good loses nothing."""
    clock = VirtualClock()
    sizes: list[int] = []
    async with open_store(tmp_path, clock, kind="real") as store, asyncio.TaskGroup() as tasks:
        await store.record_prices(a_day())
        worker = tasks.create_task(keeper(store, clock, max_db_size_mb=CAP_MB).run())
        written = 0
        for _ in range(7 * 24):
            now_ms = clock.now_ms()
            minutes = (spreads(now_ms + number * MINUTE_MS, 20) for number in range(60))
            await store.record_spreads(list(chain.from_iterable(minutes)))
            bars = (candles(now_ms + number * BAR_MS["15m"], 75) for number in range(4))
            await store.record_candles(list(chain.from_iterable(bars)))
            written += 60 * 20 + 4 * 75
            sizes.append(store.file_bytes + store.wal_bytes)
            await clock.sleep(3600)
            sizes.append(store.file_bytes + store.wal_bytes)
        assert max(sizes) <= CAP_MB * 1e6
        # It is used, too.
        assert max(sizes) >= 0.7 * CAP_MB * 1e6
        rows = (await store.info()).rows
        assert rows["spread_minutes"] + rows["candles"] < 0.8 * written
        last_ms = START_MS + 7 * DAY_MS
        newest = await store.spread_minutes(last_ms - DAY_MS, last_ms)
        assert len(newest) == 24 * 60 * 20
        kept = await store.candles(Exchange.BINANCE, Market.PERP, "C1USDT", "15m", limit=999)
        assert len(kept) >= 96
        assert rows["slot_prices"] == len(a_day())
        assert await store.check() == []
        worker.cancel()


@in_virtual_time
async def test_a_cap_that_is_set_later_shrinks_the_file(tmp_path: Path) -> None:
    """Within one pass, oldest first: what is left is the newest of every kind."""
    clock = VirtualClock()
    async with open_store(tmp_path, clock, kind="real") as store:
        for number in range(200):
            await store.record_candles(candles(START_MS - (number + 1) * HOUR_MS, 500, "1h"))
            await store.record_spreads(spreads(START_MS - (number + 1) * HOUR_MS, 500))
        await store.checkpoint()
        before = store.file_bytes
        assert before > 12e6
        removed = await keeper(store, clock, max_db_size_mb=10.0).shrink()
        assert store.file_bytes + store.wal_bytes < 7.5e6
        rows = (await store.info()).rows
        assert rows["candles"] + rows["spread_minutes"] == 200_000 - removed
        (bars_ms,) = await oldest(store, "candles")
        (minutes_ms,) = await oldest(store, "spread_minutes")
        assert bars_ms is not None
        assert minutes_ms is not None
        assert abs(bars_ms - minutes_ms) <= 2 * HOUR_MS


@in_virtual_time
async def test_what_is_kept_for_good_is_not_taken_for_a_cap(tmp_path: Path) -> None:
    """Nor the last hour of the rest: that the cap can't be met is said, once."""
    clock = VirtualClock()
    events: list[str] = []
    async with open_store(tmp_path, clock, kind="real") as store, asyncio.TaskGroup() as tasks:
        for day in range(40):
            await store.record_funding(
                [
                    replace(a_settlement(hour, coin=f"C{coin}"), rate=coin / 7_919)
                    for coin in range(150)
                    for hour in range(day * 24, day * 24 + 24)
                ]
            )
        await store.record_candles(candles(START_MS - 100 * BAR_MS["15m"], 5_000))
        await store.record_candles(candles(START_MS - BAR_MS["15m"], 5_000))
        settings = {"max_db_size_mb": 4.0, "candles_h": 1_000.0}
        watch = keeper(store, clock, events, **settings)
        worker = tasks.create_task(watch.run())
        await clock.sleep(10 * LOOK_S)
        rows = (await store.info()).rows
        assert (rows["settlements"], rows["candles"]) == (40 * 24 * 150, 5_000)
        assert [text for text in events if "can't be met" in text] == events[:1] == events
        worker.cancel()


@in_virtual_time
async def test_room_of_many_rows_goes_back_to_the_file_system(tmp_path: Path) -> None:
    """The file shrinks after a long pause, cap or no cap; hour by hour it need not."""
    clock = VirtualClock()
    async with open_store(tmp_path, clock, kind="real") as store:
        for number in range(130):
            await store.record_candles(candles(START_MS - (300 + number) * HOUR_MS, 500, "1h"))
        await store.checkpoint()
        before = store.file_bytes
        assert (await keeper(store, clock).prune())["candles"] == 130 * 500
        assert store.file_bytes < before / 10


async def test_a_reader_does_not_hold_up_the_writer(tmp_path: Path) -> None:
    """While somebody reads, the log is not folded in, and no write waits until it can be."""
    async with open_store(tmp_path, SystemClock(), kind="real") as store:
        await store.record_candles(candles(START_MS))
        path = paths.database_file(tmp_path)
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM candle").fetchall()
            await store.record_candles(candles(START_MS + BAR_MS["15m"]))
            # SQLite would wait for the reader, and the next write with it.
            await store._session._writing.execute("PRAGMA busy_timeout = 120000")
            async with asyncio.timeout(60):
                assert await store.fold_log() is False
                await store.record_candles(candles(START_MS + 2 * BAR_MS["15m"]))
            reader.rollback()
        assert await store.fold_log() is True
        assert store.wal_bytes == 0
