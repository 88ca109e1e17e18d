"""The liquidations board: what was force-closed, minute by minute and hour by hour, and what of it
nobody heard.

* A **minute** is what the exchanges' streams let through of it, by the exchanges' own time. It is
  None where no venue was heard at all: silence is not zero.
* `..._1h_usd` of a minute is the sum of the 60 minutes that end with it, `..._24h_usd` of 1,440.
* **covered** (0..1) is the share of the venues' time that was heard: a venue is heard while the
  program runs and the venue's stream is no outage. An outage begins with the last proof of life
  before it and ends with the first one after it.
* A total is a **lower bound** where a sampled venue is in it, or where less than all was heard.
* A **sampled** stream tells at most one liquidation of an instrument (and side) in a second. A
  second in which it told any was at its cap: there may have been more. `saturation` is the share
  of such seconds in the heard time.
* `wash_index_pct` = 24 h USD / open interest USD x 100 (single-sided, all exchanges' perpetuals).
* `panic_index` = people (10,000) / position (100 million USD), of the aggregate source alone.

What REST told of a gap is among the orders (`heard`) and in `rest_usd`, in no sum and in no
coverage: a sum is what the streams let through, and an exchange's REST is not known to be whole.

The words alone: `build` makes the board, `minutes` sums, `statistics` and `panic` compute.
"""

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from tui_monitor.model import AggregateRow, Exchange, LiquidationRecord, Side, Told

HOURS = (1, 3, 6, 12, 24)
"""The windows that can be chosen."""


class Point(Struct, frozen=True, kw_only=True, gc=False):
    """One step of the curve: a minute, or `step_ms` of them over a long range.

    All money is None where nobody was heard; `covered` below 1 says that a part is missing.
    The `1h` sums are those of the hour that ends with the step, None too where steps are longer
    than a minute. `at_ms` is its begin.
    """

    at_ms: int
    long_usd: float | None
    short_usd: float | None
    total_usd: float | None
    count: int
    long_1h_usd: float | None
    short_1h_usd: float | None
    total_1h_usd: float | None
    covered: float
    covered_1h: float | None


class Statistics(Struct, frozen=True, kw_only=True):
    """Of the points that are not None. `stdev` is the population's, `variation` = stdev / mean.

    All is None where `points` is 0; `variation` also where the mean is 0.
    """

    points: int
    mean: float | None
    max: float | None
    max_ms: int | None
    min: float | None
    min_ms: int | None
    stdev: float | None
    variation: float | None


class VenueState(StrEnum):
    """HEARD: its stream lives. SILENT: an outage since `since_ms`. OFF: not watched, or no engine
    runs, or a past day is shown.
    """

    HEARD = "heard"
    SILENT = "silent"
    OFF = "off"


class VenueNow(NamedTuple):
    """How a venue does now: since when it is silent, and why."""

    exchange: Exchange
    state: VenueState
    since_ms: int | None
    reason: str


class VenueShare(Struct, frozen=True, kw_only=True):
    """One venue's part of the window.

    `share` is of the window's USD (None where that is 0); `saturation` None for a full stream and
    where nothing was heard. `last_ms` is its last liquidation, of any time. `cap` says the rule of
    a sampled stream in words, "" for a full one. `reason` is why it is silent. `rest_usd` and
    `rest_count` are what REST told of gaps. The USD are None where it was not heard at all.
    """

    exchange: Exchange
    told: Told
    cap: str
    state: VenueState
    since_ms: int | None
    reason: str
    long_usd: float | None
    short_usd: float | None
    long_count: int
    short_count: int
    unsized: int
    largest_usd: float | None
    share: float | None
    saturation: float | None
    covered: float
    last_ms: int | None
    rest_count: int
    rest_usd: float


class HowHeard(StrEnum):
    """How a liquidation reached us, in a word."""

    STREAM = "stream"
    REST = "rest"


class Order(Struct, frozen=True, kw_only=True, gc=False):
    """One liquidation of the list. `price` is per coin, `side` the position's."""

    exchange: Exchange
    symbol: str
    coin: str
    exchange_ms: int
    side: Side
    price: float
    coins: float | None
    usd: float | None
    heard: HowHeard


