"""The page of one coin: its prices everywhere, premium, spreads, funding and signals."""

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from tui_monitor.boards.coin import CoinPage, Premium
from tui_monitor.model import Settlement
from tui_monitor.screens.coin_candles import CoinCandles
from tui_monitor.screens.coin_columns import PREMIUM_COLUMNS, settlement_columns
from tui_monitor.screens.coin_legs import LEG_COLUMNS, LegRow, leg_rows, leg_text
from tui_monitor.screens.coin_texts import PAIR_LINES, chart, headline, no_chart, pair_lines
from tui_monitor.screens.dialogs import TextDialog
from tui_monitor.screens.looks import looks_of
from tui_monitor.screens.signals_rows import SIGNAL_COLUMNS, SignalRow, detail, signal_rows
from tui_monitor.screens.view import BoardView
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.chart import ChartView
from tui_monitor.screens.widgets.line import Lines, Piece
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source

_HELP = (
    "One coin on every exchange and market. Prices are per coin, whatever a contract holds.",
    "The lines on top are its best pairs of now: the long leg, bought at its ask, → the short one, "
    "sold at its bid; net is less "
    "the taker fees of four fills, with funding adds what both legs settle until each has settled "
    "once. In brackets: a leg is too old to rank.",
    "The curve is the highest executable spread of each minute of the last 24 hours, of all "
    "pairs; the dashed line is the threshold of the signals, a gap is time that nobody watched.",
    "The candles are the kept bars of a quarter of an hour of the first perpetual that has any: a "
    "thin body rises, a full one falls, the bar that is forming is grey, a hole is a bar that is "
    "not kept; the turnovers in USD stand below them.",
    "Premium: the perpetual over spot of the same exchange, else over the mean of the other "
    "perpetuals, by last prices. Basis: mark over index, both the exchange's own.",
    "Funding that was settled, newest first: positive rates are paid by longs to shorts. Esc leads "
    "back to the board that this page was opened from.",
)
# What takes turns on a small terminal: the curve, the candles, three tables.
_TURNS, _CHARTS = 5, 2


