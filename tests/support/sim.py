"""A started simulator for tests."""

from collections.abc import AsyncIterator

import pytest

from tui_monitor.simulator import Simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A simulator on a free port, under the system clock, limits on; `sim.url` is its address."""
    async with Simulator(seed=1).running() as simulator:
        yield simulator


@pytest.fixture
async def quick_sim() -> AsyncIterator[Simulator]:
    """The same without request limits and with five times as many pushes."""
    async with Simulator(seed=1, limits=False, rate=5.0).running() as simulator:
        yield simulator
