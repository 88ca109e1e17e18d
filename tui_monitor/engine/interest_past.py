"""What exchanges themselves remember of open interest: the last day of the most traded.

Asked for slowly, once after a start and where samples of ours are missing since. Nothing of it
replaces a sample of ours.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import aclosing
from typing import NamedTuple

from msgspec import Struct

from tui_monitor import config
from tui_monitor.boards.open_interest.jumps import steps_of
from tui_monitor.boards.open_interest.now import Perp
from tui_monitor.clock import DAY_MS, Clock
from tui_monitor.engine.fundings import Perps
from tui_monitor.engine.perps import AFTER_ERROR_S, most_traded, pause_s
from tui_monitor.errors import FeedError, RateLimited, StoreError
from tui_monitor.feeds.plans import PastInterest
from tui_monitor.feeds.told import OnEvent
from tui_monitor.market import MarketState
from tui_monitor.model import (
    MARK_MS,
    Exchange,
    Instrument,
    InterestSample,
    InterestSource,
    OpenInterest,
)
from tui_monitor.store import Store

log = logging.getLogger(__name__)

NO_RECORD = "it publishes no record of open interest"
ITS_LIMIT = "the exchange wants to be left alone"
EVERY_S = 1.0
LOOK_S = 20.0
# Before it is known what is traded most.
FIRST_LOOK_S = 2.0
# A record shows a mark some time after it.
LAG_MS = 2 * MARK_MS
# The windows begin near a mark, not at it.
REACH_MS = DAY_MS + 2 * MARK_MS


class Missing(NamedTuple):
    """The marks of a perpetual's last day that are not here, of those up to `end_ms`."""

    known: list[InterestSample]
    marks: list[int]
    end_ms: int


class Reading(Struct):
    """How far the histories that an exchange is asked for now are: `wanted`, of which `read`.

    Until `until_s` (monotonic) it is left alone first, for the reason `waits_for`.
    """

    wanted: int = 0
    read: int = 0
    until_s: float = 0.0
    waits_for: str = ""


