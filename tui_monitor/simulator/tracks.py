"""What a coin does, whoever lists it: its walk, and the shape of its half-hours."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from tui_monitor.simulator.coins import Coin
from tui_monitor.simulator.noise import bits, seed_of, stream, unit, walk
from tui_monitor.simulator.shapes import BYTE_SIGMA, QUARTER_CHANCES, last_offset

_OWN_SCALE = 0.0026
# A bridge of 30 steps is so many steps wide in its middle.
_MIDDLE_SCALE = 30**0.5 / 2
_KEEP_TRACK = 256

_Value = TypeVar("_Value")


class Habit(NamedTuple):
    """A half-hour of a coin, in moves of a minute: its middle beside the straight line, how far
    its quarters reach, what they trade of the usual; and where its last minute closes.
    """

    sway: float
    reaches: tuple[float, float]
    shares: tuple[float, float]
    offset: int


class Track:
    """One coin, the same on every exchange: its walk, and the shape of its half-hours."""

    def __init__(self, seed: int, coin: Coin, common: Callable[[int], float]) -> None:
        """`common` is the factor that moves all coins, as a logarithm."""
        self._common = common
        self._coin = coin
        self._seed = seed_of(seed, coin.name)
        self.shape_seed = seed_of(seed, coin.name, "shape")
        self._logs: dict[int, float] = {}
        self._habits: dict[int, Habit] = {}

    def log(self, block: int) -> float:
        """How far the coin stands from its level at a half-hour."""
        found = self._logs.get(block)
        if found is None:
            coin = self._coin
            found = coin.beta * self._common(block)
            found += coin.own * _OWN_SCALE * walk(self._seed, block)
            remember(self._logs, block, found, _KEEP_TRACK)
        return found

    def habit(self, block: int) -> Habit:
        """The shape of a half-hour."""
        found = self._habits.get(block)
        if found is None:
            found = self._habit(block)
            remember(self._habits, block, found, _KEEP_TRACK)
        return found

    def _habit(self, block: int) -> Habit:
        chances = bits(self.shape_seed, block).to_bytes(8, "little")
        # Half-hours between a third and three times the average.
        busy = 3.0 ** (2.0 * unit(self.shape_seed + 1, block) - 1.0)
        return Habit(
            # Four bytes are nearly normal, with twice a byte's deviation.
            (sum(chances[:4]) - 510) * _MIDDLE_SCALE / (2 * BYTE_SIGMA),
            (0.8 + chances[4] / 80, 0.8 + chances[6] / 80),
            (busy * (0.5 + chances[5] / 256), busy * (0.5 + chances[7] / 256)),
            last_offset(self.chances(block)[QUARTER_CHANCES:]),
        )

    def chances(self, block: int) -> bytes:
        """What the minutes of both quarters are made of."""
        return stream(self.shape_seed, block, 2 * QUARTER_CHANCES)


def remember(kept: dict[int, _Value], key: int, value: _Value, limit: int) -> None:
    """Add to a cache that forgets what it learnt first."""
    if len(kept) >= limit:
        del kept[next(iter(kept))]
    kept[key] = value
