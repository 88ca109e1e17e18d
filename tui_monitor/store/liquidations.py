"""Liquidations: events for 30 days, what they make of minutes and hours for good."""

from collections.abc import Sequence

import aiosqlite

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.errors import BadInput
from tui_monitor.model import (
    Exchange,
    Heard,
    LiquidationMinute,
    LiquidationRow,
    LiquidationStep,
    LiquidationSums,
    Market,
    Side,
)
from tui_monitor.store.asking import MAX_ROWS, Asking, Writing, bounded, name_instruments
from tui_monitor.store.liquidation_sums import MinuteSums
from tui_monitor.store.session import Parameters, Row

HOUR_MS = 60 * MINUTE_MS
# Up to here a curve is made of minutes, exactly; beyond it the hours are many times faster.
MINUTES_REACH_MS = 4 * DAY_MS
MOST_STEPS = 20_000

_NUMBER_OF = {Side.LONG: 1, Side.SHORT: 2}
_SIDE_OF = {number: side for side, number in _NUMBER_OF.items()}
_ALL_VENUES = ""

# What REST told first and a stream after it is the stream's.
_EVENT = """
    INSERT INTO liquidation
        (exchange_ms, instrument_id, side, price, coins, usd, received_ms, heard)
    SELECT ?4, id, ?5, ?6, ?7, ?8, ?9, ?10 FROM instrument
    WHERE exchange = ?1 AND market = ?2 AND symbol = ?3
    ON CONFLICT (exchange_ms, instrument_id, side, price, coalesce(coins, -1)) DO UPDATE SET
        heard = excluded.heard
    WHERE excluded.heard < heard
"""
_MINUTE = """
    INSERT OR REPLACE INTO liquidation_minute
        (minute_ms, exchange, long_usd, short_usd, long_count, short_count, largest_usd, unsized,
         capped_s, covered_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_IMPORTED_MINUTE = """
    INSERT INTO liquidation_minute
        (minute_ms, exchange, long_usd, short_usd, long_count, short_count, largest_usd, unsized,
         capped_s, covered_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (minute_ms, exchange) DO NOTHING
"""
_HOUR = """
    INSERT OR REPLACE INTO liquidation_hour
        (hour_ms, exchange, long_usd, short_usd, long_count, short_count, largest_usd,
         highest_minute_usd, unsized, capped_s, covered_ms, minutes)
    SELECT ?1, exchange, total(long_usd), total(short_usd), sum(long_count), sum(short_count),
           max(largest_usd), max(long_usd + short_usd), sum(unsized), sum(capped_s),
           sum(covered_ms), count(*)
    FROM liquidation_minute
    WHERE minute_ms >= ?1 AND minute_ms < ?1 + 3600000
    GROUP BY exchange
"""
# The highest minute of all venues together can't be had from the highest of each.
_HOUR_OF_ALL = """
    INSERT OR REPLACE INTO liquidation_hour
        (hour_ms, exchange, long_usd, short_usd, long_count, short_count, largest_usd,
         highest_minute_usd, unsized, capped_s, covered_ms, minutes)
    SELECT ?1, '', total(long_usd), total(short_usd), sum(long_count), sum(short_count),
           max(largest_usd), max(long_usd + short_usd), sum(unsized), sum(capped_s),
           sum(covered_ms), sum(venues)
    FROM (
        SELECT total(long_usd) AS long_usd, total(short_usd) AS short_usd,
               sum(long_count) AS long_count, sum(short_count) AS short_count,
               max(largest_usd) AS largest_usd, sum(unsized) AS unsized,
               sum(capped_s) AS capped_s, sum(covered_ms) AS covered_ms, count(*) AS venues
        FROM liquidation_minute
        WHERE minute_ms >= ?1 AND minute_ms < ?1 + 3600000
        GROUP BY minute_ms
    )
"""
_NEWEST = """
    SELECT i.exchange, i.symbol, i.coin, l.exchange_ms, l.side, l.price, l.coins, l.usd,
           l.received_ms, l.heard
    FROM liquidation AS l CROSS JOIN instrument AS i ON i.id = l.instrument_id
    WHERE l.exchange_ms >= ?1 AND l.exchange_ms < ?2
      AND (?4 IS NULL OR i.coin = ?4) AND (?5 IS NULL OR i.exchange = ?5)
      AND (?6 IS NULL OR l.usd >= ?6)
    ORDER BY l.exchange_ms DESC, l.rowid DESC
    LIMIT ?3
"""
_LARGEST = """
    SELECT i.exchange, i.symbol, i.coin, l.exchange_ms, l.side, l.price, l.coins, l.usd,
           l.received_ms, l.heard
    FROM liquidation AS l CROSS JOIN instrument AS i ON i.id = l.instrument_id
    WHERE l.exchange_ms >= ?1 AND l.exchange_ms < ?2 AND l.usd IS NOT NULL
      AND (?4 IS NULL OR i.coin = ?4) AND (?5 IS NULL OR i.exchange = ?5)
      AND (?6 IS NULL OR l.usd >= ?6)
    ORDER BY l.usd DESC, l.exchange_ms DESC, l.rowid DESC
    LIMIT ?3
"""
_MINUTES = """
    SELECT minute_ms, exchange, long_usd, short_usd, long_count, short_count, largest_usd, unsized,
           capped_s, covered_ms
    FROM liquidation_minute
    WHERE minute_ms >= ? AND minute_ms < ?
    ORDER BY minute_ms, exchange
    LIMIT ?
"""
_FROM_MINUTES = """
    SELECT ?1 + (minute_ms - ?1) / ?3 * ?3 AS at_ms, total(long_usd), total(short_usd),
           sum(long_count), sum(short_count), max(largest_usd), max(long_usd + short_usd),
           sum(unsized), sum(capped_s), sum(covered_ms)
    FROM (
        SELECT minute_ms, total(long_usd) AS long_usd, total(short_usd) AS short_usd,
               sum(long_count) AS long_count, sum(short_count) AS short_count,
               max(largest_usd) AS largest_usd, sum(unsized) AS unsized,
               sum(capped_s) AS capped_s, sum(covered_ms) AS covered_ms
        FROM liquidation_minute
        WHERE minute_ms >= ?1 AND minute_ms < ?2 AND (?4 = '' OR exchange = ?4)
        GROUP BY minute_ms
    )
    GROUP BY at_ms
    ORDER BY at_ms
    LIMIT ?5
"""
_FROM_HOURS = """
    SELECT ?1 + (hour_ms - ?1) / ?3 * ?3 AS at_ms, total(long_usd), total(short_usd),
           sum(long_count), sum(short_count), max(largest_usd), max(highest_minute_usd),
           sum(unsized), sum(capped_s), sum(covered_ms)
    FROM liquidation_hour
    WHERE hour_ms >= ?1 AND hour_ms < ?2 AND exchange = ?4
    GROUP BY at_ms
    ORDER BY at_ms
    LIMIT ?5
"""
_TOLD = """
    SELECT i.exchange, l.exchange_ms, l.side, l.usd
    FROM liquidation AS l CROSS JOIN instrument AS i ON i.id = l.instrument_id
    WHERE l.exchange_ms >= ? AND l.exchange_ms < ? AND l.heard = 1
    ORDER BY l.exchange_ms
    LIMIT ?
"""
_BY_REST = """
    SELECT i.exchange, count(*), total(l.usd)
    FROM liquidation AS l CROSS JOIN instrument AS i ON i.id = l.instrument_id
    WHERE l.exchange_ms >= ? AND l.exchange_ms < ? AND l.heard = 2
    GROUP BY i.exchange
"""
_OLDEST_EVENT = "SELECT min(exchange_ms) FROM liquidation"
_OLDEST_MINUTE = "SELECT min(minute_ms) FROM liquidation_minute"


class LiquidationQuestions(Asking):
    """What can be asked about liquidations. Ends of ranges are excluded."""

    async def liquidations(
        self,
        start_ms: int,
        end_ms: int,
        *,
        limit: int,
        coin: str | None = None,
        exchange: Exchange | None = None,
        min_usd: float | None = None,
        largest: bool = False,
    ) -> list[LiquidationRow]:
        """Events by the exchange's time, newest first, or the largest first.

        Those of unknown size are in neither the largest nor in what has a least size.
        """
        venue = None if exchange is None else exchange.value
        values = (start_ms, end_ms, min(limit, MAX_ROWS), coin, venue, min_usd)
        statement = _LARGEST if largest else _NEWEST
        return [_event(row) for row in await self._session.read(statement, values)]

    async def liquidation_minutes(self, start_ms: int, end_ms: int) -> list[LiquidationMinute]:
        """Each venue's minutes, oldest first; BadInput for more than 500,000 of them."""
        rows = await self._session.read(_MINUTES, (start_ms, end_ms, MAX_ROWS + 1))
        return [_minute(row) for row in bounded(rows)]

    async def liquidation_curve(
        self, start_ms: int, end_ms: int, step_ms: int, *, exchange: Exchange | None = None
    ) -> list[LiquidationStep]:
        """The minutes of all venues, or of one, in steps from `start_ms` on, oldest first.

        Up to four days any step of whole minutes is exact. A longer range is made of whole hours:
        the step must be one or more, `start_ms` is taken down to the hour and `end_ms` up to it.
        Steps without any minute are absent. BadInput for a step that can't be.
        """
        if step_ms <= 0 or step_ms % MINUTE_MS:
            raise BadInput(f"a step of {step_ms} ms", "steps are whole minutes")
        statement = _FROM_MINUTES
        if end_ms - start_ms > MINUTES_REACH_MS:
            if step_ms % HOUR_MS:
                raise BadInput("steps of less than an hour over more than 4 days", "use hours")
            statement = _FROM_HOURS
            start_ms, end_ms = start_ms - start_ms % HOUR_MS, end_ms + -end_ms % HOUR_MS
        venue = _ALL_VENUES if exchange is None else exchange.value
        values = (start_ms, end_ms, step_ms, venue, MOST_STEPS)
        return [_step(row) for row in await self._session.read(statement, values)]

    async def liquidation_sums(self, start_ms: int, end_ms: int) -> list[LiquidationSums]:
        """What the streams' stored events make of the minutes of a range, by minute and venue.

        Minutes without events are absent. The sums are correctly rounded, so that the order in
        which events came does not matter.
        """
        sums = MinuteSums()
        for begin_ms in range(start_ms, end_ms, HOUR_MS):
            values = (begin_ms, min(begin_ms + HOUR_MS, end_ms), MAX_ROWS + 1)
            for exchange, exchange_ms, side, usd in bounded(
                await self._session.read(_TOLD, values)
            ):
                sums.add(Exchange(exchange), exchange_ms, _SIDE_OF[side], usd)
        return sums.rows()

    async def rest_liquidations(
        self, start_ms: int, end_ms: int
    ) -> dict[Exchange, tuple[int, float]]:
        """How many events only REST told of, and their USD, by exchange; others are absent."""
        rows = await self._session.read(_BY_REST, (start_ms, end_ms))
        return {Exchange(exchange): (count, usd) for exchange, count, usd in rows}

    async def oldest_liquidation_ms(self) -> int | None:
        """The first event; None while there is none."""
        ((oldest_ms,),) = await self._session.read(_OLDEST_EVENT)
        return int(oldest_ms) if oldest_ms is not None else None

    async def oldest_liquidation_minute_ms(self) -> int | None:
        """The first minute; None while there is none."""
        ((oldest_ms,),) = await self._session.read(_OLDEST_MINUTE)
        return int(oldest_ms) if oldest_ms is not None else None


class LiquidationWrites(Writing):
    """What can be written of them."""

    async def record_liquidations(self, events: Sequence[LiquidationRow]) -> int:
        """Put events down; gives how many were new.

        One that is there already is left alone, except that what REST had told and a stream tells
        now becomes the stream's, and counts as new.
        """

        async def work(database: aiosqlite.Connection) -> int:
            await name_instruments(database, ((*_key(row), row.coin) for row in events))
            cursor = await database.executemany(_EVENT, [_values(row) for row in events])
            return max(cursor.rowcount, 0)

        return await self._session.write(work)

    async def record_liquidation_minutes(self, minutes: Sequence[LiquidationMinute]) -> None:
        """Put minutes down in place of what was there, and their hours with them."""

        async def work(database: aiosqlite.Connection) -> None:
            await database.executemany(_MINUTE, [_minute_values(row) for row in minutes])
            await _make_hours(database, minutes)

        await self._session.write(work)

    async def import_liquidation_minutes(self, minutes: Sequence[LiquidationMinute]) -> int:
        """Put minutes of a file down where there are none; gives how many were new."""

        async def work(database: aiosqlite.Connection) -> int:
            values = [_minute_values(row) for row in minutes]
            cursor = await database.executemany(_IMPORTED_MINUTE, values)
            await _make_hours(database, minutes)
            return max(cursor.rowcount, 0)

        return await self._session.write(work)


async def _make_hours(database: aiosqlite.Connection, minutes: Sequence[LiquidationMinute]) -> None:
    hours = [(hour_ms,) for hour_ms in sorted({_hour_of(row) for row in minutes})]
    await database.executemany(_HOUR, hours)
    await database.executemany(_HOUR_OF_ALL, hours)


def _key(row: LiquidationRow) -> tuple[str, str, str]:
    return (row.exchange.value, Market.PERP.value, row.symbol)


def _hour_of(row: LiquidationMinute) -> int:
    return row.minute_ms - row.minute_ms % HOUR_MS


def _values(row: LiquidationRow) -> Parameters:
    amounts = (row.price, row.coins, row.usd)
    side = _NUMBER_OF[row.side]
    return (*_key(row), row.exchange_ms, side, *amounts, row.received_ms, int(row.heard))


def _minute_values(row: LiquidationMinute) -> Parameters:
    sums = (row.long_usd, row.short_usd, row.long_count, row.short_count, row.largest_usd)
    return (row.minute_ms, row.exchange.value, *sums, row.unsized, row.capped_s, row.covered_ms)


def _event(row: Row) -> LiquidationRow:
    exchange, symbol, coin, exchange_ms, side, price, coins, usd, received_ms, heard = row
    return LiquidationRow(
        exchange=Exchange(exchange),
        symbol=symbol,
        coin=coin,
        exchange_ms=exchange_ms,
        side=_SIDE_OF[side],
        price=price,
        coins=coins,
        usd=usd,
        received_ms=received_ms,
        heard=Heard(heard),
    )


def _minute(row: Row) -> LiquidationMinute:
    minute_ms, exchange, long_usd, short_usd, longs, shorts, largest_usd, *rest = row
    unsized, capped_s, covered_ms = rest
    return LiquidationMinute(
        minute_ms=minute_ms,
        exchange=Exchange(exchange),
        long_usd=long_usd,
        short_usd=short_usd,
        long_count=longs,
        short_count=shorts,
        largest_usd=largest_usd,
        unsized=unsized,
        capped_s=capped_s,
        covered_ms=covered_ms,
    )


def _step(row: Row) -> LiquidationStep:
    at_ms, long_usd, short_usd, longs, shorts, largest_usd, highest_usd, *rest = row
    unsized, capped_s, covered_ms = rest
    return LiquidationStep(
        at_ms=at_ms,
        long_usd=long_usd,
        short_usd=short_usd,
        long_count=longs,
        short_count=shorts,
        largest_usd=largest_usd,
        highest_minute_usd=highest_usd,
        unsized=unsized,
        capped_s=capped_s,
        covered_ms=covered_ms,
    )
