"""The terminal itself: painting, pace, signals. The only room that touches Textual's insides.

What is used of them: `App._display`, how often a screen composes, the fields of `LayoutUpdate`
and `ChopsUpdate`, the driver's writer queue, mouse switch and resume flag; `keys_in_order.py`
has the bindings' part.
`tests/screens/test_terminal_contract.py` holds Textual to it. With TUI_PAINT=stock Textual paints
by itself.
"""
# ruff: noqa: SLF001 - looking inside is what this module is for

import asyncio
import contextlib
import logging
import os
import signal
import sys
import termios
from collections.abc import Iterator
from typing import Any, ClassVar

from rich.color import ColorSystem
from rich.text import Text
from textual import screen as textual_screen
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Event, Key, Paste, Resize
from textual.screen import Screen

from tui_monitor.errors import MonitorError
from tui_monitor.printable import printable
from tui_monitor.screens.terminal.keys_in_order import all_done, take_key
from tui_monitor.screens.terminal.last_resort import HARD_EXIT_S, LastResort
from tui_monitor.screens.terminal.pace import Pace
from tui_monitor.screens.terminal.painter import Painter
from tui_monitor.screens.terminal.size import SizedDriver
from tui_monitor.screens.terminal.whole import WholeScreen
from tui_monitor.screens.terminal.written import Written
from tui_monitor.words import t

log = logging.getLogger(__name__)

PAINTS_PER_S = 4.0
PAINTS_PER_S_LOW = 2.0
# Writes that a slow terminal has not taken yet; beyond this we wait instead of blocking.
QUEUED_WRITES = 2
CONGESTED_RETRY_S = 0.05
# Textual composes what changed once in a 60th of a second. What a key changes comes in several
# pieces, the row and then what is said of it: the last one would be as much later.
COMPOSE_S = 1 / 240
# A toast's border says it in colours.
_SIGNS = {"warning": "! ", "error": "× "}
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def require_terminal() -> None:
    """Refuse to start without a terminal: Textual would spin on an input that has ended.

    What is asked of one stream would be answered of another: all three must be one. Where there
    is a terminal, make it usable: its own size, no character that its encoding lacks.
    """
    streams = {"stdin": sys.__stdin__, "stdout": sys.__stdout__, "stderr": sys.__stderr__}
    others = [name for name, stream in streams.items() if stream is None or not stream.isatty()]
    if others:
        raise MonitorError(
            f"no terminal on {' and '.join(others)}",
            "run `tui-monitor daemon` without one, or `tui-monitor show sum` for one snapshot",
        )
    if os.environ.get("TERM") == "dumb":
        raise MonitorError(
            "TERM=dumb can't move a cursor",
            "set TERM, or use `tui-monitor daemon` or `tui-monitor show sum`",
        )
    # Shells may export the size they had once; it would hide the real one.
    os.environ.pop("COLUMNS", None)
    os.environ.pop("LINES", None)
    if sys.__stderr__ is not None and not _speaks_utf8():
        sys.__stderr__.reconfigure(errors="replace")


def shows_ascii_only() -> bool:
    """Whether no more than ASCII is sure to be shown: the linux console's font has few glyphs."""
    return os.environ.get("TERM") == "linux" or not _speaks_utf8()


def _speaks_utf8() -> bool:
    encoding = sys.__stderr__.encoding if sys.__stderr__ is not None else None
    return encoding is None or "utf" in encoding.lower()


