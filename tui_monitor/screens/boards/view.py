"""What every board's view has in common: the days it shows, its panels, its keys."""

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import DescendantFocus, Resize
from textual.message import Message
from textual.widget import Widget

from tui_monitor.boards.status import EngineStatus
from tui_monitor.clock import BoardZone
from tui_monitor.errors import BadInput
from tui_monitor.screens.keys.actions import BY_ID, bindings
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import ShownZone
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.tables.layouts import layouts_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.line import Lines, Piece
from tui_monitor.screens.widgets.reading import ReadChart
from tui_monitor.source import Query, Source
from tui_monitor.words import t, told

# Classes of the screen by its width and by its height: what is cramped or flat is too small for a
# board, what is low has room for a table only, and a strip not even for the keys below it.
WIDTHS = [(0, "-cramped"), (30, "-narrow"), (100, "-medium"), (200, "-wide")]
HEIGHTS = [
    *((0, "-flat"), (6, "-strip"), (10, "-low")),
    *((15, "-short"), (28, "-middle"), (54, "-tall")),
]
LONGEST_DAYS = 366
_FEW = 3


@dataclass(frozen=True)
class Days:
    """The days shown. `first` None: the usual days up to today, whatever day that is."""

    first: date | None = None
    last: date | None = None

    @property
    def count(self) -> int:
        """How many, where they are picked."""
        return (self.last - self.first).days + 1 if self.first and self.last else 0


