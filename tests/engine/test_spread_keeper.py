"""Minutes of spreads go after seven days, and nothing else does."""

import asyncio
from pathlib import Path

from msgspec.structs import replace

from tests.store.samples import a_minute, a_settlement, a_signal
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.engine import spread_keeper
from tui_monitor.engine.spread_keeper import SpreadKeeper
from tui_monitor.model import SpreadMinute
from tui_monitor.store import Store, open_store

WEEK_MS = 7 * DAY_MS


def minutes_from(start_ms: int, count: int, coins: int = 2) -> list[SpreadMinute]:
    """So many minutes in a row."""
    return [
        replace(a_minute(coin=f"C{coin}"), minute_ms=start_ms + number * MINUTE_MS)
        for number in range(count)
        for coin in range(coins)
    ]


async def times(store: Store) -> list[int]:
    """Which minutes are there."""
    return sorted({row.minute_ms for row in await store.spread_minutes(0, START_MS + DAY_MS)})


@in_virtual_time
async def test_minutes_go_when_they_are_seven_days_old(tmp_path: Path) -> None:
    """By the time they are of, not by when they were written; kept things stay."""
    clock = VirtualClock()
    async with open_store(tmp_path, clock, kind="real") as store:
        await store.record_spreads(minutes_from(START_MS - WEEK_MS - 10 * MINUTE_MS, 20))
        await store.record_signals([a_signal()])
        await store.record_funding([a_settlement()])
        assert await SpreadKeeper(store, clock).prune() == 2 * 10
        first_ms = START_MS - WEEK_MS
        assert await times(store) == [first_ms + number * MINUTE_MS for number in range(10)]
        assert len(await store.signals(0, START_MS, 10)) == 1
        assert len(await store.settlements(0, START_MS)) == 1


@in_virtual_time
async def test_the_worker_goes_on_with_the_clock(tmp_path: Path) -> None:
    """Every ten minutes."""
    clock = VirtualClock()
    async with open_store(tmp_path, clock, kind="real") as store, asyncio.TaskGroup() as tasks:
        await store.record_spreads(minutes_from(START_MS - WEEK_MS, 30))
        worker = tasks.create_task(SpreadKeeper(store, clock).run())
        await clock.sleep(20 * 60 + 5)
        assert min(await times(store)) == START_MS - WEEK_MS + 21 * MINUTE_MS
        worker.cancel()


@in_virtual_time
async def test_others_write_between_two_removals(tmp_path: Path) -> None:
    """However much there is to remove, nobody waits for more than one of them."""
    clock = VirtualClock()
    async with open_store(tmp_path, clock, kind="real") as store, asyncio.TaskGroup() as tasks:
        await store.record_spreads(minutes_from(START_MS - 2 * WEEK_MS, 400))
        pruning = tasks.create_task(SpreadKeeper(store, clock).prune())
        await clock.sleep(3 * spread_keeper.PAUSE_S)
        await store.record_signals([a_signal()])
        assert not pruning.done()
        assert len(await times(store)) > 350
    assert pruning.result() == 800


@in_virtual_time
async def test_room_of_many_rows_goes_back_to_the_file_system(tmp_path: Path) -> None:
    """The file shrinks after a long pause; day by day it need not."""
    clock = VirtualClock()
    async with open_store(tmp_path, clock, kind="real") as store:
        for start in range(0, 240, 60):
            await store.record_spreads(
                minutes_from(START_MS - 2 * WEEK_MS + start * MINUTE_MS, 60, coins=260)
            )
        await store.checkpoint()
        before = (await store.info()).size_bytes
        assert await SpreadKeeper(store, clock).prune() == 240 * 260
        await store.checkpoint()
        assert (await store.info()).size_bytes < before / 5
