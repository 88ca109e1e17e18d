"""Settled funding: a month of it at the start, and whatever settles from then on.

An exchange is asked slowly, one page every few seconds, the watched coins first and then what is
traded most. What is stored is not asked for again.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Protocol

from msgspec import Struct

from tui_monitor.boards.funding import FundingPast
from tui_monitor.boards.funding.intervals import IntervalWatch, last_settlement_ms
from tui_monitor.clock import DAY_MS, MINUTE_MS, Clock
from tui_monitor.errors import FeedError, RateLimited, StoreError, Unreachable
from tui_monitor.feeds.plans import FeedPlan
from tui_monitor.feeds.told import OnEvent
from tui_monitor.market import Key, MarketState
from tui_monitor.model import (
    Exchange,
    Funding,
    FundingSpan,
    Instrument,
    Market,
    PaidFunding,
    Settlement,
)
from tui_monitor.store import Store

log = logging.getLogger(__name__)

HOUR_MS = 60 * MINUTE_MS
FIRST_DAYS = 30
# OKX keeps three months. What is older than this is not filled: a new span begins.
REACH_DAYS = 80
EVERY_S = 2.5
LOOK_S = 15.0
# A settlement shows in the history some time after it.
AFTER_SETTLEMENT_MS = MINUTE_MS
TRY_AGAIN_MS = 5 * MINUTE_MS
LONGEST_WAIT_MS = HOUR_MS
AFTER_ERROR_S = 30.0
# Where nobody tells when it settles.
UNKNOWN_EVERY_MS = HOUR_MS
PAID_EVERY_S = 30.0
PAID_SOONEST_S = 5.0


class Perps(Protocol):
    """The part of a feed that is needed here."""

    exchange: Exchange
    plan: FeedPlan

    @property
    def listed(self) -> bool:
        """Whether its lists of instruments are known."""

    def instruments(self, market: Market) -> list[Instrument]:
        """The live ones of a market."""


class _Past(Struct):
    """What is known of one perpetual's history: its span, and when it may be asked about again."""

    first_ms: int | None = None
    last_ms: int | None = None
    asked_ms: int = 0
    not_before_ms: int = 0
    misses: int = 0


class _Ended(Struct):
    """How an exchange's history is doing."""

    error: str = ""
    complete: bool = False


