"""Minute extremes of spreads, kept for days, and signals, kept for good."""

import logging
from collections.abc import Iterable, Sequence
from typing import Annotated

import aiosqlite
import msgspec

from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import (
    Exchange,
    Market,
    SignalRecord,
    SignalSample,
    SpreadKind,
    SpreadMinute,
    SpreadTime,
)
from tui_monitor.store.asking import MAX_ROWS, Asking, Writing, bounded, name_coins
from tui_monitor.store.session import Parameters, Row

# The numbers of the columns `buy` and `sell`: only ever add at the end.
PLACES = (
    (Exchange.BINANCE, Market.PERP),
    (Exchange.OKX, Market.PERP),
    (Exchange.BYBIT, Market.PERP),
    (Exchange.BITGET, Market.PERP),
    (Exchange.BINANCE, Market.SPOT),
    (Exchange.OKX, Market.SPOT),
    (Exchange.BYBIT, Market.SPOT),
    (Exchange.BITGET, Market.SPOT),
)
_NUMBER_OF = {place: number for number, place in enumerate(PLACES)}
LOST_ENDING = "the program ended"

_log = logging.getLogger(__name__)
_samples = msgspec.json.Decoder(Annotated[tuple[SignalSample, ...], msgspec.Meta(min_length=1)])

# A minute that comes twice (the program was started again within it) is one minute.
_MINUTE = """
    INSERT INTO spread_minute
        (minute_ms, coin_id, kind, max_pct, min_pct, buy, sell, over_s, rises, samples)
    VALUES (?, (SELECT id FROM coin WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (minute_ms, coin_id, kind) DO UPDATE SET
        buy = CASE WHEN excluded.max_pct > max_pct THEN excluded.buy ELSE buy END,
        sell = CASE WHEN excluded.max_pct > max_pct THEN excluded.sell ELSE sell END,
        max_pct = max(max_pct, excluded.max_pct),
        min_pct = min(min_pct, excluded.min_pct),
        over_s = over_s + excluded.over_s,
        rises = rises + excluded.rises,
        samples = samples + excluded.samples
"""
TALLY = """
    INSERT OR REPLACE INTO spread_tally (minute_ms, found)
    SELECT minute_ms, count(*) FROM spread_minute WHERE minute_ms = ? GROUP BY minute_ms
"""
_MINUTES = """
    SELECT s.minute_ms, coin.name, s.kind, s.max_pct, s.min_pct, s.buy, s.sell, s.over_s,
           s.rises, s.samples
    FROM spread_minute AS s JOIN coin ON coin.id = s.coin_id
    WHERE s.minute_ms >= ? AND s.minute_ms < ?
    ORDER BY s.minute_ms, coin.name, s.kind
    LIMIT ?
"""
# The key begins with the minute: one look into the index for each that was watched.
_OF_COIN = """
    SELECT s.minute_ms, ?1, s.kind, s.max_pct, s.min_pct, s.buy, s.sell, s.over_s, s.rises,
           s.samples
    FROM spread_tally AS t CROSS JOIN spread_minute AS s
        ON s.minute_ms = t.minute_ms AND s.coin_id = (SELECT id FROM coin WHERE name = ?1)
       AND s.kind = ?2
    WHERE t.minute_ms >= ?3 AND t.minute_ms < ?4
    ORDER BY t.minute_ms
    LIMIT ?5
"""
_TIMES = """
    SELECT coin.name, s.kind, total(s.over_s), sum(s.rises)
    FROM spread_minute AS s JOIN coin ON coin.id = s.coin_id
    WHERE s.minute_ms >= ? AND s.minute_ms < ? AND (s.over_s > 0 OR s.rises > 0)
    GROUP BY s.coin_id, s.kind
    LIMIT ?
"""
_WATCHED = "SELECT count(*) FROM spread_tally WHERE minute_ms >= ? AND minute_ms < ?"
_OLDEST_MINUTE = "SELECT min(minute_ms) FROM spread_tally"
_OLDEST_SIGNAL = "SELECT min(observed_ms) FROM signal"
_SIGNAL = """
    INSERT INTO signal (coin_id, basis, buy_exchange, buy_market, sell_exchange, sell_market,
                        first_ms, observed_ms, ended_ms, ending, threshold_pct, samples)
    VALUES ((SELECT id FROM coin WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (observed_ms, coin_id, basis, buy_exchange, buy_market, sell_exchange, sell_market)
    DO UPDATE SET ended_ms = excluded.ended_ms, ending = excluded.ending
"""
_LOST = "UPDATE signal SET ending = ? WHERE ending IS NULL"
_SIGNALS = """
    SELECT s.id, coin.name, s.basis, s.buy_exchange, s.buy_market, s.sell_exchange,
           s.sell_market, s.first_ms, s.observed_ms, s.ended_ms, s.ending, s.threshold_pct,
           s.samples
    FROM signal AS s JOIN coin ON coin.id = s.coin_id
    WHERE s.observed_ms >= ? AND s.observed_ms < ?
    ORDER BY s.observed_ms DESC, s.id DESC
    LIMIT ?
"""


