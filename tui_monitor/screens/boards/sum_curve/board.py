"""Board 1, the sum curve: the day's curve, its nodes, the coins of one node."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from tui_monitor.boards.sum_curve import NodeState, SumBoard, is_drawn
from tui_monitor.clock import BoardZone
from tui_monitor.screens.boards.sum_curve import texts as sum_texts
from tui_monitor.screens.boards.sum_curve.columns import COIN_COLUMNS, node_columns, note_of
from tui_monitor.screens.boards.sum_curve.rows import (
    LIVE_KEY,
    CoinRow,
    NodeRow,
    coin_days,
    coin_rows,
    is_dated,
    node_rows,
)
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.looks.format import because, fit, signed
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.chart import ChartView
from tui_monitor.screens.widgets.line import Lines, Piece, fitting
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.screens.widgets.reading import ReadChart
from tui_monitor.source import Query, Source
from tui_monitor.words import t


class SumView(BoardView):
    """The sum curve. Narrow terminals show the nodes or the coins, wide ones both."""

    NAME = "sum"
    FEW_COLUMNS = ("time", "sum", "n", "up", "down")
    FEW_ABOVE = True
    EXPORTS = ("sum", "prices", "missing")
    FILLS = True
    # The rules look at the screen's size classes, outside of this widget's scope.
    SCOPED_CSS = False
    DEFAULT_CSS = """
    SumView #top { height: 40%; min-height: 10; }
    .-short SumView #top { height: 34%; min-height: 4; max-height: 7; }
    .-tall SumView #top { height: 1fr; }
    .-tall SumView #bottom { height: 31; }
    SumView #facts { display: none; width: 46; height: 1fr; }
    .-wide SumView #facts { display: block; }
    .-wide SumView #figures { display: none; }
    SumView #nodes { width: 6fr; margin-right: 1; }
    SumView #coins { width: 5fr; }
    .-narrow SumView #nodes { margin-right: 0; }
    .-narrow SumView #coins { display: none; }
    .-narrow SumView.-coins #coins { display: block; width: 1fr; }
    .-narrow SumView.-coins #nodes { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.board: SumBoard | None = None
        self.shown: SumBoard | None = None
        self._noted = ""
        # By the days that were asked for: the boards that are shown while frozen.
        self._held: dict[tuple[date | None, date | None], SumBoard] = {}
        # By coin, and of which nodes they are.
        self._coin_days: dict[str, str] = {}
        self._coin_days_of: tuple[object, ...] = ()
        self._columns_for: tuple[str, bool, bool] = ("", False, False)
        self.nodes: Board[NodeRow] = Board(
            node_columns(self.zone, with_day=False), lambda row: row.key, sort="time"
        )
        self.coins: Board[CoinRow] = Board(COIN_COLUMNS, lambda row: row.change.coin, sort="change")
        self.chart = ChartView(id="chart", opens=True)
        self._headline = Lines(id="headline")
        self._figures = Lines(id="figures")
        self._facts = Lines(id="facts")
        self._nodes_panel = Panel(self.nodes, "Nodes", id="nodes")
        self._coins_panel = Panel(self.coins, "Coins", id="coins")

    def compose(self) -> ComposeResult:
        yield self._headline
        with Horizontal(id="top"):
            yield self.chart
            yield self._facts
        yield self._figures
        with Horizontal(id="bottom"):
            yield self._nodes_panel
            yield self._coins_panel

    # Data

    async def pull(self, source: Source) -> None:
        """The board of the days shown, with the coins of the node under the cursor."""
        query, frozen = self.days_query(), self.frozen
        slot_ms = None
        if self.nodes.cursor_key not in (None, LIVE_KEY):
            slot_ms = int(self.nodes.cursor_key or 0)
        board = await source.sum_board(
            Query(first_day=query.first_day, last_day=query.last_day, slot_ms=slot_ms)
        )
        if not frozen:
            self._held.clear()
        held = self._held.setdefault((query.first_day, query.last_day), board)
        self.board = board = held if held is board else _with_coins(held, board)
        self.today = date.fromisoformat(board.today)
        await self._pull_coin_days(source, board)

    async def _pull_coin_days(self, source: Source, board: SumBoard) -> None:
        """The coins' day, once a node came or has more coins than it had; of one day only."""
        if board.first_day != board.last_day:
            self._coin_days, self._coin_days_of = {}, ()
            return
        wanted = (board.first_day, *((one.slot_ms, one.valid) for one in board.nodes))
        if wanted == self._coin_days_of:
            return
        first_ms, last_ms = board.nodes[0].slot_ms, board.nodes[-1].slot_ms
        records = await source.records(first_ms, last_ms, len(board.nodes))
        self._coin_days = coin_days(board, records, BoardZone(board.timezone))
        self._coin_days_of = wanted

    def paint(self) -> None:
        """Show the board that was pulled last."""
        board = self.shown = self.board
        if board is None:
            return
        self._set_columns(board)
        stale = sum_texts.is_stale(board)
        on_newest = not self._below_first()
        self.nodes.set_rows(
            node_rows(board, aging=self._is_aging), stale=stale, empty=self._why_empty(board)
        )
        if on_newest and self.nodes.sort_key == "time" and self._below_first():
            # Who looks at the newest row goes on doing so when the live point comes.
            self.nodes.action_first()
        unknown = "the coins of this node are not known"
        if self.frozen:
            unknown = "the coins of then are not known: the display is frozen"
        coins = coin_rows(board, self._coin_days)
        self._show_notes(board, coins)
        self.coins.set_rows(coins, stale=stale, empty=unknown)
        self._paint_texts(board)

    def _show_notes(self, board: SumBoard, coins: Sequence[CoinRow]) -> None:
        """The notes' column once a coin has one, and then for as long as this node is shown."""
        live = board.live is not None and board.shown_ms == board.live.slot_ms
        node = LIVE_KEY if live else str(board.shown_ms)
        if any(note_of(row) for row in coins):
            self._noted = node
        idle = {"note": self._noted != node, "day": not self._coin_days}
        self.coins.set_idle(frozenset(key for key, is_idle in idle.items() if is_idle))

    @property
    def _is_aging(self) -> bool:
        return self.board is not None and sum_texts.is_aging(self.board, self.status)

    def _why_empty(self, board: SumBoard) -> str:
        return "no node is due yet" if board.statistics.due == 0 else "no nodes"

    def _set_columns(self, board: SumBoard) -> None:
        zone = type(self.zone)(BoardZone(board.timezone), self.zone.name)
        wanted = (zone.name, board.first_day != board.last_day, is_dated(board, zone))
        if wanted != self._columns_for:
            self._columns_for = wanted
            self.zone = zone
            self.nodes.set_columns(node_columns(zone, with_day=wanted[1], dated=wanted[2]))

    def _paint_texts(self, board: SumBoard) -> None:
        looks = looks_of(self)
        width = self.content_size.width
        head = sum_texts.headline(board, self.status, self.zone, looks, width)
        gap = "   " if width >= sum_texts.ROOMY else "  "
        self._headline.set_lines(fitting(head, gap, width))
        facts = sum_texts.statistics(board, self.zone, looks)
        if sum_texts.is_stale(board):
            facts = [(name, (text, looks.dim)) for name, (text, _) in facts]
        groups: list[list[Piece]] = [[(f"{name} ", looks.faint), value] for name, value in facts]
        self._figures.set_lines(fitting(groups, "  ", width))
        self._facts.set_lines(
            [], *([(f"  {fit(name, 19)}", looks.faint), value] for name, value in facts)
        )
        self._paint_chart(board)
        self._nodes_panel.set_title("Nodes", self._cursor_note())
        coin = self.coins.cursor_row
        why = because(coin.change.coin, coin.change.reason) if coin and coin.change.reason else ""
        self._coins_panel.set_title(f"{t('Coins')} {self._shown_name(board)}", why)

    def _cursor_note(self) -> str:
        """Why the node under the cursor is not whole: the column may be too narrow for it."""
        row = self.nodes.cursor_row
        if row is None or row.node.state is NodeState.OK:
            return ""
        return because(t(row.node.state.value, "node"), row.node.reason) if row.node.reason else ""

    def _shown_name(self, board: SumBoard) -> str:
        if board.shown_ms is None:
            return ""
        if board.live is not None and board.shown_ms == board.live.slot_ms:
            return sum_texts.live_word(aging=self._is_aging)
        return t("at {when}", "node", when=self.zone.when(board.shown_ms, board.now_ms))

    def _paint_chart(self, board: SumBoard) -> None:
        row = self.nodes.cursor_row
        cursor_ms = row.node.slot_ms if row is not None and not row.is_live else None
        self.chart.show(sum_texts.chart(board, self.status, self.zone, cursor_ms))

    # The cursor chooses the node

    @on(Board.Moved)
    def _moved(self, event: Board.Moved) -> None:
        if event.board is self.nodes and self.shown is not None:
            self._paint_chart(self.shown)
            self._nodes_panel.set_title("Nodes", self._cursor_note())
            self.post_message(self.Wanted())

    @on(ReadChart.Opened)
    def _point_opened(self, event: ReadChart.Opened) -> None:
        """The node of the point, with its coins."""
        live = self.shown.live if self.shown is not None else None
        is_live = live is not None and live.slot_ms == event.at_ms
        self.nodes.move_to(LIVE_KEY if is_live else str(event.at_ms))
        self.add_class("-coins")
        self.coins.focus()

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        if event.board is self.nodes:
            self.add_class("-coins")
            self.coins.focus()
        else:
            self.post_message(self.CoinWanted(event.row.change.coin))

    def can_go_back(self) -> bool:
        """Not from the first row of today's nodes."""
        return self.is_deeper() or super().can_go_back()

    def is_deeper(self) -> bool:
        """In a node's coins, or below the newest node."""
        return self._in_coins() or self._below_first()

    def go_back(self) -> None:
        """From the coins to the nodes, from a node to the newest, from other days to today."""
        if self._in_coins():
            self.remove_class("-coins")
            self.nodes.focus()
        elif self._below_first():
            self.nodes.action_first()
        elif super().can_go_back():
            super().go_back()

    def _in_coins(self) -> bool:
        return self.coins.has_focus or self.has_class("-coins")

    def _below_first(self) -> bool:
        return bool(self.nodes.rows) and self.nodes.cursor_key != self.nodes.rows[0].key

    # For the frame

    def panels(self) -> Sequence[Board[Any]]:
        """Nodes and coins, or the one that a narrow terminal shows."""
        if self.is_narrow:
            return (self.coins,) if self.has_class("-coins") else (self.nodes,)
        return (self.nodes, self.coins)

    def next_panel(self) -> None:
        """On a narrow terminal the other panel takes the place of this one."""
        self.toggle_class("-coins")
        (self.coins if self.has_class("-coins") else self.nodes).focus()

    def few_lines(self) -> list[list[Piece]]:
        """Sum, coins and age, for very small terminals."""
        looks, board = looks_of(self), self.shown
        if board is None:
            return [[(t("loading…"), looks.dim)]]
        node = board.live or next((one for one in reversed(board.nodes) if is_drawn(one)), None)
        if node is None:
            return [[(t("no prices yet"), looks.warn)]]
        grey = sum_texts.is_stale(board) or sum_texts.is_aging(board, self.status)
        style = looks.dim if grey else looks.signed(node.sum_pct)
        name = self.zone.when(node.slot_ms, board.now_ms)
        if board.live is not None:
            name = sum_texts.live_word(aging=grey)
        return [
            [(t("sum {pct} %", pct=signed(node.sum_pct)), style + looks.title)],
            [(f"{node.valid}/{node.expected} {t('coins', 'headline')}  {name}", looks.text)],
            [(f"{sum_texts.up(node)}  {sum_texts.down(node)}", looks.dim)],
        ]

    def help_text(self) -> Sequence[str]:
        """Definitions and sources."""
        return sum_texts.HELP


def _with_coins(held: SumBoard, asked: SumBoard) -> SumBoard:
    """The frozen nodes with the coins of another node, a new question.

    Those of the live point of then were not kept.
    """
    if asked.shown_ms == held.shown_ms:
        return held
    if any(one.slot_ms == asked.shown_ms and is_drawn(one) for one in held.nodes):
        return replace(held, shown_ms=asked.shown_ms, coins=asked.coins)
    return replace(held, shown_ms=held.live.slot_ms if held.live else None, coins=[])
