"""What the liquidations of one venue and minute come to."""

from collections.abc import Iterable
from math import fsum

from tui_monitor.clock import MINUTE_MS, SECOND_MS
from tui_monitor.model import Exchange, Heard, LiquidationMinute, LiquidationRow, Side, Told

Name = tuple[str, int, Side, float, float | None]
"""What tells one liquidation of a venue from another: no exchange gives an id."""


def minute_of(ms: int) -> int:
    """The minute that contains a time."""
    return ms - ms % MINUTE_MS


def name_of(row: LiquidationRow) -> Name:
    """Instrument, time, side, price and coins."""
    return (row.symbol, row.exchange_ms, row.side, row.price, row.coins)


class Tally:
    """The liquidations of a venue's minute, each once.

    `before_ms` is for how long the venue was heard in it before this run. `closed`: not all of its
    events are stored any more, so that nothing can be added to what their sums were.
    """

    def __init__(
        self, rows: Iterable[LiquidationRow] = (), *, before_ms: int = 0, closed: bool = False
    ) -> None:
        self.before_ms = before_ms
        self.closed = closed
        self._rows = {name_of(row): row for row in rows}

    def add(self, row: LiquidationRow) -> bool:
        """False if it is known; what REST told and a stream tells now is news."""
        known = self._rows.get(name_of(row))
        if known is not None and known.heard <= row.heard:
            return False
        self._rows[name_of(row)] = row
        return True

    def minute(
        self, minute_ms: int, exchange: Exchange, told: Told, covered_ms: int
    ) -> LiquidationMinute:
        """The sums of what its stream told; `covered_ms` is of this run."""
        rows = [row for row in self._rows.values() if row.heard is Heard.STREAM]
        # Correctly rounded: the order in which they came makes no difference.
        usd = {
            side: [row.usd for row in rows if row.side is side and row.usd is not None]
            for side in Side
        }
        seconds = {row.exchange_ms // SECOND_MS for row in rows} if told is Told.SAMPLED else ()
        longs = sum(row.side is Side.LONG for row in rows)
        return LiquidationMinute(
            minute_ms=minute_ms,
            exchange=exchange,
            long_usd=fsum(usd[Side.LONG]),
            short_usd=fsum(usd[Side.SHORT]),
            long_count=longs,
            short_count=len(rows) - longs,
            largest_usd=max((*usd[Side.LONG], *usd[Side.SHORT]), default=None),
            unsized=sum(row.usd is None for row in rows),
            capped_s=len(seconds),
            covered_ms=min(MINUTE_MS, self.before_ms + covered_ms),
        )
