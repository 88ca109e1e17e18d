"""The originals' routes of liquidations: the panic and wash indices, and the minutes of the hour.

Without an aggregate source the rows are the exchanges' own; where one tells, its rows come first.
`source` asks for one of the two alone.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Raw, Struct

from tui_monitor.api.answers import Answer, encode_rows
from tui_monitor.api.endpoints import Endpoint, Rows, World, described
from tui_monitor.api.liquidation_records import (
    LEVELS,
    NO_PEOPLE,
    OTHERS_PEOPLE,
    MinuteRow,
    NewestRow,
    PanicRow,
    RowSource,
    beside_zeros,
    market_zone,
    of_aggregate,
    of_exchanges,
)
from tui_monitor.api.own_keys import MinutesKeys
from tui_monitor.api.times import TIME_TEXT, Before, before_ms, empty_span, moment_ms
from tui_monitor.boards.liquidations import HOURS, Aggregate, Indices
from tui_monitor.boards.liquidations.trend import tells_anything
from tui_monitor.clock import DAY_MS, MINUTE_MS, SECOND_MS
from tui_monitor.model import AggregateRow, LiquidationRecord, Told
from tui_monitor.source import Query

_NEWEST_S = 1.0
# Which exchanges were listened to changes with the settings.
_VENUES_S = 30.0
_VENUE_DAYS = 1_000
# A minute is written at its end; two that are lacking are more than a delay.
_STALE_MS = 2 * MINUTE_MS
# A source that is asked and fails goes on being shown, as stale, for so long.
_FAILING_MS = DAY_MS
# Making 5,000 rows at once would hold every feed for a tenth of a second.
_ROWS_AT_ONCE = 100
_OLD = "its newest word is old"
_NO_MINUTES = "no minute of that time is stored"

Wanted = Annotated[
    RowSource | None,
    described(
        "Rows of the exchanges' streams alone, or of the aggregate source alone; without it the"
        " aggregate's where it told that minute, else the exchanges'."
    ),
]


class NewestQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose newest minute."""

    source: Wanted = None


class MinutesQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose minutes between which times."""

    limit: Rows = 1_440
    start_time: Annotated[
        str | None, described(f"From when (default: the beginning): {TIME_TEXT}")
    ] = None
    end_time: Annotated[
        str | None,
        described(f"Until when (default: now): {TIME_TEXT} A day alone means until its end."),
    ] = None
    before: Before = None
    source: Wanted = None


class _Chosen(Struct, frozen=True, kw_only=True):
    """The row to tell as the newest one."""

    row: MinuteRow
    age_ms: int | None
    stale: bool
    reason: str


async def panic(world: World, asked: NewestQuery) -> Answer:
    """The newest indices."""
    indices, is_sampled = await _indices(world)
    chosen = _chosen(world, indices, asked.source, is_sampled=is_sampled)
    is_of_aggregate = chosen.row.source is RowSource.AGGREGATE
    level = indices.aggregate.level if is_of_aggregate else None
    name, color = LEVELS[level] if level else (None, None)
    own = None
    if indices.record is not None:
        own = of_exchanges(indices.record, world.zone, is_sampled=is_sampled)
        own = _with_why(own, indices.aggregate)
    row = PanicRow(
        **_fields(chosen),
        panic_level=name,
        level_color=color,
        level=level,
        market_zone=market_zone(chosen.row),
        exchanges=own,
    )
    return Answer(data=row, count=int(row.source is not None))


async def latest(world: World, asked: NewestQuery) -> Answer:
    """The newest minute."""
    indices, is_sampled = await _indices(world)
    row = NewestRow(**_fields(_chosen(world, indices, asked.source, is_sampled=is_sampled)))
    return Answer(data=row, count=int(row.source is not None))


async def history(world: World, asked: MinutesQuery) -> Answer:
    """The minutes between two times, oldest first."""
    first_ms, last_ms = _span(world, asked)
    rows, count, cut_ms = await world.shared.once(
        ("liquidation minutes", asked), _NEWEST_S, lambda: _minutes(world, first_ms, last_ms, asked)
    )
    own: MinutesKeys = {
        "start_time": world.zone.format(first_ms) if first_ms else None,
        "end_time": world.zone.format(last_ms),
        "truncated": cut_ms is not None,
        "before": cut_ms,
        "reason": "" if count else _NO_MINUTES,
    }
    return Answer(data=rows, count=count, own=own)


# --- the newest -----------------------------------------------------------------------------


async def _indices(world: World) -> tuple[Indices, bool]:
    """They, and whether a sampled stream is in them."""
    indices = await _told(world)
    record = indices.record
    is_sampled = record is not None and await _is_sampled(world, record.minute_ms, record.minute_ms)
    return indices, is_sampled


async def _told(world: World) -> Indices:
    return await world.shared.once(
        "liquidation indices", _NEWEST_S, world.source.liquidation_indices
    )


def _chosen(
    world: World, indices: Indices, wanted: RowSource | None, *, is_sampled: bool
) -> _Chosen:
    record, told = indices.record, indices.aggregate
    of_exchange = None
    if record is not None:
        age_ms = indices.record_age_ms or 0
        of_exchange = _Chosen(
            row=_with_why(of_exchanges(record, world.zone, is_sampled=is_sampled), told),
            age_ms=age_ms,
            stale=age_ms > _STALE_MS,
            reason=indices.reason,
        )
    of_source = None
    if told.row is not None:
        row = of_aggregate(told.row, world.zone)
        why = told.error or (_OLD if told.stale else "")
        of_source = _Chosen(row=row, age_ms=told.age_ms, stale=told.stale, reason=why)
    if wanted is not None:
        found = of_exchange if wanted is RowSource.EXCHANGES else of_source
    else:
        found = of_source if _is_told(told) else of_exchange or of_source
    return found or _nothing(indices, wanted)


def _is_told(told: Aggregate) -> bool:
    """Whether the source's newest word is of now: old ones are of a file, or of another time."""
    if told.row is None or told.age_ms is None or not tells_anything(told.row):
        return False
    return not told.stale or (told.is_on and told.age_ms <= _FAILING_MS)


