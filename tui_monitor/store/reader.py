"""Questions to the database: static SQL, bounded, every row a struct of the model."""

import sqlite3
from collections.abc import Iterable, Sequence

from tui_monitor.model import (
    CoverageRow,
    CurveRow,
    Exchange,
    Hole,
    HoleState,
    ImportedSum,
    Job,
    JobLine,
    JobState,
    Market,
    OffSlotPrice,
    Outage,
    PriceSource,
    SlotPrice,
    StoreInfo,
)
from tui_monitor.store import inspection
from tui_monitor.store.aggregates import AggregateQuestions
from tui_monitor.store.anomalies import AnomalyQuestions
from tui_monitor.store.asking import MAX_ROWS, as_json, bounded
from tui_monitor.store.candles import CandleQuestions
from tui_monitor.store.funding import FundingQuestions
from tui_monitor.store.interest import InterestQuestions
from tui_monitor.store.liquidations import LiquidationQuestions
from tui_monitor.store.price_minutes import PriceMinuteQuestions
from tui_monitor.store.retention import RetentionQuestions
from tui_monitor.store.session import Row
from tui_monitor.store.spreads import SpreadQuestions
from tui_monitor.store.statistics import StatisticsQuestions

Day = tuple[int, int]

_PRICES = """
    SELECT p.slot_ms, coin.name, p.price, p.source, p.observed_ms, p.own_base
    FROM slot_price AS p JOIN coin ON coin.id = p.coin_id
    WHERE p.slot_ms >= ? AND p.slot_ms < ?
      AND p.coin_id IN (SELECT id FROM coin WHERE name IN (SELECT value FROM json_each(?)))
    ORDER BY p.slot_ms, coin.name
    LIMIT ?
"""
_OFF_SLOT = """
    SELECT p.observed_ms, coin.name, p.price, p.own_base
    FROM off_slot_price AS p JOIN coin ON coin.id = p.coin_id
    WHERE p.observed_ms >= ? AND p.observed_ms < ?
    ORDER BY p.observed_ms, coin.name
    LIMIT ?
"""
_SUMS = """
    SELECT slot_ms, sum_pct FROM imported_sum
    WHERE slot_ms >= ? AND slot_ms < ? ORDER BY slot_ms LIMIT ?
"""
# One day: its bases first, then one range of the primary key, already in the order of the
# groups. The repeated ifnull() is cheaper than a subquery that names the change once.
_CURVE = """
    WITH base (coin_id, price) AS MATERIALIZED (
        SELECT coin.id, (SELECT price FROM slot_price WHERE slot_ms = ?1 AND coin_id = coin.id)
        FROM coin WHERE name IN (SELECT value FROM json_each(?3))
    )
    SELECT p.slot_ms,
           sum((p.price - ifnull(p.own_base, base.price)) / ifnull(p.own_base, base.price) * 100.0),
           count(ifnull(p.own_base, base.price)),
           count(CASE WHEN p.price > ifnull(p.own_base, base.price) THEN 1 END),
           count(CASE WHEN p.price < ifnull(p.own_base, base.price) THEN 1 END),
           count(CASE WHEN p.source = 2 AND ifnull(p.own_base, base.price) THEN 1 END),
           0
    FROM slot_price AS p CROSS JOIN base ON base.coin_id = p.coin_id
    WHERE p.slot_ms >= ?1 AND p.slot_ms < ?2
    GROUP BY p.slot_ms
    UNION ALL
    SELECT s.slot_ms, s.sum_pct, 0, 0, 0, 0, 1
    FROM imported_sum AS s
    WHERE s.slot_ms >= ?1 AND s.slot_ms < ?2 AND NOT EXISTS (
        SELECT 1 FROM slot_price AS p
        WHERE p.slot_ms = s.slot_ms AND p.coin_id IN (SELECT coin_id FROM base)
    )
    ORDER BY 1
"""
_HOLES = """
    SELECT h.slot_ms, coin.name, h.state, h.reason, h.tries, h.first_ms, h.last_ms, h.next_try_ms
    FROM hole AS h JOIN coin ON coin.id = h.coin_id
    WHERE h.slot_ms >= ? AND h.slot_ms < ?
    ORDER BY h.slot_ms, coin.name
    LIMIT ?
"""
_QUEUE = """
    SELECT h.slot_ms, coin.name, h.state, h.reason, h.tries, h.first_ms, h.last_ms, h.next_try_ms
    FROM hole AS h JOIN coin ON coin.id = h.coin_id
    WHERE h.state = 'failed' AND (h.next_try_ms IS NULL OR h.next_try_ms <= ?)
    ORDER BY h.slot_ms, coin.name
    LIMIT ?
"""
_COVERAGE = """
    WITH day (start_ms, end_ms) AS MATERIALIZED (
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
    ),
    chosen (coin_id) AS MATERIALIZED (
        SELECT id FROM coin WHERE name IN (SELECT value FROM json_each(?))
    ),
    found (start_ms, coin_id, have, unobtainable, failed) AS (
        SELECT day.start_ms, p.coin_id, 1, 0, 0
        FROM day CROSS JOIN slot_price AS p
        WHERE p.slot_ms >= day.start_ms AND p.slot_ms < day.end_ms
          AND p.coin_id IN (SELECT coin_id FROM chosen)
        UNION ALL
        SELECT day.start_ms, h.coin_id, 0, h.state = 'unobtainable', h.state = 'failed'
        FROM day CROSS JOIN hole AS h
        WHERE h.slot_ms >= day.start_ms AND h.slot_ms < day.end_ms
          AND h.coin_id IN (SELECT coin_id FROM chosen)
    )
    SELECT found.start_ms, coin.name, sum(have), sum(unobtainable), sum(failed)
    FROM found JOIN coin ON coin.id = found.coin_id
    GROUP BY found.start_ms, found.coin_id
    LIMIT ?
"""
# An outage belongs to a range it overlaps.
_OUTAGES = """
    SELECT exchange, market, channel, reason, begin_ms, end_ms, bridged, id FROM outage
    WHERE begin_ms < ? AND (end_ms IS NULL OR end_ms >= ?)
    ORDER BY begin_ms, id
    LIMIT ?
"""
_JOBS = """
    SELECT exchange, first_day, last_day, state, created_ms, updated_ms, total, had, filled,
           unobtainable, failed, pages, pages_total, message, id
    FROM job ORDER BY id DESC LIMIT ?
"""
_JOB_LOG = """
    SELECT job_id, ts_ms, level, text, id FROM (
        SELECT * FROM job_log ORDER BY id DESC LIMIT ?
    ) ORDER BY id
"""
_OLDEST = """
    SELECT min(slot_ms) FROM (
        SELECT min(slot_ms) AS slot_ms FROM slot_price
        UNION ALL
        SELECT min(slot_ms) FROM imported_sum
    )
"""
_OLDEST_OF_ALL = """
    SELECT min(at_ms) FROM (
        SELECT min(slot_ms) AS at_ms FROM slot_price
        UNION ALL
        SELECT min(slot_ms) FROM imported_sum
        UNION ALL
        SELECT min(slot_ms) FROM hole
        UNION ALL
        SELECT min(observed_ms) FROM off_slot_price
    )
"""
# Only the newest slots can hold the newest observation of a price that we took ourselves.
_NEWEST = """
    SELECT max(observed_ms) FROM (
        SELECT observed_ms FROM slot_price ORDER BY slot_ms DESC, coin_id DESC LIMIT 1000
    )
"""


