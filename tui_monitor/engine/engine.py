"""The engine: owns the workers, and is the only place that wires feeds, market, store and boards.

Every worker runs under one task group. A bug in one marks that worker FAILED where the user
sees it, is logged with its traceback, and the worker is started again; the others live on.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from tui_monitor.boards.status import EngineStatus, FeedLight
from tui_monitor.clock import BoardZone, Clock
from tui_monitor.config import Settings, warnings
from tui_monitor.engine.aggregates import Aggregates
from tui_monitor.engine.anomalies import AnomalyWatch
from tui_monitor.engine.backfill import Backfill, BackfillRun
from tui_monitor.engine.candles import Candles
from tui_monitor.engine.curve_prices import CurvePrices
from tui_monitor.engine.events import EventLog
from tui_monitor.engine.fetcher import PageFetcher
from tui_monitor.engine.filler import Filler
from tui_monitor.engine.fundings import Fundings
from tui_monitor.engine.history import SlotHistory
from tui_monitor.engine.interest import Interests
from tui_monitor.engine.lights import Lights
from tui_monitor.engine.liquidation_gaps import LiquidationGaps
from tui_monitor.engine.liquidations import Liquidations, tells
from tui_monitor.engine.loop_lag import LoopLag
from tui_monitor.engine.outages import OutageBook
from tui_monitor.engine.picks import PickWatch
from tui_monitor.engine.recorder import Recorder
from tui_monitor.engine.retention import Retention
from tui_monitor.engine.slots import SlotKeeper
from tui_monitor.engine.spreads import SpreadWatch
from tui_monitor.engine.today import Today
from tui_monitor.engine_lock import EngineLock
from tui_monitor.errors import BadInput, StoreFull
from tui_monitor.feeds.aggregate import AggregateClient
from tui_monitor.feeds.bans import Bans
from tui_monitor.feeds.feed import Feed
from tui_monitor.feeds.lists import ListCache
from tui_monitor.feeds.plans import Given
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.market import MarketState
from tui_monitor.model import Exchange, ExchangeHealth, Job, Outage
from tui_monitor.store import Store, open_store

log = logging.getLogger(__name__)

RESTART_S = 5.0
TODAY_EVERY_S = 1.0
# The originals summed OKX's perpetuals; so do we.
SUM_EXCHANGE = Exchange.OKX
CACHE = "cache"
CHECKPOINT_EVERY_S = 6 * 3600.0

Worker = Callable[[], Awaitable[None]]


class Engine:
    """Feeds → market → store, the schedules, backfill and what the boards read from."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, *, kind: str, cache: Path
    ) -> None:
        """`cache` is a folder for what is dear to ask for and may be lost."""
        self.settings = settings
        self.store = store
        self.clock = clock
        self.kind = kind
        self.zone = BoardZone(settings.general.timezone)
        self.events = EventLog(clock)
        self.market = MarketState()
        self.recorder = Recorder(store, clock, self.events.add)
        self.loop_lag = LoopLag(clock)
        self.outages = OutageBook(
            store, clock, self.events.add, stood_still_s=self.loop_lag.stood_still_s
        )
        self._lists = ListCache(cache, self._warn_of_cache)
        self._bans = Bans(cache, clock, self._warn_of_cache)
        self.feeds = {name: self._feed(name) for name in Exchange if ENTRIES[name].plan}
        self.feed = self.feeds[SUM_EXCHANGE]
        """The exchange whose perpetuals are summed."""
        self.prices = CurvePrices(
            self.feed, self.market, settings.sum_curve.coins, self.zone, clock
        )
        self.today = Today(
            store=store,
            recorder=self.recorder,
            zone=self.zone,
            clock=clock,
            settings=settings.sum_curve,
            lives=self.prices.live,
        )
        history = SlotHistory(
            store=store,
            recorder=self.recorder,
            fetcher=PageFetcher(
                Filler(self.feed.plan.history, clock), self.recorder, self.feed.by_name
            ),
            zone=self.zone,
            clock=clock,
            coins=settings.sum_curve.coins,
        )
        self.backfill = Backfill(history)
        self._keeper = SlotKeeper(
            history,
            fill_days=settings.sum_curve.fill_days,
            capture=self.prices.capture,
            day_opens=self.prices.day_opens,
            on_event=self.events.add,
        )
        self.spreads = SpreadWatch(settings, self.market, store, clock, self.events.add)
        self.fundings = Fundings(
            [self.feeds[name] for name in self.enabled],
            store,
            self.market,
            clock,
            self.events.add,
            first_coins=settings.sum_curve.coins,
        )
        self.interest = Interests(
            [self.feeds[name] for name in self.enabled],
            store,
            self.market,
            clock,
            settings.open_interest,
            self.events.add,
        )
        self.candles = Candles(
            [self.feeds[name] for name in self.enabled],
            store,
            self.market,
            clock,
            settings.anomalies,
            self.events.add,
        )
        self.anomalies = AnomalyWatch(
            self.candles,
            store,
            clock,
            settings.anomalies,
            self.events.add,
            keep_h=settings.retention.anomalies_h,
        )
        self.picks = PickWatch(
            self.candles,
            store,
            self.market,
            clock,
            [Exchange(name) for name in settings.anomalies.exchanges if name in self.enabled],
        )
        self.retention = Retention(
            store,
            clock,
            settings.retention,
            self.events.add,
            window_bars=max(settings.anomalies.bars, settings.anomalies.history_bars),
        )
        self.liquidations = Liquidations(
            [self.feeds[name] for name in self.enabled if tells(self.feeds[name].plan)],
            store,
            self.market,
            clock,
            self.events.add,
        )
        self._liquidation_gaps = LiquidationGaps(
            [self.feeds[name] for name in self.enabled if tells(self.feeds[name].plan)],
            store,
            clock,
            self.events.add,
            collector=self.liquidations,
            coins=settings.sum_curve.coins,
        )
        self.liquidations.on_gap = self._liquidation_gaps.note
        self.aggregates = Aggregates(self._aggregate_client(), store, clock, self.events.add)
        self.on_settings: list[Callable[[Settings], None]] = []
        """Told of settings that have changed while it runs."""
        self.beside: dict[str, Worker] = {}
        """More workers, for as long as it runs; to be given before."""
        self._lights = Lights(clock)
        self._failed: dict[str, str] = {}
        self._gaps: set[int] = set()
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Run until cancelled."""
        await self._take_over()
        workers: dict[str, Worker] = {
            "outages": self.outages.run,
            "recorder": self.recorder.run,
            "today": self._watch_today,
            "housekeeping": self._keep_house,
            "loop lag": self.loop_lag.run,
            "spreads": self.spreads.run,
            "spread records": self.spreads.keep,
            "retention": self.retention.run,
            "candles": self.candles.run,
            "anomalies": self.anomalies.run,
            "picks": self.picks.run,
            "funding": self.fundings.run,
            "open interest": self.interest.run,
            "liquidations": self.liquidations.run,
            "liquidation gaps": self._liquidation_gaps.run,
            "aggregate": self.aggregates.run,
        }
        workers |= {name.value: self.feeds[name].run for name in self.enabled}
        if SUM_EXCHANGE in self.enabled:
            workers["sum"] = self._keeper.run
        workers |= self.beside
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                for name, worker in workers.items():
                    tasks.create_task(self._keep_alive(name, worker), name=name)
        finally:
            self._tasks = None
            await self.spreads.close()
            await self.liquidations.close()

    async def aclose(self) -> None:
        """Close what the feeds hold open."""
        for feed in self.feeds.values():
            await feed.aclose()
        await self.aggregates.aclose()

    def _aggregate_client(self) -> AggregateClient | None:
        asked = self.settings.liquidations
        if not asked.aggregate_url:
            return None
        return AggregateClient(asked.aggregate_url, self.clock, asked.aggregate_referer)

    def _note_outage(self, outage: Outage) -> None:
        self.outages.note(outage)
        self.liquidations.note(outage)

    def _feed(self, name: Exchange) -> Feed:
        plan = ENTRIES[name].plan
        if plan is None:
            raise LookupError(f"{name} can't be watched")
        given = Given(
            self.clock,
            self.settings.sum_curve.coins,
            self.market,
            self._bans,
            interest_every_s=self.settings.open_interest.every_s,
        )
        return Feed(
            plan(self.settings.exchanges, given),
            given,
            on_outage=self._note_outage,
            on_gap=self._note_outage,
            on_event=self.events.add,
            kept=self._lists,
        )

    def _warn_of_cache(self, text: str) -> None:
        self.events.add("warning", "cache", text)

    @property
    def enabled(self) -> list[Exchange]:
        """The exchanges that are watched, in their order."""
        return [name for name in self.feeds if getattr(self.settings.exchanges, name).enabled]

    def exchanges(self) -> list[ExchangeHealth]:
        """How each exchange does, in their order."""
        return [
            msgspec.structs.replace(feed.report(), enabled=name in self.enabled)
            for name, feed in self.feeds.items()
        ]

    async def start_backfill(self, first: date, last: date) -> Job:
        """Begin a backfill as a worker of this engine."""
        if self._tasks is None:
            raise BadInput("the engine is not running yet", "try again in a second")
        run = await self.backfill.create(first, last)
        self._tasks.create_task(self._run_backfill(run), name="backfill")
        self.events.add("info", "backfill", f"{first} to {last} started")
        return run.job

    async def _run_backfill(self, run: BackfillRun) -> None:
        try:
            job = await run.run()
        except Exception:
            log.exception("backfill failed")
            self.events.add("error", "backfill", "a defect ended it; the log has the traceback")
            return
        self.events.add("info", "backfill", f"{job.state.value}: {job.message}")

    def status(self) -> EngineStatus:
        """What the status line shows, from memory."""
        lights = self._lights.of(
            [health for name in self.enabled for health in self.feeds[name].health()]
        )
        _, changes, oldest_ms, _ = self.today.live()
        nodes, due = self.today.counts()
        progress = self.backfill.progress()
        return EngineStatus(
            now_ms=self.clock.now_ms(),
            timezone=self.zone.name,
            mode="host",
            kind=self.kind,
            recording=self.recorder.recording,
            recording_reason=self.recorder.reason,
            recording_paused_ms=self.recorder.paused_ms,
            lights=lights,
            messages_per_s=_total_rate(lights),
            oldest_age_ms=oldest_ms,
            coins_live=sum(row.change_pct is not None for row in changes),
            coins_expected=len(changes),
            nodes_today=nodes,
            nodes_due_today=due,
            backfill_pct=progress.done_pct if progress else None,
            failed_workers=[f"{name}: {text}" for name, text in self._failed.items()],
            catching_up=not self._keeper.caught_up,
            events_total=self.events.total,
        )

    async def _take_over(self) -> None:
        """Close what the last engine left open."""
        await self.store.take_over(self.clock.now_ms())
        for text in warnings(self.settings):
            self.events.add("warning", "settings", text)
        for notice in self.store.notices:
            self.events.add("warning", "store", notice)
        await self.today.refresh()

    async def _keep_alive(self, name: str, worker: Worker) -> None:
        while True:
            try:
                await worker()
            except Exception as error:  # shown as FAILED, logged, started again
                log.exception("worker %s failed", name)
                self._failed[name] = f"{type(error).__name__}: {error}"
                self.events.add("error", name, f"worker failed: {type(error).__name__}: {error}")
            await self.clock.sleep(RESTART_S)
            self._failed.pop(name, None)

    async def _watch_today(self) -> None:
        while True:
            await self.today.refresh()
            self._tell_of_gaps()
            await self.clock.sleep(TODAY_EVERY_S)

    def _tell_of_gaps(self) -> None:
        """Once when due nodes of today can't be drawn, once when they can after all."""
        if not self._keeper.caught_up:
            return  # what was missed while we were off is being filled
        gaps = {node.slot_ms for node in self.today.nodes if self.today.is_gap(node)}
        filled = {slot for slot in self._gaps - gaps if self.zone.day_of(slot) == self.today.day}
        if gaps - self._gaps:
            self.events.add(
                "error", "sum", f"too few coins, a gap: {self._named(gaps - self._gaps)}"
            )
        if filled:
            self.events.add("info", "sum", f"filled: {self._named(filled)}")
        self._gaps = gaps

    def _named(self, slots: set[int]) -> str:
        """`node 08:00`, or `3 nodes, 08:00 to 09:00`."""
        first, last = (self.zone.format(at(slots), "%H:%M") for at in (min, max))
        return f"node {first}" if len(slots) == 1 else f"{len(slots)} nodes, {first} to {last}"

    async def _keep_house(self) -> None:
        while True:
            await self.clock.sleep(CHECKPOINT_EVERY_S)
            with suppress(StoreFull):  # the recorder tells
                await self.store.checkpoint()


def _total_rate(lights: list[FeedLight]) -> float:
    return sum(light.messages_per_s for light in lights)


@asynccontextmanager
async def opened_engine(
    settings: Settings, data_dir: Path, clock: Clock, *, kind: str, info: Mapping[str, Any]
) -> AsyncIterator[tuple[Engine, EngineLock]]:
    """Lock the data folder, open its database, make an engine; undo it in the reverse order."""
    with EngineLock(data_dir).acquire(info) as lock:
        async with engine_of(settings, data_dir, clock, kind=kind) as engine:
            yield engine, lock


@asynccontextmanager
async def engine_of(
    settings: Settings, data_dir: Path, clock: Clock, *, kind: str
) -> AsyncIterator[Engine]:
    """The same for who holds the folder's lock."""
    async with open_store(data_dir, clock, kind=kind, waits_for_room=True) as store:
        with suppress(OSError):  # what can't be kept in it is told then
            (data_dir / CACHE).mkdir(exist_ok=True)
        engine = Engine(settings, store, clock, kind=kind, cache=data_dir / CACHE)
        try:
            yield engine
        finally:
            await engine.aclose()
