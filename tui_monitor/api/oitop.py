"""The open-interest ranking in the originals' shape, measured instead of estimated.

One row a coin, by the absolute change of USD in 24 hours. `current_oi` and `oi_delta` are in coins,
`oi_delta_value` in USD. All of these are of the same perpetuals, those known at both ends, so that
each follows from the others; `total_oi` is of all that tell now. Whatever is unknown is null, and
`reason` says why.
"""

from typing import Annotated

from msgspec import Struct

from tui_monitor.api.answers import Answer
from tui_monitor.api.endpoints import Endpoint, Rows, World, described
from tui_monitor.api.own_keys import UpdatedKeys
from tui_monitor.boards.open_interest import InterestRow, LeftOut, RankedBy
from tui_monitor.model import Exchange

_HOURS = 24
_SHARED_S = 1.0
_EVERY = "3分钟"
_NO_RATIO = "no exchange has told its account ratio"
_NOTE = (
    "single-sided open interest; current_*, past_* and deltas (24 h) are of `exchanges` alone, "
    "those with a value at both ends (no delta: of all that tell now); oi_delta_percent = "
    "oi_delta / past_oi x 100; what had no price 24 h ago is valued as if its price had moved as "
    "that of price_exchange; total_* are of all that tell now, `missing` has not told; "
    "net_long and net_short are current_oi by the account ratio (accounts, not positions)"
)


class OiTopQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many of which exchange."""

    limit: Rows = 20
    exchange: Annotated[Exchange | None, described("Of one exchange; without it of all.")] = None


class Position(Struct, frozen=True, kw_only=True):
    """A coin in the originals' words; `rank` is null where the 24 h are not known.

    `symbol` is the coin with USDT behind it: exchanges name and multiply one coin differently.
    `current_*`, `past_*` and `oi_delta*` are of `exchanges`, `total_*` of `total_exchanges`.
    `price` and `past_price` are those of the largest of the perpetuals that count, or of another
    exchange where none of them had a price 24 h ago; `price_exchange` says whose.
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
    exchanges: list[Exchange]
    current_oi_value: float | None
    past_oi: float | None
    past_oi_value: float | None
    price: float | None
    past_price: float | None
    price_exchange: Exchange | None
    long_accounts_percent: float | None
    total_oi: float | None
    total_oi_value: float | None
    total_exchanges: list[Exchange]
    missing: list[LeftOut]
    left_out: list[LeftOut]
    remarks: list[str]
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
    return Answer(data=data, count=len(rows), own=UpdatedKeys(update=at))


def _position(row: InterestRow) -> Position:
    change = row.change(_HOURS)
    known = change.change_coins is not None
    coins = change.coins_now if known else row.coins
    long_share = None if row.long_accounts_pct is None else row.long_accounts_pct / 100
    return Position(
        symbol=f"{row.coin}USDT",
        rank=row.rank,
        current_oi=coins,
        oi_delta=change.change_coins,
        oi_delta_percent=change.change_pct,
        oi_delta_value=change.change_usd,
        price_delta_percent=change.price_change_pct,
        net_long=_times(coins, long_share),
        net_short=_times(coins, None if long_share is None else 1 - long_share),
        coin=row.coin,
        exchanges=change.exchanges if known else row.exchanges,
        current_oi_value=change.usd_now if known else row.usd,
        past_oi=change.coins_then,
        past_oi_value=change.usd_then,
        price=change.price_now,
        past_price=change.price_then,
        price_exchange=change.price_exchange,
        long_accounts_percent=row.long_accounts_pct,
        total_oi=row.coins,
        total_oi_value=row.usd,
        total_exchanges=row.exchanges,
        missing=row.missing,
        left_out=change.left_out,
        remarks=[*row.remarks(_HOURS), *([_NO_RATIO] if long_share is None else [])],
        reason=change.reason or row.reason,
    )


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


ENDPOINTS = (
    Endpoint(
        path="/api/oitop",
        summary="Where open interest changed most in 24 hours, measured.",
        reply=oitop,
        asks=OiTopQuery,
        gives=OiTop,
        own=UpdatedKeys,
    ),
)
