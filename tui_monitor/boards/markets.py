"""Which coin trades where: the originals' report on markets and its coverage figures."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from tui_monitor.model import Exchange, Market

HIGH_PCT = 75.0
MEDIUM_PCT = 25.0


class CoinMarkets(Struct, frozen=True, kw_only=True):
    """One coin. `completeness_pct`: its markets, of two an exchange."""

    coin: str
    spot: list[Exchange]
    perp: list[Exchange]
    completeness_pct: float


class ExchangeMarkets(Struct, frozen=True, kw_only=True):
    """Coins that one exchange trades; `coverage_pct`: of two markets a known coin.

    None: nobody has a list yet.
    """

    exchange: Exchange
    spot: int
    perp: int
    coverage_pct: float | None


class MarketReport(Struct, frozen=True, kw_only=True):
    """Coins with most markets first, then by name; the exchanges in their order."""

    coins: list[CoinMarkets]
    exchanges: list[ExchangeMarkets]


def market_report(listed: Mapping[tuple[Exchange, Market], Collection[str]]) -> MarketReport:
    """From the coins that trade on each watched exchange and market."""
    exchanges = [name for name in Exchange if any(name is one for one, _ in listed)]
    sets = {key: set(coins) for key, coins in listed.items()}
    everywhere = sorted(set().union(*sets.values())) if sets else []

    def where(coin: str, market: Market) -> list[Exchange]:
        return [name for name in exchanges if coin in sets.get((name, market), ())]

    places = [(coin, where(coin, Market.SPOT), where(coin, Market.PERP)) for coin in everywhere]
    coins = [
        CoinMarkets(
            coin=coin,
            spot=spot,
            perp=perp,
            completeness_pct=100 * (len(spot) + len(perp)) / (2 * len(exchanges)),
        )
        for coin, spot, perp in places
    ]
    coins.sort(key=lambda one: (-one.completeness_pct, one.coin))
    return MarketReport(
        coins=coins, exchanges=[_exchange(name, sets, len(everywhere)) for name in exchanges]
    )


def _exchange(
    name: Exchange, sets: Mapping[tuple[Exchange, Market], Collection[str]], known: int
) -> ExchangeMarkets:
    spot, perp = (len(sets.get((name, market), ())) for market in (Market.SPOT, Market.PERP))
    return ExchangeMarkets(
        exchange=name,
        spot=spot,
        perp=perp,
        coverage_pct=100 * (spot + perp) / (2 * known) if known else None,
    )
