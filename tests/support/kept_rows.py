"""Rows of what is kept for a time only, for many instruments at once."""

from msgspec.structs import replace

from tests.store.samples import a_minute
from tui_monitor.model import CandleRow, Exchange, Market, SpreadMinute


def candles(open_ms: int, count: int = 1, bar: str = "15m") -> list[CandleRow]:
    """One bar of so many perpetuals."""
    return [
        CandleRow(
            exchange=Exchange.BINANCE,
            market=Market.PERP,
            symbol=f"C{number}USDT",
            coin=f"C{number}",
            bar=bar,
            open_ms=open_ms,
            open=100.0 + number / 7,
            high=10_000.0,
            low=50.0,
            close=101.0 + number / 7,
            volume_coins=1e6 / (number + 3),
            turnover_usd=1e8 / (number + 3),
        )
        for number in range(count)
    ]


def spreads(minute_ms: int, count: int = 1) -> list[SpreadMinute]:
    """One minute of so many coins."""
    return [
        replace(a_minute(coin=f"C{number}"), minute_ms=minute_ms, max_pct=0.25 + number / 7)
        for number in range(count)
    ]
