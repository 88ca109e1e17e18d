"""Makes the open-interest board of the values of now and of the samples at the windows' starts."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from math import fsum
from statistics import median
from typing import NamedTuple

from msgspec.structs import replace

from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestLeg,
    InterestPast,
    InterestRow,
    MethodJump,
    OpenInterestBoard,
    RankedBy,
    Share,
)
from tui_monitor.boards.open_interest.changes import ORDER, Window, change_of
from tui_monitor.boards.open_interest.jumps import is_step, method_jumps, step_between
from tui_monitor.boards.open_interest.now import Leg, Perp
from tui_monitor.boards.open_interest.sums import (
    by_coin,
    has_jumped,
    missing,
    stale,
    told,
    unlisted,
    why_no_rows,
)
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import (
    MARK_MS,
    AccountRatio,
    Exchange,
    InterestSample,
    InterestSource,
    SteppedLeg,
)
from tui_monitor.steps import Steps, at_once, gathered

HOUR_MS = 60 * MINUTE_MS
# A sample that is missing at a window's start may be replaced by one that is as near as this.
NEAR_MS = 2 * MARK_MS
RATIO_STALE_MS = 2 * HOUR_MS

# Each takes some twentieth of a millisecond; to see what has jumped, some hundredth.
_COINS_AT_A_TIME = 40
_JUMPS_AT_A_TIME = 200


class InterestInput(NamedTuple):
    """What the board is made of. `at_ms` is the time that the legs are of.

    `thens` are the samples at each window's start, `lasts` those of the last mark, `steps` what
    stepped since the start of the longest window, with the coin's legs at both ends.
    """

    at_ms: int
    exchanges: Sequence[Exchange]
    legs: Sequence[Leg]
    thens: Mapping[int, Mapping[Perp, InterestSample]]
    lasts: Mapping[Perp, InterestSample]
    steps: Sequence[SteppedLeg]
    ratios: Mapping[Perp, AccountRatio]
    past: Sequence[InterestPast] = ()
    live: bool = True
    reason: str = ""
    sampled_ms: int | None = None


def start_ms(at_ms: int, hours: int) -> int:
    """The mark that a window begins at."""
    return round((at_ms - hours * HOUR_MS) / MARK_MS) * MARK_MS


def interest_board(
    given: InterestInput,
    now_ms: int,
    hours: int,
    by: RankedBy = RankedBy.CHANGE,
    only: Exchange | None = None,
) -> OpenInterestBoard:
    """The board of all coins, ranked by a window's change or by size; of one exchange or all."""
    return at_once(interest_steps(given, now_ms, hours, by, only))


def interest_steps(
    given: InterestInput, now_ms: int, hours: int, by: RankedBy, only: Exchange | None
) -> Steps[OpenInterestBoard]:
    """The same, some coins at a time."""
    yield
    coins = by_coin(given.legs)
    jumps = yield from _jumps(given, coins)
    yield
    shown = {
        coin: [leg for leg in legs if only in (None, leg.exchange)] for coin, legs in coins.items()
    }
    unknown = [one for one in unlisted(given.past) if only in (None, one)]
    yield
    all_rows = (
        _row(coin, legs, coins[coin], given, jumps, unknown) for coin, legs in shown.items() if legs
    )
    rows = yield from gathered(all_rows, _COINS_AT_A_TIME)
    made = ranked_rows(rows, hours, by)
    yield
    values = [row.usd for row in rows if row.usd is not None]
    exchanges = [one for one in given.exchanges if only in (None, one)]
    known = told((leg for legs in shown.values() for leg in legs), exchanges, unknown)
    yield
    return OpenInterestBoard(
        board="oi",
        now_ms=now_ms,
        live=given.live,
        reason=given.reason or ("" if rows else why_no_rows(known)),
        hours=hours,
        by=by,
        exchanges=exchanges,
        coins=len(rows),
        ranked=sum(row.rank is not None for row in made),
        usd=fsum(values) if values else None,
        partial=sum(row.is_partial for row in made),
        jumped=sum(has_jumped(row) for row in made),
        told=known,
        sampled_ms=given.sampled_ms,
        rows=made,
        past=[one for one in given.past if only in (None, one.exchange)],
    )


