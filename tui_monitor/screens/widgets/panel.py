"""A titled table: a rule with the title, a filter line while one is set, the table."""

from collections.abc import Sequence
from typing import Any, ClassVar, Generic

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import DescendantBlur, DescendantFocus
from textual.widgets import Input

from tui_monitor.errors import BadInput
from tui_monitor.screens.dialogs.columns import ColumnsDialog
from tui_monitor.screens.filters.filter import Unfinished, finished_parts
from tui_monitor.screens.filters.hints import hint
from tui_monitor.screens.keys.actions import bindings
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.tables.layouts import Layout, layouts_of
from tui_monitor.screens.telling import problem
from tui_monitor.screens.terminal.clipboard import copy
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import R
from tui_monitor.screens.widgets.filter_line import FilterLine
from tui_monitor.screens.widgets.line import Lines
from tui_monitor.screens.widgets.title_rule import TitleRule
from tui_monitor.words import t, told


class Panel(Vertical, Generic[R]):
    """A table with its title; the title is bright while the table has the keys."""

    DEFAULT_CSS = """
    Panel { height: 1fr; width: 1fr; }
    Panel Input { height: 1; border: none; padding: 0 1; display: none; background: $panel; }
    Panel Input:focus { border: none; }
    Panel .hint { display: none; padding: 0 1; }
    Panel .hint.-there { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("panel")]

    def __init__(self, board: Board[R], title: str, *, id: str) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self.board = board
        self._title = title
        self._note = "loading…"
        # What is wrong with the filter, and what it lacks while it is typed.
        self._problem = self._lacks = ""
        self._rule = TitleRule()
        self._input = FilterLine(self)
        self._hint = Lines(classes="hint")
        self._usual: Layout | None = None
        self._show_title()

    def compose(self) -> ComposeResult:
        yield self._rule
        yield self._input
        yield self._hint
        yield self.board

    def on_mount(self) -> None:
        """As the user arranged it, here or in a run before."""
        board = self.board
        self._usual = Layout((), tuple(board.hidden), board.sort_key, board.descending)
        self.use_layout(layouts_of(self).of(self.layout_name))

    # Its columns

    @property
    def layout_name(self) -> str:
        """What its layout is kept under: the board that it stands on, and itself."""
        view = next((one.id for one in self.ancestors if (one.id or "").startswith("board-")), "")
        return f"{(view or '').removeprefix('board-')}/{self.id}"

    def use_layout(self, layout: Layout) -> None:
        """Arrange the table; what a layout leaves open is as the board has it."""
        usual, board = self._usual or Layout(), self.board
        hidden = usual.hidden if layout.hidden is None else layout.hidden
        wanted = (layout.order, frozenset(hidden or ()))
        if wanted != (board.order, board.hidden):
            board.arrange_columns(*wanted)
        sort = (layout.sort, layout.descending) if layout.sort else (usual.sort, usual.descending)
        if sort[0] is not None and sort != (board.sort_key, board.descending):
            board.sort(sort[0], descending=sort[1])

    def keep_layout(self) -> None:
        """The table as it is now, from now on."""
        board, usual = self.board, self._usual or Layout()
        hidden = tuple(sorted(board.hidden))
        sort, layouts = (board.sort_key, board.descending), layouts_of(self)
        layouts.keep(
            self.layout_name,
            Layout(
                board.order,
                None if board.hidden == frozenset(usual.hidden or ()) else hidden,
                None if sort == (usual.sort, usual.descending) else board.sort_key,
                board.descending,
            ),
        )
        said = layouts.take_problem()
        if said:
            self.app.notify(told(said), severity="warning")

    def reset_layout(self) -> None:
        """Order, columns and sorting as the board has them."""
        self.use_layout(Layout())
        self.keep_layout()

    @on(Board.Sorted)
    def _sorted(self, _: Board.Sorted) -> None:
        self.keep_layout()

    @property
    def title(self) -> str:
        """The words above the table."""
        return self._title

    def set_title(self, title: str, note: str = "") -> None:
        """The rule above the table."""
        self._title, self._note = title, note
        self._show_title()

    def _show_title(self) -> None:
        # While it is typed the line below it says what is wrong.
        wrong = "" if self.is_typing else self._problem
        self._rule.set_title(
            told(self._title),
            wrong or told(self._note),
            self._place(),
            is_problem=bool(wrong),
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
        """The table has the keys, or its filter."""
        self._focus_moved()

    def on_descendant_blur(self, _: DescendantBlur) -> None:
        """Another table has them."""
        self.call_after_refresh(self._focus_moved)

    def _focus_moved(self) -> None:
        self._hint.set_class(self.is_typing, "-there")
        self._show_title()

    @property
    def is_typing(self) -> bool:
        """Whether a filter is being typed."""
        return self._input.has_focus

    # Its keys

    def action_filter(self) -> None:
        self._input.show_example()
        self._input.display = True
        self._show_hint()
        self.screen.set_focus(self._input)

    def action_clear_filter(self) -> None:
        self.set_filter("")
        self.screen.set_focus(self.board)
        self.screen.refresh_bindings()

    def action_columns(self) -> None:
        self.app.push_screen(ColumnsDialog(self))

    def action_copy_row(self) -> None:
        row = self.board.cursor_row
        self._copy([] if row is None else [row])

    def action_copy_table(self) -> None:
        self._copy(self.board.rows)

    def _copy(self, rows: Sequence[R]) -> None:
        if rows:
            what = "row" if len(rows) == 1 else f"{len(rows)} rows"
            copy(self.app, self.board.as_text(rows), what)
        else:
            self.app.notify(t("no row to copy"))

    # The filter

    def set_filter(self, text: str) -> None:
        """Filter without typing; an empty text clears. BadInput for what can't be read."""
        self.board.set_filter(text)
        self._problem = self._lacks = ""
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
        self._problem = self._lacks = ""
        try:
            self.board.set_filter(text)
        except Unfinished as error:
            # Half a comparison is not a filter yet; what is typed before it is.
            self._lacks = problem(error)
            self._use_finished(text)
        except BadInput as error:
            self._problem = problem(error)
            self.board.set_filter("")
        self._show_title()
        self._show_hint()

    def _use_finished(self, text: str) -> None:
        for part in (*finished_parts(text), ""):
            try:
                self.board.set_filter(part)
            except BadInput:
                continue
            return

    def _show_hint(self) -> None:
        looks, board = looks_of(self), self.board
        if self._problem:
            self._hint.set_lines([(self._problem, looks.bad)])
        else:
            rows = board.all_rows
            self._hint.set_lines(hint(self._input.value, board.columns, rows, "Tab", looks))

    def keep_filter(self) -> None:
        """The typing is over; what can't be read or lacks its end must be mended first."""
        self._read_filter()
        if self._problem or self._lacks:
            if self._lacks:
                self._hint.set_lines([(self._lacks, looks_of(self).warn)])
            return
        self._input.keep()
        self._input.display = bool(self._input.value)
        self.screen.set_focus(self.board)
        self.screen.refresh_bindings()


def panel_of(board: Board[Any]) -> Panel[Any] | None:
    """The panel around a table."""
    return board.parent if isinstance(board.parent, Panel) else None
