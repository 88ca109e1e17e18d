"""Boards from a database alone."""

from collections.abc import Sequence
from datetime import date, timedelta
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
from tui_monitor.boards.sum_curve import CoinChange, Frame, Node, NodeState, Record, SumBoard
from tui_monitor.boards.system import SystemBoard, stored_system_board
from tui_monitor.boards.upkeep import Upkeep
from tui_monitor.clock import DAY_MS, SLOT_MS, BoardZone, Clock, slot_of
from tui_monitor.config import (
    Anomalies,
    Liquidations,
    OpenInterest,
    Settings,
    Signals,
    Spreads,
    SumCurve,
)
from tui_monitor.errors import BadInput
from tui_monitor.model import Exchange, Hole, JobLine, Market, PriceMinute, SpreadMinute, StoreInfo
from tui_monitor.model.liquidations import AggregateRow, LiquidationRecord
from tui_monitor.model.place import Alias, alias_of
from tui_monitor.source import MAX_RANGE_DAYS, Exported, Query
from tui_monitor.source.anomalies import StoredAnomalies
from tui_monitor.source.coin import Readers, StoredCoin
from tui_monitor.source.database import database_stats
from tui_monitor.source.figures import database_figures
from tui_monitor.source.interest import StoredInterest
from tui_monitor.source.liquidations import StoredLiquidations
from tui_monitor.source.spreads import StoredSpreads
from tui_monitor.store import Reader

COVERAGE_DAYS = 14
MAX_RECORDS = 5_000
HOLES_LIMIT = 20_000
FEW_HOLES = 500
HOLES_SHOWN = 500
JOBS_SHOWN = 50
# A slot comes due at a multiple of this after another.
DUE_STEP_MS = 30_000