class Reader(
    FundingQuestions,
    SpreadQuestions,
    CandleQuestions,
    RetentionQuestions,
    LiquidationQuestions,
    AggregateQuestions,
    PriceMinuteQuestions,
    InterestQuestions,
    AnomalyQuestions,
    StatisticsQuestions,
):
    """What can be asked of a store."""

    @property
    def path(self) -> str:
        """The database file."""
        return str(self._session.path)

    async def prices(self, start_ms: int, end_ms: int, coins: Sequence[str]) -> list[SlotPrice]:
        """Slot prices of some coins, by slot and coin; `end_ms` excluded."""
        rows = await self._session.read(_PRICES, (start_ms, end_ms, as_json(coins), MAX_ROWS + 1))
        return [
            SlotPrice(
                slot_ms=slot_ms,
                coin=coin,
                price=price,
                source=PriceSource(source),
                observed_ms=observed_ms,
                own_base=own_base,
            )
            for slot_ms, coin, price, source, observed_ms, own_base in bounded(rows)
        ]

    async def off_slot(self, start_ms: int, end_ms: int) -> list[OffSlotPrice]:
        """Imported samples away from the slots, by time and coin; `end_ms` excluded."""
        rows = await self._session.read(_OFF_SLOT, (start_ms, end_ms, MAX_ROWS + 1))
        return [
            OffSlotPrice(observed_ms=observed_ms, coin=coin, price=price, own_base=own_base)
            for observed_ms, coin, price, own_base in bounded(rows)
        ]

    async def imported_sums(self, start_ms: int, end_ms: int) -> list[ImportedSum]:
        """Imported sums by slot, also where prices are known; `end_ms` excluded."""
        rows = await self._session.read(_SUMS, (start_ms, end_ms, MAX_ROWS + 1))
        return [ImportedSum(slot_ms=slot_ms, sum_pct=pct) for slot_ms, pct in bounded(rows)]

    async def curve(self, days: Sequence[Day], coins: Sequence[str]) -> list[CurveRow]:
        """The sum of the changes at each slot of some days (start and end in ms each).

        A change is against the row's own base or the price at its day's first slot; a coin
        without either counts as not valid. Slots without any row are absent.
        """
        names = as_json(coins)
        found: list[CurveRow] = []
        # A statement a day is no slower than one for all, and never holds the WAL for long.
        for start_ms, end_ms in days:
            rows = await self._session.read(_CURVE, (start_ms, end_ms, names))
            found += [_curve_row(row) for row in rows]
        return found

    async def holes(self, start_ms: int, end_ms: int, limit: int) -> list[Hole]:
        """The ledger of slots and coins without a price, oldest first."""
        return _holes(await self._session.read(_HOLES, (start_ms, end_ms, limit)))

    async def queue(self, now_ms: int, limit: int) -> list[Hole]:
        """Failed slots that may be tried again now, oldest slot first."""
        return _holes(await self._session.read(_QUEUE, (now_ms, limit)))

    async def coverage(self, days: Sequence[Day], coins: Sequence[str]) -> list[CoverageRow]:
        """One row a day and coin, in the order asked for, zeros where nothing is known."""
        rows = await self._session.read(_COVERAGE, (as_json(days), as_json(coins), MAX_ROWS + 1))
        found = {(start_ms, coin): counts for start_ms, coin, *counts in bounded(rows)}
        return [
            _coverage_row(start_ms, coin, found.get((start_ms, coin), (0, 0, 0)))
            for start_ms, _ in days
            for coin in coins
        ]

    async def outages(self, start_ms: int, end_ms: int) -> list[Outage]:
        """Outages that overlap a range, by their begin."""
        rows = await self._session.read(_OUTAGES, (end_ms, start_ms, MAX_ROWS + 1))
        return [
            Outage(
                exchange=Exchange(exchange),
                market=Market(market),
                channel=channel,
                reason=reason,
                begin_ms=begin_ms,
                end_ms=stop_ms,
                bridged=bool(bridged),
                id=number,
            )
            for exchange, market, channel, reason, begin_ms, stop_ms, bridged, number in bounded(
                rows
            )
        ]

    async def jobs(self, limit: int) -> list[Job]:
        """Backfill jobs, newest first."""
        return [_job(row) for row in await self._session.read(_JOBS, (limit,))]

    async def job_log(self, limit: int) -> list[JobLine]:
        """The newest lines of all jobs, oldest first."""
        rows = await self._session.read(_JOB_LOG, (limit,))
        return [
            JobLine(job_id=job_id, ts_ms=ts_ms, level=level, text=text, id=number)
            for job_id, ts_ms, level, text, number in rows
        ]

    async def newest_observed_ms(self) -> int | None:
        """When the newest slot price was observed; None while there is none."""
        rows = await self._session.read(_NEWEST)
        newest: int | None = rows[0][0]
        return newest

    async def oldest_slot_ms(self) -> int | None:
        """The first slot of which anything is known; None in an empty database."""
        ((oldest,),) = await self._session.read(_OLDEST)
        return int(oldest) if oldest is not None else None

    async def oldest_history_ms(self) -> int | None:
        """Begin of what is known of prices and their sums: holes and samples between slots too."""
        ((oldest,),) = await self._session.read(_OLDEST_OF_ALL)
        return int(oldest) if oldest is not None else None

    async def kind(self) -> str | None:
        """What the history is of: real, simulator or demo; None where nobody has said yet."""
        return await inspection.kind(self._session)

    async def info(self) -> StoreInfo:
        """Sizes, row counts and oldest times."""
        rows, oldest_ms = await inspection.contents(self._session)
        size_bytes, wal_bytes = inspection.sizes(self._session.path)
        return StoreInfo(
            path=self.path,
            size_bytes=size_bytes,
            wal_bytes=wal_bytes,
            schema_version=await inspection.schema_version(self._session),
            kind=await self.kind() or "",
            rows=rows,
            oldest_ms=oldest_ms,
            sqlite_version=sqlite3.sqlite_version,
        )

    async def check(self) -> list[str]:
        """Everything wrong with the file and its rows, one line each; empty means sound."""
        return await inspection.problems(self._session)

    async def damage(self, deadline_s: float) -> list[str]:
        """What a quick look finds wrong with the file; StoreError if it takes too long."""
        return await inspection.damage(self._session, deadline_s)


