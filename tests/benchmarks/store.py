"""The store: a day's curve out of five years, batches of prices, a year of liquidations.

`python -m tests.benchmarks.store` prints each figure and its ratio to a baseline of the same run.
"""

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import _liquidations
from tests.benchmarks._retention import measure
from tui_monitor.clock import DAY_MS, SLOT_MS, SystemClock
from tui_monitor.config import COINS
from tui_monitor.model import PriceSource, SlotPrice
from tui_monitor.store import Store, open_store

YEARS = 5
BUDGET_S = 0.001
_REPEATS = 60
_FIRST_DAY = 18_000


def main() -> None:
    """Run all of it."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), _say))
    asyncio.run(_liquidations.run(SystemClock()))


async def _run(folder: Path) -> None:
    clock = SystemClock()
    async with open_store(folder, clock, kind="demo") as store:
        days = YEARS * 365
        begun_s = clock.monotonic_s()
        for day in range(days):
            await store.record_prices(_a_day(_FIRST_DAY + day))
        filled_s = clock.monotonic_s() - begun_s
        rows = days * 48 * len(COINS)
        _say(f"filled {rows:,} prices, a day a commit", f"{rows / filled_s:,.0f} rows/s")
        await store.checkpoint()
        curve_s, python_s = await _medians(clock, store, days)
        _say(
            "a day's curve in SQL",
            f"{curve_s * 1e3:.2f} ms, {curve_s / BUDGET_S:.2f} of the budget,"
            f" {python_s / curve_s:.1f}x faster than fetching the rows and summing here",
        )
        info = await store.info()
        _say("file", f"{info.size_bytes / 1e6:.0f} MB, {info.size_bytes / rows:.0f} bytes a price")


def _a_day(day: int) -> list[SlotPrice]:
    return [
        SlotPrice(
            slot_ms=day * DAY_MS + slot * SLOT_MS,
            coin=coin,
            price=100.0 + (day * 31 + slot * 7 + place) % 97 / 10,
            source=PriceSource.CANDLE_OPEN,
            observed_ms=day * DAY_MS + slot * SLOT_MS,
        )
        for slot in range(48)
        for place, coin in enumerate(COINS)
    ]


async def _curve(store: Store, day: int) -> None:
    rows = await store.curve([(day * DAY_MS, (day + 1) * DAY_MS)], COINS)
    assert len(rows) == 48


async def _in_python(store: Store, day: int) -> None:
    """The baseline: the day's rows are fetched and summed slot by slot."""
    rows = await store.prices(day * DAY_MS, (day + 1) * DAY_MS, COINS)
    base = {row.coin: row.price for row in rows if row.slot_ms == day * DAY_MS}
    sums: dict[int, float] = {}
    for row in rows:
        change = (row.price - base[row.coin]) / base[row.coin] * 100
        sums[row.slot_ms] = sums.get(row.slot_ms, 0.0) + change
    assert len(sums) == 48


async def _medians(clock: SystemClock, store: Store, days: int) -> tuple[float, float]:
    """Seconds of both ways, taken turn by turn on days all over the file."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(_REPEATS):
        day = _FIRST_DAY + (number * 7_919) % days
        for times, ask in zip(taken, (_curve, _in_python), strict=True):
            begun_s = clock.monotonic_s()
            await ask(store, day)
            times.append(clock.monotonic_s() - begun_s)
    return statistics.median(taken[0]), statistics.median(taken[1])


def _say(what: str, figure: str) -> None:
    sys.stdout.write(f"store: {what}: {figure}\n")


if __name__ == "__main__":
    main()
