"""The columns of a table: which are shown, in which order, what each of them means."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.terminal.size import Modal
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told


class Arranged(Protocol):
    """Whose columns they are."""

    board: Board[Any]

    def keep_layout(self) -> None:
        """As it is now, from now on."""

    def reset_layout(self) -> None:
        """As the board has it."""


_SORTS = ("sort_left", "sort_right", "sort_invert")


@dataclass(frozen=True)
class ColumnRow:
    """One column of the table; `state` is shown, hidden or, where it has no room, no room."""

    key: str
    name: str
    title: str
    state: str
    sorted_by: str
    unit: str
    help: str


_MARKS = {"shown": "●", "no room": "◐", "hidden": "○"}

_COLUMNS: tuple[Column[ColumnRow], ...] = (
    Column(
        key="state",
        title="",
        width=10,
        align="left",
        paint=lambda row, looks, _: Cell(
            f"{_MARKS[row.state]} {t(row.state, 'column')}",
            {"shown": looks.good, "no room": looks.warn}.get(row.state, looks.dim),
        ),
    ),
    Column(
        key="title",
        title="title",
        width=13,
        align="left",
        paint=lambda row, looks, _: Cell(f"{row.title}{row.sorted_by}", looks.accent),
    ),
    Column(
        key="name",
        title="name",
        width=13,
        align="left",
        priority=1,
        paint=lambda row, looks, _: Cell(row.name, looks.text),
    ),
    Column(
        key="help",
        title="meaning",
        width=20,
        align="left",
        grows=True,
        priority=2,
        paint=lambda row, looks, _: Cell(row.help, looks.dim),
    ),
)


class ColumnList(Board[ColumnRow]):
    """Its order is what it is about: nothing sorts it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No sorting."""
        return action not in _SORTS and super().check_action(action, parameters)

    def _click_header(self, x: int) -> None:
        """Nor by the mouse."""


class ColumnsDialog(Modal[None]):
    """What is changed here is seen behind it at once, and kept."""

    DEFAULT_CSS = """
    ColumnsDialog { align: center middle; background: $background 60%; }
    ColumnsDialog > Vertical {
        width: 90; max-width: 96%; height: auto; max-height: 94%;
        border: round $primary; background: $panel; padding: 0 1;
    }
    ColumnsDialog ColumnList { height: auto; }
    ColumnsDialog Static { height: 3; }
    ColumnsDialog .keys { height: auto; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,C", "leave_columns", "Leave", show=False),
        Binding("space", "show_or_hide", "Show or hide", show=False),
        Binding("K,left_square_bracket", "shift(-1)", "Move up", show=False),
        Binding("J,right_square_bracket", "shift(1)", "Move down", show=False),
        Binding("s", "sort_by", "Sort by it", show=False),
        Binding("r", "reset", "As the board has it", show=False),
    ]

    def __init__(self, panel: Arranged) -> None:
        super().__init__()
        self._panel = panel
        self.list = ColumnList(_COLUMNS, lambda row: row.key)
        self._meaning = Static("")

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Text(t("Columns"))
            yield self.list
            yield self._meaning
            said = t("Space show or hide · K J move · s sort · r reset · Esc leaves")
            yield Static(Text(said), classes="keys")

    def on_mount(self) -> None:
        """All columns, in their order."""
        room = self.app.size.height - 10
        self.list.styles.height = max(4, min(len(self._panel.board.columns) + 1, room))
        self._fill()
        self.list.focus()

    def _fill(self) -> None:
        board = self._panel.board
        mark = "▾" if board.descending else "▴"
        self.list.set_rows(
            [
                ColumnRow(
                    column.key,
                    column.name,
                    t(column.title, column.key),
                    self._state(column),
                    mark if column.key == board.sort_key else "",
                    t(column.unit),
                    told(column.help),
                )
                for column in board.columns
            ]
        )
        self._explain()

    def _state(self, column: Column[Any]) -> str:
        if column.key in self._panel.board.hidden:
            return "hidden"
        return "shown" if column.key in self._panel.board.fitting else "no room"

    @on(Board.Moved)
    def _explain(self) -> None:
        row, looks = self.list.cursor_row, looks_of(self)
        if row is not None:
            unit = f" [{row.unit}]" if row.unit else ""
            name = (f"{row.name}{unit}  ", looks.accent)
            self._meaning.update(Text.assemble(name, (row.help, looks.text)))

    @on(Board.Opened)
    def _entered(self, _: Board.Opened) -> None:
        self.dismiss(None)

    def _arrange(self, order: tuple[str, ...], hidden: frozenset[str]) -> None:
        self._panel.board.arrange_columns(order, hidden)
        self._panel.keep_layout()
        self._fill()

    def action_show_or_hide(self) -> None:
        key, board = self.list.cursor_key, self._panel.board
        if key is None:
            return
        hidden = board.hidden ^ {key}
        if all(column.key in hidden for column in board.columns):
            self.app.notify(t("one column must stay"), severity="warning")
            return
        self._arrange(board.order, hidden)

    def action_shift(self, by: int) -> None:
        keys = [column.key for column in self._panel.board.columns]
        at = keys.index(self.list.cursor_key or keys[0])
        to = max(0, min(len(keys) - 1, at + by))
        keys.insert(to, keys.pop(at))
        self._arrange(tuple(keys), self._panel.board.hidden)

    def action_sort_by(self) -> None:
        board = self._panel.board
        column = next((one for one in board.columns if one.key == self.list.cursor_key), None)
        if column is None or column.value is None:
            self.app.notify(t("nothing sorts by this column"), severity="warning")
            return
        again = column.key == board.sort_key
        board.sort(column.key, descending=not board.descending if again else True)
        self._panel.keep_layout()
        self._fill()

    def action_reset(self) -> None:
        self._panel.reset_layout()
        self._fill()

    def action_leave_columns(self) -> None:
        self.dismiss(None)