def _with_why(row: MinuteRow, told: Aggregate, *, is_now: bool = True) -> MinuteRow:
    """Where a source is asked, it has the index; `is_now`: or says why it has none of now."""
    if not told.is_on:
        return row
    trouble = told.error or told.reason or (_OLD if told.stale else "")
    why = f"the aggregate source: {trouble}" if trouble and is_now else OTHERS_PEOPLE
    reasons = {**row.reasons, "panic_index": why, "hour_24_people": why}
    return msgspec.structs.replace(row, reasons=reasons)


def _nothing(indices: Indices, wanted: RowSource | None) -> _Chosen:
    told = indices.aggregate
    reason = told.error or told.reason if wanted is RowSource.AGGREGATE else indices.reason
    row = MinuteRow(reasons=dict.fromkeys(_VALUES, reason))
    if wanted is not RowSource.AGGREGATE:
        reasons = {**row.reasons, "panic_index": NO_PEOPLE, "hour_24_people": NO_PEOPLE}
        row = _with_why(msgspec.structs.replace(row, reasons=reasons), told)
    return _Chosen(row=row, age_ms=None, stale=False, reason=reason)


_VALUES = (
    *("record_time", "hour_1_amount", "hour_24_amount", "hour_24_people"),
    *("total_position", "panic_index", "wash_index"),
)


def _fields(chosen: _Chosen) -> dict[str, Any]:
    return {
        **msgspec.structs.asdict(chosen.row),
        "age_ms": chosen.age_ms,
        "stale": chosen.stale,
        "reason": chosen.reason,
    }


# --- many -----------------------------------------------------------------------------------


def _span(world: World, asked: MinutesQuery) -> tuple[int, int]:
    """First and last ms, both included; first 0 is the beginning."""
    last_ms, first_ms = world.clock.now_ms(), 0
    if asked.end_time is not None:
        last_ms = moment_ms(world.zone, "end_time", asked.end_time, end=True)
    last_ms = before_ms(world.zone, asked.before, last_ms)
    if asked.start_time is not None:
        first_ms = moment_ms(world.zone, "start_time", asked.start_time, end=False)
    if first_ms > last_ms:
        raise empty_span(asked.before)
    return first_ms, last_ms


