"""Forced closes in bursts, at bankruptcy prices: a long's is below the market, a short's above."""

from collections.abc import Iterator

from tui_monitor.simulator.derivatives import Liquidation, Liquidations
from tui_monitor.simulator.noise import bits

_LONGEST_MS = 400
_KEEP = 32
# A bankruptcy price is 0.4 % beyond the market.
_BEYOND = 250


class Cascades:
    """The events of `Liquidations`; a third of them come as two or three within 0.4 s."""

    def __init__(self, process: Liquidations) -> None:
        self._process = process
        self._known: dict[tuple[int, int], list[Liquidation]] = {}

    def between(self, first_ms: int, end_ms: int) -> list[Liquidation]:
        """All with first_ms ≤ time < end_ms, oldest first; hundreds of streams ask the same."""
        known = self._known.get((first_ms, end_ms))
        if known is None:
            if len(self._known) >= _KEEP:
                self._known.clear()
            known = self._known[first_ms, end_ms] = self._made(first_ms, end_ms)
        return known

    def _made(self, first_ms: int, end_ms: int) -> list[Liquidation]:
        made = [
            part
            for one in self._process.between(first_ms - _LONGEST_MS, end_ms)
            for part in _parts(one)
            if first_ms <= part.ms < end_ms
        ]
        return sorted(made, key=lambda part: part.ms)

    def next_ms(self, now_ms: int, grid_ms: int) -> int:
        """When a stream that looks every `grid_ms` sees the next one."""
        made = self.between(now_ms + 1, now_ms + _LONGEST_MS + 1)
        coming_ms = made[0].ms if made else self._process.after(now_ms).ms
        return coming_ms + grid_ms - coming_ms % grid_ms


def _parts(one: Liquidation) -> Iterator[Liquidation]:
    chance = bits(one.series.book_seed + 7, one.ms)
    count = 1 if chance % 3 else 2 + (chance >> 8) % 2
    gap_ms = 1 + (chance >> 16) % (_LONGEST_MS // 3)
    for place in range(count):
        ms = one.ms + place * gap_ms
        price = one.series.price(ms)
        away = max(1, price // _BEYOND)
        ticks = price - away if one.of_long else price + away
        yield one._replace(ms=ms, lots=one.lots // (place + 1) + place, ticks=ticks)
