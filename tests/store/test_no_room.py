"""A start on a full disk: what is stored is shown, nothing is recorded until there is room."""

import sqlite3
from pathlib import Path
from typing import Any, cast

import aiosqlite
import pytest

from tests.store.builders import COINS, DAY_MS, NOW_MS, StillClock, a_day, names
from tests.store.test_opening import a_closed_store
from tui_monitor.errors import StoreFull
from tui_monitor.model import Exchange, Job, JobState
from tui_monitor.store import open_cramped, open_store
from tui_monitor.store.database import connect
from tui_monitor.store.session import OPEN_AGAIN_S


class Disk:
    """Refuses, while it is full, whatever writes to a database: as SQLite says it."""

    def __init__(self, error: str = "SQLITE_FULL") -> None:
        self.is_full = True
        self.tries = 0
        self._error = error

    def connect(self, uri: str) -> aiosqlite.Connection:
        """A connection; one that writes, or needs files of its own, gets nowhere."""
        connection: Any = connect(uri)
        if not uri.endswith("mode=rwc"):
            return cast("aiosqlite.Connection", connection)
        execute = connection._execute

        async def refused(function: Any, *args: object) -> object:
            if self.is_full and function.__name__ != "close":
                self.tries += 1
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = getattr(sqlite3, self._error)
                raise error
            return await execute(function, *args)

        connection._execute = refused
        return cast("aiosqlite.Connection", connection)


@pytest.mark.parametrize("error", ["SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_WRITE"])
async def test_a_store_opens_on_a_full_disk_and_records_once_there_is_room(
    tmp_path: Path, error: str
) -> None:
    """A new folder: empty until then, nothing left behind, and told from the start."""
    disk, clock = Disk(error), StillClock()
    async with open_store(
        tmp_path, clock, kind="real", connect=disk.connect, waits_for_room=True
    ) as store:
        assert "no room" in str(store.write_fault)
        assert names(tmp_path) == []
        assert await store.prices(DAY_MS, DAY_MS + 1, COINS) == []
        assert await store.kind() is None
        with pytest.raises(StoreFull):
            await store.record_prices(a_day())
        with pytest.raises(StoreFull):
            await store.checkpoint()
        disk.is_full = False
        clock.seconds += OPEN_AGAIN_S
        assert await store.record_prices(a_day()) == 48 * len(COINS)
        assert store.write_fault is None
        assert (await store.info()).kind == "real"
    async with open_store(tmp_path, clock, kind="real") as store:
        assert store.notices == []
        assert await store.check() == []


async def test_what_is_stored_is_read_while_there_is_no_room_to_write(tmp_path: Path) -> None:
    """And the same file goes on: the jobs and outages of who wrote before are closed first."""
    clock = StillClock()
    async with open_store(tmp_path, clock, kind="real") as store:
        await store.record_prices(a_day())
        await store.create_job(
            Job(
                exchange=Exchange.OKX,
                first_day="2026-01-01",
                last_day="2026-01-02",
                state=JobState.RUNNING,
                created_ms=NOW_MS,
                updated_ms=NOW_MS,
            )
        )
    disk = Disk()
    async with open_store(
        tmp_path, clock, kind="real", connect=disk.connect, waits_for_room=True
    ) as store:
        await store.take_over(NOW_MS)
        assert len(await store.prices(DAY_MS, DAY_MS + 86_400_000, COINS)) == 48 * len(COINS)
        disk.is_full = False
        clock.seconds += OPEN_AGAIN_S
        await store.try_write()
        assert [job.state for job in await store.jobs(9)] == [JobState.INTERRUPTED]


async def test_a_full_disk_is_not_asked_again_by_every_writer(tmp_path: Path) -> None:
    """Once in some seconds, whoever writes."""
    disk = Disk()
    async with open_store(
        tmp_path, StillClock(), kind="real", connect=disk.connect, waits_for_room=True
    ) as store:
        tried = disk.tries
        for _ in range(20):
            with pytest.raises(StoreFull):
                await store.try_write()
        assert disk.tries == tried


async def test_who_does_not_wait_for_room_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    """Else the next start would set an empty file aside as damaged."""
    with pytest.raises(StoreFull, match="no room"):
        async with open_store(tmp_path, StillClock(), kind="real", connect=Disk().connect):
            raise AssertionError
    assert names(tmp_path) == []


async def test_a_database_is_cleaned_without_a_log_and_is_sound(tmp_path: Path) -> None:
    """And afterwards it has a log again."""
    await a_closed_store(tmp_path)
    async with open_cramped(tmp_path, StillClock()) as store:
        done = await store.clean(0.0, force=True)
        assert done.done
        assert names(tmp_path, "*-wal") == []
    async with open_store(tmp_path, StillClock(), kind=None) as store:
        assert store.notices == []
        assert await store.check() == []
        assert len(names(tmp_path, "*-wal")) == 1
