"""What Binance's REST requests cost, and how fast we may spend (docs; measured 2026-10-07).

Futures allow 2400 of weight in a clock minute, spot 6000. We spend 1800 (75 %) and 4700 (78 %),
so that the dearest request on top (40, 80) stays below 80 % of the limit. Two pools are counted
apart from the weight: 500 funding requests and 1000 statistics requests in 5 minutes.
"""

from collections.abc import Mapping
from enum import StrEnum

from tui_monitor.clock import Clock
from tui_monitor.feeds.pacing import Pacer
from tui_monitor.model import Market


class Pool(StrEnum):
    """What a request is counted in.

    Open interest comes symbol by symbol; it has a part of the weight for itself, so that it
    does not delay the others.
    """

    GENERAL = "weight"
    INTEREST = "weight of open interest"
    FUNDING = "funding requests"
    STATISTICS = "statistics requests"


# (cost, seconds) that we allow ourselves.
_ALLOWED: Mapping[Market, Mapping[Pool, tuple[int, float]]] = {
    Market.PERP: {
        Pool.GENERAL: (1_300, 60.0),
        Pool.INTEREST: (500, 60.0),
        Pool.FUNDING: (400, 300.0),
        Pool.STATISTICS: (800, 300.0),
    },
    Market.SPOT: {Pool.GENERAL: (4_700, 60.0)},
}


class Endpoint(StrEnum):
    """The requests, by their path below the market's root (the statistics have one of theirs)."""

    TIME = "/time"
    LISTING = "/exchangeInfo"
    TICKERS = "/ticker/24hr"
    BOOKS = "/ticker/bookTicker"
    CANDLES = "/klines"
    MARKS = "/premiumIndex"
    INTEREST = "/openInterest"
    INTEREST_HISTORY = "/futures/data/openInterestHist"
    FUNDING_INTERVALS = "/fundingInfo"
    FUNDING_HISTORY = "/fundingRate"


_ROOTS = {Market.PERP: "/fapi/v1", Market.SPOT: "/api/v3"}
_POOLS = {
    Endpoint.INTEREST: Pool.INTEREST,
    Endpoint.INTEREST_HISTORY: Pool.STATISTICS,
    Endpoint.FUNDING_INTERVALS: Pool.FUNDING,
    Endpoint.FUNDING_HISTORY: Pool.FUNDING,
}
# For all symbols at once, where that can be asked; what is not here costs 1 of its pool.
_COSTS: Mapping[Market, Mapping[Endpoint, int]] = {
    Market.PERP: {Endpoint.TICKERS: 40, Endpoint.BOOKS: 5, Endpoint.MARKS: 10},
    Market.SPOT: {Endpoint.LISTING: 20, Endpoint.TICKERS: 80, Endpoint.BOOKS: 4},
}

MAX_CANDLES = {Market.PERP: 1500, Market.SPOT: 1000}
# The most rows for their weight: 499 for 2; spot asks 2 for any number.
CANDLES_A_PAGE = {Market.PERP: 499, Market.SPOT: 1000}


def path_of(market: Market, endpoint: Endpoint) -> str:
    """Where a request goes."""
    below_root = endpoint is not Endpoint.INTEREST_HISTORY
    return f"{_ROOTS[market]}{endpoint}" if below_root else endpoint.value


def pool_of(endpoint: Endpoint) -> Pool:
    """What a request is counted in."""
    return _POOLS.get(endpoint, Pool.GENERAL)


def cost_of(market: Market, endpoint: Endpoint) -> int:
    """What a request takes of its pool; of candles see `candles_cost`."""
    return _COSTS[market].get(endpoint, 1)


def candles_cost(market: Market, limit: int) -> int:
    """The documented bands exclude their upper end; measured ones include it: the dearer counts."""
    if market is Market.SPOT or 100 <= limit < 500:
        return 2
    if limit < 100:
        return 1
    return 5 if limit <= 1000 else 10


def pacers_of(market: Market, clock: Clock) -> dict[Pool, Pacer]:
    """One for each pool of a market."""
    return {pool: Pacer(clock, *allowed) for pool, allowed in _ALLOWED[market].items()}
