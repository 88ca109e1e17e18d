"""Board 8, funding: what each exchange's perpetual of a coin pays, and where they differ."""

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult

from tui_monitor.boards.funding import FundingBoard, FundingRow
from tui_monitor.model import Exchange
from tui_monitor.screens.boards.funding.columns import funding_columns
from tui_monitor.screens.boards.funding.perps import PERP_COLUMNS, PerpRow, perp_rows
from tui_monitor.screens.boards.spreads.cells import why_nothing
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.looks.format import shown, signed
from tui_monitor.screens.looks.looks import Looks, looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.line import Lines, Piece, fitting
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source
from tui_monitor.words import t, told

_HELP = (
    "A perpetual's funding is paid between its holders at each settlement: a positive rate by "
    "longs to shorts, a negative one by shorts to longs, on the position's value.",
    "Each exchange's APR stands under its name: rate × 24 / interval × 365, not compounded; 8 h % "
    "is rate × 8 / interval. Where the interval is not known there is neither: a dash, and the "
    "note says so. Rates are predicted until they are settled; settled is what was paid last.",
    "diff is the highest minus the lowest of a coin: who is short where it is highest and long "
    "where it is lowest gets it while the rates last. Old rates and instruments in quarantine are "
    "in brackets and compared with nothing.",
    "The table below is the coin under the cursor: 1 d, 7 d and 30 d are sums of what was settled; "
    "~ means that not all of it is stored yet. Enter opens the coin.",
    "Sources: the exchanges' own funding streams and lists; settled history by REST, kept for "
    "good. A countdown is to the settlement that comes next.",
)


class FundingView(BoardView):
    """The coins, and the perpetuals of the one under the cursor."""

    NAME = "funding"
    FEW_COLUMNS = ("coin", "difference_apr", "short", "long")
    IS_OF_MARKET = True
    EXPORTS = ("funding",)
    HAS_DAYS = False
    DEFAULT_CSS = "FundingView #perps { height: 6; }"

    def __init__(self) -> None:
        super().__init__()
        self.board: FundingBoard | None = None
        self.shown: FundingBoard | None = None
        self.table: Board[FundingRow] = Board(
            funding_columns(tuple(Exchange)),
            lambda row: row.coin,
            sort="difference_apr",
            follows=True,
        )
        # It is in each exchange's column already; here it is for filters and for sorting.
        self.table.hidden = frozenset({"apr"})
        self.perps: Board[PerpRow] = Board(
            PERP_COLUMNS, lambda row: str(row.cell.exchange), sort=None
        )
        self._exchanges: list[Exchange] = list(Exchange)
        self._headline = Lines(id="headline")
        self._coins = Panel(self.table, "Funding", id="coins")
        self._perps = Panel(self.perps, "Coin", id="perps")

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._coins
        yield self._perps

    # Data

    async def pull(self, source: Source) -> None:
        """The board."""
        self.board = await source.funding_board()

    def paint(self) -> None:
        """Show the board that was pulled last."""
        board = self.board
        if board is None:
            return
        self.shown = board
        if board.exchanges != self._exchanges:
            self._exchanges = list(board.exchanges)
            self.table.set_columns(funding_columns(board.exchanges))
        self.table.set_rows(
            board.rows, empty=f"{t('no perpetual has a rate')}; {why_nothing(self.status)}"
        )
        self._headline.set_lines(headline(board, looks_of(self), self.content_size.width))
        self._coins.set_title(t("Funding"), t("% a year on each exchange"))
        self._show_perps()

    @on(Board.Moved)
    def _moved(self, event: Board.Moved) -> None:
        if event.board is self.table:
            self._show_perps()

    def _show_perps(self) -> None:
        if self.shown is None:
            return
        row = self.table.cursor_row
        rows = perp_rows(row, self.shown, self.zone)
        self.perps.set_idle(frozenset() if any(one.note for one in rows) else frozenset({"note"}))
        self.perps.set_rows(rows, empty=t("no perpetual"))
        notes = [f"{one.cell.exchange}: {one.note}" for one in rows if one.note]
        said = [told(row.reason)] if row is not None and row.reason else notes
        self._perps.set_title(shown(row.coin, 30) if row else t("Coin"), shown(" · ".join(said)))

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """The coin's page; of an exchange the coin that its table is about."""
        row = event.row if event.board is self.table else self.table.seen_row
        if row is not None:
            self.post_message(self.CoinWanted(row.coin))

    # For the frame

    def panels(self) -> Sequence[Board[Any]]:
        """The coins have the keys first."""
        return (self.table, self.perps)

    def can_go_back(self) -> bool:
        """There are no days to go back from."""
        return False

    def go_back(self) -> None:
        """Nowhere."""

    def few_lines(self) -> list[list[Piece]]:
        """The largest differences, for very small terminals."""
        looks, board = looks_of(self), self.shown
        if board is None:
            return [[(t("loading…"), looks.dim)]]
        best = [row for row in board.rows if row.ranked][:3]
        if not best:
            return [[(why_nothing(self.status), looks.dim)]]
        return [
            [
                (f"{row.coin} ", looks.bright),
                (f"{signed((row.difference_apr or 0) * 100)} ", looks.accent),
                (f"{row.long_exchange}→{row.short_exchange}", looks.text),
            ]
            for row in best
        ]

    def help_text(self) -> Sequence[str]:
        """Definitions and sources."""
        return _HELP


def headline(board: FundingBoard, looks: Looks, width: int) -> list[Piece]:
    """How many coins can be compared, what the signs mean, how far the history is."""
    compared = t("{n} of {all}", n=f"{board.ranked:,}", all=f"{board.coins:,}")
    groups: list[list[Piece]] = [
        [(compared, looks.text), (f" {t('coins compared')}", looks.faint)],
        [(t("positive: longs pay shorts"), looks.dim)],
    ]
    for past in board.past:
        if past.error:
            text = f"{past.exchange} {t('history')}: {told(past.error)}"
            groups.append([(text, looks.warn)])
        elif past.asked < past.perps:
            text = f"{past.exchange} {t('history')} {past.asked:,}/{past.perps:,}"
            groups.append([(text, looks.dim)])
    return fitting(groups, "   ", width)
