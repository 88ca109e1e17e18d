"""Bybit's histories of open interest and of accounts: pages on a grid, newest first."""

from collections.abc import Callable
from typing import Any

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.accounts import ALL, SHARE_PLACES, longs
from tui_monitor.simulator.bybit import rows
from tui_monitor.simulator.decimals import plain
from tui_monitor.simulator.listings import Listing
from tui_monitor.simulator.timeframes import HOUR_MS

Row = dict[str, Any]
PERIODS = {
    "5min": 5 * MINUTE_MS,
    "15min": 15 * MINUTE_MS,
    "30min": 30 * MINUTE_MS,
    "1h": HOUR_MS,
    "4h": 4 * HOUR_MS,
    "1d": DAY_MS,
}


def page(
    make: Callable[[Listing, int], Row],
    listing: Listing,
    period_ms: int,
    bounds: tuple[int, int],
    limit: int,
) -> tuple[list[Row], str]:
    """The newest rows between two times, both included, and the cursor of older ones."""
    first_ms, last_ms = max(bounds[0], listing.line.listed_ms), bounds[1]
    times = range(last_ms - last_ms % period_ms, first_ms - 1, -period_ms)
    shown = times[:limit]
    more = len(shown) < len(times)
    cursor = f"lastid%3D{shown[-1]}%26last%3D{shown[-1]}" if more else ""
    return [make(listing, ms) for ms in shown], cursor


def interest(listing: Listing, ms: int) -> Row:
    """Both sides, and (since June 2026) one."""
    if listing.derived is None:
        return {}
    row = rows.interest(listing, listing.derived, ms)
    sides = {key: row[key] for key in ("openInterest", "singleOpenInterest")}
    return {**sides, "timestamp": str(ms)}


def accounts(listing: Listing, ms: int) -> Row:
    """The shares of holders that are long and short."""
    long = longs(listing.series, ms)
    return {
        "symbol": listing.symbol,
        "buyRatio": plain(long, SHARE_PLACES),
        "sellRatio": plain(ALL - long, SHARE_PLACES),
        "timestamp": str(ms),
    }
