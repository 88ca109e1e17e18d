"""Bitget of the simulator: routes, and the truth about its market."""

from starlette.routing import BaseRoute, Route, WebSocketRoute

from tui_monitor.simulator.bitget.catalog import SPOT, USDT, catalog_of, is_traded
from tui_monitor.simulator.bitget.rest import BitgetRest
from tui_monitor.simulator.bitget.socket import BitgetSockets
from tui_monitor.simulator.cascades import Cascades, largest_of_seconds
from tui_monitor.simulator.derivatives import Liquidations
from tui_monitor.simulator.shared import Root, Shared
from tui_monitor.simulator.totals import Totals
from tui_monitor.simulator.truths import Truths

_CATEGORIES = {"perp": USDT, "spot": SPOT}


class Bitget(Truths):
    """Everything below `/bitget`."""

    name = "bitget"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        root = Root(shared, self.name, "/bitget")
        self.roots: tuple[Root, ...] = (root,)
        self._shelf = catalog_of(shared.world.seed, shared.size, shared.coins)
        perps = self._shelf.perpetuals()
        traded = [listing.series for listing in perps]
        cascades = Cascades(Liquidations(shared.world, self.name, traded))
        super().__init__(self._shelf, _CATEGORIES, cascades, largest_of_seconds)
        self.totals = Totals(cascades, (one.derived for one in perps if one.derived))
        self._rest = BitgetRest(root, self._shelf, cascades).endpoint()
        self._sockets = BitgetSockets(root, self._shelf, cascades)

    def routes(self) -> list[BaseRoute]:
        """REST and the sockets of both generations."""
        return [
            WebSocketRoute("/bitget/v2/ws/public", self._sockets.classic),
            WebSocketRoute("/bitget/v3/ws/public", self._sockets.unified),
            Route("/bitget/{path:path}", self._rest.__call__, methods=["GET", "POST"]),
        ]

    def symbols(self, market: str) -> list[str]:
        """The symbols of a market that trade now."""
        listed = self._shelf.of(_CATEGORIES[market], self._shared.clock.now_ms())
        return [one.symbol for one in listed if one.market == market and is_traded(one)]
