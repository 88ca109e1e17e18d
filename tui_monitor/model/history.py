"""What is kept: slot prices, holes, outages and backfill jobs.

A **slot** is a multiple of 30 minutes in the board day. The base price of a day is the slot
price of its first slot (00:00), whoever gave it; only imported rows may bring a base of their
own, because their records did.
"""

from enum import IntEnum, StrEnum

from msgspec import UNSET, Struct, UnsetType

from tui_monitor.model.market import Exchange, Market


class PriceSource(IntEnum):
    """Who gave a slot price. A higher one replaces a lower one, never the reverse.

    CANDLE_OPEN is the open of the bar that begins at the slot: the definition. DAY_OPEN is the
    exchange's own UTC+8 day open (OKX `sodUtc8`): the same number, known earlier. TICKER is the
    last trade seen within 120 s of the slot: provisional until the bar is asked for. IMPORT
    came from a file.
    """

    IMPORT = 1
    TICKER = 2
    DAY_OPEN = 3
    CANDLE_OPEN = 4


class SlotPrice(Struct, frozen=True, kw_only=True):
    """One coin at one slot. `own_base` is set on imported rows only."""

    slot_ms: int
    coin: str
    price: float
    source: PriceSource
    observed_ms: int
    own_base: float | None = None


class OffSlotPrice(Struct, frozen=True, kw_only=True):
    """An imported sample too far from any slot (over 120 s) to be a node."""

    observed_ms: int
    coin: str
    price: float
    own_base: float | None = None


class ImportedSum(Struct, frozen=True, kw_only=True):
    """A node of which only the sum is known (an imported sum file)."""

    slot_ms: int
    sum_pct: float


class CurveRow(Struct, frozen=True, kw_only=True):
    """One slot summed in SQL over the chosen coins. `sum_pct` None: no valid coin.

    `sum_only` marks an imported sum without coins. `provisional` counts TICKER prices.
    """

    slot_ms: int
    sum_pct: float | None
    valid: int
    up: int
    down: int
    provisional: int = 0
    sum_only: bool = False


class HoleState(StrEnum):
    """FAILED will be tried again; UNOBTAINABLE won't; MISSING was only told to us by an import."""

    MISSING = "missing"
    FAILED = "failed"
    UNOBTAINABLE = "unobtainable"


class Hole(Struct, frozen=True, kw_only=True):
    """A due slot and coin without a price: the ledger's entry and the failed queue's.

    `reason` is a `Reason` value or printable text. `tries` counts attempts so far.
    """

    slot_ms: int
    coin: str
    state: HoleState
    reason: str
    tries: int
    first_ms: int
    last_ms: int
    next_try_ms: int | None = None


class Reason(StrEnum):
    """Why a coin has no price at a slot; the originals' words are in `ORIGINAL_REASONS`."""

    NOT_ASKED = "not asked for yet"
    WHOLE_SLOT = "whole slot missing"
    COIN = "coin missing"
    BASE = "base price missing"
    INVALID = "price invalid"
    NO_BAR = "the exchange has no bar here"
    NOT_LISTED = "not listed on the exchange"
    FETCH_FAILED = "fetch failed"


ORIGINAL_REASONS = {
    Reason.WHOLE_SLOT: "整个时间点缺失",
    Reason.COIN: "单币缺失",
    Reason.BASE: "基准价缺失",
    Reason.INVALID: "价格无效",
}


class Outage(Struct, frozen=True, kw_only=True):
    """A time in which a stream gave no data. `end_ms` None: it lasts. `id` 0: not stored yet.

    `never_up`: the stream had given none before either, since the start. It is
    neither stored nor exported.
    """

    exchange: Exchange
    market: Market
    channel: str
    reason: str
    begin_ms: int
    end_ms: int | None = None
    bridged: bool = False
    id: int = 0
    never_up: bool | UnsetType = UNSET


class JobState(StrEnum):
    """INTERRUPTED: the process died; starting the same range again goes on from there."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Job(Struct, frozen=True, kw_only=True):
    """One backfill. Counts are coin-slots; `pages` are requests made for it."""

    exchange: Exchange
    first_day: str
    last_day: str
    state: JobState
    created_ms: int
    updated_ms: int
    total: int = 0
    had: int = 0
    filled: int = 0
    unobtainable: int = 0
    failed: int = 0
    pages: int = 0
    pages_total: int = 0
    message: str = ""
    id: int = 0


class JobLine(Struct, frozen=True, kw_only=True):
    """One line of a job's log."""

    job_id: int
    ts_ms: int
    level: str
    text: str
    id: int = 0


class CoverageRow(Struct, frozen=True, kw_only=True):
    """Slots of one coin on one day (`day_start_ms`)."""

    day_start_ms: int
    coin: str
    have: int
    unobtainable: int
    failed: int


class StoreInfo(Struct, frozen=True, kw_only=True):
    """What `db info` prints."""

    path: str
    size_bytes: int
    wal_bytes: int
    schema_version: int
    kind: str
    rows: dict[str, int]
    oldest_ms: dict[str, int | None]
    sqlite_version: str
