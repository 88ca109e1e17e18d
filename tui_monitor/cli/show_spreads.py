"""The tables of spreads, signals and funding, for CSV and for the eye."""

from tui_monitor.boards.funding import FundingBoard, FundingCell, FundingRow
from tui_monitor.boards.signals import Signal, SignalsBoard
from tui_monitor.boards.spreads import SpreadRow, SpreadsBoard
from tui_monitor.cli.tables import Row, Table, number
from tui_monitor.clock import BoardZone

_PCT = 4


def spreads_table(board: SpreadsBoard, zone: BoardZone) -> Table:
    """One row a coin, those that rank first."""
    columns = (
        "rank",
        "coin",
        "buy_exchange",
        "buy_market",
        "ask",
        "sell_exchange",
        "sell_market",
        "bid",
        "executable_pct",
        "net_pct",
        "net_funding_pct",
        "indicative_pct",
        "size_usd",
        "buy_age_ms",
        "sell_age_ms",
        "reason",
    )
    at = f"{zone.format(board.now_ms)} ({zone.name})"
    summary = f"spreads at {at}, {board.ranked} of {board.coins} coins rank"
    summary += f", {len(board.quarantine)} legs in quarantine"
    if board.reason:
        summary = f"spreads at {at}: {board.reason}"
    return Table(columns, [_spread(row) for row in board.rows], summary)


def _spread(row: SpreadRow) -> Row:
    return (
        "" if row.rank is None else row.rank,
        row.coin,
        row.buy_exchange.value,
        row.buy_market.value,
        f"{row.ask:.10g}",
        row.sell_exchange.value,
        row.sell_market.value,
        f"{row.bid:.10g}",
        number(row.executable_pct, _PCT),
        number(row.net_pct, _PCT),
        number(row.net_funding_pct, _PCT),
        number(row.indicative_pct, _PCT),
        number(row.size_usd, 2),
        row.buy_age_ms,
        row.sell_age_ms,
        row.reason,
    )


def signals_table(board: SignalsBoard, zone: BoardZone) -> Table:
    """One row a signal, newest first."""
    columns = (
        "time",
        "coin",
        "long_exchange",
        "long_market",
        "price_long",
        "short_exchange",
        "short_market",
        "price_short",
        "spread_pct",
        "run_first",
        "lasted_s",
        "ending",
    )
    summary = (
        f"signals at {zone.format(board.now_ms)} ({zone.name}): {board.samples} samples of"
        f" {board.threshold_pct:g} % or more, {board.basis}, {board.pairs}"
    )
    if board.reason:
        summary += f"; stored ones: {board.reason}"
    return Table(columns, [_signal(one, zone) for one in board.signals], summary)


def _signal(one: Signal, zone: BoardZone) -> Row:
    return (
        zone.format(one.at_ms),
        one.coin,
        one.long_exchange.value,
        one.long_market.value,
        f"{one.price_long:.10g}",
        one.short_exchange.value,
        one.short_market.value,
        f"{one.price_short:.10g}",
        number(one.spread_pct, _PCT),
        zone.format(one.began_ms),
        "" if one.lasted_ms is None else number(one.lasted_ms / 1000, 1),
        one.ending or "",
    )


def funding_table(board: FundingBoard, zone: BoardZone) -> Table:
    """One row a perpetual, coins with the largest difference first. Rates are fractions."""
    columns = (
        "rank",
        "coin",
        "exchange",
        "rate",
        "interval_h",
        "next_settlement",
        "rate_8h",
        "apr",
        "difference_apr",
        "settled_rate",
        "settled",
        "paid_1d",
        "paid_7d",
        "paid_30d",
        "reason",
    )
    rows = [_funding(row, cell, zone) for row in board.rows for cell in row.cells]
    at = f"{zone.format(board.now_ms)} ({zone.name})"
    return Table(columns, rows, f"funding at {at}, {board.ranked} of {board.coins} coins rank")


def _funding(row: FundingRow, cell: FundingCell, zone: BoardZone) -> Row:
    paid = {one.days: number(one.rate, 8) for one in cell.paid}
    return (
        "" if row.rank is None else row.rank,
        row.coin,
        cell.exchange.value,
        number(cell.rate, 8),
        "" if cell.interval_h is None else f"{cell.interval_h:g}",
        _time(cell.next_settlement_ms, zone),
        number(cell.rate_8h, 8),
        number(cell.apr, 6),
        number(row.difference_apr, 6),
        number(cell.settled_rate, 8),
        _time(cell.settled_ms, zone),
        *(paid.get(days, "") for days in (1, 7, 30)),
        cell.suspicion or row.reason,
    )


def _time(ms: int | None, zone: BoardZone) -> str:
    return "" if ms is None else zone.format(ms)
