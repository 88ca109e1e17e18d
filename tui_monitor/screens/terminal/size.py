"""How large the screen is: one source of it, and nothing of a size that it no longer has.

And one reader of its keys: `SizedDriver` is what we have of our own between Textual and a terminal.
"""

import asyncio
import contextlib
import os
import termios
import tty
from typing import Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.screen import ModalScreen, Screen, ScreenResultType

# What a terminal is taken to have that does not tell, as a serial line.
_USUAL = (80, 24)
# Textual's driver paints to stderr.
_PAINTED_TO = 2


def size_of(descriptor: int) -> tuple[int, int]:
    """Columns and rows of the terminal that is written to."""
    try:
        columns, rows = os.get_terminal_size(descriptor)
    except OSError:
        return _USUAL
    return (columns, rows) if columns > 0 and rows > 0 else _USUAL


class SizedDriver(LinuxDriver):
    """Textual's driver, with the size of what it paints to: stderr.

    Textual asks stdin at first and stdout later; where they differ, each answer lays the screen
    out anew.

    After every SIGCONT Textual begins anew with its terminal. Who was stopped from outside had not
    left off: two threads would read the keys, in whatever order, and raw modes be taken for those
    to give back at the end.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._size = size or self._get_terminal_size()

    def _get_terminal_size(self) -> tuple[int, int]:
        return size_of(_PAINTED_TO)

    def _sigcont_application(self, *_: object) -> None:
        if self._must_signal_resume:
            super()._sigcont_application()
        elif self._key_thread is not None and self._key_thread.is_alive():
            self._go_on()

    def _go_on(self) -> None:
        """Have the modes again, which a shell may have changed, and paint over what it wrote."""
        # In the background the shell has the terminal; it continues us once more.
        with contextlib.suppress(termios.error):
            modes = termios.tcgetattr(self.fileno)
            modes[tty.LFLAG] = self._patch_lflag(modes[tty.LFLAG])
            modes[tty.IFLAG] = self._patch_iflag(modes[tty.IFLAG])
            modes[tty.CC][termios.VMIN] = 1
            termios.tcsetattr(self.fileno, termios.TCSANOW, modes)
        resumed = self._app._post_message(self.SignalResume())  # noqa: SLF001 - as Textual does
        asyncio.run_coroutine_threadsafe(resumed, loop=self._loop)


def drop_stale(screen: Screen[Any], event: Resize) -> None:
    """Lay nothing out for a size that the terminal has no more.

    A layout for another size tells the screen of it, which is a layout again. With two sizes on
    their way at once they would follow one another without end, and nothing else have its turn.
    """
    if event.size != screen.app.size:
        event.stop()
        event.prevent_default()


class Modal(ModalScreen[ScreenResultType]):
    """What stands above the boards."""

    async def _on_resize(self, event: Resize) -> None:
        drop_stale(self, event)
