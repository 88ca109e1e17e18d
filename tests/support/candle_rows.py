"""Bars of one coin for charts: a walk that always is the same, and bars by hand."""

import math

from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import CandleRow, Exchange, Market

BAR_MS = 15 * MINUTE_MS


def a_bar(
    open_ms: int,
    opens: float,
    close: float,
    high: float | None = None,
    low: float | None = None,
    **fields: object,
) -> CandleRow:
    """One bar of BTC on Binance; high and low as narrow as they can be."""
    known: dict[str, object] = {
        "exchange": Exchange.BINANCE,
        "market": Market.PERP,
        "symbol": "BTCUSDT",
        "coin": "BTC",
        "bar": "15m",
        "open_ms": open_ms,
        "open": opens,
        "high": max(opens, close) if high is None else high,
        "low": min(opens, close) if low is None else low,
        "close": close,
        "volume_coins": 10.0,
        "turnover_usd": 10.0 * close,
    }
    return CandleRow(**(known | fields))  # type: ignore[arg-type]


def some_bars(newest_ms: int, count: int = 96, price: float = 95_000.0) -> list[CandleRow]:
    """A wavy day that ends with a jump; two bars of it are missing."""
    closes = [
        price * (1 + 0.01 * math.sin(place / 9) + 0.003 * math.sin(place * 1.7))
        for place in range(count + 1)
    ]
    closes[-1] = closes[-2] * 1.012
    rows = [
        a_bar(
            newest_ms - (count - 1 - place) * BAR_MS,
            closes[place],
            closes[place + 1],
            high=max(closes[place : place + 2]) * (1 + 0.0015 * (1 + math.sin(place * 2.3))),
            low=min(closes[place : place + 2]) * (1 - 0.0015 * (1 + math.cos(place * 1.9))),
            turnover_usd=1e7 * (1.2 + math.sin(place * 0.9)) * (4 if place == count - 1 else 1),
        )
        for place in range(count)
    ]
    gone = (count // 3, count // 3 + 1)
    return [row for place, row in enumerate(rows) if place not in gone or count < 12]
