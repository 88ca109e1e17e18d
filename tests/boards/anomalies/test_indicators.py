"""RSI, MACD, Bollinger bands and kinds of bars, where they are asked for."""

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from math import sin
from statistics import fmean, pstdev

import numpy as np
import pytest

from tests.boards.anomalies.judging import NOW, moved, row_of, rules
from tests.boards.candles import random_bars
from tui_monitor.boards.anomalies import AnomalyRow, Indicators, Kind, Reason, State
from tui_monitor.boards.anomalies.detect import detect
from tui_monitor.boards.anomalies.indicators import indicate
from tui_monitor.boards.anomalies.rows import load_indicators, rows_of
from tui_monitor.boards.bars import Bars

# A known series of closes; the first 15 give the first value.
CLOSES = [
    *(54.80, 56.80, 57.85, 59.85, 60.57, 61.10, 62.17, 60.60, 62.35, 62.15),
    *(62.35, 61.45, 62.80, 61.37, 62.50, 62.57, 60.80, 59.37, 60.35, 62.35),
]
RSI = {15: 74.21, 16: 74.34, 17: 65.87, 18: 59.93, 19: 62.43, 20: 66.96}


def plain_ema(values: list[float], length: int) -> list[float]:
    """Begins with the mean of the first values."""
    found = [fmean(values[:length])]
    for value in values[length:]:
        found.append(found[-1] + (value - found[-1]) * 2 / (length + 1))
    return found


def plain_rsi(closes: list[float], length: int = 14) -> float:
    """Wilder's smoothing, step by step."""
    steps = [later - earlier for earlier, later in pairwise(closes)]
    gain = fmean(max(step, 0) for step in steps[:length])
    loss = fmean(max(-step, 0) for step in steps[:length])
    for step in steps[length:]:
        gain = (gain * (length - 1) + max(step, 0)) / length
        loss = (loss * (length - 1) + max(-step, 0)) / length
    return 100 * gain / (gain + loss)


def waves(count: int = 96) -> list[float]:
    return [100 + 5 * sin(place / 7) + 2 * sin(place * 1.7) for place in range(count)]


def shown(closes: list[float]) -> tuple[Indicators, list[Reason]]:
    return indicate(np.array(closes))


@pytest.mark.parametrize(("count", "rsi"), RSI.items())
def test_the_rsi_is_that_of_a_known_series(count: int, rsi: float) -> None:
    """To the two decimals that are known of it."""
    assert shown(CLOSES[:count])[0].rsi == pytest.approx(rsi, abs=0.006)


def test_each_number_follows_its_formula_step_by_step() -> None:
    """Wilder's RSI, MACD of 12, 26 and 9, bands of 20 bars and two deviations (ddof 0)."""
    closes = waves()
    found, _ = shown(closes)
    assert found.rsi == pytest.approx(plain_rsi(closes))
    slow = plain_ema(closes, 26)
    # The fast average begins where it has its first whole 12 bars at the slow one's beginning.
    fast = plain_ema(closes[14:], 12)
    lines = [one - other for one, other in zip(fast, slow, strict=True)]
    signal = plain_ema(lines, 9)
    assert found.macd == pytest.approx(lines[-1])
    assert found.macd_signal == pytest.approx(signal[-1])
    assert found.macd_histogram == pytest.approx(lines[-1] - signal[-1])
    middle, width = fmean(closes[-20:]), 2 * pstdev(closes[-20:])
    assert found.bollinger_middle == pytest.approx(middle)
    assert found.bollinger_low == pytest.approx(middle - width)
    assert found.bollinger_high == pytest.approx(middle + width)


def test_only_the_closes_since_the_last_hole_count() -> None:
    """What is too short for a number gives none."""
    closes = waves()
    after = shown([*waves(50), float("nan"), *closes])[0]
    assert after == shown(closes)[0]
    fourteen, fifteen = shown(closes[:14])[0], shown(closes[:15])[0]
    assert (fourteen.rsi, fifteen.rsi is None) == (None, False)
    assert (shown(closes[:19])[0].bollinger_low, shown(closes[:20])[0].bollinger_low is None) == (
        None,
        False,
    )
    assert (shown(closes[:33])[0].macd, shown(closes[:34])[0].macd is None) == (None, False)
    nothing, reasons = shown([])
    assert (nothing.rsi, nothing.macd_histogram, reasons) == (None, None, [])


