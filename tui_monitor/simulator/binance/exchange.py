"""Binance of the simulator: routes, and the truth about its markets."""

from starlette.routing import BaseRoute, Route, WebSocketRoute

from tui_monitor.simulator.binance.catalog import SPOT, UM, catalog_of
from tui_monitor.simulator.binance.futures import FuturesRest
from tui_monitor.simulator.binance.pushing import Site
from tui_monitor.simulator.binance.socket import BinanceSockets
from tui_monitor.simulator.binance.spot import SpotRest
from tui_monitor.simulator.binance.targets import FUTURES_ROOT, SPOT_ROOT
from tui_monitor.simulator.cascades import Cascades, latest_of_seconds
from tui_monitor.simulator.derivatives import Liquidations
from tui_monitor.simulator.shared import Root, Shared
from tui_monitor.simulator.totals import Totals
from tui_monitor.simulator.truths import Truths

_CATEGORIES = {"perp": UM, "spot": SPOT}


class Binance(Truths):
    """Everything below `/binance-futures` and `/binance-spot`."""

    name = "binance"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        futures, spot = Root(shared, self.name, FUTURES_ROOT), Root(shared, self.name, SPOT_ROOT)
        self.roots: tuple[Root, ...] = (futures, spot)
        self._catalog = catalog = catalog_of(shared.world.seed, shared.size, shared.coins)
        perps = catalog.perpetuals()
        # The wire's other price, the bankruptcy's, belongs to no truth.
        process = Liquidations(shared.world, self.name, catalog.liquidated())
        cascades = Cascades(process)
        super().__init__(catalog, _CATEGORIES, cascades, latest_of_seconds, at_market=True)
        self.totals = Totals(
            Cascades(process, beyond=0), (one.derived for one in perps if one.derived)
        )
        self._rests = (
            FuturesRest(futures, catalog).endpoint(),
            SpotRest(spot, catalog).endpoint(),
        )
        self._sockets = [BinanceSockets(Site(root, catalog, cascades)) for root in self.roots]

    def routes(self) -> list[BaseRoute]:
        """REST and sockets of both roots."""
        found: list[BaseRoute] = []
        for root, rest, sockets in zip(self.roots, self._rests, self._sockets, strict=True):
            below = f"{root.path}/{{path:path}}"
            found.append(WebSocketRoute(below, sockets.__call__))
            found.append(Route(below, rest.__call__, methods=["GET", "POST"]))
        return found

    def symbols(self, market: str) -> list[str]:
        """The symbols of a market that trade now."""
        now_ms = self._shared.clock.now_ms()
        return [
            pair.symbol
            for pair in self._catalog.rows(_CATEGORIES[market], now_ms)
            if pair.market == market and pair.trades(now_ms)
        ]
