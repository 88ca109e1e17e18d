"""Last prices by the minute, of the coins that are recorded. They are kept for days."""

from collections.abc import Sequence

import aiosqlite

from tui_monitor.model import Exchange, Market, PriceMinute
from tui_monitor.store.asking import MAX_ROWS, Asking, Writing, bounded, name_instruments
from tui_monitor.store.session import Parameters, Row

# A minute that comes twice (the program was started again within it) is one minute.
_MINUTE = """
    INSERT INTO price_minute (minute_ms, instrument_id, open, high, low, close, rate, samples)
    VALUES (
        ?, (SELECT id FROM instrument WHERE exchange = ? AND market = ? AND symbol = ?),
        ?, ?, ?, ?, ?, ?
    )
    ON CONFLICT (minute_ms, instrument_id) DO UPDATE SET
        high = max(high, excluded.high),
        low = min(low, excluded.low),
        close = excluded.close,
        rate = coalesce(excluded.rate, rate),
        samples = samples + excluded.samples
"""
# The key begins with the minute: the range is walked in its order, all coins' rows of it.
_OF_COIN = """
    SELECT p.minute_ms, i.exchange, i.market, i.symbol, i.coin, p.open, p.high, p.low, p.close,
           p.rate, p.samples
    FROM price_minute AS p CROSS JOIN instrument AS i ON i.id = p.instrument_id
    WHERE p.minute_ms >= ? AND p.minute_ms < ? AND i.coin = ?
    ORDER BY p.minute_ms, p.instrument_id
    LIMIT ?
"""


class PriceMinuteQuestions(Asking):
    """What can be asked about prices by the minute. Ends of ranges are excluded."""

    async def price_minutes(self, coin: str, start_ms: int, end_ms: int) -> list[PriceMinute]:
        """One coin's minutes everywhere, oldest first; ask for some hours at a time."""
        values = (start_ms, end_ms, coin, MAX_ROWS + 1)
        return [_minute(row) for row in bounded(await self._session.read(_OF_COIN, values))]


class PriceMinuteWrites(Writing):
    """What can be written of them."""

    async def record_price_minutes(self, rows: Sequence[PriceMinute]) -> None:
        """Put minutes down; one that is there already goes on with what comes."""

        async def work(database: aiosqlite.Connection) -> None:
            names = ((row.exchange.value, row.market.value, row.symbol, row.coin) for row in rows)
            await name_instruments(database, names)
            await database.executemany(_MINUTE, [_values(row) for row in rows])

        await self._session.write(work)


def _values(row: PriceMinute) -> Parameters:
    place = (row.exchange.value, row.market.value, row.symbol)
    return (
        row.minute_ms, *place, row.open, row.high, row.low, row.close, row.rate, row.samples
    )  # fmt: skip


def _minute(row: Row) -> PriceMinute:
    minute_ms, exchange, market, symbol, coin, *prices, rate, samples = row
    first, high, low, last = prices
    return PriceMinute(
        minute_ms=minute_ms,
        exchange=Exchange(exchange),
        market=Market(market),
        symbol=symbol,
        coin=coin,
        open=first,
        high=high,
        low=low,
        close=last,
        rate=rate,
        samples=samples,
    )
