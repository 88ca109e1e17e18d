"""What is true of the symbols of an exchange, for the control routes and the tests."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tui_monitor.clock import DAY_MS
from tui_monitor.errors import BadInput
from tui_monitor.simulator.cascades import Cascades, Sample, with_streamed
from tui_monitor.simulator.derivatives import Liquidation
from tui_monitor.simulator.listings import Listing
from tui_monitor.simulator.market import Series


class Catalog(Protocol):
    """What an exchange lists."""

    def find(self, category: str, symbol: str, now_ms: int, /) -> Listing | None:
        """A symbol of a category, if it exists at a time."""

    def owner(self, series: Series, /) -> Listing:
        """The listing of a contract's series."""

    def perpetuals(self) -> Sequence[Listing]:
        """The listings that the model calls perp."""


class Truths:
    """Base of the exchanges that have such a `Catalog`; their class says the `name`."""

    name: str

    def __init__(
        self,
        catalog: Catalog,
        categories: Mapping[str, str],
        process: Cascades,
        sample: Sample,
        *,
        at_market: bool = False,
    ) -> None:
        """`categories` are the exchange's words for our markets, `sample` is what it streams.

        `at_market`: what was forced got the market's price; else that of the bankruptcy.
        """
        self._listed = catalog
        self._categories = categories
        self._process = process
        self._sample = sample
        self._at_market = at_market

    def relist(self, coin: str, listed_ms: int) -> int | None:
        """Have a coin's perpetual listed at another time; the one before. None: it has none."""
        for listing in self._listed.perpetuals():
            if listing.line.coin.name == coin:
                before_ms = listing.line.listed_ms
                listing.line = listing.line._replace(listed_ms=listed_ms)
                listing.contract = listing.series.list_at(listed_ms)
                return before_ms
        return None

    def truth(self, market: str, symbol: str, ts_ms: int) -> dict[str, Any]:
        """What the market was at a time, in the model's units; BadInput for an unknown symbol."""
        return _truth(self.name, self._find(market, symbol, ts_ms), ts_ms)

    def liquidations(
        self, market: str, symbol: str | None, first_ms: int, last_ms: int
    ) -> list[dict[str, Any]]:
        """The forced closes between two times (both included), in the model's units."""
        if market != "perp":
            return []
        only = None if symbol is None else self._find(market, symbol, last_ms).series
        made = with_streamed(self._process, self._sample, (first_ms, last_ms), only)
        return [
            _liquidation(owner, one._replace(beyond=0) if self._at_market else one, streamed=told)
            for one, told in made
            if (owner := self._listed.owner(one.series)).market == market
        ]

    def _find(self, market: str, symbol: str, ts_ms: int) -> Listing:
        found = self._listed.find(self._categories[market], symbol, ts_ms)
        if found is None:
            raise unknown(symbol)
        return found


def unknown(symbol: str, example: str = "BTCUSDT") -> BadInput:
    """For the control routes."""
    return BadInput(f"no symbol {symbol!r} here", f"as the exchange writes it: {example}")


def _truth(exchange: str, listing: Listing, ts_ms: int) -> dict[str, Any]:
    """What the market of a symbol was at a time, in the model's units: per coin, in coins."""
    series = listing.series
    quote = series.quote(ts_ms)
    told: dict[str, Any] = {
        "exchange": exchange,
        "market": listing.market,
        "symbol": listing.symbol,
        "coin": listing.coin,
        "ts": ts_ms,
        "last": listing.coin_price(quote.last),
        "bid": listing.coin_price(quote.bid),
        "ask": listing.coin_price(quote.ask),
        "bid_coins": listing.coins(quote.bid_lots),
        "ask_coins": listing.coins(quote.ask_lots),
        "day_open": listing.coin_price(series.day_open(ts_ms, DAY_MS // 3)),
        "multiplier": 10.0**listing.line.exponent,
        "contract_size": None,
    }
    derived = listing.derived
    if derived is None:
        return told
    mark, rate = derived.mark(ts_ms), derived.rate(ts_ms)
    in_coins = listing.coins(derived.open_interest_lots(ts_ms))
    return told | {
        "mark_price": listing.coin_price(mark),
        "index_price": derived.index.price(ts_ms) / 10**derived.index.contract.tick_places,
        "funding_rate": listing.rate_value(rate.predicted),
        "funding_interval_h": derived.interval_ms_at(ts_ms) / 3_600_000,
        "next_settlement_ms": rate.settles_ms,
        "settled_rate": listing.rate_value(rate.settled),
        "open_interest_coins": in_coins,
        "open_interest_usd": in_coins * listing.coin_price(mark),
    }


def _liquidation(listing: Listing, made: Liquidation, *, streamed: bool) -> dict[str, Any]:
    """A forced close in the model's units; whether the exchange's stream tells of it."""
    price, in_coins = listing.coin_price(made.ticks), listing.coins(made.lots)
    return {
        "symbol": listing.symbol,
        "ts": made.ms,
        "side": "long" if made.of_long else "short",
        "price": price,
        "coins": in_coins,
        "usd": in_coins * price,
        "streamed": streamed,
    }
