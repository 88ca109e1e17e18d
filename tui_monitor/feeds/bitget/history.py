"""Bitget's old bars, asked for as all exchanges' are: those before a time."""

from tui_monitor.clock import DAY_MS, MINUTE_MS, Clock
from tui_monitor.feeds.bitget.rest import MAX_HISTORY_CANDLES, BitgetRest
from tui_monitor.model import Candle, Instrument

NAMES = {"1m": "1m", "5m": "5m", "15m": "15m", "30m": "30m", "1h": "1H"}
"""What Bitget calls our bars."""
MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60}
# How far back the usual endpoint goes (docs v2 "Get Candlestick Data"), a day less.
_REACH_DAYS = {"1m": 29, "5m": 29, "15m": 51, "30m": 61, "1h": 82}


def bitgets_name(bar: str) -> str:
    """What Bitget calls a bar of ours; ValueError for one that is not ours."""
    if bar not in NAMES:
        raise ValueError(f"no bars of {bar!r} here: {', '.join(NAMES)}")
    return NAMES[bar]


class BitgetHistory:
    """A `plans.CandleSource`. Which endpoint has a bar is found by the bar's age alone."""

    def __init__(self, rest: BitgetRest, clock: Clock) -> None:
        self._rest = rest
        self._clock = clock

    async def candles(
        self,
        instrument: Instrument,
        bar: str,
        *,
        after_ms: int | None = None,
        limit: int = 300,
        history: bool = False,  # noqa: ARG002 - Bitget's usual endpoint goes back further
    ) -> list[Candle]:
        """Bars strictly older than `after_ms`, newest first, each known to be closed or not."""
        now_ms, bar_ms = self._clock.now_ms(), MINUTES[bar] * MINUTE_MS
        before_ms = min(after_ms or now_ms + bar_ms, now_ms + bar_ms)
        recent_from_ms = now_ms - _REACH_DAYS[bar] * DAY_MS
        found: list[Candle] = []
        while len(found) < limit:
            is_old = before_ms - (limit - len(found)) * bar_ms < recent_from_ms
            page = await self._page(instrument, bar, before_ms, limit - len(found), is_old=is_old)
            found += page
            if not page or not is_old:
                break
            before_ms = page[-1].open_ms
        for candle in found:
            candle.bar = bar
            candle.closed = candle.open_ms + bar_ms <= now_ms
        return found

    async def _page(
        self, instrument: Instrument, bar: str, before_ms: int, wanted: int, *, is_old: bool
    ) -> list[Candle]:
        bar_ms = MINUTES[bar] * MINUTE_MS
        # Times off the bar are not documented to be understood, nor whether the end is included.
        end_ms = -(-before_ms // bar_ms) * bar_ms
        limit = min(wanted, MAX_HISTORY_CANDLES - 1) + 1 if is_old else wanted + 1
        page = await self._rest.candles(
            instrument, bitgets_name(bar), end_ms=end_ms, limit=limit, history=is_old
        )
        return [candle for candle in page if candle.open_ms < before_ms][:wanted]
