"""OKX's statistics of a contract: rows on a grid of periods, newest first, 1,440 at most."""

from typing import Any

from tui_monitor.simulator.accounts import ALL, SHARE_PLACES, longs
from tui_monitor.simulator.decimals import plain
from tui_monitor.simulator.derivatives import Perpetual
from tui_monitor.simulator.okx import rows
from tui_monitor.simulator.okx.bars import BARS
from tui_monitor.simulator.okx.catalog import Listing

_REACH = 1_440
PERIODS = {name: bars for name, bars in BARS.items() if name not in ("1m", "3m")}


def times(
    listing: Listing, period: str, bounds: tuple[int | None, int | None], limit: int, now_ms: int
) -> list[int]:
    """The times of the rows with begin < time < end, newest first."""
    begin_ms, end_ms = bounds
    timeframe = PERIODS[period]
    at_ms, found = timeframe.open_of(now_ms), list[int]()
    oldest_ms = max(listing.contract.listed_ms, (begin_ms or 0) + 1)
    for _ in range(_REACH):
        if at_ms < oldest_ms or len(found) >= limit:
            break
        if end_ms is None or at_ms < end_ms:
            found.append(at_ms)
        at_ms = timeframe.before(at_ms)
    return found


def interest(listing: Listing, derived: Perpetual, ms: int) -> list[Any]:
    """[ts, contracts, coins, USD]: what the live row said then."""
    row = rows.open_interest(listing, derived, ms)
    return [str(ms), row["oi"], row["oiCcy"], row["oiUsd"]]


def accounts(listing: Listing, _derived: Perpetual, ms: int) -> list[Any]:
    """[ts, long accounts ÷ short accounts]."""
    long = longs(listing.series, ms)
    return [str(ms), plain(long * ALL // (ALL - long), SHARE_PLACES)]
