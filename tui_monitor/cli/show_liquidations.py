"""The table of liquidations: the sums and who was heard above, a row a minute below."""

from tui_monitor.boards.liquidations import (
    Indices,
    LiquidationsBoard,
    Total,
    VenueShare,
    VenueState,
)
from tui_monitor.cli.tables import Cell, Column, Row, Table, digits, leaving, own
from tui_monitor.clock import MINUTE_MS, BoardZone
from tui_monitor.model import Told

_USD = digits(2)
_PCT = digits(2)
_ALMOST = 99.99
_SUMS = ("", "total", "long", "short", "count", "largest", "covered")
_VENUES = (
    *("exchange", "told", "state", "total_usd", "long_usd", "short_usd", "count", "covered"),
    *("at_cap", "last", "reason"),
)


def liquidations_table(board: LiquidationsBoard, zone: BoardZone) -> Table:
    """One row a step of the curve, oldest first; empty where nobody was heard."""
    is_sampled = any(one.told is Told.SAMPLED for one in board.venues)

    def is_bound(usd: float | None, covered: float | None) -> bool | None:
        if usd is None or covered is None:
            return None
        return is_sampled or covered < 1

    columns = (
        Column("time", lambda one: zone.format(one.at_ms)),
        own("total_usd", _USD),
        own("long_usd", _USD, leaves=1),
        own("short_usd", _USD, leaves=1),
        Column("count", lambda one: None if one.total_usd is None else one.count, leaves=2),
        Column("covered_pct", lambda one: _covered(one.covered), leaves=3),
        Column("lower_bound", lambda one: is_bound(one.total_usd, one.covered), only="csv"),
        own("total_1h_usd", _USD, leaves=4),
        own("long_1h_usd", _USD, leaves=5),
        own("short_1h_usd", _USD, leaves=5),
        Column("covered_1h_pct", lambda one: _covered(one.covered_1h), leaves=6),
        Column(
            "lower_bound_1h", lambda one: is_bound(one.total_1h_usd, one.covered_1h), only="csv"
        ),
    )
    first, above = _above(board, zone)
    return Table(columns, board.points, first, above)


def _covered(share: float | None) -> Cell | None:
    return None if share is None else Cell(share * 100, _pct(share))


def _above(board: LiquidationsBoard, zone: BoardZone) -> tuple[str, list[str | Table]]:
    """What it is of, the sums, the indices, and who was heard."""
    at = f"{zone.format(board.now_ms)} ({zone.name})"
    if board.hours is None:
        days = board.first_day
        if board.last_day != board.first_day:
            days += f"…{board.last_day}"
        first = f"liquidations of {days} ({zone.name}), as stored at {at}"
    else:
        first = f"liquidations of the last {board.hours} h at {at}"
    lines: list[str | Table] = [board.reason] if board.reason else []
    lines += _sums(board, zone)
    if board.hours is not None:
        lines += _indices(board.indices, zone)
    if board.venues:
        lines += ["", _venues(board, zone)]
    length = "minute" if board.step_ms == MINUTE_MS else f"{board.step_ms // (60 * MINUTE_MS)} h"
    return first, [*lines, "", f"by the {length}"]


def _sums(board: LiquidationsBoard, zone: BoardZone) -> list[str | Table]:
    """The sums under each other: `>=` where more may have happened."""
    columns = leaving({"count": 2, "largest": 3, "covered": 1}, _SUMS)
    named = [(f"{one.hours} h", one) for one in board.totals]
    if board.hours is None:
        named = [("whole", board.window)]
    found: list[str | Table] = [Table(columns, [_sum(name, one) for name, one in named], "USD")]
    peak = board.hour
    if peak.max is not None and peak.max_ms is not None:
        found.append(f"highest hour: {peak.max:,.2f} USD, up to {zone.format(peak.max_ms)}")
    return found


def _sum(name: str, total: Total) -> Row:
    bound = "≥ " if total.is_lower_bound else ""
    return (
        name,
        _money(total.total_usd, bound) or "nobody was heard",
        _money(total.long_usd, bound),
        _money(total.short_usd, bound),
        f"{total.count} ({total.unsized} unsized)" if total.unsized else total.count,
        _money(total.largest_usd),
        f"{_pct(total.covered)} %",
    )


def _indices(indices: Indices, zone: BoardZone) -> list[str]:
    """The wash index, and the panic index where a source is asked or has told."""
    record, told = indices.record, indices.aggregate
    if record is None or record.wash_index_pct is None:
        found = [f"wash index unknown: {indices.reason}"]
    else:
        found = [
            f"wash index {record.wash_index_pct:.4f} % of {record.open_interest_usd:,.0f} USD"
            f" open interest, {zone.format(record.minute_ms, '%H:%M')}"
        ]
    if told.row is not None and told.row.panic_index is not None:
        stale = ", stale" if told.stale else ""
        at = zone.format(told.row.source_ms or told.row.received_ms)
        found.append(f"panic index {told.row.panic_index:.4f} ({told.level}{stale}), {at}")
    elif told.is_on:
        found.append(f"panic index unknown: {told.error or told.reason}")
    return found


def _venues(board: LiquidationsBoard, zone: BoardZone) -> Table:
    leaves = {"reason": 7, "at_cap": 6, "last": 5, "count": 4, "covered": 3, "told": 2}
    columns = leaving(leaves | {"long_usd": 1, "short_usd": 1}, _VENUES)
    return Table(columns, [_venue(one, zone) for one in board.venues], "who was heard")


def _venue(one: VenueShare, zone: BoardZone) -> Row:
    count = one.long_count + one.short_count
    is_known = bool(one.covered or count)
    total_usd = None
    if one.long_usd is not None and one.short_usd is not None:
        total_usd = one.long_usd + one.short_usd
    bound = "≥ " if one.told is Told.SAMPLED or one.covered < 1 else ""
    state = one.state.value
    if one.state is VenueState.SILENT and one.since_ms is not None:
        state += f" since {zone.format(one.since_ms, '%H:%M:%S')}"
    return (
        one.exchange.value,
        one.told.value,
        state,
        _money(total_usd, bound),
        _money(one.long_usd, bound),
        _money(one.short_usd, bound),
        count if is_known else "",
        f"{_pct(one.covered)} %",
        "" if one.saturation is None else f"{_pct(one.saturation)} %",
        "" if one.last_ms is None else zone.format(one.last_ms),
        one.reason,
    )


def _money(usd: float | None, bound: str = "") -> str:
    return "" if usd is None else f"{bound}{usd:,.2f}"


def _pct(share: float | None) -> str:
    """Less than the whole never reads 100."""
    if share is None:
        return ""
    return _PCT(share * 100 if share == 1 else min(share * 100, _ALMOST))
