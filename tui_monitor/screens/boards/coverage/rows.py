"""The coverage board's rows and columns: days with their heat strip, jobs, the queue, the log."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment

from tui_monitor.boards.coverage import CoverageBoard, DayCoverage, Progress
from tui_monitor.model import Hole, Job, JobLine, JobState
from tui_monitor.screens.looks.format import ABSENT, ShownZone, duration, fit, share
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import GAP, Cell, Column
from tui_monitor.screens.widgets.line import Piece
from tui_monitor.words import t, told

# From nothing to nearly all; a full block is all. A dot: nothing was due.
_HEAT = "▁▂▃▄▅▆▇"
_NOT_DUE = "·"
# The width of a coin in the strip with its name above, and of the columns that must stay.
_NAMED = 4
_NEEDED = 45


@dataclass(frozen=True)
class DayRow:
    """A day and its coins' shares of present slots (0..1, None: none due)."""

    day: DayCoverage
    cells: tuple[float | None, ...]


def day_rows(board: CoverageBoard) -> list[DayRow]:
    """The days of the board."""
    return [DayRow(day, tuple(row)) for day, row in zip(board.days, board.cells, strict=True)]


def heat(value: float | None, *, blocks: bool = True) -> str:
    """One character for a share; only a whole one is a full block, only none at all a blank.

    Without `blocks` what is between them is a digit, its tenths.
    """
    if value is None:
        return _NOT_DUE
    if value <= 0:
        return " "
    if not blocks and value < 1:
        return str(int(value * 10))
    return "█" if value >= 1 else _HEAT[min(len(_HEAT) - 1, int(value * len(_HEAT)))]


