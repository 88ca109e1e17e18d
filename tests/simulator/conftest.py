"""Simulators in real time, but always of the same day."""

from collections.abc import AsyncIterator

import pytest

from tests.support.virtual_time import START_MS
from tui_monitor.clock import DAY_MS, MINUTE_MS, SystemClock
from tui_monitor.simulator import Simulator

# All that is listed late is listed, nothing has expired; within a bar of every length.
_BEGIN_MS = START_MS + 2 * DAY_MS + 20 * MINUTE_MS + 7_000


class DatedClock(SystemClock):
    """The machine's clock, set to a date of its own: what is listed depends on the date."""

    def __init__(self) -> None:
        self._begin_s = self.monotonic_s()

    def now_ms(self) -> int:
        return _BEGIN_MS + round((self.monotonic_s() - self._begin_s) * 1000)


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A simulator on a free port, limits on; `sim.url` is its address."""
    async with Simulator(seed=1, clock=DatedClock()).running() as simulator:
        yield simulator


@pytest.fixture
async def quick_sim() -> AsyncIterator[Simulator]:
    """The same without request limits and with five times as many pushes."""
    simulator = Simulator(seed=1, clock=DatedClock(), limits=False, rate=5.0)
    async with simulator.running():
        yield simulator
