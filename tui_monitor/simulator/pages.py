"""Bars of a series as they stand at a time, and which open times a page of them has."""

import asyncio
from collections.abc import AsyncIterator

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.bars import Bar
from tui_monitor.simulator.listings import Listing
from tui_monitor.simulator.timeframes import Timeframe

_BARS_PER_TURN = 20


def bar_at(listing: Listing, timeframe: Timeframe, open_ms: int, now_ms: int) -> Bar:
    """The bar that opens at a time."""
    series = listing.series
    first = max(open_ms, listing.line.listed_ms) // MINUTE_MS
    end_ms = timeframe.after(open_ms)
    if series.clamp(now_ms) < end_ms:
        return series.forming(first, now_ms)
    return series.span(first, end_ms // MINUTE_MS)


def window(
    listing: Listing,
    timeframe: Timeframe,
    bounds: tuple[int | None, int | None],
    limit: int,
    now_ms: int,
) -> list[int]:
    """At most `limit` open times with start ≤ time ≤ end, oldest first.

    With a start alone the oldest are kept, in all other cases the newest.
    """
    start_ms, end_ms = bounds
    oldest_ms = timeframe.open_of(listing.line.listed_ms)
    newest_ms = timeframe.open_of(listing.series.clamp(now_ms))
    if start_ms is not None:
        oldest_ms = max(oldest_ms, _at_or_after(timeframe, start_ms))
    if start_ms is not None and end_ms is None:
        return _forward(timeframe, oldest_ms, newest_ms, limit)
    if end_ms is not None:
        newest_ms = min(newest_ms, timeframe.open_of(max(end_ms, DAY_MS)))
    opens: list[int] = []
    while newest_ms >= oldest_ms and len(opens) < limit:
        opens.append(newest_ms)
        newest_ms = timeframe.before(newest_ms)
    return opens[::-1]


def _at_or_after(timeframe: Timeframe, ms: int) -> int:
    open_ms = timeframe.open_of(ms)
    return open_ms if open_ms == ms else timeframe.after(open_ms)


def _forward(timeframe: Timeframe, open_ms: int, newest_ms: int, limit: int) -> list[int]:
    opens: list[int] = []
    while open_ms <= newest_ms and len(opens) < limit:
        opens.append(open_ms)
        open_ms = timeframe.after(open_ms)
    return opens


async def bars(
    listing: Listing, timeframe: Timeframe, opens: list[int], now_ms: int
) -> AsyncIterator[tuple[int, Bar]]:
    """The bars of these open times. Long ones take a while: others get their turn."""
    for place, open_ms in enumerate(opens):
        yield open_ms, bar_at(listing, timeframe, open_ms, now_ms)
        if place % _BARS_PER_TURN == 0 or timeframe.length_ms >= DAY_MS:
            await asyncio.sleep(0)
