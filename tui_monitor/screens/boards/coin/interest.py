"""The coin page's open interest: of all exchanges and of each, and the stored samples as a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from tui_monitor.boards.coin_parts import CoinInterest, LegInterest
from tui_monitor.boards.open_interest import WINDOWS_H
from tui_monitor.model import MARK_MS
from tui_monitor.screens.boards.read_words import of_samples
from tui_monitor.screens.boards.spreads.cells import amount, money_cell, pct_cell
from tui_monitor.screens.looks.format import ABSENT, ShownZone, age, shown
from tui_monitor.screens.looks.format import share as percent
from tui_monitor.screens.looks.looks import Looks, looks_of
from tui_monitor.screens.widgets.board import Board
from tui_monitor.screens.widgets.chart import ChartView
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.screens.widgets.curve import Chart
from tui_monitor.screens.widgets.line import Lines
from tui_monitor.screens.widgets.panel import Panel
from tui_monitor.screens.widgets.spark import sparkline
from tui_monitor.words import joined, t, told

ALL = "all"
_SPARK = 24
_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
# A sample that is a little late is no gap.
_JOINS_MS = MARK_MS * 5 // 2

Points = tuple[tuple[int, float | None], ...]
"""Coins at each stored mark; None where they are unknown."""


@dataclass(frozen=True)
class InterestLine:
    """All perpetuals together, or one; `changes` in % of coins over 1, 4 and 24 h."""

    key: str
    name: str
    coins: float | None
    usd: float | None
    share_pct: float | None
    changes: tuple[float | None, ...]
    age: str
    note: str
    spark: str
    points: Points


def interest_lines(found: CoinInterest) -> list[InterestLine]:
    """The total first, then each perpetual."""
    if found.total is None:
        return []
    total = found.total
    points = tuple((one.at_ms, one.coins) for one in found.marks)
    whole = InterestLine(
        key=ALL,
        name=ALL,
        coins=total.coins,
        usd=total.usd,
        share_pct=None if total.usd is None else 100.0,
        changes=tuple(total.change(hours).change_pct for hours in WINDOWS_H),
        age=age(total.age_ms),
        note=joined(
            one for one in (*map(told, total.remarks(WINDOWS_H[-1])), left_out(found)) if one
        ),
        spark=_spark(points, found),
        points=points,
    )
    return [whole, *(_leg_line(one, found) for one in found.legs)]


def _leg_line(one: LegInterest, found: CoinInterest) -> InterestLine:
    leg = one.leg
    points = tuple(
        (point.at_ms, point.coins)
        for point in found.points
        if (point.exchange, point.symbol) == (leg.exchange, leg.symbol)
    )
    unknown = [
        f"{change.hours} h: {told(change.reason)}" for change in one.changes if change.reason
    ]
    why = told(leg.suspicion or leg.reason)
    return InterestLine(
        key=f"{leg.exchange} {leg.symbol}",
        name=leg.exchange.value,
        coins=leg.coins,
        usd=leg.usd,
        share_pct=leg.share_pct,
        changes=tuple(change.change_pct for change in one.changes),
        age=age(leg.age_ms),
        note=why or joined(unknown),
        spark=_spark(points, found),
        points=points,
    )


def _spark(points: Points, found: CoinInterest) -> str:
    return sparkline(points, *_span(found), _SPARK)


def _span(found: CoinInterest) -> tuple[int, int]:
    """From mark to mark, so that nothing is drawn anew between them."""
    end_ms = found.end_ms - found.end_ms % MARK_MS + MARK_MS
    return found.first_ms - found.first_ms % MARK_MS, end_ms


def _percent_column(place: int, hours: int) -> Column[InterestLine]:
    return Column(
        key=f"pct_{hours}h",
        title=f"{hours}h %",
        width=7,
        unit="%",
        paint=lambda row, looks, width: pct_cell(row.changes[place], looks, width),
        value=lambda row: row.changes[place],
        help=f"Change of coins over {hours} h; of all: of those with a value at both ends.",
    )


def _name(row: InterestLine) -> str:
    return t(ALL) if row.key == ALL else row.name


def _share(row: InterestLine, looks: Looks, _: int) -> Cell:
    return Cell(percent(row.share_pct), looks.faint if row.share_pct is None else looks.text)


INTEREST_COLUMNS: tuple[Column[InterestLine], ...] = (
    Column(
        key="exchange",
        title="exchange",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(
            _name(row), looks.bright if row.key == ALL else looks.text
        ),
        value=lambda row: row.name,
        help="Whose perpetual it is; all: together. The line is of the row under the cursor.",
    ),
    Column(
        key="usd",
        title="OI $",
        width=8,
        unit="USD",
        paint=lambda row, looks, _: money_cell(row.usd, looks),
        value=lambda row: row.usd,
        help="Open interest, counted once (one side), coins × mark price.",
    ),
    Column(
        key="coins",
        title="coins",
        width=8,
        priority=2,
        unit="coins",
        paint=lambda row, looks, _: Cell(
            amount(row.coins), looks.faint if row.coins is None else looks.text
        ),
        value=lambda row: row.coins,
        help="The same in coins.",
    ),
    Column(
        key="share",
        title="share",
        width=7,
        priority=4,
        unit="%",
        paint=_share,
        value=lambda row: row.share_pct,
        help="Of the USD of all.",
    ),
    *(_percent_column(place, hours) for place, hours in enumerate(WINDOWS_H)),
    Column(
        key="age",
        title="age",
        width=5,
        priority=3,
        paint=lambda row, looks, _: Cell(row.age, looks.faint if row.age == ABSENT else looks.dim),
        value=lambda row: row.age,
        help="Of the value; of all: of the oldest one.",
    ),
    Column(
        key="day",
        title="24 h",
        width=_SPARK,
        align="left",
        priority=1,
        paint=lambda row, looks, _: Cell(row.spark, looks.accent),
        value=lambda row: row.coins,
        searched=False,
        help="Coins in the stored five-minute samples, each row from its own lowest to its own "
        "highest; a space: no sample.",
    ),
    Column(
        key="note",
        title="note",
        width=14,
        align="left",
        priority=5,
        grows=True,
        paint=lambda row, looks, _: Cell(row.note, looks.warn),
        value=lambda row: row.note or None,
        help="Why there is no change, who is in no sum, changes of how an exchange counts.",
    ),
)


class CoinInterestView(Vertical):
    """The table, and the line of the row under the cursor."""

    DEFAULT_CSS = """
    CoinInterestView #interests { layout: horizontal; height: 1fr; }
    CoinInterestView #table { width: 3fr; margin-right: 1; }
    CoinInterestView #line { width: 2fr; }
    CoinInterestView.-stacked #interests { layout: vertical; }
    CoinInterestView.-stacked #table { height: 7; width: 100%; margin-right: 0; }
    CoinInterestView.-stacked #line { width: 100%; height: 1fr; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.table: Board[InterestLine] = Board(INTEREST_COLUMNS, lambda row: row.key, sort=None)
        self._panel = Panel(self.table, "Open interest", id="table")
        self._title = Lines(id="interest-title")
        self._chart = ChartView(id="interest-chart")
        self._found: CoinInterest | None = None
        self._zone: ShownZone | None = None

    def compose(self) -> ComposeResult:
        with Container(id="interests"):
            yield self._panel
            with Vertical(id="line"):
                yield self._title
                yield self._chart

    def clear(self, empty: str, zone: ShownZone) -> None:
        """Another coin comes."""
        self._found, self._zone = None, zone
        self.table.clear(empty)
        self._show_line(None, empty)

    def show(self, found: CoinInterest, zone: ShownZone) -> None:
        """What was pulled last."""
        self._found, self._zone = found, zone
        rows = interest_lines(found)
        self.table.set_idle(frozenset() if any(row.note for row in rows) else frozenset({"note"}))
        self.table.set_rows(rows, stale=not found.live, empty=found.reason)
        self._show_line(self.table.cursor_row or next(iter(rows), None), found.reason)

    @on(Board.Moved)
    def _moved(self, _: Board.Moved) -> None:
        found = self._found
        if found is not None:
            self._show_line(self.table.cursor_row, found.reason)

    def _show_line(self, row: InterestLine | None, reason: str) -> None:
        looks, zone = looks_of(self), self._zone
        if zone is None:
            return
        name = t(ALL) if row is None else _name(row)
        chart = interest_chart(row, self._found, zone, reason)
        unit = t("in {unit}coins, by stored five-minute samples", unit=chart.unit)
        title = t("Open interest, 24 h, {whose}", whose=shown(name, 20))
        self._title.set_lines(
            [
                ("─ ", looks.faint),
                (title, looks.dim),
                (f"  {unit}", looks.faint),
            ]
        )
        self._chart.show(chart)
        # Narrow tables have no room for what there is to say of the row under the cursor.
        self._panel.set_title(t("Open interest"), told(reason) or (row.note if row else ""))


