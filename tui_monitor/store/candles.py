"""Closed bars: written as they close or as history gives them, read by symbol and by window."""

from collections.abc import Sequence

import aiosqlite
from msgspec import Struct

from tui_monitor.model import BAR_MS, CandleRow, Exchange, Market
from tui_monitor.store.asking import MAX_ROWS, Asking, Writing, bounded, name_instruments
from tui_monitor.store.session import Parameters, Row

_BAR_OF = {length_ms: bar for bar, length_ms in BAR_MS.items()}

# The last word counts: history may correct what a stream told; what is the same is not written.
_CANDLE = """
    INSERT INTO candle (bar_ms, open_ms, instrument_id, open, high, low, close, volume_coins,
                        turnover_usd)
    SELECT ?4, ?5, id, ?6, ?7, ?8, ?9, ?10, ?11 FROM instrument
    WHERE exchange = ?1 AND market = ?2 AND symbol = ?3
    ON CONFLICT (bar_ms, open_ms, instrument_id) DO UPDATE SET
        open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
        volume_coins = excluded.volume_coins, turnover_usd = excluded.turnover_usd
    WHERE (open, high, low, close, volume_coins, turnover_usd) IS NOT (excluded.open,
        excluded.high, excluded.low, excluded.close, excluded.volume_coins, excluded.turnover_usd)
"""
# The key begins with the time, for all of a time are written and removed together. A symbol's
# bars are one look into it for each time that bars can have, newest first until there are enough.
_NEWEST = """
    WITH RECURSIVE
        span (first_ms, last_ms) AS (
            SELECT (SELECT min(open_ms) FROM candle WHERE bar_ms = ?4),
                   (SELECT max(open_ms) FROM candle WHERE bar_ms = ?4 AND open_ms < ?5)
        ),
        grid (open_ms) AS (
            SELECT last_ms FROM span WHERE last_ms IS NOT NULL
            UNION ALL
            SELECT open_ms - ?4 FROM grid
            WHERE open_ms - ?4 >= (SELECT first_ms FROM span)
        )
    SELECT i.exchange, i.market, i.symbol, i.coin, c.bar_ms, c.open_ms, c.open, c.high, c.low,
           c.close, c.volume_coins, c.turnover_usd
    FROM grid CROSS JOIN instrument AS i CROSS JOIN candle AS c
        ON c.bar_ms = ?4 AND c.open_ms = grid.open_ms AND c.instrument_id = i.id
    WHERE i.exchange = ?1 AND i.market = ?2 AND i.symbol = ?3
    LIMIT ?6
"""
_WINDOW = """
    SELECT i.exchange, i.market, i.symbol, i.coin, c.bar_ms, c.open_ms, c.open, c.high, c.low,
           c.close, c.volume_coins, c.turnover_usd
    FROM candle AS c CROSS JOIN instrument AS i ON i.id = c.instrument_id
    WHERE c.bar_ms = ?3 AND c.open_ms >= ?4 AND c.open_ms < ?5
      AND i.exchange = ?1 AND i.market = ?2
    ORDER BY c.open_ms, c.instrument_id
    LIMIT ?6
"""
_ALL = """
    SELECT i.exchange, i.market, i.symbol, i.coin, c.bar_ms, c.open_ms, c.open, c.high, c.low,
           c.close, c.volume_coins, c.turnover_usd
    FROM candle AS c CROSS JOIN instrument AS i ON i.id = c.instrument_id
    WHERE c.bar_ms = ?1 AND c.open_ms >= ?2 AND c.open_ms < ?3
    ORDER BY c.open_ms, i.exchange, i.market, i.symbol
    LIMIT ?4
"""
_OLDEST = "SELECT min(open_ms) FROM candle WHERE bar_ms = ?"
_SYMBOLS = "SELECT count(DISTINCT instrument_id) FROM candle"
_COUNTS = """
    SELECT i.exchange, c.bar_ms, count(DISTINCT c.instrument_id), count(*), min(c.open_ms),
           max(c.open_ms)
    FROM candle AS c JOIN instrument AS i ON i.id = c.instrument_id
    GROUP BY i.exchange, c.bar_ms
    ORDER BY i.exchange, c.bar_ms
"""