def test_each_indicator_is_a_reason_of_its_own() -> None:
    """A steady climb for the RSI, a turn for the MACD, a leap for the bands."""
    climb = [100 + place + (place % 3 == 0) * -1.5 for place in range(60)]
    assert Reason.RSI in shown(climb)[1]
    assert Reason.RSI in shown([200 - close for close in climb])[1]
    turns = [place for place in range(35, 96) if Reason.MACD in shown(waves()[:place])[1]]
    histograms = [shown(waves()[:place])[0].macd_histogram or 0 for place in range(34, 96)]
    crossings = [
        place for place in range(35, 96) if histograms[place - 35] * histograms[place - 34] < 0
    ]
    assert turns == crossings != []
    calm = [100 + 0.1 * (place % 2) for place in range(60)]
    assert Reason.BOLLINGER not in shown(calm)[1]
    assert Reason.BOLLINGER in shown([*calm, 101.0])[1]
    assert Reason.BOLLINGER in shown([*calm, 99.0])[1]


def test_a_price_that_never_moves_gives_no_reason() -> None:
    """A rounding is no change of sign, a close on its bands not outside, and nothing falls."""
    found, reasons = shown([0.1] * 96)
    assert reasons == []
    assert found.rsi is None
    assert found.bollinger_middle == pytest.approx(0.1)


def rows_with_indicators(bars: Bars) -> list[AnomalyRow]:
    given = NOW._replace(indicate=load_indicators())
    return rows_of(detect(bars, rules(indicators=True)), given)


def climbing() -> Bars:
    """Every bar up by 1.2 to 1.4 %, the last by 1.25: nothing unusual but for the RSI."""
    bars = random_bars(2, 96)
    steps = np.linspace(0.012, 0.014, 96)[np.random.default_rng(3).permutation(96)]
    steps[-1] = 0.0125
    bars.close[0] = 50 * np.cumprod(1 + steps)
    bars.high[0], bars.low[0] = bars.close[0] * 1.001, bars.close[0] * 0.999
    moved(bars, 1, 0.001)
    return bars


def test_indicators_are_off_unless_they_are_asked_for() -> None:
    """Neither numbers nor reasons nor kinds."""
    bars = climbing()
    moved(bars, 0, 0.08, times=9)
    row = row_of(bars)
    assert row.state is State.ANOMALY
    assert (row.indicators, row.kinds) == (None, [])
    assert Reason.PRICE in row.reasons
    assert not set(row.reasons) & {Reason.RSI, Reason.MACD, Reason.BOLLINGER}


def test_an_indicator_is_reason_enough_but_adds_nothing_to_the_score() -> None:
    """It stands below every anomaly with a score; a bar that is not judged has none."""
    rows = rows_with_indicators(climbing())
    assert row_of(climbing()).state is State.NORMAL
    assert (rows[0].state, rows[0].score, rows[0].rank) == (State.ANOMALY, 0, 1)
    assert Reason.RSI in rows[0].reasons
    assert rows[0].indicators is not None
    assert (rows[1].state, rows[1].indicators, rows[1].kinds) == (State.SMALL_MOVE, None, [])


def test_a_bar_is_a_breakout_a_burst_or_a_range() -> None:
    """Above every high or below every low; much turnover; wide, and back where it began."""
    bars = random_bars(4, 96, seed=4)
    for place in range(4):
        steps = 0.004 * np.sin(np.arange(96))
        bars.close[place] = 100 * (1 + steps)
        bars.open[place] = bars.close[place]
        bars.high[place], bars.low[place] = bars.close[place] * 1.001, bars.close[place] * 0.999
    moved(bars, 0, 0.05)
    moved(bars, 1, -0.05, times=20)
    moved(bars, 2, 0.011, width=0.04)
    bars.open[2, -1] = bars.close[2, -1] * 1.001
    moved(bars, 3, 0.011)
    bars.open[3, -1] = bars.close[3, -1]
    bars.high[3, :-1] *= 1 + np.random.default_rng(1).uniform(0.01, 0.04, 95)
    rows = {row.symbol: row for row in rows_with_indicators(bars)}
    assert rows["C3USDT"].state in (State.ANOMALY, State.NORMAL)
    assert rows["C3USDT"].kinds == []  # back where it began, but not wide
    assert rows["C0USDT"].kinds == [Kind.BREAKOUT]
    assert rows["C1USDT"].kinds == [Kind.BREAKOUT, Kind.VOLUME_BURST]
    assert Kind.RANGE in rows["C2USDT"].kinds
    earlier = replace(bars, high=bars.high.copy())
    earlier.high[0, 40] = bars.close[0, -1] + 0.001
    again = {row.symbol: row for row in rows_with_indicators(earlier)}
    assert again["C0USDT"].kinds == []


def test_without_their_library_it_is_said_how_to_get_it() -> None:
    """It is an extra: nothing else needs it."""
    code = (
        "import sys; sys.modules['talib'] = None\n"
        "from tui_monitor.boards.anomalies.rows import load_indicators\n"
        "from tui_monitor.errors import BadInput\n"
        "try:\n    load_indicators()\n"
        "except BadInput as error:\n    print(error.line())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "anomalies.indicators needs TA-Lib" in done.stdout
    assert "pip install 'tui-monitor[indicators]'" in done.stdout
