"""Board 4, picks: a fixed formula's score of the perpetuals with most turnover."""

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult

from tui_monitor.boards.picks import LeftOut, PickRow, PicksBoard
from tui_monitor.model import BAR_MS, Market
from tui_monitor.printable import printable
from tui_monitor.screens.boards.anomalies.texts import with_reason
from tui_monitor.screens.boards.picks.columns import LEFT_COLUMNS, PICK_COLUMNS
from tui_monitor.screens.boards.row_past import Points, RowPast
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import ABSENT, ShownZone, ago, because, count, price, signed
from tui_monitor.screens.looks.looks import Looks, looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.line import Lines, Piece, fitting
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source
from tui_monitor.words import t, told

# As many closes are drawn behind the figures of the row under the cursor.
PAST_BARS = 96
_HELP = (
    "A fixed formula over the last 16 closed bars of a quarter of an hour, of the 30 perpetuals "
    "with most turnover in 24 hours (at least 5,000 USD); the 20 highest scores are kept. Nothing "
    "is learnt or foretold: what rises and what falls score alike.",
    "change = 0.3 × |24 h change in %|; turnover = 0.25 × min(24 h turnover in millions of USD, "
    "100); volatility = 0.25 × min(1000 × deviation of the bars' returns (ddof 0), 50); growth = "
    "0.2 × min(|growth of the volume in %|, 20).",
    "score = change + turnover + volatility + growth, at most 100. It is computed when bars close "
    "and every 180 s: the bars stay the same between, 24 h change and turnover don't. max is the "
    "highest score that the perpetual ever had here.",
    "growth of the volume: the mean of the last five bars over the mean of the first five, in "
    "coins, so that a price that moves is no growth.",
    "start is the close of the first of the bars, now that of the last closed one (below the table "
    "with the times at which these bars ended), highest their highest "
    "high; rise = (now − start) / start × 100. Tab leads to those that can't be scored, with why.",
    "The blocks below the table are the closes of the last 96 bars of the row under the cursor, "
    "from its lowest to its highest; they stand there where there is room.",
    "Sources: the exchange's candles and its 24 h statistics.",
)


class PicksView(BoardView):
    """The scores; those that were left out take turns with them."""

    NAME = "picks"
    FEW_COLUMNS = ("coin", "score", "increase", "change_24h")
    HAS_DAYS = False
    DEFAULT_CSS = """
    PicksView #terms { height: 2; }
    PicksView #left { display: none; }
    PicksView.-left #left { display: block; }
    PicksView.-left #picks { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.board: PicksBoard | None = None
        self.shown: PicksBoard | None = None
        self.table: Board[PickRow] = Board(
            PICK_COLUMNS, lambda row: row.symbol, sort="score", follows=True
        )
        self.left: Board[LeftOut] = Board(
            LEFT_COLUMNS, lambda row: row.symbol, sort="coin", descending=False
        )
        # The closes of the row under the cursor; what was asked for is of one length of bars.
        self._past = RowPast(0, 1)
        self._past_bar = ""
        self._headline = Lines(id="headline")
        self._terms = Lines(id="terms")
        self._picks = Panel(self.table, "Picks", id="picks")
        self._left = Panel(self.left, "Left out", id="left")

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._picks
        yield self._left
        yield self._terms

    # Data

    async def pull(self, source: Source) -> None:
        """The newest evaluation."""
        self.board = board = await source.picks_board()
        if board.bar != self._past_bar:
            bar_ms, self._past_bar = BAR_MS[board.bar], board.bar
            self._past = RowPast(PAST_BARS * bar_ms, bar_ms)
        row = self.table.cursor_row
        coin = None if row is None else row.symbol

        async def closes(symbol: str, first_ms: int) -> Points:
            found = await source.klines(symbol, board.exchange, Market.PERP, board.bar, PAST_BARS)
            return [(one.open_ms, one.close) for one in found.rows if one.open_ms >= first_ms]

        if not self.frozen:
            await self._past.pull(coin, board.now_ms, closes)

    def paint(self) -> None:
        """Show the board that was pulled last."""
        board = self.board
        if board is None:
            return
        self.shown = board
        self.table.set_rows(board.rows, stale=not board.live, empty=why_empty(board))
        self.left.set_rows(board.left_out, stale=not board.live, empty=why_none_left_out(board))
        looks, width = looks_of(self), self.content_size.width
        lines = headline(board, self.zone, looks, width)
        self._headline.set_lines(*lines)
        self._headline.styles.height = len(lines)
        many = len(board.left_out)
        tab = key("other_panel")
        self._picks.set_title("Picks", t("left out {n} ({key})", n=many, key=tab) if many else "")
        self._left.set_title("Left out", t("({key}: back to the picks)", key=tab))
        self._show_terms()

    @on(Board.Moved)
    def _moved(self, _: Board.Moved) -> None:
        self._show_terms()

    def _show_terms(self) -> None:
        row = self.table.cursor_row
        if self.shown is None or row is None or self.has_class("-left"):
            self._terms.set_lines()
            return
        looks, width = looks_of(self), self.content_size.width
        lines = terms(row, self.shown, self.zone, looks, width)
        name = t("{n} bars", n=PAST_BARS)
        lines[0] = self._past.after(lines[0], row.symbol, name, looks, width, frozen=self.frozen)
        self._terms.set_lines(*lines)

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """The coin's page."""
        self.post_message(self.CoinWanted(event.row.coin))

    # For the frame

    @property
    def is_narrow(self) -> bool:
        """What is left out is a tab at every size."""
        return True

    def panels(self) -> Sequence[Board[Any]]:
        """The one that is shown first."""
        return (self.left, self.table) if self.has_class("-left") else (self.table, self.left)

    def next_panel(self) -> None:
        """The picks, or what was left out."""
        self.toggle_class("-left")
        self.panels()[0].focus()
        self._show_terms()

    def can_go_back(self) -> bool:
        """From what was left out."""
        return self.has_class("-left")

    def go_back(self) -> None:
        """To the picks."""
        if self.has_class("-left"):
            self.next_panel()

    def few_lines(self) -> list[list[Piece]]:
        """The highest scores, for very small terminals."""
        looks, board = looks_of(self), self.shown
        if board is None:
            return [[(t("loading…"), looks.dim)]]
        if not board.rows:
            return [[(why_empty(board), looks.dim)]]
        return [
            [
                (f"{row.coin} ", looks.bright),
                (f"{row.score:.1f} ", looks.text),
                (f"{signed(row.increase_pct)} %", looks.signed(row.increase_pct)),
            ]
            for row in board.rows[:3]
        ]

    def help_text(self) -> Sequence[str]:
        """The formula and its sources."""
        return _HELP


