"""Where `show` has a board from: an engine that runs, else what is stored, else the exchanges."""

import importlib
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from tui_monitor import logs, paths
from tui_monitor.attach.client import asked_once
from tui_monitor.attach.elsewhere import Elsewhere
from tui_monitor.attach.remote import asked_once_at
from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.coverage import CoverageBoard
from tui_monitor.boards.funding import FundingBoard
from tui_monitor.boards.liquidations import HOURS, LiquidationsBoard, VenueState
from tui_monitor.boards.open_interest import OpenInterestBoard
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.boards.signals import SignalsBoard
from tui_monitor.boards.spreads import Filter, Kind, SpreadsBoard
from tui_monitor.boards.sum_curve import SumBoard
from tui_monitor.boards.system import SystemBoard
from tui_monitor.cli.common import zone_of
from tui_monitor.cli.stored import databases_beside, stored_in
from tui_monitor.clock import Clock, SystemClock, parse_day
from tui_monitor.config import Settings
from tui_monitor.engine_lock import read_holder
from tui_monitor.errors import EngineGone, UnknownCoin, Unreachable
from tui_monitor.model import FeedState
from tui_monitor.printable import printable
from tui_monitor.source import Query, Source
from tui_monitor.source.spreads import StoredSpreads
from tui_monitor.source.stored import Own, StoredSource

# An engine answers within milliseconds, the system board counts messages for 2 s; one that has just
# begun on a small machine is busy for some seconds. Over a network TLS shakes hands first.
ASK_S = 10.0
_ECHOED = 40
REAL = "real"
COIN = "coin"
AnyBoard = (
    SumBoard
    | LiquidationsBoard
    | AnomaliesBoard
    | PicksBoard
    | OpenInterestBoard
    | SpreadsBoard
    | SignalsBoard
    | FundingBoard
    | CoverageBoard
    | SystemBoard
    | CoinPage
)


class Origin(NamedTuple):
    """Where a board is from: as a word for programs, and for who reads.

    `source` is what its data are, as in the answers of REST: real, simulator or demo.
    """

    word: str
    text: str
    source: str

    def line(self) -> str:
        """What is said beside the board; made-up data never pass for real ones."""
        made_up = "" if self.source == REAL else f"; {self.source} data, not of the exchanges"
        return f"{self.text}{made_up}"


class Asked(Struct, frozen=True, kw_only=True):
    """Which board, of which day or coin."""

    board: str
    day: str | None = None
    coin: str = ""