def _curve_row(row: Row) -> CurveRow:
    slot_ms, pct, valid, up, down, provisional, sum_only = row
    return CurveRow(
        slot_ms=slot_ms,
        sum_pct=pct,
        valid=valid,
        up=up,
        down=down,
        provisional=provisional,
        sum_only=bool(sum_only),
    )


def _holes(rows: Iterable[Row]) -> list[Hole]:
    return [
        Hole(
            slot_ms=slot_ms,
            coin=coin,
            state=HoleState(state),
            reason=reason,
            tries=tries,
            first_ms=first_ms,
            last_ms=last_ms,
            next_try_ms=next_try_ms,
        )
        for slot_ms, coin, state, reason, tries, first_ms, last_ms, next_try_ms in rows
    ]


def _coverage_row(day_start_ms: int, coin: str, counts: Sequence[int]) -> CoverageRow:
    have, unobtainable, failed = counts
    return CoverageRow(
        day_start_ms=day_start_ms, coin=coin, have=have, unobtainable=unobtainable, failed=failed
    )


def _job(row: Row) -> Job:
    exchange, first_day, last_day, state, *rest = row
    created_ms, updated_ms, total, had, filled, unobtainable, failed, *end = rest
    pages, pages_total, message, number = end
    return Job(
        exchange=Exchange(exchange),
        first_day=first_day,
        last_day=last_day,
        state=JobState(state),
        created_ms=created_ms,
        updated_ms=updated_ms,
        total=total,
        had=had,
        filled=filled,
        unobtainable=unobtainable,
        failed=failed,
        pages=pages,
        pages_total=pages_total,
        message=message,
        id=number,
    )
