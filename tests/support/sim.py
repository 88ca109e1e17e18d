"""A started simulator for tests."""

from collections.abc import AsyncIterator

import pytest

from tui_monitor.config import COINS
from tui_monitor.simulator import Simulator

# One or two of each oddity of the lists: multiples, stocks, rare states, late listings, namesakes.
# Where a test doesn't need a whole market, these tell as much for a sixth of the work.
# fmt: off
SAMPLE = (
    "BTC", "ETH", "SOL", "XRP", "DOGE", "LTC", "CRO", "STX", "CFX", "LDO", "LINK", "TRX", "PEPE",
    "SHIB", "SATS", "LUNC", "TSLA", "XAU", "OPENAI", "WAXP", "SLP", "DOGS", "HOME", "PUMP", "CHIP",
    "币安人生",
)
# fmt: on
# What the tests of faults follow; beside it a stock and a name that is no ASCII.
HANDFUL = ("BTC", "ETH", "SOL", "XRP", "DOGE", "LTC", "PEPE", "SATS", "TSLA", "币安人生")
# SAMPLE with those of the sum curve.
CURVE = (*COINS, *SAMPLE)


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


@pytest.fixture
async def small_sim() -> AsyncIterator[Simulator]:
    """Without limits too, with no more coins than the sum curve's and a sample of the others.

    For programs of their own: what a whole market takes of this process, they wait for.
    """
    async with Simulator(seed=1, limits=False, coins=CURVE).running() as simulator:
        yield simulator
