"""The originals' keys beside the envelope, route by route: a `count` is theirs, `data` is ours.

They are what the functions of the routes give and what `/api/openapi.json` tells of them. Times
as text are in the board's zone, unless a name says otherwise.
"""

from typing import Any, Literal, NotRequired, TypedDict

import msgspec
from msgspec import UNSET, Struct

from tui_monitor.boards.coin import Against
from tui_monitor.model import Exchange

Connected = Literal["connected", "disconnected"]


class UpdatedKeys(TypedDict):
    """Beside a ranking: when it was made, null while it was not."""

    update: str | None


class JudgedKeys(TypedDict):
    """Of what the rows are, when that was judged last, and what is missing."""

    update: str
    interval: str
    exchanges: list[Exchange]
    last_update: str | None
    reason: str


class AnomalyFilters(TypedDict):
    """What was asked for, as it was understood."""

    interval: str
    hours: int
    min_score: float
    anomaly_only: bool
    exchange: Exchange | None
    limit: int


class AnomaliesKeys(JudgedKeys):
    """Beside `/api/anomalies`."""

    filters: AnomalyFilters


class TopKeys(JudgedKeys):
    """Beside `/api/anomalies/top`."""

    exchange: Exchange | None


class ProgressKeys(TypedDict):
    """Beside the backfill's status: whether a job runs, and how far it is in %."""

    running: bool
    progress: float | None


class LogKeys(TypedDict):
    """The log's lines as one text."""

    logs: str


class MessageKeys(TypedDict):
    """What was done, in the originals' words."""

    message: str


class PriceNow(TypedDict):
    """`timestamp` is the exchange's, UTC ms; without a price there is a reason."""

    price: float | None
    timestamp: int | None
    symbol: str | None
    age_ms: NotRequired[int | None]
    stale: NotRequired[bool]
    reason: NotRequired[str]


class SpotPrice(PriceNow):
    """`volume` in coins, of 24 h."""

    volume: NotRequired[float | None]


class FuturesPrice(PriceNow):
    """A perpetual's; `funding_rate` is a fraction per its own interval, times are UTC ms."""

    funding_rate: NotRequired[float | None]
    next_funding_time: NotRequired[int | None]
    mark_price: NotRequired[float | None]
    index_price: NotRequired[float | None]


class FundingNow(TypedDict, total=False):
    """Empty where the exchange has no perpetual of the coin."""

    funding_rate: float | None
    interval_h: float | None
    next_funding_time: int | None


class ExchangePrices(TypedDict):
    """A coin on one exchange."""

    spot: SpotPrice
    futures: FuturesPrice
    funding_rate: FundingNow


class PremiumNow(TypedDict):
    """A perpetual's price over `against`, in %."""

    premium_percent: float | None
    spot_price: float | None
    futures_price: float | None
    against: Against | None
    against_price: float | None
    basis_percent: float | None
    reason: NotRequired[str]


class CoinKeys(TypedDict):
    """Beside `/api/data`, by exchange."""

    symbol: str
    realtime_data: dict[str, ExchangePrices]
    premium_data: dict[str, PremiumNow]
    reason: str


class ListedKeys(TypedDict):
    """Which coins there are; the reason where there are none."""

    supported_symbols: list[str]
    reason: NotRequired[str]


class AllCoinsKeys(ListedKeys):
    """Beside `/api/aggregated_data`: coin, then exchange."""

    aggregated_data: dict[str, dict[str, ExchangePrices]]


class SignalNow(TypedDict):
    """`observed_at` is ISO 8601, UTC."""

    symbol: str
    short_exchange: Exchange
    long_exchange: Exchange
    spread_percent: float
    price_short: float
    price_long: float
    observed_at: str


class SignalsKeys(TypedDict):
    """Newest first."""

    signals: list[SignalNow]
    reason: str


class SymbolKeys(TypedDict):
    """The chosen coin."""

    symbol: str


class HeldRows(TypedDict):
    """How many rows a coin has on an exchange."""

    symbol: str
    exchange: Exchange
    count: int


class HeldRange(TypedDict):
    """Null without rows."""

    earliest: str | None
    latest: str | None


class DatabaseCounts(TypedDict):
    """Raw records tell of a moment, aggregated ones of a stretch of time."""

    database_size_mb: float
    wal_size_mb: float
    raw_records: int
    aggregated_records: int
    raw_data_range: HeldRange
    aggregated_data_range: HeldRange
    recent_data_hours: float
    recent_data_by_symbol_exchange: list[HeldRows]


