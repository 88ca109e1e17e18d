"""The history of one coin: prices of the last two hours from memory, of days from the database."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, cast

from msgspec import Struct

from tui_monitor.api.answers import Answer, encode_rows
from tui_monitor.api.boards import known_coin
from tui_monitor.api.coins import Symbol, coin_of
from tui_monitor.api.endpoints import Endpoint, World, described
from tui_monitor.api.limits import MAX_ROWS
from tui_monitor.api.own_keys import CutKeys, MinutePrice, by_exchange_keys
from tui_monitor.api.price_spans import PriceSpan, price_spans
from tui_monitor.api.times import Before, before_ms
from tui_monitor.boards.prices import PricePoint
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import Exchange, Market, SpreadMinute

HOUR_MS = 60 * MINUTE_MS
# Of a coin on four exchanges some 5,000 minutes, which take about 10 ms.
PART_MS = 12 * HOUR_MS
_NOT_RECORDED = (
    "no prices of {coin} are stored: the coins of sum_curve.coins and spreads.recorded_coins are"
)
MOST_HOURS = 168


class Interval(StrEnum):
    """How long a row is."""

    MINUTE = "1min"
    FIVE = "5min"
    QUARTER = "15min"
    HOUR = "1h"


_LENGTH_MS = {
    Interval.MINUTE: MINUTE_MS,
    Interval.FIVE: 5 * MINUTE_MS,
    Interval.QUARTER: 15 * MINUTE_MS,
    Interval.HOUR: HOUR_MS,
}


class Remembered(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose prices."""

    symbol: Symbol


