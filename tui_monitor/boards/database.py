"""What the database holds, and what a round of maintenance took away."""

from typing import Literal

from msgspec import Struct

from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import Exchange

Layer = Literal["raw", "aggregated", "other"]

RECENT_MS = 60 * MINUTE_MS
# Of one moment or event, as it was heard.
_RAW = (
    "slot_prices",
    "off_slot_prices",
    "settlements",
    "signals",
    "interest_samples",
    "account_ratios",
    "liquidations",
)
# Of a stretch of time, put together.
_AGGREGATED = (
    "imported_sums",
    "spread_minutes",
    "price_minutes",
    "candles",
    "anomalies",
    "interest_hours",
    "interest_minutes",
    "liquidation_minutes",
    "aggregates",
)


class SeriesFigures(Struct, frozen=True, kw_only=True):
    """One kind of rows. `raw` tells of a moment, `aggregated` of a stretch of time.

    Times are those that the rows tell of; None without rows, and where rows have no time.
    """

    name: str
    layer: Layer
    rows: int
    oldest_ms: int | None
    newest_ms: int | None


class RecentRows(Struct, frozen=True, kw_only=True):
    """How many minutes of prices of a coin on an exchange the last hour has, both markets."""

    coin: str
    exchange: Exchange
    rows: int


class DatabaseStats(Struct, frozen=True, kw_only=True):
    """The file, its log, and what is in them."""

    size_bytes: int
    wal_bytes: int
    series: list[SeriesFigures]
    recent: list[RecentRows]


class Maintenance(Struct, frozen=True, kw_only=True):
    """A round that is over: rows that were too old by kind, and those that a cap took.

    Bytes are of the file and its log.
    """

    took_s: float
    removed: dict[str, int]
    removed_by_cap: int
    bytes_before: int
    bytes_after: int


def layer_of(name: str) -> Layer:
    """Which of the three a kind of rows is."""
    if name in _RAW:
        return "raw"
    return "aggregated" if name in _AGGREGATED else "other"
