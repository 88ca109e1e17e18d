"""Board 3, anomalies: which bars are unlike those before them, and how each score came to be."""

from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from tui_monitor.boards.anomalies import AnomaliesBoard, AnomalyRow
from tui_monitor.boards.anomalies.explanation import Explained, Explanation
from tui_monitor.boards.klines import Klines
from tui_monitor.screens.boards.anomalies import texts
from tui_monitor.screens.boards.anomalies.bars import BarChoice
from tui_monitor.screens.boards.anomalies.columns import anomaly_columns, reasons_text, z_text
from tui_monitor.screens.boards.anomalies.parts import PART_COLUMNS, PartRow, part_rows
from tui_monitor.screens.dialogs.questions import CoinDialog
from tui_monitor.screens.keys.actions import bindings
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import because, shown, signed
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.candles import CandlesView
from tui_monitor.screens.widgets.line import Lines, Piece
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source
from tui_monitor.words import t

# Candles are asked for again after so long, or when another bar was judged.
_CANDLES_EVERY_MS = 5_000
# The engine lets go of bars some minutes after it was told last.
_WATCHED_EVERY_MS = 30_000


class AnomaliesView(BarChoice):
    """The rows; the explanation of one takes their place, with its candles."""

    NAME = "anomalies"
    FEW_COLUMNS = ("coin", "return", "score", "reasons")
    OF_NOW = frozenset({"bar_length", "venue"})
    EXPORTS = ("anomalies",)
    HAS_DAYS = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("anomalies")]
    DEFAULT_CSS = """
    AnomaliesView #detail { display: none; }
    AnomaliesView #parts { height: 6; }
    AnomaliesView.-detail #detail { display: block; }
    AnomaliesView.-detail #headline, AnomaliesView.-detail #anomalies { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.board: AnomaliesBoard | None = None
        self.forming = False
        self.everyone = False
        # The coin or symbol that is explained.
        self.asked: str | None = None
        # What another board led to.
        self._led_by: str | None = None
        self.explained: Explained | None = None
        self.klines: Klines | None = None
        self._place = 0
        self._candles_for: tuple[object, ...] = ()
        self._watched: tuple[object, ...] = ()
        self.table: Board[AnomalyRow] = Board(
            anomaly_columns(self.zone), lambda row: row.symbol, sort="score", follows=True
        )
        self.parts: Board[PartRow] = Board(PART_COLUMNS, lambda row: row.name, sort=None)
        self.chart = CandlesView(id="candles")
        self._headline = Lines(id="headline")
        self._facts = Lines(id="facts")
        self._chart_title = Lines(id="chart-title")
        self._anomalies = Panel(self.table, "Anomalies", id="anomalies")
        self._parts = Panel(self.parts, "How the score came to be", id="parts")
        self._zone_name = self.zone.name

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._anomalies
        with Vertical(id="detail"):
            yield self._facts
            yield self._parts
            yield self._chart_title
            yield self.chart

    # Data

    async def pull(self, source: Source) -> None:
        """The board, and the explanation that is looked at."""
        self._have_watched(source)
        board = texts.just_asked(await source.anomalies_board(self.exchange, self.bar))
        self.board = board
        if self.asked is not None:
            await self._pull_explained(source, self.asked, board)

    def _have_watched(self, source: Source) -> None:
        """Not with every look: an engine elsewhere is told, too."""
        at = None if self.board is None else self.board.now_ms // _WATCHED_EVERY_MS
        wanted = (self.exchange, self.bar, at)
        if wanted != self._watched:
            self._watched = wanted
            source.watch_bars(self.exchange, self.bar)

    async def _pull_explained(self, source: Source, name: str, board: AnomaliesBoard) -> None:
        forming = self.forming
        explained = await source.anomaly_explained(name, board.exchange, board.bar, forming=forming)
        if (name, forming) != (self.asked, self.forming):
            return  # another one is wanted meanwhile
        if board.unasked and not explained.found:
            explained = replace(explained, reason=board.reason)
        self.explained = explained
        one = self.explanation
        symbol = name if one is None else one.symbol
        wanted = (
            *(symbol, board.exchange, board.bar, board.evaluated_ms),
            board.now_ms // _CANDLES_EVERY_MS,
        )
        if wanted == self._candles_for:
            return
        klines = await source.klines(symbol, board.exchange, bar=board.bar, limit=texts.CHART_BARS)
        if board.unasked and klines.reason:
            klines = replace(klines, reason=board.reason)
        if name == self.asked:
            self._candles_for, self.klines = wanted, klines

    @property
    def explanation(self) -> Explanation | None:
        """The perpetual that is explained; None where there is none, or not yet."""
        found = [] if self.explained is None else self.explained.found
        return found[self._place % len(found)] if found else None

    def paint(self) -> None:
        """Show the board that was pulled last."""
        board = self.board
        if board is None:
            return
        self._start_over(self.shown, board)
        before, self.shown = self.shown, board
        if before is None or before.mode != board.mode:
            self.refresh_bindings()
        if self.zone.name != self._zone_name:
            self._zone_name = self.zone.name
            self.table.set_columns(anomaly_columns(self.zone))
        rows = texts.shown_rows(board, forming=self.forming, everyone=self.everyone)
        self._set_idle(rows)
        self.table.set_rows(
            rows,
            stale=not board.live,
            empty=texts.why_empty(board, forming=self.forming, zone=self.zone),
        )
        lines = texts.headline(
            board,
            forming=self.forming,
            zone=self.zone,
            looks=looks_of(self),
            width=self.content_size.width,
        )
        self._headline.set_lines(*lines)
        self._headline.styles.height = len(lines)
        self._show_title()
        self._show_explained()

    @on(Board.Moved)
    def _moved(self, _: Board.Moved) -> None:
        self._show_title()

    def _show_title(self) -> None:
        """Why the row under the cursor is not judged: narrow tables have no room for it."""
        row = self.table.cursor_row
        also = t("without a reason too (a)") if self.everyone else ""
        note = because(shown(row.coin, 20), shown(row.note)) if row and row.note else ""
        self._anomalies.set_title("Anomalies", note or also)

    def _start_over(self, before: AnomaliesBoard | None, board: AnomaliesBoard) -> None:
        if before is not None and (before.exchange, before.bar) != (board.exchange, board.bar):
            self.table.start_over()

    def _set_idle(self, rows: Sequence[AnomalyRow]) -> None:
        """Columns that would be empty all the way down."""
        idle = {
            "note": not any(row.note for row in rows),
            "kinds": not any(row.kinds for row in rows),
        }
        self.table.set_idle(frozenset(key for key, is_idle in idle.items() if is_idle))

    # The explanation

    def explain(self, name: str, *, led_here: bool = False) -> None:
        """How the score of a coin (or of a symbol) came to be, or why it is not here.

        `led_here`: it was asked on another board, to which Esc leads back.
        """
        self._led_by = name if led_here else self._led_by
        if name != self.asked:
            self.explained, self.klines, self._candles_for, self._place = None, None, (), 0
        self.asked = name
        self.add_class("-detail")
        self.parts.clear(t("waiting for {name}", name=name))
        if self.is_attached and self.display:
            self._show_explained()
            self.parts.focus()
            self.refresh_bindings()
            self.post_message(self.Wanted())

    def _show_explained(self) -> None:
        if self.asked is None:
            return
        looks, name = looks_of(self), shown(self.asked, 30)
        explained, one = self.explained, self.explanation
        if explained is None:
            self._show_facts([[(f" {name} ", looks.banner), (f"   {t('loading…')}", looks.dim)]])
        else:
            width = self.content_size.width
            self._show_facts(
                texts.facts(explained, one, self._forming_row(one), self.zone, looks, width)
            )
            why = "" if one is None else one.why
            rows = [] if one is None else part_rows(one)
            notes = any(row.note for row in rows if row.z is None)
            self.parts.set_idle(frozenset() if notes else frozenset({"note"}))
            self.parts.set_rows(rows, empty=why or explained.reason)
            self._parts.set_title("How the score came to be", self._several(explained))
        self._show_candles(one, name)

    def _show_facts(self, lines: list[list[Piece]]) -> None:
        self._facts.set_lines(*lines)
        self._facts.styles.height = len(lines)

    def _forming_row(self, one: Explanation | None) -> AnomalyRow | None:
        """What the board knows of the perpetual's bar that is not over, beside the closed one."""
        view = None if self.shown is None else self.shown.forming
        if view is None or one is None or one.elapsed is not None:
            return None
        return next((row for row in view.rows if row.symbol == one.symbol), None)

    def _several(self, explained: Explained) -> str:
        many = len(explained.found)
        if many <= 1:
            return ""
        return t(
            "{n} of {all} perpetuals ({key})",
            n=self._place % many + 1,
            all=many,
            key=key("other_panel"),
        )

    def _show_candles(self, one: Explanation | None, name: str) -> None:
        looks, klines = looks_of(self), self.klines
        title: list[Piece] = [("─ ", looks.faint), (t("Candles"), looks.dim)]
        if klines is not None:
            bars = f"  {klines.exchange.value} {shown(klines.symbol, 30)} {klines.bar}"
            title.append((bars, looks.faint))
        self._chart_title.set_lines(title)
        candles = texts.chart(one, klines, self.zone, t("waiting for {name}", name=name))
        if candles is not None:
            self.chart.show(candles)

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """A row's explanation; from there the coin's page."""
        if event.board is self.table:
            self.explain(event.row.symbol)
        elif self.explanation is not None:
            self.post_message(self.CoinWanted(self.explanation.coin))

    def action_why(self) -> None:
        """Ask for a coin, the one under the cursor to begin with."""
        row = self.table.seen_row
        said = self.asked or (row.coin if row is not None else "")

        def chosen(coin: str | None) -> None:
            if coin is not None:
                self.explain(coin)

        self.app.push_screen(CoinDialog("Why is it here, or why not?", said), chosen)

    def action_forming(self) -> None:
        self.forming = not self.forming
        self.table.start_over()
        self.explained = None
        self._show_explained()
        self.post_message(self.Wanted())

    def action_everyone(self) -> None:
        self.everyone = not self.everyone
        self.post_message(self.Wanted())

    # For the frame

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What chooses rows works where there are rows; one bar alone has no other."""
        if action == "forming":
            return self.board is None or self.board.mode != "original"
        if action == "everyone":
            return self.asked is None
        return super().check_action(action, parameters)

    @property
    def is_narrow(self) -> bool:
        """The explanation takes the place of the rows at every size."""
        return True

    def panels(self) -> Sequence[Board[Any]]:
        """The one that is shown."""
        return (self.table,) if self.asked is None else (self.parts,)

    def next_panel(self) -> None:
        """The explanation of the row under the cursor; there the coin's next perpetual, or back."""
        explained = self.explained
        if self.asked is None:
            row = self.table.hold()
            if row is not None:
                self.explain(row.symbol)
        elif explained is not None and self._place + 1 < len(explained.found):
            self._place += 1
            self.post_message(self.Wanted())
        else:
            self.go_back()

    @property
    def has_other_panel(self) -> bool:
        """Without a row there is nothing to explain."""
        return self.asked is not None or bool(self.table.rows)

    def can_go_back(self) -> bool:
        """From an explanation to the rows."""
        return self.asked is not None

    def is_deeper(self) -> bool:
        """In an explanation that was opened here."""
        return self.asked not in (None, self._led_by)

    def go_back(self) -> None:
        """There, to the row that it was opened from."""
        if self.asked is None:
            return
        self.have_asked(None)
        self.table.focus()
        self.refresh_bindings()
        # The top line says where we are.
        self.post_message(self.Wanted())

    def have_asked(self, name: str | None) -> None:
        """The explanation of another one, or the rows, when the board is shown the next time."""
        self.asked, self.explained, self.klines, self._candles_for = name, None, None, ()
        self._led_by = None
        self.set_class(name is not None, "-detail")

    def steps(self) -> Sequence[str]:
        """The coin that is explained."""
        if self.asked is None:
            return ()
        rows = self.table.all_rows
        coin = next((row.coin for row in rows if row.symbol == self.asked), self.asked)
        one = self.explanation
        return (shown(coin if one is None else one.coin, 20),)

    def few_lines(self) -> list[list[Piece]]:
        """The highest scores, for very small terminals."""
        looks, board = looks_of(self), self.shown
        if board is None:
            return [[(t("loading…"), looks.dim)]]
        best = texts.shown_rows(board, forming=self.forming, everyone=False)[:3]
        if not best:
            return [[(texts.why_empty(board, forming=self.forming, zone=self.zone), looks.dim)]]
        return [
            [
                (f"{row.coin} ", looks.bright),
                (f"{signed(row.return_pct)} % ", looks.signed(row.return_pct)),
                (f"{z_text(row.score or 0.0)} {reasons_text(row, 20)}", looks.text),
            ]
            for row in best
        ]

    def help_text(self) -> Sequence[str]:
        """Formulas and sources."""
        return texts.HELP
