"""The lines around the board: what they say, and which keys the footer names."""

from collections.abc import Sequence
from typing import Any

from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from tui_monitor.boards.registry import BOARDS
from tui_monitor.boards.status import EngineStatus
from tui_monitor.printable import printable
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.keys.actions import BY_ID
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.frame import Footer, StatusLine, TopLine
from tui_monitor.screens.widgets.line import Lines
from tui_monitor.screens.widgets.reading import ReadChart
from tui_monitor.words import t

_LEAVE = (("Esc", "leave"),)


class DeskFrame:
    """Top line, red line, status line, footer; and the few lines of a very small terminal."""

    def __init__(self) -> None:
        self.top = TopLine(id="top-line", classes="frame")
        self.problem = Lines(id="problem")
        self.small = Lines(id="small")
        self.status = StatusLine(id="status-line", classes="frame")
        self.footer = Footer(id="footer", classes="frame")

    def show(
        self,
        where: Sequence[str],
        status: EngineStatus,
        zone: ShownZone,
        frozen_behind: int | None,
    ) -> None:
        """Where we are (see `whereabouts`) and how the engine does."""
        self.top.show(where, status, zone, frozen_behind)
        self.status.show(status)

    def show_waiting(self, where: Sequence[str]) -> None:
        """Before the engine's first answer."""
        self.top.show_boards(where)
        self.status.say(t("the engine has not answered yet"))

    def show_keys(
        self, ids: list[str], view: BoardView, focused: object, *, leads_back: bool = False
    ) -> None:
        """The keys that help here and now, of those that work; whether Esc does on its own."""
        if isinstance(focused, Input):
            self.footer.say(("Enter", t("keep the filter")), ("Esc", t("clear it")))
            return
        board = focused if isinstance(focused, Board) else None
        goes_back = leads_back or isinstance(focused, ReadChart)
        here = [one for one in ids if (goes_back and one == "back") or _helps(one, view, board)]
        self.footer.show(here, {"freeze": "go on"} if view.frozen else {})

    def show_dialog_keys(self, dialog: Screen[Any]) -> None:
        """Those of what stands above the board, by name or by action: the board's do nothing."""
        keys: Sequence[tuple[str, str]] = getattr(dialog, "FOOTER", _LEAVE)
        self.footer.say(*((_label(key), t(word, "dialog")) for key, word in keys))

    def say_problem(self, text: str) -> None:
        """What went wrong, in red; empty: nothing."""
        alarm = looks_of(self.problem).alarm
        self.problem.back = alarm
        self.problem.set_lines([(f" {text} ", alarm)] if text else [])


def whereabouts(view: BoardView, before: str, screens: Sequence[Screen[Any]]) -> list[str]:
    """The board's name, and the steps from there: a coin, its parts, the dialog above it."""
    is_board = any(info.name == view.NAME for info in BOARDS)
    where = [view.NAME if is_board else before, *view.steps()]
    for screen in screens:
        if isinstance(screen, ModalScreen):
            titles = (one.border_title for one in screen.query("*") if one.border_title)
            where += [_step(printable(str(title), 40), view.NAME) for title in titles][:1]
    return where


def _step(title: str, board: str) -> str:
    """The title of a dialog; a board's help has the board's name, which stands there already."""
    names = [board.capitalize(), *(info.title for info in BOARDS if info.name == board)]
    return t("help", "key") if title in map(t, names) else title


def _label(key: str) -> str:
    return BY_ID[key].label if key in BY_ID else key


def _helps(action_id: str, view: BoardView, board: Board[Any] | None) -> bool:
    if action_id == "clear_filter":
        return board is not None and bool(board.filter_text)
    if action_id == "back":
        return view.can_go_back() or (board is not None and bool(board.filter_text))
    if action_id == "open":
        return board is None or bool(board.rows)
    if action_id == "sort_left":
        return board is not None and sum(one.value is not None for one in board.columns) > 1
    if action_id == "other_panel":
        return view.has_other_panel
    return True
