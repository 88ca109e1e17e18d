"""What a start finds in the folder, and what it does about it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.builders import (
    COINS,
    NOW_MS,
    StillClock,
    a_day,
    a_price,
    content_of,
    names,
    put,
)
from tui_monitor import paths
from tui_monitor.errors import StoreError, StoreUnusable
from tui_monitor.store import open_reader, open_store
from tui_monitor.store.migrations import SCHEMA_VERSION

STAMP = "20260120T040000Z"


async def a_closed_store(folder: Path, rows: int = 1) -> Path:
    """A store with some days in it, closed cleanly."""
    async with open_store(folder, StillClock(), kind="real") as store:
        for day in range(rows):
            await store.record_prices(a_day(day=day))
    return paths.database_file(folder)


def sql(path: Path, *statements: str) -> None:
    """Run statements on a closed database."""
    database = sqlite3.connect(path, isolation_level=None)
    try:
        for statement in statements:
            database.execute(statement)
    finally:
        database.close()


async def test_a_new_store_is_set_up_as_the_rules_say(tmp_path: Path) -> None:
    """WAL, incremental vacuum, our mark and version; nothing else is left after closing."""
    async with open_store(tmp_path, StillClock(), kind=None) as store:
        assert store.notices == []
        writer = store._session._writing
        answers = {}
        for name, pragma in {
            "journal": "PRAGMA journal_mode",
            "vacuum": "PRAGMA auto_vacuum",
            "synchronous": "PRAGMA synchronous",
            "keys": "PRAGMA foreign_keys",
            "trusted": "PRAGMA trusted_schema",
            "busy": "PRAGMA busy_timeout",
            "limit": "PRAGMA journal_size_limit",
            "version": "PRAGMA user_version",
        }.items():
            ((answers[name],),) = await writer.execute_fetchall(pragma)
        assert answers == {
            "journal": "wal",
            "vacuum": 2,
            "synchronous": 1,
            "keys": 1,
            "trusted": 0,
            "busy": 5000,
            "limit": 64 * 1024 * 1024,
            "version": SCHEMA_VERSION,
        }
    assert names(tmp_path) == ["monitor.sqlite3"]


async def test_a_closed_store_opens_again_with_its_rows(tmp_path: Path) -> None:
    """And without a word."""
    await a_closed_store(tmp_path)
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert store.notices == []
        assert len(await store.prices(0, NOW_MS, COINS)) == 48 * len(COINS)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("dear diary, today I bought a database " * 100)


def _nul(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _nul_head(path: Path) -> None:
    path.write_bytes(bytes(100) + path.read_bytes()[100:])


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _nul_tail(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(len(content) - 4096))


def _garbage_pages(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


def _no_tables(path: Path) -> None:
    sql(path, "DROP TABLE meta")


def _other_program(path: Path) -> None:
    path.unlink()
    sql(path, "CREATE TABLE t (x)", "PRAGMA application_id = 7")


def _unmarked(path: Path) -> None:
    path.unlink()
    sql(path, "CREATE TABLE t (x)")


def _unclean(path: Path) -> None:
    sql(path, "UPDATE meta SET value = '0' WHERE key = 'clean'")


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "zero length": (_empty, "corrupt"),
    "a text file": (_text, "foreign"),
    "all NUL": (_nul, "corrupt"),
    "a NUL head": (_nul_head, "corrupt"),
    "half cut": (_half, "corrupt"),
    "a table gone": (_no_tables, "corrupt"),
    "another program's": (_other_program, "foreign"),
    "unmarked": (_unmarked, "foreign"),
}


@pytest.mark.parametrize("name", DAMAGES)
async def test_an_unfit_file_is_set_aside_and_a_new_one_begun(tmp_path: Path, name: str) -> None:
    """The file is kept to the byte under a dated name, and the user is told."""
    damage, word = DAMAGES[name]
    path = await a_closed_store(tmp_path, 3)
    damage(path)
    content = path.read_bytes()
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        (notice,) = store.notices
        aside = tmp_path / f"monitor.sqlite3.{word}-{STAMP}"
        assert aside.name in notice
        assert aside.read_bytes() == content
        assert await store.record_prices([a_price()]) == 1


@pytest.mark.parametrize("damage", [_nul_tail, _garbage_pages])
async def test_damage_inside_is_found_after_an_unclean_end(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """The whole file is looked through only then: a clean start stays fast."""
    path = await a_closed_store(tmp_path, 3)
    _unclean(path)
    damage(path)
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        (notice,) = store.notices
        assert "\n" not in notice
        assert "***" not in notice
        assert await store.prices(0, NOW_MS, COINS) == []


async def test_a_sound_file_survives_an_unclean_end(tmp_path: Path) -> None:
    """No mark alone is no damage."""
    _unclean(await a_closed_store(tmp_path))
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert store.notices == []
        assert len(await store.prices(0, NOW_MS, COINS)) == 48 * len(COINS)


async def test_nothing_set_aside_is_ever_overwritten(tmp_path: Path) -> None:
    """Two damages within a second get two names."""
    for content in (b"first" * 100, b"second" * 100):
        paths.database_file(tmp_path).write_bytes(content)
        async with open_store(tmp_path, StillClock(), kind="real"):
            pass
    kept = [content_of(tmp_path / name)[:6] for name in names(tmp_path, "*.foreign-*")]
    assert kept == [b"firstf", b"second"]


async def test_database_log_and_shared_memory_go_aside_together(tmp_path: Path) -> None:
    """Under names by which SQLite still finds them."""
    path = await a_closed_store(tmp_path)
    _nul(path)
    put(f"{path}-wal", b"log")
    put(f"{path}-shm", b"shm")
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert len(store.notices) == 1
    aside = tmp_path / f"monitor.sqlite3.corrupt-{STAMP}"
    assert content_of(f"{aside}-wal") == b"log"
    assert f"{aside.name}-shm" in names(tmp_path)


async def test_a_log_without_its_database_is_kept(tmp_path: Path) -> None:
    """SQLite would delete it without a word."""
    path = paths.database_file(tmp_path)
    put(f"{path}-wal", b"what is left of a history")
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert "write-ahead log" in store.notices[0]
    aside = tmp_path / f"monitor.sqlite3.corrupt-{STAMP}-wal"
    assert aside.read_bytes() == b"what is left of a history"


async def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    """A downgrade must not eat a history."""
    path = await a_closed_store(tmp_path)
    sql(path, "PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreUnusable, match="schema 99 is newer than this program"):
        async with open_store(tmp_path, StillClock(), kind="real"):
            pass
    with pytest.raises(StoreUnusable, match="schema 99 is newer"):
        async with open_reader(tmp_path):
            pass
    assert path.read_bytes() == before


@pytest.mark.parametrize("other", ["simulator", "demo"])
async def test_made_up_data_never_mixes_with_real(tmp_path: Path, other: str) -> None:
    """The first kind marks the file; the refusal names both and changes nothing."""
    path = await a_closed_store(tmp_path)
    before = path.read_bytes()
    with pytest.raises(StoreUnusable, match=f"holds real history, not {other}"):
        async with open_store(tmp_path, StillClock(), kind=other):
            pass
    assert path.read_bytes() == before


async def test_a_file_without_a_kind_takes_the_first_that_comes(tmp_path: Path) -> None:
    """None neither marks nor minds."""
    for kind, found in ((None, ""), ("demo", "demo"), (None, "demo")):
        async with open_store(tmp_path, StillClock(), kind=kind) as store:
            assert (await store.info()).kind == found


async def test_a_reader_never_creates_a_database(tmp_path: Path) -> None:
    """It says that there is none."""
    with pytest.raises(StoreUnusable, match="no database"):
        async with open_reader(tmp_path):
            pass
    assert names(tmp_path) == []


async def test_a_reader_sets_nothing_aside(tmp_path: Path) -> None:
    """It says what is wrong and leaves the rest to a start."""
    path = paths.database_file(tmp_path)
    _text(path)
    with pytest.raises(StoreUnusable, match="not a SQLite database"):
        async with open_reader(tmp_path):
            pass
    assert names(tmp_path) == [path.name]


async def test_a_closed_store_can_be_read_without_an_engine(tmp_path: Path) -> None:
    """One-shot commands work while nothing runs."""
    await a_closed_store(tmp_path)
    async with open_reader(tmp_path) as reader:
        assert len(await reader.prices(0, NOW_MS, COINS)) == 48 * len(COINS)


async def test_a_folder_in_the_place_of_the_file_is_an_error_in_words(tmp_path: Path) -> None:
    """And no traceback."""
    paths.database_file(tmp_path).mkdir()
    with pytest.raises(StoreError):
        async with open_store(tmp_path, StillClock(), kind="real"):
            pass
