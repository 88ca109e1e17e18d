"""What REST tells of a whole market at once, as first rows, polls and bridges ask for it."""

from collections.abc import Sequence
from typing import TypeVar

from tui_monitor.clock import Clock
from tui_monitor.feeds.binance.adapter import Keep
from tui_monitor.feeds.binance.rest import BinanceRest
from tui_monitor.model import Funding, MarkPrice, Ticker

E = TypeVar("E", Ticker, MarkPrice, Funding)

# The 24 h figures cost twenty times as much as the prices alone, and change slowly.
DAYS_EVERY_S = 20.0


class Snapshots:
    """One market's. `keep` says of which instruments: Binance tells of all that it lists.

    A FeedError of the request is the caller's to deal with.
    """

    def __init__(self, rest: BinanceRest, clock: Clock, keep: Keep) -> None:
        self.rest = rest
        self._clock = clock
        self._keep = keep
        self._days_s = float("-inf")
        self._books: list[Ticker] = []
        self._prices: list[Ticker] = []

    async def days(self) -> list[Ticker]:
        """Last prices and 24 h figures; on spot with the books."""
        self._days_s = self._clock.monotonic_s()
        return self._kept(await self.rest.tickers())

    async def tickers(self) -> list[Ticker]:
        """In place of a stream of tickers: prices, and now and then the 24 h figures as well."""
        if self._clock.monotonic_s() - self._days_s >= DAYS_EVERY_S:
            return await self.days()
        return await self.prices()

    async def prices(self) -> list[Ticker]:
        """Last prices; nothing at all if not one of them is new (see `_fresh`)."""
        before, self._prices = self._prices, self._kept(await self.rest.prices())
        return _fresh(before, self._prices)

    async def books(self) -> list[Ticker]:
        """Best bids and asks; nothing at all if not one of them is new (see `_fresh`)."""
        before, self._books = self._books, self._kept(await self.rest.books())
        return _fresh(before, self._books)

    async def marks(self) -> list[MarkPrice | Funding]:
        """Marks, indices, and the rates that settle next."""
        marks, fundings = await self.rest.marks()
        return [*self._kept(marks), *self._kept(fundings)]

    async def intervals(self) -> list[Funding]:
        """Hours between settlements, which no stream tells; the book learns them."""
        hours = await self.rest.funding_intervals()
        known = (self.rest.book.known(symbol) for symbol in hours)
        return [
            Funding(instrument=one, exchange_ms=None, interval_h=hours[one.symbol])
            for one in known
            if one is not None and self._keep(one)
        ]

    def _kept(self, events: Sequence[E]) -> list[E]:
        return [event for event in events if self._keep(event.instrument)]


def _fresh(before: list[Ticker], now: list[Ticker]) -> list[Ticker]:
    """An answer, or nothing where all of it was in the one before.

    Spot's rows have no time, so a cache that hangs would look new for ever. Among hundreds of
    books there is always one that moves: an answer without any change is no answer.
    """
    return [] if now == before else now
