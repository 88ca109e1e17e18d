"""Liquidations: what is stored of them, and what the engine knows beside it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from tui_monitor.boards.liquidations import (
    HOURS,
    Aggregate,
    Indices,
    LiquidationsBoard,
    VenueNow,
    VenueState,
)
from tui_monitor.boards.liquidations.build import (
    NO_ENGINE,
    Stored,
    Venue,
    Window,
    is_known,
    liquidations_board,
)
from tui_monitor.boards.liquidations.panic import level_of, why_no_index
from tui_monitor.boards.liquidations.rolling import MinuteGrid, records
from tui_monitor.boards.liquidations.steps import together
from tui_monitor.clock import DAY_MS, MINUTE_MS, BoardZone, Clock
from tui_monitor.config import Liquidations
from tui_monitor.errors import BadInput
from tui_monitor.model import (
    AggregateRow,
    Exchange,
    InterestMinute,
    LiquidationRecord,
    LiquidationStep,
)
from tui_monitor.model.liquidations import STREAMS
from tui_monitor.store import Reader

HOUR_MS = 60 * MINUTE_MS
MAX_RECORDS = 5_000
# Up to so much any step of minutes is exact and quick.
MINUTES_REACH_MS = 2 * DAY_MS
# A day has 25 hours when clocks are set back.
LONGEST_DAY_MS = 25 * HOUR_MS
POINTS_OF_LONG = 1_500
# One question gives no more steps than this has hours.
HOURS_AT_ONCE_MS = 365 * DAY_MS
# A board is asked for with each paint, and changes once a second at most.
_BOARD_FOR_S = 1.0
A_PAST_DAY = "a past day is shown"
# A record comes once a minute.
_RECORD_FOR_S = 3.0
# The open interest of a minute is written so soon after its end, or never.
INTEREST_WITHIN_MS = 5_000


class AskingNow(NamedTuple):
    """How the aggregate source does now."""

    is_on: bool
    error: str
    failing_since_ms: int | None


NOT_ASKED = AskingNow(is_on=False, error="", failing_since_ms=None)


class StoredLiquidations:
    """From the database alone."""

    live = False

    def __init__(
        self, store: Reader, zone: BoardZone, clock: Clock, settings: Liquidations
    ) -> None:
        self._store = store
        self._zone = zone
        self._clock = clock
        self.settings = settings
        self._known: tuple[tuple[int, date | None, date | None], float, LiquidationsBoard] | None
        self._known = None
        self._newest: tuple[float, LiquidationRecord | None] | None = None

    async def board(self, hours: int, days: tuple[date, date] | None) -> LiquidationsBoard:
        """A window that ends now, or whole days (the first and the last)."""
        if days is None and hours not in HOURS:
            raise BadInput(f"{hours} hours", f"choose one of {', '.join(map(str, HOURS))}")
        key = (hours, *(days or (None, None)))
        now_s = self._clock.monotonic_s()
        if self._known and self._known[0] == key and now_s < self._known[1]:
            return self._known[2]
        board = await self._made(self._window(hours, days))
        self._known = (key, now_s + _BOARD_FOR_S, board)
        return board

    async def records(self, first_ms: int, last_ms: int, limit: int) -> list[LiquidationRecord]:
        """The newest `limit` between two times, both included, oldest first."""
        oldest_ms = await self._store.oldest_liquidation_minute_ms()
        if oldest_ms is None:
            return []
        limit = min(limit, MAX_RECORDS)
        stop_ms = max(first_ms + -first_ms % MINUTE_MS, oldest_ms)
        end_ms = _minute(min(last_ms, self._clock.now_ms())) + MINUTE_MS
        found: list[LiquidationRecord] = []
        while end_ms > stop_ms and len(found) < limit:
            begin_ms = max(stop_ms, end_ms - DAY_MS)
            found = await self._records(begin_ms, end_ms) + found
            end_ms = begin_ms
        return found[-limit:] if limit else []

    async def aggregates(self, first_ms: int, last_ms: int, limit: int) -> list[AggregateRow]:
        """The newest `limit` between two times, both included, oldest first."""
        return await self._store.aggregates(first_ms, last_ms + 1, min(limit, MAX_RECORDS))

    async def indices(self) -> Indices:
        """The newest minute record of the last day, and the aggregate's newest row."""
        now_ms = self._clock.now_ms()
        now_s = self._clock.monotonic_s()
        if self._newest is None or now_s >= self._newest[0]:
            self._newest = (now_s + _RECORD_FOR_S, await self._newest_record(_minute(now_ms)))
        record = self._newest[1]
        age_ms = None if record is None else now_ms - record.minute_ms - MINUTE_MS
        return Indices(
            now_ms=now_ms,
            record=record,
            record_age_ms=None if age_ms is None else max(0, age_ms),
            reason=_why_no_wash(record, is_live=self.live),
            aggregate=await self._aggregate(now_ms),
        )

    async def _indices_at(self, end_ms: int) -> Indices:
        """As they were when a past time ended; ages are of that moment too."""
        record = await self._newest_record(end_ms)
        rows = await self._store.aggregates(end_ms - DAY_MS, end_ms, 1)
        return Indices(
            now_ms=end_ms,
            record=record,
            record_age_ms=None if record is None else end_ms - record.minute_ms - MINUTE_MS,
            reason="no minute of that time was recorded"
            if record is None
            else _why_no_wash(record, is_live=True),
            aggregate=self._aggregate_of(rows[-1] if rows else None, end_ms, NOT_ASKED),
        )

    # --- what an engine knows better ----------------------------------------------------

    def _venues_now(self) -> list[VenueNow]:
        """Those that are watched."""
        return []

    def _asking(self) -> AskingNow:
        return NOT_ASKED

    def _missed(self) -> int:
        return 0

    def _left_out(self) -> int:
        """Liquidations of instruments that are not watched."""
        return 0

    # --- the board ----------------------------------------------------------------------

    def _window(self, hours: int, days: tuple[date, date] | None) -> Window:
        now_ms = self._clock.now_ms()
        end_ms = _minute(now_ms) + MINUTE_MS
        first_ms, step_ms = end_ms - hours * HOUR_MS, MINUTE_MS
        if days is not None:
            first_ms, end_ms = self._zone.day_start_ms(days[0]), self._zone.day_end_ms(days[1])
            step_ms = _step_ms(end_ms - first_ms)
        if step_ms >= HOUR_MS:
            # Long ranges are made of whole hours.
            first_ms, end_ms = first_ms - first_ms % HOUR_MS, end_ms + -end_ms % HOUR_MS
        first, last = (self._zone.day_of(ms) for ms in (first_ms, end_ms - 1))
        return Window(
            now_ms=now_ms,
            timezone=self._zone.name,
            hours=None if days else hours,
            first_day=(days[0] if days else first).isoformat(),
            last_day=(days[1] if days else last).isoformat(),
            first_ms=first_ms,
            end_ms=end_ms,
            step_ms=step_ms,
            live=self.live,
            lines_usd=[line * 1e6 for line in self.settings.lines_musd],
            format=lambda ms: self._zone.format(ms, "%H:%M" if days is None else "%m-%d %H:%M"),
        )

    async def _made(self, window: Window) -> LiquidationsBoard:
        store, first_ms, end_ms = self._store, window.first_ms, window.end_ms
        is_fine = window.step_ms == MINUTE_MS
        begin_ms = max(first_ms - DAY_MS, end_ms - MINUTES_REACH_MS) if is_fine else end_ms - DAY_MS
        stored = Stored(
            minutes=await store.liquidation_curve(begin_ms, end_ms, MINUTE_MS),
            steps=[]
            if is_fine
            else await store.liquidation_curve(first_ms, end_ms, window.step_ms),
            largest=await store.liquidations(
                first_ms, end_ms, limit=self.settings.largest, largest=True
            ),
            interests=await store.interest_minutes(first_ms, end_ms)
            if is_fine
            else await store.interest_steps(first_ms, end_ms, window.step_ms),
            aggregates=await store.aggregates(first_ms, end_ms, MAX_RECORDS)
            if is_fine
            else await store.aggregate_steps(first_ms, end_ms, window.step_ms),
            hours=[] if is_fine else await self._hours(first_ms - DAY_MS, end_ms),
        )
        venues = await self._venues(window)
        if window.is_past:
            return liquidations_board(window, venues, stored, await self._indices_at(end_ms))
        indices, left_out = await self.indices(), self._left_out()
        return liquidations_board(window, venues, stored, indices, self._missed(), left_out)

    async def _hours(self, begin_ms: int, end_ms: int) -> list[LiquidationStep]:
        """Single ones, of however many years."""
        found: list[LiquidationStep] = []
        for start_ms in range(begin_ms, end_ms, HOURS_AT_ONCE_MS):
            stop_ms = min(start_ms + HOURS_AT_ONCE_MS, end_ms)
            found += await self._store.liquidation_curve(start_ms, stop_ms, HOUR_MS)
        return found

    async def _venues(self, window: Window) -> list[Venue]:
        """Those that were to be heard in the window; or are now, unless it is over."""
        now = {} if window.is_past else {one.exchange: one for one in self._venues_now()}
        by_rest = await self._store.rest_liquidations(window.first_ms, window.end_ms)
        found = []
        for exchange in Exchange:
            venue = await self._venue(exchange, window)
            if venue.step is None and exchange not in now:
                continue
            count, usd = by_rest.get(exchange, (0, 0.0))
            venue = replace(venue, rest_count=count, rest_usd=usd)
            if exchange in now:
                _, state, since_ms, reason = now[exchange]
                venue = replace(venue, state=state, since_ms=since_ms, reason=reason)
            found.append(venue)
        return found

    async def _venue(self, exchange: Exchange, window: Window) -> Venue:
        first_ms, end_ms = window.first_ms, window.end_ms
        steps = await self._store.liquidation_curve(
            first_ms, end_ms, end_ms - first_ms, exchange=exchange
        )
        last = await self._store.liquidations(
            min(first_ms, end_ms - DAY_MS), end_ms, limit=1, exchange=exchange
        )
        told = STREAMS[exchange]
        return Venue(
            exchange=exchange,
            told=told.told,
            cap=told.cap,
            state=VenueState.OFF,
            since_ms=None,
            reason=A_PAST_DAY if window.is_past else "" if self.live else NO_ENGINE,
            step=together(steps),
            last_ms=last[0].exchange_ms if last else None,
            rest_count=0,
            rest_usd=0.0,
        )

    # --- records ------------------------------------------------------------------------

    async def _newest_record(self, end_ms: int) -> LiquidationRecord | None:
        """Of the day before a time; mostly it is of the minute before it."""
        for reach_ms in (5 * MINUTE_MS, DAY_MS):
            interests = await self._store.interest_minutes(end_ms - reach_ms, end_ms)
            if interests:
                at_ms = interests[-1].minute_ms
                span = (at_ms - DAY_MS, at_ms + MINUTE_MS)
                minutes = await self._store.liquidation_curve(*span, MINUTE_MS)
                (found,) = await self._records_of(interests[-1:], minutes, *span)
                return found
        return None

    async def _records(self, begin_ms: int, end_ms: int) -> list[LiquidationRecord]:
        """Of a day or less; also of minutes at whose end we did not run, without an interest."""
        first_ms = begin_ms - DAY_MS
        minutes = await self._store.liquidation_curve(first_ms, end_ms, MINUTE_MS)
        known = {one.minute_ms: one for one in await self._store.interest_minutes(begin_ms, end_ms)}
        over_ms = self._clock.now_ms() - INTEREST_WITHIN_MS - MINUTE_MS
        for one in minutes:
            if begin_ms <= one.at_ms <= over_ms and one.at_ms not in known and is_known(one):
                known[one.at_ms] = InterestMinute(
                    minute_ms=one.at_ms, open_interest_usd=None, exchanges=0
                )
        interests = [known[at_ms] for at_ms in sorted(known)]
        return await self._records_of(interests, minutes, first_ms, end_ms) if interests else []

    async def _records_of(
        self,
        interests: Sequence[InterestMinute],
        minutes: Sequence[LiquidationStep],
        first_ms: int,
        end_ms: int,
    ) -> list[LiquidationRecord]:
        grid = MinuteGrid(minutes, first_ms, (end_ms - first_ms) // MINUTE_MS)
        return records(grid, interests, await self._heard_venues(first_ms, end_ms))

    async def _heard_venues(self, begin_ms: int, end_ms: int) -> int:
        """How many were to be heard: a venue that is watched has minutes, silent or not."""
        known = {one.exchange for one in self._venues_now()}
        for exchange in set(Exchange) - known:
            if await self._store.liquidation_curve(
                begin_ms, end_ms, end_ms - begin_ms, exchange=exchange
            ):
                known.add(exchange)
        return len(known)

    async def _aggregate(self, now_ms: int) -> Aggregate:
        rows = await self._store.aggregates(0, now_ms + DAY_MS, 1)
        return self._aggregate_of(rows[0] if rows else None, now_ms, self._asking())

    def _aggregate_of(self, row: AggregateRow | None, now_ms: int, asking: AskingNow) -> Aggregate:
        settings = self.settings
        reason = "" if row else "no row is stored"
        if row and row.panic_index is None:
            reason = why_no_index(row.people_24h, row.position_usd)
        age_ms = None if row is None else max(0, now_ms - (row.source_ms or row.received_ms))
        return Aggregate(
            is_on=asking.is_on,
            row=row,
            age_ms=age_ms,
            stale=age_ms is not None and age_ms > settings.aggregate_stale_s * 1_000,
            level=level_of(
                row.panic_index if row else None,
                settings.medium_panic_pct,
                settings.high_panic_pct,
            ),
            reason=reason,
            error=asking.error,
            failing_since_ms=asking.failing_since_ms,
        )


def _minute(ms: int) -> int:
    return ms - ms % MINUTE_MS


def _step_ms(span_ms: int) -> int:
    """Minutes for a day, then whole hours, so that there are not too many points."""
    if span_ms <= LONGEST_DAY_MS:
        return MINUTE_MS
    return HOUR_MS * max(1, -(-span_ms // (HOUR_MS * POINTS_OF_LONG)))


def _why_no_wash(record: LiquidationRecord | None, *, is_live: bool) -> str:
    if record is None:
        return "no minute was recorded in the last 24 h" if is_live else NO_ENGINE
    if record.open_interest_usd is None:
        return "no open interest was known"
    return "" if record.wash_index_pct is not None else "nobody was heard in the last 24 h"
