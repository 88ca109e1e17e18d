"""Bybit of the simulator: routes, and the truth about its market."""

from starlette.routing import BaseRoute, Route, WebSocketRoute

from tui_monitor.simulator.bybit.catalog import LINEAR, SPOT, catalog_of, is_traded
from tui_monitor.simulator.bybit.rest import BybitRest
from tui_monitor.simulator.bybit.socket import BybitSockets
from tui_monitor.simulator.cascades import Cascades, all_of_them
from tui_monitor.simulator.derivatives import Liquidations
from tui_monitor.simulator.shared import Root, Shared
from tui_monitor.simulator.totals import Totals
from tui_monitor.simulator.truths import Truths

_CATEGORIES = {"perp": LINEAR, "spot": SPOT}


class Bybit(Truths):
    """Everything below `/bybit`."""

    name = "bybit"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        root = Root(shared, self.name, "/bybit")
        self.roots: tuple[Root, ...] = (root,)
        self._shelf = catalog_of(shared.world.seed, shared.size, shared.coins)
        perps = self._shelf.perpetuals()
        traded = [listing.series for listing in perps]
        cascades = Cascades(Liquidations(shared.world, self.name, traded))
        super().__init__(self._shelf, _CATEGORIES, cascades, all_of_them)
        self.totals = Totals(cascades, (one.derived for one in perps if one.derived))
        self._rest = BybitRest(root, self._shelf).endpoint()
        self._sockets = BybitSockets(root, self._shelf, cascades)

    def routes(self) -> list[BaseRoute]:
        """REST and the public sockets."""
        return [
            WebSocketRoute("/bybit/v5/public/linear", self._sockets.linear),
            WebSocketRoute("/bybit/v5/public/spot", self._sockets.spot),
            WebSocketRoute("/bybit/v5/public/misc/status", self._sockets.status),
            Route("/bybit/{path:path}", self._rest.__call__, methods=["GET", "POST"]),
        ]

    def symbols(self, market: str) -> list[str]:
        """The symbols of a market that trade now."""
        listed = self._shelf.of(_CATEGORIES[market], self._shared.clock.now_ms())
        return [one.symbol for one in listed if one.market == market and is_traded(one)]
