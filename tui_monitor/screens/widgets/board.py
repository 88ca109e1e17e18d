"""The table that boards show: its keys, its sorting, the mouse."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.events import Click
from textual.message import Message

from tui_monitor.screens.keys.actions import bindings
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.columns import (
    Column,
    Placed,
    R,
    few_first,
    kept_last,
    place,
    tabbed,
)
from tui_monitor.screens.widgets.table import Table

# In less width the columns that were named as the first ones stay longest.
_FEW_WIDTH = 60


def _is_whole(column: Column[R], placed: Sequence[Placed[R]]) -> bool:
    return any(one.column.key == column.key and one.width >= column.width for one in placed)


class Board(Table[R]):
    """A table with the keys of a board."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("table")]

    # The columns that a narrow one shows first, the most important first.
    few: tuple[str, ...] = ()
    # The column that is to sort, and how, before it is there.
    _awaited: tuple[str, bool] | None = None

    class Sorted(Message):
        """The user wants another order."""

        def __init__(self, board: "Board[Any]") -> None:
            super().__init__()
            self.board = board

    # Its arrangement

    def arrange_columns(self, order: tuple[str, ...], hidden: frozenset[str]) -> None:
        """Columns in another order, some left out; keys that are no column's mean nothing."""
        self.order, self.hidden = order, hidden
        self.repaint()

    def _place(self) -> tuple[Placed[R], ...]:
        """Whatever leaves: what the rows were sorted by is seen, and what they are called.

        The order that a table has by itself needs no column more than the board has for the width.
        """
        self._placed_in = width = self.size.width
        away = self.hidden | self._idle
        columns = few_first(self.columns, self.few) if width < _FEW_WIDTH else self.columns
        placed = place(columns, width, away)
        sorts = next((one for one in columns if one.key == self.sort_key), None)
        is_usual = self.sort_key == self._rows.usual_sort
        if sorts is None or is_usual or sorts.key in away or _is_whole(sorts, placed):
            return placed
        return place(kept_last(columns, self._name_key, sorts.key), width, away)

    @property
    def _name_key(self) -> str:
        """The column that a row is known by."""
        if self.few:
            return self.few[0]
        known = (one for one in self.columns if one.align == "left" and one.value is not None)
        return next(known, self.columns[0]).key

    def sort(self, key: str, *, descending: bool) -> None:
        """By another column; one that is not there yet sorts as soon as it is."""
        if any(column.key == key and column.value is not None for column in self.columns):
            self._awaited = None
            self._rows.sort_key, self._rows.descending = key, descending
            self._resorted()
        else:
            self._awaited = (key, descending)

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Other columns for the same rows; perhaps the one that is to sort them."""
        super().set_columns(columns)
        if self._awaited is not None:
            key, descending = self._awaited
            self.sort(key, descending=descending)

    def _resorted(self) -> None:
        if self._placed and self._placed != (placed := self._place()):
            self._placed = placed
            self._strips.clear()
        self._forget_seen()
        self._arrange()
        self._show_cursor()
        self.refresh()

    @property
    def fitting(self) -> frozenset[str]:
        """The keys of the columns that have room."""
        return frozenset(one.column.key for one in self._placed or self._place())

    # The cursor

    def action_cursor_up(self) -> None:
        self._move(-1)

    def action_cursor_down(self) -> None:
        self._move(1)

    def action_page_up(self) -> None:
        self._move(-self._page())

    def action_page_down(self) -> None:
        self._move(self._page())

    def action_half_up(self) -> None:
        self._move(-max(1, self._page() // 2))

    def action_half_down(self) -> None:
        self._move(max(1, self._page() // 2))

    def action_first(self) -> None:
        self._chosen = False
        self._forget_seen()
        self._put_cursor(0)

    def action_last(self) -> None:
        self._choose(len(self.rows) - 1)

    def action_open(self) -> None:
        row = self.seen_row
        if row is not None:
            self._tell(self.Opened(self, self._rows.key_of(row), row))

    # Sorting

    def action_sort_left(self) -> None:
        self._sort_by(-1)

    def action_sort_right(self) -> None:
        self._sort_by(1)

    def action_sort_invert(self) -> None:
        self._rows.descending = not self.descending
        self._sorted()

    def _sort_by(self, step: int) -> None:
        keys = [one.column.key for one in self._placed if one.column.value is not None]
        if not keys:
            return
        at = keys.index(self.sort_key) if self.sort_key in keys else -1 if step > 0 else 0
        self._rows.sort_key = keys[(at + step) % len(keys)]
        self._sorted()

    def _sorted(self) -> None:
        self._awaited = None
        self._resorted()
        self._tell(self.Sorted(self))

    # The mouse, where it is on

    def on_click(self, event: Click) -> None:
        """A click on a header sorts, on a row moves the cursor; a second one opens it."""
        if event.y == 0:
            self._click_header(event.x)
            return
        index = int(self.scroll_offset.y) + event.y - 1
        if index < len(self.rows):
            opens = self._rows.index(self.cursor_key) == index
            self._choose(index)
            if opens:
                self.action_open()

    def _click_header(self, x: int) -> None:
        left = 0
        for one in self._placed:
            if left <= x < left + one.width + 1 and one.column.value is not None:
                self._rows.sort_by(one.column.key)
                self._sorted()
                return
            left += one.width + 2

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves by three rows."""
        self._move(3)

    def on_mouse_scroll_up(self) -> None:
        """And back."""
        self._move(-3)

    # Text of what is shown

    def as_text(self, rows: Sequence[R] | None = None) -> str:
        """Tab-separated text of rows (all that are shown, without `rows`), with titles.

        Of the columns that are shown, whole where a cell has no room for its text.
        """
        shown = self._placed or self._place()
        return tabbed(shown, self.rows if rows is None else rows, looks_of(self))
