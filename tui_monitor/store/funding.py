"""Settled funding: kept for good, with the time of which all of it is here."""

from collections.abc import Iterable, Sequence

import aiosqlite

from tui_monitor.clock import DAY_MS
from tui_monitor.model import Exchange, FundingSpan, Market, PaidFunding, Settlement
from tui_monitor.store.asking import MAX_ROWS, Asking, Writing, bounded, name_instruments
from tui_monitor.store.session import Row

WINDOWS_DAYS = (1, 7, 30)

# An exchange may correct what it said: its last word counts.
_SETTLEMENT = """
    INSERT INTO funding_settlement (instrument_id, settled_ms, rate)
    SELECT id, ?4, ?5 FROM instrument WHERE exchange = ?1 AND market = ?2 AND symbol = ?3
    ON CONFLICT (instrument_id, settled_ms) DO UPDATE SET rate = excluded.rate
    WHERE rate <> excluded.rate
"""
_SPAN = """
    INSERT INTO funding_span (instrument_id, first_ms, last_ms)
    SELECT id, ?4, ?5 FROM instrument WHERE exchange = ?1 AND market = ?2 AND symbol = ?3
    ON CONFLICT (instrument_id) DO UPDATE SET
        first_ms = excluded.first_ms, last_ms = excluded.last_ms
"""
_SPANS = """
    SELECT i.exchange, i.market, i.symbol, i.coin, s.first_ms, s.last_ms
    FROM funding_span AS s JOIN instrument AS i ON i.id = s.instrument_id
    LIMIT ?
"""
_SETTLEMENTS = """
    SELECT i.exchange, i.market, i.symbol, i.coin, f.settled_ms, f.rate
    FROM instrument AS i CROSS JOIN funding_settlement AS f ON f.instrument_id = i.id
    WHERE f.settled_ms >= ? AND f.settled_ms < ?
    ORDER BY f.settled_ms, i.exchange, i.market, i.symbol
    LIMIT ?
"""
_OF_COIN = """
    SELECT i.exchange, i.market, i.symbol, i.coin, f.settled_ms, f.rate
    FROM instrument AS i CROSS JOIN funding_settlement AS f ON f.instrument_id = i.id
    WHERE i.coin = ? AND f.settled_ms >= ? AND f.settled_ms < ?
    ORDER BY f.settled_ms DESC, i.exchange, i.market, i.symbol
    LIMIT ?
"""
# One range of the primary key an instrument: however long history is, 30 days of it are read.
_PAID = """
    SELECT i.exchange, i.market, i.symbol, i.coin,
           (SELECT min(settled_ms) FROM funding_settlement WHERE instrument_id = i.id),
           newest.settled_ms, newest.rate, span.first_ms, span.last_ms,
           total(CASE WHEN f.settled_ms > ?1 THEN f.rate END),
           count(CASE WHEN f.settled_ms > ?1 THEN 1 END),
           total(CASE WHEN f.settled_ms > ?2 THEN f.rate END),
           count(CASE WHEN f.settled_ms > ?2 THEN 1 END),
           total(f.rate), count(f.rate)
    FROM instrument AS i
    LEFT JOIN funding_settlement AS f
        ON f.instrument_id = i.id AND f.settled_ms > ?3 AND f.settled_ms <= ?4
    LEFT JOIN funding_settlement AS newest
        ON newest.instrument_id = i.id AND newest.settled_ms = (
            SELECT max(settled_ms) FROM funding_settlement WHERE instrument_id = i.id
        )
    LEFT JOIN funding_span AS span ON span.instrument_id = i.id
    GROUP BY i.id
    LIMIT ?5
"""

# The first of each instrument is one look into the key; among all rows it is a long search.
_OLDEST = """
    SELECT min((SELECT min(settled_ms) FROM funding_settlement WHERE instrument_id = instrument.id))
    FROM instrument
"""


class FundingQuestions(Asking):
    """What can be asked about settled funding."""

    async def settlements(self, start_ms: int, end_ms: int) -> list[Settlement]:
        """Everything settled in a range, oldest first; `end_ms` excluded."""
        rows = await self._session.read(_SETTLEMENTS, (start_ms, end_ms, MAX_ROWS + 1))
        return _settlements(bounded(rows))

    async def coin_settlements(
        self, coin: str, start_ms: int, end_ms: int, limit: int
    ) -> list[Settlement]:
        """One coin's settlements on all exchanges, newest first; `end_ms` excluded."""
        return _settlements(await self._session.read(_OF_COIN, (coin, start_ms, end_ms, limit)))

    async def paid_funding(self, now_ms: int) -> list[PaidFunding]:
        """What each instrument settled in the last 1, 7 and 30 days, and last."""
        windows = [now_ms - days * DAY_MS for days in WINDOWS_DAYS]
        rows = await self._session.read(_PAID, (*windows, now_ms, MAX_ROWS + 1))
        return [_paid(row) for row in bounded(rows)]

    async def funding_spans(self) -> list[FundingSpan]:
        """For each instrument, of what time all settlements are here."""
        return [
            FundingSpan(
                exchange=Exchange(exchange),
                market=Market(market),
                symbol=symbol,
                coin=coin,
                first_ms=first_ms,
                last_ms=last_ms,
            )
            for exchange, market, symbol, coin, first_ms, last_ms in bounded(
                await self._session.read(_SPANS, (MAX_ROWS + 1,))
            )
        ]

    async def oldest_settled_ms(self) -> int | None:
        """The first settlement; None while there is none."""
        ((oldest_ms,),) = await self._session.read(_OLDEST)
        return int(oldest_ms) if oldest_ms is not None else None


class FundingWrites(Writing):
    """What can be written of it."""

    async def record_funding(
        self, settlements: Sequence[Settlement], spans: Sequence[FundingSpan] = ()
    ) -> int:
        """Put settlements down, and of what time they are all; gives how many are news.

        A span replaces the instrument's earlier one.
        """

        async def work(database: aiosqlite.Connection) -> int:
            both: Iterable[Settlement | FundingSpan] = (*settlements, *spans)
            await name_instruments(database, ((*_key(row), row.coin) for row in both))
            cursor = await database.executemany(
                _SETTLEMENT, [(*_key(row), row.settled_ms, row.rate) for row in settlements]
            )
            await database.executemany(
                _SPAN, [(*_key(row), row.first_ms, row.last_ms) for row in spans]
            )
            return max(cursor.rowcount, 0)

        return await self._session.write(work)


def _key(row: Settlement | FundingSpan) -> tuple[str, str, str]:
    return (row.exchange.value, row.market.value, row.symbol)


def _settlements(rows: Iterable[Row]) -> list[Settlement]:
    return [
        Settlement(
            exchange=Exchange(exchange),
            market=Market(market),
            symbol=symbol,
            coin=coin,
            settled_ms=settled_ms,
            rate=rate,
        )
        for exchange, market, symbol, coin, settled_ms, rate in rows
    ]


def _paid(row: Row) -> PaidFunding:
    exchange, market, symbol, coin, oldest_ms, newest_ms, newest_rate, first_ms, last_ms, *sums = (
        row
    )
    return PaidFunding(
        exchange=Exchange(exchange),
        market=Market(market),
        symbol=symbol,
        coin=coin,
        oldest_ms=oldest_ms,
        newest_ms=newest_ms,
        newest_rate=newest_rate,
        first_ms=first_ms,
        last_ms=last_ms,
        sums=tuple(zip(sums[::2], sums[1::2], strict=True)),
    )
