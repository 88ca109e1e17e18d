"""Liquidations when the program is killed, and in databases that an older one left."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.builders import COINS, DAY_END_MS, DAY_MS, StillClock, a_day
from tests.store.events import HOUR_MS, an_aggregate, an_event, told
from tests.store.test_faults import Trap, an_error, said, throwing
from tui_monitor import paths
from tui_monitor.clock import DAY_MS as LENGTH_MS
from tui_monitor.clock import MINUTE_MS
from tui_monitor.errors import StoreFull
from tui_monitor.store import open_store
from tui_monitor.store.database import connect
from tui_monitor.store.migrations import MIGRATIONS, migrate

# Each minute: its events, then its sums, then a word.
WRITE = """
import asyncio, sys
from pathlib import Path
from tests.store.builders import StillClock
from tests.store.events import an_aggregate, an_event, told
from tui_monitor.store import open_store

async def main():
    async with open_store(Path(sys.argv[1]), StillClock(), kind="real") as store:
        for minute in range(400):
            events = [an_event(minute * 60 + second, 1.5) for second in range(0, 60, 3)]
            await store.record_liquidations(events)
            await store.record_liquidation_minutes([told(minute, 30.0, 0.0)])
            await store.record_interest_minute(events[0].exchange_ms, 1e10, 4)
            await store.record_aggregates([an_aggregate(minute)])
            print(minute, flush=True)
        print("end", flush=True)
        sys.stdin.read()

asyncio.run(main())
"""


def a_writer(folder: Path) -> "subprocess.Popen[str]":
    """Another process that prints each minute once it is committed."""
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", WRITE, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )


@pytest.mark.parametrize("last", [0, 70])
async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, last: int) -> None:
    """Whole batches; hours are their minutes; sums made again from events are the stored ones."""
    with a_writer(tmp_path) as process:
        await asyncio.to_thread(said, process, str(last))
        process.send_signal(signal.SIGKILL)
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert store.notices == []
        assert await store.check() == []
        minutes = await store.liquidation_minutes(DAY_MS, DAY_END_MS)
        assert len(minutes) > last
        sums = await store.liquidation_sums(DAY_MS, DAY_END_MS)
        assert [(row.minute_ms, row.long_usd) for row in sums[: len(minutes)]] == [
            (row.minute_ms, row.long_usd) for row in minutes
        ]
        assert len(sums) - len(minutes) in (0, 1)
        assert {row.long_count for row in sums} == {20}
        hours = await store.liquidation_curve(DAY_MS, DAY_MS + 30 * LENGTH_MS, HOUR_MS)
        assert sum(hour.long_usd for hour in hours) == 30.0 * len(minutes)
        assert len(await store.aggregates(DAY_MS, DAY_END_MS, 999)) in (
            len(minutes) - 1,
            len(minutes),
        )


@pytest.mark.parametrize("step", [1, 2])
async def test_an_older_database_takes_liquidations_at_once(tmp_path: Path, step: int) -> None:
    """What it had is whole, and the new tables work."""
    async with connect(f"file:{paths.database_file(tmp_path)}") as old:
        await old.execute("PRAGMA auto_vacuum = INCREMENTAL")
        await old.execute("PRAGMA journal_mode = WAL")
        await migrate(old, 0, MIGRATIONS[:step])
        await old.executemany("INSERT INTO coin (name) VALUES (?)", [(coin,) for coin in COINS])
        await old.executemany(
            """INSERT INTO slot_price
               VALUES (?, (SELECT id FROM coin WHERE name = ?), ?, ?, ?, NULL)""",
            [(row.slot_ms, row.coin, row.price, row.source, row.observed_ms) for row in a_day()],
        )
        await old.executemany("INSERT INTO meta VALUES (?, ?)", [("kind", "real"), ("clean", "1")])
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert store.notices == []
        assert len(await store.prices(DAY_MS, DAY_END_MS, COINS)) == len(a_day())
        assert await store.record_liquidations([an_event()]) == 1
        await store.record_liquidation_minutes([told()])
        await store.record_interest_minute(DAY_MS, 1e10, 4)
        assert await store.record_aggregates([an_aggregate()]) == 1
        assert len(await store.liquidation_curve(DAY_MS, DAY_END_MS, MINUTE_MS)) == 1
        assert await store.check() == []


async def test_a_full_disk_leaves_minutes_and_hours_as_they_were(tmp_path: Path) -> None:
    """Wherever in the write it strikes; with room again the same minutes go in."""
    trap = Trap()
    async with open_store(tmp_path, StillClock(), kind="real", connect=trap.connect) as store:
        failures = 0
        for minute in range(12):
            trap.set(minute + 1, throwing(an_error("SQLITE_FULL")))
            before = await store.liquidation_minutes(DAY_MS, DAY_END_MS)
            try:
                await store.record_liquidation_minutes([told(minute)])
            except StoreFull:
                failures += 1
                assert await store.liquidation_minutes(DAY_MS, DAY_END_MS) == before
            trap.set(0, lambda: None)
            await store.record_liquidation_minutes([told(minute)])
            assert await store.check() == []
        assert 3 <= failures < 12
