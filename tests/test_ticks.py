"""Reading by ticks: what gathers, and what must not wait."""

import asyncio
import os
import selectors
import signal
import socket
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

import pytest

from tui_monitor import ticks
from tui_monitor.ticks import TickSelector

# Longer than any of these tests may take: what is seen within it was not held up.
LONG_S = 80.0
PROMPT_S = 30.0


class Wire:
    """A selector with a pipe of its own and two sockets, and the far ends of all three."""

    def __init__(self, tick_s: float) -> None:
        pairs = [socket.socketpair() for _ in range(3)]
        self.near = [near for near, _ in pairs]
        self.far = [far for _, far in pairs]
        self.selector = TickSelector(tick_s)
        for near in self.near:
            self.selector.register(near, selectors.EVENT_READ)

    def look(self, timeout: float | None) -> list[int]:
        """The numbers of the sockets that had something, which is read."""
        found = sorted(self.near.index(key.fileobj) for key, _ in self.selector.select(timeout))  # type: ignore[arg-type]
        for number in found:
            self.near[number].recv(100)
        return found

    def close(self) -> None:
        """Everything."""
        self.selector.close()
        for each in [*self.near, *self.far]:
            each.close()


@contextmanager
def a_wire(tick_s: float) -> Iterator[Wire]:
    """Sockets that are closed at the end."""
    wire = Wire(tick_s)
    try:
        yield wire
    finally:
        wire.close()


def test_what_comes_within_a_tick_is_not_looked_at() -> None:
    """Not before its end."""
    with a_wire(LONG_S) as wire:
        wire.far[1].send(b"a")
        assert wire.look(None) == [1]
        wire.far[1].send(b"b")
        wire.far[2].send(b"c")
        assert wire.look(0) == []


def test_what_comes_within_a_tick_is_found_by_one_look_after_it() -> None:
    """The first at once, everything else together, a tick later."""
    with a_wire(0.2) as wire:
        begin_s = time.monotonic()
        wire.far[1].send(b"a")
        assert wire.look(None) == [1]
        wire.far[1].send(b"b")
        wire.far[2].send(b"c")
        assert wire.look(None) == [1, 2]
        assert time.monotonic() - begin_s >= 0.2


def test_what_comes_alone_is_not_late() -> None:
    """A tick after the last look there is nothing to wait for."""
    with a_wire(0.02) as wire:
        wire.far[1].send(b"a")
        assert wire.look(None) == [1]
        assert wire.look(0.03) == []
        wire.far[2].send(b"b")
        assert wire.look(0) == [2]


def test_a_look_that_finds_nothing_begins_no_tick() -> None:
    """Else every timer would put the next frame off."""
    with a_wire(LONG_S) as wire:
        assert wire.look(0) == []
        wire.far[1].send(b"a")
        assert wire.look(0) == [1]


def test_the_loops_own_pipe_is_heard_within_a_tick_and_begins_none() -> None:
    """Other threads and signals speak through it."""
    with a_wire(LONG_S) as wire:
        wire.far[0].send(b"x")
        assert wire.look(0) == [0]
        wire.far[1].send(b"a")
        assert wire.look(None) == [1]
        wire.far[0].send(b"x")
        wire.far[1].send(b"b")
        assert wire.look(PROMPT_S) == [0]


def test_a_timer_that_is_due_within_the_tick_is_not_late() -> None:
    """The wait ends with the time-out, not with the tick."""
    with a_wire(LONG_S) as wire:
        wire.far[1].send(b"a")
        assert wire.look(None) == [1]
        begin_s = time.monotonic()
        assert wire.look(0.01) == []
        assert time.monotonic() - begin_s < PROMPT_S


async def begin_tick() -> None:
    """Let the running loop's selector find something: from now on it holds back."""
    near, far = socket.socketpair()
    near.setblocking(False)
    with near, far:
        reading = asyncio.ensure_future(asyncio.get_running_loop().sock_recv(near, 1))
        await asyncio.sleep(0)
        far.send(b"a")
        assert await reading == b"a"


def seconds_of(main: Coroutine[None, None, None]) -> float:
    """How long a coroutine takes on a loop with a very long tick."""
    begin_s = time.monotonic()
    ticks.run(main, LONG_S)
    return time.monotonic() - begin_s


def test_timers_and_threads_are_prompt_on_a_loop_that_holds_back() -> None:
    """Databases answer from threads; waits of ours end when they should."""

    async def main() -> None:
        await begin_tick()
        await asyncio.sleep(0.01)
        for _ in range(50):
            await asyncio.to_thread(time.monotonic)

    assert seconds_of(main()) < PROMPT_S


def test_a_signal_is_prompt_on_a_loop_that_holds_back() -> None:
    """SIGTERM ends a daemon now, not with the next look."""

    async def main() -> None:
        heard = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, heard.set)
        await begin_tick()
        loop.call_later(0.01, os.kill, os.getpid(), signal.SIGUSR1)
        await heard.wait()

    assert seconds_of(main()) < PROMPT_S


def test_ctrl_c_is_prompt_on_a_loop_that_holds_back() -> None:
    """As with `asyncio.run`: the program is cancelled, KeyboardInterrupt comes out."""
    was_cancelled = False

    async def main() -> None:
        nonlocal was_cancelled
        await begin_tick()
        asyncio.get_running_loop().call_later(0.01, os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cancelled = True
            raise

    # Ignored where the tests were started in the background of a script.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    begin_s = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            ticks.run(main(), LONG_S)
    finally:
        signal.signal(signal.SIGINT, before)
    assert was_cancelled
    assert time.monotonic() - begin_s < PROMPT_S


def test_work_without_end_does_not_shut_out_the_sockets() -> None:
    """Callbacks that are always ready leave no time to wait in; looks go on all the same."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        rounds = 0

        def again() -> None:
            nonlocal rounds
            rounds += 1
            loop.call_soon(again)

        again()
        near, far = socket.socketpair()
        near.setblocking(False)
        with near, far:
            for _ in range(20):
                reading = asyncio.ensure_future(loop.sock_recv(near, 1))
                await asyncio.sleep(0)
                far.send(b"b")
                assert await reading == b"b"
        assert rounds > 20

    async def bounded() -> None:
        async with asyncio.timeout(PROMPT_S):
            await main()

    ticks.run(bounded(), 0.005)


def test_many_frames_are_one_wake_up() -> None:
    """The point of it: far fewer reads than messages."""

    class Counting(asyncio.Protocol):
        def __init__(self) -> None:
            self.reads = 0
            self.read = bytearray()
            self.all_there = asyncio.Event()

        def data_received(self, data: bytes) -> None:
            self.reads += 1
            self.read += data
            if len(self.read) == 1_000:
                self.all_there.set()

    async def main() -> int:
        near, far = socket.socketpair()
        loop = asyncio.get_running_loop()
        transport, counting = await loop.create_connection(Counting, sock=near)
        with far:
            for _ in range(100):
                far.send(b"0123456789")
                await asyncio.sleep(0)
            async with asyncio.timeout(PROMPT_S):
                await counting.all_there.wait()
        transport.close()
        await asyncio.sleep(0)
        return counting.reads

    assert ticks.run(main(), 0.3) < 20


def test_no_tick_is_the_stock_loop() -> None:
    """0 turns it off."""
    loop = ticks.new_loop(0)
    try:
        assert not isinstance(getattr(loop, "_selector", None), TickSelector)
    finally:
        loop.close()
