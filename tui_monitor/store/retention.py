"""What is kept for a time only: how old it is, and its removal a little at a time.

The age of a row is that of what it tells of, never of when it was written. Nodes, holes, outages,
jobs, funding, sums of liquidations and signals are not here: they are kept for good.
"""

from collections.abc import AsyncIterator, Sequence
from functools import partial

import aiosqlite
from msgspec import Struct

from tui_monitor.model import BAR_MS
from tui_monitor.store import inspection
from tui_monitor.store.asking import Asking, Writing
from tui_monitor.store.session import Parameters

# So many rows go in one transaction, but a whole minute of spreads: 3,000 rows at 1,000 coins.
SLICE_ROWS = 1_000
# Ordering the bars of a big file takes seconds; nobody draws meanwhile.
_SPENT_S = 120.0


class Kept(Struct, frozen=True, kw_only=True):
    """A kind of rows, by the name that `db info` gives it, and the SQL about it.

    `oldest` gives the time of the oldest one, `older` counts those from before a time, `slices`
    remove some of these, oldest first. `bar_ms` is for
    rows of bars, of which there is a kind for each length.
    """

    name: str
    oldest: str
    older: str
    slices: tuple[str, ...]
    bar_ms: int | None = None

    @property
    def key(self) -> Parameters:
        """What the statements take besides a time."""
        return () if self.bar_ms is None else (self.bar_ms,)


class Room(Struct, frozen=True, kw_only=True):
    """What the file has: `used_bytes` hold rows, `free_bytes` are left over, the WAL is beside."""

    used_bytes: int
    free_bytes: int
    wal_bytes: int

    @property
    def total_bytes(self) -> int:
        """The file and its WAL."""
        return self.used_bytes + self.free_bytes + self.wal_bytes


