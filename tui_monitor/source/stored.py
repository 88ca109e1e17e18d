"""Boards from a database alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tui_monitor import store
from tui_monitor.boards import coverage, sum_curve
from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.anomalies.explanation import Explained
from tui_monitor.boards.anomalies.records import FoundAnomalies
from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.coverage import CoverageBoard, Progress
from tui_monitor.boards.database import DatabaseStats
from tui_monitor.boards.funding import FundingBoard
from tui_monitor.boards.klines import Klines
from tui_monitor.boards.liquidations import Indices, LiquidationsBoard
from tui_monitor.boards.markets import MarketReport, market_report
from tui_monitor.boards.open_interest import InterestPoint, OpenInterestBoard, RankedBy
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.boards.prices import CoinPrices, PricePoint
from tui_monitor.boards.signals import SignalsBoard
from tui_monitor.boards.spreads import Filter, Kind, SpreadsBoard
from tui_monitor.boards.sum_curve import Record, SumBoard
from tui_monitor.boards.system import SystemBoard, stored_system_board
from tui_monitor.boards.upkeep import Upkeep
from tui_monitor.clock import SLOT_MS, BoardZone, Clock
from tui_monitor.config import (
    Anomalies,
    Liquidations,
    OpenInterest,
    Settings,
    Signals,
    Spreads,
    SumCurve,
)
from tui_monitor.model import Exchange, JobLine, Market, PriceMinute, SpreadMinute, StoreInfo
from tui_monitor.model.liquidations import AggregateRow, LiquidationRecord
from tui_monitor.model.place import Alias, alias_of
from tui_monitor.source import Exported, Query
from tui_monitor.source.anomalies import StoredAnomalies
from tui_monitor.source.coin import Readers, StoredCoin
from tui_monitor.source.database import database_stats
from tui_monitor.source.figures import database_figures
from tui_monitor.source.interest import StoredInterest
from tui_monitor.source.liquidations import StoredLiquidations
from tui_monitor.source.nodes import StoredNodes, dates_of
from tui_monitor.source.spreads import StoredSpreads
from tui_monitor.store import Reader

COVERAGE_DAYS = 14
HOLES_SHOWN = 500
JOBS_SHOWN = 50
# A slot comes due at a multiple of this after another.
DUE_STEP_MS = 30_000


class Own(NamedTuple):
    """A user's settings of the boards that have some; without them the usual ones."""

    liquidations: Liquidations = Liquidations()
    interest: OpenInterest = OpenInterest()
    aliases: Sequence[Alias] = ()
    anomalies: Anomalies = Anomalies()

    @classmethod
    def of(cls, settings: Settings) -> "Own":
        """Those that somebody set."""
        aliases = [alias_of(text) for text in settings.spreads.aliases]
        return cls(settings.liquidations, settings.open_interest, aliases, settings.anomalies)


