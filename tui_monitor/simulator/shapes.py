"""The inside of a quarter-hour and of a minute: prices and volumes on whole ticks and lots.

A quarter-hour is known by six numbers, and its sums follow from them without its minutes, which
makes the figures of 24 hours cheap. For that its path is symmetric about its middle: each price
and the one as far from the other end add up to begin + end, and both minutes trade alike.
"""

from array import array
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

MINUTES = 15
STEPS = 600
QUARTER_CHANCES = 48
# A byte's standard deviation.
BYTE_SIGMA = 73.9
# Weights of the seven pairs of minutes, and of the minute between; what they all add up to.
_PAIRS = (4, 9, 14, 6, 11, 3, 8) * 2
_MIDDLE = 10
_ALL_WEIGHTS = 120
_HALF = MINUTES // 2
_FIRST_OFFSET = 8
_CENTRE = MINUTES / 2


class Quarter(NamedTuple):
    """A quarter-hour: from `begin` to the next one's `end`; `low` and `high` occur.

    `lots` are those of all its minutes, `move` is a minute's usual move in ticks.
    """

    begin: int
    end: int
    low: int
    high: int
    lots: int
    move: float


def quarter_of(ends: tuple[int, int], reach: float, lots: float, move: float) -> Quarter:
    """`reach` is how many moves it goes beyond both ends, at least a tick; a lot a minute."""
    begin, end = ends
    beyond = 1 + int(move * reach)
    whole = max(1, int(lots) // MINUTES) * MINUTES
    if begin < end:
        return Quarter(begin, end, begin - beyond, end + beyond, whole, move)
    return Quarter(begin, end, end - beyond, begin + beyond, whole, move)


class Minutes(NamedTuple):
    """Consecutive minutes, by their figures."""

    opens: Sequence[int]
    closes: Sequence[int]
    highs: Sequence[int]
    lows: Sequence[int]
    lots: Sequence[int]


def minutes_of(quarter: Quarter, chances: bytes) -> Minutes:
    """The 15 minutes of a quarter-hour; `chances` are 48 bytes."""
    opens = _opens(quarter, chances[:8])
    steps = [_offset(chance) for chance in chances[_FIRST_OFFSET : _FIRST_OFFSET + _HALF]]
    # A bar seldom opens exactly where the one before closed.
    offsets = [*steps, 0, *(-step for step in reversed(steps))]
    closes = [price + offset for price, offset in zip(opens[1:], offsets, strict=True)]
    del opens[MINUTES]
    above, below = list(map(max, opens, closes)), list(map(min, opens, closes))
    wick, high, low = int(quarter.move) + 1, quarter.high, quarter.low
    highs = [
        min(high, top + (wick * chance >> 8))
        for top, chance in zip(above, chances[16:31], strict=True)
    ]
    lows = [
        max(low, top - (wick * chance >> 8))
        for top, chance in zip(below, chances[31:46], strict=True)
    ]
    highs[above.index(max(above))] = high
    lows[below.index(min(below))] = low
    return Minutes(opens, closes, highs, lows, _lots(quarter, chances[46] % _HALF))


def last_offset(chances: bytes) -> int:
    """How far the last minute closes from where the next quarter-hour opens."""
    return -_offset(chances[_FIRST_OFFSET])


def _offset(chance: int) -> int:
    return chance % 3 - 1


def _opens(quarter: Quarter, chances: bytes) -> list[int]:
    """16 prices at whole minutes, the last one the next quarter-hour's."""
    both, move = quarter.begin + quarter.end, quarter.move / BYTE_SIGMA
    sums = list(accumulate(chances))
    # The straight line, less the drift of the steps: so the walk passes through the middle.
    slope = ((quarter.end - quarter.begin) / 2 - sums[-1] * move) / _CENTRE
    highest, lowest = quarter.high - 1, quarter.low + 1
    first = [quarter.begin]
    for minute, total in enumerate(sums[:_HALF], 1):
        price = quarter.begin + int(slope * minute + total * move)
        first.append(min(highest, max(lowest, price)))
    return [*first, *(both - price for price in reversed(first))]


def _lots(quarter: Quarter, turn: int) -> list[int]:
    """Each minute has as many, and `unit` × its weight."""
    unit, rest = divmod(quarter.lots, _ALL_WEIGHTS)
    each = rest // MINUTES
    half = [each + unit * weight for weight in _PAIRS[turn : turn + _HALF]]
    return [*half, each + unit * _MIDDLE, *reversed(half)]


def joined(first: Minutes, second: Minutes) -> Minutes:
    """The minutes of two quarter-hours, in little memory."""
    return Minutes(*(array("q", [*one, *other]) for one, other in zip(first, second, strict=True)))


MinuteShape = tuple[bytes, tuple[int, int], tuple[int, int]]
"""Chances, open and close, lowest and highest: what a zigzag is made of."""
Corners = tuple[tuple[int, int], ...]
"""Steps and prices between which a minute goes straight, but for what draws it aside."""


def _corners(chances: bytes, ends: tuple[int, int], bounds: tuple[int, int]) -> Corners:
    (low, high), steps = bounds, len(chances)
    first_turn = (20 + chances[0]) * steps // STEPS
    second_turn = (300 + chances[1]) * steps // STEPS
    turns = (high, low) if ends[1] < ends[0] or chances[2] & 1 else (low, high)
    return ((0, ends[0]), (first_turn, turns[0]), (second_turn, turns[1]), (steps - 1, ends[1]))


def zigzag(chances: bytes, ends: tuple[int, int], bounds: tuple[int, int]) -> Sequence[int]:
    """As many prices as chances, from open to close, that touch low and high, never leave them."""
    middle = sum(bounds) // 2
    prices = array("q")
    for (begin, here), (end, there) in pairwise(_corners(chances, ends, bounds)):
        slope = (there - here) / (end - begin)
        straight = [here + int(slope * step) for step in range(1, end - begin)]
        prices.append(here)
        # Drawn towards the middle by up to a half: never outside.
        prices.extend(
            [
                price + ((middle - price) * chance >> 9)
                for price, chance in zip(straight, chances[begin + 1 : end], strict=True)
            ]
        )
    prices.append(ends[1])
    return prices


def zigzag_at(chances: bytes, ends: tuple[int, int], bounds: tuple[int, int], step: int) -> int:
    """One price of a zigzag, without the others: they cost a hundred times as much."""
    for (begin, here), (end, there) in pairwise(_corners(chances, ends, bounds)):
        if begin < step < end:
            price = here + int((there - here) / (end - begin) * (step - begin))
            return price + ((sum(bounds) // 2 - price) * chances[step] >> 9)
        if step == begin:
            return here
    return ends[1]
