"""The page of one coin: its prices everywhere, its history, and all that happened to it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from tui_monitor.boards.coin import CoinPage, Premium
from tui_monitor.boards.coin_parts import CoinAnomaly
from tui_monitor.boards.spreads import Kind
from tui_monitor.errors import BadInput, UnknownCoin
from tui_monitor.model import Exchange, Settlement
from tui_monitor.screens.boards.coin.anomalies import anomaly_columns, anomaly_text, key_of
from tui_monitor.screens.boards.coin.candles import CoinCandles
from tui_monitor.screens.boards.coin.columns import PREMIUM_COLUMNS, settlement_columns
from tui_monitor.screens.boards.coin.interest import CoinInterestView
from tui_monitor.screens.boards.coin.layout import (
    CSS,
    PAGES,
    PARTS,
    ROWS,
    Page,
    Room,
    parts_line,
    with_charts,
)
from tui_monitor.screens.boards.coin.legs import LEG_COLUMNS, LegRow, leg_rows, leg_text
from tui_monitor.screens.boards.coin.liquidations import CoinLiquidationsView
from tui_monitor.screens.boards.coin.texts import (
    HELP,
    chart,
    headline,
    no_chart,
    pair_lines,
)
from tui_monitor.screens.boards.signals.rows import SIGNAL_COLUMNS, SignalRow, detail, signal_rows
from tui_monitor.screens.boards.spreads.cells import leg
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.keys.actions import bindings_of
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.palette.coin_names import why_unknown
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.chart import ChartView
from tui_monitor.screens.widgets.line import Lines, Piece
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source
from tui_monitor.words import t


class CoinView(BoardView, can_focus=True):
    """Nine parts: all at once where there is room, else on pages. A page without a table has the
    keys itself.
    """

    NAME = "coin"
    # The rules look at the screen's size classes, outside of this widget's scope.
    SCOPED_CSS = False
    FEW_COLUMNS = ("leg", "last", "age")
    FEW_ABOVE = True
    HAS_DAYS = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("bar_length", "venue")]
    DEFAULT_CSS = CSS

    def __init__(self) -> None:
        super().__init__()
        self.coin = ""
        self.page: CoinPage | None = None
        self.shown: CoinPage | None = None
        self.legs: Board[LegRow] = Board(LEG_COLUMNS, lambda row: row.key, sort=None)
        self.premiums: Board[Premium] = Board(
            PREMIUM_COLUMNS, lambda row: f"{row.exchange} {row.symbol}", sort=None
        )
        self.settled: Board[Settlement] = Board(
            settlement_columns(self.zone),
            lambda row: f"{row.settled_ms} {row.exchange} {row.symbol}",
            sort="time",
            follows=True,
        )
        self.signals: Board[SignalRow] = Board(
            SIGNAL_COLUMNS, lambda row: row.key, sort="time", follows=True
        )
        self.signals.hidden = frozenset({"coin"})
        self.anomalies: Board[CoinAnomaly] = Board(
            anomaly_columns(self.zone), key_of, sort="time", follows=True
        )
        self.candles = CoinCandles(id="candles")
        self.liquidations = CoinLiquidationsView(id="liquidations")
        self.interest = CoinInterestView(id="interest")
        self._headline = Lines(id="headline")
        self._pairs = Lines(id="pairs")
        self._parts = Lines(id="parts")
        self._chart_title = Lines(id="chart-title")
        self._chart = ChartView(id="chart")
        self._panels: dict[str, Panel[Any]] = {
            "legs": Panel(self.legs, "Legs", id="legs"),
            "premiums": Panel(self.premiums, "Premium", id="premiums"),
            "settled": Panel(self.settled, "Settled funding", id="settled"),
            "signals": Panel(self.signals, "Signals", id="signals"),
            "anomalies": Panel(self.anomalies, "Anomalies, 24 h", id="anomalies"),
        }
        self._zone_name = self.zone.name
        self._place = 0
        self._laid_out: tuple[Room, int] | None = None

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._pairs
        yield self._parts
        yield self._panels["legs"]
        with Horizontal(id="charts"):
            with Vertical(id="spread"):
                yield self._chart_title
                yield self._chart
            yield self.candles
        with Horizontal(id="below"):
            yield from (self._panels[part] for part in ROWS["below"])
        with Horizontal(id="events"):
            yield self.liquidations
            yield self._panels["anomalies"]
        yield self.interest

    # Data

    def open_coin(self, coin: str) -> None:
        """Another coin; what is shown of the one before goes."""
        if coin == self.coin:
            return
        self.coin, self.page, self.shown = coin, None, None
        self.candles.forget()
        if self.is_attached:
            self._show_waiting()

    def on_mount(self) -> None:
        """On the first visit there is a coin already."""
        self._lay_out()
        self._show_waiting()

    def _show_waiting(self, unknown: str = "") -> None:
        """`unknown`: why there is nothing to wait for."""
        looks, waiting = looks_of(self), unknown or t("waiting for {coin}", coin=self.coin)
        said: Piece = (unknown, looks.warn) if unknown else (t("loading…"), looks.dim)
        self._headline.set_lines([(f" {self.coin} ", looks.banner), ("   ", looks.dim), said])
        self._pairs.set_lines()
        self._show_chart_title()
        self._chart.show(no_chart(self.coin, self.zone, unknown))
        self.candles.show(self.coin, self.zone, None, unknown)
        for panel in self._panels.values():
            panel.board.clear(waiting)
        self.liquidations.clear(waiting)
        self.interest.clear(waiting, self.zone)

    def _show_chart_title(self) -> None:
        looks = looks_of(self)
        title, looked = t("Spread, 24 h"), t("the highest of each minute, all pairs")
        self._chart_title.set_lines(
            [("─ ", looks.faint), (title, looks.dim), (f"  {looked}", looks.faint)]
        )

    async def pull(self, source: Source) -> None:
        """The page of the coin that was opened."""
        coin = self.coin
        try:
            page = await source.coin_page(coin)
        except UnknownCoin:
            unknown = why_unknown(coin, await source.markets())
            if coin == self.coin:
                self._show_waiting(unknown)
            if unknown:
                return
            raise
        # Another one may have been opened meanwhile.
        if coin == self.coin:
            self.page = page
            await self.candles.pull(source, page)

    def paint(self) -> None:
        """Show the page that was pulled last."""
        page = self.page
        if page is None:
            return
        self.shown = page
        self._lay_out()
        looks, width = looks_of(self), self.content_size.width
        self._headline.set_lines(headline(page, looks, width))
        self._pairs.set_lines(*pair_lines(page, looks, width))
        rows = leg_rows(page)
        self.legs.set_idle(frozenset() if any(row.note for row in rows) else frozenset({"note"}))
        self.legs.set_rows(rows, empty=page.reason or "no exchange lists it now")
        self._paint_history(page)
        self._show_chart_title()
        self._chart.show(chart(page, self.zone))
        self.candles.show(self.coin, self.zone, page)
        self.liquidations.show(page.liquidations, self.zone, page.now_ms)
        self.interest.show(page.interest, self.zone)

    def _paint_history(self, page: CoinPage) -> None:
        if self.zone.name != self._zone_name:
            self._zone_name = self.zone.name
            self.settled.set_columns(settlement_columns(self.zone))
            self.anomalies.set_columns(anomaly_columns(self.zone))
        reasons = any(one.reason for one in page.premiums)
        self.premiums.set_idle(frozenset() if reasons else frozenset({"reason"}))
        self.premiums.set_rows(page.premiums, empty=page.reason or "no perpetual")
        self.settled.set_rows(page.settlements, empty="no settlement is stored yet")
        self.signals.set_rows(
            signal_rows(page.signals, page.now_ms, self.zone), empty="no signal of it is stored"
        )
        self.anomalies.set_rows(page.anomalies.newest, empty=page.anomalies.reason)
        titles = ("Legs", "Premium", "Settled funding", "Signals", "Anomalies, 24 h")
        watched = "" if page.signal_pairs is Kind.ALL else page.signal_pairs.value
        for panel, title in zip(self._panels.values(), titles, strict=True):
            # The headline's hours are of all pairs: a signal may be of fewer.
            panel.set_title(title, watched if title == "Signals" else "")

    # Enter

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """All of a leg, the samples of a signal, how an anomaly's score came to be."""
        page = self.shown
        if page is None or event.board not in self._tables():
            return
        row = event.row
        if event.board is self.legs:
            one = row.found.leg
            where = leg(one.exchange, one.market)
            title = t("{coin} on {leg}: {symbol}", coin=page.coin, leg=where, symbol=one.symbol)
            self.app.push_screen(TextDialog(title, *leg_text(row, self.zone, page.now_ms)))
        elif event.board is self.signals:
            lines = detail(row, self.zone, looks_of(self), 200)
            texts = ("".join(text for text, _ in line) for line in lines)
            self.app.push_screen(TextDialog(t("Signal of {coin}", coin=page.coin), *texts))
        elif event.board is self.anomalies:
            text = anomaly_text(row, self.zone, page.now_ms)
            self.app.push_screen(TextDialog(t("Anomaly of {coin}", coin=page.coin), *text))

    # Bars

    def action_bar_length(self) -> None:
        self.candles.next_bar()
        self._want_bars()

    def action_venue(self) -> None:
        self.candles.next_exchange(self.shown)
        self._want_bars()

    def choose(self, what: str, word: str) -> None:
        """Other bars or another exchange's, by name; without one the next."""
        if what == "bar":
            self.candles.choose_bar(word) if word else self.candles.next_bar()
        elif what == "venue":
            self._choose_venue(word)
        else:
            super().choose(what, word)
        self._want_bars()

    def _choose_venue(self, word: str) -> None:
        names = [one.value for one in Exchange]
        if word and word not in names:
            raise BadInput(f"no exchange {word!r}", f"one of {' '.join(names)}")
        if word:
            self.candles.choose_exchange(Exchange(word))
        else:
            self.candles.next_exchange(self.shown)

    def _want_bars(self) -> None:
        self.candles.show(self.coin, self.zone, self.shown)
        self.post_message(self.Wanted())

    # Pages

    @property
    def is_narrow(self) -> bool:
        """Parts may be on another page at every size."""
        return True

    def steps(self) -> Sequence[str]:
        """The coin; and which part of its page, where there is room for one."""
        if self.is_attached and self._room() in (Room.LOW, Room.FLAT, Room.SMALL):
            return (self.coin, t(PARTS[self._page()[0]], "part"))
        return (self.coin,)

    def _room(self) -> Room:
        has = self.screen.has_class
        if has("-low") or has("-strip"):
            return Room.LOW
        if has("-narrow") or has("-short"):
            return with_charts(Room.SMALL, self.screen.size.height)
        is_whole = has("-tall") and has("-wide")
        return with_charts(Room.WHOLE if is_whole else Room.MIDDLE, self.screen.size.height)

    def _page(self) -> Page:
        if not self.is_attached:
            return PAGES[Room.SMALL][0]
        pages = PAGES[self._room()]
        return pages[min(self._place, len(pages) - 1)]

    def _lay_out(self) -> None:
        """Show the parts of the page; what is shown already stays untouched."""
        if not self.is_attached:
            return
        room = self._room()
        pages = PAGES[room]
        self._place = min(self._place, len(pages) - 1)
        line = parts_line(pages, self._place, looks_of(self), self.content_size.width)
        self._parts.set_lines(line)
        if self._laid_out == (room, self._place):
            self._keep_keys()
            return
        if not all(self.query(f"#{part}") for part in PARTS):
            return  # it is left while it is being made
        self._laid_out = (room, self._place)
        for one in Room:
            self.set_class(one is room, one.value)
        self._parts.display = len(pages) > 1 and room is not Room.LOW
        self._pairs.display = room is not Room.LOW
        self.liquidations.set_class(room in (Room.FLAT, Room.SMALL), "-stacked")
        self.interest.set_class(room is not Room.WHOLE, "-stacked")
        self._display(pages[self._place])
        self.call_after_refresh(self._keep_keys)

    def _display(self, page: Page) -> None:
        for part in PARTS:
            self.query_one(f"#{part}").display = part in page
        for row, parts in ROWS.items():
            self.query_one(f"#{row}").display = any(part in page for part in parts)

    def _keep_keys(self) -> None:
        """Where what has the keys is away, the page has them."""
        if not (self.display and self.screen.is_current):
            return
        focused, tables = self.screen.focused, self._tables()
        is_away = isinstance(focused, Board) and self in focused.ancestors
        if focused is None or (is_away and focused not in tables):
            self._focus(tables)

    def _focus(self, tables: Sequence[Board[Any]], place: int = 0) -> None:
        # At once: what had the keys before is away already.
        self.screen.set_focus(tables[place] if tables else self)

    def _tables(self) -> list[Board[Any]]:
        """Those of the page; charts have none."""
        boards: dict[str, tuple[Board[Any], ...]] = {
            **{part: (panel.board,) for part, panel in self._panels.items()},
            "liquidations": (self.liquidations.venues, self.liquidations.newest),
            "interest": (self.interest.table,),
        }
        page = self._page()
        return [one for part in PARTS if part in page for one in boards.get(part, ())]

    def bring(self, board: Board[Any]) -> None:
        """Its page has the parts there is room for; of tables beside each other one."""
        for one in (self.liquidations.venues, self.liquidations.newest):
            if one.parent is not None:
                one.parent.set_class(one is not board, "-beside")

    def panels(self) -> Sequence[Board[Any]]:
        """The tables of the page; of one without any the legs, though they are away."""
        return self._tables() or (self.legs,)

    def next_panel(self) -> None:
        """The next table; after the last one the next page."""
        self._step(1)

    def previous_panel(self) -> None:
        """The table before; before the first one the page before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        tables, focused = self._tables(), self.screen.focused
        at = next((n for n, one in enumerate(tables) if one is focused), None)
        if at is not None and 0 <= at + by < len(tables):
            tables[at + by].focus()
            return
        self._place = (self._place + by) % len(PAGES[self._room()])
        self._lay_out()
        self._focus(self._tables(), 0 if by > 0 else -1)

    def can_go_back(self) -> bool:
        """To the board that it was opened from."""
        return True

    def go_back(self) -> None:
        """There."""
        self.post_message(self.Left())

    # For the frame

    def few_lines(self) -> list[list[Piece]]:
        """The best pair, for very small terminals."""
        looks, page = looks_of(self), self.shown
        if page is None:
            return [[(t("waiting for {coin}", coin=self.coin), looks.dim)]]
        return [headline(page, looks, 60), *pair_lines(page, looks, 60)]

    def help_text(self) -> Sequence[str]:
        """Definitions and sources."""
        return HELP
