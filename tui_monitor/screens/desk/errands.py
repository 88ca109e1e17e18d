"""What the engine is asked to do for the user: export, backfill. Each ends in a toast."""

import logging
from collections.abc import Callable, Coroutine
from datetime import date
from pathlib import Path
from typing import Any

from textual.screen import Screen

from tui_monitor.clock import DAY_MS, BoardZone
from tui_monitor.errors import MonitorError
from tui_monitor.loading import load
from tui_monitor.screens.dialogs.questions import (
    BackfillDialog,
    ConfirmDialog,
    ExportChoice,
    ExportDialog,
)
from tui_monitor.screens.tables.shown import ShownTable
from tui_monitor.screens.telling import problem
from tui_monitor.source import Exported, Source
from tui_monitor.words import counted, t

log = logging.getLogger(__name__)


class Errands:
    """Runs in workers of a screen; `done` is called when the boards may have changed."""

    def __init__(self, screen: Screen[Any], source: Source, done: Callable[[], None]) -> None:
        self._screen, self._source, self._done = screen, source, done

    def export(self, choice: ExportChoice, zone: BoardZone) -> None:
        """Write an export of whole days; the toast has its path."""
        first_ms = zone.day_start_ms(choice.first)
        last_ms = zone.day_start_ms(choice.last) + DAY_MS - 1
        self._run(self._export(choice.what, choice.file_format, first_ms, last_ms))

    def export_shown(self, table: ShownTable, file_format: str, folder: Path, stem: str) -> None:
        """Write what a table shows, here; the toast has its path."""
        self._run(self._export_shown(table, file_format, folder, stem))

    def ask_export(self, dialog: ExportDialog, done: Callable[[ExportChoice], None]) -> None:
        """Ask what to export, then have it done."""

        def picked(choice: ExportChoice | None) -> None:
            if choice is not None:
                done(choice)

        self._screen.app.push_screen(dialog, picked)

    def ask_backfill(self, dialog: BackfillDialog) -> None:
        """Ask for the days, then start."""

        def picked(days: tuple[date, date] | None) -> None:
            if days is not None:
                self.backfill(*days)

        self._screen.app.push_screen(dialog, picked)

    def ask_leave(self) -> None:
        """A backfill runs: ask, then end the program."""

        def answered(leave: bool | None) -> None:
            if leave:
                self._screen.app.exit(0)

        question = "A backfill runs; started again, it goes on from there. Leave?"
        self._screen.app.push_screen(ConfirmDialog(question), answered)

    def backfill(self, first: date, last: date) -> None:
        """Start a backfill."""
        self._run(self._backfill(first, last))

    def stop_backfill(self) -> None:
        """Stop the running backfill."""
        self._run(self._stop())

    async def _export(self, what: str, file_format: str, first_ms: int, last_ms: int) -> None:
        done = await self._source.export(what, first_ms, last_ms, file_format, None)
        self._say_written(done)

    async def _export_shown(
        self, table: ShownTable, file_format: str, folder: Path, stem: str
    ) -> None:
        # Who exports nothing needs nothing that writes.
        write = load("tui_monitor.source.shown").write_shown
        self._say_written(await write(table.columns, table.rows, file_format, folder, stem))

    def _say_written(self, done: Exported) -> None:
        said = counted(done.rows, "{n} row in {path}", "{n} rows in {path}", path=done.path)
        self._screen.app.notify(said, timeout=10)

    async def _backfill(self, first: date, last: date) -> None:
        job = await self._source.start_backfill(first, last)
        said = t("backfill {first} to {last} has begun", first=job.first_day, last=job.last_day)
        self._screen.app.notify(said)
        self._done()

    async def _stop(self) -> None:
        stopped = await self._source.stop_backfill()
        self._screen.app.notify(t("backfill stopped" if stopped else "no backfill runs"))
        self._done()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._screen.run_worker(self._said(work), group="errands", exit_on_error=False)

    async def _said(self, work: Coroutine[Any, Any, None]) -> None:
        """Say a failure instead of ending the program."""
        app = self._screen.app
        try:
            await work
        except MonitorError as error:
            app.notify(problem(error), severity="warning", timeout=10)
        except Exception as error:
            log.exception("an errand failed")
            said = t("failed: {why}", why=f"{type(error).__name__}: {error}")
            app.notify(said, severity="error", timeout=10)