# A bar is as old as its end.
_OLDEST_CANDLE = "SELECT min(open_ms) + ?1 FROM candle WHERE bar_ms = ?1"
_OLDER_CANDLES = "SELECT count(*) FROM candle WHERE bar_ms = ?2 AND open_ms < ?1 - ?2"
_OLD_CANDLES = """
    DELETE FROM candle WHERE (bar_ms, open_ms, instrument_id) IN (
        SELECT bar_ms, open_ms, instrument_id FROM candle
        WHERE bar_ms = ?2 AND open_ms < ?1 - ?2
        ORDER BY bar_ms, open_ms, instrument_id LIMIT 1000
    )
"""
# Of each instrument only what has ?3 newer bars of its length.
_SPENT_COUNT = """
    SELECT count(*) FROM (
        SELECT open_ms, row_number() OVER (
            PARTITION BY instrument_id ORDER BY open_ms DESC) AS place
        FROM candle WHERE bar_ms = ?2
    ) WHERE open_ms < ?1 - ?2 AND place > ?3
"""
_SPENT_CANDLES = """
    SELECT open_ms, instrument_id FROM (
        SELECT open_ms, instrument_id, row_number() OVER (
            PARTITION BY instrument_id ORDER BY open_ms DESC) AS place
        FROM candle WHERE bar_ms = ?2
    ) WHERE open_ms < ?1 - ?2 AND place > ?3
    ORDER BY open_ms, instrument_id
"""
_SPENT_CANDLE = "DELETE FROM candle WHERE bar_ms = ?1 AND open_ms = ?2 AND instrument_id = ?3"
_OLDEST_ANOMALY = "SELECT min(open_ms) + ?1 FROM anomaly WHERE bar_ms = ?1"
_OLDER_ANOMALIES = "SELECT count(*) FROM anomaly WHERE bar_ms = ?2 AND open_ms < ?1 - ?2"
_OLD_ANOMALIES = """
    DELETE FROM anomaly WHERE (bar_ms, open_ms, instrument_id) IN (
        SELECT bar_ms, open_ms, instrument_id FROM anomaly
        WHERE bar_ms = ?2 AND open_ms < ?1 - ?2
        ORDER BY bar_ms, open_ms, instrument_id LIMIT 1000
    )
"""
_OLD_INTEREST = """
    DELETE FROM interest_sample WHERE (at_ms, instrument_id) IN (
        SELECT at_ms, instrument_id FROM interest_sample WHERE at_ms < ?1
        ORDER BY at_ms, instrument_id LIMIT 1000
    )
"""
_OLD_STEPS = """
    DELETE FROM interest_step WHERE (at_ms, instrument_id) IN (
        SELECT at_ms, instrument_id FROM interest_step WHERE at_ms < ?1
        ORDER BY at_ms, instrument_id LIMIT 1000
    )
"""
_OLD_INTEREST_HOURS = """
    DELETE FROM interest_hour WHERE (at_ms, instrument_id) IN (
        SELECT at_ms, instrument_id FROM interest_hour WHERE at_ms < ?1
        ORDER BY at_ms, instrument_id LIMIT 1000
    )
"""
_OLD_RATIOS = """
    DELETE FROM account_ratio WHERE (at_ms, instrument_id) IN (
        SELECT at_ms, instrument_id FROM account_ratio WHERE at_ms < ?1
        ORDER BY at_ms, instrument_id LIMIT 1000
    )
"""
_OLD_LIQUIDATIONS = """
    DELETE FROM liquidation WHERE rowid IN (
        SELECT rowid FROM liquidation WHERE exchange_ms < ?1 ORDER BY exchange_ms LIMIT 1000
    )
"""
_OLD_PRICES = """
    DELETE FROM price_minute WHERE (minute_ms, instrument_id) IN (
        SELECT minute_ms, instrument_id FROM price_minute WHERE minute_ms < ?1
        ORDER BY minute_ms, instrument_id LIMIT 1000
    )
"""
# A minute's tally is the number of its rows: both go together, and minutes go whole.
_OLD_SPREADS = """
    DELETE FROM spread_minute WHERE minute_ms IN (
        SELECT minute_ms FROM (
            SELECT minute_ms, found, sum(found) OVER (ORDER BY minute_ms) AS total
            FROM spread_tally WHERE minute_ms < ?1 ORDER BY minute_ms LIMIT 60
        ) WHERE total <= 1000 OR total = found
    )
"""
_OLD_TALLY = """
    DELETE FROM spread_tally WHERE minute_ms IN (
        SELECT minute_ms FROM (
            SELECT minute_ms, found, sum(found) OVER (ORDER BY minute_ms) AS total
            FROM spread_tally WHERE minute_ms < ?1 ORDER BY minute_ms LIMIT 60
        ) WHERE total <= 1000 OR total = found
    )
"""
_OLD_SAMPLES = """
    DELETE FROM off_slot_price WHERE (observed_ms, coin_id) IN (
        SELECT observed_ms, coin_id FROM off_slot_price WHERE observed_ms < ?1
        ORDER BY observed_ms, coin_id LIMIT 1000
    )
"""
_OLD_LINES = """
    DELETE FROM job_log WHERE id IN (SELECT id FROM job_log WHERE ts_ms < ?1 LIMIT 1000)
"""
_PAGES = """
    SELECT page_count, freelist_count, page_size
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size
"""

KEPT: tuple[Kept, ...] = (
    *(
        Kept(
            name="candles",
            oldest=_OLDEST_CANDLE,
            older=_OLDER_CANDLES,
            slices=(_OLD_CANDLES,),
            bar_ms=bar_ms,
        )
        for bar_ms in BAR_MS.values()
    ),
    *(
        Kept(
            name="anomalies",
            oldest=_OLDEST_ANOMALY,
            older=_OLDER_ANOMALIES,
            slices=(_OLD_ANOMALIES,),
            bar_ms=bar_ms,
        )
        for bar_ms in BAR_MS.values()
    ),
    Kept(
        name="interest_samples",
        oldest="SELECT min(at_ms) FROM interest_sample",
        older="SELECT count(*) FROM interest_sample WHERE at_ms < ?1",
        slices=(_OLD_INTEREST, _OLD_STEPS),
    ),
    Kept(
        name="interest_hours",
        oldest="SELECT min(at_ms) FROM interest_hour",
        older="SELECT count(*) FROM interest_hour WHERE at_ms < ?1",
        slices=(_OLD_INTEREST_HOURS,),
    ),
    Kept(
        name="account_ratios",
        oldest="SELECT min(at_ms) FROM account_ratio",
        older="SELECT count(*) FROM account_ratio WHERE at_ms < ?1",
        slices=(_OLD_RATIOS,),
    ),
    Kept(
        name="liquidations",
        oldest="SELECT min(exchange_ms) FROM liquidation",
        older="SELECT count(*) FROM liquidation WHERE exchange_ms < ?1",
        slices=(_OLD_LIQUIDATIONS,),
    ),
    Kept(
        name="spread_minutes",
        oldest="SELECT min(minute_ms) FROM spread_tally",
        older="SELECT ifnull(sum(found), 0) FROM spread_tally WHERE minute_ms < ?1",
        slices=(_OLD_SPREADS, _OLD_TALLY),
    ),
    Kept(
        name="price_minutes",
        oldest="SELECT min(minute_ms) FROM price_minute",
        older="SELECT count(*) FROM price_minute WHERE minute_ms < ?1",
        slices=(_OLD_PRICES,),
    ),
)
"""What leaves by age, and where a cap takes from."""

