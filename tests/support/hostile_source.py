"""A source in memory whose every text is hostile: what any remote party might ever send."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast
from zlib import crc32

import msgspec
from msgspec.structs import fields, replace

from tests.support.boards import MemorySource, a_status
from tests.support.hostile import TEXTS
from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.anomalies.explanation import Explained
from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.coverage import CoverageBoard
from tui_monitor.boards.funding import FundingBoard
from tui_monitor.boards.klines import Klines
from tui_monitor.boards.liquidations import LiquidationsBoard
from tui_monitor.boards.open_interest import OpenInterestBoard, RankedBy
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.boards.signals import SignalsBoard
from tui_monitor.boards.spreads import Filter, Kind, SpreadsBoard
from tui_monitor.boards.status import EngineStatus, EventLine
from tui_monitor.boards.sum_curve import SumBoard
from tui_monitor.boards.system import SystemBoard
from tui_monitor.errors import BadInput
from tui_monitor.model import Exchange, Job, JobLine, Market
from tui_monitor.source import Exported, Query

T = TypeVar("T")
# Each in a name of its own: what a name is followed by must not be reached either.
PAYLOADS = (
    *(text[:60] for text in TEXTS if text.strip()),
    "\x1b[31mred\x1b[2J",
    "nul\x00del\x7fbel\x07",
    "a\u202eb\u200bc\u2066d",
    "\u2028sep\u0085",
    "line\nbreak\r\ttab",
    "\x90dcs\x9c\x9b6n",
)
# What the program itself writes and reads back: days, zones, lengths of bars.
OURS = frozenset(
    {"board", "bar", "timezone", "today", "first_day", "last_day", "day", "series", "slots"}
)
# Coins of nearly every board, under a name as Binance lists one.
WIDE = "币安人生"
_WIDE_COINS = ("BTC", "DOGE")


def hostile(text: str) -> str:
    """The same text behind a payload, always the same one."""
    if text in _WIDE_COINS:
        return WIDE + text
    return PAYLOADS[crc32(text.encode("utf-8", "surrogatepass")) % len(PAYLOADS)] + text


def poisoned(value: T, name: str = "") -> T:
    """A struct, or a list of them, with every text that is not the program's own hostile."""
    return cast("T", _poisoned(value, name))


def _poisoned(value: Any, name: str) -> Any:
    # Not the members of an enumeration: what they can be is decided on the way in.
    if type(value) is str:
        return value if name in OURS else hostile(value)
    if isinstance(value, msgspec.Struct):
        named = {one.name: getattr(value, one.name) for one in fields(value)}
        return replace(value, **{key: _poisoned(one, key) for key, one in named.items()})
    if type(value) in (list, tuple):
        return type(value)(_poisoned(one, name) for one in value)
    if isinstance(value, Mapping):
        return {_poisoned(key, name): _poisoned(one, name) for key, one in value.items()}
    return value


class HostileSource(MemorySource):
    """Every board, every event, every answer and every error."""

    def status(self) -> EngineStatus:
        lights = a_status().lights * 2
        return poisoned(a_status(self.now_ms, lights=lights, failed_workers=list(PAYLOADS[:1])))

    def events(self, after_id: int = 0) -> list[EventLine]:
        lines = [
            EventLine(id=n, first_ms=0, last_ms=n, level="error", area=one, text=one, count=n)
            for n, one in enumerate(PAYLOADS, 1)
        ]
        return [line for line in lines if line.id > after_id]

    async def sum_board(self, query: Query) -> SumBoard:
        board = await super().sum_board(query)
        nodes = [replace(node, reason=f"reason {n}") for n, node in enumerate(board.nodes)]
        return poisoned(replace(board, nodes=nodes))

    async def liquidations_board(self, hours: int, query: Query) -> LiquidationsBoard:
        return poisoned(await super().liquidations_board(hours, query))

    async def anomalies_board(
        self, exchange: Exchange | None = None, bar: str | None = None
    ) -> AnomaliesBoard:
        return poisoned(await super().anomalies_board(exchange, bar))

    async def anomaly_explained(
        self,
        name: str,
        exchange: Exchange | None = None,
        bar: str | None = None,
        *,
        forming: bool = False,
    ) -> Explained:
        return poisoned(await super().anomaly_explained("PEPE", exchange, bar, forming=forming))

    async def picks_board(self, exchange: Exchange | None = None) -> PicksBoard:
        return poisoned(await super().picks_board(exchange))

    async def klines(
        self,
        symbol: str,
        exchange: Exchange | None = None,
        market: Market = Market.PERP,
        bar: str | None = None,
        limit: int = 100,
    ) -> Klines:
        return poisoned(await super().klines("BTCUSDT", exchange, market, bar, limit))

    async def interest_board(
        self,
        hours: int | None = None,
        by: RankedBy = RankedBy.CHANGE,
        exchange: Exchange | None = None,
    ) -> OpenInterestBoard:
        return poisoned(await super().interest_board(hours, by, exchange))

    async def spreads_board(
        self,
        kind: Kind | None,
        filter: Filter,  # noqa: A002 - as the protocol has it
        coin: str | None = None,
        limit: int | None = None,
    ) -> SpreadsBoard:
        return poisoned(await super().spreads_board(kind, filter, coin, limit))

    async def signals_board(self) -> SignalsBoard:
        return poisoned(await super().signals_board())

    async def funding_board(self) -> FundingBoard:
        return poisoned(await super().funding_board())

    async def coverage_board(self, query: Query) -> CoverageBoard:
        return poisoned(await super().coverage_board(query))

    async def job_log(self, limit: int = 500) -> list[JobLine]:
        return poisoned(await super().job_log(limit))

    async def system_board(self) -> SystemBoard:
        return poisoned(await super().system_board())

    async def coin_page(self, coin: str) -> CoinPage:
        return poisoned(await super().coin_page("BTC"))

    async def start_backfill(self, first: date, last: date) -> Job:
        raise BadInput("\x1b[2J\x9b31mrefused", hostile("try another day"))

    async def export(
        self, what: str, first_ms: int, last_ms: int, file_format: str, path: Path | None
    ) -> Exported:
        return Exported(path=Path("\x1b]0;owned\x07\u202e-taken"), rows=1)
