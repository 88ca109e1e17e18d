"""One look at everything: healthy, or degraded and why."""

from msgspec import Struct

from tui_monitor.api.answers import Answer
from tui_monitor.api.counts import upkeep
from tui_monitor.api.endpoints import Endpoint, Nothing, World
from tui_monitor.api.own_keys import DatabaseState, HealthKeys
from tui_monitor.boards.status import EngineStatus, FeedLight
from tui_monitor.boards.upkeep import Upkeep
from tui_monitor.clock import utc_text
from tui_monitor.errors import StoreError
from tui_monitor.model import FeedState, StoreInfo

_MB = 1_000_000
_STORE_S = 5.0


class Coverage(Struct, frozen=True, kw_only=True):
    """Today's nodes that are there and those that are due."""

    nodes_today: int
    nodes_due_today: int
    backfill_pct: float | None


class Health(Struct, frozen=True, kw_only=True):
    """`reasons` is empty exactly when all is well. `kind` is real, simulator or demo."""

    reasons: list[str]
    kind: str
    mode: str
    feeds: list[FeedLight]
    messages_per_s: float
    coins_live: int
    coins_expected: int
    recording: bool
    recording_reason: str
    recording_paused_ms: int | None = None
    coverage: Coverage
    failed_workers: list[str]


async def health(world: World, _asked: Nothing) -> Answer:
    """The state of feeds, recording, database, coverage and workers."""
    now_ms = world.clock.now_ms()
    status = world.source.status()
    reasons = degraded(status)
    database: DatabaseState | None = None
    try:
        database = _database(await _store_info(world), await upkeep(world), world)
    except StoreError as error:
        reasons.append(f"the database can't be read: {error.line()}")
    own: HealthKeys = {
        "status": "degraded" if reasons else "healthy",
        "update": world.zone.format(now_ms),
        "server_time": utc_text(now_ms),
        "database": database,
    }
    return Answer(data=_health(status, reasons), own=own)


async def _store_info(world: World) -> StoreInfo:
    # It counts rows: with years of them that takes a while.
    return await world.shared.once("store", _STORE_S, world.source.store_info)


def degraded(status: EngineStatus) -> list[str]:
    """Everything that is not as it should be, in words."""
    reasons = [_dark(light) for light in status.lights if light.state is not FeedState.LIVE]
    if not status.lights:
        reasons.append("no exchange is watched")
    if status.coins_live < status.coins_expected:
        reasons.append(f"{status.coins_live} of {status.coins_expected} coins have a live price")
    if not status.recording:
        reasons.append(_paused(status))
    missing = status.nodes_due_today - status.nodes_today
    if missing > 0:
        reasons.append(f"{missing} of today's {status.nodes_due_today} due nodes are missing")
    return reasons + [f"a worker has failed: {name}" for name in status.failed_workers]


def _paused(status: EngineStatus) -> str:
    since_ms = status.recording_paused_ms
    since = "" if since_ms is None else f" since {utc_text(since_ms)}"
    return f"nothing is recorded{since}: {status.recording_reason or 'no reason known'}"


def _dark(light: FeedLight) -> str:
    text = f"{light.exchange} is {light.state}"
    return f"{text}: {light.reason}" if light.reason else text


def _health(status: EngineStatus, reasons: list[str]) -> Health:
    return Health(
        reasons=reasons,
        kind=status.kind,
        mode=status.mode,
        feeds=status.lights,
        messages_per_s=status.messages_per_s,
        coins_live=status.coins_live,
        coins_expected=status.coins_expected,
        recording=status.recording,
        recording_reason=status.recording_reason,
        recording_paused_ms=status.recording_paused_ms,
        coverage=Coverage(
            nodes_today=status.nodes_today,
            nodes_due_today=status.nodes_due_today,
            backfill_pct=status.backfill_pct,
        ),
        failed_workers=status.failed_workers,
    )


def _database(info: StoreInfo, known: Upkeep, world: World) -> DatabaseState:
    """The originals' keys for what we keep, and the rest of what is known. Without the path."""
    oldest = {
        series: None if oldest_ms is None else world.zone.format(oldest_ms)
        for series, oldest_ms in info.oldest_ms.items()
    }
    named = {
        "klines": info.rows.get("candles", 0),
        "anomalies": info.rows.get("anomalies", 0),
        "ai_coins": known.picks,
        "oi_rankings": info.rows.get("interest_samples", 0),
    }
    return {
        "file_size_mb": round(info.size_bytes / _MB, 3),
        "wal_size_mb": round(info.wal_bytes / _MB, 3),
        "max_age_hours": known.keeps_h,
        "symbol_count": known.candle_symbols,
        "kline_count": named["klines"],
        "anomaly_count_24h": known.anomalies_24h,
        "auto_cleanup": known.every_h is not None,
        "cleanup_interval_hours": known.every_h,
        "records": info.rows | named,
        "oldest_data": oldest
        | {"kline_time": oldest.get("candles"), "anomaly_time": oldest.get("anomalies")},
        "kind": info.kind,
        "schema_version": info.schema_version,
        "sqlite_version": info.sqlite_version,
    }


ENDPOINTS = (
    Endpoint(
        path="/api/health",
        summary="healthy, or degraded with the reasons: feeds, recording, database, coverage.",
        reply=health,
        gives=Health,
        own=HealthKeys,
    ),
)
