"""OKX's bar names (case matters), and pages of bars, newest first."""

import asyncio
from typing import NamedTuple

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.bars import Bar
from tui_monitor.simulator.okx.catalog import Listing
from tui_monitor.simulator.okx.rows import candle
from tui_monitor.simulator.timeframes import HOUR_MS, Timeframe, days, months, weeks

_UTC_8_MS = 8 * HOUR_MS
_BARS_PER_TURN = 20

BARS: dict[str, Timeframe] = {
    "1m": Timeframe(MINUTE_MS),
    "3m": Timeframe(3 * MINUTE_MS),
    "5m": Timeframe(5 * MINUTE_MS),
    "15m": Timeframe(15 * MINUTE_MS),
    "30m": Timeframe(30 * MINUTE_MS),
    "1H": Timeframe(HOUR_MS),
    "2H": Timeframe(2 * HOUR_MS),
    "4H": Timeframe(4 * HOUR_MS),
}
for _suffix, _offset_ms in (("", _UTC_8_MS), ("utc", 0)):
    BARS |= {
        f"6H{_suffix}": Timeframe(6 * HOUR_MS, _offset_ms),
        f"12H{_suffix}": Timeframe(12 * HOUR_MS, _offset_ms),
        f"1D{_suffix}": days(1, _offset_ms),
        f"2D{_suffix}": days(2, _offset_ms),
        f"3D{_suffix}": days(3, _offset_ms),
        f"1W{_suffix}": weeks(_offset_ms),
        f"1M{_suffix}": months(1, _offset_ms),
        f"3M{_suffix}": months(3, _offset_ms),
    }


class Page(NamedTuple):
    """Which bars: strictly between two open times, at most `limit`, at most `reach` back."""

    after_ms: int | None
    before_ms: int | None
    limit: int
    reach: int | None = None


async def page(
    listing: Listing, timeframe: Timeframe, wanted: Page, now_ms: int
) -> list[list[str]]:
    """The newest bars of the page, newest first; the forming one has confirm "0"."""
    newest_ms = timeframe.open_of(listing.series.clamp(now_ms))
    open_ms = newest_ms
    if wanted.after_ms is not None:
        open_ms = min(open_ms, timeframe.before(max(wanted.after_ms, DAY_MS)))
    oldest_ms = timeframe.open_of(listing.contract.listed_ms)
    if wanted.before_ms is not None:
        oldest_ms = max(oldest_ms, wanted.before_ms + 1)
    if wanted.reach is not None:
        oldest_ms = max(oldest_ms, newest_ms - (wanted.reach - 1) * timeframe.length_ms)
    rows: list[list[str]] = []
    while open_ms >= oldest_ms and len(rows) < wanted.limit:
        rows.append(row(listing, timeframe, open_ms, now_ms))
        open_ms = timeframe.before(open_ms)
        if len(rows) % _BARS_PER_TURN == 0 or timeframe.length_ms >= DAY_MS:
            # A page of years of weeks takes a second: others get their turn.
            await asyncio.sleep(0)
    return rows


def row(listing: Listing, timeframe: Timeframe, open_ms: int, now_ms: int) -> list[str]:
    """One bar as it stands now."""
    bar, closed = bar_at(listing, timeframe, open_ms, now_ms)
    return candle(listing, open_ms, bar, closed=closed)


def bar_at(listing: Listing, timeframe: Timeframe, open_ms: int, now_ms: int) -> tuple[Bar, bool]:
    """The bar and whether it is closed."""
    series = listing.series
    first = max(open_ms, listing.contract.listed_ms) // MINUTE_MS
    end_ms = timeframe.after(open_ms)
    if series.clamp(now_ms) < end_ms:
        return series.forming(first, now_ms), now_ms >= end_ms
    return series.span(first, end_ms // MINUTE_MS), True
