"""Finds the anomalies among many bars at once; `rows` makes the board of what it finds."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tui_monitor.boards.anomalies import State
from tui_monitor.boards.anomalies.measures import Measure, Measures, measure
from tui_monitor.boards.anomalies.rules import Rules
from tui_monitor.boards.bars import Bars, Floats, Forming

Bools = NDArray[np.bool_]
Codes = NDArray[np.uint8]

STATES = tuple(State)
_CODE = {state: code for code, state in enumerate(STATES)}
# Of less, a bar's turnover scaled up to the whole of its time would be chance.
_MIN_ELAPSED = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """Every instrument of a window, judged. The last bar of `bars` is the judged one.

    `states` are places in STATES; `score` is NaN where the bar is not judged. `parts` and
    `flags` are by measure, then by instrument: the score of each before its weight, and whether
    it is a reason. `elapsed` is None for a closed bar.
    """

    bars: Bars
    rules: Rules
    measures: Measures
    states: Codes
    score: Floats
    parts: Floats
    flags: Bools
    elapsed: float | None


def detect(bars: Bars, rules: Rules) -> Detected:
    """Judge the newest closed bar of each instrument."""
    return _judged(bars.tail(rules.bars), rules, None)


def detect_forming(bars: Bars, forming: Forming, rules: Rules) -> Detected:
    """Judge the bar being formed; the original's mode does not scale its turnover."""
    turnover_usd = forming.turnover_usd
    if not rules.original:
        whole = forming.elapsed if forming.elapsed >= _MIN_ELAPSED else np.nan
        turnover_usd = turnover_usd / whole
    joined = _with_forming(bars.tail(rules.bars - 1), forming, turnover_usd)
    return _judged(joined, rules, forming.elapsed)


def evaluate(bars: Bars, forming: Forming | None, rules: Rules) -> tuple[Detected, Detected | None]:
    """What the board is of, and what is shown beside it as forming.

    In the original's mode the board is of the open bar, where there is one, with nothing beside.
    """
    if forming is None:
        return detect(bars, rules), None
    opened = detect_forming(bars, forming, rules)
    return (opened, None) if rules.original else (detect(bars, rules), opened)


def _with_forming(bars: Bars, forming: Forming, turnover_usd: Floats) -> Bars:
    def joined(closed: Floats, last: Floats) -> Floats:
        return np.concatenate((closed, last[:, None]), axis=1)

    return replace(
        bars,
        open_ms=np.append(bars.open_ms, forming.open_ms),
        open=joined(bars.open, forming.open),
        high=joined(bars.high, forming.high),
        low=joined(bars.low, forming.low),
        close=joined(bars.close, forming.close),
        volume_coins=joined(bars.volume_coins, forming.volume_coins),
        turnover_usd=joined(bars.turnover_usd, turnover_usd),
    )


def _judged(bars: Bars, rules: Rules, elapsed: float | None) -> Detected:
    measures = measure(bars, rules.min_bars)
    parts, flags = _parts(measures, rules)
    states = _states(bars, measures, flags[0] | flags[1] | flags[2], rules)
    judged = states <= _CODE[State.NORMAL]
    limits = rules.thresholds
    price, volume, volatility = parts
    score = (
        limits.price_weight * price
        + limits.volume_weight * volume
        + limits.volatility_weight * volatility
    )
    score[~judged] = np.nan
    return Detected(bars, rules, measures, states, score, parts, flags, elapsed)


def _parts(measures: Measures, rules: Rules) -> tuple[Floats, Bools]:
    """Scores and flags by measure; what is unknown gives neither."""
    limits = rules.thresholds
    price_z, percentile = measures.price.z, measures.percentile
    volume_z = _volume_z(measures.volume, rules)
    volatility_z = measures.volatility.z
    price = _above(price_z, limits.price_z) + _above(percentile, limits.price_percentile) / 10
    parts = np.stack(
        (
            price,
            _above(volume_z, limits.volume_z),
            _above(volatility_z, limits.volatility_z),
        )
    )
    flags = np.stack(
        (
            (price_z >= limits.price_z) | (percentile >= limits.price_percentile),
            volume_z >= limits.volume_z,
            volatility_z >= limits.volatility_z,
        )
    )
    return parts, flags


def _volume_z(volume: Measure, rules: Rules) -> Floats:
    """What is compared: little turnover counts like much in the original."""
    return np.abs(volume.z) if rules.original else volume.z


def _above(numbers: Floats, limit: float) -> Floats:
    """By how much; 0 for NaN."""
    return np.fmax(numbers - limit, 0.0)


def _states(bars: Bars, measures: Measures, flagged: Bools, rules: Rules) -> Codes:
    """The first that is true of each instrument."""
    small = np.abs(measures.returns) < rules.thresholds.min_return
    conditions = (
        (measures.there == 0, State.NO_DATA),
        (np.isnan(bars.close[:, -1]), State.NO_BAR),
        (measures.n < rules.min_bars, State.INSUFFICIENT),
        (np.isnan(measures.returns), State.GAP),
        (small, State.SMALL_MOVE),
        (flagged, State.ANOMALY),
    )
    return np.select(
        [condition for condition, _ in conditions],
        [np.uint8(_CODE[state]) for _, state in conditions],
        np.uint8(_CODE[State.NORMAL]),
    )
