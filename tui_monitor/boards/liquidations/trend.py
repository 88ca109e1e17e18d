"""What the aggregate source said of a window, and the indices of its steps."""

from collections.abc import Mapping, Sequence
from math import fsum

from tui_monitor.boards.liquidations import AggregatePoint, IndexBy, TrendPoint
from tui_monitor.boards.liquidations.panic import wash_index_pct
from tui_monitor.boards.liquidations.rolling import MinuteGrid, records
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.model import AggregateRow, InterestMinute, LiquidationStep

_HOUR_MS = 60 * MINUTE_MS


def tells_anything(row: AggregateRow) -> bool:
    """Whether a row has any figure: a source at fault tells zeros, which are none."""
    figures = (row.usd_1h, row.usd_24h, row.people_24h, row.position_usd)
    return any(figure for figure in figures)


def aggregate_points(
    rows: Sequence[AggregateRow], first_ms: int, end_ms: int, step_ms: int
) -> list[AggregatePoint]:
    """The last word of each step, oldest first. A word that was told before is none of its minute.

    Rows are oldest first.
    """
    found: dict[int, AggregatePoint] = {}
    before_ms = None
    for row in rows:
        is_again = row.source_ms is not None and row.source_ms == before_ms
        before_ms = row.source_ms
        if not is_again and tells_anything(row) and first_ms <= row.minute_ms < end_ms:
            at_ms = row.minute_ms - (row.minute_ms - first_ms) % step_ms
            found[at_ms] = _point(row, at_ms)
    return list(found.values())


def _point(row: AggregateRow, at_ms: int) -> AggregatePoint:
    return AggregatePoint(
        at_ms=at_ms,
        usd_1h=row.usd_1h,
        usd_24h=row.usd_24h,
        position_usd=row.position_usd,
        wash_index_pct=wash_index_pct(row.usd_24h, row.position_usd),
        panic_index=row.panic_index,
    )


def wash_of_minutes(
    minutes: Sequence[LiquidationStep], interests: Sequence[InterestMinute], venues: int
) -> dict[int, float]:
    """The exchanges' index of each minute that has an open interest, where it is known."""
    if not interests:
        return {}
    begin_ms = min((one.at_ms for one in minutes), default=interests[0].minute_ms)
    end_ms = interests[-1].minute_ms + MINUTE_MS
    grid = MinuteGrid(minutes, begin_ms, max(0, end_ms - begin_ms) // MINUTE_MS)
    return {
        one.minute_ms: one.wash_index_pct
        for one in records(grid, interests, venues)
        if one.wash_index_pct is not None
    }


def wash_of_steps(
    hours: Sequence[LiquidationStep],
    interests: Sequence[InterestMinute],
    steps: range,
    now_ms: int,
) -> dict[int, float]:
    """The exchanges' index at the end of each step that is over: of the 24 hours before it.

    `steps` are their begins, whole hours; `interests` are the last known of a step.
    """
    known = {one.at_ms: one for one in hours}
    found: dict[int, float] = {}
    for one in interests:
        at_ms = one.minute_ms - (one.minute_ms - steps.start) % steps.step
        end_ms = at_ms + steps.step
        day = [known[ms] for ms in range(end_ms - DAY_MS, end_ms, _HOUR_MS) if ms in known]
        usd = fsum(hour.long_usd + hour.short_usd for hour in day)
        heard = any(hour.covered_ms for hour in day)
        index = wash_index_pct(usd if heard else None, one.open_interest_usd)
        if at_ms in steps and end_ms <= now_ms and index is not None:
            found[at_ms] = index
    return found


def trend(own: Mapping[int, float], told: Sequence[AggregatePoint]) -> list[TrendPoint]:
    """The steps that have an index, oldest first; our own wash index goes before the source's."""
    said = {one.at_ms: one for one in told}
    found = [_trend_point(at_ms, own.get(at_ms), said.get(at_ms)) for at_ms in {*own, *said}]
    known = [one for one in found if one.wash_by is not None or one.panic_index is not None]
    return sorted(known, key=_time_of)


def _trend_point(at_ms: int, own: float | None, told: AggregatePoint | None) -> TrendPoint:
    theirs = told.wash_index_pct if told else None
    by = IndexBy.EXCHANGES if own is not None else IndexBy.AGGREGATE
    index = own if own is not None else theirs
    return TrendPoint(
        at_ms=at_ms,
        wash_index_pct=index,
        panic_index=told.panic_index if told else None,
        wash_by=None if index is None else by,
    )


def _time_of(point: TrendPoint) -> int:
    return point.at_ms
