"""The 27-coin tracker's routes: nodes with their coins, in the originals' shape."""

from typing import Annotated

import msgspec
from msgspec import Raw, Struct

from tui_monitor.api.answers import Answer, encode
from tui_monitor.api.endpoints import Endpoint, Rows, World, described
from tui_monitor.api.limits import MAX_ROWS
from tui_monitor.api.own_keys import CutKeys, SpanKeys
from tui_monitor.api.times import TIME_TEXT, Before, before_ms, empty_span, moment_ms
from tui_monitor.boards.sum_curve import CoinChange, NodeState, Record
from tui_monitor.clock import DAY_MS, BoardZone
from tui_monitor.steps import gathered, in_steps

# Encoding 5,000 rows at once would hold every feed for a third of a second.
_ROWS_AT_ONCE = 50
_LATEST_S = 1.0


class Latest(Struct, frozen=True, forbid_unknown_fields=True):
    """The newest nodes."""

    limit: Rows = 48
    before: Before = None


class History(Struct, frozen=True, forbid_unknown_fields=True):
    """The nodes between two times."""

    start_time: Annotated[str | None, described(f"From when: {TIME_TEXT}")] = None
    end_time: Annotated[
        str | None,
        described(f"Until when (default: now): {TIME_TEXT} A day alone means until its end."),
    ] = None
    days: Annotated[
        int, described("How far back from the end when there is no start_time.", ge=1, le=36_500)
    ] = 7
    everything: Annotated[
        bool, described("true: from the beginning, when there is no start_time.")
    ] = msgspec.field(name="all", default=False)
    limit: Rows = MAX_ROWS
    before: Before = None


class CoinPrice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One coin at a node. A value that is missing is null, and `reason` says why."""

    base_price: float | None
    current_price: float | None
    change_pct: float | None
    reason: str | None = None


class PriceRecord(Struct, frozen=True, kw_only=True):
    """One node as the originals write it, then our own keys.

    `timestamp` is in seconds, `collect_time` in the board's zone: both are the slot's. `coins` is
    empty and the counts are null where only the sum is known (state `sum_only`).
    """

    timestamp: int
    collect_time: str
    base_date: str
    coins: dict[str, CoinPrice]
    total_change: float | None
    average_change: float | None
    total_coins: int
    valid_coins: int | None
    success_count: int | None
    failed_count: int | None
    slot_ms: int
    state: NodeState
    provisional: bool
    reason: str | None
    reasons: dict[str, str]


def price_record(record: Record, zone: BoardZone) -> PriceRecord:
    """A node in the originals' shape."""
    node = record.node
    valid = None if node.state is NodeState.SUM_ONLY else node.valid
    return PriceRecord(
        timestamp=node.slot_ms // 1000,
        collect_time=zone.format(node.slot_ms),
        base_date=record.day,
        coins={change.coin: _coin_price(change) for change in record.coins},
        total_change=node.sum_pct,
        average_change=node.mean_pct,
        total_coins=node.expected,
        valid_coins=valid,
        success_count=valid,
        failed_count=None if valid is None else node.expected - valid,
        slot_ms=node.slot_ms,
        state=node.state,
        provisional=node.provisional,
        reason=node.reason,
        reasons={change.coin: change.reason for change in record.coins if change.reason},
    )


def _coin_price(change: CoinChange) -> CoinPrice:
    return CoinPrice(
        base_price=change.base,
        current_price=change.price,
        change_pct=change.change_pct,
        reason=change.reason,
    )


async def latest(world: World, asked: Latest) -> Answer:
    """The newest nodes, oldest first."""
    last_ms = before_ms(world.zone, asked.before, world.clock.now_ms())
    rows, count, cut_ms = await world.shared.once(
        ("latest", asked), _LATEST_S, lambda: _found(world, 0, last_ms, asked.limit)
    )
    return Answer(data=rows, count=count, own=_cut(cut_ms))


async def history(world: World, asked: History) -> Answer:
    """The nodes between two times, oldest first."""
    first_ms, last_ms = _span(world, asked)
    rows, count, cut_ms = await _found(world, first_ms, last_ms, asked.limit)
    own: SpanKeys = {
        "start_time": world.zone.format(first_ms) if first_ms else None,
        "end_time": world.zone.format(last_ms),
        **_cut(cut_ms),
    }
    return Answer(data=rows, count=count, own=own)


def _cut(cut_ms: int | None) -> CutKeys:
    return {"truncated": cut_ms is not None, "before": cut_ms}


async def _found(
    world: World, first_ms: int, last_ms: int, limit: int
) -> tuple[Raw, int, int | None]:
    """Rows, how many, and when the oldest one was if there are older ones."""
    records = await world.source.records(first_ms, last_ms, limit)
    cut_ms = None
    if len(records) == limit:
        oldest_ms = records[0].node.slot_ms
        cut_ms = oldest_ms if await world.source.records(first_ms, oldest_ms - 1, 1) else None
    return await _rows(records, world.zone), len(records), cut_ms


def _span(world: World, asked: History) -> tuple[int, int]:
    """First and last ms, both included; first 0 is the beginning."""
    zone = world.zone
    last_ms = world.clock.now_ms()
    if asked.end_time is not None:
        last_ms = moment_ms(zone, "end_time", asked.end_time, end=True)
    last_ms = before_ms(zone, asked.before, last_ms)
    if asked.start_time is not None:
        first_ms = moment_ms(zone, "start_time", asked.start_time, end=False)
    else:
        first_ms = 0 if asked.everything else max(0, last_ms - asked.days * DAY_MS)
    if first_ms > last_ms:
        raise empty_span(asked.before)
    return first_ms, last_ms


async def _rows(records: list[Record], zone: BoardZone) -> Raw:
    begins = range(0, len(records), _ROWS_AT_ONCE)
    chunks = (records[begin : begin + _ROWS_AT_ONCE] for begin in begins)
    encoded = (encode([price_record(one, zone) for one in chunk])[1:-1] for chunk in chunks)
    parts = await in_steps(gathered(encoded, 1))
    return Raw(b"[" + b",".join(parts) + b"]")


ENDPOINTS = (
    Endpoint(
        path="/api/coin-price-tracker/latest",
        summary="The newest nodes of the sum curve with their coins, oldest first.",
        reply=latest,
        asks=Latest,
        gives=list[PriceRecord],
        own=CutKeys,
    ),
    Endpoint(
        path="/api/coin-price-tracker/history",
        summary="The nodes between two times, oldest first; `truncated` says that limit cut some.",
        reply=history,
        asks=History,
        gives=list[PriceRecord],
        own=SpanKeys,
    ),
)
