"""Minutes of liquidations as the originals write them: 10,000 USD, 10,000 people, 100 million USD.

A row is of **one** source, so that its figures fit together: `panic_index` = people / position and
`wash_index` = 24 h amount / position. The exchanges' own streams tell no number of people; the
aggregate source tells no coverage.
"""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.boards.liquidations import Level
from tui_monitor.boards.liquidations.panic import (
    PEOPLE,
    POSITION_USD,
    wash_index_pct,
    why_no_index,
)
from tui_monitor.boards.liquidations.trend import tells_anything
from tui_monitor.clock import BoardZone
from tui_monitor.model import AggregateRow, LiquidationRecord

AMOUNT_USD = 10_000.0
_DIGITS = 2
_OF_SOURCE = (
    *("hour_1_amount", "hour_24_amount", "hour_24_people"),
    *("total_position", "panic_index", "wash_index"),
)
NO_PEOPLE = (
    "exchanges tell no number of people; liquidations.aggregate_url names a source that does"
)
# The same where that source is asked.
OTHERS_PEOPLE = "exchanges tell no number of people; the rows of the aggregate source have it"
NOT_TOLD = "the source told none"
# A zero is what it tells when it fails, and is kept as what it is: nothing known.
TELLS_ZEROS = "the aggregate source tells zeros or nothing"
LEVELS = {
    Level.LOW: ("低恐慌", "green"),
    Level.MEDIUM: ("中度恐慌", "yellow"),
    Level.HIGH: ("高度恐慌", "red"),
}


class RowSource(StrEnum):
    """Whose figures a row has."""

    EXCHANGES = "exchanges"
    AGGREGATE = "aggregate"


class MinuteRow(Struct, frozen=True, kw_only=True):
    """One minute: the originals' keys, then our own. What is null has a word in `reasons`.

    `timestamp` (s) and `datetime` are the minute's begin, or when the aggregate source was asked in
    it; `record_time` is the source's own time where it tells one. Amounts are in 10,000 USD,
    people in 10,000, the position in 100 million USD, with two decimals; `usd_1h`, `usd_24h`,
    `people_24h` and `position_usd` are the same, whole. The covered shares (0..1) and
    `is_lower_bound` are null for the aggregate source.
    """

    timestamp: int | None = None
    datetime: str | None = None
    record_time: str | None = None
    hour_1_amount: float | None = None
    hour_24_amount: float | None = None
    hour_24_people: float | None = None
    total_position: float | None = None
    panic_index: float | None = None
    wash_index: float | None = None
    source: RowSource | None = None
    usd_1h: float | None = None
    usd_24h: float | None = None
    people_24h: float | None = None
    position_usd: float | None = None
    covered_1h: float | None = None
    covered_24h: float | None = None
    is_lower_bound: bool | None = None
    imported: bool = False
    corrected: bool = False
    reasons: dict[str, str] = {}


class NewestRow(MinuteRow, frozen=True, kw_only=True):
    """The newest minute. `reason` is why it is stale, or why there is none."""

    age_ms: int | None
    stale: bool
    reason: str


class PanicRow(NewestRow, frozen=True, kw_only=True):
    """The newest minute with its level, and beside it what the exchanges' streams came to."""

    panic_level: str | None
    level_color: str | None
    level: Level | None
    market_zone: str | None
    exchanges: MinuteRow | None


def of_exchanges(record: LiquidationRecord, zone: BoardZone, *, is_sampled: bool) -> MinuteRow:
    """What the streams let through. A sum of a time in which nobody was heard is null."""
    heard_1h = bool(record.covered_1h or record.count_1h)
    heard_24h = bool(record.covered_24h or record.count_24h)
    usd_1h = record.long_1h_usd + record.short_1h_usd if heard_1h else None
    usd_24h = record.long_24h_usd + record.short_24h_usd if heard_24h else None
    position_usd = record.open_interest_usd
    reasons = {"panic_index": NO_PEOPLE, "hour_24_people": NO_PEOPLE}
    if not heard_1h:
        reasons["hour_1_amount"] = "nobody was heard in the hour"
    if not heard_24h:
        reasons["hour_24_amount"] = reasons["wash_index"] = "nobody was heard in the 24 hours"
    if position_usd is None:
        reasons["total_position"] = "no open interest was known"
    if record.wash_index_pct is None:
        reasons.setdefault("wash_index", "no open interest was known")
    at = zone.format(record.minute_ms)
    return MinuteRow(
        timestamp=record.minute_ms // 1000,
        datetime=at,
        record_time=at,
        hour_1_amount=_in(usd_1h, AMOUNT_USD),
        hour_24_amount=_in(usd_24h, AMOUNT_USD),
        total_position=_in(position_usd, POSITION_USD),
        wash_index=record.wash_index_pct,
        source=RowSource.EXCHANGES,
        usd_1h=usd_1h,
        usd_24h=usd_24h,
        position_usd=position_usd,
        covered_1h=record.covered_1h,
        covered_24h=record.covered_24h,
        is_lower_bound=is_sampled or record.covered_24h is None or record.covered_24h < 1,
        reasons=reasons,
    )


def of_aggregate(row: AggregateRow, zone: BoardZone) -> MinuteRow:
    """What the aggregate source said."""
    return MinuteRow(
        timestamp=row.received_ms // 1000,
        datetime=zone.format(row.received_ms),
        record_time=zone.format(row.source_ms or row.received_ms),
        hour_1_amount=_in(row.usd_1h, AMOUNT_USD),
        hour_24_amount=_in(row.usd_24h, AMOUNT_USD),
        hour_24_people=_in(row.people_24h, PEOPLE),
        total_position=_in(row.position_usd, POSITION_USD),
        panic_index=row.panic_index,
        wash_index=wash_index_pct(row.usd_24h, row.position_usd),
        source=RowSource.AGGREGATE,
        usd_1h=row.usd_1h,
        usd_24h=row.usd_24h,
        people_24h=row.people_24h,
        position_usd=row.position_usd,
        imported=row.imported,
        corrected=row.corrected,
        reasons=_why_not(row),
    )


def beside_zeros(row: MinuteRow) -> MinuteRow:
    """The exchanges' row of a minute of which the aggregate source told nothing."""
    reasons = {**row.reasons, **dict.fromkeys(("panic_index", "hour_24_people"), TELLS_ZEROS)}
    return replace(row, reasons=reasons)


def market_zone(row: MinuteRow) -> str | None:
    """The originals' line of people and position; None where one is not known."""
    if row.hour_24_people is None or row.total_position is None:
        return None
    return f"{row.hour_24_people:.2f}万人/{row.total_position:.2f}亿美元"


def _in(value: float | None, unit: float) -> float | None:
    return None if value is None else round(value / unit, _DIGITS)


def _why_not(row: AggregateRow) -> dict[str, str]:
    """Each key that is null, with why."""
    if not tells_anything(row):
        return dict.fromkeys(_OF_SOURCE, TELLS_ZEROS)
    told = {
        "hour_1_amount": row.usd_1h,
        "hour_24_amount": row.usd_24h,
        "hour_24_people": row.people_24h,
        "total_position": row.position_usd,
    }
    reasons = {key: NOT_TOLD for key, value in told.items() if value is None}
    if row.panic_index is None:
        reasons["panic_index"] = why_no_index(row.people_24h, row.position_usd)
    if wash_index_pct(row.usd_24h, row.position_usd) is None:
        no_amount = "the source told no amount of 24 h" if row.usd_24h is None else ""
        reasons["wash_index"] = no_amount or why_no_index(row.people_24h or 0.0, row.position_usd)
    return reasons