def left_out(found: CoinInterest) -> str:
    """Who is in no sum of the line of all."""
    names = ", ".join(f"{one.exchange} ({told(one.reason)})" for one in found.left_out)
    return t("line without {names}", names=names) if names else ""


def interest_chart(
    row: InterestLine | None, found: CoinInterest | None, zone: ShownZone, reason: str
) -> Chart:
    """The samples of a row as a line; of a large amount in k, M or B, which the title says."""
    if row is None or found is None:
        return Chart(
            version=reason, first_ms=0, last_ms=1, points=(), zone=zone, zero=False, unit="",
            empty=told(reason),
        )  # fmt: skip
    size, letter = _unit(row.points)
    points = [(at_ms, None if value is None else value / size) for at_ms, value in row.points]
    none = t("no sample of the last 24 h is stored: one is taken every five minutes")
    first_ms, last_ms = _span(found)
    return Chart(
        version=(row.key, row.points),
        first_ms=first_ms,
        last_ms=last_ms,
        points=points,
        zone=zone,
        zero=False,
        area=False,
        stale=not found.live,
        unit=f"{letter} " if letter else "",
        joins_ms=_JOINS_MS,
        telling=of_samples(found, letter, size),
        empty=told(reason) or none,
    )


def _unit(points: Sequence[tuple[int, float | None]]) -> tuple[float, str]:
    highest = max((value for _, value in points if value is not None), default=0.0)
    return next(((size, letter) for size, letter in _UNITS if highest >= 10 * size), (1.0, ""))
