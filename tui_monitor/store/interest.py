"""Open interest at each five-minute mark, for a longer time at each hour, and account ratios.

Both tables of samples begin their key with the time: all of a mark is written, compared and
removed together. One perpetual's samples are one look into the key for each mark.
"""

from collections.abc import Iterable, Sequence

import aiosqlite

from tui_monitor.model import (
    MARK_MS,
    AccountRatio,
    Exchange,
    InterestSample,
    InterestSource,
    InterestStep,
    Market,
    SteppedLeg,
)
from tui_monitor.store.asking import MAX_ROWS, Asking, Writing, bounded, name_instruments
from tui_monitor.store.session import Parameters, Row

HOUR_MS = 3_600_000

# What an exchange's record says never replaces what we saw ourselves.
_SAMPLE = """
    INSERT INTO interest_sample (at_ms, instrument_id, coins, price, source)
    SELECT ?3, id, ?4, ?5, ?6 FROM instrument
    WHERE exchange = ?1 AND market = 'perp' AND symbol = ?2
    ON CONFLICT (at_ms, instrument_id) DO UPDATE SET
        coins = excluded.coins, price = excluded.price, source = excluded.source
    WHERE excluded.source >= source
      AND (coins, price, source) IS NOT (excluded.coins, excluded.price, excluded.source)
"""
_HOUR = """
    INSERT INTO interest_hour (at_ms, instrument_id, coins, price, source)
    SELECT ?3, id, ?4, ?5, ?6 FROM instrument
    WHERE exchange = ?1 AND market = 'perp' AND symbol = ?2
    ON CONFLICT (at_ms, instrument_id) DO UPDATE SET
        coins = excluded.coins, price = excluded.price, source = excluded.source
    WHERE excluded.source >= source
"""
_STEP = """
    INSERT OR REPLACE INTO interest_step (at_ms, instrument_id, from_ms)
    SELECT ?3, id, ?4 FROM instrument WHERE exchange = ?1 AND market = 'perp' AND symbol = ?2
"""
_NO_STEP = """
    DELETE FROM interest_step WHERE at_ms >= ?3 AND at_ms <= ?4 AND instrument_id = (
        SELECT id FROM instrument WHERE exchange = ?1 AND market = 'perp' AND symbol = ?2
    )
"""
_RATIO = """
    INSERT OR REPLACE INTO account_ratio (at_ms, instrument_id, long_share)
    SELECT ?3, id, ?4 FROM instrument WHERE exchange = ?1 AND market = 'perp' AND symbol = ?2
"""
# Of each group the other columns are those of the row with the least distance.
_NEAR = """
    SELECT i.exchange, i.symbol, i.coin, s.at_ms, s.coins, s.price, s.source, min(abs(s.at_ms - ?1))
    FROM interest_sample AS s CROSS JOIN instrument AS i ON i.id = s.instrument_id
    WHERE s.at_ms >= ?1 - ?2 AND s.at_ms <= ?1 + ?2
    GROUP BY s.instrument_id
    LIMIT ?3
"""
_BETWEEN = """
    SELECT i.exchange, i.symbol, i.coin, s.at_ms, s.coins, s.price, s.source
    FROM interest_sample AS s CROSS JOIN instrument AS i ON i.id = s.instrument_id
    WHERE s.at_ms >= ?1 AND s.at_ms < ?2
    UNION ALL
    SELECT i.exchange, i.symbol, i.coin, h.at_ms, h.coins, h.price, h.source
    FROM interest_hour AS h CROSS JOIN instrument AS i ON i.id = h.instrument_id
    WHERE h.at_ms >= ?1 AND h.at_ms < ?2 AND NOT EXISTS (
        SELECT 1 FROM interest_sample AS s
        WHERE s.at_ms = h.at_ms AND s.instrument_id = h.instrument_id
    )
    ORDER BY 4, 1, 2
    LIMIT ?3
"""
_OF_SYMBOL = """
    WITH RECURSIVE mark (at_ms) AS (
        SELECT ?3 WHERE ?3 < ?4 UNION ALL SELECT at_ms + 300000 FROM mark WHERE at_ms + 300000 < ?4
    )
    SELECT i.exchange, i.symbol, i.coin, s.at_ms, s.coins, s.price, s.source
    FROM instrument AS i CROSS JOIN mark CROSS JOIN interest_sample AS s
        ON s.at_ms = mark.at_ms AND s.instrument_id = i.id
    WHERE i.exchange = ?1 AND i.market = 'perp' AND i.symbol = ?2
    ORDER BY s.at_ms
    LIMIT ?5
"""
_OF_COIN = """
    WITH RECURSIVE
    mark (at_ms) AS (
        SELECT ?2 WHERE ?2 < ?3 UNION ALL SELECT at_ms + 300000 FROM mark WHERE at_ms + 300000 < ?3
    ),
    hour (at_ms) AS (
        SELECT ?4 WHERE ?4 < ?3
        UNION ALL SELECT at_ms + 3600000 FROM hour WHERE at_ms + 3600000 < ?3
    )
    SELECT i.exchange, i.symbol, i.coin, s.at_ms, s.coins, s.price, s.source
    FROM instrument AS i CROSS JOIN mark CROSS JOIN interest_sample AS s
        ON s.at_ms = mark.at_ms AND s.instrument_id = i.id
    WHERE i.coin = ?1 AND i.market = 'perp'
    UNION ALL
    SELECT i.exchange, i.symbol, i.coin, h.at_ms, h.coins, h.price, h.source
    FROM instrument AS i CROSS JOIN hour CROSS JOIN interest_hour AS h
        ON h.at_ms = hour.at_ms AND h.instrument_id = i.id
    WHERE i.coin = ?1 AND i.market = 'perp' AND NOT EXISTS (
        SELECT 1 FROM interest_sample AS s WHERE s.at_ms = h.at_ms AND s.instrument_id = i.id
    )
    ORDER BY 4, 1, 2
    LIMIT ?5
"""
# Each step with all perpetuals of its coin that have a value at both of its ends.
_STEPS = """
    SELECT i.exchange, i.symbol, step.from_ms, step.at_ms, o.exchange, o.symbol, o.coin,
           a.coins, a.price, a.source, b.coins, b.price, b.source
    FROM interest_step AS step
    CROSS JOIN instrument AS i ON i.id = step.instrument_id
    CROSS JOIN instrument AS o ON o.coin = i.coin AND o.market = 'perp'
    CROSS JOIN interest_sample AS a ON a.at_ms = step.from_ms AND a.instrument_id = o.id
    CROSS JOIN interest_sample AS b ON b.at_ms = step.at_ms AND b.instrument_id = o.id
    WHERE step.at_ms > ?1 AND step.at_ms <= ?2
    ORDER BY step.at_ms, i.exchange, i.symbol
    LIMIT ?3
"""
_NEWEST_RATIOS = """
    SELECT i.exchange, i.symbol, i.coin, max(r.at_ms), r.long_share
    FROM account_ratio AS r CROSS JOIN instrument AS i ON i.id = r.instrument_id
    WHERE r.at_ms >= ?1
    GROUP BY r.instrument_id
    LIMIT ?2
"""
_NEWEST = "SELECT max(at_ms) FROM interest_sample WHERE at_ms <= ?"
# Beyond all times.
_NO_END_MS = 2**62
_OLDEST = """
    SELECT min(at_ms) FROM (
        SELECT min(at_ms) AS at_ms FROM interest_sample
        UNION ALL SELECT min(at_ms) FROM interest_hour
    )
"""


