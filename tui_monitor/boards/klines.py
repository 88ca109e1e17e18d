"""One symbol's bars, as a chart shows them."""

from msgspec import Struct

from tui_monitor.model import CandleRow, Exchange, Market


class Klines(Struct, frozen=True, kw_only=True):
    """Closed bars, oldest first, and the one that is being formed where it is known.

    `symbol` and `coin` are as the exchange and we write what was asked for. `reason` is why there
    are no bars; "" where there are.
    """

    now_ms: int
    exchange: Exchange
    market: Market
    symbol: str
    coin: str
    bar: str
    bar_ms: int
    rows: list[CandleRow]
    forming: CandleRow | None
    reason: str
