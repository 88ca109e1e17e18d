"""One exchange's bars of one length, in memory: what is known, and what boards are shown of it.

The bars of a moment close within a few seconds of each other. Boards see them together: what is
shown changes when most have come, or when the others have been waited for long enough.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_monitor.boards.bars import Bars, Floats, Forming, bars_of, forming_of, newest_closed_ms
from tui_monitor.clock import SECOND_MS
from tui_monitor.model import BAR_MS, Candle, CandleRow, Exchange, Instrument

B = TypeVar("B", Candle, CandleRow)

WINDOW_BARS = 200
# Our idea of an exchange's clock is not better than that.
TOLERANCE_MS = 2 * SECOND_MS
# A bar of which nobody spoke for so long after its end is a hole, not a bar to come.
LATE_MS = 20 * SECOND_MS
# A bar that ended before we listened is nothing to wait for, once the exchange itself is done.
SETTLED_MS = 5 * SECOND_MS
QUIET_S = 1.5
PATIENCE_S = 8.0
MOST = 0.9


class Closing(Struct, frozen=True, kw_only=True):
    """That shown bars have changed: `came` of `expected` instruments have the newest one.

    `number` counts all closings of all series. `is_new`: the newest bar was not shown before;
    else older bars have come, or some of the newest. `changed` names the symbols that were told
    of bars, by when these began; what was read from the store is no news and not among them.
    """

    number: int
    exchange: Exchange
    bar: str
    open_ms: int
    came: int
    expected: int
    is_new: bool
    changed: Mapping[int, frozenset[str]] = {}


class Series:
    """The newest bars of some instruments. `live` is all that is known, `shown` what is seen."""

    def __init__(
        self, exchange: Exchange, bar: str, instruments: Sequence[Instrument], now_ms: int
    ) -> None:
        """`now_ms` is the exchange's time, here and in every method."""
        self.exchange = exchange
        self.bar = bar
        self.bar_ms = BAR_MS[bar]
        self.begun_ms = now_ms
        newest_ms = newest_closed_ms(bar, now_ms)
        self.live = bars_of(
            exchange, bar, instruments, (), newest_open_ms=newest_ms, count=WINDOW_BARS
        )
        self.shown = self.live
        self._changed_s: float | None = None
        self._heard_s = 0.0
        self._told: dict[int, set[str]] = {}

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """Those whose bars these are, most traded first."""
        return self.live.instruments

    @property
    def came(self) -> int:
        """How many have the newest bar."""
        return int(np.isfinite(self.live.close[:, -1]).sum())

    def have(self) -> NDArray[np.bool_]:
        """Which bars there are, by instrument and bar."""
        return np.isfinite(self.live.close)

    def forming(self, candles: Iterable[Candle], now_ms: int) -> Forming:
        """The bar after the newest that is shown; of whom it has closed, as it closed.

        Between its end and its showing, streams tell of the next one already.
        """
        found = forming_of(self.shown, candles, now_ms)
        live, ahead = self.live, (self.live.newest_open_ms - found.open_ms) // self.bar_ms
        if not 0 <= ahead < len(live.open_ms):
            return found
        place = len(live.open_ms) - 1 - ahead
        has_closed = np.isfinite(live.close[:, place])

        def known(closed: Floats, so_far: Floats) -> Floats:
            return np.where(has_closed, closed[:, place], so_far)

        return replace(
            found,
            open=known(live.open, found.open),
            high=known(live.high, found.high),
            low=known(live.low, found.low),
            close=known(live.close, found.close),
            volume_coins=known(live.volume_coins, found.volume_coins),
            turnover_usd=known(live.turnover_usd, found.turnover_usd),
        )

    def watch(self, instruments: Sequence[Instrument]) -> None:
        """Other instruments from now on; those that stay keep their bars."""
        self.live = self.live.updated((), instruments=instruments)
        self.shown = self.shown.updated((), instruments=instruments)

    def put(
        self, candles: Iterable[B], now_ms: int, now_s: float, *, is_news: bool = True
    ) -> list[B]:
        """Take closed bars in; gives those that could be taken. The store's are no news."""
        ours = {one.key for one in self.instruments}
        last_ms = now_ms + TOLERANCE_MS - self.bar_ms
        taken = [
            one for one in candles if one.open_ms <= last_ms and is_sound(one) and _key(one) in ours
        ]
        if taken:
            newest_ms = max(one.open_ms for one in taken)
            if newest_ms > self.live.newest_open_ms:
                self.live = self.live.updated((), newest_open_ms=newest_ms)
            before = self.live
            self.live = before.updated(taken)
            if is_news:
                self._tell(before)
            self._change(now_s)
        return taken

    def _tell(self, before: Bars) -> None:
        """Remember which bars are others than before; what is repeated changes nothing."""
        after = self.live
        same = np.ones(after.close.shape, dtype=bool)
        for name in ("high", "low", "close", "turnover_usd"):
            old, new = getattr(before, name), getattr(after, name)
            same &= (old == new) | (np.isnan(old) & np.isnan(new))
        for column in np.flatnonzero(~same.all(axis=0)).tolist():
            symbols = self._told.setdefault(int(after.open_ms[column]), set())
            places = np.flatnonzero(~same[:, column]).tolist()
            symbols.update(after.instruments[place].symbol for place in places)

    def advance(self, now_ms: int, now_s: float) -> None:
        """Go on to bars that have ended although none of them has come."""
        newest_ms = newest_closed_ms(self.bar, now_ms - LATE_MS)
        if newest_ms > self.live.newest_open_ms:
            self.live = self.live.updated((), newest_open_ms=newest_ms)
            self._change(now_s)

    def show(self) -> None:
        """Show everything as it is now."""
        self.shown = self.live
        self._changed_s = None
        self._told = {}

    def is_settled(self, now_s: float) -> bool:
        """Whether there is something to show that needs no more waiting."""
        if self._changed_s is None:
            return False
        came, expected = self.came, len(self.instruments)
        if self.is_new and came == expected:
            return True
        quiet = now_s - self._heard_s >= QUIET_S
        if quiet and (came >= MOST * expected or not self.is_new):
            return True
        return now_s - self._changed_s >= PATIENCE_S

    @property
    def changed(self) -> dict[int, frozenset[str]]:
        """The bars that were told since they were shown last."""
        return {open_ms: frozenset(symbols) for open_ms, symbols in self._told.items()}

    @property
    def is_new(self) -> bool:
        """Whether a bar has closed that is not shown yet."""
        return self.live.newest_open_ms > self.shown.newest_open_ms

    def _change(self, now_s: float) -> None:
        self._heard_s = now_s
        if self._changed_s is None:
            self._changed_s = now_s


