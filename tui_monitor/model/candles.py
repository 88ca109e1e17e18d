"""What is kept of candles and of open interest."""

from enum import IntEnum

from msgspec import Struct

from tui_monitor.clock import MINUTE_MS
from tui_monitor.model.market import Exchange, Market

BAR_MS = {"1m": MINUTE_MS, "5m": 5 * MINUTE_MS, "15m": 15 * MINUTE_MS, "1h": 60 * MINUTE_MS}
"""The lengths that kept bars can be of."""


class CandleRow(Struct, frozen=True, kw_only=True, gc=False):
    """One closed bar as it is kept; prices per coin."""

    exchange: Exchange
    market: Market
    symbol: str
    coin: str
    bar: str
    open_ms: int
    open: float
    high: float
    low: float
    close: float
    volume_coins: float | None
    turnover_usd: float | None


class InterestSource(IntEnum):
    """Whose sample of open interest it is; the numbers are the database's.

    OURS is the live value at the five-minute mark, HISTORY the exchange's own record of it.
    """

    HISTORY = 1
    OURS = 2


class InterestSample(Struct, frozen=True, kw_only=True, gc=False):
    """Single-sided open interest of one perpetual at a time (a multiple of five minutes).

    `mark_price` is per coin, None where it was unknown.
    """

    exchange: Exchange
    symbol: str
    coin: str
    at_ms: int
    coins: float | None
    usd: float | None
    mark_price: float | None
    source: InterestSource
