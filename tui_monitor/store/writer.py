"""The store as the engine has it: everything a reader can, and the only way to write.

Each method is one transaction and returns once it is committed; a cancelled caller is
cancelled after that, never in between.
"""

from collections.abc import Callable, Sequence

import aiosqlite
from msgspec import Struct

from tui_monitor.model import (
    Hole,
    ImportedSum,
    Job,
    JobLine,
    OffSlotPrice,
    Outage,
    SlotPrice,
)
from tui_monitor.store import inspection
from tui_monitor.store.aggregates import AggregateWrites
from tui_monitor.store.anomalies import AnomalyWrites
from tui_monitor.store.asking import name_coins
from tui_monitor.store.candles import CandleWrites
from tui_monitor.store.funding import FundingWrites
from tui_monitor.store.interest import InterestWrites
from tui_monitor.store.liquidations import LiquidationWrites
from tui_monitor.store.price_minutes import PriceMinuteWrites
from tui_monitor.store.reader import Reader
from tui_monitor.store.retention import KEPT, ONLY_ASKED, RetentionWrites
from tui_monitor.store.series_imports import SeriesImports
from tui_monitor.store.session import Parameters, Session, WriteFault
from tui_monitor.store.settling import Sample, Settled, settle
from tui_monitor.store.spreads import SpreadWrites

JOB_LINES_KEPT = 2_000
STALE_OUTAGE_REASON = "the program ended"
_HOUR_MS = 3_600_000

# A better source replaces a worse one; among equals the newest observation wins.
_PRICE = """
    INSERT INTO slot_price (slot_ms, coin_id, price, source, observed_ms, own_base)
    VALUES (?, (SELECT id FROM coin WHERE name = ?), ?, ?, ?, ?)
    ON CONFLICT (slot_ms, coin_id) DO UPDATE SET
        price = excluded.price, source = excluded.source,
        observed_ms = excluded.observed_ms, own_base = excluded.own_base
    WHERE excluded.source > source
       OR (excluded.source = source AND excluded.observed_ms >= observed_ms)
"""
_IMPORTED_PRICE = """
    INSERT INTO slot_price (slot_ms, coin_id, price, source, observed_ms, own_base)
    VALUES (?, (SELECT id FROM coin WHERE name = ?), ?, ?, ?, ?)
    ON CONFLICT (slot_ms, coin_id) DO UPDATE SET
        price = excluded.price, observed_ms = excluded.observed_ms, own_base = excluded.own_base
    WHERE source = excluded.source
"""
_FILLED = """
    DELETE FROM hole
    WHERE slot_ms = ? AND coin_id = (SELECT id FROM coin WHERE name = ?)
"""
_HOLE = """
    INSERT INTO hole (slot_ms, coin_id, state, reason, tries, first_ms, last_ms, next_try_ms)
    SELECT ?1, coin.id, ?3, ?4, ?5, ?6, ?7, ?8 FROM coin
    WHERE coin.name = ?2 AND NOT EXISTS (
        SELECT 1 FROM slot_price WHERE slot_ms = ?1 AND coin_id = coin.id
    )
    ON CONFLICT (slot_ms, coin_id) DO UPDATE SET
        state = excluded.state, reason = excluded.reason, tries = excluded.tries,
        first_ms = min(first_ms, excluded.first_ms),
        last_ms = excluded.last_ms, next_try_ms = excluded.next_try_ms
"""
# What a file says about a hole never replaces what we found out ourselves.
_IMPORTED_HOLE = """
    INSERT INTO hole (slot_ms, coin_id, state, reason, tries, first_ms, last_ms, next_try_ms)
    SELECT ?1, coin.id, ?3, ?4, ?5, ?6, ?7, ?8 FROM coin
    WHERE coin.name = ?2 AND NOT EXISTS (
        SELECT 1 FROM slot_price WHERE slot_ms = ?1 AND coin_id = coin.id
    )
    ON CONFLICT (slot_ms, coin_id) DO NOTHING
"""
_OFF_SLOT = """
    INSERT INTO off_slot_price (observed_ms, coin_id, price, own_base)
    VALUES (?, (SELECT id FROM coin WHERE name = ?), ?, ?)
    ON CONFLICT (observed_ms, coin_id) DO UPDATE SET
        price = excluded.price, own_base = excluded.own_base
"""
_SUM = """
    INSERT INTO imported_sum (slot_ms, sum_pct) VALUES (?, ?)
    ON CONFLICT (slot_ms) DO UPDATE SET sum_pct = excluded.sum_pct
"""
_KNOWN_SLOTS = """
    SELECT p.slot_ms, coin.name, p.price, p.source, p.observed_ms, p.own_base
    FROM slot_price AS p JOIN coin ON coin.id = p.coin_id
    WHERE p.slot_ms IN (SELECT value FROM json_each(?))
"""
_KNOWN_OFF_SLOT = """
    SELECT p.observed_ms, coin.name, p.price, p.own_base
    FROM off_slot_price AS p JOIN coin ON coin.id = p.coin_id
    WHERE p.observed_ms IN (SELECT value FROM json_each(?))
"""
_OUTAGE = """
    INSERT INTO outage (exchange, market, channel, reason, begin_ms, end_ms, bridged)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_CLOSE_OUTAGE = """
    UPDATE outage SET end_ms = max(?, begin_ms), bridged = bridged OR ?
    WHERE id = ? AND end_ms IS NULL
