"""One database's connections: reads with a deadline, writes one at a time and whole.

Nothing here opens a file; `database.py` does. Every SQLite error leaves as one of ours, with
the path in the message.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import aiosqlite

from tui_monitor.clock import Clock
from tui_monitor.errors import StoreError, StoreFull, StoreUnusable
from tui_monitor.store import writers

T = TypeVar("T")
Row = tuple[Any, ...]
Parameters = Sequence[Any]

Work = Callable[[aiosqlite.Connection], Awaitable[object]]

# A reader that stays open keeps the WAL from being reused: it would grow without end.
READ_DEADLINE_S = 2.0
_STEPS_BETWEEN_LOOKS = 10_000
_BEGIN_TRIES = 2
# Between two tries to open a database that there was no room for, whoever writes.
OPEN_AGAIN_S = 5.0
FREE_SPACE = "free some disk space"
# A file size limit (ulimit, quota) shows as a failed write, not as SQLITE_FULL; the second is the
# index of the log that can't be made.
_NO_ROOM = (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)

_log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """A database that is open for reading and writing, and who writes."""

    reader: aiosqlite.Connection
    writer: aiosqlite.Connection
    writer_id: int


class WriteFault(NamedTuple):
    """Why nothing is written, since when; `reason` is the newest failure's."""

    reason: str
    since_ms: int


def translated(error: sqlite3.Error, path: Path) -> StoreError:
    """What an SQLite error means for us."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_FULL or code in _NO_ROOM:
        return StoreFull(f"{path}: no room to record ({error})", FREE_SPACE)
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreUnusable(f"{path}: damaged ({error})", "a restart sets it aside")
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(f"{path}: locked by another program", "close what has it open")
    if primary == sqlite3.SQLITE_INTERRUPT:
        return StoreError(f"{path}: the question took too long", "ask for a shorter range")
    return StoreError(f"{path}: {error}")


async def uncancelled(work: Coroutine[Any, Any, T]) -> T:
    """Await to the end even when cancelled; the cancellation goes on after that.

    Cancelling an await on the database does not stop the statement: the thread goes on, and
    the next BEGIN would meet an open transaction.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled() and (lost := task.exception()) is not None:
        _log.warning("while stopping: %s", lost)
    raise cancelled


