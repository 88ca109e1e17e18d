"""Minute sums made again from single events, the same whatever the order they come in."""

import math

from msgspec import Struct, field

from tui_monitor.clock import MINUTE_MS, SECOND_MS
from tui_monitor.model import Exchange, LiquidationSums, Side


class _Minute(Struct):
    usd_of: dict[Side, list[float]] = field(default_factory=lambda: {side: [] for side in Side})
    count_of: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(Side, 0))
    seconds: set[int] = field(default_factory=set)
    unsized: int = 0


class MinuteSums:
    """Collects events, and gives what they come to."""

    def __init__(self) -> None:
        self._minutes: dict[tuple[int, Exchange], _Minute] = {}

    def add(self, exchange: Exchange, exchange_ms: int, side: Side, usd: float | None) -> None:
        """One event; `usd` None where its size is unknown."""
        minute_ms = exchange_ms - exchange_ms % MINUTE_MS
        minute = self._minutes.setdefault((minute_ms, exchange), _Minute())
        minute.count_of[side] += 1
        minute.seconds.add(exchange_ms // SECOND_MS)
        if usd is None:
            minute.unsized += 1
        else:
            minute.usd_of[side].append(usd)

    def rows(self) -> list[LiquidationSums]:
        """By minute and exchange."""
        return [
            _row(minute_ms, exchange, self._minutes[minute_ms, exchange])
            for minute_ms, exchange in sorted(self._minutes)
        ]


def _row(minute_ms: int, exchange: Exchange, minute: _Minute) -> LiquidationSums:
    longs, shorts = minute.usd_of[Side.LONG], minute.usd_of[Side.SHORT]
    return LiquidationSums(
        minute_ms=minute_ms,
        exchange=exchange,
        long_usd=math.fsum(longs),
        short_usd=math.fsum(shorts),
        long_count=minute.count_of[Side.LONG],
        short_count=minute.count_of[Side.SHORT],
        largest_usd=max((*longs, *shorts), default=None),
        unsized=minute.unsized,
        told_s=len(minute.seconds),
    )
