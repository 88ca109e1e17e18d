"""Board 2, liquidations: the last hours or a past day, who was heard, the largest orders."""

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize

from tui_monitor.boards.liquidations import HOURS, LiquidationsBoard
from tui_monitor.screens.boards.liquidations import texts
from tui_monitor.screens.boards.liquidations.rows import (
    ORDER_COLUMNS,
    VENUE_COLUMNS,
    OrderRow,
    VenueRow,
    order_rows,
    silence,
    venue_rows,
)
from tui_monitor.screens.boards.read_words import minute_lines, minute_title
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.keys.actions import BY_ID
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import count
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.bars import BarsView
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.chart import ChartView
from tui_monitor.screens.widgets.line import Lines, Piece, fitting
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.screens.widgets.reading import ReadChart
from tui_monitor.source import Source
from tui_monitor.words import t

# Below so many lines there is no room for all parts.
_LOW = 18


class LiquidationsView(BoardView):
    """Curve and bars on top; narrow terminals show the venues or the orders, wide ones both."""

    NAME = "liquidations"
    FEW_COLUMNS = ("exchange", "long", "short", "state", "told")
    FEW_ABOVE = True
    EXPORTS = ("liquidations",)
    SCOPED_CSS = False
    DEFAULT_CSS = """
    LiquidationsView #curve { height: 3fr; min-height: 6; }
    LiquidationsView #bars { height: 7; }
    LiquidationsView #bottom { height: 2fr; min-height: 7; }
    .-short LiquidationsView #curve { height: 1fr; min-height: 5; }
    .-short LiquidationsView #bars { height: 3; }
    .-short LiquidationsView #bottom { height: 7; min-height: 7; }
    .-tall LiquidationsView #bars { height: 11; }
    LiquidationsView.-low #bars { display: none; }
    LiquidationsView.-low #trend { display: none; }
    LiquidationsView.-low #statistics { display: none; }
    LiquidationsView.-low #curve { min-height: 4; }
    LiquidationsView.-low #bottom { height: 6; min-height: 6; }
    LiquidationsView #venues { width: 6fr; margin-right: 1; }
    LiquidationsView #orders { width: 5fr; }
    .-narrow LiquidationsView #venues { margin-right: 0; }
    .-narrow LiquidationsView #orders { display: none; }
    .-narrow LiquidationsView.-orders #orders { display: block; width: 1fr; }
    .-narrow LiquidationsView.-orders #venues { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.board: LiquidationsBoard | None = None
        self.shown: LiquidationsBoard | None = None
        self.hours = HOURS[0]
        self.venues: Board[VenueRow] = Board(VENUE_COLUMNS, lambda row: row.venue.exchange.value)
        self.orders: Board[OrderRow] = Board(ORDER_COLUMNS, lambda row: row.key, sort="usd")
        self._headline = Lines(id="headline")
        self._trend = Lines(id="trend")
        self._statistics = Lines(id="statistics")
        self.chart = ChartView(id="curve", opens=True)
        self.bars = BarsView(id="bars")
        self._venues = Panel(self.venues, "Venues", id="venues")
        self._orders = Panel(self.orders, "Largest", id="orders")

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._trend
        yield self.chart
        yield self.bars
        yield self._statistics
        with Horizontal(id="bottom"):
            yield self._venues
            yield self._orders

    # Data

    async def pull(self, source: Source) -> None:
        """The window."""
        board = await source.liquidations_board(self.hours, self.days_query())
        self.board = board
        self.today = self.zone.board.day_of(board.now_ms)

    def paint(self) -> None:
        """Show the board that was pulled last."""
        board = self.board
        if board is None:
            return
        self.shown = board
        looks, width = looks_of(self), self.content_size.width
        self._headline.set_lines(fitting(texts.headline(board, looks), "  ", width))
        self._trend.set_lines(texts.trend(board, looks, width))
        self._statistics.set_lines(fitting(texts.statistics(board, self.zone, looks), "  ", width))
        self.chart.show(texts.chart(board, self.zone))
        self.bars.show(texts.bars(board))
        stale = board.hours is not None and not board.live
        self.venues.set_rows(
            venue_rows(board, self.zone), stale=stale, empty=self._why_no_venue(board)
        )
        self.orders.set_rows(
            order_rows(board, self.zone), stale=stale, empty=board.reason or "no liquidations"
        )
        self._venues.set_title("Venues", texts.sampled(board))
        self._orders.set_title("Largest", texts.last_word(board))

    def _why_no_venue(self, board: LiquidationsBoard) -> str:
        """None is to be heard, or none has said anything: not the same between two engines."""
        if board.reason and not board.live:
            return board.reason
        is_watched = self.status is not None and self.status.lights
        return "no venue was heard in this window" if is_watched else "no venue is enabled"

    @on(ReadChart.Opened)
    def _point_opened(self, event: ReadChart.Opened) -> None:
        """All of a minute, or of a longer step."""
        board = self.shown
        if board is not None:
            title = minute_title(self.zone.when(event.at_ms, board.now_ms))
            lines = minute_lines(board, event.at_ms, lambda ms: self.zone.format(ms, "%H:%M:%S"))
            self.app.push_screen(TextDialog(title, *lines))

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """An order's coin; from a venue to its orders."""
        if event.board is self.orders:
            self.post_message(self.CoinWanted(event.row.order.coin))
        else:
            self.add_class("-orders")
            self._orders.set_filter(f"venue={event.key}")
            self.screen.set_focus(self.orders)
            self.screen.refresh_bindings()

    def on_resize(self, event: Resize) -> None:
        """With few lines the curve and the tables are what is left."""
        self.set_class(event.size.height < _LOW, "-low")
        super().on_resize(event)

    # The window

    def action_range_more(self) -> None:
        self._step(1)

    def action_range_less(self) -> None:
        self._step(-1)

    def action_range_reset(self) -> None:
        self.hours = HOURS[0]
        super().action_range_reset()

    def take_range(self, steps: int | None) -> None:
        """Hours, as long as no days are picked."""
        if steps in HOURS:
            self.hours = steps

    def _step(self, by: int) -> None:
        if self.days.first is not None:
            days = self.stretched(2 if by > 0 else 0.5)
            if days is not None:
                self.show_days(*days)
            return
        place = HOURS.index(self.hours) + by
        if not 0 <= place < len(HOURS):
            named: dict[str, Any] = {
                "hours": self.hours,
                "days": BY_ID["day_previous"].label,
                "date": key("date"),
            }
            longest = t("{hours} h is the longest; {days} and {date} show days", **named)
            shortest = t("{hours} h is the shortest; {days} and {date} show days", **named)
            self.app.notify(longest if by > 0 else shortest)
            return
        self.hours = HOURS[place]
        self.keep_range(None if place == 0 else self.hours)
        self.post_message(self.Wanted())

    def can_go_back(self) -> bool:
        """From the orders, from picked days."""
        return self._in_orders() or super().can_go_back()

    def go_back(self) -> None:
        """From the orders to the venues, then from days to the hours."""
        if self._in_orders():
            self.remove_class("-orders")
            self.screen.set_focus(self.venues)
        else:
            super().go_back()

    def _in_orders(self) -> bool:
        return self.orders.has_focus or self.has_class("-orders")

    # For the frame

    def panels(self) -> Sequence[Board[Any]]:
        """Venues and orders, or the one that a narrow terminal shows."""
        if self.is_narrow:
            return (self.orders,) if self.has_class("-orders") else (self.venues,)
        return (self.venues, self.orders)

    def next_panel(self) -> None:
        """On a narrow terminal the other panel takes the place of this one."""
        self.toggle_class("-orders")
        self.screen.set_focus(self.orders if self.has_class("-orders") else self.venues)

    def few_lines(self) -> list[list[Piece]]:
        """The totals, for very small terminals."""
        looks, board = looks_of(self), self.shown
        if board is None:
            return [[(t("loading…"), looks.dim)]]
        lines: list[list[Piece]] = [
            [(texts.of_hours(total), looks.dim), (f"{texts.money(total)} USD", looks.liquidation)]
            for total in board.totals
        ]
        quiet = silence(board.venues, board.now_ms)
        window = board.window
        sides = f"▾{count(window.long_usd)} ▴{count(window.short_usd)}"
        return [*lines, [(quiet, looks.bad) if quiet else (sides, looks.text)]]

    def help_text(self) -> Sequence[str]:
        """Definitions and sources."""
        return texts.HELP
