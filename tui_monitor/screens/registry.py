"""Which view shows which board: one line a board, and the page of a coin."""

from collections.abc import Callable

from tui_monitor.screens.anomalies import AnomaliesView
from tui_monitor.screens.coin import CoinView
from tui_monitor.screens.coverage import CoverageView
from tui_monitor.screens.funding import FundingView
from tui_monitor.screens.liquidations import LiquidationsView
from tui_monitor.screens.oi import OpenInterestView
from tui_monitor.screens.picks import PicksView
from tui_monitor.screens.signals import SignalsView
from tui_monitor.screens.spreads import SpreadsView
from tui_monitor.screens.sum_curve import SumView
from tui_monitor.screens.system import SystemView
from tui_monitor.screens.view import BoardView

VIEWS: dict[str, Callable[[], BoardView]] = {
    view.NAME: view
    for view in (
        *(SumView, LiquidationsView, AnomaliesView, PicksView, OpenInterestView),
        *(SpreadsView, SignalsView, FundingView, CoverageView, SystemView, CoinView),
    )
}
