"""Forced closes in bursts, and what streams let through of them.

Where an exchange tells bankruptcy prices, a long's is below the market, a short's above.
"""

from collections.abc import Callable, Iterator

from tui_monitor.clock import SECOND_MS
from tui_monitor.simulator.derivatives import Liquidation, Liquidations
from tui_monitor.simulator.market import Series
from tui_monitor.simulator.noise import bits

# A bankruptcy price is 0.4 % beyond the market.
BANKRUPT = 250
_LONGEST_MS = 400
_MANY_EVERY = 24
_KEEP = 32
_LOOK_BACK_MS = 30_000


class Cascades:
    """The events of `Liquidations`: a third come as two or three within 0.4 s, some as up to 7."""

    def __init__(self, process: Liquidations, beyond: int = BANKRUPT) -> None:
        self._process = process
        self._beyond = beyond
        self._known: dict[tuple[int, int], list[Liquidation]] = {}

    def between(self, first_ms: int, end_ms: int) -> list[Liquidation]:
        """All with first_ms ≤ time < end_ms, oldest first; hundreds of streams ask the same."""
        known = self._known.get((first_ms, end_ms))
        if known is None:
            if len(self._known) >= _KEEP:
                self._known.clear()
            known = self._known[first_ms, end_ms] = self.made(first_ms, end_ms)
        return known

    def made(self, first_ms: int, end_ms: int, only: Series | None = None) -> list[Liquidation]:
        """The same, perhaps of one contract, and not remembered."""
        found = [
            part
            for one in self._process.between(first_ms - _LONGEST_MS, end_ms, only)
            for part in self._parts(one)
            if first_ms <= part.ms < end_ms
        ]
        return sorted(found, key=lambda part: part.ms)

    def after(self, now_ms: int) -> int:
        """The time of the first one later than a time."""
        made = self.between(now_ms + 1, now_ms + _LONGEST_MS + 1)
        return made[0].ms if made else self._process.after(now_ms)

    def next_ms(self, now_ms: int, grid_ms: int) -> int:
        """When a stream that looks every `grid_ms` sees the next one."""
        coming_ms = self.after(now_ms)
        return coming_ms + grid_ms - coming_ms % grid_ms

    def second_ends_ms(self, now_ms: int) -> int:
        """When a second ends that had or will have some, the running one included."""
        begin_ms = now_ms - now_ms % SECOND_MS
        if self.between(begin_ms, now_ms + 1):
            return begin_ms + SECOND_MS
        return self.next_ms(now_ms, SECOND_MS)

    def _parts(self, one: Liquidation) -> Iterator[Liquidation]:
        chance = bits(one.series.book_seed + 7, one.ms)
        count = 1 if chance % 3 else 2 + (chance >> 8) % 2
        if (chance >> 32) % _MANY_EVERY == 0:
            count = 4 + (chance >> 40) % 4
        gap_ms = 1 + (chance >> 16) % (_LONGEST_MS // max(3, count - 1))
        for place in range(count):
            eighths = 8 - (chance >> 44 + 2 * place & 3) if place else 8
            lots = one.lots * eighths // 8 // (place + 1) + place
            yield one._replace(ms=one.ms + place * gap_ms, lots=lots, beyond=self._beyond)


# --- what streams let through, oldest first -------------------------------------------------

Sample = Callable[[list[Liquidation]], list[Liquidation]]


def all_of_them(made: list[Liquidation]) -> list[Liquidation]:
    """Everything."""
    return made


def first_of_seconds(made: list[Liquidation]) -> list[Liquidation]:
    """Of each contract the first in a second."""
    first: dict[tuple[str, int], Liquidation] = {}
    for one in made:
        first.setdefault((one.series.contract.key, one.ms // SECOND_MS), one)
    return list(first.values())


def latest_of_seconds(made: list[Liquidation]) -> list[Liquidation]:
    """Of each contract the last in a second."""
    latest = {(one.series.contract.key, one.ms // SECOND_MS): one for one in made}
    return sorted(latest.values(), key=lambda one: one.ms)


def largest_of_seconds(made: list[Liquidation]) -> list[Liquidation]:
    """Of each contract and side the largest in a second."""
    largest: dict[tuple[str, bool, int], Liquidation] = {}
    for one in made:
        key = (one.series.contract.key, one.of_long, one.ms // SECOND_MS)
        if key not in largest or largest[key].lots < one.lots:
            largest[key] = one
    return sorted(largest.values(), key=lambda one: one.ms)


def let_through(
    cascades: Cascades, sample: Sample, first_ms: int, end_ms: int
) -> list[Liquidation]:
    """What a stream tells of those with first_ms ≤ time < end_ms, by whole seconds."""
    begin_ms = first_ms - first_ms % SECOND_MS
    made = cascades.between(begin_ms, end_ms + -end_ms % SECOND_MS)
    return [one for one in sample(made) if first_ms <= one.ms < end_ms]


def told_before(cascades: Cascades, sample: Sample, now_ms: int) -> Liquidation:
    """The last one that a stream told of until a time."""
    begin_ms = now_ms - _LOOK_BACK_MS
    while not (told := let_through(cascades, sample, begin_ms, now_ms + 1)):
        begin_ms -= _LOOK_BACK_MS
    return told[-1]


def with_streamed(
    cascades: Cascades, sample: Sample, times: tuple[int, int], only: Series | None
) -> list[tuple[Liquidation, bool]]:
    """All (or a contract's) between two times, both included; whether the stream tells of it."""
    first_ms, last_ms = times
    made = cascades.made(first_ms - first_ms % SECOND_MS, last_ms + SECOND_MS, only)
    told = set(map(id, sample(made)))
    return [(one, id(one) in told) for one in made if first_ms <= one.ms <= last_ms]
