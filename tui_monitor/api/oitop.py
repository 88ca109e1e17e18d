"""The open-interest ranking in the originals' shape, measured instead of estimated.

One row a coin, by the absolute change of USD in 24 hours. `current_oi` and `oi_delta` are in coins,
`oi_delta_value` in USD. Whatever is unknown is null, and `reason` says why.
"""

from typing import Annotated

from msgspec import Struct

from tui_monitor.api.answers import Answer
from tui_monitor.api.endpoints import Endpoint, Rows, World, described
from tui_monitor.boards.open_interest import InterestRow, RankedBy
from tui_monitor.model import Exchange

_HOURS = 24
_SHARED_S = 1.0
_EVERY = "3分钟"
_NOTE = (
    "single-sided open interest in coins; deltas and price over 24 h, of the perpetuals known at "
    "both ends; net_long and net_short are current_oi by the account ratio (accounts, not "
    "positions)"
)


class OiTopQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many of which exchange."""

    limit: Rows = 20
    exchange: Annotated[Exchange | None, described("Of one exchange; without it of all.")] = None


class Position(Struct, frozen=True, kw_only=True):
    """A coin in the originals' words; `rank` is null where the 24 h are not known.

    `symbol` is the coin with USDT behind it: exchanges name and multiply one coin differently.
    """

    symbol: str
    rank: int | None
    current_oi: float | None
    oi_delta: float | None
    oi_delta_percent: float | None
    oi_delta_value: float | None
    price_delta_percent: float | None
    net_long: float | None
    net_short: float | None
    coin: str
    current_oi_value: float | None
    exchanges: list[Exchange]
    reason: str


class OiTop(Struct, frozen=True, kw_only=True):
    """The ranking."""

    positions: list[Position]
    count: int
    exchange: Exchange | None
    time_range: str
    last_update: str
    update_interval: str
    note: str
    reason: str


async def oitop(world: World, asked: OiTopQuery) -> Answer:
    """The ranking of the last 24 hours."""
    board = await world.shared.once(
        ("oi", _HOURS, RankedBy.CHANGE, asked.exchange),
        _SHARED_S,
        lambda: world.source.interest_board(_HOURS, RankedBy.CHANGE, asked.exchange),
    )
    # Stored values are of the sample, not of now.
    at_ms = board.now_ms if board.live or board.sampled_ms is None else board.sampled_ms
    at = world.zone.format(at_ms)
    rows = [_position(row) for row in board.rows[: asked.limit]]
    data = OiTop(
        positions=rows,
        count=len(rows),
        exchange=asked.exchange,
        time_range=f"{_HOURS}h",
        last_update=at,
        update_interval=_EVERY,
        note=_NOTE,
        reason=board.reason,
    )
    return Answer(data=data, count=len(rows), own={"update": at})


def _position(row: InterestRow) -> Position:
    change = row.change(_HOURS)
    return Position(
        symbol=f"{row.coin}USDT",
        rank=row.rank,
        current_oi=row.coins,
        oi_delta=change.change_coins,
        oi_delta_percent=change.change_pct,
        oi_delta_value=change.change_usd,
        price_delta_percent=change.price_change_pct,
        net_long=row.net_long_coins,
        net_short=row.net_short_coins,
        coin=row.coin,
        current_oi_value=row.usd,
        exchanges=change.exchanges,
        reason=change.reason or row.reason,
    )


ENDPOINTS = (
    Endpoint(
        path="/api/oitop",
        summary="Where open interest changed most in 24 hours, measured.",
        reply=oitop,
        asks=OiTopQuery,
        gives=OiTop,
    ),
)
