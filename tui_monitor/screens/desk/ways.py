"""From board to board: by number, by what a row or a name leads to, and back again."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
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

# Who goes from a coin to why it is here and to its page again walks without end.
_LONGEST_WAY = 20


@dataclass(frozen=True)
class _Step:
    """The board that was left, what makes all as it was there, the table that had the keys."""

    board: str
    undo: Callable[[], None]
    table: Board[Any] | None


class DeskWays(DeskAsides):
    """The desk's boards, each made on its first visit; a subclass brings one on."""

    def __init__(self, board: str) -> None:
        super().__init__()
        self._current = self._before = board
        self._way: deque[_Step] = deque(maxlen=_LONGEST_WAY)
        self._views: dict[str, BoardView] = {}
        # What had the keys when the board was left to which Esc leads back.
        self._left_from: Board[Any] | None = None

    def show_board(self, name: str) -> None:
        """Another board, from which no way leads back: its number was typed, or its name."""
        self._switch_to(name)
        self._way.clear()

    def _switch_to(self, name: str, table: Board[Any] | None = None) -> None:
        """Another board is to be shown, its table to have the keys; None: the first one.

        BadInput where there is none of that name.
        """
        raise NotImplementedError

    def _table_of(self, view: BoardView) -> Board[Any]:
        """What has the keys of a board that comes: the table it was left from, if it is there."""
        table, panels = self._left_from, view.panels()
        if table is None or table not in panels:
            return panels[0]
        return table if all(one.display for one in table.ancestors_with_self) else panels[0]

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

    # What a row or a name leads to

    @on(BoardView.Elsewhere)
    def _go_elsewhere(self, event: BoardView.Elsewhere) -> None:
        view = self._view(event.board)
        days = view.days
        view.today = self.today
        view.show_days(event.day, event.day)
        self._lead_to(event.board, lambda: view.have_days(days))

    @on(BoardView.CoinWanted)
    def _go_to_coin(self, event: BoardView.CoinWanted) -> None:
        self.show_coin(event.coin)

    def show_coin(self, coin: str) -> None:
        """The page of a coin; Esc leads back from there."""
        view = cast("CoinView", self._view(COIN))
        is_on_way = any(step.board == COIN for step in self._way)
        before = view.coin if is_on_way else coin
        view.open_coin(coin)
        if self._current != COIN:
            self._before = self._current
        self._lead_to(COIN, lambda: view.open_coin(before))

    def explain(self, coin: str) -> None:
        """Why a coin is among the anomalies, or why it is not; Esc leads back from there."""
        view = cast("AnomaliesView", self._view(ANOMALIES))
        asked = view.asked
        view.explain(coin, led_here=self._current != ANOMALIES)
        self._lead_to(ANOMALIES, lambda: view.have_asked(asked))

    def _lead_to(self, name: str, undo: Callable[[], None]) -> None:
        if name != self._current:
            self._way.append(_Step(self._current, undo, self._board()))
        self._switch_to(name)

    # And back

    @property
    def leads_back(self) -> bool:
        """Whether Esc leads back to the board that led to this one."""
        return bool(self._way)

    @on(BoardView.Left)
    def _go_back(self) -> None:
        if not self._way:
            self._switch_to(self._before)
            return
        step = self._way.pop()
        step.undo()
        if step.board == COIN and self._way:
            self._before = self._way[-1].board
        self._switch_to(step.board, step.table)

    def action_back(self) -> None:
        board = self._board()
        panel = next((one for one in self.query(Panel) if one.is_typing), None)
        if panel is not None:
            panel.action_clear_filter()
        elif board is not None and board.filter_text:
            self.set_filter("")
        elif self._way and not self.view.is_deeper():
            self._go_back()
        else:
            self.view.go_back()
            self.refresh_bindings()

    def _board(self) -> Board[Any] | None:
        return self.focused if isinstance(self.focused, Board) else None
