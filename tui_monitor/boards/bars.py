"""Bars of many instruments on one time grid, in columns of numbers.

`Bars` holds closed bars alone; the bar that is still being formed is a `Forming` beside it. Both
are read, never changed: whoever puts candles in gets a new one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tui_monitor.errors import BadInput
from tui_monitor.market import Key
from tui_monitor.model import BAR_MS, Candle, CandleRow, Exchange, Instrument

Floats = NDArray[np.float64]
Times = NDArray[np.int64]
Places = NDArray[np.intp]

_FIELDS = ("open", "high", "low", "close", "volume_coins", "turnover_usd")


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Closed bars: `open_ms` oldest to newest, a bar's length apart, without holes.

    The columns have the shape (instruments, bars); NaN where there is no bar, and in volumes
    that the exchange does not give. Prices are per coin.
    """

    exchange: Exchange
    bar: str
    bar_ms: int
    instruments: tuple[Instrument, ...]
    open_ms: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume_coins: Floats
    turnover_usd: Floats

    @property
    def newest_open_ms(self) -> int:
        """When the newest bar of the grid began."""
        return int(self.open_ms[-1])

    @property
    def newest_close_ms(self) -> int:
        """When it ended, which is when the next began."""
        return self.newest_open_ms + self.bar_ms

    def tail(self, count: int) -> Self:
        """The newest bars alone; all of them where there are fewer. Shares the numbers."""
        return self._part(slice(-count, None))

    def head(self, count: int) -> Self:
        """The oldest bars alone; all of them where there are fewer. Shares the numbers."""
        return self._part(slice(count))

    def _part(self, places: slice) -> Self:
        columns = {name: getattr(self, name)[:, places] for name in _FIELDS}
        return type(self)(
            exchange=self.exchange,
            bar=self.bar,
            bar_ms=self.bar_ms,
            instruments=self.instruments,
            open_ms=self.open_ms[places],
            **columns,
        )

    def updated(
        self,
        candles: Iterable[Candle | CandleRow],
        *,
        newest_open_ms: int | None = None,
        instruments: Sequence[Instrument] | None = None,
    ) -> Self:
        """As many bars, with these candles put in: later ones of the grid, or better old ones.

        `newest_open_ms` moves the grid on, `instruments` replaces the rows; what both have keeps
        its bars.
        """
        kept = self.instruments if instruments is None else tuple(instruments)
        newest_ms = self.newest_open_ms if newest_open_ms is None else newest_open_ms
        open_ms = _grid(newest_ms, len(self.open_ms), self.bar_ms)
        rows, old_rows = _all_in_both(kept, self.instruments)
        _, there, here = np.intersect1d(open_ms, self.open_ms, return_indices=True)
        columns, old_columns = _span(there), _span(here)
        values = np.full((len(_FIELDS), len(kept), len(open_ms)), np.nan)
        for number, name in enumerate(_FIELDS):
            values[number][rows, columns] = getattr(self, name)[old_rows, old_columns]
        _put(values, kept, open_ms, self.bar, candles)
        return type(self)(self.exchange, self.bar, self.bar_ms, kept, open_ms, *values)


@dataclass(frozen=True, slots=True, eq=False)
class Forming:
    """The bar after the newest of some `Bars`, so far: a number per instrument, in their order.

    `elapsed` is the part of its time that has passed, above 0 and up to 1.
    """

    open_ms: int
    elapsed: float
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume_coins: Floats
    turnover_usd: Floats


def bar_ms_of(bar: str) -> int:
    """The length of a bar by its name."""
    if bar not in BAR_MS:
        raise BadInput(f"no bars of {bar!r}", f"one of {' '.join(BAR_MS)}")
    return BAR_MS[bar]


def newest_closed_ms(bar: str, now_ms: int) -> int:
    """When the newest bar began that has ended by now."""
    length_ms = bar_ms_of(bar)
    return now_ms - now_ms % length_ms - length_ms


def bars_of(
    exchange: Exchange,
    bar: str,
    instruments: Sequence[Instrument],
    candles: Iterable[Candle | CandleRow],
    *,
    newest_open_ms: int,
    count: int,
) -> Bars:
    """`count` bars up to one, of candles in any order; the last of two for one place counts.

    Left out are candles of others, of other lengths and times, still open, or without a price.
    """
    length_ms = bar_ms_of(bar)
    rows = tuple(instruments)
    open_ms = _grid(newest_open_ms, count, length_ms)
    values = np.full((len(_FIELDS), len(rows), count), np.nan)
    _put(values, rows, open_ms, bar, candles)
    return Bars(exchange, bar, length_ms, rows, open_ms, *values)


def forming_of(bars: Bars, candles: Iterable[Candle], now_ms: int) -> Forming:
    """The bar being formed; NaN for instruments without a candle of it."""
    values = np.full((len(_FIELDS), len(bars.instruments), 1), np.nan)
    open_ms = bars.newest_close_ms
    grid = np.array([open_ms], dtype=np.int64)
    _put(values, bars.instruments, grid, bars.bar, candles, still_open=True)
    elapsed = min(max(now_ms - open_ms, 1) / bars.bar_ms, 1.0)
    return Forming(open_ms, elapsed, *values[:, :, 0])


def _grid(newest_open_ms: int, count: int, length_ms: int) -> Times:
    if newest_open_ms % length_ms:
        raise BadInput(f"no bar of {length_ms} ms begins at {newest_open_ms}")
    return newest_open_ms + np.arange(1 - count, 1, dtype=np.int64) * length_ms


def _all_in_both(
    kept: Sequence[Instrument], before: Sequence[Instrument]
) -> tuple[slice | Places, slice | Places]:
    """Where those that were there before are, and where they were. A slice is copied ten times as
    quickly as single rows are.
    """
    if kept == before:
        return slice(None), slice(None)
    place = {one.key: row for row, one in enumerate(before)}
    rows = [row for row, one in enumerate(kept) if one.key in place]
    old_rows = [place[kept[row].key] for row in rows]
    return np.array(rows, dtype=np.intp), np.array(old_rows, dtype=np.intp)


def _span(places: Places) -> slice:
    """Places in a row, as what two grids of the same bars have in common always is."""
    return slice(int(places[0]), int(places[-1]) + 1) if places.size else slice(0, 0)


def _put(
    values: Floats,
    instruments: Sequence[Instrument],
    open_ms: Times,
    bar: str,
    candles: Iterable[Candle | CandleRow],
    *,
    still_open: bool = False,
) -> None:
    """Write candles to their places; the values are by field, instrument and bar."""
    row_of = {one.key: row for row, one in enumerate(instruments)}
    column_of = {ms: column for column, ms in enumerate(open_ms.tolist())}
    rows: list[int] = []
    columns: list[int] = []
    numbers: list[float | None] = []
    for candle in candles:
        row, column = row_of.get(_key(candle)), column_of.get(candle.open_ms)
        if row is None or column is None or candle.bar != bar or not candle.close > 0:
            continue
        if not still_open and isinstance(candle, Candle) and candle.closed is False:
            continue
        rows.append(row)
        columns.append(column)
        numbers += (candle.open, candle.high, candle.low, candle.close)
        numbers += (candle.volume_coins, candle.turnover_usd)
    if rows:
        table = np.array(numbers, dtype=float).reshape(len(rows), len(_FIELDS))
        values[:, rows, columns] = table.T


def _key(candle: Candle | CandleRow) -> Key:
    if isinstance(candle, Candle):
        return candle.instrument.key
    return (candle.exchange, candle.market, candle.symbol)
