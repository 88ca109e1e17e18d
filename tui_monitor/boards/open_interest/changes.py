"""What a window changed: the legs with a value at both its ends, and why others have none."""

from collections.abc import Mapping, Sequence
from math import fsum
from typing import NamedTuple

from tui_monitor.boards.open_interest import InterestChange, LeftOut, MethodJump
from tui_monitor.boards.open_interest.now import Leg, Perp
from tui_monitor.model import Exchange, InterestSample

ORDER = {exchange: place for place, exchange in enumerate(Exchange)}


class Window(NamedTuple):
    """How long it is, and the mark that it begins at."""

    hours: int
    from_ms: int


class _Both(NamedTuple):
    """One perpetual at both ends of a window."""

    leg: Leg
    coins_then: float
    coins_now: float
    price_then: float | None
    price_now: float | None


def change_of(
    legs: Sequence[Leg],
    window: Window,
    thens: Mapping[Perp, InterestSample],
    jumps: Sequence[MethodJump],
    others: Sequence[Leg] = (),
) -> InterestChange:
    """A coin's change, of its legs now and the samples at the window's start; `jumps` by time.

    By the prices of `others` the legs are valued where they have none of their own.
    """
    hours, from_ms = window
    jumped = {(jump.exchange, jump.symbol): jump for jump in jumps}
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
    return _counted(both, _priced([*legs, *others], thens), window, left_out)


def _why_out(leg: Leg, then: InterestSample | None, jump: MethodJump | None, hours: int) -> str:
    if leg.suspicion:
        return f"may be another coin: {leg.suspicion}"
    if leg.coins is None or leg.stale:
        return leg.reason
    if jump is not None and (then is None or jump.at_ms > then.at_ms):
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
        price_then=None,
        price_now=None,
        price_change_pct=None,
        price_exchange=None,
        reason=reasons.pop() if len(reasons) == 1 else "no exchange has a value at both ends",
    )


def _counted(
    both: Sequence[_Both], priced: Sequence[_Both], window: Window, left_out: list[LeftOut]
) -> InterestChange:
    """`priced` are those by whose prices the others are valued."""
    hours, from_ms = window
    coins_then = fsum(one.coins_then for one in both)
    coins_now = fsum(one.coins_now for one in both)
    largest = _largest(both) or _largest(priced)
    price_then, price_now = (largest.price_then, largest.price_now) if largest else (None, None)
    price_ratio = price_now / price_then if price_then and price_now else None
    usd_then, usd_now = _values(both, price_ratio)
    is_known = usd_then is not None and usd_now is not None
    return InterestChange(
        hours=hours,
        from_ms=from_ms,
        exchanges=sorted({one.leg.exchange for one in both}, key=ORDER.__getitem__),
        left_out=left_out,
        coins_then=coins_then,
        coins_now=coins_now,
        change_coins=coins_now - coins_then,
        change_pct=(coins_now / coins_then - 1) * 100 if coins_then else None,
        usd_then=usd_then,
        usd_now=usd_now,
        change_usd=usd_now - usd_then if usd_then is not None and usd_now is not None else None,
        price_then=price_then,
        price_now=price_now,
        price_change_pct=None if price_ratio is None else (price_ratio - 1) * 100,
        price_exchange=largest.leg.exchange if largest else None,
        reason=_why_in_part(coins_then, hours, is_known=is_known),
    )


def _why_in_part(coins_then: float, hours: int, *, is_known: bool) -> str:
    if not coins_then:
        return f"there was none {hours} h ago: no percentage"
    return "" if is_known else f"no price of {hours} h ago"


def _priced(legs: Sequence[Leg], thens: Mapping[Perp, InterestSample]) -> list[_Both]:
    """Whose prices value the coin: nobody's that may be another one, nor old ones."""
    return [
        _Both(leg, then.coins, leg.coins, then.price, leg.price)
        for leg in legs
        if (then := thens.get(leg.perp)) is not None
        and leg.coins is not None
        and not leg.stale
        and not leg.suspicion
    ]


def _largest(both: Sequence[_Both]) -> _Both | None:
    """Of those that have a price at both ends."""
    priced = [one for one in both if one.price_then and one.price_now]
    return max(priced, key=lambda one: one.coins_now, default=None)


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
