"""The boards as they are: each one's struct, whole."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Raw, Struct
from msgspec.structs import replace

from tui_monitor.api.answers import Answer, encode, encode_rows
from tui_monitor.api.coins import DEFAULT_SYMBOL, coin_of
from tui_monitor.api.endpoints import Endpoint, Nothing, World, a_day, described
from tui_monitor.api.limits import MAX_ROWS
from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.coin import CoinPage
from tui_monitor.boards.coverage import CoverageBoard
from tui_monitor.boards.funding import FundingBoard
from tui_monitor.boards.liquidations import HOURS, LiquidationsBoard
from tui_monitor.boards.open_interest import OpenInterestBoard, RankedBy
from tui_monitor.boards.picks import PicksBoard
from tui_monitor.boards.registry import BOARDS
from tui_monitor.boards.signals import SignalsBoard
from tui_monitor.boards.spreads import Filter, Kind, SpreadsBoard
from tui_monitor.boards.sum_curve import SumBoard
from tui_monitor.boards.system import SystemBoard
from tui_monitor.clock import SLOT_MS, BoardZone, parse_day
from tui_monitor.errors import BadInput
from tui_monitor.model import Exchange
from tui_monitor.source import MAX_RANGE_DAYS, Query

PREFIX = "/api/boards/"
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_LONGEST_TIME = 40
# Counting two weeks of coin-slots takes some 30 ms; its `now_ms` tells how old it is.
_COVERAGE_S = 2.0
# Looking through every instrument's price takes some milliseconds.
_SYSTEM_S = 1.0
_RATES_S = 2.0
# All coins take some milliseconds.
_SPREADS_S = 0.5
_FUNDING_S = 1.0
_LIQUIDATIONS_S = 1.0
_ANOMALIES_S = 1.0
_INTEREST_S = 1.0
_COIN_S = 1.0
_LONGEST_COIN = 40
_LONGEST_RANGE_DAYS = MAX_ROWS // 48


Coin = Annotated[str, described("One coin alone.", min_length=1, max_length=_LONGEST_COIN)]
Most = Annotated[int, described(f"The first rows only, 1 to {MAX_ROWS}.", ge=1, le=MAX_ROWS)]


OneExchange = Annotated[Exchange | None, described("The exchange.")]


class Days(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One day, or a range of them."""

    day: Annotated[str | None, a_day("One day, YYYY-MM-DD.")] = None
    first: Annotated[str | None, a_day("First day of a range; last is given too.")] = None
    last: Annotated[
        str | None, a_day(f"Last day, included; at most {_LONGEST_RANGE_DAYS} days.")
    ] = None


