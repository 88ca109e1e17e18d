"""What belongs to a perpetual besides its price: mark, funding, open interest, liquidations.

Pure functions of (seed, contract, time), as in `market`.
"""

from collections.abc import Iterator, Sequence
from math import exp
from typing import NamedTuple

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.market import BLOCK_MS, Series, World
from tui_monitor.simulator.noise import bits, seed_of, smooth, unit

HOUR_MS = 60 * MINUTE_MS
MARK_GRID_MS = 200
OPEN_INTEREST_GRID_MS = 3_000
FUNDING_GRID_MS = MINUTE_MS
RATE_PLACES = 16
_RATE_UNIT = 10_000_000_000_000_000
MAX_RATE = 0.0075
# Index prices have one place more than the contract's.
INDEX_EXTRA_PLACES = 1
_INDEX_UNIT = 10

_HOURLY_FROM_MS = 16 * HOUR_MS
_LIQUIDATION_WINDOW_MS = 4_000
_LIQUIDATION_CHANCE = 0.5
# The largest one in ordinary times, in minutes' volumes; storms, as a logarithm, take hours.
_LARGEST_MINUTES = 0.125
_STORM, _STORM_BLOCKS = 2.0, 16


class Rate(NamedTuple):
    """Funding at a time. Rates are in 10^-16; `settles_ms` is the upcoming settlement."""

    predicted: int
    settled: int
    settles_ms: int
    previous_ms: int
    next_ms: int
    premium: int


