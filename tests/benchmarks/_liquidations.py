"""Curves out of a generated year of liquidation minutes: every zoom of the screen and of a range.

A part of `python -m tests.benchmarks store`. Processor time is told beside the clock's, for a busy
machine doubles only the latter.
"""

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tui_monitor.clock import DAY_MS, MINUTE_MS, SystemClock
from tui_monitor.model import Exchange, LiquidationMinute
from tui_monitor.store import Store, open_store

DAYS = 365
BUDGET_S = 0.05
_HOUR_MS = 60 * MINUTE_MS
_REPEATS = 15
_FIRST_MS = 19_700 * DAY_MS
_ZOOMS = (
    ("1 h by the minute", _HOUR_MS, MINUTE_MS),
    ("24 h by the minute", DAY_MS, MINUTE_MS),
    ("4 days by the minute", 4 * DAY_MS, MINUTE_MS),
    ("a week by the hour", 7 * DAY_MS, _HOUR_MS),
    ("30 days by the hour", 30 * DAY_MS, _HOUR_MS),
    ("a year by the hour", DAYS * DAY_MS, _HOUR_MS),
    ("a year by the day", DAYS * DAY_MS, DAY_MS),
)


async def run(clock: SystemClock) -> None:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder), clock, kind="demo") as store:
            begun_s = clock.monotonic_s()
            for day in range(DAYS):
                await store.record_liquidation_minutes(_a_day(day))
            filled_s = clock.monotonic_s() - begun_s
            rows = DAYS * 1_440 * len(Exchange)
            _say(f"filled {rows:,} liquidation minutes, a day a commit", f"{filled_s:.1f} s")
            await store.checkpoint()
            for name, span_ms, step_ms in _ZOOMS:
                await _measure(clock, store, name, span_ms, step_ms)
            begun_s = clock.monotonic_s()
            await store.record_liquidation_minutes(_a_day(0)[-len(Exchange) :])
            _say("one minute of all venues", f"{(clock.monotonic_s() - begun_s) * 1e3:.2f} ms")
            size = (await store.info()).size_bytes
            _say("file", f"{size / 1e6:.0f} MB, {size / rows:.0f} bytes a venue's minute")


async def _measure(clock: SystemClock, store: Store, name: str, span_ms: int, step_ms: int) -> None:
    """The median and the worst, at places all over the year, of all venues and of one."""
    taken: list[float] = []
    worked: list[float] = []
    steps = 0
    for number in range(_REPEATS):
        places = (DAYS * DAY_MS - span_ms) // _HOUR_MS + 1
        start_ms = _FIRST_MS + number * 7_919 % places * _HOUR_MS
        begun_s, worked_s = clock.monotonic_s(), time.process_time()
        venue = Exchange.OKX if number % 3 == 2 else None
        found = await store.liquidation_curve(start_ms, start_ms + span_ms, step_ms, exchange=venue)
        taken.append(clock.monotonic_s() - begun_s)
        worked.append(time.process_time() - worked_s)
        steps = max(steps, len(found))
    assert steps == span_ms // step_ms
    median_s = statistics.median(taken)
    _say(
        f"curve of {name} ({steps:,} steps)",
        f"{median_s * 1e3:.1f} ms, {median_s / BUDGET_S:.2f} of the budget, worst"
        f" {max(taken) * 1e3:.1f} ms, processor {statistics.median(worked) * 1e3:.1f} ms",
    )


def _a_day(day: int) -> list[LiquidationMinute]:
    dice = random.Random(day)
    return [
        LiquidationMinute(
            minute_ms=_FIRST_MS + day * DAY_MS + minute * MINUTE_MS,
            exchange=exchange,
            long_usd=dice.random() * 1e5,
            short_usd=dice.random() * 1e5,
            long_count=3,
            short_count=2,
            largest_usd=dice.random() * 9e4,
            unsized=0,
            capped_s=2,
            covered_ms=MINUTE_MS,
        )
        for minute in range(1_440)
        for exchange in Exchange
    ]


def _say(what: str, figure: str) -> None:
    sys.stdout.write(f"store: {what}: {figure}\n")
