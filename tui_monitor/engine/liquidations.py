"""Liquidations as they come: each once into the store, their minutes, and who was heard when.

Events come from the market's ring. They are written before the minutes that they are in, and a
minute's heard time ends with the write: what a crash takes away is never claimed.
"""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from tui_monitor.boards.liquidations import VenueNow, VenueState
from tui_monitor.boards.liquidations.hearing import Hearing
from tui_monitor.boards.liquidations.interest import total_interest
from tui_monitor.boards.liquidations.minutes import minute_of
from tui_monitor.clock import DAY_MS, MINUTE_MS, Clock
from tui_monitor.engine.liquidation_tallies import Key, Tallies
from tui_monitor.errors import StoreError
from tui_monitor.feeds.plans import FeedPlan
from tui_monitor.feeds.told import OnEvent, OnOutage
from tui_monitor.market import MarketState
from tui_monitor.model import (
    ChannelHealth,
    Exchange,
    FeedState,
    Heard,
    Liquidation,
    LiquidationMinute,
    LiquidationRow,
    Market,
    Outage,
)
from tui_monitor.store import Store

AREA = "liquidations"
CHANNEL = "liquidations"
LOOK_S = 0.25
WRITE_S = 1.0
# Without news a minute is written so often, for what it was heard.
LIFE_S = 5.0
# A longer pause between two looks is a sleep of the machine, not of the exchanges.
STALL_MS = 10_000
KEEP_MS = 15 * MINUTE_MS
# The record of a minute is taken so long after its end.
RECORD_AFTER_MS = 1_000
# Events that a crash has kept from their minutes are not older than this before the newest.
MENDED_MS = 5 * MINUTE_MS
OLDEST_MS = 29 * DAY_MS
BACKLOG = 100_000
BATCH = 5_000


class Heart(Protocol):
    """The part of a feed that is needed here."""

    exchange: Exchange
    plan: FeedPlan
    left_out: int

    def health(self) -> list[ChannelHealth]:
        """One entry a channel and socket."""


def tells(plan: FeedPlan) -> bool:
    """Whether any stream of an exchange's tells of liquidations; that of spot does not."""
    channels = (channel for stream in plan.streams for channel in stream.channels)
    return any(Liquidation in channel.kinds for channel in channels)


