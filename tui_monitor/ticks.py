"""An event loop that looks at its sockets at most every few milliseconds.

At thousands of messages a second most of the CPU goes into waking up, not into the messages.
After a look that found something, this loop lets what comes next gather for a tick: one wake-up
then serves many frames, of any client library, TLS included. A quiet loop waits as any other
does, so what comes alone is not late. Timers keep their times; other threads and signals, which
speak through the loop's own pipe, are heard at once.
"""

import asyncio
import os
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from tui_monitor.clock import SystemClock

T = TypeVar("T")

TICK_S = 0.005

Ready = list[tuple[selectors.SelectorKey, int]]


class TickSelector(selectors.DefaultSelector):
    """A selector that, having found something, looks again after a tick.

    What is registered first is watched always: a loop begins with the pipe that wakes it.
    """

    def __init__(self, tick_s: float = TICK_S) -> None:
        super().__init__()
        self._tick_s = tick_s
        self._now_s = SystemClock().monotonic_s
        self._look_s = 0.0
        self._pipe: selectors.SelectorKey | None = None
        self._pipe_only = selectors.DefaultSelector()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = super().register(fileobj, events, data)
        if self._pipe is None:
            self._pipe = key
            self._pipe_only.register(key.fd, events)
        return key

    def select(self, timeout: float | None = None) -> Ready:
        left_s = self._look_s - self._now_s()
        if left_s > 0:
            if timeout is not None and timeout <= left_s:
                return self._wait_for_pipe(timeout)
            if woken := self._wait_for_pipe(left_s):
                return woken
            if timeout is not None:
                timeout -= left_s
        ready = super().select(timeout)
        if any(key is not self._pipe for key, _ in ready):
            self._look_s = self._now_s() + self._tick_s
        return ready

    def _wait_for_pipe(self, seconds: float) -> Ready:
        # Without a wait there is other work to be done first: it is not held up by a look.
        if seconds <= 0 or self._pipe is None or not self._pipe_only.select(seconds):
            return []
        return [(self._pipe, selectors.EVENT_READ)]

    def close(self) -> None:
        self._pipe_only.close()
        super().close()


def new_loop(tick_s: float = TICK_S) -> asyncio.AbstractEventLoop:
    """A loop that reads by ticks; a stock one for 0, and where loops have no selectors."""
    if tick_s <= 0 or os.name == "nt":
        return asyncio.new_event_loop()
    return asyncio.SelectorEventLoop(TickSelector(tick_s))


def run(main: Coroutine[Any, Any, T], tick_s: float = TICK_S) -> T:
    """`asyncio.run` on such a loop."""
    with asyncio.Runner(loop_factory=lambda: new_loop(tick_s)) as runner:
        return runner.run(main)
