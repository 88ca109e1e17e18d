"""What a judged bar looks like beside the bars before it."""

import numpy as np

from tui_monitor.boards.anomalies import MEASURES, Kind, Reason
from tui_monitor.boards.anomalies.detect import Detected

# The body of a bar that went nowhere is at most this part of its range.
_SMALL_BODY = 1 / 3


def kinds_of(detected: Detected) -> list[list[Kind]]:
    """The kinds of each instrument's judged bar, in the order of `Kind`."""
    bars = detected.bars
    close, high, low = bars.close[:, -1], bars.high[:, -1], bars.low[:, -1]
    highest = np.fmax.reduce(bars.high[:, :-1], axis=1)  # skips NaN
    lowest = np.fmin.reduce(bars.low[:, :-1], axis=1)
    body = np.abs(close - bars.open[:, -1])
    wide = detected.flags[MEASURES.index(Reason.VOLATILITY)]
    flags = {
        Kind.BREAKOUT: (close > highest) | (close < lowest),
        Kind.VOLUME_BURST: detected.flags[MEASURES.index(Reason.VOLUME)],
        Kind.RANGE: wide & (body <= (high - low) * _SMALL_BODY),
    }
    listed = zip(*(flags[kind].tolist() for kind in Kind), strict=True)
    return [[kind for kind, flag in zip(Kind, row, strict=True) if flag] for row in listed]
