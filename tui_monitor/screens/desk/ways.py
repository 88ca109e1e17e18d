"""From board to board: by number, by what a row leads to, and back again."""

from typing import TYPE_CHECKING, Any, cast

from textual import on

from tui_monitor.screens.boards.registry import ANOMALIES, COIN, VIEWS
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.desk.asides import DeskAsides
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.panel import Panel

if TYPE_CHECKING:
    from tui_monitor.screens.boards.anomalies.board import AnomaliesView
    from tui_monitor.screens.boards.coin.page import CoinView


class DeskWays(DeskAsides):
    """The desk's boards, each made on its first visit; a subclass brings one on."""

    def __init__(self, board: str) -> None:
        super().__init__()
        self._current = self._before = board
        self._views: dict[str, BoardView] = {}

    def show_board(self, name: str) -> None:
        """Another board."""
        raise NotImplementedError

    @property
    def view(self) -> BoardView:
        """The board that is shown."""
        return self._view(self._current)

    def _view(self, name: str) -> BoardView:
        if name not in self._views:
            self._views[name] = VIEWS[name]()
        return self._views[name]

    def action_board(self, name: str) -> None:
        self.show_board(name)

    @on(BoardView.Elsewhere)
    def _go_elsewhere(self, event: BoardView.Elsewhere) -> None:
        view = self._view(event.board)
        view.today = self.today
        view.show_days(event.day, event.day)
        self.show_board(event.board)

    @on(BoardView.CoinWanted)
    def _go_to_coin(self, event: BoardView.CoinWanted) -> None:
        self.show_coin(event.coin)

    def show_coin(self, coin: str) -> None:
        """The page of a coin; Esc leads back from there."""
        cast("CoinView", self._view(COIN)).open_coin(coin)
        if self._current != COIN:
            self._before = self._current
        self.show_board(COIN)

    def explain(self, coin: str) -> None:
        """Why a coin is among the anomalies, or why it is not."""
        cast("AnomaliesView", self._view(ANOMALIES)).explain(coin)
        self.show_board(ANOMALIES)

    @on(BoardView.Left)
    def _go_back(self) -> None:
        self.show_board(self._before)

    def action_back(self) -> None:
        board = self._board()
        panel = next((one for one in self.query(Panel) if one.is_typing), None)
        if panel is not None:
            panel.action_clear_filter()
        elif board is not None and board.filter_text:
            self.set_filter("")
        else:
            self.view.go_back()
            self.refresh_bindings()

    def _board(self) -> Board[Any] | None:
        return self.focused if isinstance(self.focused, Board) else None
