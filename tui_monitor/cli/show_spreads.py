"""The tables of spreads, signals and funding, for CSV and for the eye."""

from tui_monitor.boards.funding import FundingBoard, FundingCell, FundingRow
from tui_monitor.boards.signals import Signal, SignalsBoard
from tui_monitor.boards.spreads import SpreadsBoard
from tui_monitor.cli.tables import Column, Table, digits, exact, own
from tui_monitor.clock import BoardZone

_PCT = digits(4)
_RATE = digits(8)
_APR = digits(6)
_PAID_DAYS = (1, 7, 30)


def spreads_table(board: SpreadsBoard, zone: BoardZone) -> Table:
    """One row a coin, those that rank first."""
    columns = (
        own("rank", leaves=3),
        own("coin"),
        *_leg("buy", "buy_exchange", "buy_market"),
        own("ask", exact, leaves=4),
        *_leg("sell", "sell_exchange", "sell_market"),
        own("bid", exact, leaves=4),
        own("executable_pct", _PCT),
        own("net_pct", _PCT, leaves=1),
        own("net_funding_pct", _PCT, leaves=5),
        own("indicative_pct", _PCT, leaves=6),
        own("size_usd", digits(2), leaves=2),
        own("buy_age_ms", leaves=7),
        own("sell_age_ms", leaves=7),
        own("reason", leaves=8),
    )
    at = f"{zone.format(board.now_ms)} ({zone.name})"
    summary = f"spreads at {at}, {board.ranked} of {board.coins} coins rank"
    summary += f", {len(board.quarantine)} legs in quarantine"
    if board.reason:
        summary = f"spreads at {at}: {board.reason}"
    return Table(columns, board.rows, summary)


def _leg(name: str, exchange: str, market: str) -> tuple[Column, ...]:
    """Where something is bought or sold: one column for the eye, two for a program."""
    both = Column(name, lambda row: f"{getattr(row, exchange)} {getattr(row, market)}", only="eye")
    return (both, own(exchange, only="csv"), own(market, only="csv"))


def signals_table(board: SignalsBoard, zone: BoardZone) -> Table:
    """One row a signal, newest first."""
    columns = (
        Column("time", lambda one: zone.format(one.at_ms)),
        own("coin"),
        *_leg("long", "long_exchange", "long_market"),
        own("price_long", exact, leaves=2),
        *_leg("short", "short_exchange", "short_market"),
        own("price_short", exact, leaves=2),
        own("spread_pct", _PCT),
        Column("run_first", lambda one: zone.format(one.began_ms), leaves=4),
        Column("lasted_s", _lasted_s, digits(1), leaves=1),
        own("ending", leaves=3),
    )
    summary = (
        f"signals at {zone.format(board.now_ms)} ({zone.name}): {board.samples} samples of"
        f" {board.threshold_pct:g} % or more, {board.basis}, {board.pairs}"
    )
    if board.reason:
        summary += f"; stored ones: {board.reason}"
    return Table(columns, board.signals, summary)


def _lasted_s(one: Signal) -> float | None:
    return None if one.lasted_ms is None else one.lasted_ms / 1000


def funding_table(board: FundingBoard, zone: BoardZone) -> Table:
    """One row a perpetual, coins with the largest difference first. Rates are fractions."""

    def time(ms: int | None) -> str | None:
        return None if ms is None else zone.format(ms)

    columns = (
        Column("rank", lambda row: row[0].rank, leaves=2),
        Column("coin", lambda row: row[0].coin),
        Column("exchange", lambda row: row[1].exchange),
        Column("rate", lambda row: row[1].rate, _RATE),
        Column("interval_h", lambda row: row[1].interval_h, "{:g}".format, leaves=3),
        Column("next_settlement", lambda row: time(row[1].next_settlement_ms), leaves=4),
        Column("rate_8h", lambda row: row[1].rate_8h, _RATE),
        Column("apr", lambda row: row[1].apr, _APR),
        Column("difference_apr", lambda row: row[0].difference_apr, _APR, leaves=1),
        Column("settled_rate", lambda row: row[1].settled_rate, _RATE, leaves=5),
        Column("settled", lambda row: time(row[1].settled_ms), leaves=6),
        *(_paid(days) for days in _PAID_DAYS),
        Column("reason", lambda row: row[1].suspicion or row[0].reason, leaves=8),
    )
    rows = [(row, cell) for row in board.rows for cell in row.cells]
    at = f"{zone.format(board.now_ms)} ({zone.name})"
    return Table(columns, rows, f"funding at {at}, {board.ranked} of {board.coins} coins rank")


def _paid(days: int) -> Column:
    def rate(row: tuple[FundingRow, FundingCell]) -> float | None:
        return next((one.rate for one in row[1].paid if one.days == days), None)

    return Column(f"paid_{days}d", rate, _RATE, leaves=7)
