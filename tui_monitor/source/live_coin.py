"""The parts of a coin's page with what this process's engine knows."""

from tui_monitor.engine import Engine
from tui_monitor.model import Exchange, Market
from tui_monitor.source.coin import Readers, StoredCoin


class LiveCoin(StoredCoin):
    """The readers are the engine's own; who lists the coin is known of now."""

    def __init__(self, engine: Engine, readers: Readers) -> None:
        super().__init__(engine.store, engine.clock, readers)
        self._engine = engine

    async def _listed(self, coin: str) -> frozenset[Exchange]:
        legs = self._engine.spreads.legs(coin)
        return frozenset(leg.exchange for leg in legs if leg.market is Market.PERP)
