"""Bitget of the simulator: routes, and the truth about its market."""

from typing import Any

from starlette.routing import BaseRoute, Route, WebSocketRoute

from tui_monitor.simulator.bitget.catalog import SPOT, USDT, catalog_of, is_traded, unknown
from tui_monitor.simulator.bitget.rest import BitgetRest
from tui_monitor.simulator.bitget.socket import BitgetSockets
from tui_monitor.simulator.cascades import Cascades, largest_of_seconds, with_streamed
from tui_monitor.simulator.derivatives import Liquidations
from tui_monitor.simulator.listings import liquidation_truth, relisted, truth
from tui_monitor.simulator.shared import Root, Shared
from tui_monitor.simulator.totals import Totals

_CATEGORY = {"perp": USDT, "spot": SPOT}


class Bitget:
    """Everything below `/bitget`."""

    name = "bitget"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        root = Root(shared, self.name, "/bitget")
        self.roots: tuple[Root, ...] = (root,)
        self._shelf = catalog_of(shared.world.seed, shared.size, shared.coins)
        perps = self._shelf.perpetuals()
        traded = [listing.series for listing in perps]
        self._cascades = Cascades(Liquidations(shared.world, self.name, traded))
        self.totals = Totals(self._cascades, (one.derived for one in perps if one.derived))
        self._rest = BitgetRest(root, self._shelf, self._cascades).endpoint()
        self._sockets = BitgetSockets(root, self._shelf, self._cascades)

    def routes(self) -> list[BaseRoute]:
        """REST and the sockets of both generations."""
        return [
            WebSocketRoute("/bitget/v2/ws/public", self._sockets.classic),
            WebSocketRoute("/bitget/v3/ws/public", self._sockets.unified),
            Route("/bitget/{path:path}", self._rest.__call__, methods=["GET", "POST"]),
        ]

    def symbols(self, market: str) -> list[str]:
        """The symbols of a market that trade now."""
        listed = self._shelf.of(_CATEGORY[market], self._shared.clock.now_ms())
        return [one.symbol for one in listed if one.market == market and is_traded(one)]

    def relist(self, coin: str, listed_ms: int) -> int | None:
        """Have a coin's perpetual listed at another time."""
        return relisted(self._shelf.perpetuals(), coin, listed_ms)

    def truth(self, market: str, symbol: str, ts_ms: int) -> dict[str, Any]:
        """What the market was at a time, in the model's units."""
        listing = self._shelf.find(_CATEGORY[market], symbol, ts_ms)
        if listing is None:
            raise unknown(symbol)
        return truth(self.name, listing, ts_ms)

    def liquidations(
        self, market: str, symbol: str | None, first_ms: int, last_ms: int
    ) -> list[dict[str, Any]]:
        """The forced closes between two times, in the model's units."""
        if market != "perp":
            return []
        only = None
        if symbol is not None:
            listing = self._shelf.find(USDT, symbol, last_ms)
            if listing is None:
                raise unknown(symbol)
            only = listing.series
        made = with_streamed(self._cascades, largest_of_seconds, (first_ms, last_ms), only)
        return [
            liquidation_truth(self._shelf.owner(one.series), one, streamed=told)
            for one, told in made
        ]