def ranked_rows(rows: Iterable[InterestRow], hours: int, by: RankedBy) -> list[InterestRow]:
    """The rows with their ranks, in that order; those without one last, the largest first."""
    marked = [(_weight(row, hours, by), row) for row in rows]
    able = sorted(
        ((weight, row) for weight, row in marked if weight is not None),
        key=lambda pair: (-pair[0], pair[1].coin),
    )
    rest = sorted(
        (row for weight, row in marked if weight is None),
        key=lambda row: (-(row.usd or 0), row.coin),
    )
    return [
        *(_placed(row, rank, "") for rank, (_, row) in enumerate(able, 1)),
        *(_placed(row, None, _why_unranked(row, hours, by)) for row in rest),
    ]


def _weight(row: InterestRow, hours: int, by: RankedBy) -> float | None:
    if by is RankedBy.SIZE:
        return row.usd
    change_usd = row.change(hours).change_usd
    return None if change_usd is None else abs(change_usd)


def _placed(row: InterestRow, rank: int | None, reason: str) -> InterestRow:
    return replace(row, rank=rank, reason=reason)


def _why_unranked(row: InterestRow, hours: int, by: RankedBy) -> str:
    if by is RankedBy.SIZE:
        return row.reason or "its value is unknown"
    return row.change(hours).reason


def _jumps(
    given: InterestInput, coins: Mapping[str, Sequence[Leg]]
) -> Steps[dict[Perp, list[MethodJump]]]:
    """What was stored, and what has jumped since the last mark."""
    since = (_steps_since(legs, given) for legs in coins.values())
    stepped = chain(given.steps, *(yield from gathered(since, _JUMPS_AT_A_TIME)))
    found: dict[Perp, list[MethodJump]] = {}
    for jump in method_jumps(stepped):
        found.setdefault((jump.exchange, jump.symbol), []).append(jump)
    return found


def _steps_since(legs: Sequence[Leg], given: InterestInput) -> list[SteppedLeg]:
    ends = []
    for leg in legs:
        last = given.lasts.get(leg.perp)
        if last is not None and leg.coins is not None and not leg.stale:
            ends.append((last, _as_sample(leg, leg.coins, given.at_ms)))
    steps = [step_between(*pair) for pair in ends if is_step(*pair)]
    return [SteppedLeg(step=step, then=then, now=now) for step in steps for then, now in ends]


def _as_sample(leg: Leg, coins: float, at_ms: int) -> InterestSample:
    return InterestSample(
        exchange=leg.exchange,
        symbol=leg.symbol,
        coin=leg.coin,
        at_ms=at_ms,
        coins=coins,
        price=leg.price,
        source=InterestSource.OURS,
    )


def _row(
    coin: str,
    legs: Sequence[Leg],
    everywhere: Sequence[Leg],
    given: InterestInput,
    jumps: Mapping[Perp, Sequence[MethodJump]],
    unknown: Sequence[Exchange],
) -> InterestRow:
    """Of `legs`, valued by prices of the coin's legs `everywhere` where they have none."""
    ordered = sorted(_priced(legs, everywhere), key=lambda leg: (ORDER[leg.exchange], leg.symbol))
    summed = [leg for leg in ordered if leg.coins is not None and not leg.suspicion]
    values = [leg.usd for leg in summed if leg.usd is not None]
    usd = fsum(values) if values and len(values) == len(summed) else None
    coins = fsum(leg.coins for leg in summed if leg.coins is not None) if summed else None
    long_share = _long_share(summed, given)
    found = [jump for leg in ordered for jump in jumps.get(leg.perp, ())]
    found.sort(key=lambda jump: jump.at_ms)
    ages = [leg.age_ms for leg in summed if leg.age_ms is not None]
    return InterestRow(
        rank=None,
        coin=coin,
        coins=coins,
        usd=usd,
        age_ms=max(ages, default=None),
        exchanges=sorted({leg.exchange for leg in summed}, key=ORDER.__getitem__),
        missing=missing(ordered, unknown),
        stale=stale(ordered),
        shares=_shares(summed, usd),
        legs=[_leg(leg, usd, given, jumps.get(leg.perp, ())) for leg in ordered],
        changes=[
            change_of(
                ordered,
                Window(hours, start_ms(given.at_ms, hours)),
                given.thens.get(hours, {}),
                found,
                everywhere,
            )
            for hours in WINDOWS_H
        ],
        jumps=found,
        long_accounts_pct=None if long_share is None else long_share * 100,
        net_long_coins=_times(coins, long_share),
        net_short_coins=_times(coins, None if long_share is None else 1 - long_share),
        reason=_why_no_sum(summed, ordered, usd),
    )