class SpreadQuestions(Asking):
    """What can be asked about spreads and signals. Ends of ranges are excluded."""

    async def spread_minutes(self, start_ms: int, end_ms: int) -> list[SpreadMinute]:
        """All coins, by minute and coin; ask for a few hours at a time."""
        rows = await self._session.read(_MINUTES, (start_ms, end_ms, MAX_ROWS + 1))
        return [_minute(row) for row in bounded(rows)]

    async def coin_spreads(
        self, coin: str, kind: SpreadKind, start_ms: int, end_ms: int
    ) -> list[SpreadMinute]:
        """One coin's minutes, oldest first."""
        values = (coin, int(kind), start_ms, end_ms, MAX_ROWS + 1)
        return [_minute(row) for row in bounded(await self._session.read(_OF_COIN, values))]

    async def spread_times(self, start_ms: int, end_ms: int) -> list[SpreadTime]:
        """How often and how long each coin's spread was over the threshold, if it was."""
        rows = await self._session.read(_TIMES, (start_ms, end_ms, MAX_ROWS + 1))
        return [
            SpreadTime(coin=coin, kind=SpreadKind(kind), over_s=over_s, rises=rises)
            for coin, kind, over_s, rises in bounded(rows)
        ]

    async def watched_minutes(self, start_ms: int, end_ms: int) -> int:
        """In how many minutes of a range spreads were looked at."""
        ((minutes,),) = await self._session.read(_WATCHED, (start_ms, end_ms))
        return int(minutes)

    async def signals(self, start_ms: int, end_ms: int, limit: int) -> list[SignalRecord]:
        """Signals by the time they were observed, newest first."""
        rows = await self._session.read(_SIGNALS, (start_ms, end_ms, limit))
        found = (_signal(row) for row in rows)
        return [signal for signal in found if signal is not None]

    async def oldest_spread_ms(self) -> int | None:
        """The first minute; None while there is none."""
        ((oldest_ms,),) = await self._session.read(_OLDEST_MINUTE)
        return int(oldest_ms) if oldest_ms is not None else None

    async def oldest_signal_ms(self) -> int | None:
        """The first signal; None while there is none."""
        ((oldest_ms,),) = await self._session.read(_OLDEST_SIGNAL)
        return int(oldest_ms) if oldest_ms is not None else None


class SpreadWrites(Writing):
    """What can be written of them."""

    async def record_spreads(self, rows: Sequence[SpreadMinute]) -> None:
        """Put minutes down; one that is there already is widened by what comes."""

        async def work(database: aiosqlite.Connection) -> None:
            await name_coins(database, (row.coin for row in rows))
            await database.executemany(_MINUTE, [spread_values(row) for row in rows])
            minutes = sorted({row.minute_ms for row in rows})
            await database.executemany(TALLY, [(minute_ms,) for minute_ms in minutes])

        await self._session.write(work)

    async def record_signals(self, rows: Iterable[SignalRecord]) -> None:
        """Put signals down; of one that is there already only the end is taken over."""
        signals = list(rows)

        async def work(database: aiosqlite.Connection) -> None:
            await name_coins(database, (row.coin for row in signals))
            await database.executemany(_SIGNAL, [signal_values(row) for row in signals])

        await self._session.write(work)

    async def end_lost_signals(self) -> int:
        """Say of signals whose end nobody saw that they are over; gives how many."""
        return await self._run(_LOST, (LOST_ENDING,))


def minute_of(ms: int) -> int:
    """The minute that a time lies in."""
    return ms - ms % MINUTE_MS


def spread_values(row: SpreadMinute) -> Parameters:
    """A row of `spread_minute`; KeyError for a place that has no number."""
    legs = (
        _NUMBER_OF[row.buy_exchange, row.buy_market],
        _NUMBER_OF[row.sell_exchange, row.sell_market],
    )
    extremes = (row.max_pct, row.min_pct)
    counts = (row.over_s, row.rises, row.samples)
    return (row.minute_ms, row.coin, int(row.kind), *extremes, *legs, *counts)


def _minute(row: Row) -> SpreadMinute:
    minute_ms, coin, kind, max_pct, min_pct, buy, sell, over_s, rises, samples = row
    return SpreadMinute(
        minute_ms=minute_ms,
        coin=coin,
        kind=SpreadKind(kind),
        max_pct=max_pct,
        min_pct=min_pct,
        buy_exchange=PLACES[buy][0],
        buy_market=PLACES[buy][1],
        sell_exchange=PLACES[sell][0],
        sell_market=PLACES[sell][1],
        over_s=over_s,
        rises=rises,
        samples=samples,
    )


def signal_values(row: SignalRecord) -> Parameters:
    """A row of `signal`."""
    buy = (row.buy_exchange.value, row.buy_market.value)
    sell = (row.sell_exchange.value, row.sell_market.value)
    times = (row.first_ms, row.observed_ms, row.ended_ms)
    samples = msgspec.json.encode(row.samples).decode()
    return (row.coin, row.basis, *buy, *sell, *times, row.ending, row.threshold_pct, samples)


def _signal(row: Row) -> SignalRecord | None:
    """None where the samples are damaged: without its evidence a signal is none."""
    number, coin, basis, buy_exchange, buy_market, sell_exchange, sell_market, *rest = row
    first_ms, observed_ms, ended_ms, ending, threshold_pct, text = rest
    try:
        samples = _samples.decode(text)
    except msgspec.MsgspecError as error:
        _log.warning("signal %d: its samples can't be read: %s", number, error)
        return None
    return SignalRecord(
        coin=coin,
        basis=basis,
        buy_exchange=Exchange(buy_exchange),
        buy_market=Market(buy_market),
        sell_exchange=Exchange(sell_exchange),
        sell_market=Market(sell_market),
        first_ms=first_ms,
        observed_ms=observed_ms,
        threshold_pct=threshold_pct,
        samples=samples,
        ended_ms=ended_ms,
        ending=ending,
    )