class Liquidations:
    """Collects from the ring, counts minutes, writes. `revision` grows with what is written."""

    def __init__(
        self,
        feeds: Sequence[Heart],
        store: Store,
        market: MarketState,
        clock: Clock,
        on_event: OnEvent,
    ) -> None:
        self._feeds = {feed.exchange: feed for feed in feeds}
        self._store = store
        self._market = market
        self._clock = clock
        self._on_event = on_event
        told = {name: feed.plan.liquidations.told for name, feed in self._feeds.items()}
        self._tallies = Tallies(store, told)
        self._hearings = {name: Hearing() for name in self._feeds}
        self._reasons: dict[Exchange, str] = {}
        self._cursor = 0
        self._queue: deque[LiquidationRow] = deque()
        self._pending: deque[LiquidationRow] = deque()
        self._looked_ms: int | None = None
        self._wrote_s = self._told_life_s = float("-inf")
        self._minute_ms: int | None = None
        self._is_mended = False
        self._recorded_ms: int | None = None
        self.missed = 0
        """Overwritten in the ring before they were read."""
        self.dropped = 0
        """Lost because the store took none for too long."""
        self.revision = 0
        self.on_gap: OnOutage | None = None
        """Told of each silence of a venue that is over."""

    @property
    def backlog_rows(self) -> int:
        """Events that wait for the disk."""
        return len(self._queue) + len(self._pending)

    @property
    def left_out(self) -> int:
        """Of instruments that are not watched, told by the streams in this run."""
        return sum(feed.left_out for feed in self._feeds.values())

    # --- what others tell and ask -------------------------------------------------------

    def note(self, outage: Outage) -> None:
        """An outage of any channel, as it opens and as it closes; a gap when it is over."""
        name = outage.channel.partition("#")[0]
        hearing = self._hearings.get(outage.exchange)
        if hearing is None or outage.market is not Market.PERP or name != CHANNEL:
            return
        if outage.end_ms is None:
            hearing.silent(outage.channel, outage.begin_ms)
        else:
            hearing.heard_again(outage.channel, outage.begin_ms, outage.end_ms)
            if self.on_gap is not None:
                self.on_gap(outage)
        self._tallies.touch(outage.exchange, outage.begin_ms)

    def add(self, event: Liquidation, received_ms: int, heard: Heard) -> None:
        """One event, by whichever way it came."""
        now_ms = self._clock.now_ms()
        exchange = event.instrument.exchange
        is_plausible = now_ms - OLDEST_MS < event.exchange_ms <= received_ms + MINUTE_MS
        if exchange not in self._feeds or not is_plausible:
            return
        self._queue.append(_row(event, received_ms, heard))
        while self.backlog_rows > BACKLOG:
            self._drop()

    def venues(self) -> list[VenueNow]:
        """How each does now."""
        return [self._venue(name, hearing) for name, hearing in self._hearings.items()]

    def heard_since(self, exchange: Exchange) -> int | None:
        """When a venue was heard first in this run, or a quarter of an hour ago."""
        return self._hearings[exchange].since_ms

    def covered_ms(self, exchange: Exchange, begin_ms: int, end_ms: int) -> int:
        """For how long a venue was heard in this run, of the last quarter of an hour."""
        return self._hearings[exchange].covered_ms(begin_ms, end_ms)

    def _venue(self, name: Exchange, hearing: Hearing) -> VenueNow:
        silent_ms = hearing.silent_since()
        if hearing.since_ms is not None and silent_ms is None:
            return VenueNow(name, VenueState.HEARD, None, "")
        return VenueNow(name, VenueState.SILENT, silent_ms, self._reasons.get(name, ""))

    # --- life ---------------------------------------------------------------------------

    async def run(self) -> None:
        """For ever."""
        self.begin()
        while True:
            self.look()
            if self._clock.monotonic_s() - self._wrote_s >= WRITE_S:
                await self.flush()
            await self._clock.sleep(LOOK_S)

    def begin(self) -> None:
        """What is of minutes up to now may be stored already."""
        self._tallies.begin(self._clock.now_ms())

    async def close(self) -> None:
        """The last events and the last heard time, when nothing more comes."""
        if self._looked_ms is not None:
            self.look()
            self._told_life_s = float("-inf")
            await self.flush()

    async def flush(self) -> bool:
        """Write all that waits; False if the store can't now (the recorder shows the reason)."""
        try:
            if not self._is_mended:
                await self._mend()
            await self._open_minutes()
            await self._take()
            await self._write()
            await self._record_minute()
        except StoreError:
            return False
        return True

    # --- listening ----------------------------------------------------------------------

    def look(self) -> None:
        """Take in what came, and who is heard."""
        now_ms = self._clock.now_ms()
        batch = self._market.events_since(self._cursor)
        self._cursor = batch.cursor
        for event, received_ms in zip(batch.events, batch.received_ms, strict=True):
            if isinstance(event, Liquidation):
                self.add(event, received_ms, Heard.STREAM)
        since_ms = self._looked_ms
        if batch.missed:
            self._miss(batch.missed, since_ms or now_ms, now_ms)
        if since_ms is not None and now_ms - since_ms > STALL_MS:
            self._silence_all("a stall", since_ms, now_ms)
        for name, feed in self._feeds.items():
            self._listen(name, feed, now_ms)
        self._looked_ms = now_ms

    def _miss(self, count: int, since_ms: int, now_ms: int) -> None:
        self.missed += count
        self._silence_all("the ring", since_ms, now_ms)
        self._on_event("error", AREA, f"{count} events were overwritten before they were read")

    def _silence_all(self, what: str, begin_ms: int, end_ms: int) -> None:
        for name, hearing in self._hearings.items():
            hearing.heard_again(what, begin_ms, end_ms)
            self._tallies.touch(name, begin_ms)

    def _listen(self, name: Exchange, feed: Heart, now_ms: int) -> None:
        hearing = self._hearings[name]
        channels = [one for one in feed.health() if _is_ours(one)]
        dead = [one for one in channels if one.state is not FeedState.LIVE]
        self._reasons[name] = dead[0].reason if dead else "" if channels else "nothing is streamed"
        if not channels:
            if hearing.since_ms is not None:
                hearing.silent(AREA, self._looked_ms or now_ms)
            return
        if dead:
            hearing.reach(now_ms)
            return
        if hearing.since_ms is None:
            hearing.begin(max(one.since_ms for one in channels))
        if hearing.is_silent(AREA):
            hearing.heard_again(AREA, now_ms, now_ms)
        hearing.reach(now_ms)

    # --- writing ------------------------------------------------------------------------

    async def _mend(self) -> None:
        """A crash may fall between the events of a minute and the minute: it is made again."""
        newest = await self._store.liquidations(0, self._clock.now_ms() + DAY_MS, limit=1)
        if newest:
            end_ms = minute_of(newest[0].exchange_ms) + MINUTE_MS
            for one in await self._store.liquidation_sums(end_ms - MENDED_MS, end_ms):
                if one.exchange in self._feeds:
                    await self._tallies.open(one.exchange, one.minute_ms)
        self._is_mended = True

    async def _open_minutes(self) -> None:
        """Every venue has a row of each minute in which we run, silent or not."""
        now_ms, now_s = self._looked_ms, self._clock.monotonic_s()
        if now_ms is None:
            return
        minute_ms = minute_of(now_ms)
        if minute_ms != self._minute_ms:
            for name in self._feeds:
                self._tallies.touch(name, self._minute_ms or minute_ms)
            self._minute_ms = minute_ms
        elif not self._queue and now_s - self._told_life_s < LIFE_S:
            return
        for name in self._feeds:
            await self._tallies.open(name, minute_ms)
        self._told_life_s = now_s

    async def _take(self) -> None:
        while self._queue:
            row = self._queue.popleft()
            try:
                is_new = await self._tallies.add(row)
            except BaseException:
                self._queue.appendleft(row)
                raise
            if is_new:
                self._pending.append(row)

    async def _write(self) -> None:
        # Taken out before and put back after a failure: meanwhile more may come.
        while self._pending:
            batch = [self._pending.popleft() for _ in range(min(BATCH, len(self._pending)))]
            try:
                await self._store.record_liquidations(batch)
            except BaseException:
                self._pending.extendleft(reversed(batch))
                raise
            self.revision += 1
        if self._tallies.dirty:
            await self._write_minutes()
        self._wrote_s = self._clock.monotonic_s()
        self._forget()

    async def _write_minutes(self) -> None:
        keys, self._tallies.dirty = self._tallies.dirty, set()
        try:
            await self._store.record_liquidation_minutes(
                [self._minute(key) for key in sorted(keys, key=_time_of)]
            )
        except BaseException:
            self._tallies.dirty |= keys
            raise
        self.revision += 1

    def _minute(self, key: Key) -> LiquidationMinute:
        exchange, minute_ms = key
        covered_ms = self.covered_ms(exchange, minute_ms, minute_ms + MINUTE_MS)
        return self._tallies.minute(key, covered_ms)

    def _forget(self) -> None:
        now_ms = self._looked_ms or 0
        before_ms = minute_of(now_ms) - KEEP_MS
        self._tallies.forget(before_ms)
        for hearing in self._hearings.values():
            hearing.forget(before_ms)

    async def _record_minute(self) -> None:
        now_ms = self._clock.now_ms()
        minute_ms = minute_of(now_ms) - MINUTE_MS
        if self._recorded_ms is None:
            self._recorded_ms = minute_ms  # we were not there for all of it
        if minute_ms <= self._recorded_ms or now_ms - minute_ms < MINUTE_MS + RECORD_AFTER_MS:
            return
        usd, exchanges = total_interest(self._market.rows(), self._clock.monotonic_s())
        await self._store.record_interest_minute(minute_ms, usd, exchanges)
        self._recorded_ms = minute_ms

    def _drop(self) -> None:
        (self._pending or self._queue).popleft()
        self.dropped += 1
        self._store.give_up(1)
        self._on_event("error", "store", "liquidations are lost: the store takes none")


def _row(event: Liquidation, received_ms: int, heard: Heard) -> LiquidationRow:
    instrument = event.instrument
    return LiquidationRow(
        exchange=instrument.exchange,
        symbol=instrument.symbol,
        coin=instrument.coin,
        exchange_ms=event.exchange_ms,
        side=event.side,
        price=event.price,
        coins=event.coins,
        usd=event.usd,
        received_ms=received_ms,
        heard=heard,
    )


def _is_ours(health: ChannelHealth) -> bool:
    return health.market is Market.PERP and health.channel.partition("#")[0] == CHANNEL


def _time_of(key: Key) -> tuple[int, str]:
    return key[1], key[0].value
