"""The statistics below /futures/data: rows on a grid of periods, of the last month only."""

from collections.abc import Callable
from typing import Any

from tui_monitor.clock import DAY_MS
from tui_monitor.simulator.binance import rows
from tui_monitor.simulator.binance.bars import INTERVALS, bar_at
from tui_monitor.simulator.binance.catalog import Pair
from tui_monitor.simulator.binance.params import Refused, limit_of, missing, number
from tui_monitor.simulator.derivatives import Perpetual
from tui_monitor.simulator.serving import Params

_PERIODS = ("5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d")
_MONTH_MS = 30 * DAY_MS
_DEFAULT, _AT_MOST = 30, 500


def times(params: Params, now_ms: int) -> list[int]:
    """The grid times that a request asks for, oldest first."""
    period = params.get("period")
    if not period:
        raise missing("period")
    if period not in _PERIODS:
        raise Refused(-1130, "Data sent for parameter 'period' is not valid.")
    step_ms, limit = INTERVALS[period].length_ms, limit_of(params, _DEFAULT, _AT_MOST)
    start_ms, end_ms = number(params, "startTime"), number(params, "endTime")
    if start_ms is not None and start_ms < now_ms - _MONTH_MS:
        raise Refused(-1130, "parameter 'startTime' is invalid.")
    last_ms = min(now_ms, end_ms if end_ms is not None else now_ms)
    last_ms -= last_ms % step_ms
    first_ms = max(now_ms - _MONTH_MS, start_ms or 0)
    first_ms += -first_ms % step_ms
    if start_ms is None:
        first_ms = max(first_ms, last_ms - (limit - 1) * step_ms)
    return list(range(first_ms, last_ms + 1, step_ms))[:limit]


def open_interest(pair: Pair, derived: Perpetual, params: Params, now_ms: int) -> list[Any]:
    """openInterestHist."""
    return [rows.open_interest_then(pair, derived, ms) for ms in times(params, now_ms)]


def accounts(pair: Pair, _derived: Perpetual, params: Params, now_ms: int) -> list[Any]:
    """globalLongShortAccountRatio."""
    return [rows.account_ratio(pair, ms) for ms in times(params, now_ms)]


def takers(pair: Pair, _derived: Perpetual, params: Params, now_ms: int) -> list[Any]:
    """takerlongshortRatio: of periods that are over."""
    timeframe = INTERVALS[params.get("period") or "5m"]
    found = (bar_at(pair, timeframe, ms, now_ms) for ms in times(params, now_ms))
    return [rows.taker_ratio(pair, kline) for kline in found if kline.is_closed]


Statistic = Callable[[Pair, Perpetual, Params, int], list[Any]]
STATISTICS: dict[str, Statistic] = {
    "openInterestHist": open_interest,
    "globalLongShortAccountRatio": accounts,
    "takerlongshortRatio": takers,
}
# These want an API key.
KEYED = ("topLongShortAccountRatio", "topLongShortPositionRatio")
