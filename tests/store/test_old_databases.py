"""Databases that an older program left behind, brought up to date by a start of this one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.builders import COINS, DAY_END_MS, DAY_MS, NOW_MS, StillClock, a_day, names
from tests.store.samples import a_minute, a_settlement, a_signal
from tui_monitor import paths
from tui_monitor.errors import StoreUnusable
from tui_monitor.store import open_reader, open_store
from tui_monitor.store.database import connect
from tui_monitor.store.migrations import MIGRATIONS, SCHEMA_VERSION, migrate


async def a_database_of_step_1(folder: Path) -> Path:
    """As the first program left it: a day of prices, a hole, an outage, closed in order."""
    path = paths.database_file(folder)
    async with connect(f"file:{path}") as old:
        await old.execute("PRAGMA auto_vacuum = INCREMENTAL")
        await old.execute("PRAGMA journal_mode = WAL")
        await migrate(old, 0, MIGRATIONS[:1])
        await old.executemany("INSERT INTO coin (name) VALUES (?)", [(coin,) for coin in COINS])
        await old.executemany(
            """INSERT INTO slot_price
               VALUES (?, (SELECT id FROM coin WHERE name = ?), ?, ?, ?, NULL)""",
            [(row.slot_ms, row.coin, row.price, row.source, row.observed_ms) for row in a_day()],
        )
        await old.execute(
            "INSERT INTO outage VALUES (1, 'okx', 'perp', 'tickers', 'silent', 5, 6, 1)"
        )
        await old.executemany("INSERT INTO meta VALUES (?, ?)", [("kind", "real"), ("clean", "1")])
    return path


def version_of(path: Path) -> int:
    """The schema's number, read by a hand that is not ours, when nobody has the file open."""
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("PRAGMA user_version").fetchone()[0])


async def test_history_of_step_1_is_whole_after_the_start(tmp_path: Path) -> None:
    """Every price and outage, and the new tables take rows at once."""
    path = await a_database_of_step_1(tmp_path)
    assert version_of(path) == 1
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert store.notices == []
        prices = await store.prices(DAY_MS, DAY_END_MS, COINS)
        assert sorted(prices, key=str) == sorted(a_day(), key=str)
        assert [outage.reason for outage in await store.outages(0, 10)] == ["silent"]
        await store.record_funding([a_settlement()])
        await store.record_spreads([a_minute()])
        await store.record_signals([a_signal()])
        assert await store.check() == []
    assert version_of(path) == SCHEMA_VERSION
    assert names(tmp_path) == ["monitor.sqlite3"]


async def test_a_reader_does_not_bring_it_up_to_date(tmp_path: Path) -> None:
    """It says who does, and leaves the file as it is."""
    path = await a_database_of_step_1(tmp_path)
    with pytest.raises(StoreUnusable, match="schema 1 is older"):
        async with open_reader(tmp_path):
            pass
    assert version_of(path) == 1


async def test_a_start_that_dies_in_the_step_leaves_step_1(tmp_path: Path) -> None:
    """The next one does it whole: the step is one transaction."""
    path = await a_database_of_step_1(tmp_path)
    broken = (MIGRATIONS[0], (*MIGRATIONS[1], "INSERT INTO nowhere VALUES (1)"))
    async with connect(f"file:{path}") as dying:
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            await migrate(dying, 1, broken)
    assert version_of(path) == 1
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert len(await store.prices(DAY_MS, DAY_END_MS, COINS)) == len(a_day())
        assert await store.paid_funding(NOW_MS) == []
