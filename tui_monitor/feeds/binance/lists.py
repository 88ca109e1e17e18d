"""Binance's two lists of instruments. Spot's needs the futures': it marks no tokenised stock."""

import asyncio
from collections.abc import Sequence

from tui_monitor.errors import FeedError
from tui_monitor.feeds.binance.rest import BinanceRest
from tui_monitor.model import Instrument

# Both are asked for at the same moment, and nobody waits longer than 3 s for a list.
_PATIENCE_S = 1.5


class Lists:
    """Reads both; `spot` waits a moment for a `futures` that is on its way."""

    def __init__(self, futures: BinanceRest, spot: BinanceRest, *, both: bool) -> None:
        """`both`: somebody asks for the futures' list anyway."""
        self._futures = futures
        self._spot = spot
        self._both = both
        self._read = asyncio.Event()

    async def futures(self) -> Sequence[Instrument]:
        """The perpetuals."""
        found = await self._futures.instruments()
        self._read.set()
        return found

    async def spot(self) -> Sequence[Instrument]:
        """The pairs; with the tokenised stocks among them while `lacks_stocks`."""
        if not self._read.is_set():
            await self._learn_stocks()
        return await self._spot.instruments(self._futures.stocks)

    def lacks_stocks(self) -> bool:
        """Whether the futures' list, which tells stocks from coins, was never read."""
        return not self._read.is_set()

    async def _learn_stocks(self) -> None:
        try:
            if self._both:
                async with asyncio.timeout(_PATIENCE_S):
                    await self._read.wait()
            else:
                await self.futures()
        except (TimeoutError, FeedError):
            # A list with a few stocks is worth more than none; soon it is asked for again.
            return