async def _minutes(
    world: World, first_ms: int, last_ms: int, asked: MinutesQuery
) -> tuple[Raw, int, int | None]:
    """Rows, how many, and when the oldest one was if there are older ones."""
    records, rows = await _read(world, first_ms, last_ms, asked.limit, asked.source)
    by_minute = await _joined(world, records, rows)
    times = sorted(by_minute)[-asked.limit :]
    truncated = len(by_minute) > asked.limit
    # One may be lacking at the end, see `_read`.
    if times and not truncated and len(times) >= asked.limit - 1:
        truncated = any(await _read(world, first_ms, times[0] - 1, 1, asked.source))
    cut_ms = times[0] if truncated else None
    return await encode_rows([by_minute[ms] for ms in times]), len(times), cut_ms


async def _read(
    world: World, first_ms: int, last_ms: int, limit: int, wanted: RowSource | None
) -> tuple[Sequence[LiquidationRecord], Sequence[AggregateRow]]:
    records: Sequence[LiquidationRecord] = ()
    rows: Sequence[AggregateRow] = ()
    if wanted is not RowSource.AGGREGATE:
        records = await world.source.liquidation_records(first_ms, last_ms, limit)
    if wanted is not RowSource.EXCHANGES:
        begin_ms = first_ms - first_ms % MINUTE_MS
        # The newest one may have been asked for after the end.
        found = await world.source.aggregates(begin_ms, last_ms, limit + 1)
        rows = [row for row in found if first_ms <= _shown_ms(row) <= last_ms]
    return records, rows


def _shown_ms(row: AggregateRow) -> int:
    """Its `timestamp`: whoever asks with that gets it."""
    return row.received_ms - row.received_ms % SECOND_MS


async def _joined(
    world: World, records: Sequence[LiquidationRecord], rows: Sequence[AggregateRow]
) -> dict[int, MinuteRow]:
    """By minute; the aggregate source's before the exchanges', where it told anything."""
    found: dict[int, MinuteRow] = {}
    if records:
        is_sampled = await _is_sampled(world, records[0].minute_ms, records[-1].minute_ms)
        told = (await _told(world)).aggregate
        for record in records:
            own = of_exchanges(record, world.zone, is_sampled=is_sampled)
            found[record.minute_ms] = _with_why(own, told, is_now=False)
            await _breath(len(found))
    for place, row in enumerate(rows):
        beside = found.get(row.minute_ms)
        if beside is None or tells_anything(row):
            found[row.minute_ms] = of_aggregate(row, world.zone)
        else:
            found[row.minute_ms] = beside_zeros(beside)
        await _breath(place)
    return found


async def _breath(place: int) -> None:
    if place % _ROWS_AT_ONCE == 0:
        await asyncio.sleep(0)


async def _is_sampled(world: World, first_ms: int, last_ms: int) -> bool:
    """Whether a sampled stream was listened to in these minutes, or in the 24 h before."""
    last = world.zone.day_of(last_ms)
    first = max(world.zone.day_of(first_ms - DAY_MS), last - timedelta(days=_VENUE_DAYS))
    query = Query(first_day=first, last_day=last)
    board = await world.shared.once(
        ("liquidation venues", query),
        _VENUES_S,
        lambda: world.source.liquidations_board(HOURS[0], query),
    )
    return any(venue.told is Told.SAMPLED for venue in board.venues)


ENDPOINTS = (
    Endpoint(
        path="/api/panic/latest",
        summary="The newest panic and wash index, with what they are made of.",
        reply=panic,
        asks=NewestQuery,
        gives=PanicRow,
    ),
    Endpoint(
        path="/api/liquidation-1h/latest",
        summary="The newest minute of liquidations: sums of the last hour and day.",
        reply=latest,
        asks=NewestQuery,
        gives=NewestRow,
    ),
    Endpoint(
        path="/api/liquidation-1h/history",
        summary="Minutes of liquidations, oldest first; `truncated` says that limit cut some.",
        reply=history,
        asks=MinutesQuery,
        gives=list[MinuteRow],
        own=MinutesKeys,
    ),
)
