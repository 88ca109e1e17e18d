"""Minutes and signals on their way into the store."""

from pathlib import Path

import aiosqlite

from tests.source.test_spreads import a_minute, a_record
from tests.support.price_sources import price_minute
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor import paths
from tui_monitor.boards.signals import Ending
from tui_monitor.clock import DAY_MS
from tui_monitor.engine.spread_records import MINUTES_KEPT, SpreadRecords
from tui_monitor.model import SpreadKind
from tui_monitor.store import Store, open_store


async def stored_minutes(store: Store) -> int:
    found = await store.coin_spreads("BTC", SpreadKind.ALL, START_MS - DAY_MS, START_MS)
    return len(found)


@in_virtual_time
async def test_what_a_locked_store_refuses_is_written_later_and_once(tmp_path: Path) -> None:
    """Kept back in order while another process holds the file; its times are not doubled."""
    clock = VirtualClock()
    lines: list[tuple[str, str, str]] = []
    async with open_store(tmp_path, clock, kind="real") as store:
        records = SpreadRecords(store, clock, lambda *line: lines.append(line))
        # Ten seconds of patience would be ten of this test's.
        await store._session._writing.execute_fetchall("PRAGMA busy_timeout = 20")
        async with aiosqlite.connect(paths.database_file(tmp_path)) as other:
            await other.execute("BEGIN IMMEDIATE")
            records.add_minutes([a_minute(1, 4.0)])
            records.add_signals([a_record("BTC", ending=None)])
            records.add_prices([price_minute(START_MS)])
            assert not await records.flush()
            assert records.backlog_rows == 3
            await other.rollback()
        records.add_signals([a_record("BTC", ending=Ending.NARROWED.value)])
        assert await records.flush()
        assert records.backlog_rows == 0
        assert await records.flush()
        (minute,) = await store.coin_spreads("BTC", SpreadKind.ALL, START_MS - DAY_MS, START_MS)
        assert (minute.over_s, minute.samples) == (4.0, 60)
        (prices,) = await store.price_minutes("BTC", START_MS, START_MS + 1)
        assert prices.samples == 60
        (signal,) = await store.signals(0, START_MS + 1, 10)
        assert signal.ending == Ending.NARROWED
        assert lines == []


@in_virtual_time
async def test_what_waits_too_long_is_let_go_and_told(tmp_path: Path) -> None:
    """Memory is bounded: the oldest minutes leave first."""
    clock = VirtualClock()
    lines: list[tuple[str, str, str]] = []
    async with open_store(tmp_path, clock, kind="real") as store:
        records = SpreadRecords(store, clock, lambda *line: lines.append(line))
        for minute in range(MINUTES_KEPT + 2, 0, -1):
            records.add_minutes([a_minute(minute, 0.0)])
        assert records.dropped_rows == 2
        assert {line[0] for line in lines} == {"error"}
        await records.flush()
        assert await stored_minutes(store) == MINUTES_KEPT
