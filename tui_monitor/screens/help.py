"""The key help, filtered as you type, and the explanation of a board."""

from collections.abc import Iterable
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_monitor.boards.registry import BOARDS
from tui_monitor.screens.actions import ACTIONS, GROUPS
from tui_monitor.screens.format import fit
from tui_monitor.screens.looks import Looks, looks_of
from tui_monitor.screens.view import BoardView
from tui_monitor.screens.widgets.columns import Column

_CSS = """
    {name} {{ align: center middle; background: $background 60%; }}
    {name} > Vertical {{
        width: 84; max-width: 96%; height: auto; max-height: 94%;
        border: round $primary; background: $panel; padding: 0 1;
    }}
    {name} VerticalScroll {{ height: auto; max-height: 100%; scrollbar-size: 1 1; }}
    {name} Static {{ height: auto; }}
    {name} Input {{ height: 1; border: none; padding: 0; background: $background; }}
    {name} Input:focus {{ border: none; }}
"""


class KeyHelp(ModalScreen[None]):
    """Every key of the table of actions."""

    DEFAULT_CSS = _CSS.format(name="KeyHelp")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_help", "Leave", show=False),
        Binding("down", "scroll_list(3)", "Down", show=False, priority=True),
        Binding("up", "scroll_list(-3)", "Up", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._list = Static("")

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Keys"
            box.border_subtitle = "type to filter, Esc leaves"
            field = Input(placeholder="filter", id="filter")
            field.cursor_blink = False
            yield field
            with VerticalScroll(can_focus=False):
                yield self._list

    def on_mount(self) -> None:
        """All of them, until something is typed."""
        self._list.update(key_list("", looks_of(self)))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._list.update(key_list(event.value, looks_of(self)))

    @on(Input.Submitted)
    def _entered(self, _: Input.Submitted) -> None:
        self.dismiss(None)

    def action_scroll_list(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_leave_help(self) -> None:
        self.dismiss(None)


def key_list(filter_text: str, looks: Looks) -> Text:
    """The keys that match, by group."""
    needle = filter_text.strip().casefold()
    text = Text()
    boards = [(info.key, f"{info.title}: {info.help}") for info in BOARDS]
    groups: list[tuple[str, list[tuple[str, str]]]] = [("Boards", boards)]
    groups += [
        (title, [(one.label, one.help) for one in ACTIONS if one.where == where])
        for where, title in GROUPS.items()
    ]
    for title, lines in groups:
        chosen = [line for line in lines if needle in f"{line[0]} {line[1]} {title}".casefold()]
        if chosen:
            text.append(f"\n{title}\n", looks.title)
        for label, words in chosen:
            text.append(f"  {fit(label, 7)}", looks.key)
            text.append(f"{words}\n", looks.text)
    return text if text.plain else Text("\nno key matches", looks.dim)


class BoardHelp(ModalScreen[None]):
    """What a board shows, its columns with units, its sources."""

    DEFAULT_CSS = _CSS.format(name="BoardHelp")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,f1,question_mark", "leave_help", "Leave", show=False),
    ]

    def __init__(self, view: BoardView) -> None:
        super().__init__()
        self._view = view

    def compose(self) -> ComposeResult:
        info = next(one for one in BOARDS if one.name == self._view.NAME)
        with Vertical() as box:
            box.border_title = info.title
            box.border_subtitle = "↑ ↓ scroll, Esc leaves"
            with VerticalScroll():
                yield Static(self._text())

    def _text(self) -> Text:
        looks = looks_of(self._view)
        text = Text(self._view.help_text() + "\n", looks.text)
        for board in self._view.panels():
            text.append("\nColumns\n", looks.title)
            text.append_text(column_list(board.columns, looks))
        return text

    def action_leave_help(self) -> None:
        self.dismiss(None)


def column_list(columns: Iterable[Column[Any]], looks: Looks) -> Text:
    """Each column's name, unit and meaning."""
    text = Text()
    for column in columns:
        name = column.title if len(column.title) < 12 and column.title else column.key
        text.append(f"  {fit(name, 12)}", looks.accent)
        text.append(f"{column.help}", looks.text)
        text.append(f" [{column.unit}]\n" if column.unit else "\n", looks.dim)
    return text
