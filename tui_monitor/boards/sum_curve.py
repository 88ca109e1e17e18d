"""The sum curve: Σ of the coins' changes since the day's 00:00, at every slot.

`change_pct = (price − base) / base × 100`; base is the price of the day's first slot; a node's
sum is over its **valid** coins and its mean is `sum / valid`. With fewer valid coins than
`min_coins` the node is a gap; with none it is null. Nothing missing is ever taken as 0.
"""

from enum import StrEnum

from msgspec import Struct


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
