"""Numbers from nowhere: the same arguments always give the same number, in every process."""

import hashlib
import struct
from functools import lru_cache

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15

# A walk is a sum of value noise at these periods; a random walk's amplitude grows with the
# square root of the period, so every scale of time looks alike.
_PERIODS = (1, 4, 16, 64, 256, 1024, 4096)
_OCTAVES = tuple((salt, period, period**0.5) for salt, period in enumerate(_PERIODS))


def seed_of(*parts: object) -> int:
    """A 64-bit seed from names and numbers (not `hash()`: that differs between processes)."""
    text = "\0".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def mix(number: int) -> int:
    """64 well-stirred bits (the finaliser of splitmix64)."""
    number &= _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


def bits(seed: int, index: int) -> int:
    """64 bits for one place of a series."""
    return mix(seed ^ (index * _GOLDEN))


def unit(seed: int, index: int) -> float:
    """0 ≤ x < 1 for one place of a series."""
    return (bits(seed, index) >> 11) * 2.0**-53


def stream(seed: int, index: int, count: int) -> bytes:
    """`count` bytes for one place of a series."""
    return hashlib.shake_128(struct.pack("<Qq", seed, index)).digest(count)


@lru_cache(maxsize=65_536)
def _lattice(seed: int, cell: int) -> float:
    return unit(seed, cell) * 2.0 - 1.0


def smooth(seed: int, index: int, period: int) -> float:
    """-1…1, straight between hashed values that stand `period` apart."""
    cell, inside = divmod(index, period)
    here = _lattice(seed, cell)
    if not inside:
        return here
    return here + (_lattice(seed, cell + 1) - here) * inside / period


def walk(seed: int, index: int) -> float:
    """A bounded random walk over half-hours: about ±7 in a day (one standard deviation)."""
    total = 0.0
    for salt, period, amplitude in _OCTAVES:
        total += amplitude * smooth(seed + salt, index, period)
    return total