class CandleCount(Struct, frozen=True, kw_only=True):
    """How many bars of one length there are of an exchange, and from when to when they began."""

    exchange: Exchange
    bar: str
    symbols: int
    candles: int
    oldest_ms: int
    newest_ms: int


class CandleQuestions(Asking):
    """What can be asked about closed bars of `BAR_MS`' lengths. Ends of ranges are excluded."""

    async def candles(
        self,
        exchange: Exchange,
        market: Market,
        symbol: str,
        bar: str,
        *,
        before_ms: int | None = None,
        limit: int = 100,
    ) -> list[CandleRow]:
        """A symbol's newest bars that began before a time, oldest first."""
        place = (exchange.value, market.value, symbol)
        until_ms = 2**62 if before_ms is None else before_ms
        rows = await self._session.read(_NEWEST, (*place, BAR_MS[bar], until_ms, limit))
        return [_candle(row) for row in reversed(rows)]

    async def candle_window(
        self, exchange: Exchange, market: Market, bar: str, start_ms: int, end_ms: int
    ) -> list[CandleRow]:
        """Every symbol's bars that began in a range, oldest first."""
        values = (exchange.value, market.value, BAR_MS[bar], start_ms, end_ms, MAX_ROWS + 1)
        return [_candle(row) for row in bounded(await self._session.read(_WINDOW, values))]

    async def candles_between(self, bar: str, start_ms: int, end_ms: int) -> list[CandleRow]:
        """All exchanges' bars that began in a range, by time; ask for an hour at a time."""
        values = (BAR_MS[bar], start_ms, end_ms, MAX_ROWS + 1)
        return [_candle(row) for row in bounded(await self._session.read(_ALL, values))]

    async def oldest_candle_ms(self, bar: str) -> int | None:
        """When the first stored bar of a length began; None while there is none."""
        ((oldest_ms,),) = await self._session.read(_OLDEST, (BAR_MS[bar],))
        return int(oldest_ms) if oldest_ms is not None else None

    async def candle_symbols(self) -> int:
        """How many instruments there are bars of."""
        ((symbols,),) = await self._session.read(_SYMBOLS)
        return int(symbols)

    async def candle_counts(self) -> list[CandleCount]:
        """What there is, by exchange and length of the bars."""
        rows = await self._session.read(_COUNTS)
        return [
            CandleCount(
                exchange=Exchange(exchange),
                bar=_BAR_OF[bar_ms],
                symbols=symbols,
                candles=candles,
                oldest_ms=oldest_ms,
                newest_ms=newest_ms,
            )
            for exchange, bar_ms, symbols, candles, oldest_ms, newest_ms in rows
        ]


class CandleWrites(Writing):
    """What can be written of them."""

    async def record_candles(self, rows: Sequence[CandleRow]) -> int:
        """Put closed bars down; gives how many are new, or say something else than before."""

        async def work(database: aiosqlite.Connection) -> int:
            await name_instruments(database, ((*_place(row), row.coin) for row in rows))
            cursor = await database.executemany(_CANDLE, [_values(row) for row in rows])
            return max(cursor.rowcount, 0)

        return await self._session.write(work)


def _place(row: CandleRow) -> tuple[str, str, str]:
    return (row.exchange.value, row.market.value, row.symbol)


def _values(row: CandleRow) -> Parameters:
    prices = (row.open, row.high, row.low, row.close)
    return (*_place(row), BAR_MS[row.bar], row.open_ms, *prices, row.volume_coins, row.turnover_usd)


def _candle(row: Row) -> CandleRow:
    exchange, market, symbol, coin, bar_ms, open_ms, *numbers = row
    at_open, high, low, close, volume_coins, turnover_usd = numbers
    return CandleRow(
        exchange=Exchange(exchange),
        market=Market(market),
        symbol=symbol,
        coin=coin,
        bar=_BAR_OF[bar_ms],
        open_ms=open_ms,
        open=at_open,
        high=high,
        low=low,
        close=close,
        volume_coins=volume_coins,
        turnover_usd=turnover_usd,
    )
