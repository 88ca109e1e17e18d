"""Board 5, open interest: where positions grow and shrink, over all exchanges."""

from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from tui_monitor.boards.coin_parts import coin_interest
from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestRow,
    OpenInterestBoard,
    RankedBy,
)
from tui_monitor.boards.open_interest.build import ranked_rows
from tui_monitor.clock import DAY_MS
from tui_monitor.model import MARK_MS
from tui_monitor.screens.boards.oi.columns import money_change, oi_columns, part
from tui_monitor.screens.boards.oi.texts import detail, headline, why_empty
from tui_monitor.screens.boards.row_past import Points, RowPast
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.keys.actions import BY_ID, bindings
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import count
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.line import Lines, Piece
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source
from tui_monitor.words import t

# What the blocks below the table are of.
PAST_H = 24
_HELP = (
    "Open interest is single-sided: a contract between two parties counts once, whatever an "
    "exchange's field counts. coins are per coin after multiplier and contract size; $ = coins x "
    "mark price.",
    "~ marks a sum of some exchanges only: another one lists the coin and has not told its part, "
    "or its list is not known yet. told is how many are in it; the lines below the table say who "
    "is not and why. Shares and ranks by size are of that part then, and the total is marked, too. "
    "After a start what was stored stands for each perpetual, with its age and ~, until it is told "
    "anew.",
    "A window's change compares now with our own five-minute sample at its start, or with the "
    "exchange's own record of that time. Only perpetuals with a value at both ends count; the "
    "lines below the table name the others and why.",
    "A step that is a change of how an exchange counts (a doubling at once with the price and the "
    "other exchanges unmoved) is marked !, and leaves that perpetual out of the window. The sum "
    "still has its value of now: below the table are both values and when.",
    "+ and - choose 1, 4 or 24 h; z ranks by size instead of the absolute change in USD.",
    "acc long is the share of accounts that are long (Binance, OKX and Bybit tell it, for the "
    "most traded): accounts, not positions.",
    "Sources: the exchanges' streams and polls; history by Binance openInterestHist, OKX rubik, "
    "Bybit open-interest. Bitget has none: its windows begin with our samples. Only what is not "
    "stored is asked for; the headline says so while it is read, and when an exchange must wait.",
)


