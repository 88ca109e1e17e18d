"""Steps forward, one transaction each; a killed one leaves the version before."""

import sqlite3
from pathlib import Path

import aiosqlite
import pytest

from tests.store.builders import content_of
from tui_monitor.store.database import connect
from tui_monitor.store.migrations import APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION, migrate

SCHEMA_PAGE = Path(__file__).parents[2] / "tui_monitor" / "store" / "SCHEMA.md"
NEXT = ("PRAGMA user_version = 99", "CREATE TABLE extra (x)", "INSERT INTO extra VALUES (1)")


async def tables(database: aiosqlite.Connection) -> dict[str, list[str]]:
    """Each table with its columns."""
    names = await database.execute_fetchall(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    )
    return {
        name: [row[1] for row in await database.execute_fetchall(f"PRAGMA table_info({name})")]
        for (name,) in names
    }


async def number(database: aiosqlite.Connection, pragma: str) -> int:
    """A pragma's answer."""
    ((answer,),) = await database.execute_fetchall(pragma)
    return int(answer)


async def test_an_empty_file_gets_the_newest_schema() -> None:
    """With our mark and the number of the last step."""
    async with connect("file::memory:") as database:
        await migrate(database, 0)
        assert await number(database, "PRAGMA user_version") == SCHEMA_VERSION == len(MIGRATIONS)
        assert await number(database, "PRAGMA application_id") == APPLICATION_ID


async def test_each_version_can_be_brought_to_the_next() -> None:
    """Only the steps that are missing run."""
    async with connect("file::memory:") as database:
        for version in range(len(MIGRATIONS)):
            await migrate(database, version, MIGRATIONS[: version + 1])
            assert await number(database, "PRAGMA user_version") == version + 1
        await migrate(database, SCHEMA_VERSION, (*MIGRATIONS, NEXT))
        assert await number(database, "PRAGMA user_version") == 99
        assert "extra" in await tables(database)


@pytest.mark.parametrize("stop", range(1, len(NEXT) + 1))
async def test_a_step_that_is_cut_off_leaves_the_version_before(tmp_path: Path, stop: int) -> None:
    """After each of its statements; the next start does it whole."""
    path = tmp_path / "x.sqlite3"
    async with connect(f"file:{path}") as database:
        await migrate(database, 0)
        broken = (*NEXT[:stop], "INSERT INTO nowhere VALUES (1)")
        with pytest.raises(sqlite3.OperationalError):
            await migrate(database, SCHEMA_VERSION, (*MIGRATIONS, broken))
    async with connect(f"file:{path}") as database:
        assert await number(database, "PRAGMA user_version") == SCHEMA_VERSION
        assert "extra" not in await tables(database)
        await migrate(database, SCHEMA_VERSION, (*MIGRATIONS, NEXT))
        assert await number(database, "PRAGMA user_version") == 99


async def test_the_schema_page_names_every_table_and_column() -> None:
    """And every step its number."""
    page = content_of(SCHEMA_PAGE).decode()
    async with connect("file::memory:") as database:
        await migrate(database, 0)
        for table, columns in (await tables(database)).items():
            assert f"## {table}" in page
            section = page.split(f"## {table}\n", 1)[1].split("\n## ", 1)[0]
            for column in columns:
                assert f"`{column}`" in section, (table, column)
    for version, step in enumerate(MIGRATIONS, 1):
        assert f"PRAGMA user_version = {version}" in step
        assert f"| {version} |" in page
