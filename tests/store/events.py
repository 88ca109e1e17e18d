"""Rows of liquidations with defaults, and other ways to add them up."""

import math
from collections.abc import Sequence

from tests.store.builders import DAY_MS
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import (
    AggregateRow,
    Exchange,
    Heard,
    LiquidationMinute,
    LiquidationRow,
    Side,
)

HOUR_MS = 60 * MINUTE_MS


def an_event(
    second: float = 0,
    usd: float | None = 200.0,
    side: Side = Side.LONG,
    exchange: Exchange = Exchange.BYBIT,
    coin: str = "BTC",
    *,
    price: float = 100.0,
    heard: Heard = Heard.STREAM,
) -> LiquidationRow:
    """One so many seconds after the day began."""
    at_ms = DAY_MS + round(second * 1000)
    return LiquidationRow(
        exchange=exchange,
        symbol=f"{coin}USDT",
        coin=coin,
        exchange_ms=at_ms,
        side=side,
        price=price,
        coins=None if usd is None else usd / price,
        usd=usd,
        received_ms=at_ms + 40,
        heard=heard,
    )


def told(
    minute: int = 0,
    long_usd: float = 1_000.0,
    short_usd: float = 500.0,
    exchange: Exchange = Exchange.BYBIT,
    *,
    covered_ms: int = MINUTE_MS,
    capped_s: int = 0,
) -> LiquidationMinute:
    """The n-th minute of the day of one venue."""
    return LiquidationMinute(
        minute_ms=DAY_MS + minute * MINUTE_MS,
        exchange=exchange,
        long_usd=long_usd,
        short_usd=short_usd,
        long_count=2,
        short_count=1,
        largest_usd=max(long_usd, short_usd),
        unsized=0,
        capped_s=capped_s,
        covered_ms=covered_ms,
    )


def an_aggregate(
    minute: int = 0,
    usd_1h: float | None = 3e6,
    people_24h: float | None = 67_592.0,
    *,
    second: int = 6,
    imported: bool = False,
) -> AggregateRow:
    """What the source said of the n-th minute of the day."""
    minute_ms = DAY_MS + minute * MINUTE_MS
    return AggregateRow(
        minute_ms=minute_ms,
        source_ms=minute_ms - 20_000,
        received_ms=minute_ms + second * 1000,
        usd_1h=usd_1h,
        usd_24h=1e8,
        people_24h=people_24h,
        position_usd=1e10,
        panic_index=None if people_24h is None else people_24h / 1e4 / 100,
        imported=imported,
    )


def summed(
    events: Sequence[LiquidationRow], minute: int, exchange: Exchange
) -> tuple[float, float, int, int, float | None, int]:
    """Long and short USD and counts, the largest, the unsized: the plainest way there is."""
    begin_ms = DAY_MS + minute * MINUTE_MS
    inside = [
        event
        for event in events
        if event.exchange is exchange
        and begin_ms <= event.exchange_ms < begin_ms + MINUTE_MS
        and event.heard is Heard.STREAM
    ]
    longs = [event.usd for event in inside if event.side is Side.LONG]
    shorts = [event.usd for event in inside if event.side is Side.SHORT]
    sized = [usd for usd in (*longs, *shorts) if usd is not None]
    return (
        math.fsum(usd for usd in longs if usd is not None),
        math.fsum(usd for usd in shorts if usd is not None),
        len(longs),
        len(shorts),
        max(sized, default=None),
        len(inside) - len(sized),
    )
