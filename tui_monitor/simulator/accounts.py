"""How many accounts are long, and how many short."""

from tui_monitor.clock import MINUTE_MS
from tui_monitor.simulator.market import Series
from tui_monitor.simulator.noise import smooth

SHARE_PLACES = 4
ALL = 10_000
_GRID_MS = 5 * MINUTE_MS
_PERIODS = 96
_MIDDLE, _DRIFT = 0.55, 0.2


def longs(series: Series, ms: int) -> int:
    """The accounts that are long, of `ALL`."""
    drift = smooth(series.book_seed + 6, ms // _GRID_MS, _PERIODS)
    return round((_MIDDLE + _DRIFT * drift) * ALL)
