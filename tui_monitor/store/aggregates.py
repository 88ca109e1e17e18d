"""What the aggregate source said, and open interest by the minute: kept for good."""

from collections.abc import Sequence

import aiosqlite

from tui_monitor.model import AggregateRow, InterestMinute
from tui_monitor.store.asking import MAX_ROWS, Asking, Writing, bounded
from tui_monitor.store.session import Parameters, Row

_INTEREST = """
    INSERT OR REPLACE INTO interest_minute (minute_ms, open_interest_usd, exchanges)
    VALUES (?, ?, ?)
"""
# Ours goes before a file's; then the row that knows more; then the later one.
_AGGREGATE = """
    INSERT INTO aggregate (minute_ms, source_ms, received_ms, usd_1h, usd_24h, people_24h,
                           position_usd, panic_index, imported, corrected)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (minute_ms) DO UPDATE SET
        source_ms = excluded.source_ms, received_ms = excluded.received_ms,
        usd_1h = excluded.usd_1h, usd_24h = excluded.usd_24h, people_24h = excluded.people_24h,
        position_usd = excluded.position_usd, panic_index = excluded.panic_index,
        imported = excluded.imported, corrected = excluded.corrected
    WHERE (-excluded.imported,
           (excluded.usd_1h IS NOT NULL) + (excluded.usd_24h IS NOT NULL)
           + (excluded.people_24h IS NOT NULL) + (excluded.position_usd IS NOT NULL),
           excluded.received_ms)
       >= (-imported,
           (usd_1h IS NOT NULL) + (usd_24h IS NOT NULL)
           + (people_24h IS NOT NULL) + (position_usd IS NOT NULL),
           received_ms)
      AND (excluded.source_ms, excluded.received_ms, excluded.usd_1h, excluded.usd_24h,
           excluded.people_24h, excluded.position_usd, excluded.panic_index, excluded.imported,
           excluded.corrected)
       IS NOT (source_ms, received_ms, usd_1h, usd_24h, people_24h, position_usd, panic_index,
               imported, corrected)
"""
_INTERESTS = """
    SELECT minute_ms, open_interest_usd, exchanges FROM interest_minute
    WHERE minute_ms >= ? AND minute_ms < ? ORDER BY minute_ms LIMIT ?
"""
_AGGREGATES = """
    SELECT minute_ms, source_ms, received_ms, usd_1h, usd_24h, people_24h, position_usd,
           panic_index, imported, corrected
    FROM aggregate WHERE minute_ms >= ? AND minute_ms < ? ORDER BY minute_ms DESC LIMIT ?
"""
# The last row of each step that knows anything: a seek each, however many rows there are.
_LAST_INTERESTS = """
    WITH RECURSIVE step(at_ms) AS (
        SELECT ?1 WHERE ?1 < ?2
        UNION ALL SELECT at_ms + ?3 FROM step WHERE at_ms + ?3 < ?2
    )
    SELECT minute_ms, open_interest_usd, exchanges
    FROM step CROSS JOIN interest_minute ON minute_ms = (
        SELECT minute_ms FROM interest_minute
        WHERE minute_ms >= at_ms AND minute_ms < min(at_ms + ?3, ?2)
          AND open_interest_usd IS NOT NULL
        ORDER BY minute_ms DESC LIMIT 1)
    ORDER BY minute_ms LIMIT ?4
"""
_LAST_AGGREGATES = """
    WITH RECURSIVE step(at_ms) AS (
        SELECT ?1 WHERE ?1 < ?2
        UNION ALL SELECT at_ms + ?3 FROM step WHERE at_ms + ?3 < ?2
    )
    SELECT minute_ms, source_ms, received_ms, usd_1h, usd_24h, people_24h, position_usd,
           panic_index, imported, corrected
    FROM step CROSS JOIN aggregate ON minute_ms = (
        SELECT minute_ms FROM aggregate
        WHERE minute_ms >= at_ms AND minute_ms < min(at_ms + ?3, ?2)
          AND coalesce(usd_1h, usd_24h, people_24h, position_usd) IS NOT NULL
        ORDER BY minute_ms DESC LIMIT 1)
    ORDER BY minute_ms LIMIT ?4
"""
_OLDEST = "SELECT min(minute_ms) FROM aggregate"


