"""Moves that stand out: some are the seed's, some are asked for. All exchanges show them.

A move lasts a quarter-hour, so it fills one 15-minute bar. What a jump has moved comes back
within two days, unnoticeably.
"""

from collections.abc import Iterable
from math import exp, log
from typing import NamedTuple

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.coins import LIVELY
from tui_monitor.simulator.kept import remember
from tui_monitor.simulator.noise import bits, seed_of, unit

BAR_MS = 15 * MINUTE_MS
JUMP, BURST, WIDE = "jump", "volume_burst", "wide_bar"
CHANGE, METHOD = "oi_change", "oi_method"
_DAY_BARS = DAY_MS // BAR_MS
_BACK_BARS = 2 * _DAY_BARS
_A_DAY = 12
# More than the least move that the settings judge, with what the coin does by itself.
_NUDGE = 0.015
_KEEP_DAYS = 400


class Move(NamedTuple):
    """`bar` is counted from the epoch. `size` is a fraction (jump, wide_bar) or a factor."""

    kind: str
    coin: str
    bar: int
    size: float
    by: str = "seed"

    @property
    def change(self) -> float:
        """What becomes of the price: a bar that stands still would be no news."""
        if self.kind == JUMP:
            return self.size
        return -_NUDGE if self.bar & 1 else _NUDGE


class Interest(NamedTuple):
    """A change of open interest: `coins` (of one side) within a bar, or a factor at once."""

    kind: str
    coin: str
    at_ms: int
    size: float
    exchange: str | None = None

    def at(self, ms: int) -> tuple[float, float]:
        """Factor and coins as of a time."""
        if ms < self.at_ms:
            return 1.0, 0.0
        if self.kind == METHOD:
            return self.size, 0.0
        return 1.0, self.size * min(1.0, (ms - self.at_ms) / BAR_MS)


class Plan:
    """All moves of one seed's world."""

    def __init__(self, seed: int) -> None:
        self._seed = seed_of(seed, "plan")
        self._asked: dict[str, list[Move]] = {}
        self._interest: dict[str, list[Interest]] = {}
        self._days: dict[int, dict[str, tuple[Move, ...]]] = {}
        self._around: dict[int, dict[str, tuple[Move, ...]]] = {}

    # --- what there is ------------------------------------------------------------------

    def near(self, coin: str, bar: int) -> tuple[Move, ...]:
        """Those that a bar and the next one may feel; mostly none, and asked for all the time."""
        day = bar // _DAY_BARS
        around = self._around.get(day)
        if around is None:
            around = {}
            for past in (day - 2, day - 1, day):
                for name, moves in self._day(past).items():
                    around[name] = (*around.get(name, ()), *moves)
            remember(self._around, day, around, _KEEP_DAYS)
        found = around.get(coin, ())
        asked = self._asked.get(coin)
        return (*found, *asked) if asked else found

    def interest(self, coin: str, exchange: str, ms: int) -> tuple[float, float] | None:
        """By what open interest is multiplied, and which coins are added; None: by nothing."""
        found = self._interest.get(coin)
        if not found:
            return None
        factor, coins = 1.0, 0.0
        for change in found:
            if change.exchange in (None, exchange):
                more, added = change.at(ms)
                factor, coins = factor * more, coins + added
        return factor, coins

    def between(self, first_ms: int, last_ms: int) -> list[Move]:
        """All whose bars open between two times, oldest first."""
        first, last = -(-first_ms // BAR_MS), last_ms // BAR_MS
        days = range(first // _DAY_BARS, last // _DAY_BARS + 1)
        found = [move for day in days for moves in self._day(day).values() for move in moves]
        found += (move for moves in self._asked.values() for move in moves)
        return sorted(
            (move for move in found if first <= move.bar <= last),
            key=lambda move: (move.bar, move.coin, move.kind),
        )

    # --- what is asked for --------------------------------------------------------------

    def add(self, planted: Move | Interest) -> None:
        """Plant one more."""
        if isinstance(planted, Move):
            self._asked.setdefault(planted.coin, []).append(planted)
        else:
            self._interest.setdefault(planted.coin, []).append(planted)

    def remove(self, planted: Iterable[Move | Interest]) -> None:
        """Take back what was planted."""
        for one in planted:
            if isinstance(one, Move):
                self._asked[one.coin].remove(one)
            else:
                self._interest[one.coin].remove(one)

    # --- what the seed has --------------------------------------------------------------

    def _day(self, day: int) -> dict[str, tuple[Move, ...]]:
        found = self._days.get(day)
        if found is None:
            found = {}
            for nth in range(_A_DAY):
                move = self._seeded(day, nth)
                found[move.coin] = (*found.get(move.coin, ()), move)
            remember(self._days, day, found, _KEEP_DAYS)
        return found

    def _seeded(self, day: int, nth: int) -> Move:
        place = day * _A_DAY + nth
        chance, share = bits(self._seed, place), unit(self._seed + 1, place)
        kind = (JUMP, BURST, WIDE)[nth % 3]
        sizes = {JUMP: 0.02 + 0.03 * share, BURST: 8.0 + 6.0 * share, WIDE: 0.03 + 0.03 * share}
        size = -sizes[kind] if kind == JUMP and chance & 1 else sizes[kind]
        # Each has its own two hours of the day, and its own coin.
        bar = day * _DAY_BARS + nth * (_DAY_BARS // _A_DAY) + (chance >> 8) % (_DAY_BARS // _A_DAY)
        return Move(kind, LIVELY[(chance >> 16) % len(LIVELY)], bar, round(size, 4))


def shift(moves: Iterable[Move], bar: int) -> float:
    """What moves add to a coin's price at the begin of a bar, as a logarithm."""
    return sum(_shift(move, bar) for move in moves)


def _shift(move: Move, bar: int) -> float:
    past = bar - move.bar - 1
    if not 0 <= past < _BACK_BARS:
        return 0.0
    return log(1.0 + move.change) * (1.0 - past / _BACK_BARS)


def kink(begin: float, middle: float, end: float) -> float:
    """How far a middle stands from the straight line, as a part of the begin's price."""
    return exp(middle - begin) - (1.0 + exp(end - begin)) / 2.0