class BoardView(Vertical):
    """One board. A subclass pulls its struct from the source and paints it.

    `status` is the engine's, from just before the pull. While the display is `frozen` the source
    answers what it answered before.
    """

    NAME: ClassVar[str]
    # How many days are shown without picking any.
    USUAL_DAYS: ClassVar[int] = 1
    EXPORTS: ClassVar[tuple[str, ...]] = ()
    # Whether it shows days at all, or only what is now.
    HAS_DAYS: ClassVar[bool] = True
    # Its actions that ask for other data of now: a frozen display has none.
    OF_NOW: ClassVar[frozenset[str]] = frozenset()
    # Whether `+` and `-` choose anything where there are no days.
    HAS_RANGES: ClassVar[bool] = False
    # Whether it is of all coins now: of an engine that begins it would show next to nothing.
    IS_OF_MARKET: ClassVar[bool] = False
    # Whether what it lacks can be asked for again.
    FILLS: ClassVar[bool] = False
    # Of the first table: what a small terminal shows first; and whether the board's first line
    # stays above a table that is all there is room for.
    FEW_COLUMNS: ClassVar[tuple[str, ...]] = ()
    FEW_ABOVE: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("days", "charts")]
    DEFAULT_CSS = "BoardView { height: 1fr; padding: 0 1; }"

    class Wanted(Message):
        """Other data is wanted now."""

    class Elsewhere(Message):
        """Another board is wanted, on a day."""

        def __init__(self, board: str, day: date) -> None:
            super().__init__()
            self.board = board
            self.day = day

    class CoinWanted(Message):
        """The page of a coin is wanted."""

        def __init__(self, coin: str) -> None:
            super().__init__()
            self.coin = coin

    class Left(Message):
        """The board that was shown before is wanted again."""

    def __init__(self) -> None:
        super().__init__(id=f"board-{self.NAME}")
        self.days = Days()
        # As many days up to today as somebody wants here; None: as usual.
        self.kept_days: int | None = None
        self.today: date | None = None
        self.zone = ShownZone(BoardZone())
        self.status: EngineStatus | None = None
        # What had the keys before a chart was read.
        self._before_reading: Widget | None = None
        self.frozen = False

    def on_mount(self) -> None:
        """Until the first board is there the first line says that it is on its way."""
        self.take_range(layouts_of(self).range_of(self.NAME))
        first = self.query(Lines).first()
        self._mark(self, first)
        self.panels()[0].few = self.FEW_COLUMNS
        self.bring(self.panels()[0])
        if not first.plain:
            first.set_lines([(t("loading…"), looks_of(self).dim)])
        # Its widgets stay for good: to look through those of all boards for garbage, again and
        # again, would hold up every tenth key. Apps without a terminal come and go in one process.
        if not self.app.is_headless:
            self.call_after_refresh(gc.freeze)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Days are only where there are some, and so are charts."""
        if self.frozen and action in self.OF_NOW:
            return False
        if action == "read":
            return bool(self.charts())
        if action in BY_ID and BY_ID[action].where == "days":
            return self.HAS_DAYS or (self.HAS_RANGES and action.startswith("range_"))
        return super().check_action(action, parameters)

    # For subclasses

    async def pull(self, source: Source) -> None:
        """Ask for the board and keep it."""
        raise NotImplementedError

    def paint(self) -> None:
        """Show what was pulled last."""
        raise NotImplementedError

    def panels(self) -> Sequence[Board[Any]]:
        """The tables that are on screen, in their order."""
        raise NotImplementedError

    def few_lines(self) -> list[list[Piece]]:
        """The board in a few short lines, for a terminal far too small for it."""
        raise NotImplementedError

    def help_text(self) -> Sequence[str]:
        """Definitions and sources in paragraphs, for F1; the columns explain themselves."""
        raise NotImplementedError

    def steps(self) -> Sequence[str]:
        """What leads from the board before to here, such as a coin; none: it is a board itself."""
        return ()

    def next_panel(self) -> None:
        """Bring on what a narrow terminal has no room for; else the next table has the keys."""
        self._turn(1)

    def previous_panel(self) -> None:
        """The same the other way round; where there is no way back, the next."""
        if self._turns_by_itself:
            self.next_panel()
        else:
            self._turn(-1)

    def _turn(self, step: int) -> None:
        panels, focused = list(self.panels()), self.screen.focused
        at = next((n for n, one in enumerate(panels) if one is focused), -step)
        panels[(at + step) % len(panels)].focus()

    @property
    def has_other_panel(self) -> bool:
        """Whether there is a panel to go to from the one with the keys."""
        return len(self.panels()) > 1 or (self.is_narrow and self._turns_by_itself)

    @property
    def _turns_by_itself(self) -> bool:
        return type(self).next_panel is not BoardView.next_panel

    def choose(self, what: str, word: str) -> None:
        """Another part of the board by name, "": the next. BadInput where there is no choice."""
        asked = f"{what} {word}".strip()
        raise BadInput(f"{asked}: nothing to choose on the {self.NAME} board", "spreads has it")

    def needs_now(self) -> None:
        """BadInput while frozen: what is asked for is of now."""
        if self.frozen:
            raise BadInput("the display is frozen", f"{key('freeze')} goes on")

    def can_go_back(self) -> bool:
        """Whether Esc has anywhere to go."""
        return self.days.first is not None

    def is_deeper(self) -> bool:
        """Whether Esc has a step within it, before the one to the board that led here."""
        return False

    def go_back(self) -> None:
        """One step back: the last one leads to the days up to today."""
        self.days = Days()
        self.post_message(self.Wanted())

    # On a terminal too low for more than a table

    def _mark(self, container: Widget, first: Lines) -> None:
        """Which parts are no table: see the desk's style."""
        for child in container.children:
            if not (isinstance(child, Board) or child.query(Board)):
                child.add_class("above" if child is first and self.FEW_ABOVE else "extra")
                continue
            child.add_class("only")
            if not child.query_children(Board):
                self._mark(child, first)

    @on(DescendantFocus)
    def _focused(self, event: DescendantFocus) -> None:
        """The table that has the keys is the one there is room for, with those beside it."""
        if isinstance(event.widget, Board):
            self.bring(event.widget)

    def bring(self, board: Board[Any]) -> None:
        """Have the others away where there is no room for them."""
        for child in self.children:
            child.set_class(child not in board.ancestors and bool(child.query(Board)), "-away")

    # On a terminal too small for the board

    def few(self) -> int:
        """How many lines there is room for, where the lines are rows."""
        return max(_FEW, self.screen.size.height)

    # Charts

    def charts(self) -> list[ReadChart]:
        """Those on screen that have points."""
        return [one for one in self.query(ReadChart) if one.can_be_read]

    def action_read(self) -> None:
        charts, focused = self.charts(), self.screen.focused
        at = next((n for n, one in enumerate(charts) if one is focused), -1)
        if at < 0:
            self._before_reading = focused
        if at + 1 < len(charts):
            charts[at + 1].read()
        else:
            self._read_no_more()

    @on(ReadChart.Left)
    def _read_no_more(self) -> None:
        """What had the keys before has them again."""
        before = self._before_reading
        is_there = before is not None and before.is_attached and before.region.area > 0
        self.screen.set_focus(before if is_there else self.panels()[0])
        self.screen.refresh_bindings()

    # Days

    def days_query(self) -> Query:
        """The days for the source."""
        days = self._up_to_today()
        if self.days.first is None and self.kept_days and days is not None:
            return Query(first_day=days[0], last_day=days[1])
        return Query(first_day=self.days.first, last_day=self.days.last)

    def have_days(self, days: Days) -> None:
        """These days again, without asking for them: the board is left."""
        self.days = days

    def _now_today(self) -> date | None:
        """The day of the engine, which the first board comes with."""
        if self.today is not None or self.status is None:
            return self.today
        return BoardZone(self.status.timezone).day_of(self.status.now_ms)

    def _up_to_today(self) -> tuple[date, date] | None:
        today = self._now_today()
        count = self.kept_days or self.USUAL_DAYS
        return None if today is None else (today - timedelta(days=count - 1), today)

    def shown_range(self) -> tuple[date, date] | None:
        """First and last day shown; None before the first board came."""
        if self.days.first and self.days.last:
            return self.days.first, self.days.last
        return self._up_to_today()

    def show_days(self, first: date, last: date) -> None:
        """Show these days. As many up to today as usual, or as are kept, move on with the days."""
        is_usual = (first, last) == self._up_to_today()
        self.days = Days() if is_usual else Days(first, last)
        self.post_message(self.Wanted())

    # How far back it looks, kept from run to run

    def take_range(self, steps: int | None) -> None:
        """What was kept in a run before: days, unless a subclass has other steps."""
        if self.HAS_DAYS and steps is not None and 1 <= steps <= LONGEST_DAYS:
            self.kept_days = steps

    def keep_range(self, steps: int | None) -> None:
        """So far back from now on; None: as usual."""
        layouts = layouts_of(self)
        layouts.keep_range(self.NAME, steps)
        said = layouts.take_problem()
        if said:
            self.app.notify(told(said), severity="warning")

    def action_day_previous(self) -> None:
        self._shift(-1)

    def action_day_next(self) -> None:
        self._shift(1)

    def _shift(self, days: int) -> None:
        shown = self.shown_range()
        if shown is None or self.today is None:
            return
        first, last = (day + timedelta(days=days) for day in shown)
        if last > self.today:
            self.app.notify(t("today is the last day"))
            return
        self.show_days(first, last)

    def action_range_more(self) -> None:
        self._stretch(2)

    def action_range_less(self) -> None:
        self._stretch(0.5)

    def action_range_reset(self) -> None:
        self.days, self.kept_days = Days(), None
        self.keep_range(None)
        self.post_message(self.Wanted())

    def _stretch(self, factor: float) -> None:
        """More days or fewer, with the same last one; those up to today are kept."""
        days = self.stretched(factor)
        if days is None:
            return
        first, last = days
        if last == self.today:
            count = (last - first).days + 1
            self.kept_days = None if count == self.USUAL_DAYS else count
            self.keep_range(self.kept_days)
        self.show_days(first, last)

    def stretched(self, factor: float) -> tuple[date, date] | None:
        """So many times as many days, with the same last one."""
        shown = self.shown_range()
        if shown is None:
            return None
        first, last = shown
        count = max(1, min(LONGEST_DAYS, int(((last - first).days + 1) * factor)))
        return last - timedelta(days=count - 1), last

    # Room

    @property
    def is_narrow(self) -> bool:
        """Whether panels take turns."""
        return self.screen.has_class("-narrow")

    def on_resize(self, _: Resize) -> None:
        """Texts are cut to the width."""
        self.paint()
