"""What `screens.terminal` needs of Textual's insides, and what it does with them."""

import asyncio
import inspect
from types import SimpleNamespace
from typing import Any

from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App, ComposeResult
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.message_pump import MessagePump

from tui_monitor.screens.terminal.terminal import COMPOSE_S, PaintedApp
from tui_monitor.screens.widgets.line import Lines


def test_textual_has_what_the_painter_overrides() -> None:
    """A new Textual that moves these needs a new painter (TUI_PAINT=stock till then)."""
    assert list(inspect.signature(App._display).parameters) == ["self", "screen", "renderable"]
    assert list(inspect.signature(App._fatal_error).parameters) == ["self"]
    assert list(inspect.signature(App._check_bindings).parameters) == ["self", "key", "priority"]
    for name in (
        "_begin_update",
        "_end_update",
        "_close_messages_no_wait",
        "_flush_next_callbacks",
    ):
        assert callable(getattr(App, name))


def test_textual_has_what_keys_in_their_order_need() -> None:
    """Who stands has its `_mounted_event`; what is bound comes only when a key has gone all up."""
    assert "self._check_bindings(event.key)" in inspect.getsource(App._on_key)
    assert "self._mounted_event.set()" in inspect.getsource(MessagePump._pre_process)


def test_updates_have_the_fields_that_are_absorbed() -> None:
    """Full frames have strips and a region, partial ones chops, spans and ends."""
    full = inspect.signature(LayoutUpdate.__init__).parameters
    part = inspect.signature(ChopsUpdate.__init__).parameters
    assert list(full) == ["self", "strips", "region"]
    assert list(part) == ["self", "chops", "spans", "chop_ends"]
    assert issubclass(LayoutUpdate, CompositorUpdate)
    assert issubclass(ChopsUpdate, CompositorUpdate)


def test_the_driver_has_a_queue_and_a_mouse_switch() -> None:
    """Back-pressure looks at the queue's length; the mouse key at the switch."""
    source = inspect.getsource(LinuxDriver)
    assert "self._writer_thread = WriterThread(" in source
    assert "if not self._mouse" in source
    assert "if self._must_signal_resume" in source
    assert hasattr(LinuxDriver, "_enable_mouse_support")
    assert hasattr(LinuxDriver, "_disable_mouse_support")
    with open("/dev/null", "w") as nowhere:  # noqa: PTH123 - a text stream, as the driver has
        assert WriterThread(nowhere)._queue.qsize() == 0


class Shown(PaintedApp):
    """A headless app that believes it has a terminal, and remembers when it was written to."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Lines()
        self.written_s: list[float] = []
        self.count = 0

    @property
    def is_headless(self) -> bool:
        return False

    def compose(self) -> ComposeResult:
        yield self.line

    def on_mount(self) -> None:
        driver: Any = self._driver
        driver.write = self._written

    def _written(self, text: str) -> None:
        if text:
            self.written_s.append(asyncio.get_running_loop().time())

    def change(self) -> None:
        """Other text on the line."""
        self.count += 1
        self.line.set_lines([(str(self.count), self.line.back)])


async def paints(app: Shown, wanted: int) -> None:
    """Change the text without pause until so many paints were written."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + 10
    while app.paints < wanted:
        assert loop.time() < deadline
        app.change()
        await asyncio.sleep(0.001)


async def test_a_storm_of_updates_is_painted_four_times_a_second() -> None:
    """However often the data changes, the terminal hears of it at a bounded rate."""
    app = Shown()
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        app.pace._echo_until_s = 0.0
        await paints(app, app.paints + 1)
        app.written_s.clear()
        begun = app.count
        await paints(app, app.paints + 2)
        first, second = app.written_s[:2]
        assert second - first >= 0.24
        assert app.count - begun > 50


async def test_a_screen_composes_as_often_as_it_is_told() -> None:
    """What a key changes in its second step is not held back for a sixtieth of a second."""
    app = Shown()
    async with app.run_test(size=(40, 5)):
        assert app.screen._update_timer._interval == COMPOSE_S


async def test_a_key_is_answered_at_once() -> None:
    """The rate holds for data, not for the echo of a key."""
    app = Shown()
    async with app.run_test(size=(40, 5)) as pilot:
        await paints(app, app.paints + 1)
        app.pace._next_s = asyncio.get_running_loop().time() + 60
        before = app.paints
        await pilot.press("x")
        app.change()
        await pilot.pause()
        assert app.paints > before


async def test_what_is_waited_for_is_not_held_back() -> None:
    """However long it took to come: the window after the key is over by then."""
    app = Shown()
    async with app.run_test(size=(40, 5)) as pilot:
        await paints(app, app.paints + 1)

        async def is_written() -> bool:
            app.pace._next_s = asyncio.get_running_loop().time() + 60
            before = app.paints
            app.change()
            await pilot.pause()
            return app.paints > before

        app.pace._echo_until_s = 0.0
        assert not await is_written()
        app.answer_now()
        assert await is_written()


async def test_a_terminal_that_is_behind_gets_nothing_more_and_later_everything() -> None:
    """What waits is not lost: it is painted in one go when the queue is short again."""
    app = Shown()
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.pause()
        driver: Any = app._driver
        queue = SimpleNamespace(qsize=lambda: 5)
        driver._writer_thread = SimpleNamespace(_queue=queue)
        await pilot.press("x")
        before = app.paints
        app.change()
        await pilot.pause(0.12)
        assert app.paints == before
        queue.qsize = lambda: 0
        loop = asyncio.get_running_loop()
        deadline = loop.time() + 5
        while app.paints == before:
            assert loop.time() < deadline
            await asyncio.sleep(0.01)
        driver._writer_thread = None
