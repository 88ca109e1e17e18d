"""What keys, dialogs and commands set going: other days, exports, backfills, the end."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from textual.events import Key
from textual.widgets import Input

from tui_monitor.boards.status import EngineStatus
from tui_monitor.clock import BoardZone
from tui_monitor.errors import BadInput
from tui_monitor.paths import default_data_dir, export_dir
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.desk.errands import Errands
from tui_monitor.screens.dialogs.dates import DateDialog
from tui_monitor.screens.dialogs.questions import (
    BackfillDialog,
    ExportChoice,
    ExportDialog,
)
from tui_monitor.screens.keys.dead_keys import why_dead
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.tables.shown import VIEW, shown_table
from tui_monitor.screens.telling import problem
from tui_monitor.screens.terminal.whole import WholeScreen
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.panel import panel_of
from tui_monitor.source import Query, Source
from tui_monitor.words import t

# How long it is said why a key does nothing.
_SAID_S = 3.0
_STAMP = "%Y%m%d_%H%M%S"


class DeskWork(WholeScreen):
    """The half of the desk that works on the board it shows; a subclass says which one that is."""

    errands: Errands
    source: Source

    def __init__(self) -> None:
        super().__init__()
        self.status: EngineStatus | None = None
        self.zone = ShownZone(BoardZone())
        self._said_of_key = ""
        self._said_of_quit = False

    def on_key(self, event: Key) -> None:
        """No binding took it: say why, once for as long as it is read."""
        active = self.active_bindings.get(event.key)
        if (active is not None and active.enabled) or isinstance(self.focused, Input):
            return
        said = why_dead(event.key, self.view)
        if said and said != self._said_of_key:
            self._said_of_key = said
            self.app.notify(said, timeout=_SAID_S)
            self.set_timer(_SAID_S, self._forget_said)

    def _forget_said(self) -> None:
        self._said_of_key = ""

    @property
    def view(self) -> BoardView:
        """The board that is shown."""
        raise NotImplementedError

    @property
    def table(self) -> Board[Any]:
        """The table that has the keys, or would have them first."""
        return self.focused if isinstance(self.focused, Board) else self.view.panels()[0]

    @property
    def backfill_runs(self) -> bool:
        """Whether there is something to stop."""
        return self.status is not None and self.status.backfill_pct is not None

    @property
    def today(self) -> date:
        """The board's day."""
        if self.status is None:
            raise BadInput("the engine has not answered yet", "try again in a second")
        return BoardZone(self.status.timezone).day_of(self.status.now_ms)

    def shown_days(self) -> tuple[date, date]:
        """The days of this board."""
        return self.view.shown_range() or (self.today, self.today)

    def show_days(self, first: date, last: date) -> None:
        """Other days on this board."""
        self._need_days()
        self.view.show_days(first, last)

    def export_kinds(self) -> Sequence[str]:
        """What this board can export: what is shown, then what is stored of it."""
        return (VIEW, *self.view.EXPORTS)

    def _need_days(self) -> None:
        if not self.view.HAS_DAYS:
            raise BadInput(f"the {self.view.NAME} board has no days", "it shows what is now")

    def _or_say(self, ask: Callable[[], None]) -> None:
        """Do what a key asks for, or say why not."""
        try:
            ask()
        except BadInput as error:
            self.app.notify(problem(error), severity="warning")

    def action_date(self) -> None:
        self._or_say(self.ask_date)

    def ask_date(self) -> None:
        """Which days; BadInput on a board without days."""
        self._need_days()

        def picked(days: tuple[date, date] | None) -> None:
            if days is not None:
                self.show_days(*days)

        stored = self._stored_days if self.view.FILLS else None
        self.app.push_screen(DateDialog(self.shown_days(), self.today, stored), picked)

    async def _stored_days(self, first: date, last: date) -> Mapping[date, float]:
        """How much of each day the history has, in percent."""
        board = await self.source.coverage_board(Query(first_day=first, last_day=last))
        return {date.fromisoformat(one.day): one.complete_pct or 0.0 for one in board.days}

    def action_export(self) -> None:
        self._or_say(self.ask_export)

    def ask_export(self) -> None:
        """What to export."""
        table = self.table
        dialog = ExportDialog(
            self.export_kinds(), self.shown_days(), self.today, len(table.rows), _title_of(table)
        )
        self.errands.ask_export(dialog, self.begin_export)

    def action_start_backfill(self) -> None:
        self._or_say(self.ask_start_backfill)

    def ask_start_backfill(self) -> None:
        """Which days to fill."""
        self.errands.ask_backfill(BackfillDialog(self.shown_days(), self.today))

    def action_stop_backfill(self) -> None:
        self.stop_backfill()

    def begin_export(self, choice: ExportChoice) -> None:
        """Write an export; the path is toasted."""
        if choice.what != VIEW:
            self.errands.export(choice, self.zone.board)
            return
        stamp = "" if self.status is None else self.zone.format(self.status.now_ms, _STAMP)
        folder = getattr(self.app, "exports_dir", None) or export_dir(default_data_dir())
        stem = "_".join(("view", self.view.NAME, *_names_of(self.table), stamp))
        self.errands.export_shown(shown_table(self.table), choice.file_format, folder, stem)

    def begin_backfill(self, first: date, last: date) -> None:
        """Start a backfill."""
        self.errands.backfill(first, last)

    def stop_backfill(self) -> None:
        """Stop the running backfill."""
        self.errands.stop_backfill()

    def action_quit(self) -> None:
        """At once; but a running backfill asks first, and where recording ends it takes two."""
        if self.backfill_runs:
            self.errands.ask_leave()
        elif self._said_of_quit or not getattr(self.app, "asks_to_quit", bool)():
            self.app.exit(0)
        else:
            self._said_of_quit = True
            again = t(
                "recording ends here too: {key} again to quit (a daemon keeps it going)",
                key=key("quit"),
            )
            self.app.notify(again, severity="warning", timeout=_SAID_S)
            self.set_timer(_SAID_S, self._forget_quit)

    def _forget_quit(self) -> None:
        self._said_of_quit = False


def _title_of(table: Board[Any]) -> str:
    panel = panel_of(table)
    return panel.title if panel is not None else ""


def _names_of(table: Board[Any]) -> list[str]:
    """The name of a board's table, for a file."""
    panel = panel_of(table)
    return [panel.id] if panel is not None and panel.id else []