class Origins:
    """Takes a board from the best there is, each time anew. `daemon`: from it and nothing else.

    What was begun for an answer goes on for the next, until `aclose`.
    """

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        kind: str,
        daemon: Elsewhere | None,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._kind = kind
        self._daemon = daemon
        self._clock: Clock = clock or SystemClock()
        self._stack = AsyncExitStack()
        self._own_engine: Source | None = None

    async def take(self, asked: Asked) -> tuple[AnyBoard, Origin]:
        """The board and where it is from."""
        if self._daemon is not None:
            async with asked_once_at(self._daemon, self._clock, ASK_S) as source:
                text = f"from the daemon at {self._daemon.base}"
                # First: while a board is made, what is known of the engine grows old.
                origin = Origin("daemon", text, source.status().kind)
                return await read(source, asked), origin
        text = "from the store, without live prices"
        holder = read_holder(self._folder)
        if holder is not None:
            found = await self._of_engine(asked, _named(holder))
            if found is not None:
                return found
            text += f": the {_named(holder)} that holds it answers nobody"
        if self._is_for_exchanges(asked):
            return await self._fetched(asked)
        board, source_kind = await self._stored(asked)
        return board, Origin("store", text, source_kind)

    async def _of_engine(self, asked: Asked, who: str) -> tuple[AnyBoard, Origin] | None:
        path = paths.socket_file(self._folder)
        try:
            async with asked_once(path, self._clock, ASK_S) as source:
                origin = Origin("engine", f"from the running {who}", source.status().kind)
                return await read(source, asked), origin
        except EngineGone as error:
            if error.silent:
                text = f"the running {who} gave no answer within {ASK_S:g} s"
                raise Unreachable(text, "it is stopped or too busy") from error
        return None

    def _is_for_exchanges(self, asked: Asked) -> bool:
        """Nothing is stored, and what is asked for is of now."""
        if self._kind == "demo":
            return False  # its simulator runs with it alone
        return asked.day is None and not paths.database_file(self._folder).exists()

    async def _fetched(self, asked: Asked) -> tuple[AnyBoard, Origin]:
        source = self._own_engine or await self._begin(asked)
        self._own_engine = source
        board = await read(source, asked)
        text = "from the exchanges themselves, nothing is recorded"
        if self._kind != REAL:
            text = "from the simulator itself, nothing is recorded"
        return board, Origin("exchanges", text, self._kind)

    async def _begin(self, asked: Asked) -> Source:
        """An engine of our own, once it has what is asked for."""
        # Its log would stand between the lines of an answer.
        logs.setup("error", None, stderr=False)
        fetching = importlib.import_module("tui_monitor.cli.fetching")
        self._say_beside(fetching.FETCH_S)

        async def is_ready(source: Source) -> bool:
            try:
                return has_data(await read(source, asked))
            except UnknownCoin:
                return True  # by now all lists are there that will be

        opened = fetching.fetched(self._settings, self._kind, self._clock, is_ready)
        source: Source = await self._stack.enter_async_context(opened)
        return source

    def _say_beside(self, within_s: float) -> None:
        """That there is nothing here, and what there is beside it."""
        beside = " or ".join(databases_beside(self._folder))
        stored = f" (give {beside}: there is a database)" if beside else ""
        text = f"no engine runs and nothing is stored in {self._folder}{stored}"
        sys.stderr.write(f"tui-monitor: {text}; asking the exchanges, {within_s:g} s at most\n")
        sys.stderr.flush()

    async def _stored(self, asked: Asked) -> tuple[AnyBoard, str]:
        """The board, and what the history is of."""
        settings, clock = self._settings, self._clock
        async with stored_in(self._folder) as reader:
            spreads = StoredSpreads(reader, clock, settings.spreads, settings.signals)
            source = StoredSource(
                reader,
                zone_of(settings),
                clock,
                settings.sum_curve,
                paths.export_dir(self._folder),
                spreads,
                Own.of(settings),
            )
            return await read(source, asked), await reader.kind() or self._kind

    async def aclose(self) -> None:
        """End what was begun."""
        await self._stack.aclose()


def _named(holder: Mapping[str, object]) -> str:
    who = printable(f"{holder.get('role', 'process')} {holder.get('pid', '')}".strip(), _ECHOED)
    return who + (f", {printable(str(holder['url']), _ECHOED)}" if "url" in holder else "")


async def read(source: StoredSource | Source, asked: Asked) -> AnyBoard:
    """One board of a source."""
    day = None if asked.day is None else parse_day(asked.day)
    how: dict[str, Callable[[Query], Awaitable[AnyBoard]]] = {
        "sum": source.sum_board,
        "liquidations": lambda query: source.liquidations_board(HOURS[0], query),
        "anomalies": lambda _: source.anomalies_board(),
        "picks": lambda _: source.picks_board(),
        "oi": lambda _: source.interest_board(),
        "spreads": lambda _: source.spreads_board(Kind.ALL, Filter.ALL),
        "signals": lambda _: source.signals_board(),
        "funding": lambda _: source.funding_board(),
        "coverage": source.coverage_board,
        "system": lambda _: source.system_board(),
        COIN: lambda _: source.coin_page(asked.coin),
    }
    return await how[asked.board](Query(first_day=day, last_day=day))


def needs_engine(board: AnyBoard) -> bool:
    """Whether what is stored has nothing of a board that an engine would have."""
    if isinstance(board, SystemBoard):
        return not board.connections
    return isinstance(board, SpreadsBoard | FundingBoard | OpenInterestBoard) and not board.rows


def has_data(board: AnyBoard) -> bool:
    """Whether a board that has just begun shows what it is for."""
    if isinstance(board, SumBoard):
        return board.live is not None
    if isinstance(board, SystemBoard):
        return any(line.state is FeedState.LIVE for line in board.connections)
    if isinstance(board, CoverageBoard):
        return bool(board.days)
    if isinstance(board, LiquidationsBoard):
        return any(venue.state is VenueState.HEARD for venue in board.venues)
    if isinstance(board, SignalsBoard):
        return board.last_sample_ms is not None
    if isinstance(board, AnomaliesBoard | PicksBoard):
        return board.evaluated_ms is not None
    if isinstance(board, CoinPage):
        return bool(board.legs)
    return bool(board.rows)
