"""The tables of anomalies and picks, for CSV and for the eye."""

from tui_monitor.boards.anomalies import KNOWN, AnomaliesBoard, Reason, State
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.cli.tables import Column, Table, digits, exact, own
from tui_monitor.clock import BoardZone

_Z = digits(2)
_PCT = digits(2)


def anomalies_table(board: AnomaliesBoard, zone: BoardZone) -> Table:
    """One row a perpetual: by score, then those that are not judged, with the reason."""
    columns = (
        own("rank", leaves=4),
        own("symbol"),
        own("coin", leaves=7),
        own("state"),
        own("score", digits(3)),
        Column("reasons", lambda row: "+".join(row.reasons), leaves=1, only="eye"),
        *(_reason(one) for one in Reason),
        own("return_pct", _PCT),
        own("close", exact, leaves=5),
        own("turnover_usd", digits(0), leaves=6),
        own("range_pct", _PCT, leaves=8),
        own("price_z", _Z, leaves=2),
        Column("percentile", lambda row: row.price_percentile, digits(1), leaves=9),
        own("volume_z", _Z, leaves=2),
        own("volatility_z", _Z, leaves=3),
        own("n", leaves=10),
        own("turnover_24h_usd", digits(0), leaves=11),
        own("note", leaves=12),
    )
    return Table(columns, board.rows, _anomalies_summary(board, zone))


def _reason(one: Reason) -> Column:
    return Column(f"reason_{one.value}", lambda row: one in row.reasons, only="csv")


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
        own("rank"),
        own("symbol"),
        own("coin", leaves=8),
        own("score", digits(1)),
        own("last_score", digits(1), leaves=3),
        own("max_score", digits(1), leaves=4),
        own("change_points", _PCT, leaves=7),
        own("turnover_points", _PCT, leaves=7),
        own("volatility_points", _PCT, leaves=7),
        own("growth_points", _PCT, leaves=7),
        own("change_24h_pct", _PCT, leaves=1),
        own("turnover_24h_usd", digits(0), leaves=2),
        Column("start", lambda row: zone.format(row.start_ms), leaves=5),
        own("start_price", exact, leaves=6),
        own("current_price", exact, leaves=3),
        own("max_price", exact, leaves=6),
        own("increase_pct", _PCT),
        own("n", leaves=9),
    )
    text = _picks_summary(board, zone)
    if board.reason:
        text += f"\n{board.reason}"
    return Table(columns, board.rows, text)


def _picks_summary(board: PicksBoard, zone: BoardZone) -> str:
    if board.evaluated_ms is None:
        return f"no picks of {board.exchange.value} were scored yet"
    return (
        f"picks of {board.exchange.value} at {zone.format(board.evaluated_ms)} ({zone.name}),"
        f" the best of {board.candidates} candidates, of {board.bar} bars up to"
        f" {zone.format(board.close_ms)}"
    )
