"""Anomalies with all that they were made of, and the newest word of whoever judges.

A bar and instrument have one row, that of the last evaluation; what is no anomaly any more has
none. Beside them stand the heads of the newest boards, as JSON, by name.
"""

from collections.abc import Iterable, Sequence

import aiosqlite

from tui_monitor.model import BAR_MS, AnomalyRecord, Exchange, Market
from tui_monitor.store.asking import MAX_ROWS, Asking, Writing, as_json, bounded, name_instruments
from tui_monitor.store.session import Parameters, Row

_BAR_OF = {length_ms: bar for bar, length_ms in BAR_MS.items()}
_PERP = Market.PERP.value

_PUT = """
    INSERT INTO anomaly (bar_ms, open_ms, instrument_id, mode, judged_ms, state, score, parts)
    SELECT ?3, ?4, id, ?5, ?6, ?7, ?8, ?9 FROM instrument
    WHERE exchange = ?1 AND market = 'perp' AND symbol = ?2
    ON CONFLICT (bar_ms, open_ms, instrument_id) DO UPDATE SET
        mode = excluded.mode, judged_ms = excluded.judged_ms, state = excluded.state,
        score = excluded.score, parts = excluded.parts
"""
_REMOVE = """
    DELETE FROM anomaly WHERE bar_ms = ?1 AND open_ms = ?2 AND instrument_id IN (
        SELECT id FROM instrument WHERE exchange = ?3 AND market = 'perp'
        AND symbol IN (SELECT value FROM json_each(?4))
    )
"""
_RANKED = """
    SELECT i.exchange, i.symbol, i.coin, a.bar_ms, a.open_ms, a.mode, a.judged_ms, a.state,
           a.score, a.parts
    FROM json_each(?1) AS b CROSS JOIN anomaly AS a
        ON a.bar_ms = b.value AND a.open_ms >= ?2 - b.value AND a.open_ms <= ?3
    CROSS JOIN instrument AS i ON i.id = a.instrument_id
    WHERE i.exchange IN (SELECT value FROM json_each(?4)) AND ifnull(a.score, 0) >= ?5
    ORDER BY a.score DESC, a.open_ms DESC, i.exchange, i.symbol
    LIMIT ?6
"""
_OF_BAR = """
    SELECT i.exchange, i.symbol, i.coin, a.bar_ms, a.open_ms, a.mode, a.judged_ms, a.state,
           a.score, a.parts
    FROM anomaly AS a CROSS JOIN instrument AS i ON i.id = a.instrument_id
    WHERE a.bar_ms = ?1 AND a.open_ms >= ?2 AND a.open_ms < ?3
    ORDER BY a.open_ms, i.exchange, i.symbol
    LIMIT ?4
"""
# One look into the key for each bar and perpetual: a coin has few anomalies among very many.
_OF_COIN = """
    WITH RECURSIVE bar (bar_ms, open_ms) AS (
        SELECT value, ?2 - ?2 % value FROM json_each(?5)
        UNION ALL SELECT bar_ms, open_ms + bar_ms FROM bar WHERE open_ms + bar_ms < ?3
    )
    SELECT i.exchange, i.symbol, i.coin, a.bar_ms, a.open_ms, a.mode, a.judged_ms, a.state,
           a.score, a.parts
    FROM instrument AS i CROSS JOIN bar CROSS JOIN anomaly AS a
        ON a.bar_ms = bar.bar_ms AND a.open_ms = bar.open_ms AND a.instrument_id = i.id
    WHERE i.coin = ?1 AND i.market = 'perp'
    ORDER BY a.open_ms + a.bar_ms DESC, a.open_ms DESC, i.exchange, i.symbol
    LIMIT ?4
"""
_COUNT = """
    SELECT count(*) FROM json_each(?1) AS b CROSS JOIN anomaly AS a
        ON a.bar_ms = b.value AND a.open_ms >= ?2 - b.value AND a.open_ms <= ?3
    CROSS JOIN instrument AS i ON i.id = a.instrument_id
    WHERE i.exchange IN (SELECT value FROM json_each(?4))
"""
_OLDEST = "SELECT min(open_ms) FROM anomaly WHERE bar_ms = ?"
_HEAD = "SELECT value FROM meta WHERE key = ?"
_PUT_HEAD = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"
_NAMED = """
    SELECT symbol, coin FROM instrument
    WHERE exchange = ?1 AND market = ?2 AND (symbol = ?3 COLLATE NOCASE OR coin = ?3 COLLATE NOCASE)
    ORDER BY symbol <> ?3 COLLATE NOCASE, symbol NOT LIKE '%USDT%', length(symbol), symbol
    LIMIT 1
"""