class AggregateQuestions(Asking):
    """What can be asked of both. Ends of ranges are excluded."""

    async def interest_minutes(self, start_ms: int, end_ms: int) -> list[InterestMinute]:
        """Oldest first; minutes that nobody recorded are absent."""
        rows = await self._session.read(_INTERESTS, (start_ms, end_ms, MAX_ROWS + 1))
        return [_interest(row) for row in bounded(rows)]

    async def interest_steps(
        self, start_ms: int, end_ms: int, step_ms: int
    ) -> list[InterestMinute]:
        """The last known open interest of each step, oldest first; steps without one are absent."""
        values = (start_ms, end_ms, step_ms, MAX_ROWS)
        return [_interest(row) for row in await self._session.read(_LAST_INTERESTS, values)]

    async def aggregate_steps(self, start_ms: int, end_ms: int, step_ms: int) -> list[AggregateRow]:
        """The last row of each step that has any figure, oldest first."""
        values = (start_ms, end_ms, step_ms, MAX_ROWS)
        return [_aggregate(row) for row in await self._session.read(_LAST_AGGREGATES, values)]

    async def aggregates(self, start_ms: int, end_ms: int, limit: int) -> list[AggregateRow]:
        """The newest `limit` rows whose minute begins in the range, given oldest first."""
        rows = await self._session.read(_AGGREGATES, (start_ms, end_ms, min(limit, MAX_ROWS)))
        return [_aggregate(row) for row in reversed(rows)]

    async def oldest_aggregate_ms(self) -> int | None:
        """The first minute; None while there is none."""
        ((oldest_ms,),) = await self._session.read(_OLDEST)
        return int(oldest_ms) if oldest_ms is not None else None


class AggregateWrites(Writing):
    """What can be written of both."""

    async def record_interest_minute(
        self, minute_ms: int, usd: float | None, exchanges: int
    ) -> None:
        """Put the open interest of a minute down, in place of what was there."""
        await self._run(_INTEREST, (minute_ms, usd, exchanges))

    async def record_aggregates(self, rows: Sequence[AggregateRow]) -> int:
        """Put rows down, one a minute; gives how many are news.

        Ours takes the place of a file's and never the other way; among equals the one that knows
        more, then the later one.
        """

        async def work(database: aiosqlite.Connection) -> int:
            cursor = await database.executemany(_AGGREGATE, [aggregate_values(row) for row in rows])
            return max(cursor.rowcount, 0)

        return await self._session.write(work)


def aggregate_values(row: AggregateRow) -> Parameters:
    """A row as its columns stand."""
    times = (row.minute_ms, row.source_ms, row.received_ms)
    amounts = (row.usd_1h, row.usd_24h, row.people_24h, row.position_usd)
    return (*times, *amounts, row.panic_index, row.imported, row.corrected)


def _interest(row: Row) -> InterestMinute:
    minute_ms, usd, exchanges = row
    return InterestMinute(minute_ms=minute_ms, open_interest_usd=usd, exchanges=exchanges)


def _aggregate(row: Row) -> AggregateRow:
    minute_ms, source_ms, received_ms, usd_1h, usd_24h, people_24h, position_usd, *rest = row
    panic_index, imported, corrected = rest
    return AggregateRow(
        minute_ms=minute_ms,
        source_ms=source_ms,
        received_ms=received_ms,
        usd_1h=usd_1h,
        usd_24h=usd_24h,
        people_24h=people_24h,
        position_usd=position_usd,
        panic_index=panic_index,
        imported=bool(imported),
        corrected=bool(corrected),
    )