class PaintedApp(App[int]):
    """An App that paints differences, at a bounded rate, never blocking on a slow terminal."""

    # A shutdown that takes longer is ended by force.
    PATIENCE_S: ClassVar[float] = HARD_EXIT_S

    def __init__(self, paints_per_s: float = PAINTS_PER_S, **options: Any) -> None:
        super().__init__(driver_class=SizedDriver, **options)
        vars(textual_screen)["UPDATE_PERIOD"] = COMPOSE_S
        self._detected = color_system(self.console.color_system)
        self.animation_level = "none"
        self.painter: Painter | None = None
        self.paints = 0
        self.pace = Pace(paints_per_s)
        self._paint_timer: asyncio.TimerHandle | None = None
        self._suspended = False
        self._shown_cursor = (0, 0)
        self.last_resort = LastResort(self.PATIENCE_S)
        self.written = Written()
        self.shows_bytes = False
        if os.environ.get("TUI_PAINT") != "stock":
            self.painter = Painter(self._detected)
        self.show_in("auto", ascii_only=False, colourless=False)

    def on_mount(self) -> None:
        """Ctrl+Z and fg: nothing is written in between, everything anew afterwards."""
        self.app_suspend_signal.subscribe(self, self._on_suspend)
        self.app_resume_signal.subscribe(self, self._on_resume)

    # Painting

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Take a frame or a part of one; write it when it may be written."""
        if self.painter is None or self.is_headless or not isinstance(renderable, CompositorUpdate):
            super()._display(screen, renderable)
            self.frame_shown()
            return
        if self._batch_count or not self._running or self._closed:
            return
        absorb(self.painter, renderable)
        self._paint_soon()
        self.post_display_hook()

    def show_in(self, colors: str, *, ascii_only: bool, colourless: bool) -> None:
        """Paint so from the next frame on: `colors` as the settings name them, or as detected.

        What the terminal can't show, or its user's NO_COLOR forbids, stays as it is.
        """
        self.shown_colors = color_system(colors) if colors != "auto" else self._detected
        self.ascii_only = ascii_only or shows_ascii_only()
        # The terminal's own 16 colours by name: converted to RGB and back, yellow turns red.
        self.ansi_color = True if self.shown_colors is ColorSystem.STANDARD else None
        if self.painter is not None:
            colourless = colourless or self.no_color
            self.painter.show_in(
                self.shown_colors, ascii_only=self.ascii_only, colourless=colourless
            )

    def paint_at(self, paints_per_s: float) -> None:
        """So often at most, from the next paint on."""
        self.pace.set(paints_per_s)

    def frame_shown(self) -> None:
        """A frame is on its way: what the next key answers is what it shows."""

    def repaint_all(self) -> None:
        """Write the whole screen again, whatever the terminal shows."""
        if self.painter is not None:
            self.painter.forget()
        self.refresh(layout=True)

    def answer_now(self) -> None:
        """What somebody waits for is there: it is written at once, however long it took to come."""
        self.pace.answer(asyncio.get_running_loop().time())

    async def on_event(self, event: Event) -> None:
        """A key is answered at once, unless it is held; so is a new size."""
        # It is forwarded on the way.
        is_typed = isinstance(event, (Key, Paste)) and not event.is_forwarded
        if isinstance(event, (Key, Paste, Resize)):
            key = event.key if isinstance(event, Key) else ""
            self.pace.press(key, asyncio.get_running_loop().time())
        if isinstance(event, Resize) and self.painter is not None:
            self.painter.forget()
        if not (isinstance(event, Key) and await take_key(self, event)):
            await super().on_event(event)
        if isinstance(event, Key) and isinstance(screen := self.screen, WholeScreen):
            now_s = asyncio.get_running_loop().time()
            screen.gather(self.pace.due_s(now_s) - now_s)
        if is_typed:
            await self.keys_done()

    async def keys_done(self) -> None:
        """Wait until what the keys so far are for is done: the next one comes after it."""
        await all_done(self)

    def _paint_soon(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if self._congested():
            self._paint_at(now_s + CONGESTED_RETRY_S)
        elif (due_s := self.pace.due_s(now_s)) <= now_s:
            self._paint_now()
        else:
            self._paint_at(due_s)

    def _paint_at(self, when_s: float) -> None:
        if self._paint_timer is not None:
            if self._paint_timer.when() <= when_s:
                return
            self._paint_timer.cancel()
        self._paint_timer = asyncio.get_running_loop().call_at(when_s, self._paint_due)

    def _paint_due(self) -> None:
        self._paint_timer = None
        if self.painter is not None and self.painter.pending() and self._running:
            self._paint_soon()

    def _paint_now(self) -> None:
        driver = self._driver
        if self.painter is None or driver is None or self._suspended:
            return
        changed = self.painter.changes()
        self.pace.painted(len(changed), asyncio.get_running_loop().time())
        self.frame_shown()
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if not changed and tuple(cursor) == self._shown_cursor:
            return
        if tuple(cursor) != (0, 0) or tuple(cursor) != self._shown_cursor:
            changed += f"\x1b[{cursor.y + 1};{cursor.x + 1}H"
            self._shown_cursor = (cursor.x, cursor.y)
        self.paints += 1
        self._begin_update()
        self._write(driver, changed)
        self._end_update()
        driver.flush()

    def _write(self, driver: Driver, text: str) -> None:
        self.written.add(len(text.encode(errors="replace")), asyncio.get_running_loop().time())
        driver.write(text)

    def bytes_per_s(self) -> float:
        """What went to the terminal in the last seconds."""
        return self.written.per_s(asyncio.get_running_loop().time())

    def _congested(self) -> bool:
        """Whether the terminal has not taken what was written before."""
        thread = getattr(self._driver, "_writer_thread", None)
        return thread is not None and thread._queue.qsize() > QUEUED_WRITES

    def stop_group(self) -> None:
        """Give the terminal back, then stop: us, and whoever the shell waits for (make, a script).

        A shell sees only its own child. If that is make, stopping ourselves alone would leave
        the user without a prompt. Where no shell does job control (a command of tmux or ssh)
        nobody could continue us: then we go on.
        """
        driver = self._driver
        if not isinstance(driver, LinuxDriver):
            return
        # A shell with job control leads the session and gives each job a group of its own.
        if os.getpgrp() == os.getsid(0):
            self.notify(t("no shell here could bring the program back"), severity="warning")
            return
        self.app_suspend_signal.publish(self)
        driver.suspend_application_mode()
        driver._must_signal_resume = True
        # All at once: were the others to stop before us, the shell's `fg` could come in between,
        # and we would stop after it, for good.
        os.killpg(os.getpgrp(), signal.SIGSTOP)

    def _on_suspend(self, _: App[Any]) -> None:
        self._suspended = True

    def _on_resume(self, _: App[Any]) -> None:
        self._suspended = False
        self.repaint_all()

    # The mouse

    def mouse_reports(self) -> bool:
        """Whether the terminal reports the mouse to us (and can't select text)."""
        return bool(self._driver is not None and self._driver._mouse)

    def set_mouse_reports(self, capture: bool) -> None:
        """Switch mouse reporting on or off."""
        driver = self._driver
        if not isinstance(driver, LinuxDriver) or driver._mouse == capture:
            return
        if capture:
            driver._mouse = True
            driver._enable_mouse_support()
        else:
            driver._disable_mouse_support()
            driver._mouse = False

    # Text from outside

    def notify(self, message: str, **options: Any) -> None:
        """A toast; never markup, never control characters. What is wrong has a sign, too."""
        options.pop("markup", None)
        sign = _SIGNS.get(options.get("severity", ""), "")
        super().notify(f"{sign}{printable(message, 300)}", markup=False, **options)

    def write_sequence(self, sequence: str) -> None:
        """Send a finished escape sequence, such as one that sets the clipboard.

        Later where the terminal has not taken what was written before.
        """
        if self._driver is None or not sequence or not self._running:
            return
        if self._congested():
            loop = asyncio.get_running_loop()
            loop.call_later(CONGESTED_RETRY_S, self.write_sequence, sequence)
        else:
            self._write(self._driver, sequence)

    # The end

    def exit(self, *arguments: Any, **options: Any) -> None:
        """End the app; from here on the clock ticks for a terminal that takes no more bytes."""
        self.last_resort.arm()
        super().exit(*arguments, **options)

    def _fatal_error(self) -> None:
        """A bug ended the program: the traceback goes to the log, one line to the terminal."""
        error = self._exception or sys.exc_info()[1]
        log.critical("the terminal interface failed", exc_info=error)
        kind = type(error).__name__
        line = printable(f"tui-monitor stopped on a bug: {kind}: {error}", 300)
        self._exit_renderables.append(Text(f"{line} (the log has the traceback)\n"))
        self._close_messages_no_wait()


def absorb(painter: Painter, update: CompositorUpdate) -> None:
    """Put a compositor's update into the painter's wanted frame."""
    if isinstance(update, LayoutUpdate):
        region = update.region
        painter.resize(region.width, region.height)
        for y, line in enumerate(update.strips, region.y):
            x = region.x
            for strip in line:
                painter.put(x, y, strip, x + strip.cell_length)
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for y, first, last in update.spans:
            ends = update.chop_ends[y]
            for end, (x, part) in zip(ends, update.chops[y].items(), strict=False):
                if part is not None and x < last and end > first:
                    painter.put(x, y, part, end)


def color_system(name: str | None) -> ColorSystem:
    """Rich's name of what the terminal can show; unknown terminals get 16 colours."""
    return {
        "truecolor": ColorSystem.TRUECOLOR,
        "256": ColorSystem.EIGHT_BIT,
        "16": ColorSystem.STANDARD,
    }.get(name or "", ColorSystem.STANDARD)


@contextlib.contextmanager
def signals_end(app: PaintedApp) -> Iterator[None]:
    """SIGTERM, SIGINT and SIGHUP end the app cleanly, even where a parent had them ignored."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, _end, app, number)
        # The loop's part has its turn when the loop has; whatever holds that up, there is an end.
        signal.signal(number, lambda *_: app.last_resort.arm())
        signal.siginterrupt(number, False)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def _end(app: PaintedApp, number: int) -> None:
    log.info("ending on %s", signal.Signals(number).name)
    if _terminal_is_gone():
        # Writes to a dead terminal raise in the writer thread, and its queue would then block.
        silence = os.open(os.devnull, os.O_RDWR)
        os.dup2(silence, 2)
        os.close(silence)
    app.exit(0)


def _terminal_is_gone() -> bool:
    try:
        termios.tcgetattr(0)
    except (termios.error, OSError):
        return True
    return False
