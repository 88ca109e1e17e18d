"""What is kept for a time only leaves by its age, and by the size of the file where that is set.

Rows go a few at a time, with a pause for other writes between; their room goes back to the file
system the same way. What is kept for good is never touched, however big the file is.
"""

import logging
from collections.abc import Mapping
from operator import itemgetter

from tui_monitor import config
from tui_monitor.clock import DAY_MS, MINUTE_MS, Clock
from tui_monitor.errors import StoreError
from tui_monitor.feeds.told import OnEvent
from tui_monitor.store import Store
from tui_monitor.store.retention import KEPT, Kept, Room

log = logging.getLogger(__name__)

HOUR_MS = 60 * MINUTE_MS
# Others write between two removals; one takes some milliseconds.
PAUSE_S = 0.05
LOOK_S = 30.0
# What is removed hour by hour makes room for what comes; more than that is given back.
MANY_ROWS = 60_000
# The originals' limit.
MOST_BARS = 10_000
# Bars beyond those that boards look at: the one that forms, and one that closes while we start.
SPARE_BARS = 2
# The log is folded in when it has that much: folding in more at once would take too long.
MOST_LOG_BYTES = 1_000_000
# Beside the file stands its WAL, and between two looks both grow.
MOST_SPARE_BYTES = 8_000_000
SPARE_SHARE = 0.25
# A cap takes so much more at once that it need not take again with the next minute.
LEFT_SHARE = 0.95
# The newest rows are what the program works with; no cap takes them.
UNTOUCHED_MS = HOUR_MS
# One kind's oldest rows go until it is no longer the oldest, or for so long of its time at once.
STEP_MS = HOUR_MS
MEGABYTE = 1_000_000

_DAYS = {
    "interest_samples": "interest_fine_days",
    "interest_hours": "interest_days",
    "account_ratios": "interest_days",
    "liquidations": "liquidations_days",
    "spread_minutes": "spreads_days",
    "price_minutes": "spreads_days",
}


class Retention:
    """Removes what is too old, and the oldest of all where the file is too big."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: config.Retention,
        on_event: OnEvent,
        *,
        window_bars: int,
    ) -> None:
        """`window_bars` is how many bars boards look at: so many stay, whatever their age."""
        self._store = store
        self._clock = clock
        self.settings = settings
        self._on_event = on_event
        self._window_bars = window_bars
        self._told_full = False
        self.pruned_ms: int | None = None
        """When everything too old was removed last; None before the first time."""

    async def run(self) -> None:
        """For ever; while the store can't write it is tried again later."""
        due_s = self._clock.monotonic_s()
        while True:
            try:
                if self._clock.monotonic_s() >= due_s:
                    await self.prune()
                    due_s = self._clock.monotonic_s() + self.settings.every_h * 3600
                await self.shrink()
            except StoreError as error:
                # The recorder shows the reason: both write to the same file.
                log.warning("what is too old stays for now: %s", error.line())
            await self._clock.sleep(LOOK_S)

    def kept_ms(self, kept: Kept) -> int:
        """How long rows of a kind stay."""
        if kept.bar_ms is None:
            days: float = getattr(self.settings, _DAYS[kept.name])
            return round(days * DAY_MS)
        if kept.name == "anomalies":
            return round(self.settings.anomalies_h * HOUR_MS)
        by_age_ms = round(self.settings.candles_h * HOUR_MS)
        fewest_ms = (self._window_bars + SPARE_BARS) * kept.bar_ms
        return min(max(by_age_ms, fewest_ms), MOST_BARS * kept.bar_ms)

    async def prune(self) -> Mapping[str, int]:
        """Remove all that is older than it may be; gives how many rows of each kind went."""
        removed: dict[str, int] = {}
        for kept in KEPT:
            before_ms = self._clock.now_ms() - self.kept_ms(kept)
            removed[kept.name] = removed.get(kept.name, 0) + await self._remove(kept, before_ms)
        if sum(removed.values()) >= MANY_ROWS:
            await self._give_back()
        self.pruned_ms = self._clock.now_ms()
        return removed

    async def shrink(self) -> int:
        """Bring the file below its cap; gives how many rows that took."""
        cap_bytes = self.settings.max_db_size_mb * MEGABYTE
        if not cap_bytes:
            return 0
        spare_bytes = min(MOST_SPARE_BYTES, SPARE_SHARE * cap_bytes)
        if self._store.wal_bytes > spare_bytes / 2:
            await self._store.fold_log()
        full_bytes = cap_bytes - spare_bytes
        if self._store.file_bytes + self._store.wal_bytes <= full_bytes:
            return 0  # every page is in one of them
        room = await self._store.room()
        if room.used_bytes + room.free_bytes <= full_bytes:
            return 0
        rows = await self._take_oldest(full_bytes * LEFT_SHARE)
        await self._give_back()
        self._tell(await self._store.room(), full_bytes)
        return rows

    async def _take_oldest(self, wanted_bytes: float) -> int:
        """Remove the oldest rows of whatever kind until the others need no more than that."""
        rows = 0
        while (await self._store.room()).used_bytes > wanted_bytes:
            ages = [(ms, kept) for kept in KEPT if (ms := await self._store.oldest_kept(kept))]
            last_ms = self._clock.now_ms() - UNTOUCHED_MS
            oldest_ms, kept = min(ages, key=itemgetter(0), default=(last_ms, KEPT[0]))
            removed = await self._remove(kept, min(oldest_ms + STEP_MS, last_ms), wanted_bytes)
            if not removed:
                break
            rows += removed
        return rows

    async def _remove(self, kept: Kept, before_ms: int, wanted_bytes: float = 0) -> int:
        """All rows from before a time, or until the file needs no more than so many bytes."""
        removed = 0
        while rows := await self._store.prune(kept, before_ms):
            removed += rows
            await self._pause()
            if wanted_bytes and (await self._store.room()).used_bytes <= wanted_bytes:
                break
        return removed

    async def _give_back(self) -> None:
        while await self._store.vacuum_step():
            await self._pause()
        await self._store.fold_log()

    async def _pause(self) -> None:
        """Let others write; what has been written is folded in before it gets much."""
        await self._clock.sleep(PAUSE_S)
        if self._store.wal_bytes > MOST_LOG_BYTES:
            await self._store.fold_log()
            await self._clock.sleep(PAUSE_S)

    def _tell(self, room: Room, full_bytes: float) -> None:
        """Say once that the cap can't be met, until it can."""
        full = room.used_bytes > full_bytes
        if full and not self._told_full:
            megabytes = room.used_bytes / MEGABYTE
            text = (
                f"retention.max_db_size_mb can't be met: what is kept for good and the last hour "
                f"take {megabytes:.1f} MB"
            )
            self._on_event("warning", "store", text)
        self._told_full = full
