"""The terminal program: the boards over an engine in the same event loop."""

import asyncio
import contextlib
import gc
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType

from tui_monitor import words
from tui_monitor.config import Ui
from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.screens.desk.desk import REFRESH_S, Desk
from tui_monitor.screens.keys.actions import bindings
from tui_monitor.screens.keys.keymap import use_keys
from tui_monitor.screens.looks.looks import BLOCKS, BRAILLE, Looks, looks_for
from tui_monitor.screens.looks.themes import MONOCHROME, THEMES, textual_theme
from tui_monitor.screens.tables.layouts import Layouts
from tui_monitor.screens.terminal.terminal import (
    PAINTS_PER_S,
    PAINTS_PER_S_LOW,
    PaintedApp,
    require_terminal,
    signals_end,
)
from tui_monitor.screens.widgets.board import Board
from tui_monitor.source import Source
from tui_monitor.words import t, told

log = logging.getLogger(__name__)

# With `ui.low_bandwidth` data comes so many times more rarely: what is written is what it brings.
LOW_PACE = 3.0
# The longest wait for the first picture.
PICTURE_S = 2.0

Run = Callable[[], Awaitable[None]]


class MonitorApp(PaintedApp):
    """The boards of a source. `run` is the engine, which lives as long as the app.

    `refresh_s` None leaves refreshing to the caller (`desk.pull()`), `language` None leaves the
    language as it is; it is named as in the settings.
    """

    TITLE = "tui-monitor"
    # Long enough for a line, in seconds; what is worth more time says so itself.
    NOTIFICATION_TIMEOUT = 2.5
    # Toasts stand over the rule above most boards' first table, no wider than their words: what is
    # said of a row stands at the bottom, how the engine does in the last lines.
    CSS = """
    ToastRack { dock: top; align: right top; margin: 2 1 0 0; }
    Toast { padding: 0 1; margin: 0; width: auto; max-width: 90%; }
    """
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]

    def __init__(
        self,
        source: Source,
        run: Run | None = None,
        ui: Ui | None = None,
        board: str | None = None,
        refresh_s: float | None = REFRESH_S,
        language: str | None = None,
    ) -> None:
        self._language = language
        self.ui = ui or Ui()
        self.shown_theme: str = self.ui.theme
        self.glyphs: str = BRAILLE
        use_keys(self.ui.keys)
        super().__init__()
        self.shows_bytes = self.ui.status_bytes
        for name in THEMES:
            self.register_theme(textual_theme(name))
        self._put_on()
        self._speak()
        # How the tables are arranged; without a file it is kept for the run.
        self.layouts = Layouts()
        # Where exports of what is shown go, on this machine.
        self.exports_dir: Path | None = None
        self.engine_failed = False
        # Whether recording ends with this program: who begins it knows.
        self.ends_recording: Callable[[], bool] = bool
        self._run_engine = run
        self._has_picture = asyncio.Event()
        self._refresh_s = refresh_s
        self.desk = Desk(source, board or self.ui.start_board, refresh_s)
        self._set_pace()

    def use(self, ui: Ui, language: str | None = None) -> None:
        """Other settings of the interface from now on; what is as it was keeps a user's choice."""
        before, self.ui = self.ui, ui
        self._set_pace()
        self.shows_bytes = ui.status_bytes
        if ui.mouse != before.mouse:
            self.set_mouse_reports(ui.mouse)
        if ui.theme != before.theme:
            self.shown_theme = ui.theme
        if (ui.theme, ui.colors, ui.ascii) != (before.theme, before.colors, before.ascii):
            self._put_on()
        if ui.keys != before.keys:
            use_keys(ui.keys)
            self.set_keymap(dict(ui.keys))
        if language not in (None, self._language) or ui.ascii != before.ascii:
            self._language = language or self._language
            self._speak()
        self._redraw()

    def on_mount(self) -> None:
        """The keys of the settings."""
        self.set_keymap(dict(self.ui.keys))

    def get_default_screen(self) -> Desk:
        """The one screen there is; everything else is a dialog above it."""
        return self.desk

    def frame_shown(self) -> None:
        """Enter opens the row that the user sees, not the one that came since."""
        if self.desk.pulls and self.desk.status is not None:
            self._has_picture.set()
        if isinstance(self.focused, Board):
            self.focused.frame_shown()

    async def keys_done(self) -> None:
        """What was typed right behind the key of a board is meant for that board."""
        await super().keys_done()
        await self.desk.arrived()

    def _set_pace(self) -> None:
        """How often to paint and to ask for data."""
        is_low = self.ui.low_bandwidth
        self.paint_at(PAINTS_PER_S_LOW if is_low else PAINTS_PER_S)
        if self._refresh_s is not None:
            self.desk.refresh_every(self._refresh_s * (LOW_PACE if is_low else 1.0))

    # Looks and language

    def choose_theme(self, name: str) -> None:
        """Other colours, of everything that is on the screen."""
        self.shown_theme = name
        self._put_on()
        self._redraw()

    def choose_glyphs(self, name: str) -> None:
        """What curves are made of; blocks where a font has no braille."""
        self.glyphs = name
        self._put_on()
        self._redraw()

    def choose_language(self, name: str) -> None:
        """`en`, `zh`, or `auto`: what the locale asks for. BadInput where it can't be shown."""
        if self.ascii_only and words.language_for(name, os.environ) != words.ENGLISH:
            raise BadInput(f"ASCII has no letters for {name!r}", "ui.ascii or the terminal says so")
        words.use(words.language_for(name, os.environ))
        self._redraw()

    def _speak(self) -> None:
        """The language of the settings, where the terminal has its letters."""
        if self._language is not None:
            wanted = words.language_for(self._language, os.environ)
            words.use(words.ENGLISH if self.ascii_only else wanted)

    def _put_on(self) -> None:
        """The chosen theme in the colours that the terminal has."""
        theme = MONOCHROME if self.no_color else self.shown_theme
        self.show_in(self.ui.colors, ascii_only=self.ui.ascii, colourless=theme == MONOCHROME)
        braille = not (self.ascii_only or self.glyphs == BLOCKS)
        self.looks: Looks = looks_for(self.shown_colors, theme, braille=braille)
        self.theme = f"monitor-{theme}"

    def _redraw(self) -> None:
        """Everything anew, dialogs too."""
        if self.is_running and self.desk.is_mounted:
            self.desk.redraw()
            self.repaint_all()

    # Running

    async def run_here(self) -> int:
        """Run in this event loop until the user or a signal ends it; the exit code.

        The terminal is given back first, then the engine is ended, within its own bounds. What
        does not end is ended by force.
        """
        require_terminal()
        # What is loaded by now stays: to look through it for garbage holds feeds and keys up.
        gc.freeze()
        self.last_resort.watch()
        with signals_end(self):
            async with asyncio.TaskGroup() as tasks:
                engine = tasks.create_task(self._engine())
                try:
                    await self.run_async(mouse=self.ui.mouse)
                finally:
                    self.last_resort.arm()
                    engine.cancel()
        self.last_resort.disarm()
        return 1 if self.engine_failed else self.return_code or 0

    async def _engine(self) -> None:
        """The engine; if it fails the boards stay, under a red line."""
        if self._run_engine is None:
            return
        if self._will_load():
            # It would hold the first picture up; a terminal that takes none holds no engine up.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PICTURE_S):
                    await self._has_picture.wait()
        try:
            await self._run_engine()
        except MonitorError as error:
            log.error("the engine stopped: %s", error.line())
            self._engine_ended(error.line())
        except Exception as error:
            log.exception("the engine failed")
            self._engine_ended(f"{type(error).__name__}: {error} (the log has the traceback)")

    def _will_load(self) -> bool:
        """Whether the engine is yet to come."""
        try:
            return self.desk.source.status().mode == "starting"
        except MonitorError:
            return False

    def _engine_ended(self, text: str) -> None:
        self.engine_failed = True
        self.desk.engine_failed(t("the engine stopped: {reason}", reason=told(text)))

    def asks_to_quit(self) -> bool:
        """Whether one press of `q` is too few. Ctrl+C needs no second, nor does a signal."""
        return self.ui.confirm_quit and not self.engine_failed and self.ends_recording()

    def action_leave(self) -> None:
        self.exit(0)

    def action_mouse(self) -> None:
        self.set_mouse_reports(not self.mouse_reports())
        on, off = t("mouse on"), t("mouse off: text can be selected")
        self.notify(on if self.mouse_reports() else off)

    def action_repaint(self) -> None:
        self.repaint_all()

    def action_stop_process(self) -> None:
        self.stop_group()
