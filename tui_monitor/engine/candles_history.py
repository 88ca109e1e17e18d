"""Which bars are asked for by REST: only those that are missing, the most traded first, slowly.

A bar that has just closed is left to the stream for a while. What an exchange answers without,
twice, it does not have.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct, field

from tui_monitor.engine.candles_series import LATE_MS, SETTLED_MS, Series
from tui_monitor.market import Key
from tui_monitor.model import Candle, Instrument

MISSES = 2
TRY_AGAIN_S = 60.0
REFUSED_S = 600.0


class Ask(Struct, frozen=True, kw_only=True):
    """One request: the bars of an instrument from one to another, of which `wanted` are missing."""

    series: Series
    instrument: Instrument
    first_ms: int
    last_ms: int
    wanted: tuple[int, ...]

    @property
    def limit(self) -> int:
        """How many bars that are."""
        return (self.last_ms - self.first_ms) // self.series.bar_ms + 1

    @property
    def before_ms(self) -> int:
        """Sources give bars that began before a time: so the forming one is never among them."""
        return self.last_ms + self.series.bar_ms


class _Misses(Struct):
    """What one instrument's answers lacked, and when it may be asked for again."""

    times: dict[int, int] = field(default_factory=dict)
    not_before_s: float = 0.0


class CandleHistory:
    """Plans the requests of one exchange and remembers what they did not bring."""

    def __init__(self, bars: int, history_bars: int) -> None:
        """`bars` are looked at, and so many are asked for; `history_bars` if that is more."""
        self._bars = max(bars, history_bars)
        self._misses: dict[tuple[Key, str], _Misses] = {}

    def missing(self, series: Series, now_ms: int) -> Mapping[Key, tuple[int, ...]]:
        """The bars that are to be asked for, sooner or later, by instrument; oldest first."""
        return {one.key: wanted for one, wanted in self._missing(series, now_ms)}

    def _missing(self, series: Series, now_ms: int) -> Iterator[tuple[Instrument, tuple[int, ...]]]:
        """One instrument after the other: which bars are obtainable takes its time for many."""
        have = series.have()[:, -self._bars :]
        open_ms = series.live.open_ms[-self._bars :]
        end_ms = open_ms + series.bar_ms
        before_us = (end_ms <= series.begun_ms) & (end_ms + SETTLED_MS <= now_ms)
        ended = before_us | (end_ms + LATE_MS <= now_ms)
        lacking = ~have & ended
        for place in np.flatnonzero(lacking.any(axis=1)).tolist():
            wanted = self._obtainable(series, place, open_ms[lacking[place]].tolist())
            if wanted:
                yield series.instruments[place], wanted

    def due(self, series: Series, now_ms: int, now_s: float) -> Ask | None:
        """The next request; None if nothing is to be asked for now."""
        for one, wanted in self._missing(series, now_ms):
            if self._of(one, series).not_before_s <= now_s:
                return Ask(
                    series=series,
                    instrument=one,
                    first_ms=wanted[0],
                    last_ms=wanted[-1],
                    wanted=wanted,
                )
        return None

    def answered(self, ask: Ask, candles: Sequence[Candle], now_s: float) -> list[Candle]:
        """The bars of an answer that were asked for and are closed; remembers what is not there."""
        found = [
            one
            for one in candles
            if ask.first_ms <= one.open_ms <= ask.last_ms and one.closed is not False
        ]
        misses = self._of(ask.instrument, ask.series)
        there = {one.open_ms for one in found}
        for open_ms in ask.wanted:
            if open_ms not in there:
                misses.times[open_ms] = misses.times.get(open_ms, 0) + 1
                misses.not_before_s = now_s + TRY_AGAIN_S
        oldest_ms = int(ask.series.live.open_ms[0])
        misses.times = {ms: times for ms, times in misses.times.items() if ms >= oldest_ms}
        return found

    def refused(self, ask: Ask, now_s: float) -> None:
        """The exchange does not want to tell of it: others first, this one much later."""
        self._of(ask.instrument, ask.series).not_before_s = now_s + REFUSED_S

    def _obtainable(self, series: Series, place: int, wanted: Sequence[int]) -> tuple[int, ...]:
        one = series.instruments[place]
        listed_ms = one.listed_ms or 0
        times = self._of(one, series).times
        return tuple(
            ms for ms in wanted if ms + series.bar_ms > listed_ms and times.get(ms, 0) < MISSES
        )

    def _of(self, one: Instrument, series: Series) -> _Misses:
        return self._misses.setdefault((one.key, series.bar), _Misses())
