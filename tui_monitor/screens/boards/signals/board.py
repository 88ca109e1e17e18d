"""Board 7, signals: spreads that stayed over the threshold for several samples."""

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult

from tui_monitor.boards.signals import SignalsBoard
from tui_monitor.screens.boards.signals.rows import (
    NEWEST,
    NEWEST_COLUMNS,
    RUN_COLUMNS,
    SAMPLES,
    SignalRow,
    detail,
    headline,
    in_one_word,
    run_rows,
    what_comes,
    why_empty,
)
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.looks.format import signed
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.line import Lines, Piece
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source
from tui_monitor.words import t

_HELP = (
    "A signal is a pair of legs of one coin whose spread was at the threshold or over it in "
    "several samples in a row. Long is the cheap leg, which is bought; short is the dear one, "
    "which is sold. After a signal the same pair in the same direction is silent for the cooldown.",
    "With the basis executable the bid of one leg is compared with the ask of the other, after "
    "the age of both was looked at; with the basis last the last prices of perpetuals are "
    "([signals] in the settings). The comparison with the threshold is exact in decimals.",
    "A sample that is under the threshold, turned the other way or without a fresh price on both "
    "legs ends it, and so does a gap between samples: then ended by says which.",
    "A row is a run: the signals of one pair and direction without an ending in between, ×9 where "
    "they are nine. Its time is that of the first, its spread and samples are those of the newest.",
    "The newest five runs stand on top with the spread at each of the samples; the lines below are "
    "the samples of the row under the cursor. Enter opens the coin. All signals are stored.",
    "Sources: the legs of the spreads board.",
)


class SignalsView(BoardView):
    """The newest runs, then all that are kept."""

    NAME = "signals"
    FEW_COLUMNS = ("coin", "spread", "short", "long")
    IS_OF_MARKET = True
    EXPORTS = ("signals",)
    HAS_DAYS = False
    DEFAULT_CSS = f"""
    SignalsView #newest {{ height: {NEWEST + 2}; max-height: 34%; }}
    SignalsView #detail {{ height: {SAMPLES}; }}
    """

    def __init__(self) -> None:
        super().__init__()
        self.board: SignalsBoard | None = None
        self.shown: SignalsBoard | None = None
        self.newest: Board[SignalRow] = Board(NEWEST_COLUMNS, lambda row: row.key, sort="time")
        self.table: Board[SignalRow] = Board(
            RUN_COLUMNS, lambda row: row.key, sort="time", follows=True
        )
        self._headline = Lines(id="headline")
        self._newest = Panel(self.newest, "Newest", id="newest")
        self._all = Panel(self.table, "Signals", id="all")
        self._detail = Lines(id="detail")

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._newest
        yield self._all
        yield self._detail

    # Data

    async def pull(self, source: Source) -> None:
        """The signals."""
        self.board = await source.signals_board()

    def paint(self) -> None:
        """Show the board that was pulled last."""
        board = self.board
        if board is None:
            return
        self.shown = board
        self._fit_columns()
        rows = run_rows(board.runs, board.now_ms, self.zone)
        self.newest.set_rows(rows[:NEWEST], empty=why_empty(board), stale=not board.live)
        self.table.set_rows(rows, empty=what_comes(board), stale=not board.live)
        self._headline.set_lines(headline(board, looks_of(self), self.content_size.width))
        self._newest.set_title(t("Newest"))
        self._all.set_title(t("Signals"))
        self._show_detail()

    def _fit_columns(self) -> None:
        """What ended a signal is one word in both tables."""
        width = self.content_size.width
        for table, columns in ((self.newest, NEWEST_COLUMNS), (self.table, RUN_COLUMNS)):
            wanted = in_one_word(columns, width)
            if list(table.columns) != wanted:
                table.set_columns(wanted)

    @on(Board.Moved)
    def _moved(self, _: Board.Moved) -> None:
        self._show_detail()

    def on_descendant_focus(self) -> None:
        """The samples are those of the table that has the keys."""
        self._show_detail()

    def _show_detail(self) -> None:
        table = self.newest if self.newest.has_focus else self.table
        width = self.content_size.width
        self._detail.set_lines(*detail(table.cursor_row, self.zone, looks_of(self), width))

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """The coin's page."""
        self.post_message(self.CoinWanted(event.row.signal.coin))

    # For the frame

    def panels(self) -> Sequence[Board[Any]]:
        """All signals have the keys first."""
        return (self.table, self.newest)

    def can_go_back(self) -> bool:
        """There are no days to go back from."""
        return False

    def go_back(self) -> None:
        """Nowhere."""

    def few_lines(self) -> list[list[Piece]]:
        """The newest, for very small terminals."""
        looks, board = looks_of(self), self.shown
        if board is None:
            return [[(t("loading…"), looks.dim)]]
        if not board.runs:
            return [[(why_empty(board), looks.dim)]]
        return [
            [
                (f"{self.zone.format(run.observed_ms)} ", looks.dim),
                (f"{run.newest.coin} ", looks.bright),
                (f"{signed(run.newest.spread_pct)} ", looks.signed(run.newest.spread_pct)),
                (f"{run.newest.long_exchange}→{run.newest.short_exchange}", looks.text),
            ]
            for run in board.runs[: self.few()]
        ]

    def help_text(self) -> Sequence[str]:
        """Definitions and sources."""
        return _HELP
