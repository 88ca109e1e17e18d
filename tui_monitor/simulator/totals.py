"""What all perpetuals of an exchange come to: cheap figures, within a percent of the truth.

Prices are those between the half-hours, since a day has thousands of forced closes, and each
would cost the inside of a minute.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui_monitor.clock import MINUTE_MS
from tui_monitor.simulator.cascades import Cascades
from tui_monitor.simulator.derivatives import Liquidation, Perpetual
from tui_monitor.simulator.kept import remember
from tui_monitor.simulator.market import BLOCK_MS, Series

_KEEP_MINUTES = 4_000


class Forced(NamedTuple):
    """One forced close, as far as sums need it."""

    coin: str
    of_long: bool
    usd: float


class Totals:
    """Sums over the perpetuals that the model knows; swaps settled in coins are none of them."""

    def __init__(self, cascades: Cascades, perpetuals: Iterable[Perpetual]) -> None:
        self._cascades = cascades
        self._perpetuals: Sequence[Perpetual] = tuple(perpetuals)
        self._known = {one.series.contract.key for one in self._perpetuals}
        self._minutes: dict[int, list[Forced]] = {}

    def forced(self, minute: int) -> list[Forced]:
        """The forced closes of a minute."""
        found = self._minutes.get(minute)
        if found is None:
            begin_ms = minute * MINUTE_MS
            found = [
                self._forced(one)
                for one in self._cascades.made(begin_ms, begin_ms + MINUTE_MS)
                if one.series.contract.key in self._known
            ]
            remember(self._minutes, minute, found, _KEEP_MINUTES)
        return found

    def _forced(self, one: Liquidation) -> Forced:
        price = one.away(round(_price(one.series, one.ms)))
        usd = one.lots * price * _usd_unit(one.series)
        return Forced(one.series.coin.name, one.of_long, usd)

    def open_interest_usd(self, ms: int) -> float:
        """One side of all that trade."""
        return sum(
            one.open_interest_lots(ms) * _price(one.series, ms) * _usd_unit(one.series)
            for one in self._perpetuals
            if one.series.trades(ms)
        )


def _price(series: Series, ms: int) -> float:
    """In ticks, on the line between two half-hours."""
    block, inside_ms = divmod(series.clamp(ms), BLOCK_MS)
    here = series.knot(block)
    return here + (series.knot(block + 1) - here) * inside_ms / BLOCK_MS


def _usd_unit(series: Series) -> float:
    """A lot at a price of one tick."""
    contract = series.contract
    places = contract.size_exponent - contract.lot_places - contract.tick_places
    unit: float = 10.0**places
    return unit
