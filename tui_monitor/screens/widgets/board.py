"""The board table: rows painted line by line, only changed lines again.

Textual's DataTable paints everything anew at every cell; this one keeps a strip a row, asks
for a repaint of the lines that changed, and lets the painter compare cells.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.events import Click, Resize
from textual.geometry import Region
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_monitor.printable import printable
from tui_monitor.screens.actions import bindings
from tui_monitor.screens.filters import Predicate, parse_filter
from tui_monitor.screens.format import fit
from tui_monitor.screens.looks import looks_of
from tui_monitor.screens.widgets.columns import (
    Column,
    Placed,
    R,
    paint_header,
    paint_row,
    place,
    sort_rows,
    tabbed,
)


class Board(ScrollView, Generic[R], can_focus=True):
    """A table of rows of one type. `key_of` gives a row's identity: the cursor stays on it.

    Rows must compare by value: a row equal to the one before is not painted again. A table that
    `follows` keeps the cursor on its first row, whichever that is, unless it was moved off it.
    """

    DEFAULT_CSS = "Board { height: 1fr; overflow: hidden hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("table")]

    class Moved(Message):
        """The cursor is on another row (its key; None: no rows)."""

        def __init__(self, board: "Board[Any]", key: str | None) -> None:
            super().__init__()
            self.board = board
            self.key = key

        @property
        def control(self) -> "Board[Any]":
            """The table, for `@on` selectors."""
            return self.board

    class Opened(Message):
        """Enter on a row."""

        def __init__(self, board: "Board[Any]", key: str) -> None:
            super().__init__()
            self.board = board
            self.key = key

        @property
        def control(self) -> "Board[Any]":
            """The table, for `@on` selectors."""
            return self.board

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key_of: Callable[[R], str],
        *,
        sort: str | None = None,
        descending: bool = True,
        follows: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.key_of = key_of
        self.sort_key = sort
        self.descending = descending
        self.hidden: frozenset[str] = frozenset()
        self._idle: frozenset[str] = frozenset()
        self.filter_text = ""
        self.cursor_key: str | None = None
        self.empty = ""
        self.stale = False
        self._chosen = False
        self._follows = follows
        self._test: Predicate[R] | None = None
        self._all: list[R] = []
        self._rows: list[R] = []
        self._index: dict[str, int] = {}
        self._placed: tuple[Placed[R], ...] = ()
        self._strips: dict[tuple[str, bool, bool], tuple[R, Strip]] = {}

    # What is shown

    @property
    def rows(self) -> list[R]:
        """The rows as shown: filtered and sorted."""
        return self._rows

    @property
    def total(self) -> int:
        """Rows before the filter."""
        return len(self._all)

    @property
    def cursor_row(self) -> R | None:
        """The row under the cursor."""
        index = self._index.get(self.cursor_key) if self.cursor_key is not None else None
        return None if index is None else self._rows[index]

    def set_rows(self, rows: Sequence[R], *, stale: bool = False, empty: str = "") -> None:
        """Show these rows; `stale` greys them, `empty` says why there are none."""
        self._all = list(rows)
        if (stale, empty) != (self.stale, self.empty):
            self.stale, self.empty = stale, empty
            self._strips.clear()
            self.refresh()
        self._arrange()

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Other columns for the same rows."""
        self.columns = tuple(columns)
        self.repaint()

    def set_filter(self, text: str) -> None:
        """Show the rows that match; BadInput leaves the filter as it was."""
        self._test = parse_filter(text, self.columns)
        self.filter_text = text
        self._arrange()
        if not self._rows:
            self.refresh()

    def repaint(self) -> None:
        """Columns or looks changed: nothing painted before is right."""
        self._strips.clear()
        self._placed = self._place()
        self.refresh()

    def set_idle(self, keys: frozenset[str]) -> None:
        """Columns that have nothing to show just now."""
        if keys != self._idle:
            self._idle = keys
            self.repaint()

    def _place(self) -> tuple[Placed[R], ...]:
        return place(self.columns, self.size.width, self.hidden | self._idle)

    def _arrange(self) -> None:
        # The test as it was read: a column that it names may not be there on other days.
        test = self._test
        chosen = [row for row in self._all if test(row)] if test else self._all
        column = next((one for one in self.columns if one.key == self.sort_key), None)
        before, self._rows = self._rows, sort_rows(chosen, column, self.descending)
        cursor_line = self._index.get(self.cursor_key or "", 0) - self.scroll_offset.y
        self._index = {self.key_of(row): index for index, row in enumerate(self._rows)}
        self._forget_strips()
        self._keep_cursor(cursor_line)
        self._refresh_changed(before)

    def _forget_strips(self) -> None:
        if len(self._strips) > 4 * len(self._rows) + 100:
            self._strips = {
                key: strip for key, strip in self._strips.items() if key[0] in self._index
            }

    def _keep_cursor(self, line: int) -> None:
        """The cursor stays on its row, and its row on its line as far as there is room.

        A table that nobody has touched shows its top.
        """
        if not self._chosen and (self._follows or not self.has_focus):
            self._put_cursor(0)
        elif self.cursor_key in self._index:
            index = self._index[self.cursor_key]
            if 0 <= line < self._page():
                self._scroll(index - line)
        else:
            self._put_cursor(0)

    def _refresh_changed(self, before: Sequence[R]) -> None:
        top = self.scroll_offset.y
        for line in range(self._page()):
            index = top + line
            old = before[index] if index < len(before) else None
            new = self._rows[index] if index < len(self._rows) else None
            if old is not new and old != new:
                self.refresh(Region(0, line + 1, self.size.width, 1))
        if bool(before) != bool(self._rows):
            self.refresh()

    # Painting

    def render_line(self, y: int) -> Strip:
        """One line: the header, a row, or nothing."""
        width = self.size.width
        looks = looks_of(self)
        if not self._placed:
            self._placed = self._place()
        if y == 0:
            header = paint_header(self._placed, self.sort_key, self.descending, looks, width)
            return Strip(header, width).apply_style(self.rich_style)
        index = self.scroll_offset.y + y - 1
        if index < len(self._rows):
            return self._row_strip(self._rows[index], width)
        if not self._rows and y == 2:
            reason = (
                f"no row matches /{printable(self.filter_text, 60)}"
                if self._all
                else printable(self.empty, 400)
            )
            return Strip([Segment(fit(f"  {reason}", width), self.rich_style + looks.dim)], width)
        return Strip.blank(width, self.rich_style)

    def _row_strip(self, row: R, width: int) -> Strip:
        key = self.key_of(row)
        under_cursor = key == self.cursor_key
        cache_key = (key, under_cursor, self.has_focus)
        cached = self._strips.get(cache_key)
        if cached is not None and cached[0] == row:
            return cached[1]
        looks = looks_of(self)
        over = Style()
        if under_cursor:
            over = looks.cursor_row if self.has_focus else looks.idle_row
        segments = paint_row(self._placed, row, looks, over, width)
        if self.stale:
            segments = [Segment(text, looks.dim + over) for text, _, _ in segments]
        strip = Strip(segments, width).apply_style(self.rich_style)
        self._strips[cache_key] = (row, strip)
        return strip

    def on_resize(self, _: Resize) -> None:
        """Another width: other columns fit."""
        self.repaint()
        if self.cursor_key in self._index:
            self._show_line(self._index[self.cursor_key])

    def on_focus(self) -> None:
        """The cursor's row is brighter while the table has the keys."""
        self._refresh_cursor()

    def on_blur(self) -> None:
        """The cursor's row stays marked, less brightly."""
        self._refresh_cursor()

    # The cursor

    def _page(self) -> int:
        return max(1, self.size.height - 1)

    def _scroll(self, top: int) -> None:
        top = max(0, min(top, len(self._rows) - self._page()))
        if top != self.scroll_offset.y:
            self.scroll_y = top
            self.refresh()

    def validate_scroll_y(self, value: float) -> float:
        """Rows are counted without the header, which never scrolls."""
        return max(0, min(value, len(self._rows) - self._page()))

    def _show_line(self, index: int) -> None:
        """Bring a row into sight; by half pages, which costs a tenth of the bytes of one by one."""
        top, page = int(self.scroll_offset.y), self._page()
        if index < top:
            self._scroll(min(index, top - page // 2) if top - index < page else index)
        elif index >= top + page:
            near = index - (top + page) < page
            self._scroll(max(index - page + 1, top + page // 2) if near else index - page + 1)

    def _put_cursor(self, index: int) -> None:
        old = self.cursor_key
        self._refresh_cursor()
        if self._rows:
            index = max(0, min(index, len(self._rows) - 1))
            self.cursor_key = self.key_of(self._rows[index])
            self._show_line(index)
        else:
            self.cursor_key = None
        self._refresh_cursor()
        if self.cursor_key != old:
            self.post_message(self.Moved(self, self.cursor_key))

    def _refresh_cursor(self) -> None:
        index = self._index.get(self.cursor_key or "")
        if index is not None:
            line = index - int(self.scroll_offset.y) + 1
            self.refresh(Region(0, line, self.size.width, 1))

    def move_to(self, key: str) -> None:
        """Put the cursor on a row, if it is shown."""
        if key in self._index:
            self._choose(self._index[key])

    def _choose(self, index: int) -> None:
        self._chosen = index > 0 or not self._follows
        self._put_cursor(index)

    def _move(self, by: int) -> None:
        self._choose(self._index.get(self.cursor_key or "", 0) + by)

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
        self._put_cursor(0)

    def action_last(self) -> None:
        self._choose(len(self._rows) - 1)

    def action_open(self) -> None:
        if self.cursor_key is not None:
            self.post_message(self.Opened(self, self.cursor_key))

    # Sorting

    def action_sort_left(self) -> None:
        self._sort_by(-1)

    def action_sort_right(self) -> None:
        self._sort_by(1)

    def action_sort_invert(self) -> None:
        self.descending = not self.descending
        self._sorted()

    def _sort_by(self, step: int) -> None:
        keys = [one.column.key for one in self._placed if one.column.value is not None]
        if not keys:
            return
        at = keys.index(self.sort_key) if self.sort_key in keys else -1 if step > 0 else 0
        self.sort_key = keys[(at + step) % len(keys)]
        self._sorted()

    def _sorted(self) -> None:
        self._arrange()
        if self.cursor_key in self._index:
            self._show_line(self._index[self.cursor_key])
        self.refresh()

    # The mouse, where it is on

    def on_click(self, event: Click) -> None:
        """A click on a header sorts, on a row moves the cursor; a second one opens it."""
        if event.y == 0:
            self._click_header(event.x)
            return
        index = int(self.scroll_offset.y) + event.y - 1
        if index < len(self._rows):
            opens = self._index.get(self.cursor_key or "") == index
            self._choose(index)
            if opens:
                self.action_open()

    def _click_header(self, x: int) -> None:
        left = 0
        for one in self._placed:
            if left <= x < left + one.width + 1 and one.column.value is not None:
                self.descending = not self.descending if one.column.key == self.sort_key else True
                self.sort_key = one.column.key
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
        """Tab-separated text of rows (all that are shown, without `rows`), with titles."""
        columns = [column for column in self.columns if column.key not in self.hidden]
        return tabbed(columns, self._rows if rows is None else rows, looks_of(self))
