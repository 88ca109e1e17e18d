"""Bars as they form, and closed: Bitget does not say that a bar is closed, its successor does."""

from collections.abc import Sequence

import msgspec

from tui_monitor.feeds.adapter import Event
from tui_monitor.feeds.bitget.adapter import BitgetAdapter
from tui_monitor.feeds.instruments import Books
from tui_monitor.model import Candle, Market

# A new subscription repeats a hundred bars; more than a few can't have closed while a socket was
# replaced, and what is older is for the history to tell.
KEPT = 4


class BarsAdapter(BitgetAdapter):
    """The stream protocol of bars of one length, which we call `bar`."""

    def __init__(self, books: Books, market: Market, bar: str) -> None:
        super().__init__(books, market)
        self._bar = bar
        self._forming: dict[str, Candle] = {}

    def decode(self, frame: bytes) -> Sequence[Event]:
        """As all adapters; a bar that is followed by another comes once more, closed."""
        events = super().decode(frame)
        bars = [event for event in events if isinstance(event, Candle)]
        if not bars:
            return events
        others = [event for event in events if not isinstance(event, Candle)]
        bars.sort(key=lambda candle: candle.open_ms)
        return others + [told for candle in bars[-KEPT:] for told in self._follow(candle)]

    def _follow(self, candle: Candle) -> list[Candle]:
        symbol = candle.instrument.symbol
        before = self._forming.get(symbol)
        candle.bar = self._bar
        if before is not None and before.open_ms > candle.open_ms:
            candle.closed = True
            return [candle]
        candle.closed = False
        self._forming[symbol] = candle
        if before is None or before.open_ms == candle.open_ms:
            return [candle]
        # Not changed: whoever got it as forming may still hold it.
        return [msgspec.structs.replace(before, closed=True), candle]
