"""Bybit's bars under our names for them, old ones and streamed ones."""

from collections.abc import Sequence

from tui_monitor.clock import MINUTE_MS, Clock
from tui_monitor.feeds.adapter import Event
from tui_monitor.feeds.bybit.adapter import BybitAdapter
from tui_monitor.feeds.bybit.rest import BybitRest
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.model import Candle, Instrument, Market

_MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60}
_HOUR = "1H"  # what the REST client calls it


def minutes_of(bar: str) -> int:
    """How long a bar of ours is, which is also Bybit's name for it; ValueError for others."""
    if bar not in _MINUTES:
        raise ValueError(f"no bars of {bar!r} here: {', '.join(_MINUTES)}")
    return _MINUTES[bar]


class BarsAdapter(BybitAdapter):
    """The stream protocol of bars of one length, which we call `bar`."""

    def __init__(self, book: InstrumentBook, market: Market, bar: str) -> None:
        super().__init__(book, market)
        self._bar = bar

    def decode(self, frame: bytes) -> Sequence[Event]:
        """One frame's events; every bar has our name."""
        events = super().decode(frame)
        for event in events:
            if isinstance(event, Candle):
                event.bar = self._bar
        return events


class BybitHistory:
    """A `plans.CandleSource`."""

    def __init__(self, rest: BybitRest, clock: Clock) -> None:
        self._rest = rest
        self._clock = clock

    async def candles(
        self,
        instrument: Instrument,
        bar: str,
        *,
        after_ms: int | None = None,
        limit: int = 300,
        history: bool = False,  # noqa: ARG002 - one endpoint has the new bars and the old ones
    ) -> list[Candle]:
        """Bars strictly older than `after_ms`, newest first, each known to be closed or not."""
        bar_ms = minutes_of(bar) * MINUTE_MS
        found = await self._rest.candles(
            instrument,
            _HOUR if bar == "1h" else bar,
            # Bybit's `end` is the last open that is given.
            end_ms=None if after_ms is None else after_ms - 1,
            limit=limit,
        )
        for candle in found:
            candle.bar = bar
            candle.closed = candle.open_ms + bar_ms <= self._clock.now_ms()
        return found
