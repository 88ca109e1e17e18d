"""OKX of the simulator: routes, and the truth about its market."""

from typing import Any

from starlette.routing import BaseRoute, Route, WebSocketRoute

from tui_monitor.simulator.cascades import Cascades, first_of_seconds, with_streamed
from tui_monitor.simulator.contracts import Contract
from tui_monitor.simulator.derivatives import Liquidation, Liquidations
from tui_monitor.simulator.okx.catalog import Listing, catalog_of
from tui_monitor.simulator.okx.rest import OkxRest
from tui_monitor.simulator.okx.socket import OkxSockets
from tui_monitor.simulator.shared import Root, Shared
from tui_monitor.simulator.totals import Totals
from tui_monitor.simulator.truths import unknown

_EXAMPLE = "BTC-USDT-SWAP"


class Okx:
    """Everything below `/okx`."""

    name = "okx"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        root = Root(shared, self.name, "/okx")
        self.roots: tuple[Root, ...] = (root,)
        self._catalog = catalog_of(shared.world.seed, shared.size, shared.coins)
        process = Liquidations(shared.world, self.name, self._catalog.liquidated())
        self._cascades = Cascades(process, beyond=0)
        perps = self._catalog.swaps()
        self.totals = Totals(self._cascades, (one.derived for one in perps if one.derived))
        self._rest = OkxRest(root, self._catalog, self._cascades).endpoint()
        self._sockets = OkxSockets(root, self._catalog, self._cascades)

    def routes(self) -> list[BaseRoute]:
        """REST and both sockets."""
        return [
            WebSocketRoute("/okx/ws/v5/public", self._sockets.public),
            WebSocketRoute("/okx/ws/v5/business", self._sockets.business),
            Route("/okx/{path:path}", self._rest.__call__, methods=["GET", "POST"]),
        ]

    def symbols(self, market: str) -> list[str]:
        """The symbols of a market that trade now."""
        now_ms = self._shared.clock.now_ms()
        return [
            listing.inst_id
            for listing in self._catalog.rows(now_ms)
            if listing.market == market and listing.state(now_ms) != "preopen"
        ]

    def relist(self, coin: str, listed_ms: int) -> int | None:
        """Have a coin's perpetual listed at another time."""
        for listing in self._catalog.swaps():
            if listing.contract.coin == coin:
                before_ms = listing.contract.listed_ms
                listing.contract = listing.series.list_at(listed_ms)
                return before_ms
        return None

    def truth(self, market: str, symbol: str, ts_ms: int) -> dict[str, Any]:
        """What the market was at a time, in the model's units."""
        listing = self._catalog.find(symbol, ts_ms)
        if listing is None or (listing.market != market and listing.market is not None):
            raise unknown(symbol, _EXAMPLE)
        contract, quote = listing.contract, listing.series.quote(ts_ms)
        told: dict[str, Any] = {
            "exchange": self.name,
            "market": market,
            "symbol": symbol,
            "coin": contract.coin,
            "ts": ts_ms,
            "last": _price(contract, quote.last),
            "bid": _price(contract, quote.bid),
            "ask": _price(contract, quote.ask),
            "bid_coins": _coins(contract, quote.bid_lots, quote.bid),
            "ask_coins": _coins(contract, quote.ask_lots, quote.ask),
            "day_open": _price(contract, listing.series.day_open(ts_ms, 8 * 3_600_000)),
            "contract_size": None if listing.derived is None else 10.0**contract.size_exponent,
        }
        return told | _derived(listing, ts_ms)

    def liquidations(
        self, market: str, symbol: str | None, first_ms: int, last_ms: int
    ) -> list[dict[str, Any]]:
        """The forced closes between two times, in the model's units."""
        if market != "perp":
            return []
        only = None
        if symbol is not None:
            listing = self._catalog.find(symbol, last_ms)
            if listing is None or listing.market != market:
                raise unknown(symbol, _EXAMPLE)
            only = listing.series
        made = with_streamed(self._cascades, first_of_seconds, (first_ms, last_ms), only)
        return [
            _liquidation(one, streamed=told)
            for one, told in made
            if not one.series.contract.inverse
        ]


def _price(contract: Contract, ticks: int) -> float:
    return ticks / float(10**contract.tick_places)


def _coins(contract: Contract, lots: int, ticks: int) -> float:
    # One division of exact numbers, so that the figure is the nearest float to the wire's.
    places = contract.lot_places - contract.size_exponent
    size = lots / float(10**places) if places >= 0 else float(lots * 10**-places)
    return size / _price(contract, ticks) if contract.inverse else size


def _derived(listing: Listing, ts_ms: int) -> dict[str, Any]:
    derived, contract = listing.derived, listing.contract
    if derived is None:
        return {}
    mark, rate = derived.mark(ts_ms), derived.rate(ts_ms)
    in_coins = _coins(contract, derived.open_interest_lots(ts_ms), mark)
    return {
        "mark_price": _price(contract, mark),
        "index_price": derived.index.price(ts_ms) / 10**derived.index.contract.tick_places,
        "funding_rate": rate.predicted / 10**16,
        "funding_interval_h": derived.interval_ms / 3_600_000,
        "next_settlement_ms": rate.settles_ms,
        "settled_rate": rate.settled / 10**16,
        "open_interest_coins": in_coins,
        "open_interest_usd": in_coins * _price(contract, mark),
    }


def _liquidation(made: Liquidation, *, streamed: bool) -> dict[str, Any]:
    contract = made.series.contract
    price = _price(contract, made.ticks)
    in_coins = _coins(contract, made.lots, made.ticks)
    return {
        "symbol": contract.key,
        "ts": made.ms,
        "side": "long" if made.of_long else "short",
        "price": price,
        "coins": in_coins,
        "usd": in_coins * price,
        "streamed": streamed,
    }
