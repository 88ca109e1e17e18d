"""The command palette: what fits is listed while it is typed."""

from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_monitor.errors import BadInput
from tui_monitor.printable import printable
from tui_monitor.screens.commands import Commanded, run, suggestions
from tui_monitor.screens.looks import looks_of
from tui_monitor.screens.telling import problem
from tui_monitor.words import t

_LINES = 12


class Palette(ModalScreen[None]):
    """`:`. Tab takes the first suggestion's word, Enter runs what is typed."""

    DEFAULT_CSS = """
    Palette { align: center top; background: $background 60%; }
    Palette > Vertical {
        width: 76; max-width: 96%; height: auto; margin-top: 2;
        border: round $primary; background: $panel; padding: 0 1;
    }
    Palette Input { height: 1; border: none; padding: 0; background: $background; }
    Palette Input:focus { border: none; }
    Palette Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_palette", "Leave", show=False),
        Binding("tab", "complete", "Complete", show=False, priority=True),
    ]

    def __init__(self, desk: Commanded) -> None:
        super().__init__()
        self._desk = desk
        self._list = Static("")

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Text(t("Command"))
            field = Input(placeholder="day 2026-01-04", id="command")
            field.cursor_blink = False
            yield field
            yield self._list

    def on_mount(self) -> None:
        """All commands, until something is typed."""
        self._show("")

    def _show(self, text: str, problem: str = "") -> None:
        looks = looks_of(self)
        shown = Table.grid(padding=(0, 2, 0, 0))
        shown.add_column(no_wrap=True, overflow="ellipsis")
        shown.add_column(no_wrap=True, overflow="ellipsis")
        for usage, words in suggestions(text)[:_LINES]:
            shown.add_row(Text(usage, looks.accent), Text(t(words), looks.dim))
        said = [Text(printable(problem, 200), looks.bad)] if problem else []
        self._list.update(Group(*said, shown))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._show(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        try:
            run(event.value, self._desk)
        except BadInput as error:
            self._show(event.value, problem(error))
            return
        self.dismiss(None)

    def action_complete(self) -> None:
        field = self.query_one(Input)
        found = suggestions(field.value)
        if found and len(field.value.split()) < 2:
            field.value = found[0][0].split()[0] + " "
            field.cursor_position = len(field.value)

    def action_leave_palette(self) -> None:
        self.dismiss(None)