def strip(cells: Sequence[float | None], width: int, looks: Looks) -> Cell:
    """The coins side by side, each as wide as there is room for (1 to 3 cells and a gap)."""
    each = max(1, min(4, width // max(1, len(cells))))
    wide = max(1, each - 1)
    parts: list[Segment] = []
    used = 0
    for value in cells:
        if used + each > width:
            break
        style = looks.faint if value is None else looks.calm if value >= 1 else looks.warn
        if value is not None and value <= 0:
            parts.append(Segment(fit("x", wide), looks.bad))
        else:
            parts.append(Segment(heat(value, blocks=looks.braille) * wide, style))
        if each > 1:
            parts.append(Segment(" " * (each - wide)))
        used += each
    parts.append(Segment(" " * (width - used)))
    return Cell("".join(part.text for part in parts), looks.text, tuple(parts))


def strip_title(coins: Sequence[str]) -> str:
    """The coins' names above their cells."""
    return "".join(fit(coin[: _NAMED - 1], _NAMED) for coin in coins)


def day_columns(coins: Sequence[str], width: int) -> tuple[Column[DayRow], ...]:
    """The columns of the days table; the strip names the coins where there is room for that."""
    named = width >= _NEEDED + GAP + _NAMED * len(coins)
    strip_width = _NAMED * len(coins) if named else len(coins)
    return (
        *_DAY_FIGURES,
        Column(
            key="strip",
            title=strip_title(coins) if named else "coins in order (x: nothing)",
            width=strip_width,
            align="left",
            grows=True,
            priority=1,
            paint=lambda row, looks, width: strip(row.cells, width, looks),
            help="One cell a coin: full if every due slot is there, lower if some are missing, "
            "x if all are, a dot if none was due.",
        ),
    )


def _count(value: int, looks: Looks, *, bad: bool = False) -> Cell:
    if value == 0:
        return Cell(ABSENT, looks.faint)
    return Cell(f"{value:,}", looks.bad if bad else looks.warn)


_DAY_FIGURES: tuple[Column[DayRow], ...] = (
    Column(
        key="day",
        title="day",
        width=10,
        align="left",
        paint=lambda row, looks, _: Cell(row.day.day, looks.text),
        value=lambda row: row.day.day,
        help="The board day, from 00:00 to 24:00 in the board's zone.",
    ),
    Column(
        key="complete",
        title="complete",
        width=8,
        paint=lambda row, looks, _: Cell(
            share(row.day.complete_pct),
            looks.good if row.day.have == row.day.due and row.day.due else looks.warn,
        ),
        value=lambda row: row.day.complete_pct,
        unit="%",
        help="Coin-slots present, of those due.",
    ),
    Column(
        key="nodes",
        title="nodes",
        width=6,
        paint=lambda row, looks, _: Cell(f"{row.day.nodes}/{row.day.nodes_due}", looks.dim),
        value=lambda row: row.day.nodes,
        says=lambda row: f"{row.day.nodes}/{row.day.nodes_due}",
        files=(
            ("nodes", lambda row: row.day.nodes),
            ("nodes_due", lambda row: row.day.nodes_due),
        ),
        priority=2,
        help="Slots with enough coins to be drawn, of those due.",
    ),
    Column(
        key="missing",
        title="missing",
        width=7,
        paint=lambda row, looks, _: _count(row.day.missing, looks),
        value=lambda row: row.day.missing,
        priority=3,
        help="Coin-slots that nobody has asked the exchange for yet.",
    ),
    Column(
        key="failed",
        title="failed",
        width=6,
        paint=lambda row, looks, _: _count(row.day.failed, looks, bad=True),
        value=lambda row: row.day.failed,
        priority=3,
        help="Coin-slots whose request failed; they are tried again.",
    ),
    Column(
        key="unobtainable",
        title="can't have",
        width=10,
        paint=lambda row, looks, _: (
            Cell(f"{row.day.unobtainable:,}", looks.dim)
            if row.day.unobtainable
            else Cell(ABSENT, looks.faint)
        ),
        value=lambda row: row.day.unobtainable,
        priority=4,
        help="Coin-slots that the exchange has no bar for.",
    ),
)


@dataclass(frozen=True)
class JobRow:
    """A backfill with its time in the shown zone."""

    job: Job
    time: str


def _job_state(row: JobRow, looks: Looks, _: int) -> Cell:
    state = row.job.state
    style = {
        JobState.DONE: looks.good,
        JobState.RUNNING: looks.accent,
        JobState.FAILED: looks.bad,
    }.get(state, looks.warn)
    said = f": {told(row.job.message)}" if row.job.message else ""
    return Cell(f"{t(state.value)}{said}", style)


JOB_COLUMNS: tuple[Column[JobRow], ...] = (
    Column(
        key="time",
        title="begun",
        width=11,
        align="left",
        paint=lambda row, looks, _: Cell(row.time, looks.dim),
        value=lambda row: row.job.created_ms,
        priority=3,
        help="When it was started.",
    ),
    Column(
        key="days",
        title="days",
        width=22,
        align="left",
        paint=lambda row, looks, _: Cell(f"{row.job.first_day}..{row.job.last_day}", looks.text),
        value=lambda row: row.job.first_day,
        files=(
            ("first_day", lambda row: row.job.first_day),
            ("last_day", lambda row: row.job.last_day),
        ),
        help="First and last day.",
    ),
    Column(
        key="filled",
        title="filled",
        width=7,
        paint=lambda row, looks, _: Cell(f"{row.job.filled:,}", looks.text),
        value=lambda row: row.job.filled,
        priority=1,
        help="Coin-slots that it brought.",
    ),
    Column(
        key="pages",
        title="pages",
        width=5,
        paint=lambda row, looks, _: Cell(f"{row.job.pages}", looks.dim),
        value=lambda row: row.job.pages,
        priority=4,
        help="Requests that it made.",
    ),
    Column(
        key="state",
        title="state",
        width=8,
        align="left",
        grows=True,
        paint=_job_state,
        value=lambda row: row.job.state.value,
        help="partial: some slots failed or can't be had; interrupted: the process ended; start "
        "the same days again to go on.",
    ),
)


@dataclass(frozen=True)
class HoleRow:
    """An entry of the failed queue. `next_s` counts down to the next try."""

    hole: Hole
    slot: str
    next_s: int | None


def _wait(seconds: int) -> str:
    return t("now") if seconds <= 0 else duration(seconds)


QUEUE_COLUMNS: tuple[Column[HoleRow], ...] = (
    Column(
        key="slot",
        title="slot",
        width=11,
        align="left",
        paint=lambda row, looks, _: Cell(row.slot, looks.text),
        value=lambda row: row.hole.slot_ms,
        help="The slot that lacks a price.",
    ),
    Column(
        key="coin",
        title="coin",
        width=5,
        align="left",
        paint=lambda row, looks, _: Cell(row.hole.coin, looks.text),
        value=lambda row: row.hole.coin,
        help="The coin.",
    ),
    Column(
        key="tries",
        title="tries",
        width=5,
        paint=lambda row, looks, _: Cell(str(row.hole.tries), looks.dim),
        value=lambda row: row.hole.tries,
        priority=2,
        help="Attempts so far.",
    ),
    Column(
        key="next",
        title="next",
        width=6,
        paint=lambda row, looks, _: Cell(
            ABSENT if row.next_s is None else _wait(row.next_s),
            looks.dim,
        ),
        value=lambda row: None if row.next_s is None else float(row.next_s),
        unit="s",
        priority=1,
        help="Time to the next attempt.",
    ),
    Column(
        key="reason",
        title="reason",
        width=10,
        align="left",
        grows=True,
        paint=lambda row, looks, _: Cell(told(row.hole.reason), looks.warn),
        value=lambda row: row.hole.reason,
        help="What the last attempt said.",
    ),
)


@dataclass(frozen=True)
class LogRow:
    """A line of the jobs' log."""

    line: JobLine
    time: str


LOG_COLUMNS: tuple[Column[LogRow], ...] = (
    Column(
        key="time",
        title="time",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(row.time, looks.faint),
        value=lambda row: row.line.id,
        files=(("time_ms", lambda row: row.line.ts_ms),),
        help="When it was written.",
    ),
    Column(
        key="text",
        title="log",
        width=20,
        align="left",
        grows=True,
        paint=lambda row, looks, _: Cell(
            told(row.line.text),
            {"error": looks.bad, "warning": looks.warn}.get(row.line.level, looks.text),
        ),
        value=lambda row: row.line.text,
        help="What the job said.",
    ),
)


def progress(running: Progress, width: int, looks: Looks) -> list[Piece]:
    """The running backfill: days, bar, percentage, pages, speed, time left."""
    job = running.job
    left = running.eta_s
    eta = t("ETA unknown") if left is None else t("ETA {time}", time=duration(left))
    days = t("backfill {first} to {last}", first=job.first_day, last=job.last_day)
    head = f"{days}  "
    groups = [
        f"{running.done_pct:5.1f} %",
        t("{done}/{total} pages", done=job.pages, total=job.pages_total),
        t("{n} pages/s", n=f"{running.pages_per_s:.1f}"),
        eta,
        t("{n} filled", n=f"{job.filled:,}"),
        *([t("{n} failed", n=job.failed)] if job.failed else []),
    ]
    tail = "".join(f"  {group}" for group in groups)
    room = max(8, min(60, width - cell_len(head) - cell_len(tail) - 2))
    full = max(0, min(room, round(running.done_pct / 100 * room)))
    return [
        (head, looks.text),
        ("█" * full, looks.accent),
        ("░" * (room - full), looks.faint),
        (tail, looks.text),
    ]


def job_rows(jobs: Sequence[Job], zone: ShownZone) -> list[JobRow]:
    """Jobs with their times."""
    return [JobRow(job, zone.format(job.created_ms, "%m-%d %H:%M")) for job in jobs]


def hole_rows(holes: Sequence[Hole], zone: ShownZone, now_ms: int) -> list[HoleRow]:
    """The failed queue."""
    return [
        HoleRow(
            hole,
            zone.format(hole.slot_ms, "%m-%d %H:%M"),
            None if hole.next_try_ms is None else (hole.next_try_ms - now_ms) // 1000,
        )
        for hole in holes
    ]


def log_rows(lines: Sequence[JobLine], zone: ShownZone) -> list[LogRow]:
    """The log's lines."""
    return [LogRow(line, zone.format(line.ts_ms, "%H:%M:%S")) for line in lines]
