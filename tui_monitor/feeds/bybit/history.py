"""Bybit's old bars, asked for as all exchanges' are: those before a time."""

from tui_monitor.feeds.bybit.rest import BybitRest
from tui_monitor.model import Candle, Instrument


class BybitHistory:
    """A `plans.CandleSource`."""

    def __init__(self, rest: BybitRest) -> None:
        self._rest = rest

    async def candles(
        self,
        instrument: Instrument,
        bar: str,
        *,
        after_ms: int | None = None,
        limit: int = 300,
        history: bool = False,  # noqa: ARG002 - one endpoint has the new bars and the old ones
    ) -> list[Candle]:
        """Bars strictly older than `after_ms`, newest first."""
        # Bybit's `end` is the last open that is given.
        end_ms = None if after_ms is None else after_ms - 1
        return await self._rest.candles(instrument, bar, end_ms=end_ms, limit=limit)
