"""Whatever fails, and whenever: whole batches, no open transaction, and recording goes on."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import aiosqlite
import pytest

from tests.store.builders import COINS, DAY_MS, NOW_MS, StillClock, a_day, a_hole, a_price
from tests.store.test_opening import sql
from tui_monitor import paths
from tui_monitor.clock import DAY_MS as LENGTH_MS
from tui_monitor.errors import StoreError, StoreFull
from tui_monitor.store import Store, open_store
from tui_monitor.store.database import connect
from tui_monitor.store.settling import Sample

BATCH = 48 * len(COINS)


def an_error(name: str) -> sqlite3.OperationalError:
    """An SQLite error as the library raises it."""
    error = sqlite3.OperationalError(f"made up {name}")
    error.sqlite_errorname = name
    error.sqlite_errorcode = getattr(sqlite3, name)
    return error


class Trap:
    """Counts a connection's calls and does something at the n-th."""

    def __init__(self) -> None:
        self.calls = 0
        self.at = 0
        self.spring: Callable[[], None] = lambda: None

    def set(self, at: int, spring: Callable[[], None]) -> None:
        self.calls, self.at, self.spring = 0, at, spring

    def step(self) -> None:
        self.calls += 1
        if self.calls == self.at:
            self.spring()

    def connect(self, uri: str) -> aiosqlite.Connection:
        """A connection that steps on the trap with each call; only the writer's counts."""
        connection: Any = connect(uri)
        if not uri.endswith("mode=rwc"):
            return cast("aiosqlite.Connection", connection)
        execute = connection._execute

        async def trapped(fn: Callable[..., object], *args: object) -> object:
            self.step()
            return await execute(fn, *args)

        connection._execute = trapped
        return cast("aiosqlite.Connection", connection)


def throwing(error: Exception) -> Callable[[], None]:
    """A spring that raises."""

    def spring() -> None:
        raise error

    return spring


async def whole_days(store: Store) -> list[int]:
    """The days of which there are prices; each must be whole."""
    found = []
    for day in range(40):
        start_ms = DAY_MS + day * LENGTH_MS
        rows = await store.prices(start_ms, start_ms + LENGTH_MS, COINS)
        assert len(rows) in (0, BATCH), f"a torn batch: {len(rows)} rows on day {day}"
        if rows:
            found.append(day)
    return found


@pytest.mark.parametrize("name", ["SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_BUSY"])
async def test_the_nth_failure_of_a_write_leaves_whole_batches(tmp_path: Path, name: str) -> None:
    """For every n until nothing fails any more; after each the same batch goes in."""
    trap = Trap()
    async with open_store(tmp_path, StillClock(), kind="real", connect=trap.connect) as store:
        failures = 0
        for n in range(1, 40):
            trap.set(n, throwing(an_error(name)))
            failures += await _fails_as(store, n, StoreError if "BUSY" in name else StoreFull)
            trap.set(0, lambda: None)
            assert not store._session._writing.in_transaction
            await store.record_prices(a_day(day=n % 10))
            await whole_days(store)
            if trap.calls < n and failures and n > trap.calls + 3:
                break
        assert failures >= 5
        assert await store.check() == []


async def _fails_as(store: Store, n: int, expected: type[StoreError]) -> bool:
    try:
        await store.record_prices(a_day(day=n % 10), [a_hole(n)])
    except expected:
        return True
    return False


async def test_a_failed_rollback_is_made_up_for_by_the_next_write(tmp_path: Path) -> None:
    """The transaction that stayed open is ended before a new one begins."""
    trap = Trap()
    async with open_store(tmp_path, StillClock(), kind="real", connect=trap.connect) as store:

        def spring() -> None:
            trap.set(1, throwing(an_error("SQLITE_IOERR")))
            raise an_error("SQLITE_FULL")

        trap.set(3, spring)
        with pytest.raises(StoreFull):
            await store.record_prices(a_day())
        assert store._session._writing.in_transaction
        assert await store.record_prices(a_day()) == BATCH


