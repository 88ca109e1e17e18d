"""Board 0, system: connections, lists of instruments, limits, this process, its database."""

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from tui_monitor.boards.status import EventLine
from tui_monitor.boards.system import DatabaseFigures, ProcessFigures, SystemBoard
from tui_monitor.model import FeedState
from tui_monitor.screens.boards.system.connections import (
    CONNECTION_COLUMNS,
    ConnectionRow,
    connection_rows,
    connection_text,
    shown_channel,
)
from tui_monitor.screens.boards.system.exchanges import (
    EXCHANGE_COLUMNS,
    LIST_COLUMNS,
    ExchangeRow,
    ListRow,
    exchange_rows,
    exchange_text,
    list_rows,
    list_text,
)
from tui_monitor.screens.boards.system.limits import LIMIT_COLUMNS, LimitRow, limit_rows, limit_text
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.dialogs.event_log import EVENT_COLUMNS, EventRow, event_rows
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.looks.format import ABSENT, age, ago, count, duration
from tui_monitor.screens.looks.looks import Looks, looks_of
from tui_monitor.screens.status import mark
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.line import Lines, Piece, fitting
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source
from tui_monitor.words import counted, t, told

LAG_MS = 100.0
# Tables that take turns beside the connections.
_TURNS = 4
# So many lines of the event log; the log itself has them all.
_NEWEST = 100

_HELP = (
    "How the program itself does: what comes from the exchanges and how, what it takes of their "
    "limits, of this machine and of the disk. Below is the log of events, as ! has it: what was "
    "lost, when, why.",
    "A connection is one kind of data of one market. The worst stand first. Where a stream is "
    "away, REST stands in (bridged); what is polled has REST as its regular way.",
    "The first line is the process: memory is what it holds now (MB of a million bytes), cpu the "
    "share of one core since the last look, loop how late its timers fire (the middle and the "
    "worst of the last minute): beyond 100 ms keys and prices wait.",
    "The second is the history's file: its size, what its log (WAL) holds on top, when something "
    "was last committed, rows that wait for the disk (backlog).",
    "Limits are counted here, before a request is sent; at 100 % requests wait, so that no "
    "exchange has to refuse one.",
    "Sources: this process; the clock of each exchange, asked every five minutes.",
)