"""
_CLOSE_STALE = """
    UPDATE outage SET
        end_ms = max(?, begin_ms),
        reason = CASE reason WHEN '' THEN ? ELSE reason || '; ' || ? END
    WHERE end_ms IS NULL
"""
_JOB = """
    INSERT INTO job (exchange, first_day, last_day, state, created_ms, updated_ms, total, had,
                     filled, unobtainable, failed, pages, pages_total, message)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE_JOB = """
    UPDATE job SET exchange = ?, first_day = ?, last_day = ?, state = ?, created_ms = ?,
                   updated_ms = ?, total = ?, had = ?, filled = ?, unobtainable = ?, failed = ?,
                   pages = ?, pages_total = ?, message = ?
    WHERE id = ?
"""
_INTERRUPT = "UPDATE job SET state = 'interrupted', updated_ms = ? WHERE state = 'running'"
_LINE = "INSERT INTO job_log (job_id, ts_ms, level, text) VALUES (?, ?, ?, ?)"
_OLD_LINES = """
    DELETE FROM job_log WHERE id <= (SELECT max(id) FROM job_log) - ?
"""


class Cleaned(Struct, frozen=True, kw_only=True):
    """What `db clean` removed, by the names of `db info`, or without `force` would remove.

    `floor_candles` are as old, and stay because scores need the newest bars of each series.
    """

    done: bool
    before_ms: int
    rows: dict[str, int]
    floor_candles: int
    bytes_before: int
    bytes_after: int


