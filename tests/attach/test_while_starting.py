"""What is stored is shown until the engine of this process is there."""

import os
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.attach.test_taking_over import in_use, place
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor import paths
from tui_monitor.attach.live import live
from tui_monitor.attach.place import Place
from tui_monitor.boards.spreads import Filter
from tui_monitor.engine_lock import read_holder
from tui_monitor.errors import FolderUnusable, MonitorError, StoreUnusable
from tui_monitor.source import Query
from tui_monitor.source.awaited import STARTING

DAY = date(2026, 1, 14)


async def stored(folder: Path, clock: VirtualClock) -> None:
    """An engine was here before."""
    async with live(place(folder, clock)) as one:
        assert one.source.status().mode == "host"


@in_virtual_time
async def test_what_is_stored_is_the_source_until_the_engine_is_there(tmp_path: Path) -> None:
    """Boards of the database, in words that promise an engine; the lock is held from the start."""
    clock = VirtualClock()
    await stored(tmp_path, clock)
    async with live(place(tmp_path, clock)) as one:
        assert read_holder(tmp_path) == {"pid": 1}
        status = one.source.status()
        assert (status.mode, status.kind, status.recording) == ("starting", "demo", False)
        assert (status.coins_live, status.lights, one.source.events()) == (0, [], [])
        for _ in range(2):
            board = await one.source.sum_board(Query())
            assert len(board.nodes) == 48
            assert board.live is None
        spreads = await one.source.spreads_board(None, Filter.ALL)
        assert (spreads.live, spreads.reason) == (False, STARTING)
        with pytest.raises(MonitorError, match=STARTING):
            await one.source.start_backfill(DAY, DAY)
        async with in_use(one):
            await clock.sleep(5)
            assert one.source.status().mode == "host"
            assert (await one.source.spreads_board(None, Filter.ALL)).reason != STARTING
    assert read_holder(tmp_path) is None


@in_virtual_time
async def test_what_no_engine_could_run_on_is_said_before_anything_is_shown(tmp_path: Path) -> None:
    """A database of another kind is not even shown; one that is damaged is set aside as ever."""
    clock = VirtualClock()
    await stored(tmp_path, clock)
    with pytest.raises(StoreUnusable, match="demo history, not real"):
        async with live(place(tmp_path, clock, kind="real")):
            pass
    assert read_holder(tmp_path) is None
    paths.database_file(tmp_path).write_bytes(b"SQLite format 3\0" + b"\xff" * 5_000)
    async with live(place(tmp_path, clock)) as one:
        assert one.source.status().mode == "host"
        assert any("corrupt" in name for name in os.listdir(tmp_path))  # noqa: PTH208 - in a coroutine


@in_virtual_time
async def test_stored_boards_stay_where_the_engine_can_not_be_had(tmp_path: Path) -> None:
    """It is said, and what is stored can be looked at still."""
    clock = VirtualClock()
    await stored(tmp_path, clock)

    def nothing_to_stand_on(_: Place) -> AbstractContextManager[Place]:
        raise FolderUnusable("no room for a simulator")

    wanted = replace(place(tmp_path, clock), needs=nothing_to_stand_on)
    async with live(wanted) as one, in_use(one) as task:
        with pytest.raises(FolderUnusable, match="no room"):
            await task
        assert one.source.status().mode == "starting"
        assert len((await one.source.sum_board(Query())).nodes) == 48