class Fundings:
    """Backfills settled funding of all live perpetuals and keeps it up to date."""

    def __init__(
        self,
        feeds: Sequence[Perps],
        store: Store,
        market: MarketState,
        clock: Clock,
        on_event: OnEvent,
        *,
        first_coins: Sequence[str] = (),
    ) -> None:
        self._feeds = {feed.exchange: feed for feed in feeds}
        self._store = store
        self._market = market
        self._clock = clock
        self._on_event = on_event
        self._first = {coin: place for place, coin in enumerate(first_coins)}
        self._pasts: dict[Key, _Past] = {}
        self._ended = {exchange: _Ended() for exchange in self._feeds}
        self._revision = 0
        self._paid: Mapping[Key, PaidFunding] = {}
        self._paid_of: tuple[int, float] | None = None
        self._reading = asyncio.Lock()
        self.intervals = IntervalWatch()

    async def run(self) -> None:
        """For ever: one task an exchange, and one that watches the intervals."""
        self._pasts = {
            (span.exchange, span.market, span.symbol): _Past(span.first_ms, span.last_ms)
            for span in await self._store.funding_spans()
        }
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_intervals())
            for feed in self._feeds.values():
                tasks.create_task(self._keep(feed))

    async def paid(self) -> Mapping[Key, PaidFunding]:
        """What each perpetual settled lately; read again when there is more, but not too often."""
        async with self._reading:
            now_s = self._clock.monotonic_s()
            if self._paid_of is not None:
                revision, read_s = self._paid_of
                soonest_s = PAID_EVERY_S if revision == self._revision else PAID_SOONEST_S
                if now_s - read_s < soonest_s:
                    return self._paid
            revision = self._revision
            found = await self._store.paid_funding(self._clock.now_ms())
            await asyncio.sleep(0)
            self._paid = {paid.key: paid for paid in found}
            self._paid_of = (revision, now_s)
            return self._paid

    def past(self) -> list[FundingPast]:
        """How far each exchange's history is."""
        now_ms = self._clock.now_ms()
        found = []
        for exchange, feed in self._feeds.items():
            perps = feed.instruments(Market.PERP)
            pasts = [self._pasts.get(one.key) for one in perps]
            found.append(
                FundingPast(
                    exchange=exchange,
                    perps=len(perps),
                    asked=sum(past is not None and past.last_ms is not None for past in pasts),
                    due=sum(self._is_due(one, now_ms) for one in perps),
                    error=self._ended[exchange].error,
                )
            )
        return found

    async def _watch_intervals(self) -> None:
        cursor = 0
        while True:
            rows = self._market.changed_since(cursor)
            cursor = self._market.revision
            for change in self.intervals.look(rows, self._clock.now_ms()):
                self._on_event("info", change.key[0].value, change.text)
            await self._clock.sleep(LOOK_S)

    async def _keep(self, feed: Perps) -> None:
        while True:
            due = self._due(feed)
            if due:
                await self._ask(feed, due[0])
            else:
                if feed.listed:
                    self._tell_complete(feed.exchange)
                await self._clock.sleep(LOOK_S)
            await self._clock.sleep(feed.plan.paused_s())

    def _due(self, feed: Perps) -> list[Instrument]:
        """What is to be asked about now, the most wanted first."""
        now_ms = self._clock.now_ms()
        due = [one for one in feed.instruments(Market.PERP) if self._is_due(one, now_ms)]
        return sorted(due, key=self._place)

    def _place(self, one: Instrument) -> tuple[int, float, str]:
        row = self._market.row(one.key)
        turnover = (row.turnover_24h_usd if row else None) or 0.0
        return (self._first.get(one.coin, len(self._first)), -turnover, one.symbol)

    def _is_due(self, one: Instrument, now_ms: int) -> bool:
        """Whether something has settled that is not stored, as far as anybody can tell."""
        past = self._pasts.get(one.key)
        if past is None:
            return True
        if now_ms < past.not_before_ms:
            return False
        if past.last_ms is None:
            return True
        row = self._market.row(one.key)
        settled_ms = last_settlement_ms(row, now_ms - AFTER_SETTLEMENT_MS) if row else None
        if settled_ms is None:
            return now_ms - max(past.asked_ms, past.last_ms) >= UNKNOWN_EVERY_MS
        return settled_ms > past.last_ms

    async def _ask(self, feed: Perps, one: Instrument) -> None:
        past = self._pasts.setdefault(one.key, _Past())
        now_ms = self._clock.now_ms()
        first_ms, start_ms = _range(past, now_ms)
        try:
            rows = await self._read(feed, one, start_ms, now_ms)
            if rows:
                span = _span(one, first_ms, rows)
                await self._store.record_funding([_settlement(row) for row in rows], [span])
                past.first_ms, past.last_ms = span.first_ms, span.last_ms
                self._revision += 1
        except FeedError as error:
            self._tell_error(feed.exchange, error)
            _miss(past, now_ms)
            await self._clock.sleep(_pause_s(error))
        except StoreError as error:
            # The recorder shows the reason: both write to the same file.
            log.warning("settled funding of %s is not recorded: %s", one.symbol, error.line())
            await self._clock.sleep(AFTER_ERROR_S)
        else:
            self._ended[feed.exchange].error = ""
            past.asked_ms = now_ms
            if rows:
                past.misses = 0
            else:
                _miss(past, now_ms)  # a listing that settled nothing yet, or a late publisher

    async def _read(
        self, feed: Perps, one: Instrument, start_ms: int, end_ms: int
    ) -> list[Funding]:
        rows: list[Funding] = []
        async with aclosing(feed.plan.settled(one, start_ms, end_ms)) as pages:
            async for page in pages:
                rows += page
                # After the last page the pause is that before the next symbol.
                await self._clock.sleep(EVERY_S)
        return rows

    def _tell_error(self, exchange: Exchange, error: FeedError) -> None:
        """Said once until something succeeds."""
        if not self._ended[exchange].error:
            self._on_event("warning", exchange.value, f"settled funding: {error.line()}")
        self._ended[exchange].error = error.line()

    def _tell_complete(self, exchange: Exchange) -> None:
        ended = self._ended[exchange]
        if ended.complete or ended.error:
            return
        ended.complete = True
        perps = len(self._feeds[exchange].instruments(Market.PERP))
        self._on_event("info", exchange.value, f"settled funding of {perps} perpetuals is here")


def _range(past: _Past, now_ms: int) -> tuple[int, int]:
    """Where the span begins after this request, and where the request begins."""
    if past.first_ms is None or past.last_ms is None or past.last_ms < now_ms - REACH_DAYS * DAY_MS:
        start_ms = now_ms - FIRST_DAYS * DAY_MS
        return start_ms, start_ms
    return past.first_ms, past.last_ms + 1


def _miss(past: _Past, now_ms: int) -> None:
    """Nothing came: later again, each time after twice as long."""
    past.not_before_ms = now_ms + min(TRY_AGAIN_MS * 2**past.misses, LONGEST_WAIT_MS)
    past.misses = min(past.misses + 1, 10)


def _pause_s(error: FeedError) -> float:
    """What one symbol is refused says nothing of the others."""
    if isinstance(error, RateLimited):
        return max(EVERY_S, error.retry_after_s)
    return AFTER_ERROR_S if isinstance(error, Unreachable) else EVERY_S


def _span(one: Instrument, first_ms: int, rows: Sequence[Funding]) -> FundingSpan:
    """Up to the newest settlement: one that has happened since may not show yet."""
    return FundingSpan(
        exchange=one.exchange,
        market=one.market,
        symbol=one.symbol,
        coin=one.coin,
        first_ms=first_ms,
        last_ms=max(row.settled_ms or 0 for row in rows),
    )


def _settlement(row: Funding) -> Settlement:
    if row.settled_ms is None or row.settled_rate is None:
        raise ValueError(f"{row.instrument.symbol}: no settlement")
    return Settlement(
        exchange=row.instrument.exchange,
        market=row.instrument.market,
        symbol=row.instrument.symbol,
        coin=row.instrument.coin,
        settled_ms=row.settled_ms,
        rate=row.settled_rate,
    )
