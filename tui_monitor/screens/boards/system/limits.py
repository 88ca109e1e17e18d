"""The system board's limits: how much is taken of each."""

from dataclasses import dataclass

from rich.segment import Segment

from tui_monitor.boards.system import LimitLine, SystemBoard
from tui_monitor.screens.boards.system.cells import number_cell
from tui_monitor.screens.looks.format import ABSENT, duration
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told

NEARLY_PCT = 80.0
_BAR = 10


@dataclass(frozen=True)
class LimitRow:
    """A limit."""

    line: LimitLine

    @property
    def key(self) -> str:
        """What identifies a limit."""
        return f"{self.line.exchange} {self.line.name}"


def limit_rows(board: SystemBoard) -> list[LimitRow]:
    """The limits as they are shown."""
    return [LimitRow(line) for line in board.limits]


def limit_text(row: LimitRow) -> list[str]:
    """All of a limit, in lines."""
    line = row.line
    taken = t(
        "{n} taken in the last {window} s", n=f"{line.used:,.0f}", window=f"{line.window_s:g}"
    )
    if line.used_pct is not None:
        of = t("{pct} % of what we allow ourselves", pct=f"{line.used_pct:.0f}")
        taken = f"{taken}, {of}"
    return [
        taken,
        t("{n} is what we allow ourselves", n=f"{line.allowed:,.0f}"),
        t("{n} is what the exchange documents", n=f"{line.documented:,.0f}"),
    ]


def share_bar(used_pct: float | None, width: int, looks: Looks) -> Cell:
    """A bar with its percentage; what is full says so."""
    if used_pct is None:
        return Cell(ABSENT, looks.faint)
    style = looks.good
    if used_pct >= NEARLY_PCT:
        style = looks.bad if used_pct >= 100 else looks.warn
    text = f"{used_pct:4.0f} %"
    full = max(0, min(_BAR, int(used_pct / 100 * _BAR)))
    parts = (
        Segment("█" * full, style),
        Segment("░" * (_BAR - full), looks.faint),
        Segment(text.ljust(width - _BAR)[: width - _BAR], style),
    )
    return Cell("".join(part.text for part in parts), style, parts)


def _window(seconds: float) -> str:
    return f"{seconds:g}s" if seconds <= 60 else duration(seconds)


LIMIT_COLUMNS: tuple[Column[LimitRow], ...] = (
    Column(
        key="exchange",
        title="exchange",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(row.line.exchange.value, looks.text),
        value=lambda row: row.line.exchange.value,
        help="The exchange.",
    ),
    Column(
        key="limit",
        title="limit",
        width=21,
        align="left",
        grows=True,
        paint=lambda row, looks, _: Cell(told(row.line.name), looks.text),
        value=lambda row: row.line.name,
        help="What the exchange counts: request weight, requests of a path, attempts to connect.",
    ),
    Column(
        key="used",
        title="used",
        width=16,
        align="left",
        paint=lambda row, looks, width: share_bar(row.line.used_pct, width, looks),
        value=lambda row: row.line.used_pct,
        unit="%",
        help="Taken in the running window, of what we allow ourselves. 100 %: we wait.",
    ),
    Column(
        key="taken",
        title="taken",
        width=6,
        priority=1,
        paint=lambda row, looks, _: number_cell(row.line.used, looks),
        value=lambda row: row.line.used,
        help="The same in the exchange's own units.",
    ),
    Column(
        key="allowed",
        title="of",
        width=6,
        priority=1,
        paint=lambda row, looks, _: number_cell(row.line.allowed, looks, style=looks.dim),
        value=lambda row: row.line.allowed,
        help="What we allow ourselves.",
    ),
    Column(
        key="documented",
        title="theirs",
        width=6,
        priority=2,
        paint=lambda row, looks, _: number_cell(row.line.documented, looks, style=looks.dim),
        value=lambda row: row.line.documented,
        help="What the exchange documents.",
    ),
    Column(
        key="window",
        title="in",
        width=5,
        priority=2,
        paint=lambda row, looks, _: Cell(_window(row.line.window_s), looks.dim),
        value=lambda row: row.line.window_s,
        unit="s",
        help="The window, up to now.",
    ),
)
