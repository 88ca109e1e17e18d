"""Sums over the hour and the day that end with each minute.

Minutes without any row are no zeros: they are not heard, and a sum that has them says by its
coverage what it lacks.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import InterestMinute, LiquidationRecord, LiquidationStep

HOUR = 60
DAY = 1_440

Floats = NDArray[np.float64]


class Rolled(NamedTuple):
    """Sums of the minutes that end with each minute of a range. `heard_ms` adds up the venues."""

    long_usd: Floats
    short_usd: Floats
    events: Floats
    largest_usd: Floats
    """NaN where there is none."""
    heard_ms: Floats


class MinuteGrid:
    """Minutes of all venues together, at their places: those without a row are not heard."""

    def __init__(self, steps: Sequence[LiquidationStep], begin_ms: int, minutes: int) -> None:
        """`begin_ms` is that of the first of so many `minutes`; steps are minutes too."""
        self.begin_ms = begin_ms
        self._at = _nothing(minutes)
        inside = [one for one in steps if begin_ms <= one.at_ms < begin_ms + minutes * MINUTE_MS]
        if inside:
            places = [(one.at_ms - begin_ms) // MINUTE_MS for one in inside]
            self._at[:, places] = np.array([_column(one) for one in inside], dtype=float).T

    def rolled(self, over: int, first_ms: int, minutes: int) -> Rolled:
        """For each of `minutes` from `first_ms` on, the `over` minutes that end with it: up to an
        hour of them, or whole hours.

        What was before the grid counts as not heard.
        """
        place = (first_ms - self.begin_ms) // MINUTE_MS
        sums, largest = _windows(self._padded(place - over + 1, place + minutes), min(over, HOUR))
        if over > HOUR:
            # Hours of hours: a day for each minute of a day is two million numbers otherwise.
            offsets = range(0, over, HOUR)
            sums = np.sum([sums[:, at : at + minutes] for at in offsets], axis=0)
            largest = np.fmax.reduce([largest[at : at + minutes] for at in offsets])
        return Rolled(sums[0], sums[1], sums[2], largest, sums[4])

    def _padded(self, begin: int, end: int) -> Floats:
        found = _nothing(end - begin)
        first, last = max(0, begin), min(self._at.shape[1], end)
        if first < last:
            found[:, first - begin : last - begin] = self._at[:, first:last]
        return found


def _column(step: LiquidationStep) -> tuple[float | None, ...]:
    count = step.long_count + step.short_count
    # None becomes NaN.
    return (step.long_usd, step.short_usd, count, step.largest_usd, step.covered_ms)


def _nothing(minutes: int) -> Floats:
    found = np.zeros((5, minutes))
    found[3] = np.nan
    return found


def _windows(padded: Floats, over: int) -> tuple[Floats, Floats]:
    windows = sliding_window_view(padded, over, axis=1)
    # fmax leaves NaN out, and gives NaN where there is nothing else.
    return windows.sum(axis=2), np.fmax.reduce(windows[3], axis=1)


def records(
    grid: MinuteGrid, interests: Sequence[InterestMinute], venues: int
) -> list[LiquidationRecord]:
    """The record of each minute that has an interest row: those at whose end we ran."""
    if not interests:
        return []
    first_ms = min(one.minute_ms for one in interests)
    last_ms = max(one.minute_ms for one in interests)
    minutes = (last_ms - first_ms) // MINUTE_MS + 1
    hour, day = (grid.rolled(over, first_ms, minutes) for over in (HOUR, DAY))
    return [
        _record(one, hour, day, (one.minute_ms - first_ms) // MINUTE_MS, venues)
        for one in interests
    ]


def _record(
    one: InterestMinute, hour: Rolled, day: Rolled, place: int, venues: int
) -> LiquidationRecord:
    usd_24h = float(day.long_usd[place] + day.short_usd[place])
    covered_24h = share(float(day.heard_ms[place]), venues, DAY)
    interest = one.open_interest_usd
    return LiquidationRecord(
        minute_ms=one.minute_ms,
        long_1h_usd=float(hour.long_usd[place]),
        short_1h_usd=float(hour.short_usd[place]),
        long_24h_usd=float(day.long_usd[place]),
        short_24h_usd=float(day.short_usd[place]),
        count_1h=int(hour.events[place]),
        count_24h=int(day.events[place]),
        largest_1h_usd=number(hour.largest_usd[place]),
        covered_1h=share(float(hour.heard_ms[place]), venues, HOUR),
        covered_24h=covered_24h,
        open_interest_usd=interest,
        wash_index_pct=usd_24h / interest * 100 if interest and covered_24h else None,
    )


def share(heard_ms: float, venues: int, minutes: float) -> float | None:
    """Of the venues' time; None where there is none."""
    whole_ms = venues * minutes * MINUTE_MS
    return min(1.0, heard_ms / whole_ms) if whole_ms > 0 else None


def number(value: float) -> float | None:
    """NaN is None."""
    return None if np.isnan(value) else float(value)