async def test_a_write_that_is_cancelled_is_done_or_was_never_begun(tmp_path: Path) -> None:
    """At each of its calls; the one who cancels gets the cancellation either way."""
    trap = Trap()
    async with open_store(tmp_path, StillClock(), kind="real", connect=trap.connect) as store:
        for n in range(1, 12):
            task = asyncio.ensure_future(store.record_prices(a_day(day=n), [a_hole(n)]))
            trap.set(n, task.cancel)  # type: ignore[arg-type]
            done, _ = await asyncio.wait([task], timeout=60)
            assert done
            cancelled = trap.calls >= n
            assert task.cancelled() == cancelled
            trap.set(0, lambda: None)
            assert not store._session._writing.in_transaction
            assert n in await whole_days(store)
            if not cancelled:
                break
        assert not cancelled


async def test_a_write_cancelled_before_its_turn_leaves_nothing(tmp_path: Path) -> None:
    """Waiting for another write is no commitment."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        first = asyncio.ensure_future(store.record_prices(a_day(day=0)))
        second = asyncio.ensure_future(store.record_prices(a_day(day=1)))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait([first, second])
        assert second.cancelled()
        assert await whole_days(store) == [0]


async def test_a_full_database_pauses_and_goes_on(tmp_path: Path) -> None:
    """StoreFull, nothing half done, reading works; with room again the same batch goes in."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        await store.record_prices(a_day(day=0))
        writer = store._session._writing
        ((pages,),) = await writer.execute_fetchall("PRAGMA page_count")
        await writer.execute_fetchall(f"PRAGMA max_page_count = {pages + 1}")
        for _ in range(3):
            with pytest.raises(StoreFull, match="no room"):
                await store.record_prices(a_day(day=1) + a_day(day=2))
            assert await whole_days(store) == [0]
        await writer.execute_fetchall("PRAGMA max_page_count = 1000000")
        await store.record_prices(a_day(day=1) + a_day(day=2))
        assert await whole_days(store) == [0, 1, 2]
        assert await store.check() == []


async def test_another_programs_lock_is_waited_out(tmp_path: Path) -> None:
    """And if it lasts too long the batch can be tried again; reading goes on meanwhile."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        other = sqlite3.connect(paths.database_file(tmp_path), isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            # Longer than any machine takes for the questions; what it really is, another test says.
            await store._session._writing.execute("PRAGMA busy_timeout = 600000")
            waiting = asyncio.ensure_future(store.record_prices(a_day(day=0)))
            assert await whole_days(store) == []
            other.execute("ROLLBACK")
            assert await waiting == BATCH
            other.execute("BEGIN IMMEDIATE")
            await store._session._writing.execute("PRAGMA busy_timeout = 1")
            with pytest.raises(StoreError, match="locked by another program"):
                await store.record_prices(a_day(day=1))
            other.execute("ROLLBACK")
        finally:
            other.close()
        await store.record_prices(a_day(day=1))
        assert await whole_days(store) == [0, 1]


async def test_who_reads_while_we_leave_is_not_waited_for(tmp_path: Path) -> None:
    """The rows and the clean mark are in the log; whoever opens next folds it in."""
    told: list[str] = []
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        reading = sqlite3.connect(paths.database_file(tmp_path), isolation_level=None)
        reading.execute("BEGIN")
        reading.execute("SELECT * FROM meta").fetchall()
        await store.record_prices(a_day(day=0))
        await store._session._writing.set_trace_callback(told.append)
    try:
        # By default a checkpoint waits five seconds for readers.
        assert told.index("PRAGMA busy_timeout = 0") < told.index("PRAGMA wal_checkpoint(TRUNCATE)")
        reading.execute("COMMIT")
    finally:
        reading.close()
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert store.notices == []
        assert await whole_days(store) == [0]


async def test_nobody_writes_between_our_reading_and_our_writing(tmp_path: Path) -> None:
    """A transaction that only later turns into a write would fail there, whatever the time-out."""
    trap = Trap()
    async with open_store(tmp_path, StillClock(), kind="real", connect=trap.connect) as store:
        database = paths.database_file(tmp_path)
        locked: list[str] = []

        def spring() -> None:
            try:
                sql(database, "PRAGMA busy_timeout = 0", "UPDATE meta SET value = value")
            except sqlite3.OperationalError as error:
                locked.append(str(error))

        trap.set(4, spring)
        sample = Sample(line=1, observed_ms=DAY_MS, coin="BTC", price=1.0)
        settled, _ = await store.settle_samples([sample], [])
        assert len(settled.prices) == 1
        assert locked == ["database is locked"]


WRITE = """
import asyncio, resource, sys
from pathlib import Path
from tests.store.builders import StillClock, a_day
from tui_monitor.errors import StoreFull
from tui_monitor.store import open_store