class Session:
    """A reading connection and, for whoever runs the engine, the one writing connection."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        reader: aiosqlite.Connection,
        writer: aiosqlite.Connection | None = None,
        writer_id: int = 0,
        *,
        open_later: Callable[[], Awaitable[Opened]] | None = None,
    ) -> None:
        """`open_later`: for a database that can't be opened yet; each write tries it."""
        self.path = path
        self.clock = clock
        self._reader = reader
        self._writer = writer
        self._writer_id = writer_id
        self.committed_ms: int | None = None
        """When the last transaction was committed; None before the first."""
        self.fault: WriteFault | None = None
        """Set by a transaction that failed, whoever's it was; ended by the next one committed."""
        self.on_fault: Callable[[WriteFault | None], None] = lambda _: None
        """Told when that begins and when it ends."""
        self._read_lock = asyncio.Lock()
        self._write_lock = asyncio.Lock()
        self._deadline_s = 0.0
        self._open_later = open_later
        self._waiting_for = ""
        self._next_try_s = 0.0
        self._owed: Work | None = None

    def wait_for_room(self, full: StoreFull) -> None:
        """Nothing is written for now, and why; from now on a write tries to open the database."""
        self._waiting_for = full.message
        self._next_try_s = self.clock.monotonic_s() + OPEN_AGAIN_S
        self._note_failure(full)

    async def write_or_owe(self, work: Work) -> None:
        """Write; where there is no room, `work` is the first thing in the next transaction."""
        try:
            await self.write(work)
        except StoreFull:
            self._owed = work

    async def limit_reads(self) -> None:
        """Arm the deadline on the reading connection."""
        await self._reader.set_progress_handler(self._is_late, _STEPS_BETWEEN_LOOKS)

    def _is_late(self) -> bool:
        return self.clock.monotonic_s() > self._deadline_s

    async def read(
        self, sql: str, parameters: Parameters = (), *, deadline_s: float = READ_DEADLINE_S
    ) -> list[Row]:
        """All rows of one SELECT; StoreError if it takes longer than the deadline."""
        async with self._read_lock:
            self._deadline_s = self.clock.monotonic_s() + deadline_s
            try:
                return cast("list[Row]", await self._reader.execute_fetchall(sql, parameters))
            except sqlite3.Error as error:
                raise translated(error, self.path) from error
            except asyncio.CancelledError:
                # Nobody waits for the rows any more; free the thread for the next question.
                await self._reader.interrupt()
                raise

    async def write(self, work: Callable[[aiosqlite.Connection], Awaitable[T]]) -> T:
        """Run `work` in one immediate transaction; return once it is committed."""
        async with self._write_lock:
            return await uncancelled(self._transaction(work))

    async def maintain(self, sql: str) -> list[Row]:
        """A statement that must stand outside a transaction (checkpoint, vacuum step)."""
        async with self._write_lock:
            return await uncancelled(self._statement(sql))

    async def maintain_to_the_end(self, sql: str) -> None:
        """The same for what works in steps and gives no rows: a vacuum does one page a step."""
        async with self._write_lock:
            await uncancelled(self._script(sql))

    async def maintain_at_once(self, sql: str) -> list[Row]:
        """The same as `maintain`, but what would have to wait for readers gives up instead."""
        async with self._write_lock:
            return await uncancelled(self._impatient(sql))

    async def close_reader(self) -> None:
        """No more questions."""
        await self._reader.close()

    async def close_cleanly(self) -> None:
        """Mark the end as clean and fold the WAL in; nothing here may keep us from closing."""
        if self._open_later is not None:
            return  # Nothing was ever written.
        try:
            await self.write(self._leave)
            # Who still reads keeps the next engine from nothing, and that one folds it in.
            await self.maintain_at_once("PRAGMA wal_checkpoint(TRUNCATE)")
        except StoreError as error:
            _log.warning("closed without the clean mark: %s", error.message)

    async def _leave(self, database: aiosqlite.Connection) -> None:
        await database.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('clean', '1')")
        await writers.end(database, self._writer_id, self.clock.now_ms())

    async def _statement(self, sql: str) -> list[Row]:
        try:
            await self._roll_back()
            return cast("list[Row]", await self._writing.execute_fetchall(sql))
        except sqlite3.Error as error:
            raise translated(error, self.path) from error

    async def _impatient(self, sql: str) -> list[Row]:
        await self._statement("PRAGMA busy_timeout = 0")
        try:
            return await self._statement(sql)
        finally:
            await self._statement("PRAGMA busy_timeout = 5000")

    async def _script(self, sql: str) -> None:
        try:
            await self._roll_back()
            # Whatever has no columns is stepped once by the others.
            await self._writing.executescript(sql)
        except sqlite3.Error as error:
            raise translated(error, self.path) from error

    async def _transaction(self, work: Callable[[aiosqlite.Connection], Awaitable[T]]) -> T:
        try:
            await self._open_if_there_is_room()
        except StoreError as closed:
            self._note_failure(closed)
            raise
        database = self._writing
        try:
            await self._roll_back()
            await self._begin()
            if self._owed is not None:
                await self._owed(database)
            result = await work(database)
            now_ms = self.clock.now_ms()
            await writers.commits(database, self._writer_id, now_ms)
            await database.execute("COMMIT")
        except sqlite3.Error as error:
            await self._abandon()
            failure = translated(error, self.path)
            self._note_failure(failure)
            raise failure from error
        except BaseException:
            await self._abandon()
            raise
        self.committed_ms = now_ms
        self._owed = None
        self._note_success()
        return result

    async def _open_if_there_is_room(self) -> None:
        if self._open_later is None:
            return
        now_s = self.clock.monotonic_s()
        if now_s < self._next_try_s:
            raise StoreFull(self._waiting_for, FREE_SPACE)
        self._next_try_s = now_s + OPEN_AGAIN_S
        opened = await self._open_later()
        self._open_later = None
        async with self._read_lock:
            before, self._reader = self._reader, opened.reader
            await self.limit_reads()
        await before.close()
        self._writer, self._writer_id = opened.writer, opened.writer_id

    def _note_failure(self, failure: StoreError) -> None:
        before = self.fault
        since_ms = self.clock.now_ms() if before is None else before.since_ms
        self.fault = WriteFault(failure.line(), since_ms)
        if before is None:
            self.on_fault(self.fault)

    def _note_success(self) -> None:
        if self.fault is not None:
            self.fault = None
            self.on_fault(None)

    async def _begin(self) -> None:
        """A deferred BEGIN that turns into a write fails at once, whatever the busy timeout."""
        for attempt in range(1, _BEGIN_TRIES + 1):
            try:
                await self._writing.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if attempt == _BEGIN_TRIES or not _is_busy(error):
                    raise
            else:
                return

    async def _abandon(self) -> None:
        """Roll back after a failure; if even that fails, the next write tries again first."""
        try:
            await self._roll_back()
        except sqlite3.Error as error:
            _log.warning("%s: can't roll back: %s", self.path, error)

    async def _roll_back(self) -> None:
        if self._writing.in_transaction:
            await self._writing.rollback()

    @property
    def _writing(self) -> aiosqlite.Connection:
        if self._open_later is not None:
            raise StoreFull(self._waiting_for, FREE_SPACE)
        if self._writer is None:
            raise StoreError(f"{self.path}: opened for reading only")
        return self._writer


def _is_busy(error: sqlite3.Error) -> bool:
    return ((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF) == sqlite3.SQLITE_BUSY
