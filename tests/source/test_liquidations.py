"""The liquidations board from a database alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import msgspec
import pytest

from tests.support.liquidation_boards import an_order
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.boards.liquidations import VenueState
from tui_monitor.clock import DAY_MS, MINUTE_MS, BoardZone
from tui_monitor.config import SumCurve
from tui_monitor.errors import BadInput
from tui_monitor.model import AggregateRow, Exchange, Heard, LiquidationMinute, Side
from tui_monitor.source import Query
from tui_monitor.source.stored import StoredSource
from tui_monitor.store import Store, open_store

HOUR_MS = 60 * MINUTE_MS


def a_stored_minute(
    minute_ms: int, usd: float, exchange: Exchange = Exchange.BYBIT, covered_ms: int = MINUTE_MS
) -> LiquidationMinute:
    """Longs of so much money, in one order."""
    return LiquidationMinute(
        minute_ms=minute_ms,
        exchange=exchange,
        long_usd=usd,
        short_usd=0.0,
        long_count=int(usd > 0),
        short_count=0,
        largest_usd=usd or None,
        unsized=0,
        capped_s=0,
        covered_ms=covered_ms,
    )


@asynccontextmanager
async def a_source(folder: Path) -> AsyncIterator[tuple[StoredSource, Store]]:
    """Over an empty database; it is START_MS."""
    clock = VirtualClock()
    async with open_store(folder, clock, kind="simulator") as store:
        yield StoredSource(store, BoardZone(), clock, SumCurve(), folder / "exports"), store


async def record(store: Store, minutes: list[LiquidationMinute], interest_usd: float) -> None:
    """Minutes, with their records."""
    await store.record_liquidation_minutes(minutes)
    for at_ms in {one.minute_ms for one in minutes}:
        await store.record_interest_minute(at_ms, interest_usd, 4)


@in_virtual_time
async def test_an_empty_database_says_that_nobody_collects(tmp_path: Path) -> None:
    """No zero anywhere."""
    async with a_source(tmp_path) as (source, _):
        board = await source.liquidations_board(1, Query())
        assert len(board.points) == 60
        assert {one.total_usd for one in board.points} == {None}
        assert (board.window.total_usd, board.hour.points, board.live) == (None, 0, False)
        assert "no engine" in board.reason
        assert (await source.liquidation_indices()).record is None
        assert await source.liquidation_records(0, START_MS, 10) == []
        with pytest.raises(BadInput, match="5 hours"):
            await source.liquidations_board(5, Query())


@in_virtual_time
async def test_a_window_and_a_day_are_of_their_minutes(tmp_path: Path) -> None:
    """The hour before a window counts in its first point; a day has all of its own."""
    async with a_source(tmp_path) as (source, store):
        begin_ms = START_MS - 3 * HOUR_MS
        minutes = [a_stored_minute(begin_ms + n * MINUTE_MS, 1e6) for n in range(120)]
        await record(store, minutes, 1e10)
        await store.record_liquidations(
            [
                an_order(begin_ms + 5, 3e6, exchange=Exchange.BYBIT, symbol="BTCUSDT"),
                an_order(START_MS - HOUR_MS - 5, 7e6, exchange=Exchange.BYBIT, heard=Heard.REST),
            ]
        )
        board = await source.liquidations_board(3, Query())
        assert board.points[0].at_ms == begin_ms + MINUTE_MS
        assert board.points[0].total_1h_usd == 2e6
        assert (board.hour.max, board.hour.points) == (6e7, 178)
        assert board.points[-1].total_1h_usd is None
        (venue,) = board.venues
        assert (venue.exchange, venue.state) == (Exchange.BYBIT, VenueState.OFF)
        assert (venue.rest_count, venue.rest_usd) == (1, 7e6)
        assert venue.covered == pytest.approx(119 / 179)
        assert [one.usd for one in board.largest] == [7e6]
        assert board.totals[1].total_usd == 1.2e8
        record_ = board.indices.record
        assert record_ is not None
        assert record_.wash_index_pct == pytest.approx(1.2)
        assert [one.side for one in board.largest] == [Side.LONG]
        assert [msgspec.to_builtins(one)["heard"] for one in board.largest] == ["rest"]
        day = BoardZone().day_of(START_MS - HOUR_MS)
        whole = await source.liquidations_board(1, Query(first_day=day, last_day=day))
        assert (whole.hours, len(whole.points), whole.window.total_usd) == (None, 1440, 1.2e8)


@in_virtual_time
async def test_a_range_of_days_is_of_hours(tmp_path: Path) -> None:
    """A year has a point every few hours, and no more than can be drawn."""
    async with a_source(tmp_path) as (source, store):
        last = BoardZone().day_of(START_MS)
        at_ms = START_MS - 2 * DAY_MS
        await record(store, [a_stored_minute(at_ms, 5.0)], 1e10)
        board = await source.liquidations_board(
            1, Query(first_day=date(last.year - 1, last.month, last.day), last_day=last)
        )
        assert 1_000 < len(board.points) <= 1_500
        (only,) = [one for one in board.points if one.total_usd is not None]
        assert only.at_ms <= at_ms < only.at_ms + board.step_ms
        assert only.total_usd == 5.0
        assert board.window.total_usd == 5.0


@in_virtual_time
async def test_records_are_the_newest_of_a_range_oldest_first(tmp_path: Path) -> None:
    """Both ends included, across a hole of days."""
    async with a_source(tmp_path) as (source, store):
        old_ms, new_ms = START_MS - 4 * DAY_MS, START_MS - HOUR_MS
        times = [old_ms, old_ms + MINUTE_MS, new_ms, new_ms + MINUTE_MS]
        await record(store, [a_stored_minute(at_ms, 1.0) for at_ms in times], 1e10)
        found = await source.liquidation_records(0, START_MS, 1440)
        assert [one.minute_ms for one in found] == times
        assert [one.count_24h for one in found] == [1, 2, 1, 2]
        found = await source.liquidation_records(0, START_MS, 3)
        assert [one.minute_ms for one in found] == times[1:]
        found = await source.liquidation_records(times[1], times[2], 10)
        assert [one.minute_ms for one in found] == times[1:3]


@in_virtual_time
async def test_the_aggregates_age_is_of_its_own_time(tmp_path: Path) -> None:
    """However lately it was asked; the level is by its index."""
    async with a_source(tmp_path) as (source, store):
        row = AggregateRow(
            minute_ms=START_MS - MINUTE_MS,
            source_ms=START_MS - 20 * MINUTE_MS,
            received_ms=START_MS - 30_000,
            usd_1h=1e6,
            usd_24h=1e8,
            people_24h=79_700.0,
            position_usd=104.72e8,
            panic_index=0.0761,
        )
        await store.record_aggregates([row])
        told = (await source.liquidation_indices()).aggregate
        assert (told.row, told.age_ms, told.stale) == (row, 20 * MINUTE_MS, True)
        assert (told.level, told.reason, told.is_on) == ("medium", "", False)
        assert await source.aggregates(0, START_MS, 5) == [row]
        assert await source.aggregates(row.minute_ms, row.minute_ms, 5) == [row]
        assert await source.aggregates(row.minute_ms + 1, START_MS, 5) == []


def an_aggregate(minute_ms: int) -> AggregateRow:
    """A file's row."""
    return AggregateRow(
        minute_ms=minute_ms,
        source_ms=minute_ms,
        received_ms=minute_ms + 1_500,
        usd_1h=1e6,
        usd_24h=1e8,
        people_24h=50_000.0,
        position_usd=1e10,
        panic_index=0.05,
        imported=True,
    )