async def main():
    async with open_store(Path(sys.argv[1]), StillClock(), kind="real") as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), -1))
        for day in range(int(sys.argv[2])):
            try:
                await store.record_prices(a_day(day=day))
            except StoreFull:
                print("full", flush=True)
                break
            print(day, flush=True)
        print("end", flush=True)
        sys.stdin.read()

asyncio.run(main())
"""


def a_writer(folder: Path, days: int = 12, limit: int = -1) -> "subprocess.Popen[str]":
    """Another process that prints each day once it is committed."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITE, str(folder), str(days), str(limit)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def said(process: "subprocess.Popen[str]", word: str) -> list[str]:
    """What it printed up to a word."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if lines[-1] in (word, "end"):
            break
    assert lines[-1:] == [word], lines
    return lines


@pytest.mark.parametrize("last", [0, 3, 8])
async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, last: int) -> None:
    """All of it, in whole batches, and without a word at the next start."""
    with a_writer(tmp_path) as process:
        await asyncio.to_thread(said, process, str(last))
        process.send_signal(signal.SIGKILL)
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert store.notices == []
        days = await whole_days(store)
        assert days == list(range(len(days)))
        assert len(days) > last
        assert await store.check() == []


async def test_a_file_size_limit_is_a_full_disk(tmp_path: Path) -> None:
    """It shows as a failed write; what was acknowledged before is there."""
    with a_writer(tmp_path, days=400, limit=400_000) as process:
        lines = await asyncio.to_thread(said, process, "full")
        process.kill()
    assert len(lines) > 1
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert len(await whole_days(store)) >= len(lines) - 1


async def test_every_crash_image_opens_with_whole_batches(tmp_path: Path) -> None:
    """The log cut, NUL-filled or overwritten from any offset: a prefix of the batches is there."""
    origin = tmp_path / "origin"
    await asyncio.to_thread(_crashed_in, origin)
    name = paths.database_file(origin).name
    database = await asyncio.to_thread((origin / name).read_bytes)
    log = await asyncio.to_thread((origin / f"{name}-wal").read_bytes)
    assert len(log) > 100_000
    counts = set()
    for number, (offset, tail) in enumerate(_tails(len(log))):
        folder = tmp_path / str(number)
        await asyncio.to_thread(_lay_out, folder, name, database, log[:offset] + tail)
        async with open_store(folder, StillClock(), kind="real") as store:
            assert store.notices == []
            days = await whole_days(store)
            assert days == list(range(len(days))), f"offset {offset}"
            counts.add(len(days))
    assert {0, 12} < counts
    assert len(counts) > 6


def _crashed_in(folder: Path) -> None:
    folder.mkdir()
    with a_writer(folder) as process:
        said(process, "11")
        process.kill()


def _tails(length: int) -> list[tuple[int, bytes]]:
    offsets = [*range(0, length, length // 60), 24, 31, 33, 4_000, length - 1, length]
    return [
        (offset, tail)
        for offset in offsets
        for tail in (b"", bytes(length - offset), b"\xa5" * (length - offset))
    ]


def _lay_out(folder: Path, name: str, database: bytes, log: bytes) -> None:
    folder.mkdir()
    (folder / name).write_bytes(database)
    (folder / f"{name}-wal").write_bytes(log)


async def test_a_damaged_page_met_later_is_said_in_words(tmp_path: Path) -> None:
    """A read of a broken page is an error, not a crash; the next start sets the file aside."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        for day in range(40):
            await store.record_prices(a_day(day=day))
    path = paths.database_file(tmp_path)
    content = await asyncio.to_thread(path.read_bytes)
    await asyncio.to_thread(
        path.write_bytes, content[:200_000] + b"\xa5" * (len(content) - 200_000)
    )
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        with pytest.raises(StoreError, match="damaged"):
            await store.prices(0, NOW_MS, COINS)
        found = await store.check()
        assert found
        assert not [line for line in found if "\n" in line or "***" in line]
    sql(path, "UPDATE meta SET value = '0' WHERE key = 'clean'")
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        assert "set aside" in store.notices[0]
        assert await store.record_prices([a_price()]) == 1
