"""Sums over the hour and the day that end with each minute.

Minutes without any row are no zeros: they are not heard, and a sum that has them says by its
coverage what it lacks.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import InterestMinute, LiquidationRecord, LiquidationStep

HOUR = 60
DAY = 1_440


class Rolled(NamedTuple):
    """Sums of the minutes that end with each minute of a range. `heard_ms` adds up the venues."""

    long_usd: list[float]
    short_usd: list[float]
    events: list[int]
    heard_ms: list[int]


class MinuteGrid:
    """Minutes of all venues together, at their places: those without a row are not heard."""

    def __init__(self, steps: Sequence[LiquidationStep], begin_ms: int, minutes: int) -> None:
        """`begin_ms` is that of the first of so many `minutes`; steps are minutes too."""
        self.begin_ms = begin_ms
        self._steps: list[LiquidationStep | None] = [None] * minutes
        for step in steps:
            place = (step.at_ms - begin_ms) // MINUTE_MS
            if 0 <= place < minutes:
                self._steps[place] = step

    def rolled(self, over: int, first_ms: int, minutes: int) -> Rolled:
        """For each of `minutes` from `first_ms` on, the `over` minutes that end with it.

        What was before the grid counts as not heard.
        """
        steps = self._between(first_ms - (over - 1) * MINUTE_MS, minutes + over - 1)
        return Rolled(
            _sums([one.long_usd if one else 0.0 for one in steps], over),
            _sums([one.short_usd if one else 0.0 for one in steps], over),
            _counts([one.long_count + one.short_count if one else 0 for one in steps], over),
            _counts([one.covered_ms if one else 0 for one in steps], over),
        )

    def largest_usd(self, over: int, last_ms: int) -> float | None:
        """Of the `over` minutes that end with one; None where there is no event."""
        steps = self._between(last_ms - (over - 1) * MINUTE_MS, over)
        return max((one.largest_usd for one in steps if one and one.largest_usd), default=None)

    def _between(self, begin_ms: int, minutes: int) -> list[LiquidationStep | None]:
        begin = (begin_ms - self.begin_ms) // MINUTE_MS
        size = len(self._steps)
        return [
            self._steps[place] if 0 <= place < size else None
            for place in range(begin, begin + minutes)
        ]


def _sums(values: Sequence[float], over: int) -> list[float]:
    """Of each window, in whole millionths of a dollar: what has left it is gone to the last."""
    return [total / 1e6 for total in _counts([round(value * 1e6) for value in values], over)]


def _counts(values: Sequence[int], over: int) -> list[int]:
    total, found = sum(values[: over - 1]), []
    for at in range(len(values) - over + 1):
        total += values[at + over - 1]
        found.append(total)
        total -= values[at]
    return found


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
        _record(one, Sums(hour, day, (one.minute_ms - first_ms) // MINUTE_MS), grid, venues)
        for one in interests
    ]


class Sums(NamedTuple):
    """Of an hour and a day, at a place of theirs."""

    hour: Rolled
    day: Rolled
    place: int


def _record(one: InterestMinute, sums: Sums, grid: MinuteGrid, venues: int) -> LiquidationRecord:
    hour, day, place = sums
    usd_24h = day.long_usd[place] + day.short_usd[place]
    covered_24h = share(day.heard_ms[place], venues, DAY)
    interest = one.open_interest_usd
    return LiquidationRecord(
        minute_ms=one.minute_ms,
        long_1h_usd=hour.long_usd[place],
        short_1h_usd=hour.short_usd[place],
        long_24h_usd=day.long_usd[place],
        short_24h_usd=day.short_usd[place],
        count_1h=hour.events[place],
        count_24h=day.events[place],
        largest_1h_usd=grid.largest_usd(HOUR, one.minute_ms),
        covered_1h=share(hour.heard_ms[place], venues, HOUR),
        covered_24h=covered_24h,
        open_interest_usd=interest,
        wash_index_pct=usd_24h / interest * 100 if interest and covered_24h else None,
    )


def share(heard_ms: float, venues: int, minutes: float) -> float | None:
    """Of the venues' time; None where there is none."""
    whole_ms = venues * minutes * MINUTE_MS
    return min(1.0, heard_ms / whole_ms) if whole_ms > 0 else None
