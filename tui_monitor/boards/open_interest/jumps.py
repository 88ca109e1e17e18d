"""Steps of open interest that are a change of method, not of positions.

An exchange that begins to count both sides, or contracts where it counted coins, makes a step by a
round factor, from one sample to the next, while the price and the other exchanges stand still.
Nobody doubles all positions of a contract in five minutes in such a silence.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from math import log10

from tui_monitor.boards.open_interest import MethodJump
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import MARK_MS, Exchange, InterestSample, InterestStep, SteppedLeg

# Between samples that are farther apart everything may have happened.
AT_ONCE_MS = 3 * MARK_MS
# From here on a step is looked at; the least factor of method is 2.
_LEAST_FACTOR = 1.6
# How far an exchange's own record and our samples may be apart where one follows the other.
_RECORD_AGREES = 1.15
# Positions and the round factor both move the value between two samples.
_NEAR = 0.04
_PRICE_STILL = 0.05
_OTHERS_STILL = 0.1
# Where nobody else lists it, so many perpetuals of the exchange must step alike.
_ALIKE = 3


def is_step(then: InterestSample, now: InterestSample) -> bool:
    """Whether two neighbouring samples are so different that it may be by a change of method."""
    ratio = _ratio(then.coins, now.coins)
    if ratio is None or not 0 < now.at_ms - then.at_ms <= AT_ONCE_MS:
        return False
    factor = max(ratio, 1 / ratio)
    return factor > (_LEAST_FACTOR if then.source is now.source else _RECORD_AGREES)


def steps_of(samples: Sequence[InterestSample]) -> list[InterestStep]:
    """The steps among one perpetual's samples, which are oldest first."""
    return [step_between(*pair) for pair in pairwise(samples) if is_step(*pair)]


def step_between(then: InterestSample, now: InterestSample) -> InterestStep:
    """The step that ends with `now`."""
    return InterestStep(
        exchange=now.exchange, symbol=now.symbol, from_ms=then.at_ms, at_ms=now.at_ms
    )


def method_jumps(legs: Iterable[SteppedLeg]) -> list[MethodJump]:
    """Those of the steps that are jumps, oldest first. Each step comes with its coin's legs."""
    steps = [list(found) for _, found in groupby(sorted(legs, key=_order), key=_order)]
    alike: dict[tuple[Exchange, int, float], int] = {}
    for found in steps:
        if (key := _likeness(found)) is not None:
            alike[key] = alike.get(key, 0) + 1
    judged = (_judged(found, alike) for found in steps)
    return [jump for jump in judged if jump is not None]


def _order(leg: SteppedLeg) -> tuple[int, str, str]:
    return (leg.step.at_ms, leg.step.exchange.value, leg.step.symbol)


def _judged(
    legs: Sequence[SteppedLeg], alike: dict[tuple[Exchange, int, float], int]
) -> MethodJump | None:
    own = _own(legs)
    ratio = _ratio(own.then.coins, own.now.coins) if own is not None else None
    if own is None or ratio is None or not _price_stood_still(legs):
        return None
    others = list(_others(legs))
    if any(abs(one - 1) > _OTHERS_STILL for one in others):
        return None
    is_marked = others or max(ratio, 1 / ratio) > _LEAST_FACTOR
    if own.then.source is not own.now.source and is_marked:
        return _jump(own, ratio, "its own record and its live value differ")
    key = _likeness(legs)
    if key is None or (not others and alike[key] < _ALIKE):
        return None
    minutes = (own.now.at_ms - own.then.at_ms) // MINUTE_MS
    return _jump(own, ratio, f"within {minutes} min, while the price and all others stood still")


def _jump(own: SteppedLeg, ratio: float, why: str) -> MethodJump:
    return MethodJump(
        exchange=own.step.exchange,
        symbol=own.step.symbol,
        from_ms=own.then.at_ms,
        at_ms=own.step.at_ms,
        coins_then=own.then.coins,
        coins_now=own.now.coins,
        factor=ratio,
        text=f"x{ratio:.3g} {why}: another way of counting",
    )


def _own(legs: Sequence[SteppedLeg]) -> SteppedLeg | None:
    """The leg that stepped."""
    for leg in legs:
        if (leg.now.exchange, leg.now.symbol) == (leg.step.exchange, leg.step.symbol):
            return leg
    return None


def _others(legs: Sequence[SteppedLeg]) -> Iterator[float]:
    """How the coin's open interest on the other exchanges changed, as ratios."""
    for leg in legs:
        if leg.now.exchange is not leg.step.exchange:
            ratio = _ratio(leg.then.coins, leg.now.coins)
            if ratio is not None:
                yield ratio


def _price_stood_still(legs: Sequence[SteppedLeg]) -> bool:
    """By every leg that has a price at both ends."""
    ratios = (_ratio(leg.then.price, leg.now.price) for leg in legs)
    return all(abs(ratio - 1) <= _PRICE_STILL for ratio in ratios if ratio is not None)


def _likeness(legs: Sequence[SteppedLeg]) -> tuple[Exchange, int, float] | None:
    """Exchange, time and the round factor of a step; None where the factor is not round."""
    own = _own(legs)
    ratio = _ratio(own.then.coins, own.now.coins) if own is not None else None
    factor = None if ratio is None else _round_factor(ratio)
    if own is None or factor is None:
        return None
    return (own.step.exchange, own.step.at_ms, factor)


def _round_factor(ratio: float) -> float | None:
    """2, the other side of every contract, or a power of ten: what contract sizes and the
    multipliers of coins are; or one over it.
    """
    power = round(log10(ratio))
    for factor in (2.0, 0.5, 10.0**power):
        if factor != 1 and abs(ratio / factor - 1) <= _NEAR:
            return factor
    return None


def _ratio(then: float | None, now: float | None) -> float | None:
    return None if not then or not now else now / then
