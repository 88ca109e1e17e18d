"""The words that a row is explained in: every number its score was made of."""

from msgspec import Struct

from tui_monitor.boards.anomalies import AnomalyRow, Reason, Thresholds
from tui_monitor.model import Exchange


class PartExplained(Struct, frozen=True, kw_only=True):
    """One measure of the judged bar against the `n` numbers of its history.

    `value` is a fraction for the price, USD for the volume, % for the volatility; mean,
    deviation, median and mad are in the same. `deviation` has ddof 0, `mad` is scaled to a
    deviation. `over` is by how much the z is above its threshold, 0 if it isn't; `contribution`
    is what the score has of it, percentile and weight counted in, None where nothing is judged.
    `flagged`: it is a reason. `both_ways`: little counts like much. `percentile` is the price's
    alone. `missing` is why there is no z, "" if there is one.
    """

    measure: Reason
    value: float | None
    mean: float | None
    deviation: float | None
    n: int
    z: float | None
    threshold: float
    over: float
    percentile: float | None
    percentile_threshold: float | None
    percentile_over: float
    weight: float
    contribution: float | None
    flagged: bool
    both_ways: bool
    median: float | None
    mad: float | None
    robust_z: float | None
    missing: str


class Explanation(Struct, frozen=True, kw_only=True):
    """One perpetual, in full. `why` says in a sentence why it is on the board, or why not.

    `row` and `parts` are None and empty where it is not watched. `rank_24h` is by turnover among
    the exchange's live perpetuals, of which the first `top` are watched. `window_open_ms` is of
    the first bar that is looked at, `newest_bar_ms` of the newest that is there. `elapsed` is
    None for a closed bar.
    """

    exchange: Exchange
    symbol: str
    coin: str
    why: str
    rank_24h: int | None
    top: int
    turnover_24h_usd: float | None
    min_turnover_usd: float
    mode: str
    bar: str
    bar_ms: int
    window_bars: int
    window_open_ms: int
    newest_bar_ms: int | None
    elapsed: float | None
    thresholds: Thresholds
    row: AnomalyRow | None
    parts: list[PartExplained]


class Explained(Struct, frozen=True, kw_only=True):
    """The answer to "why is it here, or why not": each perpetual of a coin, or one of a symbol.

    `reason` is why there is nothing to explain; "" where there is. `live` is False where only
    what is stored is known: then anomalies alone can be explained, those of the bar that began at
    `open_ms`; None where none was judged.
    """

    now_ms: int
    name: str
    exchange: Exchange
    bar: str
    found: list[Explanation]
    live: bool
    reason: str
    open_ms: int | None = None