class Stored(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose prices and spreads, of when, and how finely."""

    symbol: Symbol
    hours: Annotated[
        int,
        described(
            f"How far back from now, or from `before`: 1 to {MOST_HOURS}.", ge=1, le=MOST_HOURS
        ),
    ] = 24
    exchange: Annotated[
        Exchange | None,
        described("Prices of this exchange only; spreads where it had a leg of the best pair."),
    ] = None
    interval: Annotated[Interval, described("The length of a row.")] = Interval.MINUTE
    limit: Annotated[
        int,
        described(
            f"Rows at most, 1 to {MAX_ROWS}; a moment is never cut: a page may have some more.",
            ge=1,
            le=MAX_ROWS,
        ),
    ] = MAX_ROWS
    before: Before = None


class SpreadSpan(Struct, frozen=True, kw_only=True):
    """The extremes of a coin's best executable spread from `timestamp` (UTC ms) on, in %.

    Buy and sell are the legs of `max_pct`; `over_s` is for how long it stood at the threshold of
    signals or over it, `rises` how often it came to it, `samples` how often it was looked at.
    """

    timestamp: int
    max_pct: float
    min_pct: float
    buy_exchange: Exchange
    buy_market: Market
    sell_exchange: Exchange
    sell_market: Market
    over_s: float
    rises: int
    samples: int


class StoredKeys(CutKeys):
    """Beside `/api/history/{symbol}/database`."""

    symbol: str
    exchange: Exchange | None
    hours: int
    interval: Interval
    spreads: list[SpreadSpan]
    reason: str


async def remembered(world: World, asked: Remembered) -> Answer:
    """A minute's prices by exchange, as the originals write them, oldest first."""
    points = await world.source.price_points(coin_of(asked.symbol))
    found: dict[str, list[MinutePrice]] = {}
    for point in points:
        found.setdefault(point.exchange.value, []).append(_point(point))
    return Answer(data=found, count=len(points), own=found)


async def stored(world: World, asked: Stored) -> Answer:
    """Stored prices by exchange, oldest first, and beside them the extremes of spreads.

    The newest `limit` rows of each; `truncated` says that there are older ones. A moment is never
    cut: a page may have some more, as all rows of the newest time are given.
    """
    coin = await known_coin(world, asked.symbol)
    length_ms = _LENGTH_MS[asked.interval]
    end_ms = before_ms(world.zone, asked.before, world.clock.now_ms()) + 1
    first_ms = end_ms - asked.hours * HOUR_MS
    first_ms -= first_ms % length_ms
    prices = await _prices(world, coin, first_ms, end_ms, asked)
    minutes = await world.source.spread_minutes(coin, first_ms)
    shown = [one for one in minutes if one.minute_ms < end_ms]
    rows = spans(_of_exchange(shown, asked.exchange), length_ms)
    cuts = (_cut_ms([one.timestamp for one in found], asked.limit) for found in (prices, rows))
    # Of both lists the same time is shown, so that pages follow each other.
    cut_ms = max((cut for cut in cuts if cut is not None), default=None)
    chosen = [one for one in prices if one.timestamp >= (cut_ms or 0)]
    shown_rows = [one for one in rows if one.timestamp >= (cut_ms or 0)]
    own: StoredKeys = {
        "symbol": coin,
        "exchange": asked.exchange,
        "hours": asked.hours,
        "interval": asked.interval,
        "truncated": cut_ms is not None,
        "before": cut_ms,
        # Encoded already, in steps.
        "spreads": cast("list[SpreadSpan]", await encode_rows(shown_rows)),
        "reason": "" if prices else _NOT_RECORDED.format(coin=coin),
    }
    return Answer(data=await encode_rows(chosen), count=len(chosen), own=own)


def _cut_ms(timestamps: Sequence[int], limit: int) -> int | None:
    """From when on rows are shown, where the limit leaves some out: it cuts no moment apart, and
    one is shown in any case."""
    if len(timestamps) <= limit:
        return None
    first_left_out = timestamps[-limit - 1]
    cut_ms = next((one for one in timestamps[-limit:] if one > first_left_out), timestamps[-1])
    return cut_ms if timestamps[0] < cut_ms else None


async def _prices(
    world: World, coin: str, first_ms: int, end_ms: int, asked: Stored
) -> list[PriceSpan]:
    """From `first_ms` on, but no more than the limit needs; read some hours at a time."""
    length_ms = _LENGTH_MS[asked.interval]
    found: list[PriceSpan] = []
    while end_ms > first_ms and _cut_ms([one.timestamp for one in found], asked.limit) is None:
        # Whole rows: a part begins on the hour.
        begin_ms = end_ms - 1 - (end_ms - 1) % PART_MS
        minutes = await world.source.price_minutes(coin, max(begin_ms, first_ms), end_ms)
        chosen = [one for one in minutes if asked.exchange in (None, one.exchange)]
        found = price_spans(chosen, length_ms) + found
        end_ms = begin_ms
    return found


def spans(minutes: Sequence[SpreadMinute], length_ms: int) -> list[SpreadSpan]:
    """Minutes, oldest first, put together to longer ones."""
    parts: dict[int, list[SpreadMinute]] = {}
    for one in minutes:
        parts.setdefault(one.minute_ms - one.minute_ms % length_ms, []).append(one)
    return [_span(start_ms, part) for start_ms, part in parts.items()]


def _span(start_ms: int, part: Sequence[SpreadMinute]) -> SpreadSpan:
    highest = max(part, key=lambda one: one.max_pct)
    return SpreadSpan(
        timestamp=start_ms,
        max_pct=highest.max_pct,
        min_pct=min(one.min_pct for one in part),
        buy_exchange=highest.buy_exchange,
        buy_market=highest.buy_market,
        sell_exchange=highest.sell_exchange,
        sell_market=highest.sell_market,
        over_s=sum(one.over_s for one in part),
        rises=sum(one.rises for one in part),
        samples=sum(one.samples for one in part),
    )


def _of_exchange(
    minutes: Sequence[SpreadMinute], exchange: Exchange | None
) -> Sequence[SpreadMinute]:
    if exchange is None:
        return minutes
    return [one for one in minutes if exchange in (one.buy_exchange, one.sell_exchange)]


def _point(point: PricePoint) -> MinutePrice:
    premium = point.premium_pct
    return {
        "timestamp": point.at_ms,
        "spot_price": point.spot,
        "futures_price": point.perp,
        "funding_rate": point.rate,
        "premium": None if premium is None else round(premium, 4),
    }


ENDPOINTS = (
    Endpoint(
        path="/api/history/{symbol}",
        summary="A coin's prices of the last two hours, a look a minute, by exchange.",
        reply=remembered,
        asks=Remembered,
        gives=dict[Exchange, list[MinutePrice]],
        own=by_exchange_keys(list[MinutePrice]),
    ),
    Endpoint(
        path="/api/history/{symbol}/database",
        summary="A recorded coin's stored prices by exchange; `spreads` are those of any coin.",
        reply=stored,
        asks=Stored,
        gives=list[PriceSpan],
        own=StoredKeys,
    ),
)
