"""Which view shows which board: one line a board, and the page of a coin."""

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from tui_monitor.loading import load
from tui_monitor.screens.boards.view import BoardView

Make = Callable[[], BoardView]

ANOMALIES = "anomalies"
COIN = "coin"

_PLACES = {
    "sum": "sum_curve.board.SumView",
    "liquidations": "liquidations.board.LiquidationsView",
    ANOMALIES: "anomalies.board.AnomaliesView",
    "picks": "picks.board.PicksView",
    "oi": "oi.board.OpenInterestView",
    "spreads": "spreads.board.SpreadsView",
    "signals": "signals.board.SignalsView",
    "funding": "funding.board.FundingView",
    "coverage": "coverage.board.CoverageView",
    "system": "system.board.SystemView",
    COIN: "coin.page.CoinView",
}


class _Views(Mapping[str, Make]):
    """By the name of the board; a view's module is loaded on the board's first visit."""

    def __getitem__(self, name: str) -> Make:
        module, _, view = _PLACES[name].rpartition(".")
        found = load(f"tui_monitor.screens.boards.{module}")
        return cast("Make", getattr(found, view))

    def __contains__(self, name: object) -> bool:
        return name in _PLACES

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


VIEWS = _Views()
