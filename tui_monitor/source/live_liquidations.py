"""Liquidations from this process's engine."""

from tui_monitor.boards.liquidations import VenueNow
from tui_monitor.engine import Engine
from tui_monitor.source.liquidations import AskingNow, StoredLiquidations


class LiveLiquidations(StoredLiquidations):
    """What the engine knows beside it."""

    live = True

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.store, engine.zone, engine.clock, engine.settings.liquidations)
        self._engine = engine

    def _venues_now(self) -> list[VenueNow]:
        return self._engine.liquidations.venues()

    def _asking(self) -> AskingNow:
        asking = self._engine.aggregates
        return AskingNow(asking.is_on, asking.error, asking.failing_since_ms)

    def _missed(self) -> int:
        return self._engine.liquidations.missed

    def _left_out(self) -> int:
        return self._engine.liquidations.left_out