class Liquidation(NamedTuple):
    """One forced close: of a long (or else a short) position, in lots.

    Its price lies a part in `beyond` away from the market, on the loser's side; 0: at the market.
    """

    ms: int
    series: Series
    of_long: bool
    lots: int
    beyond: int = 0

    @property
    def ticks(self) -> int:
        """The price: found when it is asked for, since a day has thousands of these."""
        return self.away(self.series.price(self.ms))

    def away(self, price: int) -> int:
        """Its price, if the market's is this one."""
        if not self.beyond:
            return price
        step = max(1, price // self.beyond)
        return price - step if self.of_long else price + step


class Perpetual:
    """The derived values of one perpetual (or dated) contract."""

    def __init__(self, seed: int, series: Series, index: Series, interval_h: int = 8) -> None:
        self.series = series
        self.index = index
        self.interval_ms = interval_h * HOUR_MS
        self._rate_seed = seed_of(seed, series.contract.key, "funding")
        self._interest_seed = seed_of(seed, series.contract.key, "open interest")
        self._rate: tuple[int, Rate] | None = None
        self._levels = (-1, 0.0, 0.0)
        # Open interest stands at about a seventh of a day's turnover.
        self._base_lots = series.minute_lots * 1_440 * 0.15

    def mark(self, ms: int) -> int:
        """The mark price in ticks: three parts index, one part last price."""
        at_ms = ms - ms % MARK_GRID_MS
        unit_ticks = _INDEX_UNIT
        fine = 3 * self.index.price(at_ms) + self.series.price(at_ms) * unit_ticks
        return (fine + 2 * unit_ticks) // (4 * unit_ticks)

    def rate(self, ms: int) -> Rate:
        """Funding at a time; the prediction reaches the settled rate when it settles."""
        at_ms = ms - ms % FUNDING_GRID_MS
        if self._rate is None or self._rate[0] != at_ms:
            self._rate = (at_ms, self._rate_at(at_ms))
        return self._rate[1]

    def _rate_at(self, at_ms: int) -> Rate:
        interval_ms = self.interval_ms_at(at_ms)
        begin_ms = at_ms - at_ms % interval_ms
        settles_ms = begin_ms + interval_ms
        before, coming = self.settled_at(begin_ms), self.settled_at(settles_ms)
        return Rate(
            predicted=before + (coming - before) * (at_ms - begin_ms) // interval_ms,
            settled=before,
            settles_ms=settles_ms,
            previous_ms=begin_ms,
            next_ms=settles_ms + self.interval_ms_at(settles_ms),
            premium=(coming - before) // 3,
        )

    def interval_ms_at(self, _ms: int) -> int:
        """The time between the settlements around a time."""
        return self.interval_ms

    def settled_at(self, ms: int) -> int:
        """The rate that settled at a time of settlement, in 10^-16."""
        return self.settled(ms // self.interval_ms)

    def settlements(self, first_ms: int, last_ms: int) -> list[int]:
        """The times of settlement between two times, both included, ascending."""
        return self._grid(first_ms, last_ms, self.interval_ms)

    def _grid(self, first_ms: int, last_ms: int, step_ms: int) -> list[int]:
        return list(range(-(-first_ms // step_ms) * step_ms, last_ms + 1, step_ms))

    def settled(self, period: int) -> int:
        """The rate that settled at `period` × interval, in 10^-16."""
        drift = smooth(self._rate_seed, period, 9) * 0.0002
        kick = smooth(self._rate_seed + 1, period, 1) * 0.00008
        # Most contracts rest at the interest rate of 0.01 %.
        free = 0.0001 + drift + kick
        return round(max(-MAX_RATE, min(MAX_RATE, free)) * _RATE_UNIT)

    def open_interest_lots(self, ms: int) -> int:
        """Single-sided open interest, in lots."""
        at_ms = ms - ms % OPEN_INTEREST_GRID_MS
        block, inside_ms = divmod(at_ms, BLOCK_MS)
        if self._levels[0] != block:
            self._levels = (block, self._interest(block), self._interest(block + 1))
        _, here, there = self._levels
        level = here + (there - here) * inside_ms / BLOCK_MS
        flicker = 1.0 + (unit(self._interest_seed + 9, at_ms) - 0.5) * 2e-5
        return max(1, int(self._planted(self._base_lots * level * flicker, at_ms)))

    def _planted(self, lots: float, at_ms: int) -> float:
        planted = self.series.interest(at_ms)
        if planted is None:
            return lots
        contract, (factor, coins) = self.series.contract, planted
        counted = coins * self.series.coin.price_usd if contract.inverse else coins
        return factor * (lots + counted * 10.0 ** (contract.lot_places - contract.size_exponent))

    def _interest(self, block: int) -> float:
        slow = smooth(self._interest_seed, block, 240) * 0.25
        quick = smooth(self._interest_seed + 1, block, 8) * 0.02
        return exp(slow + quick)


class SwitchingPerpetual(Perpetual):
    """One that settles every hour from 16:00 to 24:00 UTC, and every 8 hours else."""

    def interval_ms_at(self, ms: int) -> int:
        return HOUR_MS if ms % DAY_MS >= _HOURLY_FROM_MS else self.interval_ms

    def settled_at(self, ms: int) -> int:
        return self.settled(ms // HOUR_MS)

    def settlements(self, first_ms: int, last_ms: int) -> list[int]:
        hours = super()._grid(first_ms, last_ms, HOUR_MS)
        return [ms for ms in hours if not ms % self.interval_ms or ms % DAY_MS > _HOURLY_FROM_MS]


class Liquidations:
    """The forced closes of one exchange's contracts, as one deterministic process."""

    def __init__(self, world: World, name: str, contracts: Sequence[Series]) -> None:
        """`contracts` in the order of their turnover: the first are liquidated most."""
        self._seed = seed_of(world.seed, name, "liquidations")
        # It storms on all exchanges at once.
        self._storm_seed = seed_of(world.seed, "storms")
        self._contracts = contracts

    def between(
        self, first_ms: int, end_ms: int, only: Series | None = None
    ) -> Iterator[Liquidation]:
        """All (or those of one contract) with first_ms ≤ time < end_ms, oldest first."""
        first, last = first_ms // _LIQUIDATION_WINDOW_MS, (end_ms - 1) // _LIQUIDATION_WINDOW_MS
        for window in range(first, last + 1):
            ms = self._moment(window)
            if ms is None or not first_ms <= ms < end_ms:
                continue
            series = self._series(window)
            if (only is None or series is only) and series.trades(ms):
                yield self._made(window, ms, series)

    def after(self, ms: int) -> int:
        """The time of the first one later than a time."""
        window = ms // _LIQUIDATION_WINDOW_MS
        while True:
            moment = self._moment(window)
            if moment is not None and moment > ms:
                return moment
            window += 1

    def _moment(self, window: int) -> int | None:
        """When the one of a window is, if there is one."""
        if unit(self._seed, window) >= _LIQUIDATION_CHANCE:
            return None
        chance = bits(self._seed + 1, window)
        return window * _LIQUIDATION_WINDOW_MS + (chance & 0xFFFF) % _LIQUIDATION_WINDOW_MS

    def _series(self, window: int) -> Series:
        return self._contracts[int(unit(self._seed + 2, window) ** 2 * len(self._contracts))]

    def _made(self, window: int, ms: int, series: Series) -> Liquidation:
        block = ms // BLOCK_MS
        falls = series.knot(block + 1) < series.knot(block)
        # Three in four are on the wrong side of the move.
        of_long = falls if bits(self._seed + 1, window) >> 16 & 3 else not falls
        share = unit(self._seed + 3, window) ** 6
        storm = exp(_STORM * smooth(self._storm_seed, block, _STORM_BLOCKS))
        lots = series.minute_lots * _LARGEST_MINUTES * share * storm
        return Liquidation(ms, series, of_long, 1 + int(lots))