class Store(
    Reader,
    FundingWrites,
    SpreadWrites,
    CandleWrites,
    RetentionWrites,
    LiquidationWrites,
    AggregateWrites,
    PriceMinuteWrites,
    InterestWrites,
    AnomalyWrites,
    SeriesImports,
):
    """The engine's store. `notices` are lines for the user about what happened at opening."""

    def __init__(self, session: Session, notices: Sequence[str] = ()) -> None:
        super().__init__(session)
        self.notices = list(notices)
        self.given_up_rows = 0
        """What its writers no longer keep for a later try; see `give_up`."""

    @property
    def committed_ms(self) -> int | None:
        """When this process committed last; None before the first commit."""
        return self._session.committed_ms

    @property
    def write_fault(self) -> WriteFault | None:
        """Why and since when writes don't reach the disk; None while they do."""
        return self._session.fault

    def on_write_fault(self, tell: Callable[[WriteFault | None], None]) -> None:
        """`tell` hears when writes begin to fail, and with None when one is committed again."""
        self._session.on_fault = tell

    def give_up(self, rows: int) -> None:
        """A writer's word that so many rows could not be written, and are lost."""
        self.given_up_rows += rows

    async def try_write(self) -> None:
        """An empty transaction: StoreError while nothing can be written."""

        async def work(_: aiosqlite.Connection) -> None:
            """Committing numbers it; that is a write."""

        await self._session.write(work)

    async def record_prices(self, rows: Sequence[SlotPrice], holes: Sequence[Hole] = ()) -> int:
        """Put prices down and close their holes; put holes down where there is no price.

        Gives the number of prices that were new or better than what was there.
        """

        async def work(database: aiosqlite.Connection) -> int:
            await _name_coins(database, rows, holes)
            cursor = await database.executemany(_PRICE, [_price(row) for row in rows])
            await database.executemany(_FILLED, [(row.slot_ms, row.coin) for row in rows])
            await database.executemany(_HOLE, [_hole(hole) for hole in holes])
            return max(cursor.rowcount, 0)

        return await self._session.write(work)

    async def record_off_slot(self, rows: Sequence[OffSlotPrice]) -> None:
        """Keep samples that belong to no slot."""

        async def work(database: aiosqlite.Connection) -> None:
            await _name_coins(database, rows)
            await database.executemany(_OFF_SLOT, [_off_slot(row) for row in rows])

        await self._session.write(work)

    async def record_imported_sums(self, rows: Sequence[ImportedSum]) -> None:
        """Keep sums of slots; a later one of the same slot replaces the earlier one."""

        async def work(database: aiosqlite.Connection) -> None:
            await database.executemany(_SUM, [(row.slot_ms, row.sum_pct) for row in rows])

        await self._session.write(work)

    async def settle_samples(
        self, samples: Sequence[Sample], holes: Sequence[Hole]
    ) -> tuple[Settled, int]:
        """Give imported samples their slots, against what is already there (see `settling`).

        Holes that a file tells of are kept where nothing is known; gives how many were new.
        """

        async def work(database: aiosqlite.Connection) -> tuple[Settled, int]:
            slots = sorted({row.slot_ms for row in samples if row.slot_ms is not None})
            times = sorted({row.observed_ms for row in samples})
            settled = settle(
                samples,
                await database.execute_fetchall(_KNOWN_SLOTS, (str(slots),)),
                await database.execute_fetchall(_KNOWN_OFF_SLOT, (str(times),)),
            )
            await _name_coins(database, samples, holes)
            prices = [_price(row) for row in settled.prices]
            await database.executemany(_IMPORTED_PRICE, prices)
            await database.executemany(_FILLED, [price[:2] for price in prices])
            await database.executemany(_OFF_SLOT, [_off_slot(row) for row in settled.off_slot])
            cursor = await database.executemany(_IMPORTED_HOLE, [_hole(hole) for hole in holes])
            return settled, max(cursor.rowcount, 0)

        return await self._session.write(work)

    async def open_outage(self, outage: Outage) -> int:
        """Begin an outage; gives its id."""
        return await self._insert(_OUTAGE, _outage(outage))

    async def close_outage(self, outage_id: int, end_ms: int, *, bridged: bool = False) -> None:
        """End an outage and say whether REST stood in; one that has ended stays as it is."""
        await self._run(_CLOSE_OUTAGE, (end_ms, bridged, outage_id))

    async def create_job(self, job: Job) -> int:
        """Begin a job; gives its id."""
        return await self._insert(_JOB, _job(job))

    async def update_job(self, job: Job) -> None:
        """Replace a job's row by its id."""
        await self._run(_UPDATE_JOB, (*_job(job), job.id))

    async def take_over(self, now_ms: int) -> None:
        """End the jobs and outages that a crash left open; as soon as there is room for it.

        An outage's reason says so.
        """
        reason = STALE_OUTAGE_REASON

        async def work(database: aiosqlite.Connection) -> None:
            await database.execute(_INTERRUPT, (now_ms,))
            await database.execute(_CLOSE_STALE, (now_ms, reason, reason))

        await self._session.write_or_owe(work)

    async def interrupt_running_jobs(self) -> int:
        """Mark as interrupted what was running when the program died; gives how many."""
        return await self._run(_INTERRUPT, (self._session.clock.now_ms(),))

    async def add_job_lines(self, lines: Sequence[JobLine]) -> None:
        """Append to the job log; only the newest 2,000 lines are kept."""

        async def work(database: aiosqlite.Connection) -> None:
            rows = [(line.job_id, line.ts_ms, line.level, line.text) for line in lines]
            await database.executemany(_LINE, rows)
            await database.execute(_OLD_LINES, (JOB_LINES_KEPT,))

        await self._session.write(work)

    async def vacuum_step(self) -> int:
        """Give up to 200 free pages back to the file system; gives how many are left."""
        await self._session.maintain_to_the_end("PRAGMA incremental_vacuum(200)")
        rows = await self._session.maintain("PRAGMA freelist_count")
        return int(rows[0][0])

    async def checkpoint(self) -> bool:
        """Move the WAL into the database and empty it; False if a reader was in the way."""
        rows = await self._session.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
        return not rows[0][0]

    async def fold_log(self) -> bool:
        """The same without waiting: while somebody reads nothing is done, and it is False."""
        rows = await self._session.maintain_at_once("PRAGMA wal_checkpoint(TRUNCATE)")
        return not rows[0][0]

    async def clean(self, older_than_hours: float, *, force: bool, floor_bars: int = 0) -> Cleaned:
        """Remove what is older than that of what is kept for a time only, and shrink the file.

        That is all of `retention.KEPT`, job lines and off-slot samples, but of each series of bars
        the newest `floor_bars` stay. Without `force` nothing is removed; the answer tells what
        would be.
        """
        before_ms = self._session.clock.now_ms() - round(older_than_hours * _HOUR_MS)
        rows = await self.count_older(before_ms)
        spent = await self.count_spent(before_ms, floor_bars)
        floor_candles, rows["candles"] = rows["candles"] - spent, spent
        bytes_before = sum(inspection.sizes(self._session.path))
        if force:
            await self._remove_older(before_ms, floor_bars)
        return Cleaned(
            done=force,
            before_ms=before_ms,
            rows=rows,
            floor_candles=floor_candles,
            bytes_before=bytes_before,
            bytes_after=sum(inspection.sizes(self._session.path)),
        )

    async def _remove_older(self, before_ms: int, floor_bars: int) -> None:
        async for _ in self.prune_spent(before_ms, floor_bars):
            await self.vacuum_step()
        for kept in (*ONLY_ASKED, *KEPT):
            while kept.name != "candles" and await self.prune(kept, before_ms):
                await self.vacuum_step()
        await self.checkpoint()
        while await self.vacuum_step():
            pass
        await self.checkpoint()


async def _name_coins(
    database: aiosqlite.Connection, *groups: Sequence[SlotPrice | OffSlotPrice | Hole | Sample]
) -> None:
    await name_coins(database, (row.coin for rows in groups for row in rows))


def _price(row: SlotPrice) -> Parameters:
    source = int(row.source)
    return (row.slot_ms, row.coin, row.price, source, row.observed_ms, row.own_base)


def _off_slot(row: OffSlotPrice) -> Parameters:
    return (row.observed_ms, row.coin, row.price, row.own_base)


def _hole(row: Hole) -> Parameters:
    state = row.state.value
    times = (row.first_ms, row.last_ms, row.next_try_ms)
    return (row.slot_ms, row.coin, state, row.reason, row.tries, *times)


def _outage(row: Outage) -> Parameters:
    place = (row.exchange.value, row.market.value, row.channel)
    return (*place, row.reason, row.begin_ms, row.end_ms, row.bridged)


def _job(job: Job) -> Parameters:
    days = (job.exchange.value, job.first_day, job.last_day, job.state.value)
    counts = (job.total, job.had, job.filled, job.unobtainable, job.failed)
    pages = (job.pages, job.pages_total, job.message)
    return (*days, job.created_ms, job.updated_ms, *counts, *pages)
