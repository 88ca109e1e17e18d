"""What is kept of liquidations: the events themselves, and what they make of a minute.

A venue's stream is **full** (every liquidation) or **sampled** (at most one of an instrument, or of
its sides, in a second); a sum with a sampled venue in it is a lower bound. A minute says for how
long its venue was heard at all: silence is not zero.
"""

from enum import IntEnum, StrEnum

from msgspec import Struct

from tui_monitor.model.market import Exchange, Side


class Told(StrEnum):
    """How much of its liquidations a venue tells."""

    FULL = "full"
    SAMPLED = "sampled"


class LiquidationStream(Struct, frozen=True):
    """How much of its liquidations an exchange's stream tells; `cap` is a sampled one's rule.

    Whatever the rule, a second (of the exchange's time) with any event was at it: a cap is one.
    """

    told: Told
    cap: str = ""


STREAMS = {
    # Docs, "All Market Liquidation Order Streams": the latest of a symbol within each 1000 ms.
    Exchange.BINANCE: LiquidationStream(Told.SAMPLED, "the latest of a symbol and second"),
    # Docs: "does not represent the total number"; until 2025 also "max one order per contract per
    # second". What has replaced that nobody says, so it is taken to hold.
    Exchange.OKX: LiquidationStream(Told.SAMPLED, "one of a contract and second (assumed)"),
    # Docs v5, "All Liquidation".
    Exchange.BYBIT: LiquidationStream(Told.FULL),
    # Change log of v3, since 2026-06-23: once a second the largest long and short of a symbol.
    Exchange.BITGET: LiquidationStream(Told.SAMPLED, "the largest of a symbol, side and second"),
}
"""By exchange: what its plan says too, for those who read what is stored without any feed."""


class Heard(IntEnum):
    """How a liquidation reached us; the numbers are the database's."""

    STREAM = 1
    REST = 2


class LiquidationRow(Struct, frozen=True, kw_only=True):
    """One liquidation as it is kept. `price` is per coin; `side` is the position's.

    Instrument, time, side, price and coins together name it: what is told twice is one.
    `coins` and `usd` are None where the contract size was unknown.
    """

    exchange: Exchange
    symbol: str
    coin: str
    exchange_ms: int
    side: Side
    price: float
    coins: float | None
    usd: float | None
    received_ms: int
    heard: Heard


class LiquidationMinute(Struct, frozen=True, kw_only=True):
    """What one venue's stream let through of one minute, by the exchange's own time.

    `covered_ms` (0 to 60,000) is for how long of it the venue was heard: the program ran and its
    stream was no outage. `capped_s` counts the seconds in which a sampled stream reached its cap,
    so that more may have happened; it is 0 for a full one. `unsized` events have no known size
    and are in the counts, not in the sums. `largest_usd` is None in a minute without events.
    """

    minute_ms: int
    exchange: Exchange
    long_usd: float
    short_usd: float
    long_count: int
    short_count: int
    largest_usd: float | None
    unsized: int
    capped_s: int
    covered_ms: int


class LiquidationStep(Struct, frozen=True, kw_only=True, gc=False):
    """Some time of a long curve, `at_ms` its begin: the minutes in it together, all venues or one.

    `highest_minute_usd` is the sum of the highest single minute in it, over the venues asked for.
    `covered_ms` is the venues' heard time added up: four venues can be heard for four hours in one.
    The rest is as in a minute.
    """

    at_ms: int
    long_usd: float
    short_usd: float
    long_count: int
    short_count: int
    largest_usd: float | None
    highest_minute_usd: float
    unsized: int
    capped_s: int
    covered_ms: int


class LiquidationSums(Struct, frozen=True, kw_only=True, gc=False):
    """What the stored events of one venue's stream make of a minute.

    Fields that a minute has too mean the same; `told_s` is in how many seconds (of the exchange's
    time) there was any event.
    """

    minute_ms: int
    exchange: Exchange
    long_usd: float
    short_usd: float
    long_count: int
    short_count: int
    largest_usd: float | None
    unsized: int
    told_s: int


class InterestMinute(Struct, frozen=True, kw_only=True, gc=False):
    """Open interest at a minute, single-sided, of all perpetuals of so many `exchanges`.

    None where none was known.
    """

    minute_ms: int
    open_interest_usd: float | None
    exchanges: int


class LiquidationRecord(Struct, frozen=True, kw_only=True):
    """The record of a wall-clock minute, taken at its end (`minute_ms` is its begin).

    Sums are of the 60 and 1,440 minutes that end with it. `covered_1h` and `covered_24h` are
    shares (0..1) of the venues' time that was heard, None where no venue is enabled.
    `open_interest_usd` is single-sided over all exchanges' perpetuals, None where none is known;
    `wash_index_pct` = `usd_24h` / `open_interest_usd` x 100.
    """

    minute_ms: int
    long_1h_usd: float
    short_1h_usd: float
    long_24h_usd: float
    short_24h_usd: float
    count_1h: int
    count_24h: int
    largest_1h_usd: float | None
    covered_1h: float | None
    covered_24h: float | None
    open_interest_usd: float | None
    wash_index_pct: float | None


class AggregateRow(Struct, frozen=True, kw_only=True):
    """What the aggregate source said of one minute. Money is in USD, people are persons.

    `source_ms` is the source's own time, `received_ms` ours. `panic_index` is people in 10,000
    over position in 100 million USD, None where a part of it is unknown or the position is zero.
    `imported` rows came from a file; `corrected` ones had the 100-times unit fault.
    """

    minute_ms: int
    source_ms: int | None
    received_ms: int
    usd_1h: float | None
    usd_24h: float | None
    people_24h: float | None
    position_usd: float | None
    panic_index: float | None
    imported: bool = False
    corrected: bool = False
