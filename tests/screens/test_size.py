"""One size: that of what is painted to, and nothing is laid out for one that is gone."""

import fcntl
import inspect
import os
import pty
import struct
import termios

from textual.app import App, ComposeResult
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size

from tests.screens.support import settled
from tui_monitor.screens.terminal.size import size_of
from tui_monitor.screens.terminal.whole import WholeScreen
from tui_monitor.screens.widgets.line import Lines

# More layouts than that are no answer to a few events.
_MANY = 50


def test_textual_asks_its_driver_for_the_size() -> None:
    """A new Textual that asks elsewhere, or paints elsewhere, needs another driver."""
    assert "self._get_terminal_size()" in inspect.getsource(LinuxDriver.start_application_mode)
    assert "self._file = sys.__stderr__" in inspect.getsource(LinuxDriver.__init__)
    assert "self._driver._size" in inspect.getsource(App)


def test_a_size_is_that_of_the_descriptor() -> None:
    """Whatever the others have; a terminal that does not tell, and a file, get the usual one."""
    end, other = pty.openpty()
    try:
        assert size_of(other) == (80, 24)
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 111, 0, 0))
        assert size_of(other) == (111, 33)
    finally:
        os.close(end)
        os.close(other)
    assert size_of(-1) == (80, 24)


def nothing() -> None:
    """What stands between two events."""


class Counting(WholeScreen):
    """A screen that counts how often it is given a size."""

    sizes = 0

    def compose(self) -> ComposeResult:
        yield Lines()

    def on_resize(self) -> None:
        self.sizes += 1
        # As a board has something to do then; what came next to one another would be taken for one.
        self.call_later(nothing)
        # It would never yield: nothing but this could end the test.
        assert self.sizes < _MANY


class Resized(App[int]):
    """An app with such a screen."""

    def __init__(self) -> None:
        super().__init__()
        self.counting = Counting()

    def get_default_screen(self) -> Counting:
        return self.counting


async def test_two_sizes_on_their_way_at_once_come_to_rest() -> None:
    """Each layout tells the screen of its size; the two would follow one another for ever."""
    app = Resized()
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        screen = app.counting
        for size in (Size(80, 24), Size(120, 30)):
            screen.post_message(Resize(size, size))
            screen.call_later(nothing)
        await settled(pilot, lambda: screen.size == Size(120, 30))
