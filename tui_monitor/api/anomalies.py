"""The anomaly monitor's routes in the originals' shape: anomalies and picks.

Filters are applied before the limit. An anomaly's `timestamp` is when its bar began, in seconds.
Without `interval` and `exchange` the answers are of what the settings have judged. Asking has
nothing streamed.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Annotated, Literal, TypeVar

from msgspec import Struct

from tui_monitor.api.answers import Answer, encode_rows
from tui_monitor.api.endpoints import Endpoint, Rows, World, described
from tui_monitor.api.own_keys import AnomaliesKeys, JudgedKeys, TopKeys, UpdatedKeys
from tui_monitor.boards.anomalies import Reason, original_reasons
from tui_monitor.boards.anomalies.records import FoundAnomalies, StoredAnomaly
from tui_monitor.boards.picks import PickRow
from tui_monitor.clock import MINUTE_MS, BoardZone
from tui_monitor.model import Exchange
from tui_monitor.source.units import multiplier_of

# More than 0.5 is what the originals call the top.
_TOP_SCORE = math.nextafter(0.5, 1.0)
_HOUR_MS = 60 * MINUTE_MS
_SHARED_S = 1.0
_AT_ONCE = 200
_EVERY = "3分钟"

T = TypeVar("T")
R = TypeVar("R")
Bar = Literal["1m", "5m", "15m", "1h"]
Hours = Annotated[int, described("How far back from now, in hours.", ge=1, le=8_760)]
OneExchange = Annotated[
    Exchange | None, described("Of this exchange alone; without it of all that the settings judge.")
]
OneBar = Annotated[
    Bar | None, described("The length of the bars; without it that of the settings.")
]


class FirstPicksQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many picks of which exchange."""

    limit: Rows = 10
    exchange: Annotated[
        Exchange | None, described("Without it the first that the settings judge.")
    ] = None


class RecentAnomaliesQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which anomalies."""

    interval: OneBar = None
    hours: Hours = 24
    limit: Rows = 100
    min_score: Annotated[float, described("Scores of less are left out.", ge=0, le=1e6)] = 0.0
    anomaly_only: Annotated[
        bool, described("Nothing but anomalies is stored, so both values give the same.")
    ] = False
    exchange: OneExchange = None


class TopQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many, of which bars, and how far back."""

    interval: OneBar = None
    limit: Rows = 20
    hours: Hours = 24
    exchange: OneExchange = None


class CoinScore(Struct, frozen=True, kw_only=True):
    """A pick in the originals' words, and the four parts of its score.

    `current_price` is the close of the bar that ended at `end_time` (s), `start_price` that of the
    first of the bars. Prices are per coin, of which one unit of `pair` has `multiplier`.
    """

    pair: str
    score: float
    start_time: int
    start_price: float
    last_score: float | None
    max_score: float
    max_price: float
    increase_percent: float
    rank: int
    exchange: Exchange
    coin: str
    multiplier: float
    current_price: float
    end_time: int
    change_points: float
    turnover_points: float
    volatility_points: float
    growth_points: float


class Coins(Struct, frozen=True, kw_only=True):
    """The picks of the newest evaluation: of bars of `interval`, the newest of which ended at
    `bar_end` (s). `last_update` is None where nothing was scored, and `reason` says why.
    """

    coins: list[CoinScore]
    count: int
    exchange: Exchange
    interval: str
    bar_end: int | None
    last_update: str | None
    update_interval: str
    reason: str


class Anomaly(Struct, frozen=True, kw_only=True):
    """An anomaly in the originals' words; times in seconds, returns and ranges in %.

    The price is per coin, of which one unit of `symbol` has `multiplier`.
    """

    symbol: str
    timestamp: int
    datetime: str
    interval_type: str
    current_return_pct: float | None
    close_price: float | None
    current_volume: float | None
    current_volatility: float | None
    price_zscore: float | None
    price_percentile: float | None
    volume_zscore: float | None
    volatility_zscore: float | None
    anomaly_score: float | None
    price_score: float | None
    volume_score: float | None
    volatility_score: float | None
    anomaly_reasons: str
    quote_volume_24h: float | None
    created_at: int
    exchange: Exchange
    coin: str
    multiplier: float
    is_anomaly: bool
    reasons: list[Reason]
    n_hist: int
    why: str


class TopAnomaly(Struct, frozen=True, kw_only=True):
    """One of the highest scores."""

    rank: int
    symbol: str
    current_return_pct: float | None
    anomaly_score: float | None
    price_zscore: float | None
    volume_zscore: float | None
    volatility_zscore: float | None
    quote_volume_24h: int | None
    anomaly_reasons: str
    datetime: str
    date: str
    timestamp: int
    interval_type: str
    exchange: Exchange
    coin: str


async def coins(world: World, asked: FirstPicksQuery) -> Answer:
    """The picks."""
    board = await world.shared.once(
        ("picks", asked.exchange), _SHARED_S, lambda: world.source.picks_board(asked.exchange)
    )
    at = _time(world, board.evaluated_ms)
    rows = [_coin(row, board.close_ms) for row in board.rows[: asked.limit]]
    data = Coins(
        coins=rows,
        count=len(rows),
        exchange=board.exchange,
        interval=board.bar,
        bar_end=None if board.evaluated_ms is None else board.close_ms // 1000,
        last_update=at,
        update_interval=_EVERY,
        reason=board.reason,
    )
    return Answer(data=data, count=len(rows), own=UpdatedKeys(update=at))


