"""The part of a source in memory that tells of prices, as the routes ask for them."""

from tests.support.anomaly_boards import MemoryAnomalies
from tests.support.interest_boards import MemoryInterest
from tests.support.liquidation_boards import MemoryLiquidations
from tui_monitor.boards.prices import CoinPrices, LegPrice, PricePoint
from tui_monitor.clock import MINUTE_MS
from tui_monitor.errors import UnknownCoin
from tui_monitor.model import Exchange, Market, PriceMinute, SpreadKind, SpreadMinute

_NOW_MS = 1_795_132_800_000
KNOWN = ("BTC", "ETH", "龙虾")


class MemoryPrices(MemoryLiquidations, MemoryInterest, MemoryAnomalies):
    """Three coins, each on the perpetual market of OKX, and nothing stored but one minute."""

    recorded_on: tuple[Exchange, ...] = (Exchange.OKX,)

    async def prices(self, coin: str | None = None) -> list[CoinPrices]:
        if coin is not None:
            check(coin)
        names = KNOWN if coin is None else (coin,)
        return [CoinPrices(coin=name, legs=[self._leg(name)]) for name in names]

    async def price_points(self, coin: str) -> list[PricePoint]:
        check(coin)
        at_ms = _NOW_MS - MINUTE_MS
        return [PricePoint(exchange=Exchange.OKX, at_ms=at_ms, spot=None, perp=2.5, rate=1e-4)]

    async def spread_minutes(self, coin: str, first_ms: int) -> list[SpreadMinute]:
        check(coin)
        return [
            SpreadMinute(
                minute_ms=max(first_ms, _NOW_MS - 5 * MINUTE_MS),
                coin=coin,
                kind=SpreadKind.ALL,
                max_pct=0.7,
                min_pct=0.1,
                buy_exchange=Exchange.OKX,
                buy_market=Market.PERP,
                sell_exchange=Exchange.BYBIT,
                sell_market=Market.PERP,
                over_s=4.0,
                rises=1,
                samples=60,
            )
        ]

    async def price_minutes(self, coin: str, first_ms: int, end_ms: int) -> list[PriceMinute]:
        """Ten minutes of BTC on `recorded_on`, the perpetual one per mille over spot."""
        check(coin)
        at = range(_NOW_MS - 10 * MINUTE_MS, _NOW_MS, MINUTE_MS)
        return [
            price_minute(minute_ms, market, exchange, price=price)
            for minute_ms in at
            if first_ms <= minute_ms < end_ms and coin == "BTC"
            for exchange in self.recorded_on
            for market, price in ((Market.SPOT, 100.0), (Market.PERP, 100.1))
        ]

    def _leg(self, coin: str) -> LegPrice:
        return LegPrice(
            exchange=Exchange.OKX,
            market=Market.PERP,
            symbol=f"{coin}-USDT-SWAP",
            last=2.5,
            bid=2.4,
            ask=2.6,
            mark_price=2.5,
            index_price=2.51,
            rate=1e-4,
            interval_h=8.0,
            next_settlement_ms=_NOW_MS + 60 * MINUTE_MS,
            volume_24h_coins=1e6,
            turnover_24h_usd=2.5e6,
            exchange_ms=_NOW_MS,
            age_ms=0,
            suspicion="",
        )


def check(coin: str) -> None:
    if coin not in KNOWN:
        raise UnknownCoin(f"no exchange lists a coin {coin!r}", "did you mean BTC?")


def price_minute(
    minute_ms: int,
    market: Market = Market.PERP,
    exchange: Exchange = Exchange.OKX,
    *,
    price: float = 100.0,
    rate: float | None = 1e-4,
    **prices: float,
) -> PriceMinute:
    """A minute in which BTC stood at one price, but for those of `prices` that differ."""
    told = dict.fromkeys(("open", "high", "low", "close"), price) | prices
    return PriceMinute(
        minute_ms=minute_ms,
        exchange=exchange,
        market=market,
        symbol="BTC-USDT-SWAP" if market is Market.PERP else "BTC-USDT",
        coin="BTC",
        rate=rate if market is Market.PERP else None,
        samples=60,
        **told,
    )
