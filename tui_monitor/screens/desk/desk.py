"""The one screen: the frame, the board that is shown, the loop that pulls its data.

The loop asks the source for the status and for the visible board only, once a second and at
once after a key that wants other data. A failed pull is said on screen and tried again.
"""

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.widgets import ContentSwitcher
from textual.worker import Worker

from tui_monitor.boards.status import EngineStatus
from tui_monitor.clock import BoardZone
from tui_monitor.errors import BadInput, EngineGone, MonitorError
from tui_monitor.loading import load
from tui_monitor.screens.boards.registry import VIEWS
from tui_monitor.screens.boards.view import HEIGHTS, WIDTHS, BoardView
from tui_monitor.screens.desk.answers import Answers
from tui_monitor.screens.desk.errands import Errands
from tui_monitor.screens.desk.frame import DeskFrame, whereabouts
from tui_monitor.screens.desk.gap import Gap, pulled
from tui_monitor.screens.desk.revisit import Revisit
from tui_monitor.screens.desk.settings_news import SHOWN_S, SettingsNews
from tui_monitor.screens.desk.ways import DeskWays
from tui_monitor.screens.keys.actions import bindings, board_bindings
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.status import unknown
from tui_monitor.screens.tables.layouts import layouts_of
from tui_monitor.screens.telling import problem
from tui_monitor.screens.terminal.keys_in_order import comes
from tui_monitor.screens.terminal.terminal import PaintedApp
from tui_monitor.screens.widgets.board import Board
from tui_monitor.source import Source
from tui_monitor.words import told

if TYPE_CHECKING:
    from tui_monitor.screens.palette.palette import Palette

log = logging.getLogger(__name__)

REFRESH_S = 1.0
# The longest wait of another board's frame for its data, and for its widgets.
_WHOLE_S, _MOUNTED_S = 0.06, 1.0


