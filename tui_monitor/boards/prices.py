"""What each coin costs on each exchange now: prices without their comparison."""

from msgspec import Struct

from tui_monitor.market import Row
from tui_monitor.model import Exchange, Market


class LegPrice(Struct, frozen=True, kw_only=True):
    """One coin on one exchange and market; prices per coin, the rate a fraction per interval.

    `exchange_ms` is the exchange's time of `last`, `age_ms` since a source last said it. `stale`:
    neither that nor the book, which keeps a quiet coin's price true, was said of late.
    `suspicion` says why it may be another coin, "" for none.
    """

    exchange: Exchange
    market: Market
    symbol: str
    last: float | None
    bid: float | None
    ask: float | None
    mark_price: float | None
    index_price: float | None
    rate: float | None
    interval_h: float | None
    next_settlement_ms: int | None
    volume_24h_coins: float | None
    turnover_24h_usd: float | None
    exchange_ms: int | None
    age_ms: int | None
    suspicion: str
    stale: bool = False


class CoinPrices(Struct, frozen=True, kw_only=True):
    """A coin's legs, in the order of exchanges, perpetuals first."""

    coin: str
    legs: list[LegPrice]


class PricePoint(Struct, frozen=True, kw_only=True):
    """What a coin cost on an exchange at a time. `rate` is that of the perpetual."""

    exchange: Exchange
    at_ms: int
    spot: float | None
    perp: float | None
    rate: float | None

    @property
    def premium_pct(self) -> float | None:
        """(perp − spot) / spot × 100; None without both."""
        if self.perp is None or not self.spot:
            return None
        return (self.perp - self.spot) / self.spot * 100


def leg_price(row: Row, suspicion: str, now_s: float, max_age_s: float) -> LegPrice:
    """What a row says of prices; `now_s` is monotonic."""
    age_ms = None
    if row.trade_seen_s is not None:
        age_ms = max(0, round((now_s - row.trade_seen_s) * 1000))
    seen_s = [at_s for at_s in (row.trade_seen_s, row.book_seen_s) if at_s is not None]
    return LegPrice(
        exchange=row.instrument.exchange,
        market=row.instrument.market,
        symbol=row.instrument.symbol,
        last=row.last,
        bid=row.bid,
        ask=row.ask,
        mark_price=row.mark_price,
        index_price=row.index_price,
        rate=row.rate,
        interval_h=row.interval_h or row.instrument.funding_interval_h,
        next_settlement_ms=row.next_settlement_ms,
        volume_24h_coins=row.volume_24h_coins,
        turnover_24h_usd=row.turnover_24h_usd,
        exchange_ms=row.exchange_ms,
        age_ms=age_ms,
        suspicion=suspicion,
        stale=not seen_s or now_s - max(seen_s) > max_age_s,
    )
