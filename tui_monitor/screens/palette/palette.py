"""The command palette: what fits is listed while it is typed."""

from typing import ClassVar, Protocol

from rich.cells import cell_len
from rich.console import Group
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui_monitor.errors import BadInput
from tui_monitor.printable import printable
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import fit
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.palette.commands import Commanded, run
from tui_monitor.screens.palette.suggestions import Suggestion, suggestions
from tui_monitor.screens.telling import problem
from tui_monitor.screens.terminal.size import Modal
from tui_monitor.words import t

_LINES = 12
# Cells for the words that are typed; the rest is for what they mean.
_USAGE = 34
# Of what is wrong: the names of all columns there are.
_LONGEST = 400
# Below the field, in a low terminal.
_AROUND = 8


class Asked(Commanded, Protocol):
    """What the palette commands and remembers with."""

    history: list[str]

    async def learn_coins(self) -> None:
        """Ask which coins can be named."""


class Palette(Modal[None]):
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

    def on_resize(self) -> None:
        """The lines are made for their width."""
        self._show()

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
        room = max(3, min(_LINES, self.app.size.height - _AROUND))
        first = max(0, self._taken - room + 1)
        found = self._found()
        wide = min(_USAGE, max((cell_len(one.shown) for one in found), default=0))
        lines = [Text(printable(self._wrong, _LONGEST), looks.bad)] if self._wrong else []
        for index, one in enumerate(found[first : first + room], first):
            lines.append(self._line(one, wide, taken=index == self._taken))
        self._list.update(Group(*lines))

    def _line(self, one: Suggestion, wide: int, *, taken: bool) -> Text:
        """What is typed, what it does, which key does the same."""
        looks = looks_of(self)
        pressed = f" {key(one.action)}" if one.action else ""
        style = looks.accent + looks.cursor_row if taken else looks.accent
        width = self._field.content_size.width or _USAGE * 2
        room = max(0, width - wide - 2 - cell_len(pressed))
        usage, said = fit(one.shown, wide), fit(t(one.help), room)
        return Text.assemble(
            (usage, style), ("  ", looks.dim), (said, looks.dim), (pressed, looks.key)
        )

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
