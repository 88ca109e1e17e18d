"""What a coin does, whoever lists it: its walk, and the shape of its half-hours."""

from collections.abc import Callable, Iterable
from math import hypot
from typing import NamedTuple

from tui_monitor.simulator.coins import Coin
from tui_monitor.simulator.kept import remember
from tui_monitor.simulator.noise import bits, seed_of, stream, unit, walk
from tui_monitor.simulator.plants import BURST, WIDE, Move, Plan, kink, shift
from tui_monitor.simulator.shapes import BYTE_SIGMA, QUARTER_CHANCES, last_offset

_OWN_SCALE = 0.0026
# A bridge of 30 steps is so many steps wide in its middle.
_MIDDLE_SCALE = 30**0.5 / 2
_KEEP_TRACK = 256
# A minute's usual move of a coin whose `own` is 1.
MINUTE_SCALE = 0.0005
# A quarter-hour goes no farther than this many usual steps of the walk, unless the walk does.
_FARTHEST = 1.2


class Habit(NamedTuple):
    """A half-hour of a coin, in moves of a minute: its middle beside the straight line, how far
    its quarters reach, what they trade of the usual; and where its last minute closes.

    `kink` is a planted jump's part of where the middle stands, as a part of the price.
    """

    sway: float
    kink: float
    reaches: tuple[float, float]
    shares: tuple[float, float]
    offset: int


class Track:
    """One coin, the same on every exchange: its walk, and the shape of its half-hours."""

    def __init__(self, seed: int, coin: Coin, common: Callable[[int], float], plan: Plan) -> None:
        """`common` is the factor that moves all coins, as a logarithm."""
        self.plan = plan
        self._common = common
        self._coin = coin
        self._seed = seed_of(seed, coin.name)
        self.shape_seed = seed_of(seed, coin.name, "shape")
        self._step = _OWN_SCALE * hypot(coin.beta, coin.own)
        self._logs: dict[int, float] = {}
        self._habits: dict[int, Habit] = {}

    def forget(self) -> None:
        """What was planted has changed."""
        self._logs.clear()
        self._habits.clear()

    def log(self, block: int) -> float:
        """How far the coin stands from its level at a half-hour."""
        found = self._logs.get(block)
        if found is None:
            coin = self._coin
            found = coin.beta * self._common(block)
            found += coin.own * _OWN_SCALE * walk(self._seed, block)
            moves = self.plan.near(coin.name, 2 * block)
            if moves:
                found += shift(moves, 2 * block)
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
        # Four bytes are nearly normal, with twice a byte's deviation.
        sway = (sum(chances[:4]) - 510) * _MIDDLE_SCALE / (2 * BYTE_SIGMA)
        moves, begin, middle, end = self.plan.near(self._coin.name, 2 * block), 0.0, 0.0, 0.0
        if moves:
            begin, middle, end = (shift(moves, 2 * block + place) for place in range(3))
        farthest = self._farthest(block, end - begin)
        habit = Habit(
            max(-farthest, min(farthest, sway)),
            kink(begin, middle, end) if moves else 0.0,
            (0.8 + chances[4] / 80, 0.8 + chances[6] / 80),
            (busy * (0.5 + chances[5] / 256), busy * (0.5 + chances[7] / 256)),
            last_offset(self.chances(block)[QUARTER_CHANCES:]),
        )
        return self._with_moves(block, habit, moves) if moves else habit

    def _farthest(self, block: int, shifted: float) -> float:
        """How far the middle may sway, so that no quarter stands out that isn't meant to."""
        half = abs(self.log(block + 1) - self.log(block) - shifted) / 2
        return max(0.0, _FARTHEST * self._step - half) / (MINUTE_SCALE * self._coin.own)

    def _with_moves(self, block: int, habit: Habit, moves: Iterable[Move]) -> Habit:
        """What is planted in both quarters makes them wider or busier."""
        reaches, shares = list(habit.reaches), list(habit.shares)
        for move in moves:
            place = move.bar - 2 * block
            if place in (0, 1) and move.kind == WIDE:
                # The range is from beyond one end of the move to beyond the other.
                beyond = max(0.0, move.size - abs(move.change)) / 2
                reaches[place] += beyond / (MINUTE_SCALE * self._coin.own)
            elif place in (0, 1) and move.kind == BURST:
                # A quiet quarter would swallow it.
                shares[place] = move.size * max(1.0, shares[place])
        return habit._replace(reaches=(reaches[0], reaches[1]), shares=(shares[0], shares[1]))

    def chances(self, block: int) -> bytes:
        """What the minutes of both quarters are made of."""
        return stream(self.shape_seed, block, 2 * QUARTER_CHANCES)
