"""Who wrote, by numbers that the database gives: two at once can't go unseen."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.builders import NOW_MS, StillClock, a_day, a_price
from tests.support.writers import follow_each_other, writers_of
from tui_monitor import paths
from tui_monitor.errors import StoreError
from tui_monitor.store import open_store
from tui_monitor.store.database import connect
from tui_monitor.store.migrations import MIGRATIONS, migrate
from tui_monitor.store.writers import WRITERS_KEPT


async def test_each_opening_is_a_writer_whose_commits_follow_the_ones_before(
    tmp_path: Path,
) -> None:
    """With its process, when it began and when it ended."""
    for _ in range(3):
        async with open_store(tmp_path, StillClock(), kind="real") as store:
            await store.record_prices(a_day())
            await store.record_prices([a_price()])
            assert await store.check() == []
    found = writers_of(tmp_path)
    assert [one.commits for one in found] == [3, 3, 3]  # with the clean mark's
    assert {(one.pid, one.begin_ms, one.end_ms, one.last_ms) for one in found} == {
        (os.getpid(), NOW_MS, NOW_MS, NOW_MS)
    }
    assert follow_each_other(found)


async def test_what_was_rolled_back_has_no_number(tmp_path: Path) -> None:
    """Only what is on disk counts."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        await store.record_prices(a_day())
        with pytest.raises(StoreError, match="CHECK"):
            await store.record_prices([a_price(price=-1.0)])
        await store.record_prices(a_day())
    assert [one.commits for one in writers_of(tmp_path)] == [3]
    assert follow_each_other(writers_of(tmp_path))


async def test_two_writers_at_once_are_found(tmp_path: Path) -> None:
    """As without the engine's lock: `db check` names the first one."""
    async with (
        open_store(tmp_path, StillClock(), kind="real") as one,
        open_store(tmp_path, StillClock(), kind="real") as other,
    ):
        await one.record_prices(a_day())
        await other.record_prices(a_day())
        await one.record_prices(a_day())
        found = await one.check()
    assert any(line.startswith("writer: while 1 (process") for line in found)
    assert not follow_each_other(writers_of(tmp_path))


async def test_a_database_of_step_4_gets_its_first_writer(tmp_path: Path) -> None:
    """What it has stays; whoever wrote before is not known."""
    async with connect(f"file:{paths.database_file(tmp_path)}") as old:
        await migrate(old, 0, MIGRATIONS[:4])
        await old.execute("INSERT INTO coin (name) VALUES ('BTC')")
        await old.executemany("INSERT INTO meta VALUES (?, ?)", [("kind", "real"), ("clean", "1")])
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        await store.record_prices([a_price(coin="BTC")])
        assert await store.check() == []
    assert [(one.id, one.first_commit, one.commits) for one in writers_of(tmp_path)] == [(1, 1, 2)]


async def test_only_so_many_writers_are_kept(tmp_path: Path) -> None:
    """And the numbers go on."""
    async with open_store(tmp_path, StillClock(), kind="real"):
        pass
    with closing(sqlite3.connect(paths.database_file(tmp_path))) as database, database:
        rows = [(n, 1, 0, n, n, 1) for n in range(2, WRITERS_KEPT + 10)]
        database.executemany(
            """INSERT INTO writer (id, pid, begin_ms, first_commit, last_commit, commits)
               VALUES (?, ?, ?, ?, ?, ?)""",
            rows,
        )
    async with open_store(tmp_path, StillClock(), kind="real"):
        pass
    found = writers_of(tmp_path)
    assert len(found) == WRITERS_KEPT
    assert follow_each_other(found)