class DatabaseKeys(TypedDict):
    """Beside `/api/database/stats`."""

    stats: DatabaseCounts


class DatabaseState(TypedDict):
    """`records` by kind of rows, `oldest_data` in the board's zone."""

    file_size_mb: float
    wal_size_mb: float
    max_age_hours: float | None
    symbol_count: int
    kline_count: int
    anomaly_count_24h: int
    auto_cleanup: bool
    cleanup_interval_hours: float | None
    records: dict[str, int]
    oldest_data: dict[str, str | None]
    kind: str
    schema_version: int
    sqlite_version: str


class HealthKeys(TypedDict):
    """`server_time` is ISO 8601, UTC; no database where it can't be read."""

    status: Literal["healthy", "degraded"]
    update: str
    server_time: str
    database: DatabaseState | None


class BarsKeys(TypedDict):
    """Whose bars; a unit of `symbol` has `multiplier` coins."""

    symbol: str
    coin: str
    multiplier: float
    exchange: Exchange
    interval: str
    reason: str


class CutKeys(TypedDict):
    """Whether older rows were left out, and the `before` that gives them."""

    truncated: bool
    before: int | None


class SpanKeys(CutKeys):
    """The stretch that was looked at; no start where it is everything."""

    start_time: str | None
    end_time: str


class MinutesKeys(SpanKeys):
    """Beside `/api/liquidation-1h/history`."""

    reason: str


class SymbolMarkets(TypedDict):
    """On how many exchanges a coin is traded; the score in %."""

    symbol: str
    completeness_score: float | None
    spot_exchanges: int
    futures_exchanges: int
    total_exchanges: int


class ExchangeCounts(TypedDict):
    """How many coins an exchange trades."""

    spot: int
    futures: int


class MarketFigures(TypedDict):
    """Coins by how many of the exchanges' markets trade them."""

    total_unique_symbols: int
    high_coverage_symbols: list[SymbolMarkets]
    medium_coverage_symbols: list[SymbolMarkets]
    low_coverage_symbols: list[SymbolMarkets]
    exchange_summary: dict[str, ExchangeCounts]


class MarketsKeys(TypedDict):
    """Beside `/api/markets`."""

    market_report: MarketFigures
    current_symbols: list[str]


class ExchangeCoverage(TypedDict):
    """How many coins an exchange trades, and how much of all in %."""

    spot_symbols: int
    futures_symbols: int
    coverage_percent: float | None


class QualityBands(TypedDict):
    """Coins by their completeness."""

    high: int
    medium: int
    low: int


class CoverageFigures(TypedDict):
    """`symbol_stats` is each coin's completeness in %."""

    total_symbols: int
    exchange_stats: dict[str, ExchangeCoverage]
    symbol_stats: dict[str, float | None]
    quality_metrics: QualityBands


class CoverageKeys(TypedDict):
    """Beside `/api/coverage`."""

    coverage_stats: CoverageFigures


class ProcessKeys(TypedDict):
    """Null is unknown here."""

    memory_usage_mb: float | None
    cpu_percent: float | None
    threads_count: int | None
    connections_count: int | None
    uptime_s: NotRequired[float]


class StreamFigures(TypedDict):
    """By exchange and market, as `binance_spot`."""

    websocket_status: dict[str, Connected]
    reconnect_attempts: int


class RestFigures(TypedDict):
    """`update_interval` in s; `last_sync` by exchange, ISO 8601, UTC."""

    enabled: bool
    update_interval: float | None
    last_sync: dict[str, str | None]


class SystemKeys(TypedDict):
    """Beside `/api/system/status`."""

    system: ProcessKeys
    connections: StreamFigures
    rest: RestFigures


class MinutePrice(TypedDict):
    """A look at a coin on an exchange; the premium in %, the time UTC ms."""

    timestamp: int
    spot_price: float | None
    futures_price: float | None
    funding_rate: float | None
    premium: float | None


def by_exchange_keys(kind: Any) -> type[Struct]:
    """A key for each exchange that has something."""
    fields: list[tuple[str, Any, Any]] = [(name.value, kind, UNSET) for name in Exchange]
    return msgspec.defstruct("ByExchange", fields, kw_only=True)
