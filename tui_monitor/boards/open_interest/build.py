"""Makes the open-interest board of the values of now and of the samples at the windows' starts."""

from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import NamedTuple

from tui_monitor.boards.open_interest import (
    WINDOWS_H,
    InterestChange,
    InterestLeg,
    InterestPast,
    InterestRow,
    LeftOut,
    MethodJump,
    OpenInterestBoard,
    RankedBy,
    Share,
)
from tui_monitor.boards.open_interest.jumps import is_step, method_jumps, step_between
from tui_monitor.boards.open_interest.now import Leg, Perp
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import (
    MARK_MS,
    AccountRatio,
    Exchange,
    InterestSample,
    InterestSource,
    SteppedLeg,
)

HOUR_MS = 60 * MINUTE_MS
# A sample that is missing at a window's start may be replaced by one that is as near as this.
NEAR_MS = 2 * MARK_MS
RATIO_STALE_MS = 2 * HOUR_MS
_ORDER = {exchange: place for place, exchange in enumerate(Exchange)}


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
    given: InterestInput, now_ms: int, hours: int, by: RankedBy = RankedBy.CHANGE
) -> OpenInterestBoard:
    """The board of all coins, ranked by a window's change or by size."""
    by_coin: dict[str, list[Leg]] = {}
    for leg in given.legs:
        by_coin.setdefault(leg.coin, []).append(leg)
    jumps = _jumps(given, by_coin)
    rows = [_row(coin, legs, given, jumps) for coin, legs in by_coin.items()]
    made = ranked_rows(rows, hours, by)
    values = [row.usd for row in rows if row.usd is not None]
    return OpenInterestBoard(
        board="oi",
        now_ms=now_ms,
        live=given.live,
        reason=given.reason,
        hours=hours,
        by=by,
        exchanges=list(given.exchanges),
        coins=len(rows),
        ranked=sum(row.rank is not None for row in made),
        usd=fsum(values) if values else None,
        sampled_ms=given.sampled_ms,
        rows=made,
        past=list(given.past),
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
    values = {name: getattr(row, name) for name in row.__struct_fields__}
    return InterestRow(**{**values, "rank": rank, "reason": reason})


def _why_unranked(row: InterestRow, hours: int, by: RankedBy) -> str:
    if by is RankedBy.SIZE:
        return row.reason or "its value is unknown"
    return row.change(hours).reason


def _jumps(
    given: InterestInput, by_coin: Mapping[str, Sequence[Leg]]
) -> dict[Perp, list[MethodJump]]:
    """What was stored, and what has jumped since the last mark."""
    stepped = list(given.steps)
    for legs in by_coin.values():
        stepped += _steps_since(legs, given)
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
    given: InterestInput,
    jumps: Mapping[Perp, Sequence[MethodJump]],
) -> InterestRow:
    ordered = sorted(legs, key=lambda leg: (_ORDER[leg.exchange], leg.symbol))
    summed = [leg for leg in ordered if leg.coins is not None and not leg.suspicion]
    values = [leg.usd for leg in summed if leg.usd is not None]
    usd = fsum(values) if values and len(values) == len(summed) else None
    coins = fsum(leg.coins for leg in summed if leg.coins is not None) if summed else None
    long_share = _long_share(summed, given)
    since_ms = start_ms(given.at_ms, max(WINDOWS_H))
    found = [jump for leg in ordered for jump in jumps.get(leg.perp, ()) if jump.at_ms > since_ms]
    ages = [leg.age_ms for leg in summed if leg.age_ms is not None]
    return InterestRow(
        rank=None,
        coin=coin,
        coins=coins,
        usd=usd,
        age_ms=max(ages, default=None),
        shares=_shares(summed, usd),
        legs=[_leg(leg, usd, given) for leg in ordered],
        changes=[_change(ordered, hours, given, found) for hours in WINDOWS_H],
        jumps=sorted(found, key=lambda jump: jump.at_ms),
        long_accounts_pct=None if long_share is None else long_share * 100,
        net_long_coins=_times(coins, long_share),
        net_short_coins=_times(coins, None if long_share is None else 1 - long_share),
        reason="" if summed else "no exchange tells its open interest now",
    )


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


def _leg(leg: Leg, total_usd: float | None, given: InterestInput) -> InterestLeg:
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


