"""The funding board's columns: coins with the rate of each exchange."""

from collections.abc import Callable, Sequence

from tui_monitor.boards.funding import FundingCell, FundingRow
from tui_monitor.model import Exchange
from tui_monitor.screens.boards.spreads.cells import fraction, percent
from tui_monitor.screens.looks.format import ABSENT
from tui_monitor.screens.looks.looks import Looks
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import told


def cell_of(row: FundingRow, exchange: Exchange) -> FundingCell | None:
    """The coin's perpetual on an exchange."""
    return next((one for one in row.cells if one.exchange is exchange), None)


def is_grey(cell: FundingCell) -> bool:
    """Whether it is compared with nothing."""
    return cell.stale or bool(cell.suspicion)


def funding_columns(exchanges: Sequence[Exchange]) -> tuple[Column[FundingRow], ...]:
    """The coins' columns: first the difference, then each exchange's APR, interval, 8 h rate."""
    return (
        *_WHO,
        *(column for exchange in exchanges for column in _of_exchange(exchange)),
        _HIGHEST,
        _REASON,
    )


def _fraction_column(
    key: str,
    title: str,
    value: Callable[[FundingRow], float | None],
    text: str,
    digits: int,
    priority: int = 0,
) -> Column[FundingRow]:
    return Column(
        key=key,
        title=title,
        width=8,
        priority=priority,
        paint=lambda row, looks, wide: fraction(
            value(row), looks, wide, digits, grey=not row.ranked
        ),
        value=lambda row: percent(value(row)),
        unit="%",
        help=text,
        searched=False,
    )


_WHO: tuple[Column[FundingRow], ...] = (
    Column(
        key="rank",
        title="#",
        width=4,
        priority=6,
        paint=lambda row, looks, _: Cell(
            ABSENT if row.rank is None else str(row.rank), looks.faint
        ),
        value=lambda row: row.rank,
        help="Its place by the difference of APRs.",
        searched=False,
    ),
    Column(
        key="coin",
        title="coin",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(row.coin, looks.bright if row.ranked else looks.faint),
        value=lambda row: row.coin,
        help="The coin.",
    ),
    _fraction_column(
        "difference_apr",
        "diff apr",
        lambda row: row.difference_apr,
        "Highest minus lowest APR of its perpetuals: what short there and long here would get.",
        2,
    ),
    _fraction_column(
        "difference_8h",
        "diff 8h",
        lambda row: row.difference_8h,
        "The same for eight hours: highest minus lowest of rate × 8 / interval.",
        4,
        3,
    ),
    Column(
        key="short",
        title="short at",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(str(row.short_exchange or ABSENT), looks.text),
        value=lambda row: row.short_exchange and str(row.short_exchange),
        help="Where the rate is highest: who is short there gets it.",
        searched=False,
    ),
    Column(
        key="long",
        title="long at",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(str(row.long_exchange or ABSENT), looks.text),
        value=lambda row: row.long_exchange and str(row.long_exchange),
        help="Where the rate is lowest: who is long there pays least, or gets it.",
        searched=False,
    ),
)
_HIGHEST: Column[FundingRow] = _fraction_column(
    "apr",
    "apr",
    lambda row: max((cell.apr for cell in row.cells if cell.apr is not None), default=None),
    "The highest APR of its perpetuals, those in brackets too.",
    2,
    8,
)
_REASON: Column[FundingRow] = Column(
    key="reason",
    title="note",
    width=12,
    align="left",
    priority=7,
    grows=True,
    paint=lambda row, looks, _: Cell(told(row.reason), looks.dim),
    value=lambda row: row.reason or None,
    help="Why it is compared with nothing.",
)


def _of_exchange(exchange: Exchange) -> tuple[Column[FundingRow], ...]:
    def cell(row: FundingRow) -> FundingCell | None:
        return cell_of(row, exchange)

    def rates(
        key: str, title: str, attribute: str, text: str, digits: int, priority: int
    ) -> Column[FundingRow]:
        def value(row: FundingRow) -> float | None:
            found = cell(row)
            return None if found is None else getattr(found, attribute)

        def paint(row: FundingRow, looks: Looks, wide: int) -> Cell:
            found = cell(row)
            if found is None:
                return Cell("", looks.faint)
            return fraction(value(row), looks, wide, digits, grey=is_grey(found))

        return Column(
            key=f"{exchange}_{key}",
            title=title,
            width=8,
            priority=priority,
            pair=key if priority else "",
            paint=paint,
            value=lambda row: percent(value(row)),
            unit="%",
            help=text,
            searched=False,
            word=f"{exchange}-{key}",
        )

    def interval(row: FundingRow) -> float | None:
        found = cell(row)
        return None if found is None else found.interval_h

    return (
        rates(
            "apr",
            str(exchange),
            "apr",
            f"APR on {exchange}: rate × 24 / interval × 365. A dash: the interval or the rate is "
            "not known; in brackets: old, or in quarantine.",
            2,
            0,
        ),
        rates("8h", "8 h %", "rate_8h", f"{exchange}: rate × 8 / interval.", 4, 4),
        rates("rate", "rate %", "rate", f"{exchange}: the rate that settles next.", 4, 5),
        Column(
            key=f"{exchange}_interval",
            title="int",
            width=3,
            priority=2,
            pair="interval",
            paint=lambda row, looks, _: interval_cell(cell(row), looks),
            value=interval,
            unit="h",
            help=f"{exchange}: hours between settlements.",
            searched=False,
            word=f"{exchange}-interval",
        ),
    )


def interval_cell(cell: FundingCell | None, looks: Looks) -> Cell:
    if cell is None:
        return Cell("", looks.faint)
    if cell.interval_h is None:
        return Cell(ABSENT, looks.warn)
    changed = cell.interval_changed_ms is not None
    return Cell(f"{cell.interval_h:g}h", looks.warn if changed else looks.dim)
