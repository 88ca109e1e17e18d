"""When funding is settled, and how often: tickers tell the rate alone, but sooner."""

import msgspec

from tui_monitor.feeds.bitget.rest import BitgetRest
from tui_monitor.model import Funding, Market, MarketEvent


class FundingTerms:
    """The answer of all funding rates, and the tickers that are completed by the last of it.

    A ticker is nearly always later than that answer, and what is late is no news: on its own the
    answer would reach a row by luck only. So the interval goes into the instrument, whose every
    message says it, and the next settlement into each snapshot.
    """

    def __init__(self, rest: BitgetRest) -> None:
        self._rest = rest
        self._book = rest.books[Market.PERP]
        self._next_ms: dict[str, int] = {}

    async def ask(self) -> list[Funding]:
        """Rate, interval and next settlement of all."""
        found = await self._rest.funding_rates()
        self._next_ms = {
            one.instrument.symbol: one.next_settlement_ms
            for one in found
            if one.next_settlement_ms is not None
        }
        for one in found:
            self._teach(one)
        return found

    def _teach(self, told: Funding) -> None:
        hours, known = told.interval_h, self._book.known(told.instrument.symbol)
        if known is not None and hours is not None and hours != known.funding_interval_h:
            told.instrument = msgspec.structs.replace(known, funding_interval_h=hours)
            self._book.learn([told.instrument])

    async def snapshot(self) -> list[MarketEvent]:
        """Everything that one request tells of the perpetuals."""
        events = await self._rest.snapshot(Market.PERP)
        for event in events:
            if isinstance(event, Funding) and event.next_settlement_ms is None:
                self._complete(event)
        return events

    def _complete(self, told: Funding) -> None:
        next_ms = self._next_ms.get(told.instrument.symbol)
        if next_ms is not None and (told.exchange_ms or 0) < next_ms:
            told.next_settlement_ms = next_ms
