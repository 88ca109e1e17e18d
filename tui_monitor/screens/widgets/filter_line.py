"""The line in which a filter is typed: it completes names of columns and recalls filters."""

from typing import Any, ClassVar, Protocol

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui_monitor.screens.filters.hints import completed
from tui_monitor.screens.filters.names import example
from tui_monitor.screens.widgets.board import Board
from tui_monitor.words import t


class Filtered(Protocol):
    """Whose filter it is."""

    board: Board[Any]

    def keep_filter(self) -> None:
        """The typing is over."""

    def action_clear_filter(self) -> None:
        """No filter any more."""


class FilterLine(Input):
    """Where a filter is typed. Enter gives the keys back to the table before the next key comes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Keep the filter", show=False, priority=True),
        Binding("escape", "give_up", "Clear the filter", show=False),
        Binding("tab", "complete", "Complete the column's name", show=False),
        Binding("up", "recall(-1)", "The filter before", show=False),
        Binding("down", "recall(1)", "The filter after", show=False),
    ]

    def __init__(self, panel: Filtered) -> None:
        super().__init__(select_on_focus=False)
        self.cursor_blink = False
        self._panel = panel
        self.kept: list[str] = []
        self._recalled = 0

    def show_example(self) -> None:
        """What can be typed for the columns that the table has now, while nothing is."""
        found = example(self._panel.board.columns, most=2)
        self.placeholder = t("text, !text, {example}", example=found)

    def set_text(self, text: str) -> None:
        """Another text, with the cursor behind it."""
        self.value = text
        self.cursor_position = len(text)

    def keep(self) -> None:
        """What was typed can be recalled."""
        text = self.value.strip()
        if text:
            self.kept = [*(one for one in self.kept if one != text), text]
        self._recalled = len(self.kept)

    def action_recall(self, step: int) -> None:
        self._recalled = max(0, min(len(self.kept), self._recalled + step))
        self.set_text(self.kept[self._recalled] if self._recalled < len(self.kept) else "")

    def action_complete(self) -> None:
        text = completed(self.value, self._panel.board.columns)
        if text is not None:
            self.set_text(text)

    def action_cursor_right(self, select: bool = False) -> None:
        """At the end, what is offered there."""
        if self.cursor_position == len(self.value) and not select:
            self.action_complete()
        else:
            super().action_cursor_right(select)

    def action_give_up(self) -> None:
        self._panel.action_clear_filter()

    def action_keep(self) -> None:
        self._panel.keep_filter()