def headline(board: PicksBoard, zone: ShownZone, looks: Looks, width: int) -> list[list[Piece]]:
    """Whose bars, up to when, how many were scored; below it a reason that has no room there."""
    head: list[list[Piece]] = [[(f" {board.exchange.value} {board.bar} ", looks.banner)]]
    if board.evaluated_ms is None:
        head.append([(t("nothing is scored yet"), looks.warn)])
        return with_reason(head, [], board.reason, looks, width)
    scored = board.candidates - len(board.left_out)
    counted = t("{n} of {all}", n=scored, all=board.candidates)
    groups: list[list[Piece]] = [
        [(counted, looks.text), (t(" candidates scored"), looks.faint)],
        [(t("bars up to "), looks.faint), (zone.when(board.close_ms, board.now_ms), looks.text)],
        [(t("scored {ago}", ago=ago(board.evaluated_ms, board.now_ms)), looks.faint)],
        [(t("score = change + turnover + volatility + growth"), looks.dim)],
    ]
    return with_reason(head, groups, board.reason, looks, width)


def terms(
    row: PickRow, board: PicksBoard, zone: ShownZone, looks: Looks, width: int
) -> list[list[Piece]]:
    """What the parts are of, and the prices: what a narrow table has no room for."""
    growth = ABSENT if row.growth_pct is None else f"{signed(row.growth_pct, 1)} %"
    measured = (
        (t("24 h "), f"{signed(row.change_24h_pct)} %"),
        (t("turnover "), f"{count(row.turnover_24h_usd)} USD"),
        (t("deviation "), f"{row.deviation_pct:.3f} %"),
        (t("volume "), growth),
    )
    found: list[list[Piece]] = [[(printable(row.coin, 20), looks.bright)]]
    found += [[(name, looks.faint), (text, looks.text)] for name, text in measured]
    prices: list[list[Piece]] = [
        [(t("start "), looks.faint), (price(row.start_price), looks.text)],
        [(f"({zone.format(row.start_ms + BAR_MS[board.bar])})", looks.dim)],
        [(t("now "), looks.faint), (price(row.current_price), looks.text)],
        [(f"({zone.format(board.close_ms)})", looks.dim)],
        [(f"{signed(row.increase_pct)} %", looks.signed(row.increase_pct))],
        [(t("highest "), looks.faint), (price(row.max_price), looks.text)],
        [(t("max score "), looks.faint), (f"{row.max_score:.2f}", looks.text)],
    ]
    return [fitting(found, "  ", width), fitting(prices, "  ", width)]


def why_none_left_out(board: PicksBoard) -> str:
    """Why nobody is among those that can't be scored."""
    if board.evaluated_ms is None:
        return why_empty(board)
    if not board.candidates:
        return t("nothing: there is no candidate")
    return t("nothing: every candidate was scored")


def why_empty(board: PicksBoard) -> str:
    """Why there is no row."""
    if board.evaluated_ms is None:
        nothing = t("no picks of {exchange} are scored yet", exchange=board.exchange.value)
        return because(nothing, board.reason) if board.reason else nothing
    if board.reason:
        return told(board.reason)
    if board.left_out:
        first = board.left_out[0]
        return t(
            "none of {n} candidates can be scored; {why}",
            n=board.candidates,
            why=because(first.coin, first.reason),
        )
    return t("no perpetual of {exchange} has turnover enough yet", exchange=board.exchange.value)