Nodes = tuple[list[Node], dict[int, list[CoinChange]]]


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
        first, last = self._range(query, days=1)
        nodes, coins = await self._nodes(first, last)
        return await self._board(first, last, nodes, coins, query.slot_ms)

    async def records(self, first_ms: int, last_ms: int, limit: int) -> list[Record]:
        """The newest `limit` nodes with a sum between two times (both included), oldest first."""
        now = self._clock.now_ms()
        day = self._zone.day_of(min(last_ms, now))
        stop = self._zone.day_of(max(0, first_ms))
        oldest = await self._store.oldest_slot_ms()
        if oldest is not None:
            stop = max(stop, self._zone.day_of(oldest))
        newest_first: list[Record] = []
        # Of a day with its nodes and one more: each question is a turn of a busy loop.
        begin = max(stop, day - timedelta(days=min(limit, MAX_RECORDS) * SLOT_MS // DAY_MS + 1))
        holes = await self._few_holes(begin, day) if oldest is not None else None
        while oldest is not None and day >= stop and len(newest_first) < min(limit, MAX_RECORDS):
            nodes, coins = await self._day(day, holes if day >= begin else None)
            newest_first += [
                Record(day=day.isoformat(), node=node, coins=coins[node.slot_ms])
                for node in reversed(nodes)
                if node.sum_pct is not None and first_ms <= node.slot_ms <= last_ms
            ]
            day -= timedelta(days=1)
        return newest_first[:limit][::-1]

    async def coverage_board(self, query: Query) -> CoverageBoard:
        """Coverage of the days asked for, the last 14 by default."""
        first, last = self._range(query, days=COVERAGE_DAYS)
        now = self._clock.now_ms()
        frame = self._frame()
        dates = _dates(first, last)
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
        days = self._range(query, days=1) if is_by_day else None
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

    def _frame(self) -> Frame:
        return Frame(
            coins=self._settings.coins,
            min_coins=self._settings.min_coins,
            now_ms=self._clock.now_ms(),
            zone_name=self._zone.name,
        )

    def _range(self, query: Query, *, days: int) -> tuple[date, date]:
        """The days asked for; BadInput if they can't be meant."""
        today = self._zone.day_of(self._clock.now_ms())
        last = query.last_day or query.first_day or today
        first = query.first_day or last - timedelta(days=days - 1)
        if last < first:
            raise BadInput(f"the last day {last} is before the first {first}", "swap them")
        if last > today:
            raise BadInput(f"{last} is in the future", f"today is {today} in {self._zone.name}")
        if (last - first).days >= MAX_RANGE_DAYS:
            raise BadInput(f"{first} to {last} is too long", f"{MAX_RANGE_DAYS} days at most")
        return first, last

    async def _nodes(self, first: date, last: date) -> Nodes:
        """One day with its coins, or many days already summed (their coins come by slot)."""
        if first == last:
            return await self._day(first)
        spans = [
            (self._zone.day_start_ms(day), self._zone.day_end_ms(day))
            for day in _dates(first, last)
        ]
        frame = self._frame()
        rows = await self._store.curve(spans, frame.coins)
        slots = (slot for start, end in spans for slot in range(start, end, SLOT_MS))
        return sum_curve.nodes_of_curve(slots, rows, frame), {}

    async def _few_holes(self, first: date, last: date) -> list[Hole] | None:
        """The holes of some days at once; None where they are many."""
        start, end = self._zone.day_start_ms(first), self._zone.day_end_ms(last)
        found = await self._store.holes(start, end, FEW_HOLES + 1)
        return found if len(found) <= FEW_HOLES else None

    async def _day(self, day: date, holes: list[Hole] | None = None) -> Nodes:
        """One day; `holes` are what is known of it already, those of other days do no harm."""
        start, end = self._zone.day_start_ms(day), self._zone.day_end_ms(day)
        frame = self._frame()
        prices = await self._store.prices(start, end, frame.coins)
        if holes is None:
            holes = await self._store.holes(start, end, HOLES_LIMIT)
        nodes, coins = sum_curve.nodes_of_day(range(start, end, SLOT_MS), prices, holes, frame)
        if all(node.valid for node in nodes):
            return nodes, coins
        # An imported sum stands where there are no prices to sum.
        sums = await self._store.curve([(start, end)], frame.coins)
        bare = {row.slot_ms: row for row in sums if row.sum_only}
        if bare:
            summed = sum_curve.nodes_of_curve(list(bare), list(bare.values()), frame)
            by_slot = {node.slot_ms: node for node in summed}
            nodes = [by_slot.get(node.slot_ms, node) for node in nodes]
        return nodes, coins

    async def _board(
        self,
        first: date,
        last: date,
        nodes: list[Node],
        coins: dict[int, list[CoinChange]],
        slot_ms: int | None,
        live: tuple[Node, list[CoinChange], int | None, str | None] | None = None,
    ) -> SumBoard:
        frame = self._frame()
        shown_ms, shown = await self._shown(nodes, coins, slot_ms, live)
        today = self._zone.day_of(frame.now_ms)
        return SumBoard(
            board="sum",
            now_ms=frame.now_ms,
            timezone=self._zone.name,
            first_day=first.isoformat(),
            last_day=last.isoformat(),
            today=today.isoformat(),
            expected=len(frame.coins),
            min_coins=frame.min_coins,
            nodes=nodes,
            live=live[0] if live and live[0].valid else None,
            live_age_ms=live[2] if live else None,
            live_source=live[3] if live else None,
            shown_ms=shown_ms,
            coins=shown,
            statistics=sum_curve.statistics(nodes, frame),
            as_of_ms=max(
                (row.observed_ms for row in shown if row.observed_ms is not None), default=None
            ),
        )

    async def _shown(
        self,
        nodes: Sequence[Node],
        coins: dict[int, list[CoinChange]],
        slot_ms: int | None,
        live: tuple[Node, list[CoinChange], int | None, str | None] | None,
    ) -> tuple[int | None, list[CoinChange]]:
        """The slot asked for and its coins; else the live point; else the newest drawn node."""
        if slot_ms is None and live is not None and live[0].valid:
            return live[0].slot_ms, live[1]
        if slot_ms is None:
            drawn = [n for n in nodes if n.valid and n.state is not NodeState.SUM_ONLY]
            if not drawn:
                return None, []
            slot_ms = drawn[-1].slot_ms
        slot_ms = slot_of(slot_ms)
        if slot_ms not in coins:
            _, coins = await self._day(self._zone.day_of(slot_ms))
        return slot_ms, coins.get(slot_ms, [])


def _dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