async def anomalies(world: World, asked: RecentAnomaliesQuery) -> Answer:
    """Stored anomalies, the highest scores first."""
    now_ms = world.clock.now_ms()
    found = await world.source.stored_anomalies(
        now_ms - asked.hours * _HOUR_MS,
        now_ms,
        exchange=asked.exchange,
        bar=asked.interval,
        min_score=asked.min_score,
        limit=asked.limit,
    )
    rows = await made(found.rows, lambda one, _: _anomaly(one, world.zone))
    own: AnomaliesKeys = {
        "filters": {
            "interval": found.bar,
            "hours": asked.hours,
            "min_score": asked.min_score,
            "anomaly_only": asked.anomaly_only,
            "exchange": asked.exchange,
            "limit": asked.limit,
        },
        **_told(world, found),
    }
    return Answer(data=await encode_rows(rows), count=len(rows), own=own)


def _told(world: World, found: FoundAnomalies) -> JudgedKeys:
    """Of what the rows are, when that was judged last, and what is missing."""
    return {
        "update": world.zone.format(world.clock.now_ms()),
        "interval": found.bar,
        "exchanges": found.exchanges,
        "last_update": _time(world, found.evaluated_ms),
        "reason": found.reason,
    }


def _time(world: World, ms: int | None) -> str | None:
    return None if ms is None else world.zone.format(ms)


async def top(world: World, asked: TopQuery) -> Answer:
    """Those that score more than 0.5."""
    now_ms = world.clock.now_ms()
    found = await world.source.stored_anomalies(
        now_ms - asked.hours * _HOUR_MS,
        now_ms,
        exchange=asked.exchange,
        bar=asked.interval,
        min_score=_TOP_SCORE,
        limit=asked.limit,
    )
    rows = await made(found.rows, lambda one, rank: _top(one, rank, world.zone))
    own: TopKeys = {"exchange": asked.exchange, **_told(world, found)}
    return Answer(data=await encode_rows(rows), count=len(rows), own=own)


async def made(rows: Sequence[T], make: Callable[[T, int], R]) -> list[R]:
    """Something of each row and its rank, some at a time."""
    found = []
    for rank, row in enumerate(rows, 1):
        if rank % _AT_ONCE == 0:
            await asyncio.sleep(0)
        found.append(make(row, rank))
    return found


def _coin(row: PickRow, close_ms: int) -> CoinScore:
    return CoinScore(
        pair=row.symbol,
        score=round(row.score, 1),
        start_time=row.start_ms // 1000,
        start_price=row.start_price,
        last_score=None if row.last_score is None else round(row.last_score, 1),
        max_score=round(row.max_score, 1),
        max_price=row.max_price,
        increase_percent=row.increase_pct,
        rank=row.rank,
        exchange=row.exchange,
        coin=row.coin,
        multiplier=multiplier_of(row.symbol),
        current_price=row.current_price,
        end_time=close_ms // 1000,
        change_points=row.change_points,
        turnover_points=row.turnover_points,
        volatility_points=row.volatility_points,
        growth_points=row.growth_points,
    )


def _anomaly(one: StoredAnomaly, zone: BoardZone) -> Anomaly:
    row = one.row
    return Anomaly(
        symbol=row.symbol,
        timestamp=row.open_ms // 1000,
        datetime=zone.format(row.open_ms),
        interval_type=one.explanation.bar,
        current_return_pct=row.return_pct,
        close_price=row.close,
        current_volume=row.turnover_usd,
        current_volatility=row.range_pct,
        price_zscore=row.price_z,
        price_percentile=row.price_percentile,
        volume_zscore=row.volume_z,
        volatility_zscore=row.volatility_z,
        anomaly_score=row.score,
        price_score=row.price_score,
        volume_score=row.volume_score,
        volatility_score=row.volatility_score,
        anomaly_reasons=original_reasons(row.reasons),
        quote_volume_24h=row.turnover_24h_usd,
        created_at=one.judged_ms // 1000,
        exchange=row.exchange,
        coin=row.coin,
        multiplier=multiplier_of(row.symbol),
        is_anomaly=True,
        reasons=row.reasons,
        n_hist=row.n,
        why=one.explanation.why,
    )


def _top(one: StoredAnomaly, rank: int, zone: BoardZone) -> TopAnomaly:
    row = one.row
    turnover_usd = row.turnover_24h_usd
    return TopAnomaly(
        rank=rank,
        symbol=row.symbol,
        current_return_pct=row.return_pct,
        anomaly_score=row.score,
        price_zscore=row.price_z,
        volume_zscore=row.volume_z,
        volatility_zscore=row.volatility_z,
        quote_volume_24h=None if turnover_usd is None else int(turnover_usd),
        anomaly_reasons=original_reasons(row.reasons),
        datetime=zone.format(row.open_ms, "%H:%M:%S"),
        date=zone.format(row.open_ms, "%Y-%m-%d"),
        timestamp=row.open_ms // 1000,
        interval_type=one.explanation.bar,
        exchange=row.exchange,
        coin=row.coin,
    )


ENDPOINTS = (
    Endpoint(
        path="/api/coins",
        summary="The picks: a fixed formula's score of what trades most.",
        reply=coins,
        asks=FirstPicksQuery,
        gives=Coins,
        own=UpdatedKeys,
    ),
    Endpoint(
        path="/api/anomalies",
        summary="Stored anomalies of the last hours, by score.",
        reply=anomalies,
        asks=RecentAnomaliesQuery,
        gives=list[Anomaly],
        own=AnomaliesKeys,
    ),
    Endpoint(
        path="/api/anomalies/top",
        summary="Those that score more than 0.5.",
        reply=top,
        asks=TopQuery,
        gives=list[TopAnomaly],
        own=TopKeys,
    ),
)