def _why_no_sum(summed: Sequence[Leg], legs: Sequence[Leg], usd: float | None) -> str:
    if not summed:
        doubted = any(leg.suspicion for leg in legs)
        return "all of it may be another coin" if doubted else "no exchange has told it yet"
    return "" if usd is not None else "no exchange has told a price of it yet"


def _priced(legs: Sequence[Leg], everywhere: Sequence[Leg]) -> Sequence[Leg]:
    """Where an exchange has told no price yet, the others' price of the coin."""
    prices = [leg.price for leg in everywhere if leg.price is not None and not leg.suspicion]
    if not prices or all(leg.price is not None for leg in legs):
        return legs
    usual = median(prices)
    return [
        leg._replace(price=usual) if leg.price is None and not leg.suspicion else leg
        for leg in legs
    ]


def _times(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one * other


def _shares(legs: Sequence[Leg], total_usd: float | None) -> list[Share]:
    """Of the exchanges that have some, the greatest first."""
    by_exchange: dict[Exchange, float] = {}
    for leg in legs:
        if leg.usd is not None:
            by_exchange[leg.exchange] = by_exchange.get(leg.exchange, 0.0) + leg.usd
    if not total_usd:
        return []
    return [
        Share(exchange=exchange, usd=usd, pct=usd / total_usd * 100)
        for exchange, usd in sorted(by_exchange.items(), key=lambda item: -item[1])
    ]


def _leg(
    leg: Leg, total_usd: float | None, given: InterestInput, jumps: Sequence[MethodJump]
) -> InterestLeg:
    ratio = _ratio_of(leg, given)
    counts = total_usd and leg.usd is not None and not leg.suspicion
    return InterestLeg(
        exchange=leg.exchange,
        symbol=leg.symbol,
        coins=leg.coins,
        usd=leg.usd,
        share_pct=leg.usd / total_usd * 100 if counts and leg.usd and total_usd else None,
        age_ms=leg.age_ms,
        stale=leg.stale,
        reason=leg.reason,
        suspicion=leg.suspicion,
        recounted="; ".join(jump.text for jump in jumps),
        long_accounts_pct=None if ratio is None else ratio.long_share * 100,
        ratio_ms=None if ratio is None else ratio.at_ms,
    )


def _ratio_of(leg: Leg, given: InterestInput) -> AccountRatio | None:
    ratio = given.ratios.get(leg.perp)
    if ratio is None or given.at_ms - ratio.at_ms > RATIO_STALE_MS:
        return None
    return ratio


def _long_share(legs: Sequence[Leg], given: InterestInput) -> float | None:
    """The exchanges' account ratios, each weighed with its open interest."""
    pairs = []
    for leg in legs:
        ratio = _ratio_of(leg, given)
        if ratio is not None and leg.coins:
            pairs.append((leg.coins, ratio.long_share))
    total = fsum(coins for coins, _ in pairs)
    return fsum(coins * share for coins, share in pairs) / total if total else None
