"""When a stream has something new: hashed moments, so that every client sees the same ones."""

from functools import lru_cache

from tui_monitor.simulator.market import GRID_MS, Series
from tui_monitor.simulator.noise import bits

_BUSY_LOTS_USD = 1e9
_SLOWEST_MS = 3_000.0
_QUICKEST_MS = 350.0


def interval_ms(series: Series, rate: float) -> int:
    """The mean time between two changes: a third of a second for the busiest coins."""
    return _interval_ms(series.coin.turnover_usd * series.contract.activity, rate)


@lru_cache(maxsize=16_384)
def _interval_ms(turnover: float, rate: float) -> int:
    mean_ms = _QUICKEST_MS * (_BUSY_LOTS_USD / turnover) ** 0.35
    return max(GRID_MS, int(min(_SLOWEST_MS, max(_QUICKEST_MS, mean_ms)) / rate))


def _moment(series: Series, window: int, length_ms: int) -> int:
    # Moments of neighbouring windows are never nearer than the grid.
    return window * length_ms + bits(series.book_seed + 1, window) % (length_ms - GRID_MS + 1)


def last_update(series: Series, ms: int, rate: float) -> int:
    """The time of the newest change not later than a time."""
    at_ms = series.clamp(ms)
    length_ms = interval_ms(series, rate)
    window = at_ms // length_ms
    moment = _moment(series, window, length_ms)
    return moment if moment <= at_ms else _moment(series, window - 1, length_ms)


def next_update(series: Series, ms: int, rate: float) -> int:
    """The time of the first change later than a time."""
    length_ms = interval_ms(series, rate)
    window = ms // length_ms
    moment = _moment(series, window, length_ms)
    return moment if moment > ms else _moment(series, window + 1, length_ms)
