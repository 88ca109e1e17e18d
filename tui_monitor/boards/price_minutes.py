"""Open, high, low and close of each minute, of a few coins everywhere, from a look a second.

What was between two looks is not in it: the extremes are those that were seen.
"""

from collections.abc import Iterable, Iterator
from math import inf

from msgspec import Struct

from tui_monitor.boards.legs import SLOTS, Now
from tui_monitor.boards.legs.table import Bools, LegTable
from tui_monitor.clock import MINUTE_MS
from tui_monitor.market import Row
from tui_monitor.model import PriceMinute


class _Bar(Struct):
    """One instrument's minute so far."""

    coin: str
    open: float
    high: float
    low: float
    close: float
    rate: float | None = None
    samples: int = 0

    def add(self, price: float, rate: float | None) -> None:
        self.high, self.low = max(self.high, price), min(self.low, price)
        self.close, self.rate = price, rate
        self.samples += 1


class PriceMinutes:
    """Call `look` once a second. A price that nobody has said for `max_age_s` is none."""

    def __init__(self, coins: Iterable[str], max_age_s: float) -> None:
        self._coins = tuple(dict.fromkeys(coins))
        self.max_age_s = max_age_s
        self._minute_ms = 0
        self._bars: dict[Row, _Bar] = {}

    def look(self, table: LegTable, barred: Bools, now: Now) -> list[PriceMinute]:
        """Take in what is now; gives the minute before when a new one has begun."""
        minute_ms = now.ms - now.ms % MINUTE_MS
        ended = self.end() if minute_ms != self._minute_ms else []
        self._minute_ms = minute_ms
        for coin, row, price in self._prices(table, barred, now.s):
            bar = self._bars.get(row)
            if bar is None:
                bar = self._bars[row] = _Bar(coin, price, price, price, price)
            bar.add(price, row.rate)
        return ended

    def end(self) -> list[PriceMinute]:
        """What was gathered of the running minute, which then begins anew."""
        bars, self._bars = self._bars, {}
        return [_minute(self._minute_ms, row, bar) for row, bar in bars.items()]

    def _prices(
        self, table: LegTable, barred: Bools, now_s: float
    ) -> Iterator[tuple[str, Row, float]]:
        """Every price that counts. A leg in quarantine may be another coin."""
        for coin in self._coins:
            place = table.index.get(coin)
            if place is None:
                continue
            for slot in range(len(SLOTS)):
                row = table.row(place, slot)
                if row is None or barred[place, slot] or not row.last:
                    continue
                if now_s - _seen_s(row) <= self.max_age_s:
                    yield coin, row, row.last


def _seen_s(row: Row) -> float:
    """When a source last said the price: a quiet coin's is true while its book is said."""
    times = (row.trade_seen_s, row.book_seen_s)
    return max((at_s for at_s in times if at_s is not None), default=-inf)


def _minute(minute_ms: int, row: Row, bar: _Bar) -> PriceMinute:
    return PriceMinute(
        minute_ms=minute_ms,
        exchange=row.instrument.exchange,
        market=row.instrument.market,
        symbol=row.instrument.symbol,
        coin=bar.coin,
        open=bar.open,
        high=bar.high,
        low=bar.low,
        close=bar.close,
        rate=bar.rate,
        samples=bar.samples,
    )
