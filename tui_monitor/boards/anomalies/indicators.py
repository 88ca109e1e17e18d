"""RSI, MACD and Bollinger bands as further reasons, by TA-Lib.

TA-Lib comes with the extra `indicators`, so only `load_indicators` imports this module.
"""

from math import isnan

import numpy as np
import talib

from tui_monitor.boards.anomalies import Indicators, Reason
from tui_monitor.boards.bars import Floats

_RSI_BARS, _RSI_HIGH, _RSI_LOW = 14, 70.0, 30.0
_MACD_BARS = (12, 26, 9)
_BOLLINGER_BARS, _BOLLINGER_DEVIATIONS = 20, 2.0
_NOTHING = (None, None)
# Below what a subtraction of equal closes may leave, as a part of the close.
_ROUNDING = 1e-12
# TA-Lib's deviation is the root of a difference of squares: half as many digits are good.
_BAND_ROUNDING = 1e-7


def indicate(close: Floats) -> tuple[Indicators, list[Reason]]:
    """What the closes show up to the last of them: those since the last hole are used.

    Reasons: an RSI of 70 or more or of 30 or less, a MACD histogram that changed its sign with
    the last bar, a close outside the bands.
    """
    holes = np.flatnonzero(np.isnan(close))
    closes = np.ascontiguousarray(close[holes[-1] + 1 :] if holes.size else close)
    rsi = _rsi(closes)
    macd, signal, histogram, before = _macd(closes)
    low, middle, high = _bollinger(closes)
    reasons = []
    if rsi is not None and not _RSI_LOW < rsi < _RSI_HIGH:
        reasons.append(Reason.RSI)
    if _crossed(before, histogram, closes):
        reasons.append(Reason.MACD)
    if _is_outside(low, high, closes):
        reasons.append(Reason.BOLLINGER)
    return (
        Indicators(
            rsi=rsi,
            macd=macd,
            macd_signal=signal,
            macd_histogram=histogram,
            bollinger_low=low,
            bollinger_middle=middle,
            bollinger_high=high,
        ),
        reasons,
    )


def _rsi(closes: Floats) -> float | None:
    """None also where no close differs from another: nothing rises and nothing falls."""
    if len(closes) <= _RSI_BARS or np.ptp(closes) == 0:
        return None
    return _last(talib.RSI(closes, _RSI_BARS))


def _macd(closes: Floats) -> tuple[float | None, float | None, float | None, float | None]:
    """MACD, its signal, the histogram, and the histogram one bar before."""
    _, slow, smooth = _MACD_BARS
    if len(closes) < slow + smooth - 1:
        return (*_NOTHING, *_NOTHING)
    macd, signal, histogram = talib.MACD(closes, *_MACD_BARS)
    return _last(macd), _last(signal), _last(histogram), _last(histogram[:-1])


def _bollinger(closes: Floats) -> tuple[float | None, float | None, float | None]:
    if len(closes) < _BOLLINGER_BARS:
        return (*_NOTHING, None)
    width = _BOLLINGER_DEVIATIONS
    high, middle, low = talib.BBANDS(closes, _BOLLINGER_BARS, width, width)
    return _last(low), _last(middle), _last(high)


def _crossed(before: float | None, now: float | None, closes: Floats) -> bool:
    if before is None or now is None:
        return False
    least = _ROUNDING * float(closes[-1])
    return (before > least and now < -least) or (before < -least and now > least)


def _is_outside(low: float | None, high: float | None, closes: Floats) -> bool:
    if low is None or high is None:
        return False
    close = float(closes[-1])
    least = _BAND_ROUNDING * close
    return close > high + least or close < low - least


def _last(numbers: Floats) -> float | None:
    return None if isnan(numbers[-1]) else float(numbers[-1])
