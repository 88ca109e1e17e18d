"""Boards whose numbers change at random, the same way in every run."""

import random
import re
from typing import Any, TypeVar

import msgspec

B = TypeVar("B", bound=msgspec.Struct)

_MONEY = re.compile(
    r"(^|_)(usd|price|ask|bid|base|close|coins|last|turnover|start|now|highest)(_|$)"
)
_CHANGES = re.compile(r"(^|_)(pct|z|score|rate|apr|return)(_|$)")
# What is bounded by its meaning, or compared with other fields, stays.
_STAYS = re.compile(r"share|complete|fees|covered|threshold|saturation|_ms$|max_age")


def shaken(board: B, chance: random.Random) -> B:
    """The same rows with other prices, amounts and changes, from tiny to huge."""
    told = _shaken(msgspec.to_builtins(board), "", chance)
    return msgspec.convert(told, type(board), strict=False)


def _shaken(value: Any, name: str, chance: random.Random) -> Any:
    if isinstance(value, dict):
        # Shares of something add up, whatever they are called.
        named = {key: "share" if name == "shares" else str(key) for key in value}
        return {key: _shaken(one, named[key], chance) for key, one in value.items()}
    if isinstance(value, list):
        return [_shaken(one, name, chance) for one in value]
    if not isinstance(value, float) or _STAYS.search(name):
        return value
    if _CHANGES.search(name):
        return round(chance.uniform(-1, 1) * 10 ** chance.uniform(-3, 3), 6)
    return abs(value) * 10 ** chance.uniform(-5, 5) if _MONEY.search(name) else value