class SystemView(BoardView):
    """Exchanges, connections, lists, limits and events; what there is no room for takes turns."""

    NAME = "system"
    FEW_COLUMNS = ("exchange", "channel", "state")
    FEW_ABOVE = True
    HAS_DAYS = False
    # The rules look at the screen's size classes, outside of this widget's scope.
    SCOPED_CSS = False
    DEFAULT_CSS = """
    SystemView #machine { height: 2; }
    SystemView #exchanges { height: 6; }
    SystemView #connections { height: 1fr; }
    SystemView #stock { height: 28%; min-height: 7; max-height: 10; }
    SystemView #tail { height: 18%; min-height: 4; max-height: 7; }
    SystemView #lists { width: 1fr; margin-right: 1; }
    SystemView #limits { width: 1fr; }
    .-tall SystemView #stock { height: 16; max-height: 16; }
    .-tall SystemView #tail { height: 12; max-height: 12; }
    .-narrow SystemView #stock, .-short SystemView #stock {
        height: auto; min-height: 0; max-height: 10;
    }
    .-narrow SystemView #lists, .-short SystemView #lists { margin-right: 0; height: 10; }
    .-narrow SystemView #limits, .-short SystemView #limits { height: 8; }
    .-narrow SystemView #tail, .-short SystemView #tail { height: 10; max-height: 10; }
    .-narrow SystemView #exchanges, .-narrow SystemView #lists, .-narrow SystemView #limits,
    .-short SystemView #exchanges, .-short SystemView #lists, .-short SystemView #limits,
    .-narrow SystemView #tail, .-short SystemView #tail { display: none; }
    .-narrow SystemView.-show0 #exchanges, .-short SystemView.-show0 #exchanges,
    .-narrow SystemView.-show1 #lists, .-short SystemView.-show1 #lists,
    .-narrow SystemView.-show2 #limits, .-short SystemView.-show2 #limits,
    .-narrow SystemView.-show3 #tail, .-short SystemView.-show3 #tail { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.board: SystemBoard | None = None
        self.shown: SystemBoard | None = None
        self.exchange_table: Board[ExchangeRow] = Board(
            EXCHANGE_COLUMNS, lambda row: row.line.exchange.value, sort=None
        )
        self.connection_table: Board[ConnectionRow] = Board(
            CONNECTION_COLUMNS, lambda row: row.key, sort="state", follows=True
        )
        self.list_table: Board[ListRow] = Board(LIST_COLUMNS, lambda row: row.key)
        self.limit_table: Board[LimitRow] = Board(LIMIT_COLUMNS, lambda row: row.key, sort="used")
        self._machine = Lines(id="machine")
        self._exchanges = Panel(self.exchange_table, "Exchanges", id="exchanges")
        self._connections = Panel(self.connection_table, "Connections", id="connections")
        self._lists = Panel(self.list_table, "Lists of instruments", id="lists")
        self._limits = Panel(self.limit_table, "Limits", id="limits")
        self.event_table: Board[EventRow] = Board(
            EVENT_COLUMNS, lambda row: str(row.line.id), sort="last", follows=True
        )
        self._tail = Panel(self.event_table, "Event log", id="tail")
        self.events: list[EventLine] | None = None
        self._at = 0
        self.add_class("-show0")

    def compose(self) -> ComposeResult:
        yield self._machine
        yield self._exchanges
        yield self._connections
        with Horizontal(id="stock"):
            yield self._lists
            yield self._limits
        yield self._tail

    # Data

    async def pull(self, source: Source) -> None:
        """The board, and the newest of the event log."""
        frozen = self.frozen
        self.board = await source.system_board()
        if not frozen or self.events is None:
            self.events = source.events()[-_NEWEST:]

    def paint(self) -> None:
        """Show the board that was pulled last."""
        board = self.board
        if board is None:
            return
        self.shown = board
        self.exchange_table.set_rows(exchange_rows(board, self.zone), empty="no exchange is set")
        self.connection_table.set_rows(
            connection_rows(board, self.zone), empty="none yet: the lists of instruments come first"
        )
        lists = list_rows(board)
        self.list_table.set_idle(frozenset({"note"} - {"note" for row in lists if row.note}))
        self.list_table.set_rows(lists, empty="no exchange is watched")
        self.limit_table.set_rows(limit_rows(board), empty="no exchange counts anything yet")
        self.event_table.set_rows(
            event_rows(self.events or (), self.zone), empty="nothing has happened yet"
        )
        self._paint_texts(board)

    def _paint_texts(self, board: SystemBoard) -> None:
        looks, width = looks_of(self), self.content_size.width
        self._machine.set_lines(
            fitting(_process(board, looks), "   ", width),
            fitting(_database(board, looks), "   ", width),
        )
        live = sum(line.state is FeedState.LIVE for line in board.connections)
        self._exchanges.set_title("Exchanges")
        self._connections.set_title(
            "Connections", t("{n} of {all} live", n=live, all=len(board.connections))
        )
        self._lists.set_title("Lists of instruments")
        self._limits.set_title("Limits")
        self._tail.set_title("Event log")

    # Enter

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """All that is known of the row."""
        title, lines = self._whole(event)
        self.app.push_screen(TextDialog(title, *lines))

    def _whole(self, event: Board.Opened) -> tuple[str, list[str]]:
        row = event.row
        if event.board is self.connection_table:
            return row.key, connection_text(row)
        if event.board is self.event_table:
            return f"{t(row.line.area)}, {row.last}", [told(row.line.text)]
        if event.board is self.list_table:
            return t("List of {name}", name=row.key), list_text(row)
        if event.board is self.limit_table:
            return f"{row.line.exchange} {told(row.line.name)}", limit_text(row)
        name = row.line.exchange.value
        others = (one for one in self.connection_table.rows if one.exchange == name)
        troubled = (
            f"{t(one.market)} {shown_channel(one.channel)}: {one.reason}"
            for one in others
            if not one.past
        )
        return name, exchange_text(row, troubled)

    # For the frame

    @property
    def is_narrow(self) -> bool:
        """Whether panels take turns: for want of width or of height."""
        return super().is_narrow or self.screen.has_class("-short")

    def panels(self) -> Sequence[Board[Any]]:
        """The connections first: they have the keys."""
        others = (self.exchange_table, self.list_table, self.limit_table, self.event_table)
        if self.is_narrow:
            return (self.connection_table, others[self._at])
        return (self.connection_table, *others[1:], others[0])

    def next_panel(self) -> None:
        """On a small terminal the other tables take turns beside the connections."""
        if self.connection_table.has_focus:
            self.panels()[1].focus()
            return
        self.remove_class(f"-show{self._at}")
        self._at = (self._at + 1) % _TURNS
        self.add_class(f"-show{self._at}")
        (self.panels()[1] if self._at else self.connection_table).focus()

    def can_go_back(self) -> bool:
        """There are no days to go back from."""
        return False

    def go_back(self) -> None:
        """Nowhere."""

    def few_lines(self) -> list[list[Piece]]:
        """One line an exchange, for very small terminals."""
        looks, board = looks_of(self), self.shown
        if board is None:
            return [[(t("loading…"), looks.dim)]]
        return [
            [
                (f"{glyph} ", style),
                (f"{line.exchange} ", looks.text),
                (f"{t(line.state.value, 'feed')} {line.live}/{line.connections}", style),
            ]
            for line in board.exchanges
            for glyph, style in (mark(line.state, looks),)
        ]

    def help_text(self) -> Sequence[str]:
        """What it shows, and whence."""
        return _HELP


def _figure(
    name: str, value: str, looks: Looks, *, odd: bool = False, more: str = ""
) -> list[Piece]:
    pieces = [(f"{t(name, 'machine')} ", looks.faint), (value, looks.warn if odd else looks.text)]
    return [*pieces, (f" {more}", looks.faint)] if more else pieces


def _process(board: SystemBoard, looks: Looks) -> list[list[Piece]]:
    failed = [[(t("FAILED {what}", what=told(text)), looks.bad)] for text in board.failed_workers]
    if not board.running:
        failed.insert(0, [(t("no engine runs: start tui-monitor or its daemon"), looks.warn)])
    process = board.process
    return failed + ([] if process is None else _process_figures(process, looks))


def _process_figures(process: ProcessFigures, looks: Looks) -> list[list[Piece]]:
    lag, worst = process.loop_lag_ms, process.loop_lag_worst_ms
    peak = t("peak {size}", size=megabytes(process.memory_peak_bytes))
    cpu = ABSENT if process.cpu_pct is None else f"{process.cpu_pct:.0f} %"
    loop = ABSENT if lag is None else f"{lag:.0f} ms"
    return [
        _figure("up", duration(int(process.uptime_s)), looks),
        _figure("memory", megabytes(process.memory_bytes), looks, more=peak),
        _figure("cpu", cpu, looks, odd=(process.cpu_pct or 0) > 90),
        _figure(
            "loop",
            loop,
            looks,
            odd=(worst or 0) > LAG_MS,
            more="" if worst is None else t("worst {ms} ms", ms=f"{worst:.0f}"),
        ),
        _figure("threads", str(process.threads), looks),
        _figure("sockets", ABSENT if process.sockets is None else str(process.sockets), looks),
    ]


def _database(board: SystemBoard, looks: Looks) -> list[list[Piece]]:
    if board.database is None:
        return [[(f"{t('database')} ", looks.faint), (told(board.database_error), looks.bad)]]
    groups = _database_figures(board.database, board.now_ms, looks)
    if not board.recording:
        groups.insert(0, [(t("REC paused"), looks.bad)])
    return groups


def _database_figures(found: DatabaseFigures, now_ms: int, looks: Looks) -> list[list[Piece]]:
    groups = [
        _figure("database", megabytes(found.size_bytes), looks),
        _figure("WAL", megabytes(found.wal_bytes), looks),
        _figure("commit", ago(_rounded(found.committed_ms, now_ms), now_ms), looks),
        _figure("backlog", f"{found.backlog_rows:,}", looks, odd=found.backlog_rows > 0),
    ]
    if found.dropped_rows:
        groups.append(
            _figure("lost", counted(found.dropped_rows, "{n} row", "{n} rows"), looks, odd=True)
        )
    prices = found.rows.get("slot_prices")
    if prices is not None:
        oldest = found.oldest_ms.get("slot_prices")
        since = "" if oldest is None else t("oldest {age}", age=age(now_ms - oldest))
        groups.append(_figure("prices", count(prices), looks, more=since))
    return [
        *groups,
        _figure(
            "SQLite",
            found.sqlite_version,
            looks,
            more=t("schema {version}", version=found.schema_version),
        ),
    ]


def _rounded(ms: int | None, now_ms: int) -> int | None:
    """So long ago in whole seconds."""
    return None if ms is None else now_ms - max(0, now_ms - ms) // 1000 * 1000


def megabytes(size_bytes: int | None) -> str:
    """`93.4 MB`."""
    return ABSENT if size_bytes is None else f"{size_bytes / 1e6:,.1f} MB"
