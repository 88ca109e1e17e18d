"""What files tell of series: put down where nothing is known, and never over what is there."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import aiosqlite

from tui_monitor.model import (
    BAR_MS,
    AggregateRow,
    CandleRow,
    InterestSample,
    Market,
    Outage,
    Settlement,
    SignalRecord,
    SpreadMinute,
)
from tui_monitor.store.aggregates import aggregate_values
from tui_monitor.store.asking import Writing, name_coins
from tui_monitor.store.session import Parameters
from tui_monitor.store.spreads import TALLY, signal_values, spread_values

_Row = TypeVar("_Row")

HOUR_MS = 3_600_000

_INSTRUMENT = """
    INSERT INTO instrument (exchange, market, symbol, coin) VALUES (?, ?, ?, ?)
    ON CONFLICT (exchange, market, symbol) DO NOTHING
"""
_CANDLE = """
    INSERT INTO candle (bar_ms, open_ms, instrument_id, open, high, low, close, volume_coins,
                        turnover_usd)
    SELECT ?4, ?5, id, ?6, ?7, ?8, ?9, ?10, ?11 FROM instrument
    WHERE exchange = ?1 AND market = ?2 AND symbol = ?3
    ON CONFLICT (bar_ms, open_ms, instrument_id) DO NOTHING
"""
_SETTLEMENT = """
    INSERT INTO funding_settlement (instrument_id, settled_ms, rate)
    SELECT id, ?4, ?5 FROM instrument WHERE exchange = ?1 AND market = ?2 AND symbol = ?3
    ON CONFLICT (instrument_id, settled_ms) DO NOTHING
"""
_SAMPLE = """
    INSERT INTO interest_sample (at_ms, instrument_id, coins, price, source)
    SELECT ?4, id, ?5, ?6, ?7 FROM instrument
    WHERE exchange = ?1 AND market = ?2 AND symbol = ?3
    ON CONFLICT (at_ms, instrument_id) DO NOTHING
"""
_HOUR = """
    INSERT INTO interest_hour (at_ms, instrument_id, coins, price, source)
    SELECT ?4, id, ?5, ?6, ?7 FROM instrument
    WHERE exchange = ?1 AND market = ?2 AND symbol = ?3
    ON CONFLICT (at_ms, instrument_id) DO NOTHING
