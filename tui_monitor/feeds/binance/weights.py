"""What Binance's REST requests cost, and how fast we may spend (docs; measured 2026-10-07).

Futures allow 2400 of weight in a clock minute (UTC), spot 6000. We spend 1850 (77 %) and 4700
(78 %), so that the dearest request on top (40, 80) stays below 80 % of the limit. Two pools are
counted apart from the weight: 500 funding requests and 1000 statistics requests in 5 minutes.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from tui_monitor.clock import MINUTE_MS, Clock
from tui_monitor.feeds.pacing import Pace, Pacer
from tui_monitor.model import LimitUse, Market


class Pool(StrEnum):
    """What a request is counted in.

    Open interest comes symbol by symbol, and books each second; they have parts of the weight
    for themselves, so that neither delays the others, nor a backfill the books.
    """

    GENERAL = "weight"
    BOOKS = "weight for books"
    INTEREST = "weight for open interest"
    FUNDING = "funding requests"
    STATISTICS = "statistics requests"


MINUTE_WEIGHT = {Market.PERP: 2_400, Market.SPOT: 6_000}
# More than that by Binance's own count can't be ours alone: others ask from our address.
_CROWDED = 0.9
_USED_WEIGHT = "X-MBX-USED-WEIGHT-1M"

_PACES: Mapping[Market, Mapping[Pool, Pace]] = {
    Market.PERP: {
        Pool.GENERAL: Pace(600, 2_400, 60.0),
        Pool.BOOKS: Pace(400, 2_400, 60.0),
        Pool.INTEREST: Pace(850, 2_400, 60.0),
        Pool.FUNDING: Pace(400, 500, 300.0),
        Pool.STATISTICS: Pace(800, 1_000, 300.0),
    },
    Market.SPOT: {
        Pool.GENERAL: Pace(4_400, 6_000, 60.0),
        Pool.BOOKS: Pace(300, 6_000, 60.0),
    },
}


class Endpoint(StrEnum):
    """The requests, by their path below the market's root (the statistics have one of theirs)."""

    TIME = "/time"
    LISTING = "/exchangeInfo"
    TICKERS = "/ticker/24hr"
    PRICES = "/ticker/price"
    BOOKS = "/ticker/bookTicker"
    CANDLES = "/klines"
    MARKS = "/premiumIndex"
    INTEREST = "/openInterest"
    INTEREST_HISTORY = "/futures/data/openInterestHist"
    ACCOUNT_RATIO = "/futures/data/globalLongShortAccountRatio"
    FUNDING_INTERVALS = "/fundingInfo"
    FUNDING_HISTORY = "/fundingRate"


_ROOTS = {Market.PERP: "/fapi/v1", Market.SPOT: "/api/v3"}
# Those that are not below their root.
_PATHS = {
    (Market.PERP, Endpoint.PRICES): "/fapi/v2/ticker/price",
    (Market.PERP, Endpoint.INTEREST_HISTORY): Endpoint.INTEREST_HISTORY.value,
    (Market.PERP, Endpoint.ACCOUNT_RATIO): Endpoint.ACCOUNT_RATIO.value,
}
_POOLS = {
    Endpoint.BOOKS: Pool.BOOKS,
    Endpoint.INTEREST: Pool.INTEREST,
    Endpoint.INTEREST_HISTORY: Pool.STATISTICS,
    Endpoint.ACCOUNT_RATIO: Pool.STATISTICS,
    Endpoint.FUNDING_INTERVALS: Pool.FUNDING,
    Endpoint.FUNDING_HISTORY: Pool.FUNDING,
}
# For all symbols at once, where that can be asked; what is not here costs 1 of its pool.
_COSTS: Mapping[Market, Mapping[Endpoint, int]] = {
    Market.PERP: {
        Endpoint.TICKERS: 40,
        Endpoint.PRICES: 2,
        Endpoint.BOOKS: 5,
        Endpoint.MARKS: 10,
    },
    Market.SPOT: {
        Endpoint.LISTING: 20,
        Endpoint.TICKERS: 80,
        Endpoint.PRICES: 4,
        Endpoint.BOOKS: 4,
    },
}

MAX_CANDLES = {Market.PERP: 1500, Market.SPOT: 1000}
# The most rows for their weight: 499 for 2; spot asks 2 for any number.
CANDLES_A_PAGE = {Market.PERP: 499, Market.SPOT: 1000}


def path_of(market: Market, endpoint: Endpoint) -> str:
    """Where a request goes."""
    return _PATHS.get((market, endpoint), f"{_ROOTS[market]}{endpoint}")


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


class Purse:
    """What a market's requests may cost, what they have cost, and what Binance says of that."""

    def __init__(self, market: Market, clock: Clock, *, waits: bool) -> None:
        self._market = market
        self._clock = clock
        self._pacers = {
            pool: pace.pacer(clock, waits=waits) for pool, pace in _PACES[market].items()
        }
        self._reported: tuple[int, int] | None = None

    def pacer(self, endpoint: Endpoint) -> Pacer:
        """What a request has to wait for."""
        return self._pacers[pool_of(endpoint)]

    @property
    def reported_weight(self) -> int | None:
        """What our address has used of this clock minute by Binance's count; None: not told."""
        if self._reported is None or self._reported[0] != self._clock.now_ms() // MINUTE_MS:
            return None
        return self._reported[1]

    def read(self, headers: Mapping[str, str]) -> bool:
        """Take the count from an answer; says whether the minute is as good as used up."""
        text = headers.get(_USED_WEIGHT, "")
        if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
            return False
        self._reported = (self._clock.now_ms() // MINUTE_MS, int(text))
        return int(text) > _CROWDED * MINUTE_WEIGHT[self._market]

    def uses(self) -> list[LimitUse]:
        """Each pool that was used at all, and Binance's count if it is known."""
        found = [
            pacer.use(f"{self._market} {pool}", _PACES[self._market][pool].documented)
            for pool, pacer in self._pacers.items()
            if pacer.asked
        ]
        if self.reported_weight is not None:
            limit = MINUTE_WEIGHT[self._market]
            found.append(
                LimitUse(
                    name=f"{self._market} weight by Binance's count",
                    used=self.reported_weight,
                    allowed=_CROWDED * limit,
                    documented=limit,
                    window_s=60.0,
                )
            )
        return found


def minute_left_s(now_ms: int) -> float:
    """Until Binance counts anew, and a second for its clock's difference from ours."""
    return (MINUTE_MS - now_ms % MINUTE_MS) / 1000 + 1.0
