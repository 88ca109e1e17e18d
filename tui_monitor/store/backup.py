"""A copy of the database beside a running engine: a moment's state, whole and checked."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import aiosqlite

from tui_monitor import paths
from tui_monitor.errors import StoreError, StoreUnusable
from tui_monitor.store import inspection
from tui_monitor.store.database import connect, connected, reading, sound
from tui_monitor.store.files import free, give_name, temporary_beside
from tui_monitor.store.session import translated, uncancelled

# 1 MB at once, and a moment for others who want the disk.
STEP_PAGES = 256
PAUSE_S = 0.002
_PROBLEMS = "SELECT quick_check FROM pragma_quick_check(5)"


async def backup(
    data_dir: Path, target: Path, step_pages: int = STEP_PAGES, pause_s: float = PAUSE_S
) -> int:
    """Copy the database of a folder to a new file; its size in bytes.

    The copy is of the moment when it began; after each step there is a pause. BadInput if the
    file exists; StoreError if the database can't be read or the copy is not sound.
    """
    free(target)
    path = paths.database_file(data_dir)
    if not inspection.exists(path):
        raise StoreUnusable(f"there is no database in {data_dir}", "start tui-monitor once")
    await sound(path)
    temporary = temporary_beside(target)
    try:
        async with (
            reading(path) as source,
            connected(temporary, "rw", connect) as copy,
        ):
            await _copied(source, copy, path, (step_pages, pause_s))
        give_name(temporary, target, overwrite=False)
        return inspection.sizes(target)[0]
    finally:
        for leftover in (temporary, *_beside(temporary)):
            leftover.unlink(missing_ok=True)


async def _copied(
    source: aiosqlite.Connection, copy: aiosqlite.Connection, path: Path, pace: tuple[int, float]
) -> None:
    try:
        # What is written meanwhile stays in the log: without this each commit would have the
        # copy begin again.
        await source.execute("BEGIN")
        await source.execute_fetchall("SELECT count(*) FROM sqlite_master")
        await _stepwise(source, copy, *pace)
        # A file of its own, without a log beside it.
        await copy.execute_fetchall("PRAGMA journal_mode = DELETE")
        found = inspection.found_lines(await copy.execute_fetchall(_PROBLEMS))
    except sqlite3.Error as error:
        if _is_full(error):
            raise StoreError("there is no room for the copy", "choose another disk") from error
        raise translated(error, path) from error
    if found:
        raise StoreError(
            f"{path}: the copy is damaged: {found[0]}", "tui-monitor db check says more"
        )


async def _stepwise(
    source: aiosqlite.Connection, copy: aiosqlite.Connection, step_pages: int, pause_s: float
) -> None:
    """All pages; a cancelled caller ends the copy at the next step."""
    stop = threading.Event()

    def progress(_status: int, _left: int, _total: int) -> None:
        if stop.wait(pause_s):
            raise InterruptedError

    work = asyncio.ensure_future(source.backup(copy, pages=step_pages, progress=progress))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        await uncancelled(_ended(work))
        raise


async def _ended(work: "asyncio.Future[None]") -> None:
    await asyncio.wait([work])
    work.exception()


def _is_full(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF == sqlite3.SQLITE_FULL


def _beside(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}-{end}") for end in ("journal", "wal", "shm")]