class SumQuery(Days, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The shown days, and the node whose coins are wanted."""

    slot: Annotated[
        str | None, described("Node whose coins to give: HH:MM of the first day, or a time.")
    ] = None


class LiquidationsQuery(Days, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The last hours, or whole days: minutes of one day, hours of many."""

    last: Annotated[str | None, a_day(f"Last day, included; at most {MAX_RANGE_DAYS} days.")] = None
    hours: Annotated[
        Literal[1, 3, 6, 12, 24] | None,
        described("How far back from now: 1 (unless days are given), 3, 6, 12 or 24."),
    ] = None


class SpreadsQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which pairs of which coins."""

    kind: Annotated[Kind, described("Which legs are paired.")] = Kind.ALL
    filter: Annotated[Filter, described("Which coins are shown.")] = Filter.ALL
    coin: Coin | None = None
    limit: Most | None = None


class FundingQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Of which coins."""

    coin: Coin | None = None
    limit: Most | None = None


class AnomaliesQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Of which exchange and bars; without them those that the settings name first."""

    exchange: OneExchange = None
    bar: Annotated[
        Literal["1m", "5m", "15m", "1h"] | None, described("The length of the bars.")
    ] = None
    coin: Coin | None = None
    limit: Most | None = None


class PicksQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Of which exchange; without it the first that the settings name."""

    exchange: OneExchange = None
    limit: Most | None = None


class InterestQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which window ranks, and of which exchange."""

    hours: Annotated[
        Literal[1, 4, 24] | None,
        described("The window that ranks: 1, 4 or 24; without it that of the settings."),
    ] = None
    by: Annotated[
        RankedBy, described("By the absolute change of USD in the window, or by size.")
    ] = RankedBy.CHANGE
    exchange: Annotated[Exchange | None, described("Of one exchange; without it of all.")] = None
    limit: Most | None = None


class CoinQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose page."""

    coin: Annotated[str, described("A coin: BTC.", min_length=1, max_length=_LONGEST_COIN)] = (
        DEFAULT_SYMBOL
    )


class SignalsQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many."""

    limit: Most | None = None


async def sum_curve(world: World, asked: SumQuery) -> Answer:
    """The sum board."""
    first, last = _days(asked)
    slot_ms = None if asked.slot is None else _slot(world, asked.slot, first)
    board = await world.source.sum_board(Query(first_day=first, last_day=last, slot_ms=slot_ms))
    return Answer(data=board, count=len(board.nodes))


async def liquidations(world: World, asked: LiquidationsQuery) -> Answer:
    """The liquidations board."""
    first, last = _days(asked, MAX_RANGE_DAYS)
    if asked.hours is not None and first is not None:
        raise BadInput("hours goes with no days", "give hours, or a day or a range")
    hours, query = asked.hours or HOURS[0], Query(first_day=first, last_day=last)
    board = await world.shared.once(
        ("liquidations", hours, query),
        _LIQUIDATIONS_S,
        lambda: world.source.liquidations_board(hours, query),
    )
    return Answer(data=board, count=len(board.points))


async def coverage(world: World, asked: Days) -> Answer:
    """The coverage board."""
    first, last = _days(asked)
    query = Query(first_day=first, last_day=last)
    board = await world.shared.once(
        ("coverage", query), _COVERAGE_S, lambda: world.source.coverage_board(query)
    )
    return Answer(data=board, count=len(board.days))


async def system(world: World, _asked: Nothing) -> Answer:
    """The system board."""
    board = await system_board(world)
    return Answer(data=board, count=len(board.connections))


async def system_board(world: World) -> SystemBoard:
    """The system board as it is told to all who ask at a time."""
    return await world.shared.once("system", _SYSTEM_S, lambda: _with_rates(world))


async def _with_rates(world: World) -> SystemBoard:
    """Whoever asks only once must wait until messages were counted twice."""
    board = await world.source.system_board()
    if board.connections and all(line.messages_per_s is None for line in board.connections):
        await world.clock.sleep(_RATES_S)
        board = await world.source.system_board()
    return board


async def spreads(world: World, asked: SpreadsQuery) -> Answer:
    """The spreads board; many rows are written some at a time."""
    kind, only, limit = asked.kind, asked.filter, asked.limit
    coin = None if asked.coin is None else await known_coin(world, asked.coin)
    board = await world.shared.once(
        ("spreads", asked),
        _SPREADS_S,
        lambda: world.source.spreads_board(kind, only, coin, limit),
    )
    return Answer(data=await _with_rows(board, board.rows), count=len(board.rows))


async def funding(world: World, asked: FundingQuery) -> Answer:
    """The funding board; many rows are written some at a time."""
    coin = None if asked.coin is None else await known_coin(world, asked.coin)
    board = await world.shared.once("funding", _FUNDING_S, world.source.funding_board)
    chosen = [row for row in board.rows if coin in (None, row.coin)][: asked.limit]
    return Answer(data=await _with_rows(board, chosen), count=len(chosen))


async def anomalies(world: World, asked: AnomaliesQuery) -> Answer:
    """The anomalies board; of the forming bar's rows those of the same coins.

    Asking has no bars streamed.
    """
    coin = None if asked.coin is None else (await known_coin(world, asked.coin)).upper()
    board = await world.shared.once(
        ("anomalies", asked.exchange, asked.bar),
        _ANOMALIES_S,
        lambda: world.source.anomalies_board(asked.exchange, asked.bar),
    )
    chosen = [row for row in board.rows if coin in (None, row.coin.upper())][: asked.limit]
    forming = board.forming
    if forming is not None:
        rows = [row for row in forming.rows if coin in (None, row.coin.upper())]
        forming = replace(forming, rows=rows[: asked.limit])
    board = replace(board, forming=forming)
    if coin is not None and not chosen:
        board = replace(board, reason=await _why_not(world, coin, board))
    return Answer(data=await _with_rows(board, chosen), count=len(chosen))


async def _why_not(world: World, coin: str, board: AnomaliesBoard) -> str:
    """Why the board has no row of a coin that is listed somewhere."""
    explained = await world.source.anomaly_explained(coin, board.exchange, board.bar)
    said = explained.found[0].why if explained.found else explained.reason
    return "; ".join(dict.fromkeys(filter(None, (board.reason, said))))


async def picks(world: World, asked: PicksQuery) -> Answer:
    """The picks board."""
    board = await world.source.picks_board(asked.exchange)
    chosen = board.rows[: asked.limit]
    return Answer(data=replace(board, rows=chosen), count=len(chosen))


async def open_interest(world: World, asked: InterestQuery) -> Answer:
    """The open-interest board; many rows are written some at a time."""
    hours, by, exchange = asked.hours, asked.by, asked.exchange
    board = await world.shared.once(
        ("oi", hours, by, exchange),
        _INTEREST_S,
        lambda: world.source.interest_board(hours, by, exchange),
    )
    chosen = board.rows[: asked.limit]
    return Answer(data=await _with_rows(board, chosen), count=len(chosen))


async def coin_page(world: World, asked: CoinQuery) -> Answer:
    """The page of one coin: its legs, and all that is stored of it."""
    coin = await known_coin(world, asked.coin)
    page = await world.shared.once(("coin", coin), _COIN_S, lambda: world.source.coin_page(coin))
    return Answer(data=page, count=len(page.legs))


async def known_coin(world: World, symbol: str) -> str:
    """The coin that a symbol names; UnknownCoin if an engine runs and nobody lists it."""
    coin = coin_of(symbol)
    found = await world.source.prices(coin)
    return found[0].coin if found else coin


async def _with_rows(
    board: SpreadsBoard | FundingBoard | AnomaliesBoard | OpenInterestBoard,
    rows: Sequence[object],
) -> Raw:
    # A forming bar's rows come after it.
    head, tail = encode(replace(board, rows=[])).split(b'"rows":[]', 1)
    return Raw(b'%b"rows":%b%b' % (head, bytes(await encode_rows(rows)), tail))


async def signals(world: World, asked: SignalsQuery) -> Answer:
    """The signals board."""
    board = await world.source.signals_board()
    chosen = board.signals[: asked.limit]
    return Answer(data=replace(board, signals=chosen), count=len(chosen))


def _days(asked: Days, longest: int = _LONGEST_RANGE_DAYS) -> tuple[date | None, date | None]:
    if asked.day is not None:
        if asked.first is not None or asked.last is not None:
            raise BadInput("day goes with neither first nor last", "give a day or a range")
        day = _day("day", asked.day)
        return day, day
    if asked.first is None and asked.last is None:
        return None, None
    if asked.first is None or asked.last is None:
        raise BadInput("a range needs both first and last", "first=2026-01-03&last=2026-01-16")
    first, last = _day("first", asked.first), _day("last", asked.last)
    if first > last:
        raise BadInput(f"first {first} is after last {last}")
    if (last - first).days >= longest:
        raise BadInput(f"first to last is more than {longest} days", "ask for less at once")
    return first, last


def _day(name: str, text: str) -> date:
    try:
        day = parse_day(text)
    except BadInput as error:
        raise BadInput(f"{name}: {error.message}", error.hint) from error
    if not 1970 < day.year < 2100:
        raise BadInput(f"{name}: {day} is not between 1971 and 2099")
    return day


def _slot(world: World, text: str, first: date | None) -> int:
    """`HH:MM` of the first shown day, or any time that is a slot's."""
    zone = world.zone
    clock_time = _TIME_OF_DAY.fullmatch(text)
    if clock_time:
        day = first or zone.day_of(world.clock.now_ms())
        slot_ms = zone.parse(f"{day} {text}")
    else:
        slot_ms = _moment(zone, text)
    if slot_ms % SLOT_MS:
        raise BadInput(f"slot: {text!r} is not on a half hour", "slots are 00:00, 00:30, …, 23:30")
    return slot_ms


def _moment(zone: BoardZone, text: str) -> int:
    if len(text) > _LONGEST_TIME:
        raise BadInput("slot is too long for a time", "write it as 08:30")
    try:
        return zone.parse(text)
    except (BadInput, OverflowError) as error:
        raise BadInput(f"slot: {text!r} is not a time", "write it as 08:30") from error


# By the board's name in the registry: the function that asks the source, and its question.
_REPLIES: dict[str, tuple[Callable[[World, Any], Awaitable[Answer]], type[Struct], Any]] = {
    "sum": (sum_curve, SumQuery, SumBoard),
    "liquidations": (liquidations, LiquidationsQuery, LiquidationsBoard),
    "anomalies": (anomalies, AnomaliesQuery, AnomaliesBoard),
    "picks": (picks, PicksQuery, PicksBoard),
    "oi": (open_interest, InterestQuery, OpenInterestBoard),
    "spreads": (spreads, SpreadsQuery, SpreadsBoard),
    "signals": (signals, SignalsQuery, SignalsBoard),
    "funding": (funding, FundingQuery, FundingBoard),
    "coverage": (coverage, Days, CoverageBoard),
    "system": (system, Nothing, SystemBoard),
}

ENDPOINTS = (
    *(
        Endpoint(
            path=f"{PREFIX}{info.name}",
            summary=info.help,
            reply=_REPLIES[info.name][0],
            asks=_REPLIES[info.name][1],
            gives=_REPLIES[info.name][2],
        )
        for info in BOARDS
    ),
    Endpoint(
        path=f"{PREFIX}coin",
        summary="One coin in full: legs, premium, spreads, funding, signals, liquidations, "
        "anomalies, open interest.",
        reply=coin_page,
        asks=CoinQuery,
        gives=CoinPage,
    ),
)
