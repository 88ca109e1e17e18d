"""Caches that forget."""

from typing import TypeVar

_Value = TypeVar("_Value")


def remember(kept: dict[int, _Value], key: int, value: _Value, limit: int) -> None:
    """Add to a cache that forgets what it learnt first."""
    if len(kept) >= limit:
        del kept[next(iter(kept))]
    kept[key] = value
