"""The only file that opens database files: checks, settings, the two connections.

Live database files are never opened, hashed or copied by anything else: closing a plain
handle would drop the locks that SQLite holds for the whole process.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import cast

import aiosqlite
from msgspec import Struct

from tui_monitor import paths
from tui_monitor.clock import Clock, SystemClock
from tui_monitor.errors import StoreError, StoreFull, StoreUnusable
from tui_monitor.store import inspection, quarantine, writers
from tui_monitor.store.migrations import APPLICATION_ID, SCHEMA_VERSION, migrate
from tui_monitor.store.reader import Reader
from tui_monitor.store.session import FREE_SPACE, Opened, Session, translated, uncancelled
from tui_monitor.store.writer import Store

Connect = Callable[[str], aiosqlite.Connection]

# A plain SQLITE_ERROR in a look at our own tables means that they are not what they were.
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
# Order matters: auto_vacuum only before the first table, the journal only outside transactions.
_WRITER_SETTINGS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA auto_vacuum = INCREMENTAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)
_READER_SETTINGS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA query_only = ON",
    "PRAGMA trusted_schema = OFF",
)
# Without a log, and without the files beside the database that one needs: what is in memory of it
# is lost with the process, and the file is damaged if that dies in the middle of a transaction.
_CRAMPED_SETTINGS = (
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = MEMORY",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)
_READ_ONLY = "ro"
# What is in a log is not seen like this: only where there is none.
_WITHOUT_FILES_BESIDE = "ro&immutable=1"
_IN_MEMORY = "memory"
_TABLES = "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
_META = "SELECT key, value FROM meta WHERE key IN ('kind', 'clean')"
_QUICK_CHECK = "SELECT quick_check FROM pragma_quick_check(1)"
_SET_META = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"


class Kind(StrEnum):
    """What a history is of. Made-up data never mixes with real data."""

    REAL = "real"
    SIMULATOR = "simulator"
    DEMO = "demo"


class _Unfit(Exception):
    """The file is to be set aside; `word` goes into its new name."""

    def __init__(self, word: str, reason: str) -> None:
        super().__init__(reason)
        self.word = word
        self.reason = reason


class Found(Struct, frozen=True):
    """What a sound database says about itself."""

    version: int
    kind: str | None


def connect(uri: str) -> aiosqlite.Connection:
    """A connection that leaves transactions to us."""
    return aiosqlite.connect(uri, uri=True, isolation_level=None)


@asynccontextmanager
async def open_store(
    data_dir: Path,
    clock: Clock,
    *,
    kind: str | None,
    connect: Connect = connect,
    waits_for_room: bool = False,
) -> AsyncIterator[Store]:
    """The store of a data folder; the caller holds the engine lock.

    A damaged, foreign or empty file is set aside and a new one begun: `store.notices` says so.
    StoreUnusable if the file is from a newer version or of another kind. `kind` None takes
    whatever is there and marks nothing. StoreFull where the disk has no room for it; who
    `waits_for_room` gets a store then all the same, with what can be read: each write tries again
    to open it, and fails with StoreFull until that succeeds.
    """
    path = paths.database_file(data_dir)
    wanted = None if kind is None else Kind(kind)
    notices: list[str] = []
    async with AsyncExitStack() as stack:
        open_now = partial(_open_into, stack, path, clock, wanted, connect, notices)
        try:
            session = Session(path, clock, *await open_now())
            await session.limit_reads()
        except StoreFull as full:
            if not waits_for_room:
                raise
            reader = await stack.enter_async_context(_meanwhile(path, connect))
            session = Session(path, clock, reader, open_later=open_now)
            session.wait_for_room(full)
            await session.limit_reads()
        try:
            yield Store(session, notices)
        finally:
            await uncancelled(_leave(session))


@asynccontextmanager
async def open_cramped(data_dir: Path, clock: Clock) -> AsyncIterator[Store]:
    """The store where a log beside it has no room, to make some; the caller holds the lock.

    Nobody else can read meanwhile, and a process that is killed may leave a damaged file.
    """
    path = paths.database_file(data_dir)
    async with connected(path, "rw", connect) as only:
        try:
            for setting in _CRAMPED_SETTINGS:
                await only.execute_fetchall(setting)
            found = await _identify(only, path, look_closer=False)
        except sqlite3.Error as error:
            raise translated(error, path) from error
        _must_be_newest(path, found.version)
        session = Session(path, clock, only, only)
        try:
            yield Store(session)
        finally:
            await uncancelled(session.close_cleanly())


async def _open_into(
    stack: AsyncExitStack,
    path: Path,
    clock: Clock,
    wanted: Kind | None,
    connect: Connect,
    notices: list[str],
) -> Opened:
    """Both connections, which are closed with the stack."""
    version = await _sound_version(path, clock, wanted, connect, notices)
    async with AsyncExitStack() as own:
        try:
            writer = await own.enter_async_context(connected(path, "rwc", connect))
            await _set_up_writer(writer, path, version)
            await _mark(writer, path, "clean", "0")
            if wanted is not None:
                await _mark(writer, path, "kind", wanted.value)
            writer_id = await _begin(writer, path, clock.now_ms())
            reader = await own.enter_async_context(connected(path, _READ_ONLY, connect))
            await _set_up_reader(reader)
        except StoreFull:
            await own.aclose()
            if not version:
                quarantine.remove_begun(path)
            raise
        stack.push_async_exit(own.pop_all())
        return Opened(reader, writer, writer_id)


@asynccontextmanager
async def _meanwhile(path: Path, connect: Connect) -> AsyncIterator[aiosqlite.Connection]:
    """What can be read while there is no room: what is stored, else an empty history."""
    try:
        mode = await _reading_mode(path, connect) if inspection.exists(path) else _IN_MEMORY
        if mode != _IN_MEMORY and (await _probe(path, connect)).version < SCHEMA_VERSION:
            mode = _IN_MEMORY
    except StoreFull:
        mode = _IN_MEMORY
    async with connected(path, mode, connect) as reader:
        if mode == _IN_MEMORY:
            await migrate(reader, 0)
        await _set_up_reader(reader)
        yield reader


@asynccontextmanager
async def open_reader(
    data_dir: Path, clock: Clock | None = None, kind: str | None = None
) -> AsyncIterator[Reader]:
    """Questions only, also beside a running engine. Nothing is created, changed or set aside.

    StoreUnusable where nothing can be read, or where it is of another `kind` than is asked for.
    """
    path = paths.database_file(data_dir)
    if not inspection.exists(path):
        raise StoreUnusable(f"there is no database in {data_dir}", "start tui-monitor once")
    found = await sound(path)
    _must_be_of(path, kind, found)
    _must_be_newest(path, found.version)
    async with reading(path) as connection:
        session = Session(path, clock or SystemClock(), connection)
        await _set_up_reader(connection)
        await session.limit_reads()
        yield Reader(session)


@asynccontextmanager
async def reading(path: Path, connect: Connect = connect) -> AsyncIterator[aiosqlite.Connection]:
    """A connection for questions, also where the disk has no room for the files beside a log."""
    async with connected(path, await _reading_mode(path, connect), connect) as connection:
        yield connection


async def _reading_mode(path: Path, connect: Connect) -> str:
    try:
        async with connected(path, _READ_ONLY, connect) as connection:
            await _number(connection, "PRAGMA user_version")
    except sqlite3.Error as error:
        failure = translated(error, path)
        if not isinstance(failure, StoreFull):
            return _READ_ONLY  # What is wrong is told by who asks then.
        if inspection.sizes(path)[1]:
            raise failure from error
        return _WITHOUT_FILES_BESIDE
    return _READ_ONLY


async def sound(path: Path) -> Found:
    """What a database is, without changing it; StoreUnusable if it is none of ours."""
    try:
        return await _probe(path, connect)
    except _Unfit as unfit:
        raise StoreUnusable(f"{path}: {unfit.reason}", "a start sets it aside") from unfit


@asynccontextmanager
async def connected(path: Path, mode: str, connect: Connect) -> AsyncIterator[aiosqlite.Connection]:
    """An open connection, closed whatever happens: its thread would keep the process alive."""
    connection = connect(_uri(path, mode))
    try:
        await connection
    except sqlite3.Error as error:
        # The library's thread still has its farewell to send to this loop.
        await asyncio.to_thread(connection._thread.join)  # noqa: SLF001 - nothing public waits
        raise _unopened(error, path) from error
    try:
        yield connection
    finally:
        await uncancelled(connection.close())


def _uri(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


def _unopened(error: sqlite3.Error, path: Path) -> StoreError:
    if not inspection.has_room(path):
        return StoreFull(f"{path} can't be opened: {error}", FREE_SPACE)
    return StoreUnusable(f"{path} can't be opened: {error}", "mend its permissions")


async def _sound_version(
    path: Path, clock: Clock, kind: Kind | None, connect: Connect, notices: list[str]
) -> int:
    """The schema version to start from; 0 where a new file is to be made."""
    try:
        if quarantine.leftovers(path):
            raise _Unfit("corrupt", "a write-ahead log without its database")
        if not inspection.exists(path):
            return 0
        found = await _probe(path, connect, look_closer=True)
    except _Unfit as unfit:
        aside = quarantine.set_aside(path, unfit.word, clock.now_ms())
        notices.append(f"{path.name}: {unfit.reason}; set aside as {aside.name}, a new one begun")
        return 0
    _must_be_of(path, kind, found)
    return found.version


def _must_be_newest(path: Path, version: int) -> None:
    if version < SCHEMA_VERSION:
        raise StoreUnusable(
            f"{path}: schema {version} is older than this program ({SCHEMA_VERSION})",
            "start tui-monitor or its daemon once to bring it up to date",
        )


def _must_be_of(path: Path, kind: str | None, found: Found) -> None:
    if kind is not None and found.kind not in (None, kind):
        raise StoreUnusable(
            f"{path} holds {found.kind} history, not {kind}", "use another --data-dir"
        )


async def _probe(path: Path, connect: Connect, *, look_closer: bool = False) -> Found:
    """What a file is, without changing it: a foreign database stays as it was found."""
    if not inspection.sizes(path)[0]:
        raise _Unfit("corrupt", "empty")
    try:
        async with reading(path, connect) as connection:
            return await _identify(connection, path, look_closer=look_closer)
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code == sqlite3.SQLITE_NOTADB:
            word = quarantine.word_for(path)
            reason = "not a SQLite database" if word == "foreign" else "its head is destroyed"
            raise _Unfit(word, reason) from error
        if code in _DAMAGE:
            raise _Unfit("corrupt", f"damaged ({error})") from error
        raise translated(error, path) from error


async def _identify(connection: aiosqlite.Connection, path: Path, *, look_closer: bool) -> Found:
    await connection.execute("PRAGMA busy_timeout = 5000")
    application = await _number(connection, "PRAGMA application_id")
    version = await _number(connection, "PRAGMA user_version")
    if application == APPLICATION_ID and not version:
        raise _Unfit("corrupt", "without a schema version")
    if application != APPLICATION_ID:
        if await _number(connection, _TABLES):
            raise _Unfit("foreign", "another program's database")
        raise _Unfit("corrupt", "empty")
    if version > SCHEMA_VERSION:
        raise StoreUnusable(
            f"{path}: schema {version} is newer than this program ({SCHEMA_VERSION})",
            "use a newer tui-monitor, or another --data-dir",
        )
    marks = dict(cast("list[tuple[str, str]]", await connection.execute_fetchall(_META)))
    if look_closer and marks.get("clean") != "1":
        for line in inspection.found_lines(await connection.execute_fetchall(_QUICK_CHECK)):
            raise _Unfit("corrupt", f"damaged ({line})")
    return Found(version, marks.get("kind"))


async def _number(connection: aiosqlite.Connection, sql: str) -> int:
    rows = list(await connection.execute_fetchall(sql))
    return int(rows[0][0])


async def _set_up_writer(writer: aiosqlite.Connection, path: Path, version: int) -> None:
    try:
        for setting in _WRITER_SETTINGS:
            await writer.execute_fetchall(setting)
        rows = list(await writer.execute_fetchall("PRAGMA journal_mode = WAL"))
        if rows[0][0] != "wal":
            raise StoreUnusable(
                f"{path}: this file system can't hold a write-ahead log", "use a local disk"
            )
        if version < SCHEMA_VERSION:
            await migrate(writer, version)
            # The schema goes into the file itself: a lost log must not leave an empty database.
            await writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise translated(error, path) from error


async def _set_up_reader(reader: aiosqlite.Connection) -> None:
    for setting in _READER_SETTINGS:
        await reader.execute_fetchall(setting)


async def _mark(writer: aiosqlite.Connection, path: Path, key: str, value: str) -> None:
    try:
        await writer.execute(_SET_META, (key, value))
    except sqlite3.Error as error:
        raise translated(error, path) from error


async def _begin(writer: aiosqlite.Connection, path: Path, now_ms: int) -> int:
    try:
        return await writers.begin(writer, now_ms)
    except sqlite3.Error as error:
        raise translated(error, path) from error


async def _leave(session: Session) -> None:
    """Write the clean mark and fold the WAL in; a full disk must not keep us from closing."""
    await session.close_reader()
    await session.close_cleanly()
