"""Where a screen or a route gets a board: from this process's engine.

Screens and routes know only the `Source` protocol, so that another engine's socket can stand
behind it without their noticing.
"""

from datetime import date
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.anomalies.explanation import Explained
from tui_monitor.boards.anomalies.records import FoundAnomalies
from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.coverage import CoverageBoard
from tui_monitor.boards.database import DatabaseStats, Maintenance
from tui_monitor.boards.funding import FundingBoard
from tui_monitor.boards.klines import Klines
from tui_monitor.boards.liquidations import Indices, LiquidationsBoard
from tui_monitor.boards.markets import MarketReport
from tui_monitor.boards.open_interest import InterestPoint, OpenInterestBoard, RankedBy
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.boards.prices import CoinPrices, PricePoint
from tui_monitor.boards.signals import SignalsBoard
from tui_monitor.boards.spreads import Filter, Kind, SpreadsBoard
from tui_monitor.boards.status import EngineStatus, EventLine
from tui_monitor.boards.sum_curve import Record, SumBoard
from tui_monitor.boards.system import SystemBoard
from tui_monitor.boards.upkeep import Upkeep
from tui_monitor.model import Exchange, Job, JobLine, Market, PriceMinute, SpreadMinute, StoreInfo
from tui_monitor.model.liquidations import AggregateRow, LiquidationRecord

MAX_RANGE_DAYS = 1_100


class Query(Struct, frozen=True, kw_only=True):
    """What part of a board is wanted. No day: today. `slot_ms`: the node whose coins to give."""

    first_day: date | None = None
    last_day: date | None = None
    slot_ms: int | None = None


class Exported(Struct, frozen=True, kw_only=True):
    """A written export."""

    path: Path
    rows: int


class Source(Protocol):
    """One interface for the local engine and, later, for a remote one."""

    def status(self) -> EngineStatus:
        """The status line, from memory."""

    def events(self, after_id: int = 0) -> list[EventLine]:
        """The event log, oldest first."""

    async def sum_board(self, query: Query) -> SumBoard:
        """The sum curve of one day or of a range of days."""

    async def records(self, first_ms: int, last_ms: int, limit: int) -> list[Record]:
        """The newest `limit` nodes between two times (both included), oldest first."""

    async def coverage_board(self, query: Query) -> CoverageBoard:
        """Coverage of a range of days (no day: the last 14)."""

    async def system_board(self) -> SystemBoard:
        """Connections, lists, limits, process and database."""

    async def markets(self) -> MarketReport:
        """Which coin trades where."""

    async def spreads_board(
        self, kind: Kind | None, only: Filter, /, coin: str | None = None, limit: int | None = None
    ) -> SpreadsBoard:
        """The best pair of each coin, with the quarantine; the first `limit` rows.

        No kind: the one that the settings name.
        """

    async def signals_board(self) -> SignalsBoard:
        """The newest signals."""

    async def funding_board(self) -> FundingBoard:
        """What each exchange's perpetual of each coin pays, and what it paid."""

    async def interest_board(
        self,
        hours: int | None = None,
        by: RankedBy = RankedBy.CHANGE,
        exchange: Exchange | None = None,
    ) -> OpenInterestBoard:
        """Where positions grow and shrink, ranked by a window of 1, 4 or 24 hours.

        No window: the one of the settings; another one: BadInput. Of one exchange, or of all.
        """

    async def interest_history(self, coin: str, first_ms: int) -> list[InterestPoint]:
        """A coin's stored open interest since a time, 31 days at most, oldest first."""

    async def liquidations_board(self, hours: int, query: Query) -> LiquidationsBoard:
        """The last hours (1, 3, 6, 12 or 24; else BadInput), or the whole days of `query`."""

    async def liquidation_records(
        self, first_ms: int, last_ms: int, limit: int
    ) -> list[LiquidationRecord]:
        """The newest `limit` minute records between two times (both included), oldest first."""

    async def liquidation_indices(self) -> Indices:
        """The newest minute record, and the aggregate source's newest word."""

    async def aggregates(self, first_ms: int, last_ms: int, limit: int) -> list[AggregateRow]:
        """The aggregate's newest `limit` minutes between two times, as the records."""

    async def anomalies_board(
        self, exchange: Exchange | None = None, bar: str | None = None
    ) -> AnomaliesBoard:
        """What moves unusually; no exchange or bar: those that the settings name first.

        Of bars that nobody watches it has what was judged last, and says where to have them
        watched. BadInput for a bar that there is not.
        """

    def watch_bars(self, exchange: Exchange | None = None, bar: str | None = None) -> None:
        """A screen shows these bars: they are streamed and judged for some minutes from now on.

        BadInput for a bar that there is not. Without an engine nothing happens.
        """

    async def anomaly_explained(
        self,
        name: str,
        exchange: Exchange | None = None,
        bar: str | None = None,
        *,
        forming: bool = False,
    ) -> Explained:
        """Why a coin (or a symbol) is on that board, or why it is not; of the closed bar, or of
        the one that is forming."""

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
        """Anomalies of bars that touch a range of time (ends included), by score, then time.

        No exchange or bar: all exchanges that the settings name, and bars of their length alone.
        `min_score` is included.
        """

    async def picks_board(self, exchange: Exchange | None = None) -> PicksBoard:
        """The picks of the newest evaluation."""

    async def klines(
        self,
        symbol: str,
        exchange: Exchange | None = None,
        market: Market = Market.PERP,
        bar: str | None = None,
        limit: int = 100,
    ) -> Klines:
        """The newest kept bars of a symbol (or of a coin), with the forming one if known.

        Without an exchange or a length it is that of the settings, the first of its exchanges.

        Asking has no bars streamed: see `watch_bars`.
        """

    async def upkeep(self) -> Upkeep:
        """How much is watched and was found, and how long it is kept."""

    async def coin_page(self, coin: str) -> CoinPage:
        """All of one coin; UnknownCoin names the nearest where nobody lists it."""

    async def prices(self, coin: str | None = None) -> list[CoinPrices]:
        """What each coin, or one, costs everywhere now; none without an engine."""

    async def price_points(self, coin: str) -> list[PricePoint]:
        """A coin's last two hours from memory, oldest first; none without an engine."""

    async def spread_minutes(self, coin: str, first_ms: int) -> list[SpreadMinute]:
        """A coin's stored minutes of all pairs since a time, oldest first."""

    async def price_minutes(self, coin: str, first_ms: int, end_ms: int) -> list[PriceMinute]:
        """A coin's stored minutes of prices, oldest first, the end excluded; some hours at once."""

    async def start_backfill(self, first: date, last: date) -> Job:
        """Begin a backfill; BadInput if the range is wrong, AlreadyRuns if one runs."""

    async def stop_backfill(self) -> bool:
        """Stop the running backfill; False if none runs. Returns once it has stopped."""

    async def job_log(self, limit: int = 500) -> list[JobLine]:
        """The newest lines of the backfill log, oldest first."""

    async def store_info(self) -> StoreInfo:
        """Size, rows and oldest times of the database; StoreError if it can't be read."""

    async def database_stats(self) -> DatabaseStats:
        """What the database holds by kind; StoreError if it can't be read."""

    async def maintain(self) -> Maintenance:
        """Remove now what is too old; AlreadyRuns while another one is asked for."""

    async def export(
        self, what: str, first_ms: int, last_ms: int, file_format: str, path: Path | None
    ) -> Exported:
        """Write an export; without a path under a name of its own in the exports folder."""
