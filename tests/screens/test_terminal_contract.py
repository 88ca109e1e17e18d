"""What `screens.terminal` needs of Textual's insides, and what it does with them."""

import asyncio
import inspect
from types import SimpleNamespace
from typing import Any

import pytest
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App, ComposeResult
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.message_pump import MessagePump
from textual.pilot import Pilot

from tests.screens.support import settled
from tui_monitor.screens.terminal.last_resort import HARD_EXIT_S, ended_within
from tui_monitor.screens.terminal.pace import Pace
from tui_monitor.screens.terminal.terminal import COMPOSE_S, PAINTS_PER_S, PaintedApp
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
    """A headless app that believes it has a terminal, and remembers what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Lines()
        self.wrote: list[str] = []
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
            self.wrote.append(text)

    def change(self) -> None:
        """Other text on the line."""
        self.count += 1
        self.line.set_lines([(str(self.count), self.line.back)])


async def painted(pilot: Pilot[int], app: Shown) -> None:
    """Change the text until a paint was written: a screen that is not there yet composes none."""
    before = app.paints

    def is_painted() -> bool:
        app.change()
        return app.paints > before

    await settled(pilot, is_painted)


def hold_data(app: Shown) -> None:
    """Data has its turn in an hour."""
    app.pace._next_s = asyncio.get_running_loop().time() + 3_600


async def test_a_storm_of_updates_is_painted_at_a_bounded_rate() -> None:
    """However often the data changes, the terminal hears of it when a frame is due, by itself."""
    app = Shown()
    assert app.pace.gap_s == 1 / PAINTS_PER_S
    app.paint_at(1 / 3_600)
    async with app.run_test(size=(40, 5)) as pilot:
        await painted(pilot, app)
        app.pace._echo_until_s = 0.0
        before = app.paints
        for _ in range(50):
            app.change()
            await pilot.pause()
        assert app.paints == before
        assert app._paint_timer is not None
        assert app._paint_timer.when() == app.pace._next_s
        app._paint_timer.cancel()
        app._paint_timer = None
        app.pace._next_s = asyncio.get_running_loop().time() + 0.01
        app.change()
        await settled(pilot, lambda: app.paints == before + 1)
        assert str(app.count) in app.wrote[-1]


async def test_a_screen_composes_as_often_as_it_is_told() -> None:
    """What a key changes in its second step is not held back for a sixtieth of a second."""
    app = Shown()
    async with app.run_test(size=(40, 5)):
        assert app.screen._update_timer._interval == COMPOSE_S


async def test_a_key_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rate holds for data, not for the echo of a key."""
    monkeypatch.setattr(Pace, "ECHO_S", 3_600.0)
    app = Shown()
    async with app.run_test(size=(40, 5)) as pilot:
        await painted(pilot, app)
        hold_data(app)
        before = app.paints
        await pilot.press("x")
        app.change()
        await settled(pilot, lambda: app.paints > before)


async def test_what_is_waited_for_is_not_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it took to come: the window after the key is over by then."""
    monkeypatch.setattr(Pace, "ECHO_S", 3_600.0)
    app = Shown()
    async with app.run_test(size=(40, 5)) as pilot:
        await painted(pilot, app)
        hold_data(app)
        app.pace._echo_until_s = 0.0
        before = app.paints
        app.change()
        for _ in range(5):
            await pilot.pause()
        assert app.paints == before
        app.answer_now()
        app.change()
        await settled(pilot, lambda: app.paints > before)


async def test_a_terminal_that_is_behind_gets_nothing_more_and_later_everything() -> None:
    """What waits is not lost: it is painted in one go when the queue is short again.

    What is copied goes with it.
    """
    app = Shown()
    async with app.run_test(size=(40, 5)) as pilot:
        await painted(pilot, app)
        driver: Any = app._driver
        queue = SimpleNamespace(qsize=lambda: 5)
        driver._writer_thread = SimpleNamespace(_queue=queue)
        await pilot.press("x")
        before = app.paints
        app.wrote.clear()
        app.change()
        app.write_sequence("copied")
        await pilot.pause(0.12)
        assert app.paints == before
        assert not app.wrote
        queue.qsize = lambda: 0
        await settled(pilot, lambda: app.paints > before and "copied" in app.wrote)
        driver._writer_thread = None


def test_a_pause_of_the_whole_process_is_no_time_that_a_shutdown_took() -> None:
    """On a machine that sleeps meanwhile, or has no processor for it, nothing is ended by force."""
    took_s: list[float] = []

    def wait_through_a_pause(seconds: float) -> bool:
        took_s.append(seconds + 60.0 * (not took_s))
        return len(took_s) > 20

    assert ended_within(HARD_EXIT_S, wait_through_a_pause)
    assert sum(took_s) > 10 * HARD_EXIT_S
    took_s.clear()

    def wait_in_vain(seconds: float) -> bool:
        took_s.append(seconds)
        return False

    assert not ended_within(HARD_EXIT_S, wait_in_vain)
    assert sum(took_s) == pytest.approx(HARD_EXIT_S)
