"""Board 6, spreads: where a coin is cheap, where it is dear, what is left after costs."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from tui_monitor.boards.same_coin import Suspect
from tui_monitor.boards.spreads import Filter, Kind, SpreadRow, SpreadsBoard
from tui_monitor.clock import MINUTE_MS
from tui_monitor.errors import BadInput, UnknownCoin
from tui_monitor.screens.boards.row_past import Points, RowPast
from tui_monitor.screens.boards.spreads.cells import leg
from tui_monitor.screens.boards.spreads.columns import spread_columns
from tui_monitor.screens.boards.spreads.quarantine import evidence, others, suspect_columns
from tui_monitor.screens.boards.spreads.texts import DETAIL_LINES, detail, headline, why_empty
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.keys.actions import BY_ID, bindings
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import signed
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.line import Lines, Piece
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source
from tui_monitor.words import language, t

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)

_HELP = (
    "For each coin the best pair of legs. Long is the leg that is bought, at its ask; short is the "
    "leg that is sold, at its bid. "
    "exec % = (bid − ask) / ask × 100 is what an order would get now, for as much as stands at the "
    "top of both books (size $).",
    "net % is exec % less four taker fees (in and out on both legs; exchanges.<name>.taker_fee_pct "
    "in the settings). net fund adds what the two perpetuals settle until each has settled once: "
    "who is long pays a positive rate, who is short gets it; each leg has its own interval.",
    "A leg whose book is older than spreads.max_age_s ranks nowhere: its row is grey, in brackets, "
    "below all others and in no comparison of a filter. Ages count from the arrival or the last "
    "confirmation of the book, plus what it was late by.",
    "p changes which markets are paired, f which coins are shown, o shows one coin only. Enter "
    "opens the coin. Tab leads to the quarantine: equal tickers that are not the same coin, or "
    "contradict their multiplier; they rank nowhere.",
    "The lines below the table are the row under the cursor. Sources: the top of the book and the "
    "funding of each exchange's own streams, REST while a stream is away.",
)


class SpreadsView(BoardView):
    """The pairs; the quarantine takes turns with them."""

    NAME = "spreads"
    FEW_COLUMNS = ("coin", "exec", "buy", "sell")
    IS_OF_MARKET = True
    EXPORTS = ("spreads",)
    HAS_DAYS = False
    OF_NOW = frozenset({"pairs", "coins", "one_coin"})
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("spreads")]
    DEFAULT_CSS = f"""
    SpreadsView #detail {{ height: {DETAIL_LINES}; }}
    SpreadsView #quarantine {{ display: none; }}
    SpreadsView.-quarantine #quarantine {{ display: block; }}
    SpreadsView.-quarantine #pairs {{ display: none; }}
    """

    def __init__(self) -> None:
        super().__init__()
        self.board: SpreadsBoard | None = None
        self.shown: SpreadsBoard | None = None
        # What is asked for; no kind: what the settings say.
        self.kind: Kind | None = None
        self.filter = Filter.ALL
        self.coin: str | None = None
        # Where the list of all stood when it was left for one coin.
        self._was_scrolled = False
        self.table: Board[SpreadRow] = Board(
            spread_columns(), lambda row: row.coin, sort="exec", follows=True
        )
        self.suspects: Board[Suspect] = Board(
            suspect_columns(self.zone, 0), _suspect_key, sort="coin", descending=False
        )
        self._headline = Lines(id="headline")
        self._detail = Lines(id="detail")
        self._pairs = Panel(self.table, "Spreads", id="pairs")
        self._quarantine = Panel(self.suspects, "Quarantine", id="quarantine")
        self._columns_for: tuple[object, ...] = ()
        self._past = RowPast(60 * MINUTE_MS, MINUTE_MS)

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._pairs
        yield self._quarantine
        yield self._detail

    # Data

    async def pull(self, source: Source) -> None:
        """The board."""
        self.board = board = await source.spreads_board(self.kind, self.filter, self.coin)

        async def minutes(coin: str, first_ms: int) -> Points:
            try:
                found = await source.spread_minutes(coin, first_ms)
            except UnknownCoin:
                return ()  # it is listed no more
            return [(one.minute_ms, one.max_pct) for one in found]

        row = self.table.cursor_row
        coin = None if row is None else row.coin
        if not self.frozen:
            await self._past.pull(coin, board.now_ms, minutes)

    def paint(self) -> None:
        """Show the board that was pulled last."""
        board = self.board
        if board is None:
            return
        self._start_over(self.shown, board)
        self.shown = board
        self._set_columns(board)
        self.table.set_rows(board.rows, empty=why_empty(board, self.status))
        self.suspects.set_rows(
            board.quarantine, empty=t("nothing: every instrument's price fits its name")
        )
        self._headline.set_lines(headline(board, looks_of(self), self.content_size.width))
        many = len(board.quarantine)
        tab = key("other_panel")
        held = t("quarantine {n} ({key})", n=many, key=tab) if many else ""
        self._pairs.set_title(t("Spreads"), held)
        self._quarantine.set_title(
            t("Quarantine"), t("ranks nowhere ({key}: back to the spreads)", key=tab)
        )
        self._show_detail()

    def _start_over(self, before: SpreadsBoard | None, board: SpreadsBoard) -> None:
        """Other pairs and coins begin at their top; who scrolled to a coin comes back to it."""
        if before is None:
            return
        if (before.kind, before.filter, before.coin) != (board.kind, board.filter, board.coin):
            back = before.coin is not None and board.coin is None
            self.table.start_over(keep=back and self._was_scrolled)

    def _set_columns(self, board: SpreadsBoard) -> None:
        wanted = (
            *(board.kind, board.max_age_s, board.slots, board.over_24h, board.watched_24h_min),
            *(self.zone.name, self.zone.format(board.now_ms, "%d"), language()),
        )
        if wanted != self._columns_for:
            self._columns_for = wanted
            self.table.set_columns(spread_columns(board))
            self.suspects.set_columns(suspect_columns(self.zone, board.now_ms))

    @on(Board.Moved)
    def _moved(self, _: Board.Moved) -> None:
        self._show_detail()

    def _show_detail(self) -> None:
        board, looks = self.shown, looks_of(self)
        if board is None:
            return
        width = self.content_size.width
        if self.has_class("-quarantine"):
            suspect = self.suspects.cursor_row
            texts = [] if suspect is None else evidence(suspect, self.zone, board.now_ms)
            self._detail.set_lines(*([(text, looks.dim)] for text in texts[:DETAIL_LINES]))
        else:
            row = self.table.cursor_row
            lines = detail(row, board.now_ms, self.zone, looks, width)
            if row is not None:
                name = t("1 h, the highest of each minute")
                lines[0] = self._past.after(
                    lines[0], row.coin, name, looks, width, frozen=self.frozen
                )
            self._detail.set_lines(*lines)

    # Its keys and commands

    def action_pairs(self) -> None:
        shown = Kind.ALL if self.shown is None else self.shown.kind
        self.kind = _after(list(Kind), self.kind or shown)
        self.post_message(self.Wanted())

    def action_coins(self) -> None:
        self.filter = _after(list(Filter), self.filter)
        self.post_message(self.Wanted())

    def action_one_coin(self) -> None:
        if self.coin is None:
            row = self.table.hold()
            self.coin = None if row is None else row.coin
            self._was_scrolled = self.table.scroll_offset.y > 0
        else:
            self.coin = None
        self.post_message(self.Wanted())

    def choose(self, what: str, word: str) -> None:
        """Other pairs or other coins, by their name; without one the next ones."""
        self.needs_now()
        if not word:
            self.action_pairs() if what == "pairs" else self.action_coins()
        elif what == "pairs":
            self.kind = _named(Kind, word)
        else:
            self.filter = _named(Filter, word)
        self.post_message(self.Wanted())

    # Enter

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """The coin's page; of an instrument in quarantine the evidence."""
        if event.board is self.table:
            self.post_message(self.CoinWanted(event.row.coin))
        elif self.shown is not None:
            suspect = event.row
            where = leg(suspect.exchange, suspect.market)
            title = t(
                "{coin} on {leg}: {symbol}", coin=suspect.coin, leg=where, symbol=suspect.symbol
            )
            lines = evidence(suspect, self.zone, self.shown.now_ms) + others(suspect, self.shown)
            self.app.push_screen(TextDialog(title, *lines))

    # For the frame

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pairs and coins are chosen where they are shown."""
        if action in BY_ID and BY_ID[action].where == "spreads" and self.has_class("-quarantine"):
            return False
        return super().check_action(action, parameters)

    @property
    def is_narrow(self) -> bool:
        """The quarantine is a tab at every size."""
        return True

    def panels(self) -> Sequence[Board[Any]]:
        """The one that is shown first."""
        if self.has_class("-quarantine"):
            return (self.suspects, self.table)
        return (self.table, self.suspects)

    def next_panel(self) -> None:
        """The pairs, or the quarantine."""
        self.toggle_class("-quarantine")
        self.panels()[0].focus()
        self.refresh_bindings()
        self._show_detail()

    def can_go_back(self) -> bool:
        """From the quarantine, and from one coin to all."""
        return self.has_class("-quarantine") or self.coin is not None

    def go_back(self) -> None:
        """To the pairs, then to all coins."""
        if self.has_class("-quarantine"):
            self.next_panel()
        elif self.coin is not None:
            if self.frozen:
                self.app.notify(t("frozen: {key} goes on", key=key("freeze")))
            else:
                self.action_one_coin()

    def few_lines(self) -> list[list[Piece]]:
        """The best pairs, for very small terminals."""
        looks, board = looks_of(self), self.shown
        if board is None:
            return [[(t("loading…"), looks.dim)]]
        best = [row for row in board.rows if row.ranked][: self.few()]
        if not best:
            return [[(why_empty(board, self.status), looks.dim)]]
        return [
            [
                (f"{row.coin} ", looks.bright),
                (f"{signed(row.executable_pct)} ", looks.signed(row.executable_pct)),
                (f"{row.buy_exchange}→{row.sell_exchange}", looks.text),
            ]
            for row in best
        ]

    def help_text(self) -> Sequence[str]:
        """Definitions and sources."""
        return _HELP


def _suspect_key(suspect: Suspect) -> str:
    return f"{suspect.exchange} {suspect.market} {suspect.symbol}"


def _after(choices: list[T], now: T) -> T:
    return choices[(choices.index(now) + 1) % len(choices)]


def _named(words: type[Word], word: str) -> Word:
    try:
        return words(word)
    except ValueError:
        raise BadInput(f"no {word!r}", f"there is {', '.join(words)}") from None