"""
_SPREAD = """
    INSERT INTO spread_minute
        (minute_ms, coin_id, kind, max_pct, min_pct, buy, sell, over_s, rises, samples)
    VALUES (?, (SELECT id FROM coin WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (minute_ms, coin_id, kind) DO NOTHING
"""
_SIGNAL = """
    INSERT INTO signal (coin_id, basis, buy_exchange, buy_market, sell_exchange, sell_market,
                        first_ms, observed_ms, ended_ms, ending, threshold_pct, samples)
    VALUES ((SELECT id FROM coin WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (observed_ms, coin_id, basis, buy_exchange, buy_market, sell_exchange, sell_market)
    DO NOTHING
"""
_AGGREGATE = """
    INSERT INTO aggregate (minute_ms, source_ms, received_ms, usd_1h, usd_24h, people_24h,
                           position_usd, panic_index, imported, corrected)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (minute_ms) DO NOTHING
"""
# It keeps its number where that is free: the JSON lines tell it.
_OUTAGE = """
    INSERT INTO outage (id, exchange, market, channel, reason, begin_ms, end_ms, bridged)
    SELECT CASE WHEN ?8 > 0 AND NOT EXISTS (SELECT 1 FROM outage WHERE id = ?8) THEN ?8 END,
           ?1, ?2, ?3, ?4, ?5, ?6, ?7
    WHERE NOT EXISTS (
        SELECT 1 FROM outage
        WHERE exchange = ?1 AND market = ?2 AND channel = ?3 AND begin_ms = ?5
    )
"""


class SeriesImports(Writing):
    """Each gives how many rows are new; the others stay as they were."""

    async def import_candles(self, rows: Sequence[CandleRow]) -> int:
        """Closed bars."""

        async def work(database: aiosqlite.Connection) -> int:
            await _know(database, ((*_place(row), row.coin) for row in rows))
            return await _put(database, _CANDLE, rows, _candle)

        return await self._session.write(work)

    async def import_funding(self, rows: Sequence[Settlement]) -> int:
        """Settled rates; of what time all of them are here is not known by a file."""

        async def work(database: aiosqlite.Connection) -> int:
            await _know(database, ((*_place(row), row.coin) for row in rows))
            return await _put(
                database, _SETTLEMENT, rows, lambda row: (*_place(row), row.settled_ms, row.rate)
            )

        return await self._session.write(work)

    async def import_interest(self, rows: Sequence[InterestSample]) -> int:
        """Samples of open interest, those of full hours for longer."""

        async def work(database: aiosqlite.Connection) -> int:
            perp = Market.PERP.value
            places = ((row.exchange.value, perp, row.symbol, row.coin) for row in rows)
            await _know(database, places)
            hours = [row for row in rows if row.at_ms % HOUR_MS == 0]
            await _put(database, _HOUR, hours, _sample)
            return await _put(database, _SAMPLE, rows, _sample)

        return await self._session.write(work)

    async def import_spreads(self, rows: Sequence[SpreadMinute]) -> int:
        """Minute extremes: a minute that is there is not widened, it may be the same one."""

        async def work(database: aiosqlite.Connection) -> int:
            await name_coins(database, (row.coin for row in rows))
            news = await _put(database, _SPREAD, rows, spread_values)
            minutes = sorted({row.minute_ms for row in rows})
            await database.executemany(TALLY, [(minute_ms,) for minute_ms in minutes])
            return news

        return await self._session.write(work)

    async def import_signals(self, rows: Sequence[SignalRecord]) -> int:
        """Signals with their samples."""

        async def work(database: aiosqlite.Connection) -> int:
            await name_coins(database, (row.coin for row in rows))
            return await _put(database, _SIGNAL, rows, signal_values)

        return await self._session.write(work)

    async def import_aggregates(self, rows: Sequence[AggregateRow]) -> int:
        """Minutes of the aggregate source as they were, also whether a file had told them."""

        async def work(database: aiosqlite.Connection) -> int:
            return await _put(database, _AGGREGATE, rows, aggregate_values)

        return await self._session.write(work)

    async def import_outages(self, rows: Sequence[Outage]) -> int:
        """Outages; channel and begin say which one it is."""

        async def work(database: aiosqlite.Connection) -> int:
            return await _put(database, _OUTAGE, rows, _outage)

        return await self._session.write(work)


async def _know(
    database: aiosqlite.Connection, instruments: Iterable[tuple[str, str, str, str]]
) -> None:
    """Number the unknown ones; which coin a known one is of, the exchange has told."""
    await database.executemany(_INSTRUMENT, sorted(set(instruments)))


async def _put(
    database: aiosqlite.Connection,
    sql: str,
    rows: Sequence[_Row],
    values: Callable[[_Row], Parameters],
) -> int:
    cursor = await database.executemany(sql, [values(row) for row in rows])
    return max(cursor.rowcount, 0)


def _place(row: CandleRow | Settlement) -> tuple[str, str, str]:
    return (row.exchange.value, row.market.value, row.symbol)


def _candle(row: CandleRow) -> Parameters:
    prices = (row.open, row.high, row.low, row.close)
    return (*_place(row), BAR_MS[row.bar], row.open_ms, *prices, row.volume_coins, row.turnover_usd)


def _sample(row: InterestSample) -> Parameters:
    place = (row.exchange.value, Market.PERP.value, row.symbol)
    return (*place, row.at_ms, row.coins, row.price, int(row.source))


def _outage(row: Outage) -> Parameters:
    place = (row.exchange.value, row.market.value, row.channel)
    return (*place, row.reason, row.begin_ms, row.end_ms, row.bridged, row.id)
