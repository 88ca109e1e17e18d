"""Open interest: a sample of every live perpetual at each five minutes, and what came before.

The market's rows have it already, by stream or by round; here it is only put down. A sample that
is too different from the one before is noted as a step: the board judges what it was.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence

from tui_monitor import config
from tui_monitor.boards.open_interest import InterestPast
from tui_monitor.boards.open_interest.jumps import is_step, step_between
from tui_monitor.boards.open_interest.now import Perp, sample_of
from tui_monitor.clock import SECOND_MS, Clock
from tui_monitor.engine.account_ratios import AccountRatios
from tui_monitor.engine.fundings import Perps
from tui_monitor.engine.interest_past import NO_RECORD, PastInterests
from tui_monitor.errors import StoreError
from tui_monitor.feeds.told import OnEvent
from tui_monitor.market import MarketState
from tui_monitor.model import MARK_MS, InterestSample, InterestStep, Market
from tui_monitor.steps import Steps, at_once, gathered
from tui_monitor.store import Store

log = logging.getLogger(__name__)

# Later than this after a mark, what is known is not of the mark any more.
LATEST_MS = 60 * SECOND_MS
# One transaction of some milliseconds; others write between two.
ROWS_A_WRITE = 300


class Interests:
    """Samples open interest, fills what exchanges remember, and asks who is long."""

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
        self._lasts: dict[Perp, InterestSample] = {}
        self._records = PastInterests(feeds, store, market, clock, settings, on_event)
        self._ratios = AccountRatios(feeds, store, market, clock, settings, on_event)

    async def run(self) -> None:
        """For ever."""
        await self._remember()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep())
            tasks.create_task(self._records.run())
            tasks.create_task(self._ratios.run())

    def past(self) -> list[InterestPast]:
        """How far each exchange's own record is here, and how many ratios are."""
        return at_once(self.past_steps())

    def past_steps(self) -> Steps[list[InterestPast]]:
        """The same, one exchange at a time."""
        return gathered(map(self._past, self._feeds), 1)

    def _past(self, feed: Perps) -> InterestPast:
        reading = self._records.reading(feed.exchange)
        perps, wanted = feed.instruments(Market.PERP), self._records.wanted(feed)
        return InterestPast(
            exchange=feed.exchange,
            listed=feed.listed or bool(perps),
            perps=len(perps),
            wanted=len(wanted),
            asked=self._records.asked(wanted),
            reading=reading.wanted,
            read=reading.read,
            wait_s=max(0.0, reading.until_s - self._clock.monotonic_s()),
            waits_for=reading.waits_for,
            ratios=self._ratios.known(feed.exchange),
            note="" if feed.plan.past_interest else NO_RECORD,
            error=self._records.error(feed.exchange) or self._ratios.error(feed.exchange),
        )

    async def sample(self, mark_ms: int) -> int:
        """Put down what is known now as of a mark; gives how many perpetuals that is."""
        now_s = self._clock.monotonic_s()
        watched = frozenset(feed.exchange for feed in self._feeds)
        rows = (row for row in self._market.rows() if row.instrument.exchange in watched)
        found = [one for row in rows if (one := sample_of(row, mark_ms, now_s)) is not None]
        for begin in range(0, len(found), ROWS_A_WRITE):
            some = found[begin : begin + ROWS_A_WRITE]
            try:
                await self._store.record_interest(some, self._steps(some))
            except StoreError:
                self._store.give_up(len(found) - begin)
                raise
            self._note(some)
        return len(found)

    async def _keep(self) -> None:
        while True:
            now_ms = self._clock.now_ms()
            await self._clock.sleep((MARK_MS - now_ms % MARK_MS) / SECOND_MS)
            mark_ms = round(self._clock.now_ms() / MARK_MS) * MARK_MS
            if not 0 <= self._clock.now_ms() - mark_ms <= LATEST_MS:
                continue  # a standstill: the exchanges' records fill it
            try:
                await self.sample(mark_ms)
            except StoreError as error:
                # The recorder shows the reason: both write to the same file.
                log.warning("open interest is not recorded: %s", error.line())

    async def _remember(self) -> None:
        """What the last run sampled last, to compare the first sample of this one with."""
        last_ms = self._clock.now_ms() // MARK_MS * MARK_MS
        for one in await self._store.interest_near(last_ms, MARK_MS):
            self._lasts[one.exchange, one.symbol] = one

    def _steps(self, samples: Iterable[InterestSample]) -> list[InterestStep]:
        pairs = ((self._lasts.get((one.exchange, one.symbol)), one) for one in samples)
        return [
            step_between(then, now)
            for then, now in pairs
            if then is not None and is_step(then, now)
        ]

    def _note(self, samples: Iterable[InterestSample]) -> None:
        for one in samples:
            perp = (one.exchange, one.symbol)
            last = self._lasts.get(perp)
            if last is None or one.at_ms - last.at_ms > MARK_MS:
                self._records.note_gap(perp, one.at_ms)
            self._lasts[perp] = one
