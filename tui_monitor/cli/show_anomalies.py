"""The tables of anomalies and picks, for CSV and for the eye."""

from tui_monitor.boards.anomalies import KNOWN, AnomaliesBoard, AnomalyRow, State
from tui_monitor.boards.picks import PickRow, PicksBoard
from tui_monitor.cli.tables import Row, Table, number
from tui_monitor.clock import BoardZone
from tui_monitor.printable import printable

_Z = 2
_PCT = 2


def anomalies_table(board: AnomaliesBoard, zone: BoardZone) -> Table:
    """One row a perpetual: by score, then those that are not judged, with the reason."""
    columns = (
        *("rank", "symbol", "coin", "state", "score", "reasons", "return_pct", "close"),
        *("turnover_usd", "range_pct", "price_z", "percentile", "volume_z", "volatility_z"),
        *("n", "turnover_24h_usd", "note"),
    )
    return Table(columns, [_anomaly(row) for row in board.rows], _anomalies_summary(board, zone))


def _anomaly(row: AnomalyRow) -> Row:
    return (
        "" if row.rank is None else row.rank,
        printable(row.symbol),
        printable(row.coin),
        row.state.value,
        number(row.score, 3),
        "+".join(reason.value for reason in row.reasons),
        number(row.return_pct, _PCT),
        "" if row.close is None else f"{row.close:.10g}",
        number(row.turnover_usd, 0),
        number(row.range_pct, _PCT),
        number(row.price_z, _Z),
        number(row.price_percentile, 1),
        number(row.volume_z, _Z),
        number(row.volatility_z, _Z),
        row.n,
        number(row.turnover_24h_usd, 0),
        printable(row.note),
    )


def _anomalies_summary(board: AnomaliesBoard, zone: BoardZone) -> str:
    if board.evaluated_ms is None:
        nothing = f"no {board.bar} bar of {board.exchange.value} was judged yet"
        return f"{nothing}\n{board.reason}" if board.reason else nothing
    at = zone.format(board.evaluated_ms)
    begin, end = zone.format(board.open_ms, "%Y-%m-%d %H:%M"), zone.format(board.close_ms, "%H:%M")
    text = (
        f"anomalies of {board.exchange.value}'s {board.bar} bar {begin} to {end} ({zone.name}),"
        f" {_found(board)}, judged {at}"
    )
    if board.mode == "original":
        text += ", as the originals did"
    return f"{text}\n{board.reason}" if board.reason else text


def _found(board: AnomaliesBoard) -> str:
    """`2 of 34 judged perpetuals (not judged: insufficient 116)`."""
    known = sum(board.counts.get(state, 0) for state in KNOWN)
    found = f"{board.counts.get(State.ANOMALY, 0)} of {known} judged perpetuals"
    others = [(state, many) for state, many in board.counts.items() if many and state not in KNOWN]
    if not others:
        return found
    return f"{found} (not judged: {', '.join(f'{state.value} {many}' for state, many in others)})"


def picks_table(board: PicksBoard, zone: BoardZone) -> Table:
    """One row a pick, with the four parts of its score."""
    columns = (
        *("rank", "symbol", "coin", "score", "last_score", "max_score", "change_points"),
        *("turnover_points", "volatility_points", "growth_points", "change_24h_pct"),
        *("turnover_24h_usd", "start", "start_price", "current_price", "max_price"),
        *("increase_pct", "n"),
    )
    text = _picks_summary(board, zone)
    if board.reason:
        text += f"\n{board.reason}"
    return Table(columns, [_pick(row, zone) for row in board.rows], text)


def _picks_summary(board: PicksBoard, zone: BoardZone) -> str:
    if board.evaluated_ms is None:
        return f"no picks of {board.exchange.value} were scored yet"
    return (
        f"picks of {board.exchange.value} at {zone.format(board.evaluated_ms)} ({zone.name}),"
        f" the best of {board.candidates} candidates, of {board.bar} bars up to"
        f" {zone.format(board.close_ms)}"
    )


def _pick(row: PickRow, zone: BoardZone) -> Row:
    return (
        row.rank,
        printable(row.symbol),
        printable(row.coin),
        number(row.score, 1),
        number(row.last_score, 1),
        number(row.max_score, 1),
        number(row.change_points, _PCT),
        number(row.turnover_points, _PCT),
        number(row.volatility_points, _PCT),
        number(row.growth_points, _PCT),
        number(row.change_24h_pct, _PCT),
        number(row.turnover_24h_usd, 0),
        zone.format(row.start_ms),
        f"{row.start_price:.10g}",
        f"{row.current_price:.10g}",
        f"{row.max_price:.10g}",
        number(row.increase_pct, _PCT),
        row.n,
    )
