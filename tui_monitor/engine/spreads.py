"""Watches what every coin costs everywhere: legs, quarantine, signals, minutes of spreads."""

import asyncio
import logging
from collections.abc import Callable
from math import ceil

import msgspec

from tui_monitor.boards.legs import SLOTS, Leg, Now
from tui_monitor.boards.legs.coin import legs_of
from tui_monitor.boards.legs.table import LegTable
from tui_monitor.boards.minutes import MinuteKeeper, OverTimes
from tui_monitor.boards.price_memory import PriceMemory
from tui_monitor.boards.price_minutes import PriceMinutes
from tui_monitor.boards.prices import CoinPrices, LegPrice, PricePoint, leg_price
from tui_monitor.boards.same_coin import Suspect
from tui_monitor.boards.same_coin.before import kept_before
from tui_monitor.boards.same_coin.identity import SameCoin
from tui_monitor.boards.signals import SignalsBoard
from tui_monitor.boards.signals.detector import Sampled, SignalDetector
from tui_monitor.boards.signals.records import record_of, signal_of
from tui_monitor.boards.spreads import SpreadsBoard
from tui_monitor.boards.spreads.best import Rules, best, look
from tui_monitor.boards.spreads.rows import Wanted, board
from tui_monitor.clock import DAY_MS, MINUTE_MS, Clock
from tui_monitor.config import Settings
from tui_monitor.engine.named_places import NamedPlaces
from tui_monitor.engine.spread_news import SpreadNews
from tui_monitor.engine.spread_records import QUARANTINE, RETRY_S, SpreadRecords
from tui_monitor.errors import StoreError
from tui_monitor.market import Key, MarketState, Row
from tui_monitor.model.place import alias_of
from tui_monitor.steps import Steps, at_once, gathered
from tui_monitor.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
# Stored signals that are read back: a long run has one every cooldown.
SIGNALS_READ = 2_000
# The last day's minutes are summed up in parts: all at once would hold other readers for seconds.
_PART_MS = 30 * MINUTE_MS
# Some 2 ms of work.
_ROWS_AT_ONCE = 250
_COINS_AT_ONCE = 60
# Meanwhile others change.
_TAKEN_IN_TIMES = 3


