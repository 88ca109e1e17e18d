"""Boards from this process's engine."""

from datetime import date
from pathlib import Path

from tui_monitor.boards.coverage import Progress
from tui_monitor.boards.database import Maintenance
from tui_monitor.boards.markets import MarketReport
from tui_monitor.boards.spreads import Filter, Kind, SpreadsBoard
from tui_monitor.boards.status import EngineStatus, EventLine
from tui_monitor.boards.sum_curve import NodeState, SumBoard
from tui_monitor.boards.system import SystemBoard
from tui_monitor.config import Settings
from tui_monitor.engine import Engine
from tui_monitor.model import Job
from tui_monitor.source import Query
from tui_monitor.source.coin import Readers
from tui_monitor.source.live_anomalies import LiveAnomalies
from tui_monitor.source.live_coin import LiveCoin
from tui_monitor.source.live_interest import LiveInterest
from tui_monitor.source.live_liquidations import LiveLiquidations
from tui_monitor.source.live_spreads import LiveSpreads
from tui_monitor.source.maintenance import Maintainer
from tui_monitor.source.nodes import Nodes
from tui_monitor.source.stored import DUE_STEP_MS, StoredSource
from tui_monitor.source.system import SystemReader


class LocalSource(StoredSource):
    """This process's engine."""

    def __init__(self, engine: Engine, exports_dir: Path) -> None:
        super().__init__(
            engine.store,
            engine.zone,
            engine.clock,
            engine.settings.sum_curve,
            exports_dir,
            LiveSpreads(engine),
        )
        self._liquidations = LiveLiquidations(engine)
        self._interest = LiveInterest(engine)
        self._anomalies = LiveAnomalies(engine)
        readers = Readers(self._spreads, self._liquidations, self._anomalies, self._interest)
        self._coins = LiveCoin(engine, readers)
        self._engine = engine
        self._system = SystemReader(engine)
        self._maintainer = Maintainer(engine)
        engine.on_settings.append(self._apply)
        self._days: tuple[tuple[date, date], tuple[int, int], Nodes] | None = None

    def _apply(self, settings: Settings) -> None:
        self._spreads.spreads, self._spreads.signals = settings.spreads, settings.signals
        self._liquidations.settings = settings.liquidations
        self._interest.settings = settings.open_interest
        self._anomalies.settings = settings.anomalies

    def status(self) -> EngineStatus:
        """The status line, from memory."""
        self._system.note()
        return self._engine.status()

    def events(self, after_id: int = 0) -> list[EventLine]:
        """The event log, oldest first."""
        return self._engine.events.after(after_id)

    async def sum_board(self, query: Query) -> SumBoard:
        """The sum curve, with the live point where today is shown."""
        first, last = self._curve.days_of(query, days=1)
        today = self._engine.today
        await today.refresh()
        live = today.live() if last == today.day else None
        if first == last == today.day and not any(
            n.state is NodeState.SUM_ONLY for n in today.nodes
        ):
            return await self._curve.board(
                first, last, today.nodes, today.coins, query.slot_ms, live
            )
        nodes, coins = await self._kept(first, last)
        return await self._curve.board(first, last, nodes, coins, query.slot_ms, live)

    async def _kept(self, first: date, last: date) -> Nodes:
        """The nodes of past days, read again only when something was stored or came due."""
        state = (self._engine.recorder.revision, self._clock.now_ms() // DUE_STEP_MS)
        if self._days is None or self._days[:2] != ((first, last), state):
            self._days = ((first, last), state, await self._curve.between(first, last))
        return self._days[2]

    async def spreads_board(
        self, kind: Kind | None, only: Filter, /, coin: str | None = None, limit: int | None = None
    ) -> SpreadsBoard:
        """The best pair of each coin now."""
        # What has changed since the last look is read with pauses, not all at once by the board.
        await self._engine.spreads.take_in()
        return await super().spreads_board(kind, only, coin, limit)

    async def system_board(self) -> SystemBoard:
        """Connections, lists, limits, process and database."""
        return await self._system.board()

    async def markets(self) -> MarketReport:
        """Which coin trades where, by the exchanges' lists."""
        return self._system.markets()

    async def start_backfill(self, first: date, last: date) -> Job:
        """Begin a backfill; BadInput if the range is wrong, AlreadyRuns if one runs."""
        return await self._engine.start_backfill(first, last)

    async def stop_backfill(self) -> bool:
        """Stop the running backfill; False if none runs."""
        return await self._engine.backfill.stop()

    async def maintain(self) -> Maintenance:
        """Remove now what is too old; AlreadyRuns while another one is asked for."""
        return await self._maintainer.maintain()

    def _running(self) -> Progress | None:
        return self._engine.backfill.progress()
