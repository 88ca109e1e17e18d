"""The key help, filtered as you type, and the explanation of a board."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from tui_monitor.boards.registry import BOARDS
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.keys.actions import ACTIONS, GROUPS
from tui_monitor.screens.keys.keymap import is_chosen, key
from tui_monitor.screens.looks.format import wrapped
from tui_monitor.screens.looks.looks import Looks, looks_of
from tui_monitor.screens.terminal.size import Modal
from tui_monitor.screens.widgets.columns import Column
from tui_monitor.screens.widgets.panel import panel_of
from tui_monitor.words import t, told

# The groups of every board come after a board's own.
_COMMON = ("days", "charts", "work", "table", "panel", "desk", "app")
# Terminals from this width on have room for the ids of actions.
_WITH_IDS = 100
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


class KeyHelp(Modal[None]):
    """Every key of the table of actions; `here` are the actions that work where it was asked."""

    DEFAULT_CSS = _CSS.format(name="KeyHelp")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_help", "Leave", show=False),
        Binding("down", "scroll_list(3)", "Down", show=False, priority=True),
        Binding("up", "scroll_list(-3)", "Up", show=False, priority=True),
    ]

    def __init__(self, here: Collection[str] = ()) -> None:
        super().__init__()
        self._here = frozenset(here)
        self._list = Static("")

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Text(t("Keys"))
            box.border_subtitle = Text(t("type to filter, Esc leaves"))
            field = Input(placeholder=t("filter"), id="filter")
            field.cursor_blink = False
            yield field
            with VerticalScroll(can_focus=False):
                yield self._list

    def on_mount(self) -> None:
        """All of them, until something is typed."""
        self._list.update(key_list("", looks_of(self), self._here, self.app.size.width))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._list.update(key_list(event.value, looks_of(self), self._here, self.app.size.width))

    @on(Input.Submitted)
    def _entered(self, _: Input.Submitted) -> None:
        self.dismiss(None)

    def action_scroll_list(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_leave_help(self) -> None:
        self.dismiss(None)


def key_list(
    filter_text: str, looks: Looks, here: Collection[str] = (), width: int = _WITH_IDS
) -> RenderableType:
    """The keys that match, by group: what works here first. In a wide one with the ids."""
    needle = filter_text.strip().casefold()
    with_ids = width >= _WITH_IDS
    parts: list[RenderableType] = []
    for title, lines in _groups(here):
        chosen = [line for line in lines if needle in " ".join((*line, title)).casefold()]
        if chosen:
            parts.append(Text(f"\n{title}", looks.title))
            parts.append(listed(chosen if with_ids else [line[:2] for line in chosen], looks))
    if not parts:
        return Text("\n" + t("no key matches"), looks.dim)
    return Group(*parts, Text("\n" + _remapping(), looks.dim))


def _groups(here: Collection[str]) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Titles with (keys, meaning, id): what works in this place first, the rest last."""
    everywhere = here or [one.id for one in ACTIONS]
    own = [where for where in GROUPS if where not in _COMMON]
    for where in (*own, *_COMMON):
        yield t(GROUPS[where]), _lines(where, lambda one: one in everywhere)
    yield (
        t("Boards"),
        [(key(one.name), f"{t(one.title)}: {t(one.help)}", one.name) for one in BOARDS],
    )
    # Who looks for it may read neither what is said here nor the language it is said in.
    palette = key("palette")
    yield (
        t("Language"),
        [
            (f"{palette}language zh", t("Chinese: 简体中文"), ""),
            (f"{palette}language en", t("English: 英文"), ""),
        ],
    )
    for where in GROUPS:
        title = t("{group}, not here and now", group=t(GROUPS[where]))
        yield title, _lines(where, lambda one: one not in everywhere)


def _lines(where: str, wanted: Callable[[str], bool]) -> list[tuple[str, str, str]]:
    return [
        (one.label, t(one.help), one.id) for one in ACTIONS if one.where == where and wanted(one.id)
    ]


def _remapping() -> str:
    return t(
        'Other keys: in the settings\' table [ui.keys], lines like freeze = "f" with the name at '
        "the right (a wide terminal shows it). `tui-monitor config path` names the file."
    )


def listed(lines: Iterable[tuple[str, ...]], looks: Looks) -> RenderableType:
    """Names and their meanings, these wrapped under themselves; at the right what a third is."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(min_width=9)
    # A text without blanks would end in an ellipsis.
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for name, meaning, *more in lines:
        shown = [Text(one, looks.faint) for one in more]
        table.add_row(Text(f"  {name}", looks.key), _said(meaning, looks.text), *shown)
    return table


class _Wide:
    """A text with wide characters, between which a line may end anywhere."""

    def __init__(self, text: str, style: Style) -> None:
        self._text, self._style = text, style

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        for line in wrapped(self._text, options.max_width):
            yield Text(line, self._style)

    def __rich_measure__(self, _: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(2, options.max_width)


def _said(text: str, style: Style) -> RenderableType:
    return Text(text, style) if cell_len(text) == len(text) else _Wide(text, style)


class BoardHelp(Modal[None]):
    """What a board shows, its columns with units, its sources."""

    DEFAULT_CSS = _CSS.format(name="BoardHelp")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,f1,question_mark", "leave_help", "Leave", show=False),
    ]

    def __init__(self, view: BoardView) -> None:
        super().__init__()
        self._view = view

    def compose(self) -> ComposeResult:
        name = self._view.NAME
        title = t(next((one.title for one in BOARDS if one.name == name), name.capitalize()))
        with Vertical() as box:
            box.border_title = Text(title)
            box.border_subtitle = Text(t("↑ ↓ scroll, Esc leaves"))
            with VerticalScroll():
                yield Static(self._text())

    def _text(self) -> RenderableType:
        looks = looks_of(self._view)
        parts: list[RenderableType] = [
            part
            for paragraph in self._view.help_text()
            for part in (_said(told(paragraph), looks.text), Text(""))
        ]
        boards = self._view.panels()
        for board in boards:
            panel = panel_of(board) if len(boards) > 1 else None
            titles = (told(panel.title), t("Columns")) if panel else (t("Columns"),)
            parts.append(Text(": ".join(titles), looks.title))
            parts.append(listed(_columns(board.columns), looks))
            parts.append(Text(""))
        changed = [(one.label, t(one.help), one.id) for one in ACTIONS if is_chosen(one.id)]
        if changed:
            # The texts above are of the usual keys.
            parts.append(Text(t("Keys that the settings changed"), looks.title))
            parts.append(listed(changed, looks))
        return Group(*parts)

    def action_leave_help(self) -> None:
        self.dismiss(None)


def _columns(columns: Iterable[Column[Any]]) -> Iterator[tuple[str, str]]:
    for column in columns:
        title = column.title if column.title and len(column.title) < 12 else column.key
        said = told(column.help)
        # What is typed in a filter is the same in every language.
        if t(title, column.key) != title:
            said = f"{column.name}: {said}"
        if column.also:
            said = f"{said} {t('Also called {names}.', names=', '.join(column.also))}"
        yield (
            column.word or t(title, column.key),
            f"{said} [{t(column.unit)}]" if column.unit else said,
        )
