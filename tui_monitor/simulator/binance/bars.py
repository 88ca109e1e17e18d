"""Binance's kline intervals, and pages of bars, oldest first."""

import asyncio
from typing import NamedTuple

from tui_monitor.clock import DAY_MS, MINUTE_MS, SECOND_MS
from tui_monitor.simulator.bars import Bar
from tui_monitor.simulator.binance.catalog import Pair
from tui_monitor.simulator.market import GRID_MS
from tui_monitor.simulator.timeframes import HOUR_MS, Timeframe, days, months, weeks

_BARS_PER_TURN = 20

INTERVALS: dict[str, Timeframe] = {
    **{f"{count}m": Timeframe(count * MINUTE_MS) for count in (1, 3, 5, 15, 30)},
    **{f"{count}h": Timeframe(count * HOUR_MS) for count in (1, 2, 4, 6, 8, 12)},
    "1d": days(1),
    "3d": days(3),
    "1w": weeks(),
    "1M": months(1),
}
SECONDS = Timeframe(SECOND_MS)
# Spot has bars of a second, too.
SPOT_INTERVALS = {"1s": SECONDS, **INTERVALS}


class Page(NamedTuple):
    """Which bars: open times from start to end, at most `limit`; without a start the newest."""

    start_ms: int | None
    end_ms: int | None
    limit: int


class Kline(NamedTuple):
    """A bar with its times; it holds what happened before `until_ms`."""

    open_ms: int
    close_ms: int
    until_ms: int
    bar: Bar

    @property
    def is_closed(self) -> bool:
        """Whether nothing is added to it any more."""
        return self.until_ms > self.close_ms


async def page(pair: Pair, timeframe: Timeframe, wanted: Page, now_ms: int) -> list[Kline]:
    """The bars of a page, oldest first; the last one may be running."""
    newest_ms = timeframe.open_of(pair.series.clamp(now_ms))
    oldest_ms = timeframe.open_of(pair.contract.listed_ms)
    end_ms = newest_ms
    if wanted.end_ms is not None:
        end_ms = min(newest_ms, timeframe.open_of(wanted.end_ms))
    if wanted.start_ms is None:
        return await _ending_at(pair, timeframe, (oldest_ms, end_ms), wanted.limit, now_ms)
    open_ms = timeframe.open_of(wanted.start_ms)
    if open_ms < wanted.start_ms:
        open_ms = timeframe.after(open_ms)
    open_ms = max(open_ms, oldest_ms)
    found: list[Kline] = []
    while open_ms <= end_ms and len(found) < wanted.limit:
        found.append(bar_at(pair, timeframe, open_ms, now_ms))
        open_ms = timeframe.after(open_ms)
        await _others_turn(timeframe, len(found))
    return found


async def _ending_at(
    pair: Pair, timeframe: Timeframe, bounds: tuple[int, int], limit: int, now_ms: int
) -> list[Kline]:
    oldest_ms, open_ms = bounds
    found: list[Kline] = []
    while open_ms >= oldest_ms and len(found) < limit:
        found.append(bar_at(pair, timeframe, open_ms, now_ms))
        open_ms = timeframe.before(open_ms)
        await _others_turn(timeframe, len(found))
    return found[::-1]


async def _others_turn(timeframe: Timeframe, count: int) -> None:
    """A page of years of weeks takes a second."""
    if count % _BARS_PER_TURN == 0 or timeframe.length_ms >= DAY_MS:
        await asyncio.sleep(0)


def bar_at(pair: Pair, timeframe: Timeframe, open_ms: int, now_ms: int) -> Kline:
    """The bar as it stands now."""
    series, end_ms = pair.series, timeframe.after(open_ms)
    if timeframe is SECONDS:
        bar = _second(pair, open_ms, min(now_ms, end_ms - 1))
    elif series.clamp(now_ms) < end_ms:
        first_ms = max(open_ms, pair.contract.listed_ms)
        bar = series.forming(first_ms // MINUTE_MS, now_ms)
    else:
        first_ms = max(open_ms, pair.contract.listed_ms)
        bar = series.span(first_ms // MINUTE_MS, end_ms // MINUTE_MS)
    return Kline(open_ms, end_ms - 1, min(now_ms, end_ms), bar)


def _second(pair: Pair, open_ms: int, until_ms: int) -> Bar:
    """The prices on the grid within a second, and what the minute's volume grew by."""
    series = pair.series
    prices = [series.price(ms) for ms in range(open_ms, until_ms + 1, GRID_MS)]
    after = series.running_minute(until_ms)
    lots, turnover = after.lots, after.turnover
    if open_ms % MINUTE_MS:
        before = series.running_minute(open_ms - 1)
        lots, turnover = lots - before.lots, turnover - before.turnover
    return Bar(prices[0], max(prices), min(prices), prices[-1], lots, turnover)
