"""The picks of a simulated market: scored every three minutes, highest scores for good."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.engine.bars import BINANCE, FEW, Rig, a_rig
from tests.support.virtual_time import START_MS, in_virtual_time
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.clock import MINUTE_MS
from tui_monitor.engine.picks import EVERY_MS, PickWatch
from tui_monitor.model import BAR_MS, Source, Ticker

FIRST_MS = START_MS + 7 * MINUTE_MS
QUARTER_MS = BAR_MS["15m"]


@asynccontextmanager
async def scoring(
    folder: Path, start_ms: int = FIRST_MS, open_24h: float = 0.9
) -> AsyncIterator[tuple[Rig, PickWatch]]:
    """Complete bars and their picks; each coin stood at so much of its price a day ago."""
    async with a_rig(folder, FEW, start_ms=start_ms) as rig, asyncio.TaskGroup() as tasks:
        await rig.clock.until(lambda: bool(rig.symbols()), 30)
        day(rig, open_24h)
        watch = PickWatch(rig.candles, rig.store, rig.market, rig.clock, [BINANCE])
        running = tasks.create_task(watch.run())
        await rig.clock.until(lambda: not isinstance(watch.board(BINANCE), str), 59)
        yield rig, watch
        running.cancel()


def day(rig: Rig, open_24h: float) -> None:
    """Tickers tell of 24 hours."""
    universe = rig.candles.universe(BINANCE)
    assert universe is not None
    for one in universe.instruments:
        ticker = Ticker(
            instrument=one,
            exchange_ms=rig.clock.now_ms(),
            last=100.0,
            open_24h=100.0 * open_24h,
            turnover_24h_usd=universe.turnover_24h_usd(one),
        )
        rig.market.apply(ticker, rig.clock.now_ms(), rig.clock.monotonic_s(), Source.STREAM)


def board(watch: PickWatch) -> PicksBoard:
    """The newest; AssertionError while there is none."""
    found = watch.board(BINANCE)
    assert not isinstance(found, str), found
    return found


def evaluated_ms(watch: PickWatch) -> int:
    """When they were scored."""
    found = board(watch).evaluated_ms
    assert found is not None
    return found


@in_virtual_time
async def test_the_parts_add_up_and_the_order_is_by_score(tmp_path: Path) -> None:
    """Every watched coin is a candidate; each has 16 bars."""
    async with scoring(tmp_path) as (rig, watch):
        found = board(watch)
        assert found.candidates == len(found.rows) == len(rig.symbols())
        assert [row.rank for row in found.rows] == list(range(1, len(found.rows) + 1))
        scores = [row.score for row in found.rows]
        assert scores == sorted(scores, reverse=True)
        for row in found.rows:
            parts = (row.change_points, row.turnover_points, row.volatility_points)
            assert row.score == pytest.approx(sum(parts) + row.growth_points)
            assert row.change_points == pytest.approx(0.3 * 100 / 9)
            assert (row.last_score, row.max_score, row.n) == (None, row.score, 16)


@in_virtual_time
async def test_they_are_scored_every_three_minutes(tmp_path: Path) -> None:
    """On the minute; the score of before stands beside the new one."""
    async with scoring(tmp_path) as (rig, watch):
        first = {row.coin: row.score for row in board(watch).rows}
        day(rig, 0.99)
        begun_ms = rig.clock.now_ms()
        await rig.clock.until(lambda: evaluated_ms(watch) > begun_ms, EVERY_MS / 1000 + 1)
        found = board(watch)
        assert evaluated_ms(watch) % EVERY_MS < 1_000
        assert evaluated_ms(watch) - begun_ms <= EVERY_MS + 1_000
        for row in found.rows:
            assert row.last_score == first[row.coin]
            assert row.score < first[row.coin] == row.max_score


@in_virtual_time
async def test_a_bar_that_closes_is_scored_at_once(tmp_path: Path) -> None:
    """Long before the next three minutes; the price of now is that bar's close."""
    async with scoring(tmp_path) as (rig, watch):
        before_ms = board(watch).close_ms
        await rig.clock.sleep((before_ms + QUARTER_MS - rig.clock.now_ms()) / 1000)
        await rig.clock.until(lambda: board(watch).close_ms > before_ms, EVERY_MS / 2000)
        assert board(watch).close_ms == before_ms + QUARTER_MS
        await rig.clock.sleep(15)
        for row in board(watch).rows:
            newest = (await rig.stored(row.symbol))[-1]
            assert newest.open_ms == before_ms
            assert row.current_price == newest.close


@in_virtual_time
async def test_the_highest_scores_outlive_a_restart(tmp_path: Path) -> None:
    """The next engine begins with them, and says what was scored last."""
    async with scoring(tmp_path, open_24h=0.5) as (_, watch):
        before = {row.coin: row.score for row in board(watch).rows}
    async with scoring(tmp_path, FIRST_MS + 2 * EVERY_MS, open_24h=0.99) as (_, watch):
        for row in board(watch).rows:
            assert (row.last_score, row.max_score) == (before[row.coin], before[row.coin])
            assert row.score < row.max_score


@in_virtual_time
async def test_an_exchange_without_picks_says_why(tmp_path: Path) -> None:
    """The settings name the exchanges that are judged."""
    async with a_rig(tmp_path, FEW) as rig:
        watch = PickWatch(rig.candles, rig.store, rig.market, rig.clock, [])
        assert watch.board(BINANCE) == "anomalies.exchanges does not name binance"
