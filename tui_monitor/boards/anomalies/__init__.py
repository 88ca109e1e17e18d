"""The anomalies board: which perpetuals' newest bars are unlike their earlier ones, and why.

Three measures of a bar stand against those of the bars before it: the size of its return, its
turnover, its range in % of the close. Each has a z: how many deviations (ddof 0) it is above the
mean of the history, which the bar itself is not part of; 0 where the deviation is 0.

    price score      = max(z − 2.5, 0) + max(percentile − 92, 0) / 10
    volume score     = max(z − 2, 0)
    volatility score = max(z − 2, 0)
    score            = 0.4 × price + 0.3 × volume + 0.3 × volatility, without a cap

`percentile` is how many % of the earlier returns were smaller. A measure at or above its
threshold is a reason, and a bar with a reason is an anomaly. A robust z stands beside each: with
the median, and 1.4826 times the median of the distances from it; it is not in the score.

The words alone, so that whoever only shows the board loads no numpy.
"""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from tui_monitor.model import Exchange

MIN_BARS = 16
"""With fewer, nothing is judged."""


class Reason(StrEnum):
    """Why a bar is an anomaly. Those from RSI on are asked for by `anomalies.indicators`."""

    PRICE = "price"
    VOLUME = "volume"
    VOLATILITY = "volatility"
    RSI = "rsi"
    MACD = "macd"
    BOLLINGER = "bollinger"


MEASURES = (Reason.PRICE, Reason.VOLUME, Reason.VOLATILITY)
_ORIGINAL = {Reason.PRICE: "价格", Reason.VOLUME: "成交量", Reason.VOLATILITY: "波动率"}


class Kind(StrEnum):
    """What a bar looks like: 突破, 放量, 震荡.

    A breakout closes above every earlier high, or below every low. A range is a wide bar whose
    close is near its open.
    """

    BREAKOUT = "breakout"
    VOLUME_BURST = "volume burst"
    RANGE = "range"


class State(StrEnum):
    """What became of an instrument. The first two have a score, the first three are known."""

    ANOMALY = "anomaly"
    NORMAL = "normal"
    SMALL_MOVE = "small move"
    INSUFFICIENT = "insufficient"
    GAP = "gap"
    NO_BAR = "no bar"
    NO_DATA = "no data"
    NOT_WATCHED = "not watched"


KNOWN = (State.ANOMALY, State.NORMAL, State.SMALL_MOVE)
"""Of the others nobody knows whether their bar is unusual."""


class Indicators(Struct, frozen=True, kw_only=True, gc=False):
    """Of the closes up to the judged bar; None where there are too few without a hole.

    RSI of 14 bars, MACD of 12, 26 and 9, Bollinger bands of 20 bars and 2 deviations.
    """

    rsi: float | None
    macd: float | None
    macd_signal: float | None
    macd_histogram: float | None
    bollinger_low: float | None
    bollinger_middle: float | None
    bollinger_high: float | None


class AnomalyRow(Struct, frozen=True, kw_only=True, gc=False):
    """One perpetual's judged bar. What is None is unknown, and `note` says why.

    `score` is None where the bar is not judged, as are the three before their weights; `rank` is
    of anomalies, from 1. `turnover_usd` is the bar's; of a forming bar it is scaled to the whole
    of its time, None where too little has passed for that. `n` counts bars that are there with
    the one before them, and the first: what there is of `window_bars`. The z are of the size of
    the return, the turnover and the range.
    """

    rank: int | None
    exchange: Exchange
    symbol: str
    coin: str
    state: State
    note: str
    score: float | None
    price_score: float | None
    volume_score: float | None
    volatility_score: float | None
    return_pct: float | None
    close: float | None
    turnover_usd: float | None
    range_pct: float | None
    turnover_24h_usd: float | None
    price_z: float | None
    price_percentile: float | None
    volume_z: float | None
    volatility_z: float | None
    price_robust_z: float | None
    volume_robust_z: float | None
    volatility_robust_z: float | None
    reasons: list[Reason]
    kinds: list[Kind]
    indicators: Indicators | None
    n: int
    open_ms: int
    close_ms: int
    forming: bool


class Thresholds(Struct, frozen=True, kw_only=True):
    """What counts, as it was set. `min_return` is a fraction; the weights are of the score."""

    min_return: float
    price_z: float
    price_percentile: float
    volume_z: float
    volatility_z: float
    price_weight: float
    volume_weight: float
    volatility_weight: float


class FormingView(Struct, frozen=True, kw_only=True):
    """The bar that is not over, judged as if it ended now; its turnover scaled to its time.

    It is judged when it is looked at: `evaluated_ms` is a second old at most.
    """

    evaluated_ms: int
    open_ms: int
    close_ms: int
    elapsed: float
    rows: list[AnomalyRow]


class AnomaliesBoard(Struct, frozen=True, kw_only=True):
    """The perpetuals of one exchange by score, then by time; those not judged come last.

    `mode` is "closed" or "original": then the rows are of the bar that was open at
    `evaluated_ms`, which is None where nothing was evaluated. `open_ms` and `close_ms` are the
    judged bar's, or the one's that will be. `universe` is how many are
    watched, `counts` how many of them are in each state. `window_bars` is how many bars are
    looked at, with the judged one. `forming` is None where there is none.

    `live` is False where no engine judges, or has not yet: then the rows are the last judged bar's
    anomalies as they are stored, the others of `universe` and `counts` are not among them.
    `unasked`: an engine would judge these bars if `watch_bars` told it to. `reason` is why there
    are no rows, or why they are not of now; "" otherwise.
    """

    board: str
    now_ms: int
    exchange: Exchange
    mode: str
    bar: str
    bar_ms: int
    evaluated_ms: int | None
    open_ms: int
    close_ms: int
    universe: int
    window_bars: int
    thresholds: Thresholds
    counts: dict[State, int]
    rows: list[AnomalyRow]
    forming: FormingView | None
    live: bool = True
    unasked: bool = False
    reason: str = ""

    @property
    def has_bars(self) -> bool:
        """Whether anybody's newest bar is there: else there is nothing to judge."""
        lacking = self.counts.get(State.NO_DATA, 0) + self.counts.get(State.NO_BAR, 0)
        return self.universe > lacking


def original_reasons(reasons: Iterable[Reason]) -> str:
    """As the original wrote them."""
    named = [_ORIGINAL[reason] for reason in reasons if reason in _ORIGINAL]
    # Its 综合, a score of 0.5 without a reason, could never happen.
    return "+".join(named) or "正常"
