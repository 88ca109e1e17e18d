"""Which part of an exchange's accounts is long: of the most traded perpetuals, now and then."""

import asyncio
import logging
from collections.abc import Sequence

from tui_monitor import config
from tui_monitor.clock import Clock
from tui_monitor.engine.fundings import Perps
from tui_monitor.engine.perps import AFTER_ERROR_S, most_traded, pause_s
from tui_monitor.errors import FeedError, Rejected, StoreError
from tui_monitor.feeds import plans
from tui_monitor.feeds.told import OnEvent
from tui_monitor.market import MarketState
from tui_monitor.model import AccountRatio, Exchange
from tui_monitor.store import Store

log = logging.getLogger(__name__)

EVERY_S = 1.0
LOOK_S = 20.0
# What is known is written now and then during a round, so that the board need not wait for all.
ROWS_A_WRITE = 20


class AccountRatios:
    """Asks the exchanges that tell, one perpetual after the other, and keeps the answers."""

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
        self._top = settings.ratios_top
        self._every_s = settings.ratios_every_min * 60
        self._on_event = on_event
        self._known: dict[Exchange, set[str]] = {}
        self._errors: dict[Exchange, str] = {}

    async def run(self) -> None:
        """For ever: one task an exchange that tells."""
        async with asyncio.TaskGroup() as tasks:
            for feed in self._feeds:
                if feed.plan.account_ratio is not None and self._top:
                    tasks.create_task(self._keep(feed, feed.plan.account_ratio))

    def known(self, exchange: Exchange) -> int:
        """Of how many perpetuals a ratio was told."""
        return len(self._known.get(exchange, ()))

    def error(self, exchange: Exchange) -> str:
        """Why the last request failed; "" where it did not."""
        return self._errors.get(exchange, "")

    async def _keep(self, feed: Perps, ask: plans.AccountRatios) -> None:
        while True:
            begun_s = self._clock.monotonic_s()
            if not feed.listed or not await self._round(feed, ask):
                await self._clock.sleep(LOOK_S)
                continue
            took_s = self._clock.monotonic_s() - begun_s
            await self._clock.sleep(max(LOOK_S, self._every_s - took_s))

    async def _round(self, feed: Perps, ask: plans.AccountRatios) -> bool:
        """Each of them once; False where there is nothing to ask about yet."""
        wanted = most_traded(feed, self._market, self._top)
        found: list[AccountRatio] = []
        for one in wanted:
            try:
                ratio = await ask(one)
            except FeedError as error:
                self._tell_error(feed.exchange, error)
                await self._clock.sleep(pause_s(error, EVERY_S))
            else:
                self._errors.pop(feed.exchange, None)
                found += [] if ratio is None else [ratio]
            if len(found) >= ROWS_A_WRITE:
                await self._write(found)
                found = []
            await self._clock.sleep(max(EVERY_S, feed.plan.paused_s()))
        await self._write(found)
        return bool(wanted)

    async def _write(self, ratios: Sequence[AccountRatio]) -> None:
        if not ratios:
            return
        try:
            await self._store.record_ratios(ratios)
        except StoreError as error:
            # The recorder shows the reason: both write to the same file.
            log.warning("account ratios are not recorded: %s", error.line())
            self._store.give_up(len(ratios))
            await self._clock.sleep(AFTER_ERROR_S)
            return
        for one in ratios:
            self._known.setdefault(one.exchange, set()).add(one.symbol)

    def _tell_error(self, exchange: Exchange, error: FeedError) -> None:
        """Said once until something succeeds; what one symbol is refused is not said."""
        if isinstance(error, Rejected):
            log.info("account ratio of %s: %s", exchange, error.line())
        elif exchange not in self._errors:
            self._on_event("warning", exchange.value, f"account ratios: {error.line()}")
            self._errors[exchange] = error.line()
