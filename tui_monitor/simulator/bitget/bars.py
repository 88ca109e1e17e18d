"""Bitget's names of bars, and its four paths of them. Nothing says whether a bar is closed."""

from collections.abc import Callable
from functools import partial

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.bitget import rows
from tui_monitor.simulator.bitget.catalog import SPOT
from tui_monitor.simulator.bitget.params import category_of, empty, number, product_of, wrong
from tui_monitor.simulator.listings import Listing
from tui_monitor.simulator.pages import bars, window
from tui_monitor.simulator.serving import Params
from tui_monitor.simulator.timeframes import HOUR_MS, Timeframe, days, months, weeks

_UTC_8_MS = 8 * HOUR_MS
_SHORT = {"1": 1, "3": 3, "5": 5, "15": 15, "30": 30}
_LONG: dict[str, Callable[[int], Timeframe]] = {
    "6H": lambda offset_ms: Timeframe(6 * HOUR_MS, offset_ms),
    "12H": lambda offset_ms: Timeframe(12 * HOUR_MS, offset_ms),
    "1D": partial(days, 1),
    "3D": partial(days, 3),
    "1W": weeks,
    "1M": partial(months, 1),
}
_SPOT_NAMES = {"6H": "6h", "12H": "12h", "1D": "1day", "3D": "3day", "1W": "1week", "1M": "1M"}
# Plain days and longer open at 00:00 UTC+8, those that say utc at 00:00 UTC.
FUTURES_BARS: dict[str, Timeframe] = {
    **{f"{name}m": Timeframe(minutes * MINUTE_MS) for name, minutes in _SHORT.items()},
    "1H": Timeframe(HOUR_MS),
    "4H": Timeframe(4 * HOUR_MS),
    **{name: make(_UTC_8_MS) for name, make in _LONG.items()},
    **{f"{name}utc": make(0) for name, make in _LONG.items()},
}
SPOT_BARS: dict[str, Timeframe] = {
    **{f"{name}min": Timeframe(minutes * MINUTE_MS) for name, minutes in _SHORT.items()},
    "1h": Timeframe(HOUR_MS),
    "4h": Timeframe(4 * HOUR_MS),
    **{_SPOT_NAMES[name]: make(_UTC_8_MS) for name, make in _LONG.items()},
    **{f"{_SPOT_NAMES[name]}utc": make(0) for name, make in _LONG.items()},
}
_V3_NAMES = ("1m", "3m", "5m", "15m", "30m", "1H", "4H", "6H", "12H", "1D")
V3_BARS = {name: FUTURES_BARS[name] for name in _V3_NAMES}
# How far back `candles` goes; older bars are `history-candles`.
_REACH_DAYS = {1: 30, 3: 30, 5: 30, 15: 52, 30: 62, 60: 83, 240: 240}


Find = Callable[[Params, str, int], Listing]


class Bars:
    """Answers the paths of candles; `find` is how a request's symbol is looked up."""

    def __init__(self, find: Find) -> None:
        self._find = find

    async def recent(
        self, known: dict[str, Timeframe], columns: int, params: Params, now_ms: int
    ) -> list[list[str]]:
        listing, timeframe = self._asked(known, columns, params)
        reach_days = _REACH_DAYS.get(timeframe.length_ms // MINUTE_MS)
        start_ms, end_ms = number(params, "startTime"), number(params, "endTime")
        if reach_days is not None:
            start_ms = max(start_ms or 0, now_ms - reach_days * DAY_MS)
            end_ms = now_ms + 1 if end_ms is None else end_ms
        limit = min(1_000, number(params, "limit") or 100)
        return await _page(listing, timeframe, (start_ms, end_ms), (limit, columns), now_ms)

    async def old(
        self, known: dict[str, Timeframe], columns: int, most: int, params: Params, now_ms: int
    ) -> list[list[str]]:
        listing, timeframe = self._asked(known, columns, params)
        end_ms = number(params, "endTime")
        if end_ms is None and columns == 8:
            raise empty("endTime")
        bounds = (number(params, "startTime"), now_ms + 1 if end_ms is None else end_ms)
        limit = min(most, number(params, "limit") or 100)
        return await _page(listing, timeframe, bounds, (limit, columns), now_ms)

    def _asked(
        self, known: dict[str, Timeframe], columns: int, params: Params
    ) -> tuple[Listing, Timeframe]:
        if known is V3_BARS:
            listing, name = self._find(params, category_of(params), 3), "interval"
        else:
            category = SPOT if columns == 8 else product_of(params)
            listing, name = self._find(params, category, 2), "granularity"
        if params.get(name) not in known:
            raise wrong(name)
        return listing, known[params[name]]


async def _page(
    listing: Listing,
    timeframe: Timeframe,
    bounds: tuple[int | None, int | None],
    shape: tuple[int, int],
    now_ms: int,
) -> list[list[str]]:
    """Bars with start ≤ open time < end, ascending; `shape` is how many and how many columns."""
    start_ms, end_ms = bounds
    before_ms = None if end_ms is None else end_ms - 1
    opens = window(listing, timeframe, (start_ms, before_ms), shape[0], now_ms)
    return [
        rows.candle(listing, open_ms, bar, shape[1])
        async for open_ms, bar in bars(listing, timeframe, opens, now_ms)
    ]