class CoinView(BoardView):
    """The legs; charts, premium, settlements and signals, which take turns on small terminals."""

    NAME = "coin"
    HAS_DAYS = False
    # The rules look at the screen's size classes, outside of this widget's scope.
    SCOPED_CSS = False
    DEFAULT_CSS = f"""
    CoinView #pairs {{ height: {PAIR_LINES}; }}
    CoinView #legs {{ height: 10; }}
    CoinView #charts {{ height: 1fr; }}
    CoinView #history {{ width: 1fr; margin-right: 1; }}
    CoinView #bars {{ width: 1fr; }}
    CoinView #below {{ height: 10; }}
    CoinView #premiums, CoinView #settled {{ width: 3fr; margin-right: 1; }}
    CoinView #signals {{ width: 4fr; }}
    .-tall CoinView #below {{ height: 20; }}
    .-narrow CoinView #pairs, .-short CoinView #pairs {{ height: 1; }}
    .-narrow CoinView #below, .-short CoinView #below {{ height: auto; max-height: 50%; }}
    .-narrow CoinView #history, .-short CoinView #history,
    .-narrow CoinView #bars, .-short CoinView #bars,
    .-narrow CoinView #premiums, .-short CoinView #premiums,
    .-narrow CoinView #settled, .-short CoinView #settled,
    .-narrow CoinView #signals, .-short CoinView #signals {{ display: none; margin-right: 0; }}
    .-narrow CoinView.-show0 #below, .-short CoinView.-show0 #below,
    .-narrow CoinView.-show1 #below, .-short CoinView.-show1 #below,
    .-narrow CoinView.-show2 #charts, .-short CoinView.-show2 #charts,
    .-narrow CoinView.-show3 #charts, .-short CoinView.-show3 #charts,
    .-narrow CoinView.-show4 #charts, .-short CoinView.-show4 #charts {{ display: none; }}
    .-narrow CoinView.-show2 #below, .-short CoinView.-show2 #below,
    .-narrow CoinView.-show3 #below, .-short CoinView.-show3 #below,
    .-narrow CoinView.-show4 #below, .-short CoinView.-show4 #below {{ height: 1fr; }}
    .-narrow CoinView.-show0 #history, .-short CoinView.-show0 #history,
    .-narrow CoinView.-show1 #bars, .-short CoinView.-show1 #bars,
    .-narrow CoinView.-show2 #premiums, .-short CoinView.-show2 #premiums,
    .-narrow CoinView.-show3 #settled, .-short CoinView.-show3 #settled,
    .-narrow CoinView.-show4 #signals, .-short CoinView.-show4 #signals {{ display: block; }}
    """

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
        self._headline = Lines(id="headline")
        self._pairs = Lines(id="pairs")
        self._chart_title = Lines(id="chart-title")
        self._chart = ChartView(id="chart")
        self.candles = CoinCandles(id="bars")
        self._panels: tuple[Panel[Any], ...] = (
            Panel(self.legs, "Legs", id="legs"),
            Panel(self.premiums, "Premium", id="premiums"),
            Panel(self.settled, "Settled funding", id="settled"),
            Panel(self.signals, "Signals", id="signals"),
        )
        self._zone_name = self.zone.name
        self._turn = 0
        self.add_class("-show0")

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._pairs
        yield self._panels[0]
        with Horizontal(id="charts"):
            with Vertical(id="history"):
                yield self._chart_title
                yield self._chart
            yield self.candles
        with Horizontal(id="below"):
            yield from self._panels[1:]

    # Data

    def open_coin(self, coin: str) -> None:
        """Another coin; what is shown of the one before goes."""
        if coin == self.coin:
            return
        self.coin, self.page, self.shown = coin, None, None
        self.candles.forget()
        for table in self.panels():
            table.clear(f"waiting for {coin}")
        if self.is_attached:
            self._show_waiting()

    def on_mount(self) -> None:
        """On the first visit there is a coin already."""
        self._show_waiting()

    def _show_waiting(self) -> None:
        looks = looks_of(self)
        self._headline.set_lines([(f" {self.coin} ", looks.banner), ("   loading…", looks.dim)])
        self._pairs.set_lines()
        self._show_chart_title()
        self._chart.show(no_chart(self.coin, self.zone))
        self.candles.show(self.coin, self.zone, None)

    def _show_chart_title(self) -> None:
        looks = looks_of(self)
        looked = "the highest of each minute, all pairs"
        self._chart_title.set_lines(
            [("─ ", looks.faint), ("Spread, 24 h", looks.dim), (f"  {looked}", looks.faint)]
        )

    async def pull(self, source: Source) -> bool:
        """The page of the coin that was opened; it differs every time."""
        coin = self.coin
        page = await source.coin_page(coin)
        # Another one may have been opened meanwhile.
        if coin == self.coin:
            self.page = page
            await self.candles.pull(source, page)
        return True

    def paint(self) -> None:
        """Show the page that was pulled last."""
        page = self.page
        if page is None:
            return
        self.shown = page
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

    def _paint_history(self, page: CoinPage) -> None:
        if self.zone.name != self._zone_name:
            self._zone_name = self.zone.name
            self.settled.set_columns(settlement_columns(self.zone))
        reasons = any(one.reason for one in page.premiums)
        self.premiums.set_idle(frozenset() if reasons else frozenset({"reason"}))
        self.premiums.set_rows(page.premiums, empty=page.reason or "no perpetual")
        self.settled.set_rows(page.settlements, empty="no settlement is stored yet")
        self.signals.set_rows(
            signal_rows(page.signals, page.now_ms, self.zone), empty="no signal of it is stored"
        )
        titles = ("Legs", "Premium", "Settled funding", "Signals")
        for panel, title in zip(self._panels, titles, strict=True):
            panel.set_title(title)

    # Enter

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """All of a leg, the samples of a signal."""
        page = self.shown
        if page is None:
            return
        row = event.row
        if event.board is self.legs:
            title = f"{page.coin} on {row.key}: {row.found.leg.symbol}"
            self.app.push_screen(TextDialog(title, *leg_text(row, self.zone, page.now_ms)))
        elif event.board is self.signals:
            lines = detail(row, self.zone, looks_of(self), 200)
            texts = ("".join(text for text, _ in line) for line in lines)
            self.app.push_screen(TextDialog(f"Signal of {page.coin}", *texts))

    # For the frame

    @property
    def is_narrow(self) -> bool:
        """Whether panels take turns: for want of width or of height."""
        return super().is_narrow or self.screen.has_class("-short")

    def panels(self) -> Sequence[Board[Any]]:
        """The legs first; on a small terminal the one whose turn it is."""
        others = (self.premiums, self.settled, self.signals)
        if self.is_attached and self.is_narrow:
            table = self._turn - _CHARTS
            return (self.legs,) if table < 0 else (self.legs, others[table])
        return (self.legs, *others)

    def next_panel(self) -> None:
        """On a small terminal the charts and the other tables take turns below the legs."""
        if self.legs.has_focus and self._turn >= _CHARTS:
            self.panels()[1].focus()
            return
        self.remove_class(f"-show{self._turn}")
        self._turn = (self._turn + 1) % _TURNS
        self.add_class(f"-show{self._turn}")
        self.panels()[-1].focus()

    def can_go_back(self) -> bool:
        """To the board that it was opened from."""
        return True

    def go_back(self) -> None:
        """There."""
        self.post_message(self.Left())

    def summary(self) -> list[list[Piece]]:
        """The best pair, for very small terminals."""
        looks, page = looks_of(self), self.shown
        if page is None:
            return [[(f"waiting for {self.coin}", looks.dim)]]
        return [headline(page, looks, 60), *pair_lines(page, looks, 60)]

    def help_text(self) -> Sequence[str]:
        """Definitions and sources."""
        return _HELP
