"""Board 9, coverage: what history has, day by day and coin by coin; backfill and its queue."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from tui_monitor.boards.coverage import CoverageBoard
from tui_monitor.model import JobLine
from tui_monitor.screens.boards.coverage.rows import (
    JOB_COLUMNS,
    LOG_COLUMNS,
    QUEUE_COLUMNS,
    DayRow,
    HoleRow,
    JobRow,
    LogRow,
    day_columns,
    day_rows,
    hole_rows,
    job_rows,
    log_rows,
    progress,
)
from tui_monitor.screens.boards.view import BoardView
from tui_monitor.screens.dialogs.questions import TextDialog
from tui_monitor.screens.keys.keymap import key
from tui_monitor.screens.looks.format import share
from tui_monitor.screens.looks.looks import looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.line import Lines, Piece, fitting
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.source import Source
from tui_monitor.words import t, told

LOG_LINES = 200

_HELP = (
    "Every series knows which slots it has. A slot of a coin that is due is one of four things:",
    "have: a price is stored.",
    "missing: nobody has asked the exchange yet; a backfill will (b).",
    "failed: the request failed; the queue tries again by itself.",
    "can't have: the exchange has no bar there (the coin was not listed, or nothing traded).",
    "The strip has one cell a coin, in the settings' order: full if every due slot is there, lower "
    "if some are missing, x if all are. Backfill asks for 30-minute bars, within the exchange's "
    "limits; it can be stopped (x) and goes on from there when the same days are started again.",
    "Enter on a day shows its curve; on a line of the log, a backfill or the queue the whole text. "
    "The log follows its newest line unless the cursor was moved off it.",
    "Source: the local database; bars from OKX.",
)


class CoverageView(BoardView):
    """Days, jobs, log and queue."""

    NAME = "coverage"
    FEW_COLUMNS = ("day", "complete", "nodes", "missing")
    FILLS = True
    USUAL_DAYS: ClassVar[int] = 14
    EXPORTS = ("missing", "prices", "sum")
    # The rules look at the screen's size classes, outside of this widget's scope.
    SCOPED_CSS = False
    DEFAULT_CSS = """
    CoverageView #days { height: 16; max-height: 60%; }
    CoverageView #progress { display: none; }
    CoverageView.-running #progress { display: block; }
    CoverageView #below { height: 1fr; }
    CoverageView #jobs, CoverageView #log { margin-right: 1; }
    CoverageView #log { width: 3fr; }
    CoverageView #jobs, CoverageView #queue { width: 2fr; }
    .-narrow CoverageView #jobs, .-narrow CoverageView #log, .-narrow CoverageView #queue {
        display: none; margin-right: 0;
    }
    .-narrow CoverageView.-show0 #jobs, .-narrow CoverageView.-show1 #log,
    .-narrow CoverageView.-show2 #queue { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.board: CoverageBoard | None = None
        self.shown: CoverageBoard | None = None
        self.lines: list[JobLine] = []
        self._columns_for: tuple[tuple[str, ...], int] = ((), 0)
        self.day_table: Board[DayRow] = Board(
            day_columns((), 0), lambda row: row.day.day, sort="day"
        )
        self.job_table: Board[JobRow] = Board(JOB_COLUMNS, lambda row: str(row.job.id), sort="time")
        self.log_table: Board[LogRow] = Board(
            LOG_COLUMNS, lambda row: str(row.line.id), sort="time", follows=True
        )
        self.queue_table: Board[HoleRow] = Board(
            QUEUE_COLUMNS, lambda row: f"{row.hole.slot_ms}{row.hole.coin}", sort="slot"
        )
        self._headline = Lines(id="headline")
        self._progress = Lines(id="progress")
        self._panels: tuple[Panel[Any], ...] = (
            Panel(self.day_table, "Days", id="days"),
            Panel(self.job_table, "Backfills", id="jobs"),
            Panel(self.log_table, "Log", id="log"),
            Panel(self.queue_table, "Queue", id="queue"),
        )
        self._below = 0
        self.add_class("-show0")

    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._progress
        yield self._panels[0]
        with Horizontal(id="below"):
            yield from self._panels[1:]

    # Data

    async def pull(self, source: Source) -> None:
        """Coverage of the days shown, and the log's newest lines."""
        board = await source.coverage_board(self.days_query())
        lines = await source.job_log(LOG_LINES)
        self.board, self.lines = board, lines
        self.today = self.zone.board.day_of(board.now_ms)

    def paint(self) -> None:
        """Show the board that was pulled last."""
        board = self.board
        if board is None:
            return
        if self.shown is None or len(self.shown.days) != len(board.days):
            self._panels[0].styles.height = len(board.days) + 2
        self.shown = board
        self._set_columns(board)
        self.day_table.set_rows(day_rows(board), empty="no days")
        self.job_table.set_rows(
            job_rows(board.jobs, self.zone),
            empty=t("no backfill yet; {key} starts one", key=key("start_backfill")),
        )
        self.log_table.set_rows(
            log_rows(self.lines, self.zone), empty="what a backfill does is logged here"
        )
        self.queue_table.set_rows(
            hole_rows(board.queue, self.zone, board.now_ms),
            empty="empty: no request has failed",
        )
        self._paint_texts(board)

    def _set_columns(self, board: CoverageBoard) -> None:
        coins = tuple(coin.coin for coin in board.coins)
        wanted = (coins, self.content_size.width)
        if wanted != self._columns_for:
            self._columns_for = wanted
            self.day_table.set_columns(day_columns(coins, wanted[1]))

    def _paint_texts(self, board: CoverageBoard) -> None:
        looks = looks_of(self)
        due = sum(day.due for day in board.days)
        have = sum(day.have for day in board.days)
        whole = share(100 * have / due if due else None)
        days = t("{first} to {last}", first=board.first_day, last=board.last_day)
        there = t("{n} of {all}", n=f"{have:,}", all=f"{due:,}")
        groups: list[list[Piece]] = [
            [(days, looks.title)],
            [(told(board.series), looks.dim)],
            [(f"{t('complete')} ", looks.faint), (whole, looks.text)],
            [(there, looks.dim), (f" {t('coin-slots')}", looks.faint)],
        ]
        for word, count in (
            ("missing", sum(day.missing for day in board.days)),
            ("failed", sum(day.failed for day in board.days)),
        ):
            if count:
                groups.append([(f"{t(word)} ", looks.faint), (f"{count:,}", looks.warn)])
        self._headline.set_lines(fitting(groups, "   ", self.content_size.width))
        self.set_class(board.running is not None, "-running")
        if board.running is not None:
            self._progress.set_lines(progress(board.running, self.content_size.width, looks))
        for panel, title in zip(self._panels, ("Days", "Backfills", "Log", "Queue"), strict=True):
            panel.set_title(title)

    # Enter

    @on(Board.Opened)
    def _opened(self, event: Board.Opened) -> None:
        """A day leads to its curve; of the rest the whole text is shown."""
        if event.board is self.day_table:
            self.post_message(self.Elsewhere("sum", date.fromisoformat(event.key)))
            return
        title, text = self._whole(event)
        if text:
            self.app.push_screen(TextDialog(title, text))

    def _whole(self, event: Board.Opened) -> tuple[str, str]:
        row = event.row
        if event.board is self.log_table:
            return t("Log, {time}", time=row.time), told(row.line.text)
        if event.board is self.queue_table:
            return f"{row.hole.coin} {row.slot}", told(row.hole.reason)
        days = f"{row.job.first_day}..{row.job.last_day}"
        said = f"{t(row.job.state.value)}: {told(row.job.message)}".rstrip(": ")
        return t("Backfill {days}", days=days), said

    # For the frame

    def panels(self) -> Sequence[Board[Any]]:
        """The days, then those below; a narrow terminal shows one of these."""
        below = (self.job_table, self.log_table, self.queue_table)
        if self.is_narrow:
            return (self.day_table, below[self._below])
        return (self.day_table, *below)

    def next_panel(self) -> None:
        """On a narrow terminal the tables below take turns."""
        if self.day_table.has_focus:
            self.panels()[1].focus()
            return
        self.remove_class(f"-show{self._below}")
        self._below = (self._below + 1) % 3
        self.add_class(f"-show{self._below}")
        (self.panels()[1] if self._below else self.day_table).focus()

    def few_lines(self) -> list[list[Piece]]:
        """Completeness, for very small terminals."""
        looks, board = looks_of(self), self.shown
        if board is None:
            return [[(t("loading…"), looks.dim)]]
        lines: list[list[Piece]] = [
            [(f"{day.day} {share(day.complete_pct)}", looks.text)]
            for day in reversed(board.days[-3:])
        ]
        if board.running is not None:
            done = t("backfill {pct} %", pct=f"{board.running.done_pct:.1f}")
            lines.insert(0, [(done, looks.accent)])
        return lines

    def shown_range(self) -> tuple[date, date] | None:
        """The days of the board itself, once there is one."""
        if self.shown is None or self.days.first is not None:
            return super().shown_range()
        return date.fromisoformat(self.shown.first_day), date.fromisoformat(self.shown.last_day)

    def help_text(self) -> Sequence[str]:
        """Definitions and sources."""
        return _HELP
