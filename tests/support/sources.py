"""A small source in memory: the real board arithmetic over prices that a formula gives."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from tests.support.spread_sources import MemorySpreads
from tests.support.system_boards import a_market_report, a_system_board
from tui_monitor.boards import coverage, sum_curve
from tui_monitor.boards.coverage import CoverageBoard, Progress
from tui_monitor.boards.database import (
    DatabaseStats,
    Maintenance,
    RecentRows,
    SeriesFigures,
    layer_of,
)
from tui_monitor.boards.markets import MarketReport
from tui_monitor.boards.status import EngineStatus, EventLine, FeedLight
from tui_monitor.boards.sum_curve import CoinChange, Frame, Node, Record, SumBoard
from tui_monitor.boards.system import SystemBoard
from tui_monitor.clock import SLOT_MS, BoardZone, Clock
from tui_monitor.errors import AlreadyRuns, BadInput, MonitorError
from tui_monitor.model import (
    CoverageRow,
    Exchange,
    FeedState,
    Hole,
    HoleState,
    Job,
    JobLine,
    JobState,
    PriceSource,
    SlotPrice,
    Source,
    StoreInfo,
)
from tui_monitor.source import Exported, Query

COINS = ("BTC", "ETH", "XRP")


def slot_price(coin: str, slot_ms: int) -> float:
    """A price that tells coin and slot of the day apart."""
    step = slot_ms // SLOT_MS % 48
    return (COINS.index(coin) + 1) * 100.0 * (1 + step / 1000)


class MemorySource(MemorySpreads):
    """History since `first_day`, complete but for `holes`; whatever a test sets on it is so.

    `failure` is raised by every question to it, `gate` holds every answer back until it is set.
    """

    def __init__(self, clock: Clock, zone: BoardZone, first_day: date) -> None:
        self.clock = clock
        self.zone = zone
        self.first_day = first_day
        self.holes: dict[tuple[int, str], str] = {}
        self.lines: list[JobLine] = []
        self.job: Job | None = None
        self.failure: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.asked = 0
        self.light_state = FeedState.LIVE
        self.light_reason = ""
        self.recording = True
        self.failed_workers: list[str] = []
        self.lost_nodes = 0
        self.price_factor = 1.0
        self.system: SystemBoard | None = None
        self.report = a_market_report()

    def status(self) -> EngineStatus:
        slots = self._due_slots(self._today())
        return EngineStatus(
            now_ms=self.clock.now_ms(),
            timezone=self.zone.name,
            mode="host",
            kind="simulator",
            recording=self.recording,
            recording_reason="" if self.recording else "the disk is full",
            lights=[self._light()],
            messages_per_s=12.5,
            oldest_age_ms=250,
            coins_live=len(COINS),
            coins_expected=len(COINS),
            nodes_today=len(slots) - self.lost_nodes,
            nodes_due_today=len(slots),
            backfill_pct=40.0 if self.job else None,
            failed_workers=self.failed_workers,
            events_total=0,
        )

    def events(self, after_id: int = 0) -> list[EventLine]:
        return []

    async def sum_board(self, query: Query) -> SumBoard:
        await self._answering()
        today = self._today()
        first, last = query.first_day or today, query.last_day or today
        nodes: list[Node] = []
        coins: dict[int, list[CoinChange]] = {}
        for day in _days(first, last):
            found, found_coins = self._day(day)
            nodes += found
            coins |= found_coins
        shown = query.slot_ms
        return SumBoard(
            board="sum",
            now_ms=self.clock.now_ms(),
            timezone=self.zone.name,
            first_day=first.isoformat(),
            last_day=last.isoformat(),
            today=today.isoformat(),
            expected=len(COINS),
            min_coins=2,
            nodes=nodes,
            live=None,
            live_age_ms=None,
            live_source=None,
            shown_ms=shown,
            coins=[] if shown is None else coins[shown],
            statistics=sum_curve.statistics(nodes, self._frame()),
            as_of_ms=None,
        )

    async def records(self, first_ms: int, last_ms: int, limit: int) -> list[Record]:
        await self._answering()
        found: list[Record] = []
        last = min(last_ms, self.clock.now_ms())
        first_day = max(self.first_day, self.zone.day_of(first_ms))
        for day in _days(first_day, self.zone.day_of(last)):
            nodes, coins = self._day(day)
            found += [
                Record(day=day.isoformat(), node=node, coins=coins[node.slot_ms])
                for node in nodes
                if first_ms <= node.slot_ms <= last and node.valid
            ]
        return found[-limit:]

    async def coverage_board(self, query: Query) -> CoverageBoard:
        await self._answering()
        last = query.last_day or self._today()
        days = list(_days(query.first_day or last - timedelta(days=1), last))
        looked = [
            coverage.Day(
                name=day.isoformat(),
                start_ms=self.zone.day_start_ms(day),
                slots_due=len(self._due_slots(day)),
                nodes=len(self._due_slots(day)),
            )
            for day in days
        ]
        rows = [
            CoverageRow(
                day_start_ms=day.start_ms, coin=coin, have=day.slots_due, unobtainable=0, failed=0
            )
            for day in looked
            for coin in COINS
        ]
        holes = [self._hole(slot_ms, coin) for slot_ms, coin in self.holes]
        return CoverageBoard(
            board="coverage",
            now_ms=self.clock.now_ms(),
            timezone=self.zone.name,
            first_day=days[0].isoformat(),
            last_day=days[-1].isoformat(),
            series="prices",
            days=coverage.days_coverage(looked, COINS, rows),
            coins=coverage.coins_coverage(looked, COINS, rows),
            cells=coverage.cells(looked, COINS, rows),
            queue=holes,
            holes=holes,
            jobs=[self.job] if self.job else [],
            running=self._progress(),
        )

    async def system_board(self) -> SystemBoard:
        await self._answering()
        return self.system or a_system_board(now_ms=self.clock.now_ms())

    async def markets(self) -> MarketReport:
        await self._answering()
        return self.report

    async def start_backfill(self, first: date, last: date) -> Job:
        await self._answering()
        if self.job is not None:
            raise AlreadyRuns("a backfill runs already", "stop it first")
        if last > self._today():
            raise BadInput(f"{last} is in the future", "end it today")
        now_ms = self.clock.now_ms()
        self.job = Job(
            exchange=Exchange.OKX,
            first_day=first.isoformat(),
            last_day=last.isoformat(),
            state=JobState.RUNNING,
            created_ms=now_ms,
            updated_ms=now_ms,
            total=100,
            had=10,
            filled=30,
            id=7,
        )
        return self.job

    async def stop_backfill(self) -> bool:
        await self._answering()
        ran, self.job = self.job is not None, None
        return ran

    async def job_log(self, limit: int = 500) -> list[JobLine]:
        await self._answering()
        return self.lines[-limit:]

    async def store_info(self) -> StoreInfo:
        await self._answering()
        return StoreInfo(
            path="/home/someone/monitor.sqlite3",
            size_bytes=2_500_000,
            wal_bytes=40_000,
            schema_version=1,
            kind="simulator",
            rows={"slot_price": 81, "hole": len(self.holes)},
            oldest_ms={"slot_price": self.zone.day_start_ms(self.first_day), "hole": None},
            sqlite_version="3.45.1",
        )

    async def export(
        self, what: str, first_ms: int, last_ms: int, file_format: str, path: Path | None
    ) -> Exported:
        raise MonitorError("a source in memory has no files")

    async def database_stats(self) -> DatabaseStats:
        await self._answering()
        begin_ms = self.zone.day_start_ms(self.first_day)
        return DatabaseStats(
            size_bytes=2_500_000,
            wal_bytes=40_000,
            series=[
                SeriesFigures(
                    name=name,
                    layer=layer_of(name),
                    rows=rows,
                    oldest_ms=oldest_ms,
                    newest_ms=newest_ms,
                )
                for name, rows, oldest_ms, newest_ms in (
                    ("slot_prices", 81, begin_ms, begin_ms + SLOT_MS),
                    ("liquidations", 0, None, None),
                    ("candles", 19, begin_ms + 900_000, begin_ms + 1_800_000),
                    ("holes", 2, begin_ms, begin_ms),
                )
            ],
            recent=[RecentRows(coin="BTC", exchange=Exchange.OKX, rows=60)],
        )

    async def maintain(self) -> Maintenance:
        await self._answering()
        return Maintenance(
            took_s=0.2,
            removed={"candles": 7, "liquidations": 0},
            removed_by_cap=1,
            bytes_before=2_540_000,
            bytes_after=2_500_000,
        )

    async def _answering(self) -> None:
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure

    def _today(self) -> date:
        return self.zone.day_of(self.clock.now_ms())

    def _frame(self) -> Frame:
        return Frame(coins=COINS, min_coins=2, now_ms=self.clock.now_ms(), zone_name=self.zone.name)

    def _due_slots(self, day: date) -> list[int]:
        now_ms = self.clock.now_ms()
        return [slot for slot in self.zone.slots(day) if sum_curve.is_due(slot, now_ms)]

    def _day(self, day: date) -> tuple[list[Node], dict[int, list[CoinChange]]]:
        prices = [
            SlotPrice(
                slot_ms=slot,
                coin=coin,
                price=slot_price(coin, slot) * self.price_factor,
                source=PriceSource.CANDLE_OPEN,
                observed_ms=slot,
            )
            for slot in self._due_slots(day)
            for coin in COINS
            if (slot, coin) not in self.holes
        ]
        holes = [self._hole(slot_ms, coin) for slot_ms, coin in self.holes]
        return sum_curve.nodes_of_day(self.zone.slots(day), prices, holes, self._frame())

    def _hole(self, slot_ms: int, coin: str) -> Hole:
        return Hole(
            slot_ms=slot_ms,
            coin=coin,
            state=HoleState.FAILED,
            reason=self.holes[slot_ms, coin],
            tries=3,
            first_ms=slot_ms,
            last_ms=slot_ms,
        )

    def _progress(self) -> Progress | None:
        if self.job is None:
            return None
        return Progress(job=self.job, done_pct=40.0, pages_per_s=9.5, eta_s=6.0)

    def _light(self) -> FeedLight:
        return FeedLight(
            exchange=Exchange.OKX,
            state=self.light_state,
            text="0.2s",
            source=Source.STREAM,
            age_ms=200,
            since_ms=self.clock.now_ms() - 60_000,
            reason=self.light_reason,
            messages_per_s=12.5,
            reconnects=0,
        )


def _days(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
