"""Keeps the slots of today complete: captures each on the wall clock, then makes it true.

At a slot the last trades are written at once (provisional). Then the open of the bar that
begins at the slot is asked for and replaces them: a node is right seconds after its slot,
and a coin that failed is tried again for **its own** slot, never with a later price.
"""

import random
from collections.abc import Callable
from datetime import timedelta

from tui_monitor.boards.sum_curve import SLOT_TOLERANCE_MS
from tui_monitor.clock import SLOT_MS, slot_of
from tui_monitor.engine.history import SlotHistory
from tui_monitor.engine.pages import plan_pages
from tui_monitor.model import Hole, HoleState, PriceSource, SlotPrice

# Latest moment after a slot at which the last trades are captured.
JITTER_S = 2.0
# The wall clock may be set or the machine may sleep: look at it at least this often.
LOOK_S = 20.0
# After a slot: at once, then at these distances, until nothing is open.
SETTLE_DELAYS_S = (0.0, 3.0, 5.0, 10.0)
QUEUE_LIMIT = 2_000


class SlotKeeper:
    """The schedule of the sum curve."""

    def __init__(
        self,
        history: SlotHistory,
        *,
        fill_days: int,
        capture: Callable[[int], list[SlotPrice]],
        day_opens: Callable[[int], list[SlotPrice]],
        on_event: Callable[[str, str, str], None],
    ) -> None:
        self._store = history.store
        self._recorder = history.recorder
        self._fetcher = history.fetcher
        self._zone = history.zone
        self._clock = history.clock
        self._coins = history.coins
        self._fill_days = fill_days
        self._capture = capture
        self._day_opens = day_opens
        self._on_event = on_event
        # Slots whose bar had no trade yet when it was asked for.
        self._waiting = 0
        self.caught_up = False

    async def run(self) -> None:
        """For ever: fill what was missed while we were off, then keep up slot by slot."""
        await self._settle()
        self.caught_up = True
        while True:
            now = self._clock.now_ms()
            slot = slot_of(now) + SLOT_MS
            woken_for_slot = await self._sleep_until(slot, await self._next_try_ms(now))
            if woken_for_slot:
                await self._clock.sleep(random.uniform(0.2, JITTER_S))
                if abs(self._clock.now_ms() - slot) <= SLOT_TOLERANCE_MS:
                    await self._recorder.record(self._capture(slot))
            await self._settle()

    async def _sleep_until(self, slot_ms: int, try_ms: int | None) -> bool:
        """Sleep on the wall clock; True if the slot has come, False if only a retry is due."""
        while True:
            now = self._clock.now_ms()
            if now >= slot_ms:
                return True
            if try_ms is not None and now >= try_ms:
                return False
            until = slot_ms if try_ms is None else min(slot_ms, try_ms)
            await self._clock.sleep(min(LOOK_S, max(0.05, (until - now) / 1000)))

    async def _next_try_ms(self, now_ms: int) -> int | None:
        queue = await self._store.queue(now_ms + SLOT_MS, QUEUE_LIMIT)
        times = [hole.next_try_ms for hole in queue if hole.next_try_ms is not None]
        if self._waiting:
            times.append(now_ms + 60_000)
        return max(now_ms + 1_000, min(times)) if times else None

    async def _settle(self) -> None:
        """Ask for bars until every slot that has begun has its open, or is in the queue."""
        for delay_s in SETTLE_DELAYS_S:
            await self._clock.sleep(delay_s)
            await self._adopt_day_opens()
            wanted, known = await self._wanted()
            if not wanted:
                self._waiting = 0
                return
            pages = plan_pages(wanted, self._clock.now_ms())
            results = await self._fetcher.fetch_all(pages, known)
            self._waiting = sum(result.waiting for result in results)
            failed = {result.error for result in results if result.error}
            for text in sorted(failed):
                self._on_event("warning", "sum", f"candles: {text}")

    async def _adopt_day_opens(self) -> None:
        """Take the exchange's day open as today's base until the first bar's open is there."""
        day = self._zone.day_start_ms(self._zone.day_of(self._clock.now_ms()))
        bases = await self._store.prices(day, day + 1, self._coins)
        have = {row.coin for row in bases if row.source >= PriceSource.DAY_OPEN}
        await self._recorder.record([row for row in self._day_opens(day) if row.coin not in have])

    async def _wanted(self) -> tuple[dict[str, list[int]], dict[tuple[int, str], Hole]]:
        """Slots to ask for, by coin: the failed queue first, then what lacks its bar's open."""
        now = self._clock.now_ms()
        today = self._zone.day_of(now)
        start = self._zone.day_start_ms(today - timedelta(days=self._fill_days))
        end = slot_of(now) + 1
        prices = await self._store.prices(start, end, self._coins)
        settled = {
            (row.slot_ms, row.coin) for row in prices if row.source is not PriceSource.TICKER
        }
        holes = await self._store.holes(start, end, QUEUE_LIMIT)
        queue = await self._store.queue(now, QUEUE_LIMIT)
        known = {(hole.slot_ms, hole.coin): hole for hole in [*holes, *queue]}
        given_up = {
            key
            for key, hole in known.items()
            if hole.state is HoleState.UNOBTAINABLE
            or (hole.next_try_ms is not None and hole.next_try_ms > now)
        }
        wanted: dict[str, list[int]] = {}
        for hole in queue:
            wanted.setdefault(hole.coin, []).append(hole.slot_ms)
        for coin in self._coins:
            for slot in range(start, end, SLOT_MS):
                if (slot, coin) not in settled and (slot, coin) not in given_up:
                    wanted.setdefault(coin, []).append(slot)
        return wanted, known