class Desk(DeskWays):
    """Top line, board, status line, footer. `refresh_s` None: only `pull()` refreshes."""

    DEFAULT_CSS = """
    Desk { layout: vertical; overflow: hidden; background: $background; }
    Desk ContentSwitcher { height: 1fr; }
    Desk #problem { display: none; }
    Desk.-problem #problem { display: block; }
    Desk #small { display: none; height: 1fr; }
    Desk.-cramped #small, Desk.-flat #small { display: block; }
    Desk.-cramped .frame, Desk.-flat .frame, Desk.-strip Footer { display: none; }
    Desk.-low .extra, Desk.-strip .extra, Desk.-strip .above { display: none !important; }
    Desk.-low .-away, Desk.-strip .-away { display: none !important; }
    Desk.-low .only, Desk.-strip .only {
        height: 1fr !important; min-height: 0 !important; max-height: 100% !important;
    }
    Desk.-stale ContentSwitcher, Desk.-stale TopLine, Desk.-stale StatusLine { opacity: 50%; }
    Desk.-kept ContentSwitcher { opacity: 50%; }
    """
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("desk", "work"), *board_bindings()]

    def __init__(self, source: Source, board: str, refresh_s: float | None = REFRESH_S) -> None:
        super().__init__(board)
        self.source = source
        self._answers = Answers(source)
        self.frozen_behind: int | None = None
        self.engine_failure = ""
        self.pulls = 0
        self._refresh_s = refresh_s
        self._wanted = asyncio.Event()
        self.errands = Errands(self, source, self._wanted.set)
        # Between the key of another board and its view's being there.
        self._switching = False
        self._arrived = asyncio.Event()
        self.whole_s = _WHOLE_S
        # One after the other: a view that is on its way must not be brought on twice.
        self._one_switch = asyncio.Lock()
        self._frame = DeskFrame()
        self._gap = Gap()
        self._revisit = Revisit()
        self._is_gone = False
        self._news = SettingsNews(
            lambda text, severity: self.app.notify(text, severity=severity, timeout=SHOWN_S)
        )

    def compose(self) -> ComposeResult:
        yield self._frame.top
        yield self._frame.problem
        yield self._frame.small
        first = self._view(self._current)
        yield ContentSwitcher(first, initial=first.id, classes="frame")
        yield self._frame.status
        yield self._frame.footer

    async def on_mount(self) -> None:
        """Stored data at once, then the loop."""
        self._frame.show_waiting(self._where())
        said = layouts_of(self).take_problem()
        if said:
            self.app.notify(told(said), severity="warning", timeout=10)
        self.bindings_updated_signal.subscribe(self, lambda _: self._show_footer())
        self.run_worker(self._follow(), name="refresh", group="refresh", exit_on_error=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stopping works only while something runs, days only where there are any."""
        if action == "stop_backfill":
            return self.backfill_runs
        if action == "date":
            return self.view.HAS_DAYS
        if action == "start_backfill":
            return self.view.FILLS
        return super().check_action(action, parameters)

    # Data

    async def _follow(self) -> None:
        while True:
            await self.pull()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._refresh_s):
                    await self._wanted.wait()
            # Whatever is wanted without end: keys and paint have their turn.
            await asyncio.sleep(0)

    def refresh_every(self, seconds: float | None) -> None:
        """Another pace, from the next look on; a key that wants data still has it at once."""
        self._refresh_s = seconds

    async def pull(self) -> None:
        """Ask for the status and the visible board and show them."""
        if self._switching:
            # The board on its way asks as soon as it is there. Left set, what was wanted before
            # would be looked at without end, and nothing else would run.
            self._wanted.clear()
            return
        asked, view, answers = self._wanted.is_set(), self.view, self._answers
        self._wanted.clear()
        if self.is_held:
            self.hold(self.whole_s)
        answers.begin()
        if asked or answers.held:
            self._gap.end()
        # What was under way when the display was frozen is what is frozen.
        asked |= not answers.held
        try:
            self._take_status(self.source.status())
            view.status = self.status
            view.frozen = answers.held
            kept = self._gap.waits(self.status) if self.status and view.IS_OF_MARKET else ""
            if not kept:
                coming = view.pull(answers.source)
                await pulled(coming, self._refresh_s, self._say_meanwhile)
        except MonitorError as error:
            self._say_problem(problem(error))
            self._take_absence(is_gone=isinstance(error, EngineGone))
        except Exception as error:
            log.exception("the %s board failed", view.NAME)
            self._say_problem(f"the {view.NAME} board failed: {type(error).__name__}: {error}")
        else:
            self._say_problem(kept)
            self._take_absence(is_gone=False)
            self.set_class(bool(kept), "-kept")
            if not kept:
                self._show(view, asked=asked)
        self.pulls += 1
        if view is self.view and not self._switching:
            self.release_soon()

    def _say_meanwhile(self) -> None:
        """How the engine does, though the board takes long."""
        self._take_status(self.source.status())
        self._show_frame()

    def _take_absence(self, *, is_gone: bool) -> None:
        """What is shown of before an engine went stays, and does not look like now."""
        if is_gone and not self._is_gone:
            self._gap.begin(self.status)
        self._is_gone = is_gone
        self.set_class(is_gone, "-stale")
        self._show_frame()

    def _take_status(self, status: EngineStatus) -> None:
        if self.status is None or self.status.timezone != status.timezone:
            self.zone = ShownZone(BoardZone(status.timezone), self.zone.name)
        self._news.look(status, self.source)
        ran, self.status = self.backfill_runs, status
        if ran != self.backfill_runs:
            self.refresh_bindings()

    def _show(self, view: BoardView, *, asked: bool) -> None:
        """Paint, unless frozen: then only what a key asked for, and count what waits."""
        if view is not self.view:
            return
        if self.frozen_behind is not None:
            self.frozen_behind += self._answers.is_newer
        if asked or not self.pulls:
            self._answer_now()
        if self.frozen_behind is None or asked:
            view.zone = self.zone
            view.paint()
            self._revisit.painted(self._shown(), self.status)
        self._show_frame()

    def _show_frame(self) -> None:
        if self.status is None or self._switching:
            return
        if self.focused is None and self.is_current and not self.is_too_small:
            # At the start, and after a size at which nothing was there to have the keys.
            self.set_focus(self.view.panels()[0])
        lost = self._is_gone or bool(self.engine_failure)
        status = unknown(self.status) if lost else self.status
        self._frame.show(self._where(), status, self.zone, self.frozen_behind)
        self._show_footer()
        if self.is_too_small:
            self._frame.small.set_lines(*self.view.few_lines())

    def _where(self) -> list[str]:
        return whereabouts(self.view, self._before, self.app.screen_stack)

    def on_screen_suspend(self) -> None:
        """A dialog opens: the top line says which, once it has its title."""
        self.call_after_refresh(self._show_frame)

    def on_screen_resume(self) -> None:
        """It is left."""
        self._show_frame()

    def _show_footer(self) -> None:
        if self.is_mounted and self.app.screen is not self:
            self._frame.show_dialog_keys(self.app.screen)
        elif self.is_current and self.is_mounted and not self._switching:
            ids = [
                active.binding.id
                for active in self.active_bindings.values()
                if active.enabled and active.binding.id
            ]
            leads_back = self.leads_back
            self._frame.show_keys(ids, self.view, self.focused, leads_back=leads_back)

    def engine_failed(self, text: str) -> None:
        """The engine ended; the red line stays."""
        self.engine_failure = text
        self._say_problem("")
        self._show_frame()

    def _say_problem(self, text: str) -> None:
        text = self.engine_failure or text
        self.set_class(bool(text), "-problem")
        self._frame.say_problem(text)

    @on(BoardView.Wanted)
    def _want(self) -> None:
        self._wanted.set()

    # Room

    def on_resize(self, _: Resize) -> None:
        """The frame's lines are made for their width."""
        self.call_after_refresh(self._show_frame)

    @property
    def is_too_small(self) -> bool:
        """Whether a few lines stand for the board."""
        return self.has_class("-cramped") or self.has_class("-flat")

    # Boards and panels

    def _switch_to(self, name: str, table: Board[Any] | None = None) -> None:
        """Another board; its view is made on its first visit."""
        if name not in VIEWS:
            raise BadInput(f"no board {name!r}")
        self._current, self._left_from, self._switching = name, table, True
        self._arrived.clear()

        # A coroutine that is never begun, as when another board follows at once, would complain.
        async def switch() -> None:
            await self._switch(name)

        _: Worker[None] = self.run_worker(
            switch, name="switch", group="switch", exit_on_error=False
        )

    async def _switch(self, name: str) -> None:
        """The view appears as a whole: with its titles, under its name, over its keys."""
        async with self._one_switch:
            if name != self._current:
                return  # yet another one is wanted
            try:
                await self._bring_on(name)
            finally:
                # Whatever happened: without this nothing would be asked for any more.
                self._switching = self._switching and name != self._current
                if name == self._current:
                    self._arrived.set()
        # Once it has its room: what is made for a width would find none before.
        self.call_after_refresh(self._wanted.set)

    async def _bring_on(self, name: str) -> None:
        switcher = self.query_one(ContentSwitcher)
        view = self._view(name)
        self._revisit.begin(self._shown())
        if view.is_attached:
            self.hold(self.whole_s)
        else:
            self.hold(_MOUNTED_S)
            await switcher.add_content(view)
            # Its widgets are styled and laid out for the first time.
            self.hold(3 * self.whole_s)
        if name != self._current:
            return
        self._answer_now()
        with self.app.batch_update():
            self._switching = False
            switcher.current = view.id
            view.zone = self.zone
            self.set_focus(self._table_of(view))
            self._show_frame()

    # What waits for a whole board

    @property
    def lacks_layout(self) -> bool:
        """Whether the board under this name has no place on the screen yet."""
        if self._switching or self.is_too_small or not self.is_current:
            return False
        return self.view not in self._compositor.widgets

    def _shown(self) -> str:
        """The board, and on a coin's page which coin's: another one's has no old picture."""
        return " ".join((self._current, *self.view.steps()[:1]))

    def is_late(self) -> bool:
        """The board is there, its data is not: what it shows is of before."""
        if self._switching or self.status is None:
            return False
        said = self._revisit.late(self.source.status().now_ms)
        if said:
            self._say_problem(said)
            self.set_class(True, "-kept")
            self.hold(self.whole_s)
        return bool(said)

    def _answer_now(self) -> None:
        if isinstance(self.app, PaintedApp):
            self.app.answer_now()

    async def arrived(self) -> None:
        """Wait for the board on its way: what is typed right behind its key is meant for it."""
        if self._switching:
            await comes(self._arrived)

    # Keys of the frame

    def action_freeze(self) -> None:
        if self.frozen_behind is None:
            self.frozen_behind = 0
            self._answers.hold()
        else:
            self.frozen_behind = None
            self._answers.release()
            self._wanted.set()
        self.view.frozen = self._answers.held
        self.refresh_bindings()
        self._show_frame()

    def action_zone(self) -> None:
        self.zone = self.zone.next()
        self.redraw()

    def redraw(self) -> None:
        """Zone or looks changed: paint what is there anew."""
        self.view.zone = self.zone
        for board in self.query(Board):
            board.repaint()
        self.view.paint()
        self._show_frame()

    def action_palette(self) -> None:
        palette_of: type[Palette] = load("tui_monitor.screens.palette.palette").Palette
        self.app.push_screen(palette_of(self))
