"""A titled table: a rule with the title, a filter line while one is set, the table."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, Generic

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import DescendantBlur, DescendantFocus
from textual.widgets import Input

from tui_monitor.errors import BadInput
from tui_monitor.screens.actions import bindings
from tui_monitor.screens.clipboard import copy
from tui_monitor.screens.dialogs import ColumnsDialog
from tui_monitor.screens.format import fit
from tui_monitor.screens.looks import looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import R
from tui_monitor.screens.widgets.line import Lines, Piece
from tui_monitor.words import t, told


class FilterLine(Input):
    """Where a filter is typed. Enter gives the keys back to the table before the next key comes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Else the keys that come with Enter, as over a slow link, would be typed too.
        Binding("enter", "keep", "Keep the filter", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__(placeholder="text, !text, sum>5 & up<9", select_on_focus=False)
        self.cursor_blink = False

    async def action_keep(self) -> None:
        # What was typed before Enter may still be on its way here.
        typed = asyncio.Event()
        if self.call_later(typed.set):
            await typed.wait()
        if isinstance(self.parent, Panel):
            self.parent.keep_filter()


class TitleRule(Lines):
    """A title in a rule, made for its width whenever it is painted: it is there from the start."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[str, str, str, bool, bool] = ("", "", "", False, False)

    def set_title(
        self, title: str, note: str, place: str, *, is_problem: bool, focused: bool
    ) -> None:
        """The title, what else there is to say, where in the table the cursor is."""
        parts = (title, note, place, is_problem, focused)
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    @property
    def plain(self) -> str:
        """The text without looks."""
        return "".join(text for text, _ in self._at(0))

    def _at(self, y: int) -> Sequence[Piece]:
        if y:
            return ()
        title, note, place, is_problem, focused = self._parts
        looks = looks_of(self)
        style = looks.accent if focused else looks.dim
        rule = looks.accent if focused else looks.faint
        room = self.size.width - cell_len(title) - len(place) - 9
        note = fit(note, min(cell_len(note), max(0, room)))
        rest = room + 1 - cell_len(note)
        return [
            ("─ ", rule),
            (title, looks.title if focused else style),
            (f"  {note} " if note else " ", looks.bad if is_problem else looks.dim),
            ("─" * max(1, rest), rule),
            (f" {place} ", looks.dim),
            ("─", rule),
        ]


class Panel(Vertical, Generic[R]):
    """A table with its title; the title is bright while the table has the keys."""

    DEFAULT_CSS = """
    Panel { height: 1fr; width: 1fr; }
    Panel Input { height: 1; border: none; padding: 0 1; display: none; background: $panel; }
    Panel Input:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("panel")]

    def __init__(self, board: Board[R], title: str, *, id: str) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self.board = board
        self._title = title
        self._note = "loading…"
        self._problem = ""
        self._rule = TitleRule()
        self._input = FilterLine()

        self._show_title()

    def compose(self) -> ComposeResult:
        yield self._rule
        yield self._input
        yield self.board

    def set_title(self, title: str, note: str = "") -> None:
        """The rule above the table."""
        self._title, self._note = title, note
        self._show_title()

    def _show_title(self) -> None:
        self._rule.set_title(
            told(self._title),
            told(self._problem or self._note),
            self._place(),
            is_problem=bool(self._problem),
            focused=self.has_focus_within,
        )

    def _place(self) -> str:
        shown, total = len(self.board.rows), self.board.total
        if shown != total:
            return t("{n} of {all}", n=shown, all=total)
        row = self.board.cursor_row
        index = self.board.rows.index(row) + 1 if row is not None else 0
        return f"{index}/{shown}"

    @on(Board.Moved)
    def _moved(self, _: Board.Moved) -> None:
        self._show_title()

    def on_descendant_focus(self, _: DescendantFocus) -> None:
        """The table has the keys."""
        self._show_title()

    def on_descendant_blur(self, _: DescendantBlur) -> None:
        """Another table has them."""
        self.call_after_refresh(self._show_title)

    @property
    def is_typing(self) -> bool:
        """Whether a filter is being typed."""
        return self._input.has_focus

    # Its keys

    def action_filter(self) -> None:
        self._input.display = True
        self.screen.set_focus(self._input)

    def action_clear_filter(self) -> None:
        self.set_filter("")
        self.screen.set_focus(self.board)
        self.screen.refresh_bindings()

    def action_columns(self) -> None:
        def chosen(hidden: frozenset[str] | None) -> None:
            if hidden is not None:
                self.board.hidden = hidden
                self.board.repaint()

        names = {column.key: column.name for column in self.board.columns}
        self.app.push_screen(ColumnsDialog(names, self.board.hidden), chosen)

    def action_copy_row(self) -> None:
        row = self.board.cursor_row
        if row is not None:
            copy(self.app, self.board.as_text([row]), "row")

    def action_copy_table(self) -> None:
        copy(self.app, self.board.as_text(), f"{len(self.board.rows)} rows")

    # The filter

    def set_filter(self, text: str) -> None:
        """Filter without typing; an empty text clears. BadInput for what can't be read."""
        self.board.set_filter(text)
        self._problem = ""
        with self._input.prevent(Input.Changed):
            self._input.value = text
        self._input.display = bool(text)
        self._show_title()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._read_filter()

    def _read_filter(self) -> None:
        text = self._input.value
        try:
            self.board.set_filter(text)
        except BadInput as error:
            # Half a comparison is not a filter yet; what it lacks is said in the title.
            self._problem = error.line()
            self.board.set_filter("")
        else:
            self._problem = ""
        self._show_title()

    def keep_filter(self) -> None:
        """The typing is over; what can't be read must be mended first."""
        self._read_filter()
        if self._problem:
            return
        self._input.display = bool(self._input.value)
        self.screen.set_focus(self.board)
        self.screen.refresh_bindings()


def panel_of(board: Board[Any]) -> Panel[Any] | None:
    """The panel around a table."""
    return board.parent if isinstance(board.parent, Panel) else None
