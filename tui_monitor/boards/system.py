"""The system board: connections, lists of instruments, limits, this process, its database."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from msgspec import Struct

from tui_monitor.boards.status import EngineStatus
from tui_monitor.model import (
    ChannelHealth,
    Exchange,
    ExchangeHealth,
    FeedState,
    LimitUse,
    Market,
    MarketList,
    Source,
)

# From what needs nobody's eye to what needs it first.
SEVERITY = (
    FeedState.OFF,
    FeedState.LIVE,
    FeedState.STARTING,
    FeedState.BRIDGED,
    FeedState.SILENT,
    FeedState.DOWN,
    FeedState.BANNED,
    FeedState.FAILED,
)

ChannelKey = tuple[Exchange, Market, str]


class ConnectionLine(Struct, frozen=True, kw_only=True):
    """One kind of data of one market, as it comes now.

    `age_ms` is since its last data came by any way, `source` is that way. `messages_per_s` is
    None until it has been counted twice. `reason` says why it is not live, `last_error` what
    went wrong last, however long ago. `quiet`: its silence is no trouble. `polled`: REST is its
    regular way, every `every_s` seconds.
    """

    exchange: Exchange
    market: Market
    channel: str
    state: FeedState
    source: Source | None
    age_ms: int | None
    messages: int
    messages_per_s: float | None
    topics: int
    reconnects: int
    since_ms: int
    until_ms: int | None
    reason: str
    last_error: str
    host: str
    quiet: bool
    polled: bool
    every_s: float | None


class ListLine(Struct, frozen=True, kw_only=True):
    """The list of instruments of one market. `instruments` are live, `priced` have a last price.

    `stale`: it could not be refreshed, `error` says why; the older one is used.
    """

    exchange: Exchange
    market: Market
    instruments: int | None
    priced: int
    age_ms: int | None
    stale: bool
    example: str
    error: str


class LimitLine(Struct, frozen=True, kw_only=True):
    """What is taken of one limit in its running window of `window_s`.

    `allowed` is our own bound, below the `documented` one; `used_pct` is of ours.
    """

    exchange: Exchange
    name: str
    used: float
    allowed: float
    documented: float
    window_s: float
    used_pct: float | None


class ExchangeLine(Struct, frozen=True, kw_only=True):
    """One exchange as a whole. `clock_skew_ms` is its clock minus ours.

    `state` is that of its light: see `worst()`; `messages_per_s` and `reconnects` are their sums.
    """

    exchange: Exchange
    enabled: bool
    state: FeedState
    host: str
    round_trip_ms: float | None
    clock_skew_ms: float | None
    banned_until_ms: int | None
    messages_per_s: float | None
    reconnects: int
    connections: int
    live: int


class ProcessFigures(Struct, frozen=True, kw_only=True):
    """The process with the engine. What the platform does not tell is None.

    `cpu_pct` is of one core since the last look. The loop's lag is how late its timers fire:
    the middle and the worst of the last minute.
    """

    started_ms: int
    uptime_s: float
    memory_bytes: int | None
    memory_peak_bytes: int
    cpu_pct: float | None
    threads: int
    sockets: int | None
    loop_lag_ms: float | None
    loop_lag_worst_ms: float | None


class DatabaseFigures(Struct, frozen=True, kw_only=True):
    """The history's file. Rows were counted at `counted_ms`; `backlog_rows` wait for the disk.

    `committed_ms`: the last commit of this process, None before the first.
    """

    size_bytes: int
    wal_bytes: int
    kind: str
    schema_version: int
    sqlite_version: str
    rows: dict[str, int]
    oldest_ms: dict[str, int | None]
    counted_ms: int
    backlog_rows: int = 0
    dropped_rows: int = 0
    committed_ms: int | None = None


class SystemBoard(Struct, frozen=True, kw_only=True):
    """How everything does. Without a running engine only the database is known: `running`."""

    board: str = "system"
    now_ms: int
    timezone: str
    running: bool
    kind: str
    mode: str = ""
    recording: bool = False
    recording_reason: str = ""
    failed_workers: list[str] = []
    exchanges: list[ExchangeLine] = []
    connections: list[ConnectionLine] = []
    lists: list[ListLine] = []
    limits: list[LimitLine] = []
    process: ProcessFigures | None = None
    database: DatabaseFigures | None = None
    database_error: str = ""


def system_board(
    status: EngineStatus,
    exchanges: Sequence[ExchangeHealth],
    rates: Mapping[ChannelKey, float],
    process: ProcessFigures,
    database: DatabaseFigures | str,
) -> SystemBoard:
    """The board of a running engine, `exchanges` in their order. `database` may be an error."""
    now_ms = status.now_ms
    watched = [one for one in exchanges if one.enabled]
    return SystemBoard(
        now_ms=now_ms,
        timezone=status.timezone,
        running=True,
        kind=status.kind,
        mode=status.mode,
        recording=status.recording,
        recording_reason=status.recording_reason,
        failed_workers=status.failed_workers,
        exchanges=[_exchange(one, rates) for one in exchanges],
        connections=[_connection(line, rates) for one in watched for line in one.channels],
        lists=[_list(one.exchange, line, now_ms) for one in watched for line in one.markets],
        limits=[_limit(one.exchange, line) for one in watched for line in one.limits],
        process=process,
        database=database if isinstance(database, DatabaseFigures) else None,
        database_error=database if isinstance(database, str) else "",
    )


def stored_system_board(now_ms: int, timezone: str, database: DatabaseFigures) -> SystemBoard:
    """What is known without an engine: the database."""
    return SystemBoard(
        now_ms=now_ms, timezone=timezone, running=False, kind=database.kind, database=database
    )


def host_of(address: str) -> str:
    """Host and port of an address; without scheme, path, and whoever logs in there."""
    return urlsplit(address).netloc.rpartition("@")[2] if "://" in address else address


def channel_key(channel: ChannelHealth) -> ChannelKey:
    """What identifies a channel among all."""
    return channel.exchange, channel.market, channel.channel


def _exchange(one: ExchangeHealth, rates: Mapping[ChannelKey, float]) -> ExchangeLine:
    channels = one.channels if one.enabled else []
    known = [rates[key] for key in map(channel_key, channels) if key in rates]
    return ExchangeLine(
        exchange=one.exchange,
        enabled=one.enabled,
        state=_state(channels) if one.enabled else FeedState.OFF,
        host=host_of(one.host),
        round_trip_ms=one.round_trip_ms,
        clock_skew_ms=one.clock_skew_ms,
        banned_until_ms=one.banned_until_ms,
        messages_per_s=sum(known) if known else None,
        reconnects=sum(channel.reconnects for channel in channels),
        connections=len(channels),
        live=sum(channel.state is FeedState.LIVE for channel in channels),
    )


def _state(channels: Sequence[ChannelHealth]) -> FeedState:
    """An exchange whose connections have not been made yet is about to start."""
    found = worst(channels)
    return FeedState.STARTING if found is None else found.state


def worst(channels: Sequence[ChannelHealth]) -> ChannelHealth | None:
    """The connection that an exchange is judged by: the one that is worst off.

    Those that are silent for hours anyway count only where nothing else is in trouble.
    """
    busy = [one for one in channels if not one.quiet]
    found = max(busy or channels, key=_severity, default=None)
    if found is not None and found.state is FeedState.LIVE:
        return max(channels, key=_severity)
    return found


def _severity(channel: ChannelHealth) -> int:
    return SEVERITY.index(channel.state)


def _connection(channel: ChannelHealth, rates: Mapping[ChannelKey, float]) -> ConnectionLine:
    return ConnectionLine(
        exchange=channel.exchange,
        market=channel.market,
        channel=channel.channel,
        state=channel.state,
        source=channel.source,
        age_ms=channel.age_ms,
        messages=channel.messages,
        messages_per_s=rates.get(channel_key(channel)),
        topics=channel.topics,
        reconnects=channel.reconnects,
        since_ms=channel.since_ms,
        until_ms=channel.until_ms,
        reason=channel.reason,
        last_error=channel.last_error,
        host=host_of(channel.host),
        quiet=channel.quiet,
        polled=channel.polled,
        every_s=channel.every_s,
    )


def _list(exchange: Exchange, found: MarketList, now_ms: int) -> ListLine:
    return ListLine(
        exchange=exchange,
        market=found.market,
        instruments=found.instruments,
        priced=found.rows,
        age_ms=None if found.read_ms is None else max(0, now_ms - found.read_ms),
        stale=found.stale,
        example=found.example,
        error=found.error,
    )


def _limit(exchange: Exchange, use: LimitUse) -> LimitLine:
    return LimitLine(
        exchange=exchange,
        name=use.name,
        used=use.used,
        allowed=use.allowed,
        documented=use.documented,
        window_s=use.window_s,
        used_pct=100 * use.used / use.allowed if use.allowed else None,
    )
