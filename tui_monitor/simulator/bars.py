"""Bars and quotes, and neighbouring bars as one."""

from array import array
from collections.abc import Callable
from typing import NamedTuple


class Bar(NamedTuple):
    """A bar in ticks and lots. `turnover` is twice Σ lots × mean tick; inverse: 1e-8 coins."""

    open: int
    high: int
    low: int
    close: int
    lots: int
    turnover: int


class Quote(NamedTuple):
    """The top of the book and the last trade: prices in ticks, sizes in lots."""

    last: int
    bid: int
    ask: int
    last_lots: int
    bid_lots: int
    ask_lots: int


def merged(bars: list[Bar]) -> Bar:
    """Neighbouring bars, oldest first, as one."""
    return Bar(
        bars[0].open,
        max([bar.high for bar in bars]),
        min([bar.low for bar in bars]),
        bars[-1].close,
        sum([bar.lots for bar in bars]),
        sum([bar.turnover for bar in bars]),
    )


class Rolling:
    """Consecutive bars of one length as one bar, which rolls on cheaply."""

    def __init__(self, bar_of: Callable[[int], Bar]) -> None:
        """`bar_of` gives the bar of a place."""
        self._bar_of = bar_of
        self._first = self._end = 0
        self._highs, self._lows = array("q"), array("q")
        self._bar = Bar(0, 0, 0, 0, 0, 0)

    def bar(self, first: int, end: int) -> Bar:
        """The bar from one place until before another (at least one)."""
        if (first, end) != (self._first, self._end):
            if not self._first <= first < self._end <= end:
                self._first = self._end = first
                self._highs, self._lows = array("q"), array("q")
                self._bar = Bar(0, 0, 0, 0, 0, 0)
            self._roll(first, end)
        return self._bar

    def _roll(self, first: int, end: int) -> None:
        lots, turnover, close = self._bar.lots, self._bar.turnover, self._bar.close
        for place in range(self._end, end):
            came = self._bar_of(place)
            self._highs.append(came.high)
            self._lows.append(came.low)
            lots, turnover, close = lots + came.lots, turnover + came.turnover, came.close
        for place in range(self._first, first):
            gone = self._bar_of(place)
            lots, turnover = lots - gone.lots, turnover - gone.turnover
        past = first - self._first
        del self._highs[:past], self._lows[:past]
        self._first, self._end = first, end
        opened = self._bar_of(first).open
        self._bar = Bar(opened, max(self._highs), min(self._lows), close, lots, turnover)
