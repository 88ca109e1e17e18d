"""Binance's old bars: each market is asked at its own host."""

from collections.abc import Mapping

from tui_monitor.feeds.binance.rest import BinanceRest
from tui_monitor.model import Candle, Instrument, Market


class BinanceHistory:
    """A `plans.CandleSource`."""

    def __init__(self, rests: Mapping[Market, BinanceRest]) -> None:
        self._rests = rests

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
        rest = self._rests[instrument.market]
        return await rest.candles(instrument, bar, after_ms=after_ms, limit=limit)
