"""Anomalies of up to 2,400 perpetuals × 96 bars: columns of numbers, plain Python, and pandas.

Every way gives the same scores, checked before anything is timed.
"""

import importlib
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from math import isclose, isnan, sqrt
from typing import Any

import numpy as np

from tui_monitor.boards.anomalies.detect import detect
from tui_monitor.boards.anomalies.rows import BoardInput, board
from tui_monitor.boards.anomalies.rules import Rules
from tui_monitor.boards.bars import Bars
from tui_monitor.clock import SystemClock
from tui_monitor.config import Anomalies
from tui_monitor.model import BAR_MS, Exchange, Instrument, Market, Status

_BARS = 96
_BUDGET_MS = {2_400: 15.0, 600: 3.0, 150: 1.0}
_REPEATS = 40
_SLOW_REPEATS = 5
_RULES = Rules.of(Anomalies(min_return=0.0))

Listed = list[tuple[list[float], list[float], list[float], list[float]]]


def _bars(coins: int) -> Bars:
    """Random walks; one in fifty is a new listing."""
    random = np.random.default_rng(1)
    steps = random.standard_t(4, (coins, _BARS)) * 0.003
    close = np.asarray(100 * np.cumprod(1 + steps, axis=1), dtype=np.float64)
    close[::50, :20] = np.nan
    high = close * (1 + random.exponential(0.002, close.shape))
    turnover_usd = np.where(np.isnan(close), np.nan, random.lognormal(12, 0.5, close.shape))
    length_ms = BAR_MS["15m"]
    return Bars(
        exchange=Exchange.BINANCE,
        bar="15m",
        bar_ms=length_ms,
        instruments=tuple(_perp(number) for number in range(coins)),
        open_ms=np.arange(_BARS, dtype=np.int64) * length_ms,
        open=close,
        high=high,
        low=close * 0.999,
        close=close,
        volume_coins=turnover_usd / close,
        turnover_usd=turnover_usd,
    )


def _perp(number: int) -> Instrument:
    return Instrument(
        exchange=Exchange.BINANCE,
        market=Market.PERP,
        symbol=f"C{number}USDT",
        coin=f"C{number}",
        status=Status.LIVE,
    )


def _listed(bars: Bars) -> Listed:
    """What a plain program would hold: four lists a coin."""
    columns = (bars.high, bars.low, bars.close, bars.turnover_usd)
    return [
        tuple([one for one in column[place].tolist() if not isnan(one)] for column in columns)  # type: ignore[misc]
        for place in range(len(bars.close))
    ]


def _plain(coins: Listed) -> list[float]:
    """The plain way: the score of each coin, without medians."""
    return [_plain_score(*coin) for coin in coins]


def _plain_score(
    high: list[float], low: list[float], close: list[float], turnover_usd: list[float]
) -> float:
    sizes = [abs((b - a) / a) for a, b in pairwise(close)]
    ranges = [(h - lo) / c * 100 for h, lo, c in zip(high, low, close, strict=True)]
    smaller = sum(size < sizes[-1] for size in sizes[:-1])
    percentile = 100 * smaller / (len(sizes) - 1)
    price = max(_plain_z(sizes) - 2.5, 0) + max(percentile - 92, 0) / 10
    volume, volatility = max(_plain_z(turnover_usd) - 2, 0), max(_plain_z(ranges) - 2, 0)
    return 0.4 * price + 0.3 * volume + 0.3 * volatility


def _plain_z(values: list[float]) -> float:
    *history, value = values
    mean = sum(history) / len(history)
    deviation = sqrt(sum((one - mean) ** 2 for one in history) / len(history))
    return (value - mean) / deviation if deviation else 0.0


def _with_pandas(bars: Bars) -> Callable[[], Any]:
    """The frame's way, without medians: a column a coin."""
    pd = importlib.import_module("pandas")
    high, low, close, turnover_usd = (
        pd.DataFrame(column.T) for column in (bars.high, bars.low, bars.close, bars.turnover_usd)
    )

    def z(frame: Any) -> Any:
        history = frame.iloc[:-1]
        return (frame.iloc[-1] - history.mean()) / history.std(ddof=0)

    def scores() -> Any:
        sizes = close.pct_change(fill_method=None).abs()
        history = sizes.iloc[:-1]
        percentile = 100 * history.lt(sizes.iloc[-1]).sum() / history.count()
        price = (z(sizes) - 2.5).clip(lower=0) + (percentile - 92).clip(lower=0) / 10
        volume = (z(turnover_usd) - 2).clip(lower=0)
        volatility = (z((high - low) / close * 100) - 2).clip(lower=0)
        return 0.4 * price + 0.3 * volume + 0.3 * volatility

    return scores


def main() -> None:
    """Print what each way takes: medians of the time that passed and of the processor's."""
    has_pandas = importlib.util.find_spec("pandas") is not None
    if not has_pandas:
        sys.stdout.write("anomalies: pandas: not installed, not compared\n")
    for coins, budget_ms in _BUDGET_MS.items():
        _compare(coins, budget_ms, has_pandas=has_pandas)


def _compare(coins: int, budget_ms: float, *, has_pandas: bool) -> None:
    bars = _bars(coins)
    found, listed = detect(bars, _RULES), _listed(bars)
    assert all(map(isclose, found.score.tolist(), _plain(listed)))
    given = BoardInput(now_ms=0, evaluated_ms=0)
    _report(
        f"{coins} × {_BARS} bars, columns (budget {budget_ms:g} ms), robust z too",
        lambda: detect(bars, _RULES),
        _REPEATS,
    )
    _report(f"{coins} rows of the board", lambda: board(found, given), _SLOW_REPEATS)
    _report(f"{coins} × {_BARS} bars, plain Python", lambda: _plain(listed), _SLOW_REPEATS)
    if has_pandas:
        scores = _with_pandas(bars)
        assert np.allclose(np.asarray(scores()), found.score)
        _report(f"{coins} × {_BARS} bars, pandas", scores, _REPEATS)


def _report(name: str, way: Callable[[], Any], repeats: int) -> None:
    clock = SystemClock()
    taken: list[float] = []
    computed: list[float] = []
    for _ in range(repeats):
        begun_s, cpu_s = clock.monotonic_s(), time.thread_time()
        way()
        taken.append((clock.monotonic_s() - begun_s) * 1e3)
        computed.append((time.thread_time() - cpu_s) * 1e3)
    middle, cpu = statistics.median(taken), statistics.median(computed)
    sys.stdout.write(f"anomalies: {name}: {middle:.2f} ms, {cpu:.2f} ms of the processor's time\n")


if __name__ == "__main__":
    main()