class AnomalyQuestions(Asking):
    """What can be asked about anomalies. A bar is in a range that it touches, ends included."""

    async def anomalies(
        self,
        first_ms: int,
        last_ms: int,
        *,
        exchanges: Iterable[Exchange] = Exchange,
        bars: Iterable[str] = BAR_MS,
        min_score: float = 0.0,
        limit: int = 100,
    ) -> list[AnomalyRecord]:
        """The highest scores, then the newest."""
        lengths = as_json(BAR_MS[bar] for bar in bars)
        names = as_json(one.value for one in exchanges)
        values = (lengths, first_ms, last_ms, names, min_score, limit)
        return [_record(row) for row in await self._session.read(_RANKED, values)]

    async def anomalies_between(self, bar: str, start_ms: int, end_ms: int) -> list[AnomalyRecord]:
        """All of bars of a length that began in a range (the end excluded), oldest first."""
        values = (BAR_MS[bar], start_ms, end_ms, MAX_ROWS + 1)
        return [_record(row) for row in bounded(await self._session.read(_OF_BAR, values))]

    async def coin_anomalies(
        self, coin: str, first_ms: int, end_ms: int, limit: int
    ) -> list[AnomalyRecord]:
        """A coin's on all exchanges and of all bars, the newest first; a day or two at once."""
        values = (coin, first_ms, end_ms, limit, as_json(BAR_MS.values()))
        return [_record(row) for row in await self._session.read(_OF_COIN, values)]

    async def anomaly_count(
        self,
        first_ms: int,
        last_ms: int,
        *,
        exchanges: Iterable[Exchange] = Exchange,
        bars: Iterable[str] = BAR_MS,
    ) -> int:
        """How many there are of bars in a range."""
        lengths = as_json(BAR_MS[bar] for bar in bars)
        names = as_json(one.value for one in exchanges)
        ((count,),) = await self._session.read(_COUNT, (lengths, first_ms, last_ms, names))
        return int(count)

    async def oldest_anomaly_ms(self, bar: str) -> int | None:
        """When the first bar with one began; None while there is none."""
        ((oldest_ms,),) = await self._session.read(_OLDEST, (BAR_MS[bar],))
        return int(oldest_ms) if oldest_ms is not None else None

    async def board_head(self, name: str) -> str | None:
        """What was kept last under a name; None while nothing was."""
        rows = await self._session.read(_HEAD, (_key(name),))
        return str(rows[0][0]) if rows else None

    async def instrument_named(
        self, exchange: Exchange, market: Market, name: str
    ) -> tuple[str, str] | None:
        """Symbol and coin of what a symbol or a coin names there; None if it is not known."""
        rows = await self._session.read(_NAMED, (exchange.value, market.value, name))
        return (rows[0][0], rows[0][1]) if rows else None


class AnomalyWrites(Writing):
    """What can be written of them."""

    async def record_anomalies(
        self,
        exchange: Exchange,
        bar: str,
        open_ms: int,
        judged: Sequence[str],
        rows: Sequence[AnomalyRecord],
    ) -> None:
        """What one bar was found to be: `rows` of the `judged` symbols are anomalies, no others."""
        found = {row.symbol for row in rows}
        no_more = as_json(symbol for symbol in judged if symbol not in found)

        async def work(database: aiosqlite.Connection) -> None:
            await name_instruments(
                database, ((row.exchange.value, _PERP, row.symbol, row.coin) for row in rows)
            )
            await database.execute(_REMOVE, (BAR_MS[bar], open_ms, exchange.value, no_more))
            await database.executemany(_PUT, [_values(row) for row in rows])

        await self._session.write(work)

    async def keep_board_head(self, name: str, text: str) -> None:
        """Replace what is kept under a name."""
        await self._run(_PUT_HEAD, (_key(name), text))


def _key(name: str) -> str:
    return f"board {name}"


def _values(row: AnomalyRecord) -> Parameters:
    place = (row.exchange.value, row.symbol, BAR_MS[row.bar], row.open_ms)
    return (*place, row.mode, row.judged_ms, row.state, row.score, row.parts)


def _record(row: Row) -> AnomalyRecord:
    exchange, symbol, coin, bar_ms, open_ms, mode, judged_ms, state, score, parts = row
    return AnomalyRecord(
        exchange=Exchange(exchange),
        symbol=symbol,
        coin=coin,
        bar=_BAR_OF[bar_ms],
        open_ms=open_ms,
        mode=mode,
        judged_ms=judged_ms,
        state=state,
        score=score,
        parts=parts,
    )