class PastInterests:
    """Fills the last day of each exchange's most traded perpetuals."""

    def __init__(
        self,
        feeds: Sequence[Perps],
        store: Store,
        market: MarketState,
        clock: Clock,
        settings: config.OpenInterest,
        on_event: OnEvent,
    ) -> None:
        self._feeds = feeds
        self._store = store
        self._market = market
        self._clock = clock
        self._top = settings.history_top
        self._on_event = on_event
        self._asked: dict[Perp, int] = {}
        self._gaps: dict[Perp, int] = {}
        self._errors: dict[Exchange, str] = {}
        self._told: set[Exchange] = set()
        self._readings = {feed.exchange: Reading() for feed in feeds}

    async def run(self) -> None:
        """For ever: one task an exchange that has a record."""
        async with asyncio.TaskGroup() as tasks:
            for feed in self._feeds:
                if feed.plan.past_interest is not None:
                    tasks.create_task(self._keep(feed, feed.plan.past_interest))

    def note_gap(self, perp: Perp, until_ms: int) -> None:
        """Samples of ours are missing before a mark: they are asked for when a record has them."""
        self._gaps[perp] = until_ms + LAG_MS

    def wanted(self, feed: Perps) -> list[Instrument]:
        """Those that are asked about; none where there is no record."""
        if feed.plan.past_interest is None or not feed.listed:
            return []
        return most_traded(feed, self._market, self._top)

    def asked(self, wanted: Iterable[Instrument]) -> int:
        """How many of these were."""
        return sum((one.exchange, one.symbol) in self._asked for one in wanted)

    def reading(self, exchange: Exchange) -> Reading:
        """What it is being asked for: nothing where all is here."""
        return self._readings[exchange]

    def error(self, exchange: Exchange) -> str:
        """Why the last request failed; "" where it did not."""
        return self._errors.get(exchange, "")

    async def _keep(self, feed: Perps, record: PastInterest) -> None:
        while True:
            wanted = self.wanted(feed)
            due = [one for one in wanted if self._is_due((one.exchange, one.symbol))]
            if due:
                await self._read_all(feed, record, due)
            elif wanted:
                self._tell_complete(feed.exchange, len(wanted))
            await self._clock.sleep(LOOK_S if wanted else FIRST_LOOK_S)

    async def _read_all(self, feed: Perps, record: PastInterest, due: list[Instrument]) -> None:
        """Ask for the histories of those that have some missing; what is stored needs no asking."""
        reading = self._readings[feed.exchange]
        try:
            wanted = [one for one in due if not await self._is_whole(one)]
        except StoreError as error:
            log.warning("open interest of %s can't be read: %s", feed.exchange, error.line())
            return
        reading.wanted, reading.read = len(wanted), 0
        for one in wanted:
            reading.read += await self._fill(one, record)
            if (paused_s := feed.plan.paused_s()) > 0:
                await self._wait(feed.exchange, paused_s, ITS_LIMIT)
        if reading.read == reading.wanted:
            reading.wanted = reading.read = 0

    async def _wait(self, exchange: Exchange, seconds: float, why: str) -> None:
        reading = self._readings[exchange]
        reading.until_s, reading.waits_for = self._clock.monotonic_s() + seconds, why
        await self._clock.sleep(seconds)
        reading.until_s, reading.waits_for = 0.0, ""

    def _is_due(self, perp: Perp) -> bool:
        due_ms = self._gaps.get(perp)
        gap_is_due = due_ms is not None and due_ms <= self._clock.now_ms()
        return perp not in self._asked or gap_is_due

    async def _is_whole(self, one: Instrument) -> bool:
        """Whether all that a record should have is here; it is noted then."""
        missing = await self._missing(one)
        if not missing.marks:
            self._note_asked((one.exchange, one.symbol), missing.end_ms)
        return not missing.marks

    async def _fill(self, one: Instrument, record: PastInterest) -> bool:
        """Ask for what is missing of a perpetual; whether that is done with."""
        perp = (one.exchange, one.symbol)
        try:
            until_ms = await self._fill_span(one, record)
        except FeedError as error:
            self._tell_error(one.exchange, error)
            rest_s = pause_s(error, EVERY_S)
            why = ITS_LIMIT if isinstance(error, RateLimited) else error.line()
            await self._wait(one.exchange, rest_s, why)
            if rest_s > EVERY_S:
                return False  # the exchange, not this perpetual: it stays due
            until_ms = self._end_ms()
        except StoreError as error:
            # The recorder shows the reason: both write to the same file.
            log.warning("open interest of %s is not recorded: %s", one.symbol, error.line())
            await self._wait(one.exchange, AFTER_ERROR_S, error.line())
            return False
        else:
            self._errors.pop(one.exchange, None)
        self._note_asked(perp, until_ms)
        return True

    def _note_asked(self, perp: Perp, until_ms: int) -> None:
        self._asked[perp] = until_ms
        if self._gaps.get(perp, 0) <= self._clock.now_ms():
            self._gaps.pop(perp, None)

    def _end_ms(self) -> int:
        """The last mark that a record should have."""
        return (self._clock.now_ms() - LAG_MS) // MARK_MS * MARK_MS

    async def _missing(self, one: Instrument) -> Missing:
        end_ms = self._end_ms()
        start_ms = max(end_ms - REACH_MS, self._asked.get((one.exchange, one.symbol), 0))
        known = await self._store.symbol_interest(
            one.exchange, one.symbol, start_ms, self._clock.now_ms() + 1
        )
        have = {sample.at_ms for sample in known}
        first_ms = -(-start_ms // MARK_MS) * MARK_MS
        marks = [ms for ms in range(first_ms, end_ms + 1, MARK_MS) if ms not in have]
        return Missing(known, marks, end_ms)

    async def _fill_span(self, one: Instrument, record: PastInterest) -> int:
        """Ask for what is missing; gives up to which mark all is here that can be had."""
        known, marks, end_ms = await self._missing(one)
        if not marks:
            return end_ms
        rows = await self._read(one, record, marks[0], marks[-1])
        found = _samples(one, rows, frozenset(marks))
        if found:
            await self._store.record_interest(found)
            merged = sorted([*known, *found], key=lambda sample: sample.at_ms)
            span = (merged[0].at_ms, merged[-1].at_ms)
            await self._store.replace_steps(one.exchange, one.symbol, span, steps_of(merged))
        return end_ms

    async def _read(
        self, one: Instrument, record: PastInterest, start_ms: int, end_ms: int
    ) -> list[OpenInterest]:
        rows: list[OpenInterest] = []
        async with aclosing(record(one, start_ms, end_ms)) as pages:
            async for page in pages:
                rows += page
                # After the last page the pause is that before the next perpetual.
                await self._clock.sleep(EVERY_S)
        return rows

    def _tell_error(self, exchange: Exchange, error: FeedError) -> None:
        """Said once until something succeeds."""
        if exchange not in self._errors:
            text = f"its record of open interest: {error.line()}"
            self._on_event("warning", exchange.value, text)
        self._errors[exchange] = error.line()

    def _tell_complete(self, exchange: Exchange, perps: int) -> None:
        if exchange not in self._told and exchange not in self._errors:
            self._told.add(exchange)
            self._on_event("info", exchange.value, f"open interest of {perps} perpetuals is here")


def _samples(
    one: Instrument, rows: Sequence[OpenInterest], wanted: frozenset[int]
) -> list[InterestSample]:
    """Those of the wanted marks, each once."""
    found: dict[int, InterestSample] = {}
    for row in rows:
        at_ms, coins, usd = row.exchange_ms, row.open_interest_coins, row.open_interest_usd
        if at_ms in wanted and coins is not None:
            found[at_ms] = InterestSample(
                exchange=one.exchange,
                symbol=one.symbol,
                coin=one.coin,
                at_ms=at_ms,
                coins=coins,
                price=usd / coins if usd and coins else None,
                source=InterestSource.HISTORY,
            )
    return list(found.values())
