"""What is found of the machine: folder, database, SQLite, Python, libraries."""

import sqlite3
from pathlib import Path

import pytest

from tui_monitor import paths
from tui_monitor.clock import SystemClock
from tui_monitor.engine.checkup import (
    check_database,
    check_folder,
    check_libraries,
    check_python,
    check_sqlite,
    resets_wal,
)
from tui_monitor.engine_lock import EngineLock
from tui_monitor.feeds.checkup import Check, Outcome
from tui_monitor.store import open_store


async def a_database(folder: Path, kind: str = "real") -> None:
    """A sound one."""
    async with open_store(folder, SystemClock(), kind=kind):
        pass


async def looked_at(folder: Path, kind: str = "real") -> tuple[Check, Check]:
    """What is said of the engine and of the database."""
    engine, database = await check_database(folder, SystemClock(), kind=kind)
    return engine, database


def test_a_folder_that_is_there_or_can_be_made_is_well(tmp_path: Path) -> None:
    """Nothing is made by looking."""
    for folder, said in ((tmp_path, "GB free"), (tmp_path / "a" / "b", "it can be made")):
        check = check_folder(folder)
        assert check.result is Outcome.OK
        assert said in check.what
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_none_or_full_of_others_rights_fails(tmp_path: Path) -> None:
    """With what helps."""
    file = tmp_path / "file"
    file.write_text("")
    below = check_folder(file / "data")
    assert below.result is Outcome.FAIL
    assert "is no folder" in below.what
    assert "--data-dir" in below.hint
    unwritable = check_folder(Path("/proc/self"))
    assert unwritable.result is Outcome.FAIL
    assert "can't be written" in unwritable.what


async def test_no_database_yet_is_no_fault(tmp_path: Path) -> None:
    """The first start makes it."""
    engine, database = await looked_at(tmp_path)
    assert (engine.result, database.result) == (Outcome.OK, Outcome.OK)
    assert "none runs" in engine.what
    assert "first start" in database.what


async def test_a_sound_database_is_looked_through_while_nobody_uses_it(tmp_path: Path) -> None:
    """Beside a running engine it is only asked what it is."""
    await a_database(tmp_path)
    _, database = await looked_at(tmp_path)
    assert database.result is Outcome.OK
    assert "a quick check finds nothing" in database.what
    with EngineLock(tmp_path) as lock:
        lock.acquire({"pid": 4711, "url": "http://127.0.0.1:5000"})
        engine, database = await looked_at(tmp_path)
    assert engine.what == "runs: process 4711 at http://127.0.0.1:5000"
    assert database.result is Outcome.OK
    assert "not checked while an engine runs" in database.what


async def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    """Though the file opens and its head is whole."""
    await a_database(tmp_path)
    path = paths.database_file(tmp_path)
    content = bytearray(path.read_bytes())
    page = int.from_bytes(content[16:18], "big")
    for start in range(2 * page, len(content), page):
        content[start : start + 8] = b"\xff" * 8
    path.write_bytes(bytes(content))
    _, database = await looked_at(tmp_path)
    assert database.result is Outcome.FAIL
    assert database.hint


async def test_a_damage_that_no_question_meets_is_found_too(tmp_path: Path) -> None:
    """A head that counts free pages which are not there: only a check looks at them."""
    await a_database(tmp_path)
    path = paths.database_file(tmp_path)
    content = bytearray(path.read_bytes())
    content[36:40] = (5).to_bytes(4, "big")
    path.write_bytes(bytes(content))
    _, database = await looked_at(tmp_path)
    assert database.result is Outcome.FAIL
    assert "db check" in database.hint


@pytest.mark.parametrize("content", [b"", b"this is no database, whatever its name says" * 40])
async def test_a_file_that_is_no_database_fails(tmp_path: Path, content: bytes) -> None:
    """In words, and it stays as it was."""
    path = paths.database_file(tmp_path)
    path.write_bytes(content)
    _, database = await looked_at(tmp_path)
    assert database.result is Outcome.FAIL
    assert "a start sets it aside" in database.hint
    assert path.read_bytes() == content


async def test_another_programs_database_fails(tmp_path: Path) -> None:
    """It would be set aside."""
    other = sqlite3.connect(paths.database_file(tmp_path))
    other.execute("CREATE TABLE theirs (value)")
    other.close()
    _, database = await looked_at(tmp_path)
    assert database.result is Outcome.FAIL
    assert "another program's" in database.what


async def test_history_of_another_kind_fails(tmp_path: Path) -> None:
    """A start would refuse it: made-up data never mixes with real data."""
    await a_database(tmp_path, "simulator")
    _, database = await looked_at(tmp_path, "real")
    assert database.result is Outcome.FAIL
    assert "holds simulator history, not real" in database.what
    assert (await looked_at(tmp_path, "simulator"))[1].result is Outcome.OK


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ("3.6.23", False), ("3.7.0", True), ("3.40.1", True), ("3.44.5", True),
        ("3.44.6", False), ("3.44.9", False), ("3.45.0", True), ("3.50.6", True),
        ("3.50.7", False), ("3.51.0", True), ("3.51.2", True), ("3.51.3", False),
        ("3.52.0", False), ("4.0.0", False),
    ],
)  # fmt: skip
def test_the_versions_with_the_wal_reset_defect_are_known(version: str, affected: bool) -> None:
    """From 3.7.0 until it was mended in 3.51.3, but for two older lines."""
    assert resets_wal(tuple(int(part) for part in version.split("."))) is affected
    check = check_sqlite(version)
    assert check.result is Outcome.OK
    assert version in check.what
    assert ("only one connection ever writes" in check.what) is affected


def test_the_sqlite_that_runs_is_the_one_judged() -> None:
    """Not a version out of a list."""
    assert sqlite3.sqlite_version in check_sqlite().what


def test_an_old_python_fails() -> None:
    """This one does not."""
    assert check_python().result is Outcome.OK
    assert check_python((3, 10, 9)).result is Outcome.FAIL
    assert check_python((3, 14, 0)).result is Outcome.OK


def test_the_libraries_are_those_that_were_asked_for() -> None:
    """By name and version; a copy without an installation says so."""
    found = check_libraries()
    assert found.result is Outcome.OK, found.what
    assert "websockets " in found.what
    assert "python-socks " in found.what
    assert check_libraries("no-such-package").result is Outcome.WARN


@pytest.mark.parametrize(
    ("asks_for", "result", "said"),
    [
        ("click==0.0.1", Outcome.WARN, "instead of 0.0.1"),
        ("no-such-library==1.0", Outcome.FAIL, "missing: no-such-library"),
        ("click", Outcome.OK, "click "),
        ('no-such-library==1.0; extra == "dev"', Outcome.OK, "half-installed 7.0"),
    ],
)
def test_a_library_that_is_missing_or_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asks_for: str, result: Outcome, said: str
) -> None:
    """By what the package itself asks for; what only its developers need does not count."""
    installed = tmp_path / "half_installed-7.0.dist-info"
    installed.mkdir()
    lines = ("Metadata-Version: 2.1", "Name: half-installed", "Version: 7.0")
    (installed / "METADATA").write_text("\n".join((*lines, f"Requires-Dist: {asks_for}", "")))
    monkeypatch.syspath_prepend(tmp_path)
    found = check_libraries("half-installed")
    assert found.result is result
    assert said in found.what
