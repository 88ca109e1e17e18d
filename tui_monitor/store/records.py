"""Records of imported files: one moment with its coins, checked against itself.

Nothing is repaired: what can't be a price is refused coin by coin, what looks wrong is taken
and said to be doubtful.
"""

import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct, field

from tui_monitor.clock import BoardZone, nearest_slot
from tui_monitor.model import (
    AggregateRow,
    Hole,
    HoleState,
    ImportedSum,
    LiquidationMinute,
    LiquidationRow,
    Reason,
)
from tui_monitor.store.settling import SLOT_REACH_MS, Sample, slot_within_reach

PRICE_LIMIT = 1e15
# Of coins and money: what the feeds take. A millionth of a cent a coin makes many of them.
SIZE_LIMIT = 1e21
# How far a recomputed change may be from the stored one: the records keep four decimals.
CHANGE_TOLERANCE_PCT = 1e-4
_COIN = re.compile(r"[A-Z0-9]{1,20}")
_NAMED = 6
# A minute after midnight prices have moved; half a minute after it a base is late.
_AT_ONCE_MS = 30_000


class Batch(Struct):
    """What some lines of a file give."""

    taken: int = 0
    samples: list[Sample] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    sums: list[tuple[int, ImportedSum]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    doubtful: list[tuple[int, str]] = field(default_factory=list)
    corrected: list[tuple[int, str]] = field(default_factory=list)
    aggregates: list[AggregateRow] = field(default_factory=list)
    liquidations: list[LiquidationRow] = field(default_factory=list)
    liquidation_minutes: list[LiquidationMinute] = field(default_factory=list)
    rows: dict[str, list[Any]] = field(default_factory=dict)
    """Of our own series, by the name of the export; see `series_lines`."""


class Quote(Struct, frozen=True):
    """One coin of a record as the file says it; anything may be missing or nonsense."""

    base: Any
    price: Any
    change_pct: Any


class _Valid(Struct, frozen=True):
    price: float
    base: float | None
    change_pct: float | None


class Record(Struct, frozen=True, kw_only=True):
    """One moment. `total_pct` and the tolerances are for checking what the file says."""

    line: int
    observed_ms: int
    quotes: Mapping[str, Quote]
    total_pct: Any = None
    change_tolerance_pct: float = CHANGE_TOLERANCE_PCT
    total_tolerance_pct: float | None = None


class RecordCheck:
    """Turns records into samples and remarks."""

    def __init__(self, zone: BoardZone, coins: Collection[str], now_ms: int) -> None:
        self._zone = zone
        self._coins = frozenset(coins)
        self._now_ms = now_ms

    def add(self, record: Record, batch: Batch) -> int:
        """Put a record's valid coins into the batch, with a remark for everything else.

        Gives the number of valid coins.
        """
        valid: dict[str, _Valid] = {}
        for coin, quote in self._known(record, batch).items():
            price = as_price(quote.price)
            if price is not None:
                valid[coin] = _Valid(price, as_price(quote.base), as_number(quote.change_pct))
        self._refuse_invalid(record, valid, batch)
        batch.samples += [
            Sample(
                line=record.line,
                observed_ms=record.observed_ms,
                coin=coin,
                price=quote.price,
                own_base=quote.base,
            )
            for coin, quote in valid.items()
        ]
        doubts = (
            _without_base(valid),
            _other_change(record, valid),
            _other_total(record),
            self._flat(record, valid),
            self._moved_base(record, valid),
        )
        batch.doubtful += [(record.line, doubt) for doubt in doubts if doubt]
        return len(valid)

    def _known(self, record: Record, batch: Batch) -> dict[str, Quote]:
        known = {coin: quote for coin, quote in record.quotes.items() if coin in self._coins}
        other = [coin for coin in record.quotes if coin not in self._coins]
        if other:
            batch.refused.append((record.line, f"not among the chosen coins: {_names(other)}"))
        return known

    def _refuse_invalid(self, record: Record, valid: Collection[str], batch: Batch) -> None:
        invalid = [coin for coin in record.quotes if coin in self._coins and coin not in valid]
        if not invalid:
            return
        batch.refused.append((record.line, f"price invalid: {_names(invalid)}"))
        slot_ms = slot_within_reach(record.observed_ms)
        if slot_ms is not None:
            batch.holes += [
                imported_hole(slot_ms, coin, Reason.INVALID.value, self._now_ms) for coin in invalid
            ]

    def _is_midnight(self, record: Record, reach_ms: int = SLOT_REACH_MS) -> bool:
        slot_ms = nearest_slot(record.observed_ms)
        near = abs(record.observed_ms - slot_ms) <= reach_ms
        return near and slot_ms == self._zone.day_start_ms(self._zone.day_of(slot_ms))

    def _flat(self, record: Record, valid: Mapping[str, _Valid]) -> str:
        flat = len(valid) > 1 and all(quote.price == quote.base for quote in valid.values())
        if flat and not self._is_midnight(record):
            return f"all {len(valid)} coins stand at their base away from midnight"
        return ""

    def _moved_base(self, record: Record, valid: Mapping[str, _Valid]) -> str:
        moved = [coin for coin, quote in valid.items() if quote.base not in (None, quote.price)]
        if moved and self._is_midnight(record, _AT_ONCE_MS):
            return f"price and base differ at midnight: {_names(moved)}"
        return ""


def imported_hole(slot_ms: int, coin: str, reason: str, now_ms: int) -> Hole:
    """A hole that a file tells of."""
    return Hole(
        slot_ms=slot_ms,
        coin=coin,
        state=HoleState.MISSING,
        reason=reason,
        tries=0,
        first_ms=now_ms,
        last_ms=now_ms,
    )


def coin_of(name: str) -> str:
    """`BTC` and `BTC-USDT-SWAP` to `BTC`; anything that is no coin stays as it is."""
    coin = name.removesuffix("-USDT-SWAP")
    return coin if _COIN.fullmatch(coin) else name


def as_number(value: Any) -> float | None:
    """A finite number of JSON or CSV, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def as_price(value: Any) -> float | None:
    """A number that can be a price, else None."""
    price = as_number(value)
    return price if price is not None and 0 < price < PRICE_LIMIT else None


def _without_base(valid: Mapping[str, _Valid]) -> str:
    without = [coin for coin, quote in valid.items() if quote.base is None]
    return f"no valid base: {_names(without)}" if without else ""


def _other_change(record: Record, valid: Mapping[str, _Valid]) -> str:
    worst = 0.0
    other = []
    for coin, quote in valid.items():
        if quote.base is None or quote.change_pct is None:
            continue
        error = abs((quote.price - quote.base) / quote.base * 100 - quote.change_pct)
        if error > record.change_tolerance_pct:
            other.append(coin)
            worst = max(worst, error)
    if not other:
        return ""
    return f"the prices give another change, by up to {worst:.4f}: {_names(other)}"


def _other_total(record: Record) -> str:
    total = as_number(record.total_pct)
    if total is None:
        return ""
    changes = [as_number(quote.change_pct) for quote in record.quotes.values()]
    known = [change for change in changes if change is not None]
    # Every change and the total are rounded on their own; the total to three decimals at best.
    tolerance = record.total_tolerance_pct or len(known) * 0.5e-4 + 0.5e-3
    stored = math.fsum(known)
    if abs(stored - total) <= tolerance:
        return ""
    return f"total is {total:g}, its coins add up to {stored:.4f}"


def _names(coins: list[str]) -> str:
    """Some of them; the texts of a file never grow a remark without bound."""
    rest = f" and {len(coins) - _NAMED} more" if len(coins) > _NAMED else ""
    return " ".join(coins[:_NAMED]) + rest