class Total(Struct, frozen=True, kw_only=True):
    """The sum of the `hours` that end with the board; None where nobody was heard in them.

    `ratio` is long USD by short USD (None where there are no shorts). `count` has the `unsized`
    ones too, of which the size is not known.
    """

    hours: int
    long_usd: float | None
    short_usd: float | None
    total_usd: float | None
    count: int
    unsized: int
    largest_usd: float | None
    ratio: float | None
    covered: float
    is_lower_bound: bool


class IndexBy(StrEnum):
    """Whose figures an index is made of."""

    EXCHANGES = "exchanges"
    AGGREGATE = "aggregate"


class TrendPoint(Struct, frozen=True, kw_only=True, gc=False):
    """The indices of one step; of a long one they are its last. None where one is not known.

    `wash_by` says whose the wash index is: the exchanges' where it is known, else the aggregate
    source's; None where there is none. The panic index is always the aggregate source's.
    """

    at_ms: int
    wash_index_pct: float | None
    panic_index: float | None
    wash_by: IndexBy | None = None


class AggregatePoint(Struct, frozen=True, kw_only=True, gc=False):
    """What the aggregate source said of a step, of a long one its last word. None: not told.

    `usd_1h` and `usd_24h` are of the hour and the day that end with that word; `wash_index_pct` is
    of its own figures.
    """

    at_ms: int
    usd_1h: float | None
    usd_24h: float | None
    position_usd: float | None
    wash_index_pct: float | None
    panic_index: float | None


class Level(StrEnum):
    """Of the panic index x 100: under the first bound LOW, under the second MEDIUM, else HIGH."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Aggregate(Struct, frozen=True, kw_only=True):
    """What the aggregate source said last. `is_on`: an address is set, so it is asked.

    `age_ms` is now minus the source's own time (minus its arrival where it tells none); `stale`:
    older than `aggregate_stale_s`. `level` None: no panic index; `reason` says why there is no
    index, or no row. `error` is why it gives nothing now, since `failing_since_ms`.
    """

    is_on: bool
    row: AggregateRow | None
    age_ms: int | None
    stale: bool
    level: Level | None
    reason: str
    error: str
    failing_since_ms: int | None


class Indices(Struct, frozen=True, kw_only=True):
    """The newest minute record and the newest word of the aggregate source.

    `reason` says why there is no `record`, or no wash index in it.
    """

    now_ms: int
    record: LiquidationRecord | None
    record_age_ms: int | None
    reason: str
    aggregate: Aggregate


class LiquidationsBoard(Struct, frozen=True, kw_only=True):
    """A window of the curve. `hours` None: whole days were asked for.

    `points` are all steps from `first_ms` to before `end_ms`, without holes in time; the last one
    of a live board is the minute that still runs. `hour` are the statistics of `total_1h_usd`,
    `step` those of `total_usd`. `lines_usd` are the thresholds to draw. `totals` are of 1 h and
    24 h before `end_ms`, `window` is of the window itself. `live`: an engine collects. `missed`
    were overwritten before they were read: their time counts as not heard. `reason` says why
    there are no liquidations in the window, "" where there are.

    `aggregate` are the steps of which the aggregate source told anything, so that a time nobody
    heard can be drawn from it; `trend` the steps that have an index. The statistics of `step` leave
    out the one that still runs. A window that is over has its venues OFF, and `indices` as they
    were at its end. `left_out` are liquidations of instruments that are not watched, of this run.
    """

    board: str
    now_ms: int
    timezone: str
    hours: int | None
    first_day: str
    last_day: str
    first_ms: int
    end_ms: int
    step_ms: int
    live: bool
    points: list[Point]
    hour: Statistics
    step: Statistics
    lines_usd: list[float]
    window: Total
    totals: list[Total]
    venues: list[VenueShare]
    largest: list[Order]
    trend: list[TrendPoint]
    indices: Indices
    missed: int
    reason: str
    aggregate: list[AggregatePoint] = []
    left_out: int = 0
