"""What REST tells of the gaps in a venue's stream: of outages, and of the time we were off.

It is kept as told by REST, apart from all sums: what the exchanges' REST lets through is not what
their streams do, and none says that it is whole.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import NamedTuple, Protocol

from tui_monitor.clock import DAY_MS, MINUTE_MS, Clock
from tui_monitor.errors import FeedError, RateLimited
from tui_monitor.feeds.plans import FeedPlan
from tui_monitor.feeds.told import OnEvent
from tui_monitor.model import Exchange, Heard, Instrument, Liquidation, Outage
from tui_monitor.store import Store

# What has just happened may not show yet (Bitget: "may be delayed").
ASK_AFTER_S = 30.0
LOOK_S = 5.0
TRIES = 5
AGAIN_S = 60.0
# Bitget keeps three days, OKX less.
REACH_MS = 3 * DAY_MS
# A sampled stream tells at the end of a second what was in it; clocks differ.
EDGE_MS = 2_000


class Past(Protocol):
    """The part of a feed that is needed here."""

    exchange: Exchange
    plan: FeedPlan

    def instrument(self, coin: str) -> Instrument | None:
        """The coin's perpetual."""


class Collector(Protocol):
    """Who takes what is found, and knows since when a venue is heard."""

    def add(self, event: Liquidation, received_ms: int, heard: Heard) -> None:
        """One event."""

    def heard_since(self, exchange: Exchange) -> int | None:
        """None: not yet."""


class Gap(NamedTuple):
    """Both ends are our time."""

    begin_ms: int
    end_ms: int


class LiquidationGaps:
    """Asks about each gap, once it is over. Where REST takes one coin at a time, about `coins`."""

    def __init__(
        self,
        feeds: Sequence[Past],
        store: Store,
        clock: Clock,
        on_event: OnEvent,
        *,
        collector: Collector,
        coins: Sequence[str],
    ) -> None:
        self._feeds = {feed.exchange: feed for feed in feeds if feed.plan.past_liquidations}
        self._store = store
        self._clock = clock
        self._on_event = on_event
        self._collector = collector
        self._coins = coins
        self._gaps: dict[Exchange, list[Gap]] = {name: [] for name in self._feeds}
        self._more = {name: asyncio.Event() for name in self._feeds}

    def note(self, outage: Outage) -> None:
        """A silence that is over."""
        if outage.exchange in self._gaps and outage.end_ms is not None:
            self._add(outage.exchange, Gap(outage.begin_ms, outage.end_ms))

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as tasks:
            for feed in self._feeds.values():
                tasks.create_task(self._keep(feed))
                tasks.create_task(self._note_absence(feed.exchange))
            await self._clock.sleep(float("inf"))

    def _add(self, exchange: Exchange, gap: Gap) -> None:
        self._gaps[exchange].append(gap)
        self._more[exchange].set()

    async def _note_absence(self, exchange: Exchange) -> None:
        """Since the last minute in which a run before this one heard the venue."""
        now_ms = self._clock.now_ms()
        begun_ms = now_ms - now_ms % MINUTE_MS
        minutes = await self._store.liquidation_minutes(now_ms - REACH_MS, begun_ms + MINUTE_MS)
        heard = [one.minute_ms for one in minutes if one.exchange is exchange and one.covered_ms]
        while (since_ms := self._collector.heard_since(exchange)) is None:
            await self._clock.sleep(LOOK_S)
        if heard:
            self._add(exchange, Gap(max(heard), since_ms))

    async def _keep(self, feed: Past) -> None:
        gaps, more = self._gaps[feed.exchange], self._more[feed.exchange]
        while True:
            await more.wait()
            await self._clock.sleep(ASK_AFTER_S)
            more.clear()
            wanted = list(gaps)
            gaps.clear()
            await self._ask(feed, wanted)

    async def _ask(self, feed: Past, gaps: Sequence[Gap]) -> None:
        for tries in range(TRIES):
            try:
                found = await self._read(feed, gaps)
            except FeedError as error:
                asked_s = error.retry_after_s if isinstance(error, RateLimited) else 0.0
                said = error.line()
                await self._clock.sleep(max(asked_s, AGAIN_S * 2**tries))
            else:
                if found:
                    text = f"REST told of {found} liquidations in {_lasted(gaps)} without a stream"
                    self._on_event("info", feed.exchange.value, text)
                return
        self._on_event("warning", feed.exchange.value, f"liquidations of a gap: {said}")

    async def _read(self, feed: Past, gaps: Sequence[Gap]) -> int:
        past = feed.plan.past_liquidations
        if past is None:
            return 0
        oldest_ms = self._clock.now_ms() - REACH_MS
        wide = [Gap(max(oldest_ms, gap.begin_ms - EDGE_MS), gap.end_ms + EDGE_MS) for gap in gaps]
        listed = [feed.instrument(coin) for coin in self._coins]
        instruments = [one for one in listed if one is not None]
        found = 0
        first_ms, last_ms = min(gap.begin_ms for gap in wide), max(gap.end_ms for gap in wide)
        async with aclosing(past(instruments, first_ms, last_ms)) as pages:
            async for page in pages:
                found += self._keep_page(page, wide)
        return found

    def _keep_page(self, page: Sequence[Liquidation], gaps: Sequence[Gap]) -> int:
        now_ms = self._clock.now_ms()
        inside = [
            event
            for event in page
            if any(gap.begin_ms <= event.exchange_ms <= gap.end_ms for gap in gaps)
        ]
        for event in inside:
            self._collector.add(event, now_ms, Heard.REST)
        return len(inside)


def _lasted(gaps: Sequence[Gap]) -> str:
    seconds = sum(max(0, gap.end_ms - gap.begin_ms) for gap in gaps) / 1_000
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
