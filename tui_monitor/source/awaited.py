"""Boards while the engine of this process is on its way: what is stored, at once."""

import inspect
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.boards.funding.stored import NO_RATES
from tui_monitor.boards.status import EngineStatus, EventLine, FeedLight
from tui_monitor.boards.sum_curve import SumBoard, counts_as_due, is_drawn
from tui_monitor.clock import BoardZone, Clock
from tui_monitor.config import Settings
from tui_monitor.errors import MonitorError
from tui_monitor.model import Exchange, FeedState
from tui_monitor.source import Query, Source, anomalies, interest, spreads
from tui_monitor.source.spreads import StoredSpreads
from tui_monitor.source.stored import Own, StoredSource
from tui_monitor.store import Reader, open_reader

STARTING = "the engine is starting"
# What the boards of a database alone give as the reason that nothing is live.
_WITHOUT = (
    spreads.NO_ENGINE,
    interest.NO_ENGINE,
    interest.NO_SAMPLE,
    anomalies.NO_ENGINE,
    NO_RATES,
)


class AwaitedSource:
    """All methods of `Source`: stored boards, and MonitorError for what only an engine can do."""

    def __init__(
        self, reader: Reader, settings: Settings, clock: Clock, exports_dir: Path, kind: str
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._kind = kind
        self._zone = BoardZone(settings.general.timezone)
        self._since_ms = clock.now_ms()
        self._nodes = (0, 0)
        self._first: SumBoard | None = None
        self._stored = StoredSource(
            reader,
            self._zone,
            clock,
            settings.sum_curve,
            exports_dir,
            StoredSpreads(reader, clock, settings.spreads, settings.signals),
            Own.of(settings),
        )

    @property
    def source(self) -> Source:
        """This as what it stands for."""
        return cast("Source", self)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._stored, name, None)
        if method is None and hasattr(Source, name):
            raise MonitorError(STARTING, "again in a moment")
        if method is None:
            raise AttributeError(name)

        def ask(*arguments: Any, **named: Any) -> Any:
            answer = method(*arguments, **named)
            return _told(answer) if inspect.isawaitable(answer) else answer

        return ask

    async def look(self) -> None:
        """Count today's nodes, for the status; the board of it is the answer to who asks first."""
        board = self._first = await self._stored.sum_board(Query())
        due = [node for node in board.nodes if counts_as_due(node, board.now_ms)]
        self._nodes = sum(is_drawn(node) for node in due), len(due)

    async def sum_board(self, query: Query) -> SumBoard:
        """The sum curve from stored rows."""
        first, self._first = self._first, None
        return first if first and query == Query() else await self._stored.sum_board(query)

    def status(self) -> EngineStatus:
        """Nothing is live yet, and nothing recorded."""
        nodes, due = self._nodes
        return EngineStatus(
            now_ms=self._clock.now_ms(),
            timezone=self._zone.name,
            mode="starting",
            kind=self._kind,
            recording=False,
            recording_reason=STARTING,
            lights=[self._light(name) for name in Exchange if self._watches(name)],
            messages_per_s=0.0,
            oldest_age_ms=None,
            coins_live=0,
            coins_expected=len(self._settings.sum_curve.coins),
            nodes_today=nodes,
            nodes_due_today=due,
            backfill_pct=None,
            failed_workers=[],
            events_total=0,
        )

    def events(self, after_id: int = 0) -> list[EventLine]:  # noqa: ARG002 - as in `Source`
        """None before an engine has any."""
        return []

    def _watches(self, exchange: Exchange) -> bool:
        return bool(getattr(self._settings.exchanges, exchange.value).enabled)

    def _light(self, exchange: Exchange) -> FeedLight:
        return FeedLight(
            exchange=exchange,
            state=FeedState.STARTING,
            text=FeedState.STARTING.value,
            source=None,
            age_ms=None,
            since_ms=self._since_ms,
            reason="",
            messages_per_s=0.0,
            reconnects=0,
        )


async def _told(answer: Awaitable[Any]) -> Any:
    """A board that names the lack of an engine says that there will be one."""
    board = await answer
    if isinstance(board, Struct) and str(getattr(board, "reason", "")).startswith(_WITHOUT):
        return replace(board, reason=STARTING)
    return board


@asynccontextmanager
async def awaited(
    settings: Settings, folder: Path, exports_dir: Path, clock: Clock, kind: str
) -> AsyncIterator[AwaitedSource]:
    """What a folder's database has; StoreError where it has none, or none that can be read."""
    async with open_reader(folder, clock, kind) as reader:
        one = AwaitedSource(reader, settings, clock, exports_dir, kind)
        await one.look()
        yield one