class _Both(NamedTuple):
    """One perpetual at both ends of a window."""

    leg: Leg
    coins_then: float
    coins_now: float
    price_then: float | None
    price_now: float | None

    @property
    def price_ratio(self) -> float | None:
        if self.price_then is None or self.price_now is None:
            return None
        return self.price_now / self.price_then


def _change(
    legs: Sequence[Leg], hours: int, given: InterestInput, jumps: Sequence[MethodJump]
) -> InterestChange:
    from_ms = start_ms(given.at_ms, hours)
    thens = given.thens.get(hours, {})
    jumped = {(jump.exchange, jump.symbol): jump for jump in jumps if jump.at_ms > from_ms}
    both: list[_Both] = []
    left_out: list[LeftOut] = []
    for leg in legs:
        then = thens.get(leg.perp)
        why = _why_out(leg, then, jumped.get(leg.perp), hours)
        if why or then is None or leg.coins is None:
            left_out.append(LeftOut(exchange=leg.exchange, symbol=leg.symbol, reason=why))
        else:
            both.append(_Both(leg, then.coins, leg.coins, then.price, leg.price))
    if not both:
        return _no_change(hours, from_ms, left_out)
    return _counted(both, hours, from_ms, left_out)


def _why_out(leg: Leg, then: InterestSample | None, jump: MethodJump | None, hours: int) -> str:
    if leg.suspicion:
        return f"may be another coin: {leg.suspicion}"
    if leg.coins is None or leg.stale:
        return leg.reason
    if jump is not None:
        return jump.text
    return f"no value of {hours} h ago" if then is None else ""


def _no_change(hours: int, from_ms: int, left_out: list[LeftOut]) -> InterestChange:
    reasons = {one.reason for one in left_out}
    return InterestChange(
        hours=hours,
        from_ms=from_ms,
        exchanges=[],
        left_out=left_out,
        coins_then=None,
        coins_now=None,
        change_coins=None,
        change_pct=None,
        usd_then=None,
        usd_now=None,
        change_usd=None,
        price_change_pct=None,
        reason=reasons.pop() if len(reasons) == 1 else "no exchange has a value at both ends",
    )


def _counted(
    both: Sequence[_Both], hours: int, from_ms: int, left_out: list[LeftOut]
) -> InterestChange:
    coins_then = fsum(one.coins_then for one in both)
    coins_now = fsum(one.coins_now for one in both)
    price_ratio = _price_ratio(both)
    usd_then, usd_now = _values(both, price_ratio)
    is_known = usd_then is not None and usd_now is not None
    return InterestChange(
        hours=hours,
        from_ms=from_ms,
        exchanges=sorted({one.leg.exchange for one in both}, key=_ORDER.__getitem__),
        left_out=left_out,
        coins_then=coins_then,
        coins_now=coins_now,
        change_coins=coins_now - coins_then,
        change_pct=(coins_now / coins_then - 1) * 100 if coins_then else None,
        usd_then=usd_then,
        usd_now=usd_now,
        change_usd=usd_now - usd_then if usd_then is not None and usd_now is not None else None,
        price_change_pct=None if price_ratio is None else (price_ratio - 1) * 100,
        reason="" if is_known else f"no price of {hours} h ago",
    )


def _price_ratio(both: Sequence[_Both]) -> float | None:
    """Of the largest of those that have a price at both ends."""
    priced = [one for one in both if one.price_ratio is not None]
    return max(priced, key=lambda one: one.coins_now).price_ratio if priced else None


def _values(both: Sequence[_Both], price_ratio: float | None) -> tuple[float | None, float | None]:
    """USD at both ends, both of all legs or None.

    Where an exchange's record has no price, it moved as the coin did on another one.
    """
    then_usd, now_usd = [], []
    for one in both:
        price_then = one.price_then
        if price_then is None and price_ratio is not None and one.price_now is not None:
            price_then = one.price_now / price_ratio
        if price_then is not None:
            then_usd.append(one.coins_then * price_then)
        if one.price_now is not None:
            now_usd.append(one.coins_now * one.price_now)
    return (
        fsum(then_usd) if len(then_usd) == len(both) else None,
        fsum(now_usd) if len(now_usd) == len(both) else None,
    )
