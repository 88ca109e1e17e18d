"""A backup beside a running writer: whole, of one moment, never in the place of another file."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tests.store.builders import COINS, NOW_MS, StillClock, a_price
from tui_monitor import paths
from tui_monitor.clock import SLOT_MS
from tui_monitor.errors import BadInput, StoreError
from tui_monitor.store import Store, open_reader, open_store
from tui_monitor.store.backup import backup

SLOTS = 2_000


async def record(store: Store, first: int, last: int) -> None:
    """Some slots of three coins, all of one transaction."""
    rows = [a_price(slot, coin) for slot in range(first, last) for coin in COINS]
    await store.record_prices(rows)


def names_in(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def put_in(folder: Path, copy: Path) -> Path:
    """Make a copy the database of a new folder."""
    folder.mkdir()
    copy.rename(paths.database_file(folder))
    return folder


async def test_a_copy_is_of_one_moment_however_much_is_written(tmp_path: Path) -> None:
    """It ends though there is a commit between any two of its steps; the writer goes on."""
    copy = tmp_path / "copy.sqlite3"
    async with open_store(tmp_path, StillClock(), kind="demo") as store:
        await record(store, 0, SLOTS)
        copying = asyncio.create_task(backup(tmp_path, copy, 2))
        number = SLOTS
        async with asyncio.timeout(60):
            while not copying.done():
                await record(store, number, number + 1)
                number += 1
        assert await copying == copy.stat().st_size
        assert number > SLOTS
        assert (await store.info()).rows["slot_prices"] == number * len(COINS)
    assert [name for name in names_in(tmp_path) if "copy" in name] == [copy.name]
    later = StillClock(NOW_MS + (number + 1) * SLOT_MS)
    async with open_reader(put_in(tmp_path / "other", copy), later) as reader:
        assert await reader.check() == []
        rows = (await reader.info()).rows["slot_prices"]
    assert rows % len(COINS) == 0
    assert SLOTS * len(COINS) <= rows <= number * len(COINS)


async def test_a_file_that_exists_is_not_replaced(tmp_path: Path) -> None:
    """Whatever it is; nor is a folder that nobody meant made a database's."""
    copy = tmp_path / "copy.sqlite3"
    copy.write_text("mine")
    async with open_store(tmp_path, StillClock(), kind="demo"):
        with pytest.raises(BadInput, match="exists"):
            await backup(tmp_path, copy)
    with pytest.raises(StoreError, match="no database"):
        await backup(tmp_path / "nowhere", tmp_path / "new")
    assert copy.read_text() == "mine"
    assert not (tmp_path / "new").exists()


async def test_a_cancelled_copy_leaves_nothing(tmp_path: Path) -> None:
    """In the middle of its steps; and the database can be closed at once."""
    async with open_store(tmp_path, StillClock(), kind="demo") as store:
        await record(store, 0, SLOTS)
        before = names_in(tmp_path)
        # After its first page it would wait for an hour.
        copying = asyncio.create_task(backup(tmp_path, tmp_path / "copy", 1, 3600.0))
        async with asyncio.timeout(60):
            while not any(name.endswith("-journal") for name in names_in(tmp_path)):  # noqa: ASYNC110
                await asyncio.sleep(0)
        copying.cancel()
        await asyncio.gather(copying, return_exceptions=True)
        assert copying.cancelled()
        assert names_in(tmp_path) == before


async def test_a_damaged_database_gives_no_copy(tmp_path: Path) -> None:
    """Its pages would be copied as they are: the look afterwards finds it."""
    async with open_store(tmp_path, StillClock(), kind="demo") as store:
        await record(store, 0, SLOTS)
    path = paths.database_file(tmp_path)
    with sqlite3.connect(path) as found:
        (root,) = found.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'slot_price'"
        ).fetchone()
        (size,) = found.execute("PRAGMA page_size").fetchone()
    found.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size + 8)
        file.write(b"\xff" * 100)
    with pytest.raises(StoreError):
        await backup(tmp_path, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
