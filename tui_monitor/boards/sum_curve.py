"""The sum curve: Σ of the coins' changes since the day's 00:00, at every slot.

`change_pct = (price − base) / base × 100`; base is the price of the day's first slot; a node's
sum is over its **valid** coins and its mean is `sum / valid`. With fewer valid coins than
`min_coins` the node is a gap; with none it is null. Nothing missing is ever taken as 0.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from math import fsum

from msgspec import Struct

from tui_monitor.model import CurveRow, Hole, PriceSource, Reason, SlotPrice

# A sample belongs to a slot if it is at most this far from it.
SLOT_TOLERANCE_MS = 120_000
# A coin whose price did not arrive for this long is not part of the live sum.
LIVE_MAX_AGE_MS = 60_000
_TICKER = PriceSource.TICKER.name.lower()


class NodeState(StrEnum):
    """OK: every coin valid. PARTIAL: drawn, but n/27. GAP: under `min_coins`, not drawn.

    MISSING: due and nothing there. FUTURE: not due yet. SUM_ONLY: an imported sum.
    """

    OK = "ok"
    PARTIAL = "partial"
    GAP = "gap"
    MISSING = "missing"
    FUTURE = "future"
    SUM_ONLY = "sum_only"


class CoinChange(Struct, frozen=True, kw_only=True):
    """One coin at one slot or now. Where `change_pct` is None, `reason` says why."""

    coin: str
    base: float | None
    price: float | None
    change_pct: float | None
    source: str | None
    observed_ms: int | None
    reason: str | None = None


class Node(Struct, frozen=True, kw_only=True):
    """The coins of one slot, summed. Also the live point, with `slot_ms` = its own time.

    `provisional`: at least one price is a last trade near the slot, not yet the bar's open.
    """

    slot_ms: int
    state: NodeState
    sum_pct: float | None
    mean_pct: float | None
    valid: int
    expected: int
    up: int
    down: int
    flat: int
    best_coin: str | None = None
    best_pct: float | None = None
    worst_coin: str | None = None
    worst_pct: float | None = None
    provisional: bool = False
    reason: str | None = None


class Record(Struct, frozen=True, kw_only=True):
    """One node with all its coins: what the history route and the exports give."""

    day: str
    node: Node
    coins: list[CoinChange]


class Statistics(Struct, frozen=True, kw_only=True):
    """Over the due nodes of the shown days. Completeness is coin-slots present / due × 100."""

    records: int
    due: int
    first_ms: int | None
    last_ms: int | None
    completeness_pct: float | None
    mean_interval_s: float | None
    up_nodes: int
    down_nodes: int
    flat_nodes: int
    max_sum_pct: float | None
    max_slot_ms: int | None
    min_sum_pct: float | None
    min_slot_ms: int | None
    mean_sum_pct: float | None


class SumBoard(Struct, frozen=True, kw_only=True):
    """The whole board. `coins` are those of `shown_ms`: the live point, a node, or none.

    `live` and `live_coins` are there only when today is among the shown days.
    `as_of_ms` is the newest observation behind what is shown, `live_age_ms` the age of the
    oldest live price in the sum.
    """

    board: str
    now_ms: int
    timezone: str
    first_day: str
    last_day: str
    today: str
    expected: int
    min_coins: int
    nodes: list[Node]
    live: Node | None
    live_age_ms: int | None
    live_source: str | None
    shown_ms: int | None
    coins: list[CoinChange]
    statistics: Statistics
    as_of_ms: int | None


class Frame(Struct, frozen=True, kw_only=True):
    """What every node of one board has in common."""

    coins: tuple[str, ...]
    min_coins: int
    now_ms: int
    zone_name: str


def change_pct(price: float, base: float) -> float:
    """`(price − base) / base × 100`; both are finite and positive by the time they get here."""
    return (price - base) / base * 100


def is_due(slot_ms: int, now_ms: int) -> bool:
    """Whether a slot can be called missing: its 120 s are over."""
    return slot_ms + SLOT_TOLERANCE_MS < now_ms


def coin_changes(
    coins: Sequence[str],
    prices: Mapping[str, SlotPrice],
    bases: Mapping[str, SlotPrice],
    holes: Mapping[str, Hole],
) -> list[CoinChange]:
    """The coins of one slot, in the order given, each with a change or with the reason why not."""
    return [
        _coin_change(coin, prices.get(coin), bases.get(coin), holes.get(coin)) for coin in coins
    ]


def _coin_change(
    coin: str, price: SlotPrice | None, day_base: SlotPrice | None, hole: Hole | None
) -> CoinChange:
    base = _base_of(price, day_base)
    change = None if price is None or base is None else change_pct(price.price, base)
    reason: str | None = None
    if price is None:
        reason = hole.reason if hole else Reason.NOT_ASKED
    elif base is None:
        reason = Reason.BASE
    return CoinChange(
        coin=coin,
        base=base,
        price=price.price if price else None,
        change_pct=change,
        source=price.source.name.lower() if price else None,
        observed_ms=price.observed_ms if price else None,
        reason=reason,
    )


def _base_of(price: SlotPrice | None, day_base: SlotPrice | None) -> float | None:
    if price is not None and price.own_base is not None:
        return price.own_base
    return day_base.price if day_base else None


def node_of(slot_ms: int, changes: Sequence[CoinChange], frame: Frame) -> Node:
    """Sum one slot. The state says whether it is drawn and, if not, the reason says why."""
    valid = [(row.change_pct, row.coin) for row in changes if row.change_pct is not None]
    values = [value for value, _ in valid]
    best = max(valid, default=None, key=lambda pair: pair[0])
    worst = min(valid, default=None, key=lambda pair: pair[0])
    total = fsum(values) if values else None
    state, reason = _judge(slot_ms, len(valid), frame)
    return Node(
        slot_ms=slot_ms,
        state=state,
        sum_pct=total,
        mean_pct=total / len(values) if total is not None else None,
        valid=len(valid),
        expected=len(frame.coins),
        up=sum(value > 0 for value in values),
        down=sum(value < 0 for value in values),
        flat=sum(value == 0 for value in values),
        best_coin=best[1] if best else None,
        best_pct=best[0] if best else None,
        worst_coin=worst[1] if worst else None,
        worst_pct=worst[0] if worst else None,
        provisional=any(row.source == _TICKER for row in changes),
        reason=reason or _common_reason(changes),
    )


def _judge(slot_ms: int, valid: int, frame: Frame) -> tuple[NodeState, str | None]:
    if valid == len(frame.coins):
        return NodeState.OK, None
    if valid >= frame.min_coins:
        return NodeState.PARTIAL, None
    if valid:
        return NodeState.GAP, f"only {valid} of {len(frame.coins)} coins, {frame.min_coins} needed"
    if is_due(slot_ms, frame.now_ms):
        return NodeState.MISSING, None
    return NodeState.FUTURE, "not due yet"


def _common_reason(changes: Sequence[CoinChange]) -> str | None:
    """The reason most of the missing coins share."""
    reasons = Counter(row.reason for row in changes if row.reason)
    if not reasons:
        return None
    reason, count = reasons.most_common(1)[0]
    return reason if len(reasons) == 1 else f"{reason} ({count} coins), others"


def nodes_of_day(
    slots: Sequence[int], prices: Sequence[SlotPrice], holes: Sequence[Hole], frame: Frame
) -> tuple[list[Node], dict[int, list[CoinChange]]]:
    """Every slot of one day: its node and its coins. Slots to come are FUTURE."""
    by_slot: dict[int, dict[str, SlotPrice]] = {}
    for price in prices:
        by_slot.setdefault(price.slot_ms, {})[price.coin] = price
    holes_by_slot: dict[int, dict[str, Hole]] = {}
    for hole in holes:
        holes_by_slot.setdefault(hole.slot_ms, {})[hole.coin] = hole
    bases = by_slot.get(slots[0], {})
    coins = {
        slot: coin_changes(frame.coins, by_slot.get(slot, {}), bases, holes_by_slot.get(slot, {}))
        for slot in slots
    }
    return [node_of(slot, coins[slot], frame) for slot in slots], coins


def nodes_of_curve(slots: Iterable[int], rows: Sequence[CurveRow], frame: Frame) -> list[Node]:
    """The slots of many days from rows already summed; which coins were best is not known here."""
    by_slot = {row.slot_ms: row for row in rows}
    return [_curve_node(slot, by_slot.get(slot), frame) for slot in slots]


def _curve_node(slot_ms: int, row: CurveRow | None, frame: Frame) -> Node:
    if row is None:
        return node_of(slot_ms, [], frame)
    state, reason = _judge(slot_ms, row.valid, frame)
    if row.sum_only:
        state, reason = NodeState.SUM_ONLY, "an imported sum; its coins are not known"
    return Node(
        slot_ms=slot_ms,
        state=state,
        sum_pct=row.sum_pct,
        mean_pct=row.sum_pct / row.valid if row.sum_pct is not None and row.valid else None,
        valid=row.valid,
        expected=len(frame.coins),
        up=row.up,
        down=row.down,
        flat=max(0, row.valid - row.up - row.down),
        provisional=row.provisional > 0,
        reason=reason,
    )


def is_drawn(node: Node) -> bool:
    """Whether a node is a point of the curve; the others are gaps."""
    return node.sum_pct is not None and node.state in (
        NodeState.OK,
        NodeState.PARTIAL,
        NodeState.SUM_ONLY,
    )


def counts_as_due(node: Node, now_ms: int) -> bool:
    """Due, or already there: a node that is drawn is counted at once."""
    return is_due(node.slot_ms, now_ms) or is_drawn(node)


def statistics(nodes: Sequence[Node], frame: Frame) -> Statistics:
    """Figures over the due nodes; those of the sum only over nodes that are drawn."""
    due = [node for node in nodes if counts_as_due(node, frame.now_ms)]
    drawn = [
        (node.sum_pct, node.slot_ms) for node in due if is_drawn(node) and node.sum_pct is not None
    ]
    sums = [value for value, _ in drawn]
    times = [slot for _, slot in drawn]
    top = max(drawn, default=None)
    bottom = min(drawn, default=None)
    expected = len(due) * len(frame.coins)
    span_s = (times[-1] - times[0]) / 1000 if len(times) > 1 else None
    return Statistics(
        records=len(drawn),
        due=len(due),
        first_ms=times[0] if times else None,
        last_ms=times[-1] if times else None,
        completeness_pct=sum(n.valid for n in due) / expected * 100 if expected else None,
        mean_interval_s=span_s / (len(times) - 1) if span_s is not None else None,
        up_nodes=sum(value > 0 for value in sums),
        down_nodes=sum(value < 0 for value in sums),
        flat_nodes=sum(value == 0 for value in sums),
        max_sum_pct=top[0] if top else None,
        max_slot_ms=top[1] if top else None,
        min_sum_pct=bottom[0] if bottom else None,
        min_slot_ms=bottom[1] if bottom else None,
        mean_sum_pct=fsum(sums) / len(sums) if sums else None,
    )


class LivePrice(Struct, frozen=True, kw_only=True):
    """The newest price of one coin. `age_ms` is since its arrival, on the monotonic clock."""

    price: float
    age_ms: int
    exchange_ms: int | None
    source: str


def live_changes(
    coins: Sequence[str],
    lives: Mapping[str, LivePrice],
    bases: Mapping[str, SlotPrice],
    now_ms: int,
) -> list[CoinChange]:
    """The coins now. One older than `LIVE_MAX_AGE_MS` is not summed; its age is the reason."""
    return [_live_change(coin, lives.get(coin), bases.get(coin), now_ms) for coin in coins]


def _live_change(
    coin: str, live: LivePrice | None, base: SlotPrice | None, now_ms: int
) -> CoinChange:
    fresh = live is not None and live.age_ms <= LIVE_MAX_AGE_MS
    price = live.price if live is not None else None
    reason: str | None = None
    if live is None:
        reason = "no price yet"
    elif not fresh:
        reason = f"last price is {live.age_ms // 1000} s old"
    elif base is None:
        reason = Reason.BASE
    valid = price is not None and base is not None and fresh
    return CoinChange(
        coin=coin,
        base=base.price if base else None,
        price=price,
        change_pct=change_pct(price, base.price) if valid and price and base else None,
        source=live.source if live else None,
        observed_ms=now_ms - live.age_ms if live else None,
        reason=reason,
    )
