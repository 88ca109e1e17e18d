"""What the tests of the detector share."""

from typing import Any

import numpy as np

from tui_monitor.boards.anomalies import AnomalyRow, State
from tui_monitor.boards.anomalies.detect import STATES, Detected, detect
from tui_monitor.boards.anomalies.rows import BoardInput, rows_of
from tui_monitor.boards.anomalies.rules import Rules
from tui_monitor.boards.bars import Bars
from tui_monitor.config import Anomalies

NOW = BoardInput(now_ms=0, evaluated_ms=0)


def rules(**settings: Any) -> Rules:
    """The rules of these settings."""
    return Rules.of(Anomalies(**settings))


def states(detected: Detected) -> list[State]:
    """Of each instrument."""
    return [STATES[code] for code in detected.states]


def row_of(bars: Bars, place: int = 0, **settings: Any) -> AnomalyRow:
    """The row of one instrument."""
    symbol = bars.instruments[place].symbol
    rows = rows_of(detect(bars, rules(**settings)), NOW)
    return next(row for row in rows if row.symbol == symbol)


def moved(bars: Bars, place: int, by: float, *, width: float = 0.0, times: float = 1.0) -> None:
    """Give an instrument's newest bar a return, a wider range and more turnover."""
    before = bars.close[place, -2]
    close = before * (1 + by)
    bars.open[place, -1] = before
    bars.close[place, -1] = close
    bars.high[place, -1] = max(before, close) * (1 + width)
    bars.low[place, -1] = min(before, close) * (1 - width)
    bars.turnover_usd[place, -1] = np.mean(bars.turnover_usd[place, :-1]) * times
