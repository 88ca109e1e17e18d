"""Each instrument's newest bar against its earlier ones, in columns of numbers.

A hole in the bars is NaN, and so is what can't be told for it: there is no return over a hole.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_monitor.boards.bars import Bars, Floats

Ints = NDArray[np.intp]

# Makes the median distance of normal numbers their deviation: 1 / Φ⁻¹(3/4).
_MAD_SCALE = 1.4826
# Instruments at a time: their numbers stay in the processor's cache.
_BLOCK = 640


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One number of each instrument: the judged bar's `value`, and its history of `n` numbers.

    `deviation` has ddof 0; where it is 0 the z is 0. `mad` is scaled to a deviation; where it is
    0 there is no robust z.
    """

    value: Floats
    mean: Floats
    deviation: Floats
    z: Floats
    median: Floats
    mad: Floats
    robust_z: Floats
    n: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """All of a window. `n` counts bars with the one before them, and the first.

    `there` counts bars. The price is measured by the size of the return, which itself is in
    `returns`; `percentile` is how many % of the history are smaller.
    """

    price: Measure
    volume: Measure
    volatility: Measure
    percentile: Floats
    returns: Floats
    n: Ints
    there: Ints


def measure(bars: Bars, min_bars: int) -> Measures:
    """Measure the newest bars; a history of fewer numbers than `min_bars` − 1 gives no z."""
    blocks = [
        _measure_block(bars, slice(first, first + _BLOCK), min_bars)
        for first in range(0, max(len(bars.close), 1), _BLOCK)
    ]
    return blocks[0] if len(blocks) == 1 else _joined(blocks)


def _measure_block(bars: Bars, rows: slice, min_bars: int) -> Measures:
    close = bars.close[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        returns = np.diff(close, axis=1)
        returns /= close[:, :-1]
        ranges = bars.high[rows] - bars.low[rows]
        ranges /= close
        ranges *= 100
        sizes = np.abs(returns)
        # One return less than bars, so one number of history less.
        price = _against_history(sizes, min_bars - 2)
        smaller = np.count_nonzero(sizes[:, :-1] < sizes[:, -1:], axis=1)
        percentile = 100.0 * smaller / price.n
        percentile[np.isnan(price.z)] = np.nan
        volume = _against_history(bars.turnover_usd[rows], min_bars - 1)
        volatility = _against_history(ranges, min_bars - 1)
    return Measures(
        price=price,
        volume=volume,
        volatility=volatility,
        percentile=percentile,
        returns=returns[:, -1],
        n=price.n + ~np.isnan(returns[:, -1]) + 1,
        there=np.count_nonzero(~np.isnan(close), axis=1),
    )


def _joined(blocks: list[Measures]) -> Measures:
    """The instruments of all blocks, in their order."""
    return Measures(
        price=_joined_measure([block.price for block in blocks]),
        volume=_joined_measure([block.volume for block in blocks]),
        volatility=_joined_measure([block.volatility for block in blocks]),
        percentile=np.concatenate([block.percentile for block in blocks]),
        returns=np.concatenate([block.returns for block in blocks]),
        n=np.concatenate([block.n for block in blocks]),
        there=np.concatenate([block.there for block in blocks]),
    )


def _joined_measure(blocks: list[Measure]) -> Measure:
    return Measure(
        **{
            name: np.concatenate([getattr(block, name) for block in blocks])
            for name in Measure.__slots__
        }
    )


class _Spread(NamedTuple):
    """Of each row of a history; `mad` is scaled to a deviation."""

    mean: Floats
    deviation: Floats
    median: Floats
    mad: Floats


def _against_history(values: Floats, min_history: int) -> Measure:
    """The last column against the others."""
    history, value = values[:, :-1], values[:, -1]
    ordered = np.sort(history, axis=1)  # NaN last
    n = np.full(len(values), history.shape[1])
    spread = _spread_of_whole(history, ordered)
    holes = np.flatnonzero(np.isnan(ordered[:, -1]))
    if holes.size:
        n[holes] = np.count_nonzero(~np.isnan(history[holes]), axis=1)
        rest = _spread_with_holes(history[holes], ordered[holes], n[holes])
        for column, numbers in zip(spread, rest, strict=True):
            column[holes] = numbers
    mean, deviation, median, mad = spread
    z = (value - mean) / deviation
    z[(deviation == 0) & ~np.isnan(value)] = 0.0
    robust_z = (value - median) / np.where(mad == 0, np.nan, mad)
    for one in (z, robust_z):
        one[n < min_history] = np.nan
    return Measure(value, mean, deviation, z, median, mad, robust_z, n)


def _spread_of_whole(history: Floats, ordered: Floats) -> _Spread:
    """Rows without a hole; those that have one come out as NaN."""
    n = history.shape[1]
    mean = history.sum(axis=1) / n
    apart = history - mean[:, None]
    apart *= apart
    deviation = np.sqrt(apart.sum(axis=1) / n)
    # The mean of equal numbers may be off by a rounding, which would pass for a deviation.
    deviation[ordered[:, 0] == ordered[:, -1]] = 0.0
    low, high = (n - 1) // 2, n // 2
    median = (ordered[:, low] + ordered[:, high]) / 2
    np.abs(np.subtract(ordered, median[:, None], out=apart), out=apart).sort(axis=1)
    return _Spread(mean, deviation, median, _MAD_SCALE * (apart[:, low] + apart[:, high]) / 2)


def _spread_with_holes(history: Floats, ordered: Floats, n: Ints) -> _Spread:
    """Rows of which only the first `n` in order are there."""
    there = ~np.isnan(history)
    mean = np.where(there, history, 0.0).sum(axis=1) / n
    apart = np.where(there, history - mean[:, None], 0.0)
    deviation = np.sqrt((apart * apart).sum(axis=1) / n)
    deviation[ordered[:, 0] == _at(ordered, n - 1)] = 0.0
    median = _middle(ordered, n)
    distances = np.sort(np.abs(ordered - median[:, None]), axis=1)
    return _Spread(mean, deviation, median, _MAD_SCALE * _middle(distances, n))


def _middle(ordered: Floats, n: Ints) -> Floats:
    """The median of the first `n` of each row."""
    both: Floats = (_at(ordered, (n - 1) // 2) + _at(ordered, n // 2)) / 2
    return both


def _at(ordered: Floats, column: Ints) -> Floats:
    """One number of each row; the first for a row that has none."""
    picked: Floats = ordered[np.arange(len(ordered)), np.maximum(column, 0)]
    return picked