def is_sound(one: Candle | CandleRow) -> bool:
    """Whether prices and sizes can be a bar's, and it is in its place."""
    prices = (one.open, one.high, one.low, one.close)
    if not all(map(math.isfinite, prices)) or one.low <= 0 or one.open_ms % BAR_MS[one.bar]:
        return False
    sizes = (one.volume_coins, one.turnover_usd)
    if any(size is not None and not 0 <= size < math.inf for size in sizes):
        return False
    return one.low <= min(one.open, one.close) and one.high >= max(one.open, one.close)


def row_of(one: Candle) -> CandleRow:
    """A closed bar as it is kept."""
    return CandleRow(
        exchange=one.instrument.exchange,
        market=one.instrument.market,
        symbol=one.instrument.symbol,
        coin=one.instrument.coin,
        bar=one.bar,
        open_ms=one.open_ms,
        open=one.open,
        high=one.high,
        low=one.low,
        close=one.close,
        volume_coins=one.volume_coins,
        turnover_usd=one.turnover_usd,
    )


def tail_of(bars: Bars, count: int) -> Bars:
    """The newest bars of a window."""
    return bars if count >= len(bars.open_ms) else bars.tail(count)


def _key(one: Candle | CandleRow) -> tuple[object, object, str]:
    if isinstance(one, Candle):
        return one.instrument.key
    return (one.exchange, one.market, one.symbol)
