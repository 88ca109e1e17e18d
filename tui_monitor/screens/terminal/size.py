"""How large the screen is: one source of it, and nothing of a size that it no longer has."""

import os
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
