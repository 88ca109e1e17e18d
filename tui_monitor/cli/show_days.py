"""The tables of the sum curve, the coverage and the system, for CSV and for the eye."""

from collections.abc import Callable
from typing import NamedTuple

from tui_monitor.boards.coverage import CoverageBoard
from tui_monitor.boards.sum_curve import Node, SumBoard
from tui_monitor.boards.system import SystemBoard
from tui_monitor.cli.tables import Column, Table, digits, own
from tui_monitor.clock import BoardZone
from tui_monitor.model import FeedState

_PCT = digits(4)


class _Point(NamedTuple):
    """A node of a slot, or the live one."""

    node: Node
    live: bool


def sum_table(board: SumBoard, zone: BoardZone) -> Table:
    """One row a node that was due, then the live point."""

    def time(row: _Point) -> str:
        return zone.format(row.node.slot_ms, "%Y-%m-%d %H:%M:%S")

    columns = (
        Column("time", lambda row: "live" if row.live else time(row), only="eye"),
        Column("time", time, only="csv"),
        _own("sum_pct", _PCT),
        _own("mean_pct", _PCT, leaves=3),
        Column("valid", lambda row: f"{row.node.valid}/{row.node.expected}", only="eye"),
        *(_own(name, only_csv=True) for name in ("valid", "expected")),
        *(_own(name, leaves=4) for name in ("up", "down")),
        _own("flat", only_csv=True),
        *_extreme("best"),
        *_extreme("worst"),
        Column("state", lambda row: f"{row.node.state}{'~' * row.node.provisional}", str, 2, "eye"),
        *(_own(name, only_csv=True) for name in ("state", "provisional")),
        Column("live", lambda row: row.live, only="csv"),
        _own("reason", leaves=6),
    )
    rows = [_Point(node, live=False) for node in board.nodes if node.state != "future"]
    if board.live:
        rows.append(_Point(board.live, live=True))
    return Table(columns, rows, _sum_summary(board))


def _own(
    name: str, text: Callable[..., str] = str, *, leaves: int = 0, only_csv: bool = False
) -> Column:
    return Column(
        name, lambda row: getattr(row.node, name), text, leaves, "csv" if only_csv else ""
    )


def _extreme(which: str) -> tuple[Column, ...]:
    """A coin and its change: one column for the eye, two for a program."""

    def both(row: _Point) -> str | None:
        coin, pct = (getattr(row.node, f"{which}_{part}") for part in ("coin", "pct"))
        return None if coin is None or pct is None else f"{coin} {pct:+.2f}"

    parts = (_own(f"{which}_{part}", only_csv=True) for part in ("coin", "pct"))
    return (Column(which, both, leaves=5, only="eye"), *parts)


def _sum_summary(board: SumBoard) -> str:
    live = "no live point"
    if board.live and board.live.sum_pct is not None:
        live = f"now {board.live.sum_pct:+.4f} % ({board.live.valid}/{board.expected})"
    days = board.first_day
    if board.last_day != board.first_day:
        days += f"…{board.last_day}"
    return f"sum of {board.expected} coins, {days} ({board.timezone}), {live}"


def coverage_table(board: CoverageBoard, zone: BoardZone) -> Table:
    """One row a day."""
    columns = (
        own("day"),
        Column("nodes", lambda day: f"{day.nodes}/{day.nodes_due}", only="eye"),
        own("nodes", only="csv"),
        own("nodes_due", only="csv"),
        own("have", leaves=1),
        own("missing"),
        own("failed", leaves=2),
        own("unobtainable", leaves=2),
        own("complete_pct", digits(2)),
    )
    at = zone.format(board.now_ms)
    return Table(columns, board.days, f"coverage of {board.series} at {at} ({board.timezone})")


def system_table(board: SystemBoard, zone: BoardZone) -> Table:
    """One row a connection."""
    columns = (
        own("exchange"),
        own("market"),
        own("channel"),
        own("state"),
        own("source", leaves=3),
        own("age_ms"),
        own("messages_per_s", digits(1), leaves=1),
        own("topics", leaves=4),
        own("reconnects", leaves=4),
        Column("since", lambda line: zone.format(line.since_ms), leaves=5),
        own("reason", leaves=2),
        own("last_error", leaves=7),
        own("host", leaves=6),
    )
    return Table(columns, board.connections, _system_summary(board, zone))


def _system_summary(board: SystemBoard, zone: BoardZone) -> str:
    at = f"{zone.format(board.now_ms)} ({board.timezone})"
    size = f"database {board.database.size_bytes:,} bytes" if board.database else "no database"
    if not board.running:
        return f"system at {at}, no engine runs, {size}"
    live = sum(line.state is FeedState.LIVE for line in board.connections)
    return f"system at {at}, {live} of {len(board.connections)} connections live, {size}"
