"""Rates of messages, the loop's lag, and what the process takes."""

import asyncio
import os
import socket
import threading
from collections.abc import Sequence

from tests.support.system_boards import a_channel
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.boards.system import channel_key
from tui_monitor.clock import SystemClock
from tui_monitor.engine.loop_lag import SAMPLES, LoopLag
from tui_monitor.engine.process import ProcessProbe
from tui_monitor.engine.rates import WINDOW_S, MessageRates
from tui_monitor.model import ChannelHealth, Exchange


def counts(*messages: int) -> Sequence[ChannelHealth]:
    """OKX's tickers, Bybit's, with these counts."""
    names = (Exchange.OKX, Exchange.BYBIT)
    return [a_channel(name, messages=count) for name, count in zip(names, messages, strict=False)]


def told(lag: LoopLag) -> tuple[int | None, int | None]:
    """The usual lag and the worst, in whole ms."""
    usual, worst = lag.usual_ms, lag.worst_ms
    return (None if usual is None else round(usual)), (None if worst is None else round(worst))


OKX, BYBIT = (channel_key(channel) for channel in counts(0, 0))


@in_virtual_time
async def test_a_rate_needs_two_looks() -> None:
    """The first tells nothing, a second too soon neither."""
    clock = VirtualClock()
    rates = MessageRates(clock)
    assert rates.of(counts(100)) == {}
    await clock.sleep(0.2)
    assert rates.of(counts(120)) == {}
    await clock.sleep(0.3)
    assert rates.of(counts(150)) == {OKX: 100.0}


@in_virtual_time
async def test_a_rate_is_of_the_last_seconds() -> None:
    """What was before them does not matter."""
    clock = VirtualClock()
    rates = MessageRates(clock)
    count = 0
    for _ in range(20):
        count += 1_000
        rates.of(counts(count))
        await clock.sleep(1)
    for _ in range(int(WINDOW_S) + 1):
        count += 10
        found = rates.of(counts(count))
        await clock.sleep(1)
    assert found == {OKX: 10.0}


@in_virtual_time
async def test_after_a_pause_the_rate_is_the_pauses_mean() -> None:
    """Who asks once a minute gets the minute's."""
    clock = VirtualClock()
    rates = MessageRates(clock)
    for second in range(10):
        rates.of(counts(second * 500))
        await clock.sleep(1)
    await clock.sleep(59)
    rates.of(counts(10_000))
    await clock.sleep(60)
    assert rates.of(counts(10_600)) == {OKX: 10.0}


@in_virtual_time
async def test_a_channel_that_is_new_or_begins_again_has_no_odd_rate() -> None:
    """Absent at first, and never below nothing."""
    clock = VirtualClock()
    rates = MessageRates(clock)
    rates.of(counts(900))
    await clock.sleep(1)
    assert rates.of(counts(5, 700)) == {OKX: 0.0}
    await clock.sleep(WINDOW_S)
    assert rates.of(counts(10, 710))[BYBIT] == 2.0


@in_virtual_time
async def test_a_loop_that_is_never_held_up_has_no_lag() -> None:
    """Before the first sample nothing is known."""
    clock = VirtualClock()
    lag = LoopLag(clock)
    assert told(lag) == (None, None)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(lag.run())
        await clock.sleep(3.2)
        task.cancel()
    assert told(lag) == (0, 0)


class StallingClock(VirtualClock):
    """Each sleep takes as much longer as the next of `late_s` says."""

    def __init__(self, *late_s: float) -> None:
        super().__init__()
        self._late_s = list(late_s)

    async def sleep(self, seconds: float) -> None:
        if not self._late_s:
            await asyncio.Event().wait()
        await super().sleep(seconds + self._late_s.pop(0))


@in_virtual_time
async def test_what_holds_the_loop_up_shows_as_lag_for_a_minute() -> None:
    """The worst at once, the middle only if it is usual."""
    clock = StallingClock(0.0, 0.3, 0.01, *[0.01] * (SAMPLES - 1))
    lag = LoopLag(clock)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(lag.run())
        watching = VirtualClock()
        await watching.sleep(2)
        assert told(lag) == (10, 300)
        await watching.sleep(120)
        assert told(lag) == (10, 10)
        task.cancel()


async def test_the_process_tells_what_it_takes() -> None:
    """Memory and threads as they are; a new socket and a busy moment show."""
    clock = SystemClock()
    probe = ProcessProbe(clock, LoopLag(clock))
    # Threads of tests before may be about to end.
    most = threading.active_count()
    before = probe.look()
    assert threading.active_count() <= before.threads <= most
    assert before.memory_bytes is None or before.memory_bytes > 5_000_000
    assert before.memory_peak_bytes > 5_000_000
    assert before.cpu_pct is None or before.uptime_s >= 0.5
    with socket.socket():
        during = probe.look()
    assert before.sockets is not None
    assert during.sockets == before.sockets + 1


async def test_the_share_of_the_processor_is_of_the_time_since_the_last_look() -> None:
    """Between what was used for certain in the longest time, and all in the shortest."""
    clock = SystemClock()
    begin_s, used_before_s = clock.monotonic_s(), _used_s()
    probe = ProcessProbe(clock, LoopLag(clock))
    inner_s, inner_used_s = clock.monotonic_s(), _used_s()
    while _used_s() - inner_used_s < 0.6:
        pass
    least_s, least_used_s = clock.monotonic_s() - inner_s, _used_s() - inner_used_s
    figures = probe.look()
    most_s, most_used_s = clock.monotonic_s() - begin_s, _used_s() - used_before_s
    assert figures.cpu_pct is not None
    assert 100 * least_used_s / most_s <= figures.cpu_pct <= 100 * most_used_s / least_s
    assert least_s <= figures.uptime_s <= most_s


def _used_s() -> float:
    times = os.times()
    return times.user + times.system
