"""The command palette: what fits is listed while it is typed."""

from typing import ClassVar, Protocol

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
from tui_monitor.screens.commands import Commanded, run
from tui_monitor.screens.keymap import key
from tui_monitor.screens.looks import looks_of
from tui_monitor.screens.suggestions import Suggestion, suggestions
from tui_monitor.screens.telling import problem
from tui_monitor.words import t

_LINES = 12
# Below the field, in a low terminal.
_AROUND = 8


class Asked(Commanded, Protocol):
    """What the palette commands and remembers with."""

    history: list[str]

    async def learn_coins(self) -> None:
        """Ask which coins can be named."""


class Palette(ModalScreen[None]):
    """`:`. Tab takes a suggestion and goes on to the next, Enter runs what is typed."""

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
        Binding("tab", "complete(1)", "Complete", show=False, priority=True),
        Binding("shift+tab", "complete(-1)", "Complete, the other way", show=False, priority=True),
        Binding("up", "recall(-1)", "The command before", show=False, priority=True),
        Binding("down", "recall(1)", "The command after", show=False, priority=True),
    ]

    def __init__(self, desk: Asked, text: str = "", wrong: str = "") -> None:
        super().__init__()
        self._wrong = wrong
        self._desk = desk
        self._list = Static("")
        # What was typed by hand, which Tab goes through the suggestions of; which one it took.
        self._typed_text = text
        self._taken = -1
        self._written: str | None = None
        self._recalled = len(desk.history)

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Text(t("Command"))
            box.border_subtitle = Text(t("Tab completes · ↑ the one before · Esc leaves"))
            field = Input(self._typed_text, placeholder="day 2026-01-04", select_on_focus=False)
            field.cursor_blink = False
            yield field
            yield self._list

    def on_mount(self) -> None:
        """All commands, until something is typed; coins as soon as they are known."""
        self._field.cursor_position = len(self._typed_text)
        self._show()
        self.run_worker(self._learn(), exit_on_error=False)

    async def _learn(self) -> None:
        await self._desk.learn_coins()
        self._show()

    @property
    def _field(self) -> Input:
        return self.query_one(Input)

    def _found(self) -> list[Suggestion]:
        return suggestions(self._typed_text, self._desk)

    def _show(self) -> None:
        looks = looks_of(self)
        shown = Table.grid(padding=(0, 2, 0, 0), expand=True)
        for _ in range(2):
            shown.add_column(no_wrap=True, overflow="ellipsis")
        shown.add_column(no_wrap=True, justify="right")
        room = max(3, min(_LINES, self.app.size.height - _AROUND))
        first = max(0, self._taken - room + 1)
        for index, one in enumerate(self._found()[first : first + room], first):
            style = looks.accent + looks.cursor_row if index == self._taken else looks.accent
            pressed = Text(key(one.action), looks.key) if one.action else Text("")
            shown.add_row(Text(one.shown, style), Text(t(one.help), looks.dim), pressed)
        said = [Text(printable(self._wrong, 200), looks.bad)] if self._wrong else []
        self._list.update(Group(*said, shown))

    def _write(self, text: str) -> None:
        field, self._written = self._field, text
        with field.prevent(Input.Changed):
            field.value = text
        field.cursor_position = len(text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        # As it is now: a letter's event may come after what Tab wrote.
        text = event.input.value
        if text not in (self._typed_text, self._written):
            self._typed_text, self._taken, self._wrong = text, -1, ""
            self._show()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if text:
            history = self._desk.history
            history[:] = [*(one for one in history if one != text), text]
            self._recalled = len(history)
        # Before it is run: what it opens would be closed in its stead.
        app, desk = self.app, self._desk
        self.dismiss(None)
        try:
            run(text, desk)
        except BadInput as error:
            app.push_screen(Palette(desk, text, problem(error)))

    def action_complete(self, step: int) -> None:
        # The event of the last letter may still be on its way.
        if self._taken < 0:
            self._typed_text = self._field.value
        found = [one for one in self._found() if one.text]
        if found:
            self._taken = (max(self._taken, -1 if step > 0 else 0) + step) % len(found)
            self._write(found[self._taken].text)
            self._show()

    def action_recall(self, step: int) -> None:
        history = self._desk.history
        self._recalled = max(0, min(len(history), self._recalled + step))
        text = history[self._recalled] if self._recalled < len(history) else ""
        self._typed_text, self._taken = text, -1
        self._write(text)
        self._show()

    def action_leave_palette(self) -> None:
        self.dismiss(None)