@in_virtual_time
async def test_a_past_day_is_of_that_day(tmp_path: Path) -> None:
    """Venues are off, indices are those of its end, and what a source told of it can be drawn."""
    async with a_source(tmp_path) as (source, store):
        day = BoardZone().day_of(START_MS - 3 * DAY_MS)
        begin_ms, end_ms = BoardZone().day_start_ms(day), BoardZone().day_end_ms(day)
        await store.record_aggregates([an_aggregate(begin_ms), an_aggregate(end_ms - MINUTE_MS)])
        await store.record_aggregates([an_aggregate(START_MS - MINUTE_MS)])
        await record(store, [a_stored_minute(START_MS - MINUTE_MS, 1.0)], 1e10)
        board = await source.liquidations_board(1, Query(first_day=day, last_day=day))
        assert [one.at_ms for one in board.aggregate] == [begin_ms, end_ms - MINUTE_MS]
        assert [one.wash_by for one in board.trend] == ["aggregate", "aggregate"]
        assert (board.indices.now_ms, board.indices.record) == (end_ms, None)
        row = board.indices.aggregate.row
        assert row is not None
        assert row.minute_ms == end_ms - MINUTE_MS
        assert (board.venues, board.reason) == (
            [],
            "nobody was heard in 24 h · the aggregate source tells of it",
        )


@in_virtual_time
async def test_a_long_range_has_the_last_word_of_each_hour(tmp_path: Path) -> None:
    """Of the aggregate source and of the open interest."""
    async with a_source(tmp_path) as (source, store):
        last = BoardZone().day_of(START_MS - DAY_MS)
        begin_ms = BoardZone().day_start_ms(last)
        times = [begin_ms, begin_ms + 5 * MINUTE_MS, begin_ms + HOUR_MS]
        await store.record_aggregates([an_aggregate(at_ms) for at_ms in times])
        await record(store, [a_stored_minute(at_ms, 1e8) for at_ms in times[:2]], 1e10)
        first = BoardZone().day_of(START_MS - 3 * DAY_MS)
        board = await source.liquidations_board(1, Query(first_day=first, last_day=last))
        assert [one.at_ms for one in board.aggregate] == [begin_ms, begin_ms + HOUR_MS]
        assert [(one.at_ms, one.wash_index_pct, one.wash_by) for one in board.trend] == [
            (begin_ms, 2.0, "exchanges"),
            (begin_ms + HOUR_MS, 1.0, "aggregate"),
        ]
