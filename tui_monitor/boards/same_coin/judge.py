"""The legs of one coin, told apart by their prices at one moment.

The largest group of legs that agree with each other is the coin; whoever is outside the band
around that group's median is not. Where no group is the largest (two legs that disagree, or two
against two) nobody can say which is right, and none is trusted.
"""

from collections.abc import Sequence
from math import log10
from typing import NamedTuple

from tui_monitor.boards.same_coin import Doubt

BAND = 0.20
# Prices are decimals as floats: exactly 20 % apart is inside.
_ROUNDING = 1e-9


class Evidence(NamedTuple):
    """One leg beside the others. `doubt` is None where it is the same coin.

    `is_clear`: the others agree with each other, or a name tells; else nobody knows who is right.
    """

    doubt: Doubt | None
    others_price: float
    ratio: float
    others: int
    is_clear: bool


def agree(one: float, other: float) -> bool:
    """Whether the dearer is at most 20 % above the cheaper."""
    return max(one, other) <= min(one, other) * (1 + BAND + _ROUNDING)


def judge(prices: Sequence[float], multipliers: Sequence[float]) -> list[Evidence]:
    """Evidence on each of two or more legs, by prices per coin after their multipliers."""
    group = _largest_group(prices)
    found = [_evidence(place, prices, group) for place in range(len(prices))]
    if not group and len(prices) == 2:
        return _blame_the_multiplied(found, multipliers)
    return found


def beside(price: float, others: Sequence[float]) -> Evidence:
    """What a price says beside those of one or more others, whatever it is held for."""
    group = _largest_group(others)
    chosen = [one for at, one in enumerate(others) if not group or at in group]
    middle = median(chosen)
    return Evidence(None, middle, price / middle, len(chosen), bool(group))


def _largest_group(prices: Sequence[float]) -> frozenset[int]:
    """The places of the legs that make the coin; empty where no one group is the largest."""
    places = range(len(prices))
    groups = {
        frozenset(other for other in places if agree(prices[one], prices[other])) for one in places
    }
    most = max(map(len, groups))
    largest = [group for group in groups if len(group) == most]
    return largest[0] if len(largest) == 1 and most > 1 else frozenset()


def _evidence(place: int, prices: Sequence[float], group: frozenset[int]) -> Evidence:
    others = [
        price for at, price in enumerate(prices) if at != place and (not group or at in group)
    ]
    middle = median(others)
    ratio = prices[place] / middle
    outside = abs(ratio - 1) > BAND + _ROUNDING or not group
    doubt = _doubt(ratio) if outside else None
    return Evidence(doubt, middle, ratio, len(others), bool(group))


def _doubt(ratio: float) -> Doubt:
    exponent = round(log10(ratio))
    if exponent and abs(ratio / 10.0**exponent - 1) <= BAND + _ROUNDING:
        return Doubt.MULTIPLIER
    return Doubt.ANOTHER_COIN


def _blame_the_multiplied(found: list[Evidence], multipliers: Sequence[float]) -> list[Evidence]:
    """Of two legs a power of ten apart, the one whose multiplier was read from its name."""
    guilty = [multiplier != 1 for multiplier in multipliers]
    if any(one.doubt is not Doubt.MULTIPLIER for one in found) or sum(guilty) != 1:
        return found
    return [
        one._replace(doubt=one.doubt if bad else None, is_clear=True)
        for one, bad in zip(found, guilty, strict=True)
    ]


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of the middle two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
