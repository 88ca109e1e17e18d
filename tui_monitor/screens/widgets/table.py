"""A table of rows, painted line by line, only changed lines again, and the cursor in it.

Textual's DataTable paints everything anew at every cell; this one keeps a strip a row, asks
for a repaint of the lines that changed, and lets the painter compare cells.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic

from rich.segment import Segment
from rich.style import Style
from textual.events import Resize
from textual.geometry import Region
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_monitor.printable import printable
from tui_monitor.screens.looks.format import fit, wrapped
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.columns import (
    Column,
    Placed,
    R,
    ordered,
    paint_header,
    paint_row,
    place,
)
from tui_monitor.screens.widgets.rows import Rows
from tui_monitor.words import t, told

# Before the first rows are there.
LOADING = "loading…"


class Table(ScrollView, Generic[R], can_focus=True):
    """A table of rows of one type. `key_of` gives a row's identity: the cursor stays on it.

    Rows must compare by value: a row equal to the one before is not painted again. A table that
    `follows` keeps the cursor on its first row, whichever that is, unless it was moved off it.
    What Enter opens is the row that was seen under the cursor: on the last frame, unless a key
    has moved the cursor since.
    """

    DEFAULT_CSS = "Table { height: 1fr; overflow: hidden hidden; }"

    class Moved(Message):
        """The cursor is on another row (its key; None: no rows)."""

        def __init__(self, board: "Table[Any]", key: str | None) -> None:
            super().__init__()
            self.board = board
            self.key = key

        @property
        def control(self) -> "Table[Any]":
            """The table, for `@on` selectors."""
            return self.board

    class Opened(Message):
        """Enter on a row, as it was seen; it may have left the table meanwhile."""

        def __init__(self, board: "Table[Any]", key: str, row: Any) -> None:
            super().__init__()
            self.board = board
            self.key = key
            self.row = row

        @property
        def control(self) -> "Table[Any]":
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
        self._rows = Rows(columns, key_of, sort, descending=descending)
        self.hidden: frozenset[str] = frozenset()
        self.order: tuple[str, ...] = ()
        self._idle: frozenset[str] = frozenset()
        self.cursor_key: str | None = None
        self.empty = LOADING
        self.stale = False
        self._chosen = False
        self._follows = follows
        # The cursor's row as it was drawn last, and as it was on the last frame.
        self._drawn: R | None = None
        self._seen: R | None = None
        # Another list comes; True: the cursor's row stays in sight.
        self._starts_over: bool | None = None
        self._placed: tuple[Placed[R], ...] = ()
        self._placed_in = 0
        self._ground = Style()
        self._strips: dict[tuple[str, bool, bool], tuple[R, Strip]] = {}

    # What is shown

    @property
    def columns(self) -> tuple[Column[R], ...]:
        """All columns, shown or not, in the user's order."""
        return tuple(ordered(self._rows.columns, self.order))

    @property
    def rows(self) -> list[R]:
        """The rows as shown: filtered and sorted."""
        return self._rows.shown

    @property
    def all_rows(self) -> list[R]:
        """The rows whatever the filter says."""
        return self._rows.all

    @property
    def total(self) -> int:
        """Rows before the filter."""
        return len(self._rows.all)

    @property
    def sort_key(self) -> str | None:
        """The column that sorts."""
        return self._rows.sort_key

    @property
    def descending(self) -> bool:
        """Whether the highest is first."""
        return self._rows.descending

    @property
    def filter_text(self) -> str:
        """The filter as it was typed."""
        return self._rows.filter_text

    @property
    def cursor_row(self) -> R | None:
        """The row under the cursor."""
        return self._rows.found(self.cursor_key)

    @property
    def seen_row(self) -> R | None:
        """The row that the user sees under the cursor, though the data may be newer."""
        return self.cursor_row if self._seen is None else self._seen

    def set_rows(self, rows: Sequence[R], *, stale: bool = False, empty: str = "") -> None:
        """Show these rows; `stale` greys them, `empty` says why there are none."""
        self._rows.all = list(rows)
        if (stale, empty) != (self.stale, self.empty):
            self.stale, self.empty = stale, empty
            self._strips.clear()
            self.refresh()
        self._arrange()

    def clear(self, empty: str) -> None:
        """Show nothing for now, and why; what was seen counts no longer."""
        self.set_rows([], empty=empty)
        self._forget_seen()

    def start_over(self, *, keep: bool = False) -> None:
        """The rows that come next are another list, which is shown from its top.

        The cursor stays on its row where that is on the first page, or with `keep` wherever it is.
        """
        self._starts_over = keep

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Other columns for the same rows."""
        self._rows.set_columns(tuple(columns))
        self.repaint()

    def set_filter(self, text: str) -> None:
        """Show the rows that match; BadInput leaves the filter as it was."""
        self._rows.read_filter(text)
        self._forget_seen()
        self._arrange()
        if not self.rows:
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
        self._placed_in = self.size.width
        return place(self.columns, self.size.width, self.hidden | self._idle)

    def _arrange(self) -> None:
        line = (self._rows.index(self.cursor_key) or 0) - int(self.scroll_offset.y)
        before = self._rows.arrange()
        self._forget_strips()
        if self._starts_over is None:
            self._keep_cursor(line)
        else:
            self._begin(keep=self._starts_over)
        self._refresh_changed(before)

    def _forget_strips(self) -> None:
        if len(self._strips) > 4 * len(self.rows) + 100:
            self._strips = {
                key: strip for key, strip in self._strips.items() if key[0] in self._rows
            }

    def _keep_cursor(self, line: int) -> None:
        """The cursor stays on its row, and its row on its line as far as there is room.

        Where the row left, the cursor stays on its line. A table that nobody has touched shows
        its top.
        """
        index = self._rows.index(self.cursor_key)
        if not self._chosen and (self._follows or not self.has_focus):
            self._put_cursor(0)
        elif index is None:
            self._put_cursor(int(self.scroll_offset.y) + max(0, line))
        elif 0 <= line < self._page():
            self._scroll(index - line)

    def _begin(self, *, keep: bool) -> None:
        """Another list, from its top as far as the cursor's row may stay."""
        self._starts_over = None
        index = self._rows.index(self.cursor_key) if self._chosen else None
        away = index is None or index >= self._page()
        self._scroll(index - self._page() // 2 if keep and away and index is not None else 0)
        if index is None or (away and not keep):
            self._chosen = False
            self._put_cursor(0)

    def _refresh_changed(self, before: Sequence[R]) -> None:
        top = self.scroll_offset.y
        for line in range(self._page()):
            index = top + line
            old = before[index] if index < len(before) else None
            new = self.rows[index] if index < len(self.rows) else None
            if old is not new and old != new:
                self.refresh(Region(0, line + 1, self.size.width, 1))
        if bool(before) != bool(self.rows):
            self.refresh()

    # Painting

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines; what lies under all of them is asked for once: Textual works it out each time."""
        self._ground = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line: the header, a row, or nothing."""
        width = self.size.width
        looks = looks_of(self)
        if not self._placed:
            self._placed = self._place()
        if y == 0:
            header = paint_header(self._placed, self.sort_key, self.descending, looks, width)
            return Strip(header, width).apply_style(self._ground)
        index = self.scroll_offset.y + y - 1
        if index < len(self.rows):
            return self._row_strip(self.rows[index], width)
        if not self.rows and y >= 2:
            said = self._why_empty(width)[y - 2 : y - 1]
            text = f"  {said[0]}" if said else ""
            return Strip([Segment(fit(text, width), self._ground + looks.dim)], width)
        return Strip.blank(width, self._ground)

    def _why_empty(self, width: int) -> list[str]:
        """On as many lines as it needs."""
        reason = (
            t("no row matches /{filter}", filter=printable(self.filter_text, 60))
            if self.total
            else told(printable(self.empty, 400))
        )
        return wrapped(reason, max(20, width - 4))

    def _row_strip(self, row: R, width: int) -> Strip:
        key = self._rows.key_of(row)
        under_cursor = key == self.cursor_key
        if under_cursor:
            self._drawn = row
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
        strip = Strip(segments, width).apply_style(self._ground)
        self._strips[cache_key] = (row, strip)
        return strip

    def on_resize(self, _: Resize) -> None:
        """Another width: other columns fit. One that only appears again is as it was."""
        if self.size.width != self._placed_in:
            self.repaint()
        self._show_cursor()

    def on_focus(self) -> None:
        """The cursor's row is brighter while the table has the keys."""
        self._refresh_cursor()

    def on_blur(self) -> None:
        """The cursor's row stays marked, less brightly."""
        self._forget_seen()
        self._refresh_cursor()

    def frame_shown(self) -> None:
        """What was drawn is on the user's screen now."""
        self._seen = self._drawn

    def _forget_seen(self) -> None:
        """What a key just did counts, though no frame has shown it yet."""
        self._drawn = self._seen = None

    # The cursor

    def _page(self) -> int:
        return max(1, self.size.height - 1)

    def _scroll(self, top: int) -> None:
        top = max(0, min(top, len(self.rows) - self._page()))
        if top != self.scroll_offset.y:
            self.scroll_y = top
            self.refresh()

    def validate_scroll_y(self, value: float) -> float:
        """Rows are counted without the header, which never scrolls."""
        return max(0, min(value, len(self.rows) - self._page()))

    def _show_line(self, index: int) -> None:
        """Bring a row into sight; by half pages, which costs a tenth of the bytes of one by one."""
        top, page = int(self.scroll_offset.y), self._page()
        if index < top:
            self._scroll(min(index, top - page // 2) if top - index < page else index)
        elif index >= top + page:
            near = index - (top + page) < page
            self._scroll(max(index - page + 1, top + page // 2) if near else index - page + 1)

    def _show_cursor(self) -> None:
        index = self._rows.index(self.cursor_key)
        if index is not None:
            self._show_line(index)

    def _put_cursor(self, index: int) -> None:
        old = self.cursor_key
        self._refresh_cursor()
        if self.rows:
            index = max(0, min(index, len(self.rows) - 1))
            self.cursor_key = self._rows.key_at(index)
            self._show_line(index)
        else:
            self.cursor_key = None
        self._refresh_cursor()
        if self.cursor_key != old:
            self._tell(self.Moved(self, self.cursor_key))

    def _tell(self, message: Message) -> None:
        # Textual takes a message no further up than who caused it: a filter is the panel's doing.
        self.post_message(message.set_sender(self))

    def _refresh_cursor(self) -> None:
        index = self._rows.index(self.cursor_key)
        if index is not None:
            line = index - int(self.scroll_offset.y) + 1
            self.refresh(Region(0, line, self.size.width, 1))

    def move_to(self, key: str) -> None:
        """Put the cursor on a row, if it is shown."""
        index = self._rows.index(key)
        if index is not None:
            self._choose(index)

    def hold(self) -> R | None:
        """The row that is seen under the cursor is chosen: the cursor follows no other one."""
        row = self.seen_row
        if row is not None:
            self.move_to(self._rows.key_of(row))
            self._chosen = True
        return row

    def _choose(self, index: int) -> None:
        self._chosen = index > 0 or not self._follows
        self._forget_seen()
        self._put_cursor(index)

    def _move(self, by: int) -> None:
        self._choose((self._rows.index(self.cursor_key) or 0) + by)
