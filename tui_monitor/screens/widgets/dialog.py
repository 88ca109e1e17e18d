"""Dialogs: a framed box of lines and one-line inputs. Enter accepts, Esc leaves."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from tui_monitor.errors import BadInput
from tui_monitor.printable import printable
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.telling import problem
from tui_monitor.screens.terminal.size import Modal
from tui_monitor.words import t, told

T = TypeVar("T")
_LONGEST_TEXT = 2_000


class Field(Input):
    """A one-line input that leaves some printable keys to its dialog."""

    def __init__(self, left: Callable[[str], bool], **options: Any) -> None:
        super().__init__(**options)
        self._left = left

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is text here."""
        is_left = character is not None and self._left(character)
        return not is_left and super().check_consume_key(key, character)


class Dialog(Modal[T | None], Generic[T]):
    """A question. The result is None when it was left with Esc."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical {
        width: 64; max-width: 96%; height: auto; max-height: 94%;
        border: round $primary; background: $panel; padding: 0 1;
    }
    Dialog Input { height: 1; border: none; padding: 0; background: $background; margin: 0 0 1 0; }
    Dialog Input:focus { border: none; }
    Dialog Static { height: auto; }
    Dialog .hint { color: $text-muted; }
    Dialog .problem { color: $error; display: none; }
    Dialog .problem.-there { display: block; }
    """
    # What the footer says while it is open.
    FOOTER: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "accept"), ("Esc", "leave"))
    # Characters that are keys of the dialog, not text.
    STEPS: ClassVar[tuple[str, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_dialog", "Leave", show=False),
        Binding("enter", "accept", "Accept", show=False),
        # Before the field gets the next key of a burst, as keys come over a slow link.
        Binding("tab", "app.focus_next", "Next field", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", "Field before", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[tuple[str, str]],
        hint: str = "",
        lines: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._title, self._fields, self._hint, self._lines = title, fields, hint, lines
        self._problem = Static("", classes="problem")

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Text(told(printable(self._title, 60)))
            if self._lines:
                lines = [told(printable(line, _LONGEST_TEXT)) for line in self._lines]
                yield Static(Text("\n".join(lines) + "\n"))
            for index, (label, value) in enumerate(self._fields):
                yield Static(Text(t(printable(label, 60))))
                field = Field(self.leaves, value=value, id=f"field{index}", select_on_focus=True)
                field.cursor_blink = False
                yield field
            yield from self.parts()
            yield self._problem
            if self._hint:
                yield Static(Text(t(self._hint)), classes="hint")

    def leaves(self, character: str) -> bool:
        """Whether a character is a key of the dialog, not text."""
        return character in self.STEPS

    def parts(self) -> Iterable[Widget]:
        """What else a dialog has, below its fields."""
        return ()

    def values(self) -> list[str]:
        """What is typed, in the fields' order."""
        return [field.value for field in self.query(Input)]

    def result(self, values: Sequence[str]) -> T:
        """What the typed texts mean; BadInput keeps the dialog open and says why."""
        raise NotImplementedError

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        try:
            result = self.result(self.values())
        except BadInput as error:
            self._problem.update(Text(printable(problem(error), 200), style=looks_of(self).bad))
            self._problem.add_class("-there")
            return
        self.dismiss(result)

    def action_leave_dialog(self) -> None:
        self.dismiss(None)