class StoredSource:
    """Boards from a database alone: for one-shot commands, and the stored half of the engine's."""

    def __init__(
        self,
        store: Reader,
        zone: BoardZone,
        clock: Clock,
        settings: SumCurve,
        exports_dir: Path,
        spreads: StoredSpreads | None = None,
        own: Own | None = None,
    ) -> None:
        self._store = store
        self._zone = zone
        self._clock = clock
        self._settings = settings
        self._curve = StoredNodes(store, zone, clock, settings)
        self._exports_dir = exports_dir
        self._spreads = spreads or StoredSpreads(store, clock, Spreads(), Signals())
        own = own or Own()
        self._interest = StoredInterest(store, clock, own.interest, own.aliases)
        self._liquidations = StoredLiquidations(store, zone, clock, own.liquidations)
        self._anomalies = StoredAnomalies(store, clock, own.anomalies)
        readers = Readers(self._spreads, self._liquidations, self._anomalies, self._interest)
        self._coins = StoredCoin(store, clock, readers)

    async def sum_board(self, query: Query) -> SumBoard:
        """The sum curve from stored rows; there is no live point."""
        first, last = self._curve.days_of(query, days=1)
        nodes, coins = await self._curve.between(first, last)
        return await self._curve.board(first, last, nodes, coins, query.slot_ms)

    async def records(self, first_ms: int, last_ms: int, limit: int) -> list[Record]:
        """The newest `limit` nodes with a sum between two times (both included), oldest first."""
        return await self._curve.records(first_ms, last_ms, limit)

    async def coverage_board(self, query: Query) -> CoverageBoard:
        """Coverage of the days asked for, the last 14 by default."""
        first, last = self._curve.days_of(query, days=COVERAGE_DAYS)
        now = self._clock.now_ms()
        frame = self._curve.frame()
        dates = dates_of(first, last)
        due_end = now - sum_curve.SLOT_TOLERANCE_MS
        spans = [
            (start, max(start, min(self._zone.day_end_ms(day), due_end)))
            for day in dates
            for start in (self._zone.day_start_ms(day),)
        ]
        rows = await self._store.coverage(spans, frame.coins)
        curve = await self._store.curve(spans, frame.coins)
        nodes = sum_curve.nodes_of_curve([row.slot_ms for row in curve], curve, frame)
        drawn = [node.slot_ms for node in nodes if sum_curve.is_drawn(node)]
        days = [
            coverage.Day(
                name=day.isoformat(),
                start_ms=start,
                slots_due=sum(sum_curve.is_due(slot, now) for slot in range(start, end, SLOT_MS)),
                nodes=sum(start <= slot < end for slot in drawn),
            )
            for day, (start, end) in zip(dates, spans, strict=True)
        ]
        return CoverageBoard(
            board="coverage",
            now_ms=now,
            timezone=self._zone.name,
            first_day=first.isoformat(),
            last_day=last.isoformat(),
            series="okx perp 30m opens",
            days=coverage.days_coverage(days, frame.coins, rows),
            coins=coverage.coins_coverage(days, frame.coins, rows),
            cells=coverage.cells(days, frame.coins, rows),
            queue=await self._store.queue(now + 100 * SLOT_MS, HOLES_SHOWN),
            holes=await self._store.holes(spans[0][0], spans[-1][1], HOLES_SHOWN),
            jobs=await self._store.jobs(JOBS_SHOWN),
            running=self._running(),
        )

    async def system_board(self) -> SystemBoard:
        """The database; nothing else is known without an engine."""
        now_ms = self._clock.now_ms()
        database = database_figures(await self._store.info(), now_ms)
        return stored_system_board(now_ms, self._zone.name, database)

    async def markets(self) -> MarketReport:
        """No coin trades anywhere without an engine."""
        return market_report({})

    async def spreads_board(
        self, kind: Kind | None, only: Filter, /, coin: str | None = None, limit: int | None = None
    ) -> SpreadsBoard:
        """The best pair of each coin; none without an engine, and the board says so."""
        return self._spreads.spreads_board(kind, only, coin, limit)

    async def signals_board(self) -> SignalsBoard:
        """The newest signals."""
        return await self._spreads.signals_board()

    async def funding_board(self) -> FundingBoard:
        """What each exchange's perpetual of each coin pays, and what it paid."""
        return await self._spreads.funding_board()

    async def interest_board(
        self,
        hours: int | None = None,
        by: RankedBy = RankedBy.CHANGE,
        exchange: Exchange | None = None,
    ) -> OpenInterestBoard:
        """Where positions grow and shrink, ranked by a window of 1, 4 or 24 hours."""
        return await self._interest.board(hours, by, exchange)

    async def interest_history(self, coin: str, first_ms: int) -> list[InterestPoint]:
        """A coin's stored open interest since a time, oldest first."""
        return await self._interest.history(coin, first_ms)

    async def liquidations_board(self, hours: int, query: Query) -> LiquidationsBoard:
        """The last hours, or the whole days of `query`."""
        is_by_day = query.first_day is not None or query.last_day is not None
        days = self._curve.days_of(query, days=1) if is_by_day else None
        return await self._liquidations.board(hours, days)

    async def liquidation_records(
        self, first_ms: int, last_ms: int, limit: int
    ) -> list[LiquidationRecord]:
        """The newest `limit` minute records between two times (both included), oldest first."""
        return await self._liquidations.records(first_ms, last_ms, limit)

    async def liquidation_indices(self) -> Indices:
        """The newest minute record, and the aggregate source's newest word."""
        return await self._liquidations.indices()

    async def aggregates(self, first_ms: int, last_ms: int, limit: int) -> list[AggregateRow]:
        """The aggregate's newest `limit` minutes between two times, as the records."""
        return await self._liquidations.aggregates(first_ms, last_ms, limit)

    async def anomalies_board(
        self, exchange: Exchange | None = None, bar: str | None = None
    ) -> AnomaliesBoard:
        """What moves unusually."""
        return await self._anomalies.board(exchange, bar)

    def watch_bars(self, exchange: Exchange | None = None, bar: str | None = None) -> None:
        """A screen shows these bars."""
        self._anomalies.watch(exchange, bar)

    async def anomaly_explained(
        self,
        name: str,
        exchange: Exchange | None = None,
        bar: str | None = None,
        *,
        forming: bool = False,
    ) -> Explained:
        """Why a coin is on that board, or why it is not."""
        return await self._anomalies.explained(name, exchange, bar, forming=forming)

    async def stored_anomalies(
        self,
        first_ms: int,
        last_ms: int,
        *,
        exchange: Exchange | None = None,
        bar: str | None = None,
        min_score: float = 0.0,
        limit: int = 100,
    ) -> FoundAnomalies:
        """Anomalies of bars that touch a range of time, by score, then time."""
        return await self._anomalies.stored(
            first_ms, last_ms, exchange=exchange, bar=bar, min_score=min_score, limit=limit
        )

    async def picks_board(self, exchange: Exchange | None = None) -> PicksBoard:
        """The picks of the newest evaluation."""
        return await self._anomalies.picks(exchange)

    async def klines(
        self,
        symbol: str,
        exchange: Exchange | None = None,
        market: Market = Market.PERP,
        bar: str | None = None,
        limit: int = 100,
    ) -> Klines:
        """The newest kept bars of a symbol or a coin."""
        return await self._anomalies.klines(symbol, exchange, market, bar, limit)

    async def upkeep(self) -> Upkeep:
        """How much was found; without an engine nothing is watched."""
        return await self._anomalies.upkeep()

    async def coin_page(self, coin: str) -> CoinPage:
        """All of one coin."""
        return await self._coins.page(coin)

    async def prices(self, coin: str | None = None) -> list[CoinPrices]:
        """What each coin, or one, costs everywhere now; none without an engine."""
        return await self._spreads.prices(coin)

    async def price_points(self, coin: str) -> list[PricePoint]:
        """A coin's last two hours from memory; none without an engine."""
        return self._spreads.price_points(coin)

    async def spread_minutes(self, coin: str, first_ms: int) -> list[SpreadMinute]:
        """A coin's stored minutes of all pairs since a time, oldest first."""
        return await self._spreads.minutes(coin, first_ms)

    async def price_minutes(self, coin: str, first_ms: int, end_ms: int) -> list[PriceMinute]:
        """A coin's stored minutes of prices, oldest first."""
        return await self._spreads.price_minutes(coin, first_ms, end_ms)

    async def job_log(self, limit: int = 500) -> list[JobLine]:
        """The newest lines of the backfill log, oldest first."""
        return await self._store.job_log(limit)

    async def database_stats(self) -> DatabaseStats:
        """What the database holds by kind."""
        return await database_stats(self._store, self._clock)

    async def store_info(self) -> StoreInfo:
        """Size, rows and ages of what is stored."""
        return await self._store.info()

    async def export(
        self, what: str, first_ms: int, last_ms: int, file_format: str, path: Path | None
    ) -> Exported:
        """Write an export; without a path under a name of its own in the exports folder."""
        scope = store.Scope(
            start_ms=first_ms,
            end_ms=last_ms + 1,
            zone=self._zone,
            coins=self._settings.coins,
            min_coins=self._settings.min_coins,
            now_ms=self._clock.now_ms(),
        )
        written = await store.export(
            self._store, what, file_format, scope, folder=self._exports_dir, path=path
        )
        return Exported(path=written.path, rows=written.rows)

    def _running(self) -> Progress | None:
        return None