class SpreadWatch:
    """Looks at the whole market once a second; boards are of the moment they are asked for."""

    def __init__(
        self,
        settings: Settings,
        market: MarketState,
        store: Store,
        clock: Clock,
        on_event: Callable[[str, str, str], None],
    ) -> None:
        self.settings = settings
        self.rules = Rules.of(settings)
        self.records = SpreadRecords(store, clock, on_event)
        self.over_times = OverTimes()
        self._market = market
        self._store = store
        self._clock = clock
        self.aliases = [alias_of(text) for text in settings.spreads.aliases]
        self._table = LegTable(self.aliases)
        self._same = SameCoin.of(settings.spreads)
        self._detector = SignalDetector(settings.signals, settings.spreads.max_age_s)
        self._minutes = MinuteKeeper(settings.signals.threshold_pct)
        self._prices = PriceMemory(settings.spreads.max_age_s)
        coins = (*settings.sum_curve.coins, *settings.spreads.recorded_coins)
        self._price_minutes = PriceMinutes(coins, settings.spreads.max_age_s)
        self._news = SpreadNews(clock, on_event)
        self._named = NamedPlaces(settings.spreads)
        self._revision = 0
        self._judged_revision = 0
        self._waiting: list[Row] = []
        self._restored = False
        self._kept = ""
        self._started_ms = clock.now_ms()

    def apply(self, settings: Settings) -> None:
        """Other fees, ages and thresholds from now on; nothing else of these may differ."""
        max_age_s = settings.spreads.max_age_s
        self.settings = settings
        self.rules = Rules.of(settings)
        self._detector.apply(settings.signals, max_age_s)
        self._minutes.threshold_pct = settings.signals.threshold_pct
        self._prices.max_age_s = self._price_minutes.max_age_s = max_age_s

    async def run(self) -> None:
        """Look for ever."""
        every_s = self.settings.signals.every_s
        looks_a_sample = ceil(every_s / LOOK_EVERY_S)
        step_s = every_s / looks_a_sample
        begin_s, looks = self._clock.monotonic_s(), 0
        while True:
            await self.take_in()
            self.look(is_sample=looks % looks_a_sample == 0)
            looks += 1
            wait_s = begin_s + looks * step_s - self._clock.monotonic_s()
            if wait_s < -step_s:
                # The machine slept, or was too busy: what was missed is not made up for.
                begin_s, wait_s = begin_s - wait_s, 0.0
            await self._clock.sleep(max(wait_s, 0.0))

    async def keep(self) -> None:
        """Take up what was stored before, then write what is found, for ever."""
        while not self._restored:
            try:
                await self._restore()
                self._restored = True
            except StoreError:  # the recorder shows the reason: both use the same file
                await self._clock.sleep(RETRY_S)
        await self.records.run()

    async def close(self) -> None:
        """Write what was gathered of the running minute: nobody will look any more."""
        self.records.add_minutes(self._minutes.end(self._table.coins))
        self.records.add_prices(self._price_minutes.end())
        self.records.add_signals(map(record_of, self._detector.abandoned()))
        await self.records.flush()

    def look(self, *, is_sample: bool) -> None:
        """One pass: legs, quarantine, the minute; signals where this is a sample."""
        now = self._refresh()
        self._judge(now)
        self._news.tell_of_quarantine(self._same.suspects())
        self._keep_quarantine(now)
        if self._named.is_due(now.s):
            listed = (row.instrument for row in self._table.live_rows())
            self._news.tell_of_unlisted(self._named.look(listed, now.s))
        barred = self._same.barred(self._table)
        minutes = self._minutes.look(look(self._table, barred, self.rules, now), now)
        self.over_times.add_minutes(minutes)
        self.over_times.forget(now.ms)
        self._prices.look(self._table, now)
        self.records.add_minutes(minutes)
        self.records.add_prices(self._price_minutes.look(self._table, barred, now))
        if is_sample:
            self._note(self._detector.sample(self._table, barred, now))

    def spreads_board(self, wanted: Wanted) -> SpreadsBoard:
        """The board of now, of all that is known now."""
        now = self._judged_now()
        legs = look(self._table, self._same.barred(self._table), self.rules, now)
        return board(
            best(legs, wanted.kind, self.rules, now), wanted, self.rules, now, self.suspects()
        )

    def signals_board(self) -> SignalsBoard:
        """The newest signals."""
        return self._detector.board(self._clock.now_ms())

    def suspicions(self) -> dict[Key, str]:
        """Why each leg is in quarantine, or barred until the coin's other legs are heard."""
        self._judged_now()
        return self._same.suspicions()

    def suspects(self) -> list[Suspect]:
        """What is in quarantine."""
        return self._same.suspects()

    def legs(self, coin: str) -> list[Leg]:
        """A coin's legs now; none for a coin that nobody lists."""
        now = self._judged_now()
        return legs_of(self._table, coin, now, self.rules.max_age_s, self._same.suspicion)

    def prices(self, coin: str | None) -> list[CoinPrices]:
        """What every coin that is listed, or one, costs everywhere now."""
        return at_once(self.price_steps(coin))

    def price_steps(self, coin: str | None) -> Steps[list[CoinPrices]]:
        """The same, some coins at a time: what changes between two steps counts as it is then."""
        now = self._judged_now()
        placed = list(enumerate(self._table.coins)) if coin is None else self._placed(coin)
        told = (CoinPrices(coin=name, legs=self._leg_prices(place, now)) for place, name in placed)
        return [one for one in (yield from gathered(told, _COINS_AT_ONCE)) if one.legs]

    def _leg_prices(self, place: int, now: Now) -> list[LegPrice]:
        rows = (self._table.row(place, slot) for slot in range(len(SLOTS)))
        return [
            leg_price(row, self._same.suspicion(row), now.s, self.rules.max_age_s)
            for row in rows
            if row
        ]

    def price_points(self, coin: str) -> list[PricePoint]:
        """What a coin cost in the last two hours, oldest first."""
        return [point for place, _ in self._placed(coin) for point in self._prices.of(place)]

    def _placed(self, coin: str) -> list[tuple[int, str]]:
        place = self._table.index.get(coin)
        return [] if place is None else [(place, coin)]

    def coins(self) -> list[str]:
        """Every coin that is or was listed anywhere."""
        return self._table.coins

    async def take_in(self) -> None:
        """Read what has changed, with pauses, until few are left: all at once would hold the feeds
        for 20 ms.
        """
        for _ in range(_TAKEN_IN_TIMES):
            self._note_changes()
            if len(self._waiting) <= _ROWS_AT_ONCE:
                return
            while self._waiting:
                part, self._waiting = self._waiting[:_ROWS_AT_ONCE], self._waiting[_ROWS_AT_ONCE:]
                self._table.update(part, self._clock.monotonic_s())
                await asyncio.sleep(0)

    def _refresh(self) -> Now:
        """Read all that has changed, now."""
        now = Now(self._clock.now_ms(), self._clock.monotonic_s())
        self._note_changes()
        rows, self._waiting = self._waiting, []
        self._table.update(rows, now.s)
        return now

    def _judged_now(self) -> Now:
        """The same, and no price of it unjudged: what came after the last look ranks nowhere else
        before it is known to be the coin.
        """
        now = self._refresh()
        if self._judged_revision != self._revision:
            self._judge(now)
        return now

    def _judge(self, now: Now) -> None:
        self._same.judge(self._table, now)
        self._judged_revision = self._revision

    def _note_changes(self) -> None:
        self._waiting += self._market.changed_since(self._revision)
        self._revision = self._market.revision

    def _keep_quarantine(self, now: Now) -> None:
        """Once it is known who was in it before: that would be written over."""
        if self._restored and (kept := self._same.kept(now)) != self._kept:
            self._kept = kept
            self.records.keep_quarantine(kept)

    def _note(self, found: Sampled) -> None:
        self.records.add_signals(map(record_of, [*found.ended, *found.new]))
        self._news.tell_of_signals(found.new)

    async def _restore(self) -> None:
        """Take up what was stored before the start."""
        now_ms = self._started_ms
        await self._remember_quarantine()
        await self._store.end_lost_signals()
        stored = await self._store.signals(0, now_ms, SIGNALS_READ)
        oldest_ms = await self._store.oldest_spread_ms()
        start_ms = max(now_ms if oldest_ms is None else oldest_ms, now_ms - DAY_MS)
        parts = []
        for part_ms in range(start_ms, now_ms, _PART_MS):
            end_ms = min(part_ms + _PART_MS, now_ms)
            watched_min = await self._store.watched_minutes(part_ms, end_ms)
            parts.append((part_ms, watched_min, await self._store.spread_times(part_ms, end_ms)))
        for part in parts:
            self.over_times.add(*part)
        self._detector.remember([signal_of(one) for one in stored])

    async def _remember_quarantine(self) -> None:
        text = await self._store.board_head(QUARANTINE)
        try:
            before = kept_before(text) if text else {}
        except msgspec.MsgspecError as error:
            log.warning("since when legs are in quarantine can't be read: %s", error)
            return
        self._same.remember(before, Now(self._clock.now_ms(), self._clock.monotonic_s()))
