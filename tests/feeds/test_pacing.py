"""Never more than allowed in any window, and pauses that grow."""

import asyncio
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.virtual_time import VirtualClock, in_virtual_time, run_virtual
from tui_monitor.clock import SystemClock
from tui_monitor.feeds.pacing import Pacer, Pause, backoff_s
from tui_monitor.model import LimitUse


async def grants_of(limit: int, window_s: float, waits_s: list[float]) -> list[float]:
    """When grants were given to askers that come one after another."""
    clock = VirtualClock()
    pacer = Pacer(clock, limit, window_s)
    times: list[float] = []

    async def ask() -> None:
        await pacer.acquire()
        times.append(clock.monotonic_s())

    async with asyncio.TaskGroup() as tasks:
        for wait_s in waits_s:
            tasks.create_task(ask())
            await clock.sleep(wait_s)
    return times


@settings(max_examples=60, deadline=None)
@given(
    limit=st.integers(1, 20),
    window_s=st.floats(0.5, 10),
    waits_s=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.1, 1.7, 12.0]), min_size=2, max_size=40),
)
def test_no_window_ever_holds_more_than_its_limit(
    limit: int, window_s: float, waits_s: list[float]
) -> None:
    """Whatever the askers do: bursts, pauses, trickles."""
    times = run_virtual(grants_of(limit, window_s, waits_s))
    assert len(times) == len(waits_s)
    # The one after the last of a full window comes no earlier than the window's end: exactly.
    assert all(
        after >= first + window_s for first, after in zip(times, times[limit:], strict=False)
    )


@in_virtual_time
async def test_grants_are_evenly_spaced() -> None:
    """81 pages at 18 in 2 s take nine seconds, without a burst at the beginning."""
    times = await grants_of(18, 2.0, [0.0] * 81)
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) > 0.11
    assert times[-1] - times[0] < 9.2


class NotingClock(SystemClock):
    """The machine's clock, which knows what it said last."""

    last_s = 0.0

    def monotonic_s(self) -> float:
        self.last_s = super().monotonic_s()
        return self.last_s


async def test_the_real_clock_keeps_the_limit_too() -> None:
    """Thirty askers at once: however late the machine is, no window has one too many."""
    clock = NotingClock()
    pacer = Pacer(clock, 18, 1.0)
    times: list[float] = []

    async def ask() -> None:
        await pacer.acquire()
        times.append(clock.last_s)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(30):
            tasks.create_task(ask())
    assert all(after - first >= 1.0 for first, after in zip(times, times[18:], strict=False))


@in_virtual_time
async def test_an_asker_that_gives_up_does_not_block_the_others() -> None:
    """Cancelling one that waits lets the next have its turn."""
    clock = VirtualClock()
    pacer = Pacer(clock, 1, 10.0)
    await pacer.acquire()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await pacer.acquire()
    async with asyncio.timeout(10):
        await pacer.acquire()


@in_virtual_time
async def test_a_pacer_says_what_it_granted_in_its_window() -> None:
    """What is older than the window no longer counts; nothing was asked at first."""
    clock = VirtualClock()
    pacer = Pacer(clock, 100, 10.0)
    assert (pacer.used(), pacer.asked) == (0, False)
    await pacer.acquire(20)
    await pacer.acquire(5)
    assert pacer.used() == 25
    assert pacer.use("weight", 125) == LimitUse(
        name="weight", used=25, allowed=100, documented=125, window_s=10.0
    )
    await clock.sleep(8.5)
    assert pacer.used() == 5
    await clock.sleep(10)
    assert (pacer.used(), pacer.asked) == (0, True)


@settings(max_examples=30, deadline=None)
@given(
    limit=st.integers(1, 20),
    costs=st.lists(st.integers(1, 5), min_size=1, max_size=30),
    waits_s=st.lists(st.sampled_from([0.0, 0.3, 4.0]), min_size=30, max_size=30),
)
def test_what_is_used_is_never_more_than_the_limit_and_one_request(
    limit: int, costs: list[int], waits_s: list[float]
) -> None:
    """The figure is the sum of the grants in the window, whatever is asked when."""

    async def run() -> None:
        clock = VirtualClock()
        pacer = Pacer(clock, limit, 5.0)
        grants: list[tuple[float, int]] = []
        for cost, wait_s in zip(costs, waits_s, strict=False):
            await pacer.acquire(cost)
            now_s = clock.monotonic_s()
            grants.append((now_s, cost))
            assert pacer.used() == sum(each for at_s, each in grants if at_s > now_s - 5.0)
            assert pacer.used() <= limit + max(costs)
            await clock.sleep(wait_s)

    run_virtual(run())


@in_virtual_time
async def test_a_pacer_that_does_not_wait_counts_all_the_same() -> None:
    """For a server of one's own."""
    clock = VirtualClock()
    begin_s = clock.monotonic_s()
    pacer = Pacer(clock, 2, 10.0, waits=False)
    for _ in range(5):
        await pacer.acquire()
    assert pacer.used() == 5
    assert clock.monotonic_s() == begin_s


@in_virtual_time
async def test_a_pause_is_only_ever_prolonged() -> None:
    """A shorter request does not end a longer one."""
    clock = VirtualClock()
    pause = Pause(clock)
    assert pause.remaining_s() == 0
    pause.extend(60, "a ban")
    pause.extend(2, "a trifle")
    assert pause.remaining_s() == 60
    assert pause.why == "a ban"
    await clock.sleep(61)
    assert pause.remaining_s() == 0


@given(attempt=st.integers(0, 10_000), draw=st.floats(0, 1))
def test_a_backoff_is_between_one_second_and_two_minutes(attempt: int, draw: float) -> None:
    """However often it fails."""
    assert 1 <= backoff_s(attempt, draw) <= 120


def test_ten_minutes_of_failures_are_about_fifteen_attempts() -> None:
    """Full jitter, doubling from 5 s to 120 s: counted over many seeds."""
    counts = []
    for seed in range(1000):
        random, elapsed_s, attempts = Random(seed), 0.0, 0
        while elapsed_s < 600:
            elapsed_s += backoff_s(attempts, random.random())
            attempts += 1
        counts.append(attempts)
    assert max(counts) <= 26
    assert sum(count > 20 for count in counts) <= 5
    assert sum(counts) / len(counts) < 15