class InterestQuestions(Asking):
    """What can be asked about open interest. Ends of ranges are excluded."""

    async def interest_near(self, at_ms: int, within_ms: int) -> list[InterestSample]:
        """Each perpetual's sample that is nearest to a time, and not farther than that."""
        rows = await self._session.read(_NEAR, (at_ms, within_ms, MAX_ROWS + 1))
        return [_sample(row[:7]) for row in bounded(rows)]

    async def interest_between(self, start_ms: int, end_ms: int) -> list[InterestSample]:
        """All samples of a range, oldest first; where only the hour's is left, that."""
        rows = await self._session.read(_BETWEEN, (start_ms, end_ms, MAX_ROWS + 1))
        return [_sample(row) for row in bounded(rows)]

    async def symbol_interest(
        self, exchange: Exchange, symbol: str, start_ms: int, end_ms: int
    ) -> list[InterestSample]:
        """One perpetual's samples of some days at most, oldest first."""
        first_ms = -(-start_ms // MARK_MS) * MARK_MS
        values = (exchange.value, symbol, first_ms, end_ms, MAX_ROWS + 1)
        return [_sample(row) for row in bounded(await self._session.read(_OF_SYMBOL, values))]

    async def coin_interest(self, coin: str, start_ms: int, end_ms: int) -> list[InterestSample]:
        """A coin's samples on all exchanges, oldest first; where only the hour's is left, that."""
        first_ms, hour_ms = (-(-start_ms // step) * step for step in (MARK_MS, HOUR_MS))
        values = (coin, first_ms, end_ms, hour_ms, MAX_ROWS + 1)
        return [_sample(row) for row in bounded(await self._session.read(_OF_COIN, values))]

    async def stepped_legs(self, after_ms: int, until_ms: int) -> list[SteppedLeg]:
        """The steps that ended after a time, up to another one, each with its coin's legs."""
        rows = await self._session.read(_STEPS, (after_ms, until_ms, MAX_ROWS + 1))
        return [_stepped(row) for row in bounded(rows)]

    async def newest_ratios(self, since_ms: int) -> list[AccountRatio]:
        """Each perpetual's newest account ratio since a time."""
        return [
            AccountRatio(
                exchange=Exchange(exchange),
                symbol=symbol,
                coin=coin,
                at_ms=at_ms,
                long_share=long_share,
            )
            for exchange, symbol, coin, at_ms, long_share in bounded(
                await self._session.read(_NEWEST_RATIOS, (since_ms, MAX_ROWS + 1))
            )
        ]

    async def newest_interest_ms(self, until_ms: int = _NO_END_MS) -> int | None:
        """The last mark with a sample, up to a time; None while there is none."""
        ((newest_ms,),) = await self._session.read(_NEWEST, (until_ms,))
        return int(newest_ms) if newest_ms is not None else None

    async def oldest_interest_ms(self) -> int | None:
        """The first mark with a sample; None while there is none."""
        ((oldest_ms,),) = await self._session.read(_OLDEST)
        return int(oldest_ms) if oldest_ms is not None else None


class InterestWrites(Writing):
    """What can be written of it."""

    async def record_interest(
        self, samples: Sequence[InterestSample], steps: Sequence[InterestStep] = ()
    ) -> int:
        """Put samples down, those of full hours for longer; gives how many are news.

        A record of an exchange never replaces a sample of ours.
        """

        async def work(database: aiosqlite.Connection) -> int:
            await name_instruments(
                database,
                ((one.exchange.value, Market.PERP.value, one.symbol, one.coin) for one in samples),
            )
            cursor = await database.executemany(_SAMPLE, [_values(one) for one in samples])
            rows = max(cursor.rowcount, 0)
            hours = [_values(one) for one in samples if one.at_ms % HOUR_MS == 0]
            await database.executemany(_HOUR, hours)
            await database.executemany(_STEP, _steps(steps))
            return rows

        return await self._session.write(work)

    async def replace_steps(
        self,
        exchange: Exchange,
        symbol: str,
        span: tuple[int, int],
        steps: Sequence[InterestStep],
    ) -> None:
        """Put a perpetual's steps down in place of those that ended in a span, both ends of it
        included.
        """

        async def work(database: aiosqlite.Connection) -> None:
            await database.execute(_NO_STEP, (exchange.value, symbol, *span))
            await database.executemany(_STEP, _steps(steps))

        await self._session.write(work)

    async def record_ratios(self, ratios: Sequence[AccountRatio]) -> None:
        """Put account ratios down."""

        async def work(database: aiosqlite.Connection) -> None:
            await name_instruments(
                database,
                ((one.exchange.value, Market.PERP.value, one.symbol, one.coin) for one in ratios),
            )
            await database.executemany(
                _RATIO,
                [(one.exchange.value, one.symbol, one.at_ms, one.long_share) for one in ratios],
            )

        await self._session.write(work)


def _values(one: InterestSample) -> Parameters:
    return (one.exchange.value, one.symbol, one.at_ms, one.coins, one.price, int(one.source))


def _steps(steps: Iterable[InterestStep]) -> list[Parameters]:
    return [(step.exchange.value, step.symbol, step.at_ms, step.from_ms) for step in steps]


def _sample(row: Row) -> InterestSample:
    exchange, symbol, coin, at_ms, coins, price, source = row
    return InterestSample(
        exchange=Exchange(exchange),
        symbol=symbol,
        coin=coin,
        at_ms=at_ms,
        coins=coins,
        price=price,
        source=InterestSource(source),
    )


def _stepped(row: Row) -> SteppedLeg:
    exchange, symbol, from_ms, at_ms, *leg = row
    name = (leg[0], leg[1], leg[2])
    return SteppedLeg(
        step=InterestStep(exchange=Exchange(exchange), symbol=symbol, from_ms=from_ms, at_ms=at_ms),
        then=_sample((*name, from_ms, *leg[3:6])),
        now=_sample((*name, at_ms, *leg[6:9])),
    )