class OpenInterestView(BoardView):
    """The ranking, and the perpetuals of the coin under the cursor."""

    NAME = "oi"
    FEW_COLUMNS = ("coin", "usd", "change_usd", "pct_24h")
    EXPORTS = ("open-interest",)
    HAS_DAYS = False
    HAS_RANGES = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("oi")]
    DEFAULT_CSS = "OpenInterestView #detail { height: 4; }"

    def __init__(self) -> None:
        super().__init__()
        self.board: OpenInterestBoard | None = None
        self.shown: OpenInterestBoard | None = None
        self.hours: int | None = None
        self.by = RankedBy.CHANGE
        self._asked: tuple[int | None, RankedBy] = (None, self.by)
        self._usual_hours: int | None = None
        self._columns_for: tuple[int, RankedBy] | None = None
        self.table: Board[InterestRow] = Board(
            oi_columns(WINDOWS_H[-1]),
            lambda row: row.coin,
            sort="rank",
            descending=False,
            follows=True,
        )
        self._headline = Lines(id="headline")
        self._detail = Lines(id="detail")
        self._past = RowPast(DAY_MS, MARK_MS)
        self._panel = Panel(self.table, "Open interest", id="interest")

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._panel
        yield self._detail

    # Data

    async def pull(self, source: Source) -> None:
        """The ranking."""
        held = self.board if self.frozen else None
        if held is not None:
            await source.interest_board(*self._asked)  # what waits is counted
            self.board = _ranked(held, self.hours or self._usual_hours or held.hours, self.by)
            return
        asked = self._asked = (self.hours, self.by)
        self.board = board = await source.interest_board(*asked)
        if asked[0] is None:
            self._usual_hours = board.hours

        async def marks(coin: str, first_ms: int) -> Points:
            points = await source.interest_history(coin, first_ms)
            found = coin_interest(coin, board, points, (first_ms, first_ms + self._past.span_ms))
            return [(one.at_ms, one.coins) for one in found.marks]

        row = self.table.cursor_row
        await self._past.pull(None if row is None else row.coin, board.now_ms, marks)

    def paint(self) -> None:
        """Show the board that was pulled last."""
        board = self.board
        if board is None:
            return
        self.shown = board
        if (board.hours, board.by) != self._columns_for:
            self._columns_for = (board.hours, board.by)
            self.table.set_columns(oi_columns(board.hours, board.by))
        self.table.set_rows(board.rows, stale=not board.live, empty=why_empty(board))
        looks, width = looks_of(self), self.content_size.width
        self._headline.set_lines(headline(board, self.zone, looks, width))
        self._panel.set_title("Open interest", _hints())
        self._show_detail()

    @on(Board.Moved)
    def _moved(self, _: Board.Moved) -> None:
        self._show_detail()

    def _show_detail(self) -> None:
        if self.shown is not None:
            width = self.content_size.width
            row = self.table.cursor_row
            looks = looks_of(self)
            lines = list(detail(row, self.shown, self.zone, looks, width))
            if row is not None:
                # A line that begins with the same time need not say it twice.
                name = "" if self.shown.hours == PAST_H else t("24 h")
                lines[1] = self._past.after(
                    lines[1], row.coin, name, looks, width, frozen=self.frozen
                )
            self._detail.set_lines(*lines)

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """The coin's page."""
        self.post_message(self.CoinWanted(event.row.coin))

    # What it is ranked by

    def action_by_size(self) -> None:
        """By size, or by change again."""
        self.by = RankedBy.SIZE if self.by is RankedBy.CHANGE else RankedBy.CHANGE
        self.table.start_over()
        self.post_message(self.Wanted())

    def action_range_more(self) -> None:
        self._step(1)

    def action_range_less(self) -> None:
        self._step(-1)

    def action_range_reset(self) -> None:
        self.hours = None
        super().action_range_reset()

    def take_range(self, steps: int | None) -> None:
        """Hours."""
        if steps in WINDOWS_H:
            self.hours = steps

    def _step(self, by: int) -> None:
        now = self.hours or (self.shown.hours if self.shown else WINDOWS_H[-1])
        place = WINDOWS_H.index(now) + by
        if not 0 <= place < len(WINDOWS_H):
            longest = t("{hours} h is the longest window", hours=now)
            shortest = t("{hours} h is the shortest window", hours=now)
            self.app.notify(longest if by > 0 else shortest)
            return
        self.hours = WINDOWS_H[place]
        self.keep_range(self.hours)
        self.post_message(self.Wanted())

    # For the frame

    def panels(self) -> Sequence[Board[Any]]:
        """The ranking."""
        return (self.table,)

    def can_go_back(self) -> bool:
        """There is nowhere to go back to."""
        return False

    def go_back(self) -> None:
        """Nowhere."""

    def few_lines(self) -> list[list[Piece]]:
        """The first coins, for very small terminals."""
        looks, board = looks_of(self), self.shown
        if board is None:
            return [[(t("loading…"), looks.dim)]]
        if not board.rows:
            return [[(why_empty(board), looks.dim)]]
        return [
            [
                (f"{row.coin} ", looks.bright),
                (f"{part(count(row.usd), row)} $ ", looks.text),
                (money_change(row.change(board.hours)), looks.dim),
            ]
            for row in board.rows[:3]
        ]

    def help_text(self) -> Sequence[str]:
        """Definitions and sources."""
        return _HELP


def _ranked(held: OpenInterestBoard, hours: int, by: RankedBy) -> OpenInterestBoard:
    """The same values in another order: a board that is frozen has all its windows."""
    if (hours, by) == (held.hours, held.by):
        return held
    rows = ranked_rows(held.rows, hours, by)
    ranked = sum(row.rank is not None for row in rows)
    return replace(held, rows=rows, ranked=ranked, hours=hours, by=by)


def _hints() -> str:
    return t(
        "{range} window, {size} by size or change",
        range=BY_ID["range_more"].label,
        size=key("by_size"),
    )
