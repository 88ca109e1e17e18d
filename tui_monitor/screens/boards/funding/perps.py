"""One coin's perpetuals on the funding board: rates, countdowns, sums of what was settled."""

from collections.abc import Callable
from dataclasses import dataclass

from tui_monitor.boards.funding import FundingBoard, FundingCell, FundingRow, PaidSum
from tui_monitor.screens.boards.funding.columns import interval_cell, is_grey
from tui_monitor.screens.boards.spreads.cells import countdown, fraction, percent, short_age
from tui_monitor.screens.looks.format import ABSENT, ShownZone
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told

# Windows of the settled sums, in days.
WINDOWS = (1, 7, 30)
NO_INTERVAL = "interval not known, so no APR"


@dataclass(frozen=True)
class PerpRow:
    """One perpetual of the coin under the cursor, with its times as text."""

    cell: FundingCell
    due: str
    at: str
    settled_at: str
    changed_at: str

    @property
    def note(self) -> str:
        """What is to be known of it: why no APR, why it is compared with nothing."""
        one = self.cell
        notes = [
            t("quarantine: {why}", why=told(one.suspicion)) if one.suspicion else "",
            t("no rate for too long") if one.stale else "",
            t(NO_INTERVAL) if one.interval_h is None else "",
            self._change(),
            t("also {symbols}", symbols=", ".join(one.others)) if one.others else "",
        ]
        return "; ".join(note for note in notes if note)

    def _change(self) -> str:
        one = self.cell
        if one.interval_was_h is None or one.interval_h is None or not self.changed_at:
            return ""
        return t(
            "every {is_h} h since {time}, was {was_h} h",
            is_h=f"{one.interval_h:g}",
            time=self.changed_at,
            was_h=f"{one.interval_was_h:g}",
        )


def perp_rows(row: FundingRow | None, board: FundingBoard, zone: ShownZone) -> list[PerpRow]:
    """The perpetuals of a coin, in the exchanges' order."""
    now_ms = board.now_ms

    def when(ms: int | None) -> str:
        return "" if ms is None else zone.when(ms, now_ms)

    return [
        PerpRow(
            cell=one,
            due=countdown(one.next_settlement_ms, now_ms),
            at=when(one.next_settlement_ms),
            settled_at=when(one.settled_ms),
            changed_at=when(one.interval_changed_ms),
        )
        for one in (row.cells if row is not None else ())
    ]


def _of_perp(
    key: str,
    title: str,
    value: Callable[[FundingCell], float | None],
    text: str,
    digits: int,
    priority: int = 0,
) -> Column[PerpRow]:
    return Column(
        key=key,
        title=title,
        width=8,
        priority=priority,
        paint=lambda row, looks, wide: fraction(
            value(row.cell), looks, wide, digits, grey=is_grey(row.cell)
        ),
        value=lambda row: percent(value(row.cell)),
        unit="%",
        help=text,
    )


def _who_pays(row: PerpRow, looks: Looks, _: int) -> Cell:
    value = row.cell.rate
    if value is None:
        return Cell(ABSENT, looks.faint)
    return Cell(t(_payer(value)), looks.signed(value) if value else looks.dim)


def _payer(rate: float) -> str:
    if rate == 0:
        return "nobody"
    return "longs" if rate > 0 else "shorts"


def paid_sum(cell: FundingCell, days: int) -> PaidSum | None:
    """What was settled in so many days; None for days that the board has no sum of."""
    return next((one for one in cell.paid if one.days == days), None)


def _paid_column(days: int, priority: int) -> Column[PerpRow]:
    def value(row: PerpRow) -> float | None:
        found = paid_sum(row.cell, days)
        return None if found is None or not found.settlements else found.rate

    def paint(row: PerpRow, looks: Looks, wide: int) -> Cell:
        found = paid_sum(row.cell, days)
        cell = fraction(value(row), looks, wide - 1, 4, grey=False)
        partial = found is not None and bool(found.settlements) and not found.whole
        return Cell(f"{cell.text}{'~' if partial else ' '}", cell.style)

    return Column(
        key=f"paid_{days}d",
        title=f"{days} d %",
        width=9,
        priority=priority,
        paint=paint,
        value=lambda row: percent(value(row)),
        unit="%",
        help=f"Sum of what was settled in the last {days} d; ~ : not all settlements are stored.",
    )


PERP_COLUMNS: tuple[Column[PerpRow], ...] = (
    Column(
        key="exchange",
        title="exchange",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(
            str(row.cell.exchange), looks.faint if is_grey(row.cell) else looks.text
        ),
        value=lambda row: str(row.cell.exchange),
        help="Whose perpetual it is.",
    ),
    _of_perp(
        "rate", "rate %", lambda one: one.rate, "Predicted: settles next, may change till then.", 4
    ),
    Column(
        key="interval",
        title="int",
        width=4,
        paint=lambda row, looks, _: interval_cell(row.cell, looks),
        value=lambda row: row.cell.interval_h,
        unit="h",
        help="Hours between settlements; a dash: not known, so there is no APR.",
    ),
    Column(
        key="next",
        title="next",
        width=6,
        paint=lambda row, looks, _: Cell(row.due, looks.text),
        value=lambda row: row.cell.next_settlement_ms,
        files=(("next_ms", lambda row: row.cell.next_settlement_ms),),
        help="Until the next settlement.",
    ),
    Column(
        key="at",
        title="at",
        width=11,
        priority=5,
        paint=lambda row, looks, _: Cell(row.at or ABSENT, looks.dim),
        value=lambda row: row.cell.next_settlement_ms,
        help="The next settlement.",
    ),
    _of_perp("rate_8h", "8 h %", lambda one: one.rate_8h, "rate × 8 / interval.", 4, 2),
    _of_perp("apr", "apr %", lambda one: one.apr, "rate × 24 / interval × 365, not compounded.", 2),
    Column(
        key="pays",
        title="pays",
        width=6,
        align="left",
        paint=_who_pays,
        value=lambda row: row.cell.rate,
        says=lambda row: None if row.cell.rate is None else _payer(row.cell.rate),
        help="Who pays the other side at the next settlement.",
    ),
    _of_perp("settled", "settled", lambda one: one.settled_rate, "What was paid last.", 4, 3),
    Column(
        key="settled_at",
        title="when",
        width=11,
        priority=5,
        paint=lambda row, looks, _: Cell(row.settled_at or ABSENT, looks.dim),
        value=lambda row: row.cell.settled_ms,
        help="When that was settled.",
    ),
    *(_paid_column(days, priority) for days, priority in zip(WINDOWS, (4, 1, 1), strict=True)),
    Column(
        key="age",
        title="age",
        width=5,
        priority=6,
        paint=lambda row, looks, _: Cell(
            ABSENT if row.cell.age_ms is None else short_age(row.cell.age_ms),
            looks.warn if row.cell.stale else looks.dim,
        ),
        value=lambda row: None if row.cell.age_ms is None else row.cell.age_ms / 1000,
        unit="s",
        help="Since the rate was last told.",
    ),
    Column(
        key="symbol",
        title="symbol",
        width=16,
        align="left",
        priority=8,
        paint=lambda row, looks, _: Cell(row.cell.symbol, looks.dim),
        value=lambda row: row.cell.symbol,
        help="As the exchange writes it.",
    ),
    Column(
        key="note",
        title="note",
        width=30,
        align="left",
        priority=3,
        grows=True,
        paint=lambda row, looks, _: Cell(row.note, looks.warn),
        value=lambda row: row.note or None,
        help="Why there is no APR, why it is compared with nothing, an interval that changed.",
    ),
)
