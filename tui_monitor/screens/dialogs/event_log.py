"""The event log: reconnects, outages, errors, each once with a count."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui_monitor.boards.status import EventLine
from tui_monitor.errors import MonitorError
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.terminal.size import Modal
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source
from tui_monitor.words import t, told

_EVERY_S = 1.0


@dataclass(frozen=True)
class EventRow:
    """A line with its times in the shown zone."""

    line: EventLine
    last: str
    first: str


EVENT_COLUMNS: tuple[Column[EventRow], ...] = (
    Column(
        key="last",
        title="last",
        width=14,
        align="left",
        paint=lambda row, looks, _: Cell(row.last, looks.dim),
        value=lambda row: row.line.last_ms,
        help="When it happened last.",
    ),
    Column(
        key="count",
        title="times",
        width=5,
        paint=lambda row, looks, _: Cell(f"{row.line.count:,}", looks.text),
        value=lambda row: float(row.line.count),
        priority=2,
        help="How often it happened.",
    ),
    Column(
        key="level",
        title="level",
        width=7,
        align="left",
        paint=lambda row, looks, _: Cell(
            t(row.line.level),
            {"error": looks.bad, "warning": looks.warn}.get(row.line.level, looks.dim),
        ),
        value=lambda row: row.line.level,
        priority=3,
        help="info, warning or error.",
    ),
    Column(
        key="area",
        title="area",
        width=12,
        align="left",
        paint=lambda row, looks, _: Cell(t(row.line.area), looks.accent),
        value=lambda row: row.line.area,
        priority=1,
        help="The part of the program.",
    ),
    Column(
        key="text",
        title="what",
        width=20,
        align="left",
        grows=True,
        paint=lambda row, looks, _: Cell(told(row.line.text), looks.text),
        value=lambda row: row.line.text,
        help="What happened.",
    ),
)


def event_rows(lines: Iterable[EventLine], zone: ShownZone) -> list[EventRow]:
    """The log's lines with their times in a zone."""

    def time(ms: int) -> str:
        return zone.format(ms, "%m-%d %H:%M:%S")

    return [EventRow(line, time(line.last_ms), time(line.first_ms)) for line in lines]


class EventLog(Modal[None]):
    """All lines, newest first."""

    DEFAULT_CSS = """
    EventLog { align: center middle; background: $background 60%; }
    EventLog > Vertical {
        width: 96%; height: 90%; border: round $primary; background: $panel; padding: 0 1;
    }
    """
    FOOTER: ClassVar[tuple[tuple[str, str], ...]] = (
        ("open", "open"),
        ("filter", "filter"),
        ("sort_left", "sort"),
        ("Esc", "leave"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,exclamation_mark", "leave_log", "Leave", show=False),
    ]

    def __init__(self, source: Source, zone: ShownZone, *, frozen: bool = False) -> None:
        super().__init__()
        self._frozen = frozen
        self._source, self._zone = source, zone
        self.table: Board[EventRow] = Board(
            EVENT_COLUMNS, lambda row: str(row.line.id), sort="last", follows=True
        )
        self._panel = Panel(self.table, "Event log", id="events")

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self._panel

    def on_mount(self) -> None:
        """The log goes on while it is open, unless the display is frozen."""
        self._panel.set_title("Event log", "Enter shows a whole line, Esc leaves")
        self._fill()
        self.table.focus()
        self.set_interval(_EVERY_S, self.go_on)

    def go_on(self) -> None:
        """What happened since, unless it is to stand still."""
        if not self._frozen:
            self._fill()

    @on(Board.Opened)
    def _opened(self, _: Board.Opened) -> None:
        row = self.table.cursor_row
        if row is not None:
            self.app.push_screen(TextDialog(f"{t(row.line.area)}, {row.last}", row.line.text))

    def _fill(self) -> None:
        try:
            lines = self._source.events()
        except MonitorError:
            return  # the desk says it; what was known stays
        self.table.set_rows(event_rows(lines, self._zone), empty="nothing has happened yet")
        self._panel.set_title("Event log", "Enter shows a whole line, Esc leaves")

    def action_leave_log(self) -> None:
        self.dismiss(None)
