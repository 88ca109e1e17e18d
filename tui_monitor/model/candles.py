"""What is kept of candles."""

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
