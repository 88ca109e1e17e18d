"""Minutes of liquidations in memory: the latest ones, and those that something late has reached.

What is stored is known: a minute from before this run, or one that was let go, is made again of
its stored events before anything is added to it.
"""

from collections.abc import Mapping

from tui_monitor.boards.liquidations.minutes import Tally, minute_of
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import Exchange, Heard, LiquidationMinute, LiquidationRow, Told
from tui_monitor.store import Store

MOST_EVENTS = 200_000

Key = tuple[Exchange, int]
"""A venue and the begin of a minute."""


class Tallies:
    """By venue and minute. `dirty` are those that are not written as they are now."""

    def __init__(self, store: Store, told: Mapping[Exchange, Told]) -> None:
        self._store = store
        self._told = told
        self._known: dict[Key, Tally] = {}
        # Minutes from here on were never stored before they came here.
        self._fresh_from_ms: int | None = None
        self.dirty: set[Key] = set()

    def begin(self, now_ms: int) -> None:
        """A run begins: its first whole minute is the first that nobody stored before."""
        self._fresh_from_ms = minute_of(now_ms) + MINUTE_MS

    async def open(self, exchange: Exchange, minute_ms: int) -> None:
        """There is to be a row of this minute, whatever happens in it."""
        await self._tally((exchange, minute_ms))
        self.dirty.add((exchange, minute_ms))

    async def add(self, row: LiquidationRow) -> bool:
        """False if it is known. Raises StoreError where its minute can't be read now."""
        key = (row.exchange, minute_of(row.exchange_ms))
        tally = await self._tally(key)
        if not tally.add(row):
            return False
        if row.heard is Heard.STREAM and not tally.closed:
            self.dirty.add(key)
        return True

    def touch(self, exchange: Exchange, since_ms: int) -> None:
        """What was heard of a venue since a time has changed."""
        first_ms = minute_of(since_ms)
        self.dirty |= {key for key in self._known if key[0] is exchange and key[1] >= first_ms}

    def minute(self, key: Key, covered_ms: int) -> LiquidationMinute:
        """A known one, with how long it was heard in this run."""
        exchange, minute_ms = key
        return self._known[key].minute(minute_ms, exchange, self._told[exchange], covered_ms)

    def forget(self, before_ms: int) -> None:
        """Let go of what is written and older."""
        if self._fresh_from_ms is None:
            return
        for key in [key for key in self._known if key[1] < before_ms and key not in self.dirty]:
            del self._known[key]
        self._fresh_from_ms = max(self._fresh_from_ms, before_ms)

    async def _tally(self, key: Key) -> Tally:
        found = self._known.get(key)
        if found is None:
            is_fresh = self._fresh_from_ms is not None and key[1] >= self._fresh_from_ms
            found = Tally() if is_fresh else await self._stored(key)
            self._known[key] = found
        return found

    async def _stored(self, key: Key) -> Tally:
        exchange, begin_ms = key
        end_ms = begin_ms + MINUTE_MS
        rows = await self._store.liquidations(
            begin_ms, end_ms, limit=MOST_EVENTS, exchange=exchange
        )
        minutes = await self._store.liquidation_minutes(begin_ms, end_ms)
        stored = next((one for one in minutes if one.exchange is exchange), None)
        if stored is None:
            return Tally(rows)
        told = sum(row.heard is Heard.STREAM for row in rows)
        closed = told < stored.long_count + stored.short_count
        return Tally(rows, before_ms=stored.covered_ms, closed=closed)
