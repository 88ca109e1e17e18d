"""The coin page's columns of premium and of what was settled."""

from tui_monitor.boards.coin import Against, Premium
from tui_monitor.model import Settlement
from tui_monitor.screens.boards.spreads.cells import fraction, pct_cell, price_cell
from tui_monitor.screens.looks.format import ABSENT, ShownZone
from tui_monitor.screens.widgets.columns import Cell, Column
from tui_monitor.words import t, told

_AGAINST = {Against.SPOT: "spot", Against.PERPS: "perps", None: ABSENT}

PREMIUM_COLUMNS: tuple[Column[Premium], ...] = (
    Column(
        key="exchange",
        title="exchange",
        width=8,
        align="left",
        paint=lambda row, looks, _: Cell(str(row.exchange), looks.text),
        value=lambda row: str(row.exchange),
        help="Whose perpetual it is.",
    ),
    Column(
        key="premium",
        title="prem %",
        width=7,
        paint=lambda row, looks, wide: pct_cell(row.premium_pct, looks, wide),
        value=lambda row: row.premium_pct,
        unit="%",
        help="(perpetual − other) / other × 100, of last prices.",
    ),
    Column(
        key="against",
        title="over",
        width=5,
        align="left",
        paint=lambda row, looks, _: Cell(t(_AGAINST[row.against]), looks.dim),
        value=lambda row: row.against and row.against.value,
        help="The other: spot of the same exchange; without one the mean of the other perpetuals.",
    ),
    Column(
        key="basis",
        title="basis %",
        width=7,
        paint=lambda row, looks, wide: pct_cell(row.basis_pct, looks, wide),
        value=lambda row: row.basis_pct,
        unit="%",
        help="(mark − index) / index × 100, both the exchange's own.",
    ),
    Column(
        key="perp",
        title="perp",
        width=11,
        priority=2,
        pair="prices",
        paint=lambda row, looks, width: price_cell(row.perp_price, looks, width=width),
        value=lambda row: row.perp_price,
        unit="USDT a coin",
        help="The perpetual's last price.",
    ),
    Column(
        key="other",
        title="other",
        width=11,
        priority=2,
        pair="prices",
        paint=lambda row, looks, width: price_cell(row.against_price, looks, width=width),
        value=lambda row: row.against_price,
        unit="USDT a coin",
        help="What it is compared with.",
    ),
    Column(
        key="reason",
        title="note",
        width=12,
        align="left",
        priority=1,
        grows=True,
        paint=lambda row, looks, _: Cell(told(row.reason), looks.warn),
        value=lambda row: row.reason or None,
        help="Why there is no premium.",
    ),
)


def settlement_columns(zone: ShownZone) -> tuple[Column[Settlement], ...]:
    """What was settled; times are in a zone."""
    return (
        Column(
            key="time",
            title="time",
            width=11,
            align="left",
            paint=lambda row, looks, _: Cell(zone.format(row.settled_ms, "%m-%d %H:%M"), looks.dim),
            value=lambda row: float(row.settled_ms),
            help="When it was settled.",
        ),
        Column(
            key="exchange",
            title="exchange",
            width=8,
            align="left",
            paint=lambda row, looks, _: Cell(str(row.exchange), looks.text),
            value=lambda row: str(row.exchange),
            help="The exchange.",
        ),
        Column(
            key="rate",
            title="rate %",
            width=8,
            paint=lambda row, looks, wide: fraction(row.rate, looks, wide, 4),
            value=lambda row: row.rate * 100,
            unit="% an interval",
            help="What was paid; positive: by longs to shorts.",
        ),
        Column(
            key="symbol",
            title="symbol",
            width=14,
            align="left",
            priority=2,
            grows=True,
            paint=lambda row, looks, _: Cell(row.symbol, looks.faint),
            value=lambda row: row.symbol,
            help="As the exchange writes it.",
        ),
    )
