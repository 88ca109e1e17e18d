"""The last two hours of prices of every coin everywhere, one look a minute, in memory only."""

import numpy as np
from numpy.typing import NDArray

from tui_monitor.boards.legs import EXCHANGES, SLOTS, Now
from tui_monitor.boards.legs.table import Column, Floats, LegTable
from tui_monitor.boards.prices import PricePoint
from tui_monitor.clock import MINUTE_MS

RECORDS = 120
_WIDTH = len(SLOTS)


class PriceMemory:
    """A ring of looks. Prices that are older than `max_age_s` are not kept."""

    def __init__(self, max_age_s: float) -> None:
        self.max_age_s = max_age_s
        self._looks = 0
        self._at_ms: NDArray[np.int64] = np.zeros(RECORDS, dtype=np.int64)
        # Per look: coin by coin the last prices of the slots, then the perpetuals' rates.
        self._numbers: Floats = np.full((RECORDS, 0, _WIDTH + EXCHANGES), np.nan)

    def look(self, table: LegTable, now: Now) -> None:
        """Remember what is now, if it is a new minute."""
        newest_ms = int(self._at_ms[(self._looks - 1) % RECORDS])
        if now.ms // MINUTE_MS == newest_ms // MINUTE_MS:
            return
        is_young = table.last_age_s(now.s) <= self.max_age_s
        if not is_young.any():
            return
        self._make_room(len(table.coins))
        place = self._looks % RECORDS
        coins = len(table.coins)
        kept = self._numbers[place]
        kept[:] = np.nan
        kept[:coins, :_WIDTH] = np.where(is_young, table.column(Column.LAST), np.nan)
        kept[:coins, _WIDTH:] = table.column(Column.RATE)[:, :EXCHANGES]
        self._at_ms[place] = now.ms
        self._looks += 1

    def of(self, coin: int) -> list[PricePoint]:
        """One coin, by its place in the table, oldest first; exchanges without a price are out."""
        found = []
        for look in range(max(0, self._looks - RECORDS), self._looks):
            place = look % RECORDS
            if coin >= self._numbers.shape[1]:
                break
            numbers: list[float | None] = self._numbers[place, coin].astype(object).tolist()
            known = [None if number != number else number for number in numbers]  # noqa: PLR0124
            at_ms = int(self._at_ms[place])
            for slot, (exchange, _) in enumerate(SLOTS[:EXCHANGES]):
                perp, spot, rate = known[slot], known[slot + EXCHANGES], known[slot + _WIDTH]
                if perp is not None or spot is not None:
                    point = PricePoint(
                        exchange=exchange, at_ms=at_ms, spot=spot, perp=perp, rate=rate
                    )
                    found.append(point)
        return found

    def _make_room(self, coins: int) -> None:
        lacking = coins - self._numbers.shape[1]
        if lacking > 0:
            # In steps: at the start coins come every second.
            room = ((0, 0), (0, lacking + 64), (0, 0))
            self._numbers = np.pad(self._numbers, room, constant_values=np.nan)