# Removed only where somebody asks for it: they are few, or can't be had again.
ONLY_ASKED: tuple[Kept, ...] = (
    Kept(
        name="job_lines",
        oldest="SELECT min(ts_ms) FROM job_log",
        older="SELECT count(*) FROM job_log WHERE ts_ms < ?1",
        slices=(_OLD_LINES,),
    ),
    Kept(
        name="off_slot_prices",
        oldest="SELECT min(observed_ms) FROM off_slot_price",
        older="SELECT count(*) FROM off_slot_price WHERE observed_ms < ?1",
        slices=(_OLD_SAMPLES,),
    ),
)


class RetentionQuestions(Asking):
    """What can be asked about age and room."""

    async def oldest_kept(self, kept: Kept) -> int | None:
        """The time of the oldest of its rows; None where there are none."""
        sql = kept.oldest
        ((oldest_ms,),) = await self._session.read(sql, kept.key)
        return int(oldest_ms) if oldest_ms is not None else None

    async def count_older(self, before_ms: int) -> dict[str, int]:
        """How many rows of each kind are from before a time."""
        found: dict[str, int] = {}
        for kept in (*ONLY_ASKED, *KEPT):
            sql = kept.older
            ((rows,),) = await self._session.read(sql, (before_ms, *kept.key))
            found[kept.name] = found.get(kept.name, 0) + int(rows)
        return found

    async def count_spent(self, before_ms: int, floor_bars: int) -> int:
        """How many bars from before a time have so many newer ones of their series."""
        found = 0
        for bar_ms in BAR_MS.values():
            ((rows,),) = await self._session.read(
                _SPENT_COUNT, (before_ms, bar_ms, floor_bars), deadline_s=_SPENT_S
            )
            found += int(rows)
        return found

    @property
    def file_bytes(self) -> int:
        """How big the file is."""
        return inspection.sizes(self._session.path)[0]

    @property
    def wal_bytes(self) -> int:
        """How big the log beside the file is."""
        return inspection.sizes(self._session.path)[1]

    async def room(self) -> Room:
        """How big the file is, as committed."""
        ((pages, free, page_bytes),) = await self._session.read(_PAGES)
        return Room(
            used_bytes=(pages - free) * page_bytes,
            free_bytes=free * page_bytes,
            wal_bytes=self.wal_bytes,
        )


class RetentionWrites(Writing):
    """How it leaves."""

    async def prune(self, kept: Kept, before_ms: int) -> int:
        """Remove some of the rows from before a time, oldest first; gives how many, 0 at the end.

        One transaction of a few milliseconds: whoever removes much lets others write between two.
        """

        async def work(database: aiosqlite.Connection) -> int:
            removed = []
            for statement in kept.slices:
                cursor = await database.execute(statement, (before_ms, *kept.key))
                removed.append(max(cursor.rowcount, 0))
            return max(removed)

        return await self._session.write(work)

    async def prune_spent(self, before_ms: int, floor_bars: int) -> AsyncIterator[int]:
        """Remove bars from before a time, oldest first, but of no series one of its newest.

        Gives how many went with each transaction.
        """
        for bar_ms in BAR_MS.values():
            spent = await self._session.read(
                _SPENT_CANDLES, (before_ms, bar_ms, floor_bars), deadline_s=_SPENT_S
            )
            for first in range(0, len(spent), SLICE_ROWS):
                keys = [(bar_ms, *row) for row in spent[first : first + SLICE_ROWS]]
                yield await self._session.write(partial(_remove_spent, keys))


async def _remove_spent(keys: Sequence[Parameters], database: aiosqlite.Connection) -> int:
    cursor = await database.executemany(_SPENT_CANDLE, keys)
    return max(cursor.rowcount, 0)
