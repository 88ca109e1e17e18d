"""Numbers as exchanges write them: text or JSON numbers, possibly absent, possibly nonsense."""

import math
import re

Loose = str | int | float | None
"""What a wire field may be where the exchange promises a number in a string."""

PRICE_LIMIT = 1e15
SIZE_LIMIT = 1e21
_MAX_MS = 4_102_444_800_000  # 2100-01-01: later ones are in another unit
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_MAX_DIGITS = 64


def number(value: Loose) -> float | None:
    """A finite number, or None for an absent or unlawful one.

    `float()` would also take "nan", "1_000", " 1 " and Arabic digits.
    """
    if isinstance(value, str):
        if len(value) > _MAX_DIGITS or not _NUMBER.fullmatch(value):
            return None
        read = float(value)
        return read if math.isfinite(read) else None
    if value is None or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def price(value: Loose) -> float | None:
    """A price: finite, above 0, below 10^15; else None."""
    found = number(value)
    return found if found is not None and 0 < found < PRICE_LIMIT else None


def size(value: Loose) -> float | None:
    """A quantity or an amount: finite and not negative; else None."""
    found = number(value)
    return found if found is not None and 0 <= found < SIZE_LIMIT else None


def rate(value: Loose) -> float | None:
    """A fraction of either sign; beyond ±100 it is none."""
    found = number(value)
    return found if found is not None and -100 <= found <= 100 else None


def epoch_ms(value: Loose) -> int | None:
    """A time in ms, 1970 to 2100; else None."""
    found = number(value)
    return int(found) if found is not None and 0 < found < _MAX_MS else None


def per_coin(value: float, unit: float) -> float:
    """A price per quoted unit as one per coin: the number that shifting its point gives.

    The quotient of two doubles is a neighbour of that one in every fourth case: 0.0058235 / 1000
    is 5.823499999999999e-06. A double keeps 15 digits, and no price has more.
    """
    return value if unit == 1.0 else float(f"{value / unit:.15g}")


def per(value: float | None, unit: float) -> float | None:
    """The same, None where there is no price."""
    return per_coin(value, unit) if value is not None else None


def in_coins(value: float, unit: float) -> float:
    """A size in quoted units as one in coins, the same way: 1.001 x 1000 is 1001."""
    return value if unit == 1.0 else float(f"{value * unit:.15g}")


def scaled(value: float | None, factor: float | None) -> float | None:
    """A size in units of `factor` coins, in coins; None if either is unknown.

    3 contracts of 0.1 are 3 / 10, the double next to 0.3; 3 x 0.1 is another one.
    """
    if value is None or factor is None:
        return None
    if factor >= 1:
        return in_coins(value, factor)
    parts = round(1 / factor) if factor > 0 else 0
    return value / parts if parts and parts * factor == 1 else value * factor


def is_absent(value: Loose) -> bool:
    """Whether a field says nothing, as opposed to saying nonsense."""
    return value is None or value == ""
