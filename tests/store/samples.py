"""Rows of funding, spreads and signals with defaults."""

from tests.store.builders import DAY_MS
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import (
    Exchange,
    FundingSpan,
    Market,
    Settlement,
    SignalRecord,
    SignalSample,
    SpreadKind,
    SpreadMinute,
)

HOUR_MS = 60 * MINUTE_MS


def a_settlement(
    hour: float = 0,
    rate: float = 0.0001,
    exchange: Exchange = Exchange.OKX,
    coin: str = "BTC",
    symbol: str = "",
) -> Settlement:
    """What settled so many hours after the day began."""
    return Settlement(
        exchange=exchange,
        market=Market.PERP,
        symbol=symbol or f"{coin}USDT",
        coin=coin,
        settled_ms=DAY_MS + round(hour * HOUR_MS),
        rate=rate,
    )


def a_span(
    first_hour: float, last_hour: float, exchange: Exchange = Exchange.OKX, coin: str = "BTC"
) -> FundingSpan:
    """Of which hours everything is there."""
    return FundingSpan(
        exchange=exchange,
        market=Market.PERP,
        symbol=f"{coin}USDT",
        coin=coin,
        first_ms=DAY_MS + round(first_hour * HOUR_MS),
        last_ms=DAY_MS + round(last_hour * HOUR_MS),
    )


def a_minute(
    minute: int = 0,
    coin: str = "BTC",
    max_pct: float = 0.25,
    min_pct: float = -0.125,
    over_s: float = 0.0,
    rises: int = 0,
    *,
    kind: SpreadKind = SpreadKind.ALL,
    sell: tuple[Exchange, Market] = (Exchange.BYBIT, Market.SPOT),
) -> SpreadMinute:
    """The n-th minute of the day."""
    return SpreadMinute(
        minute_ms=DAY_MS + minute * MINUTE_MS,
        coin=coin,
        kind=kind,
        max_pct=max_pct,
        min_pct=min_pct,
        buy_exchange=Exchange.OKX,
        buy_market=Market.PERP,
        sell_exchange=sell[0],
        sell_market=sell[1],
        over_s=over_s,
        rises=rises,
        samples=60,
    )


def a_signal(
    second: int = 10,
    coin: str = "BTC",
    ended_second: int | None = None,
    ending: str | None = None,
    basis: str = "executable",
) -> SignalRecord:
    """One that was observed so many seconds after the day began."""
    at_ms = DAY_MS + second * 1000
    return SignalRecord(
        coin=coin,
        basis=basis,
        buy_exchange=Exchange.OKX,
        buy_market=Market.PERP,
        sell_exchange=Exchange.BITGET,
        sell_market=Market.PERP,
        first_ms=at_ms - 4_000,
        observed_ms=at_ms,
        threshold_pct=0.6,
        samples=tuple(
            SignalSample(at_ms - back * 2_000, 100.0, 100.0 + 0.7, 0.7 + back / 100)
            for back in (2, 1, 0)
        ),
        ended_ms=None if ended_second is None else DAY_MS + ended_second * 1000,
        ending=ending,
    )
