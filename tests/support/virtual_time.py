"""Virtual time: an event loop whose clock jumps when nothing happens, while real loopback
sockets and real threads work.

    @in_virtual_time
    async def test_something(tmp_path: Path) -> None:
        clock = VirtualClock()
        await clock.sleep(3600)      # takes a millisecond or two

How it works: before the loop would wait, its selector looks at the sockets twice (loopback hands
over what was sent within the call that sends it). If nothing came, the wait is added to a number,
and that number is the loop's time.
Everything that waits through asyncio (websockets, httpx, timeouts) lives in that time.

Work in threads holds time still: executor jobs (`asyncio.to_thread`, name resolution) and what
is awaited of aiosqlite's threads are counted, and anything else takes `loop.busy()`.
Other processes are not seen: their answers take as long as time has jumped meanwhile.
"""

import asyncio
import functools
import selectors
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import aiosqlite.core

P = ParamSpec("P")
T = TypeVar("T")

# 2026-11-20T00:00:00Z: 08:00 in the board day of Asia/Shanghai, an hour that hides nothing.
START_MS = 1_795_132_800_000
_BUSY_S = 0.002


class _JumpingSelector(selectors.DefaultSelector):
    """Waits a moment for sockets, then lets the loop's time jump instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.jump: Callable[[float], None] = lambda _seconds: None
        self.is_busy: Callable[[], bool] = lambda: False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        busy = self.is_busy()
        ready = super().select(_BUSY_S if busy else 0)
        if ready or busy:
            return ready
        if timeout is None:
            # No timer at all: only a socket or a signal can go on; look again and again.
            return super().select(0.05)
        self.jump(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A selector loop with a time of its own; it begins at 1000 s."""

    def __init__(self) -> None:
        selector = _JumpingSelector()
        super().__init__(selector)
        self._virtual_s = 1_000.0
        self._jobs = 0
        selector.jump = self._jump
        selector.is_busy = self._is_busy

    def time(self) -> float:
        return self._virtual_s

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Hold time still for as long as the block runs."""
        self._jobs += 1
        try:
            yield
        finally:
            self._jobs -= 1

    def run_in_executor(  # type: ignore[override]  # the stub's TypeVarTuple form
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future = super().run_in_executor(executor, func, *args)
        self._jobs += 1
        future.add_done_callback(self._job_done)
        return future

    def create_future(self) -> asyncio.Future[Any]:
        future = super().create_future()
        # aiosqlite gives its thread the job together with the future that it has just asked for.
        if sys._getframe(1).f_globals is _AIOSQLITE:
            self._jobs += 1
            future.add_done_callback(self._job_done)
        return future

    def _job_done(self, _future: object) -> None:
        self._jobs -= 1

    def _jump(self, seconds: float) -> None:
        self._virtual_s += seconds

    def _is_busy(self) -> bool:
        return self._jobs > 0


_AIOSQLITE = vars(aiosqlite.core)


class VirtualClock:
    """`tui_monitor.clock.Clock` on the running loop; its wall time can be set apart."""

    def __init__(self, start_ms: int = START_MS) -> None:
        self._loop = asyncio.get_running_loop()
        self._begin_s = self._loop.time()
        self._begin_ms = start_ms

    def now_ms(self) -> int:
        return self._begin_ms + round((self._loop.time() - self._begin_s) * 1000)

    def monotonic_s(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def jump_wall(self, seconds: float) -> None:
        """Set the wall clock forward or back; monotonic time does not notice (a suspend, NTP)."""
        self._begin_ms += round(seconds * 1000)

    async def until(
        self, condition: Callable[[], bool], within_s: float, every_s: float = 0.1
    ) -> float:
        """Wait until a condition holds and say how long it took; AssertionError if it is late."""
        begin_s = self.monotonic_s()
        while not condition():
            waited_s = self.monotonic_s() - begin_s
            assert waited_s < within_s, f"not so after {waited_s:.1f} s"
            await self.sleep(every_s)
        return self.monotonic_s() - begin_s


def run_virtual(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a virtual loop to its end, as `asyncio.run` would."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)


def in_virtual_time(test: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Decorate an `async def test_…` to run in virtual time; (sync) fixtures work as usual."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return run_virtual(test(*args, **kwargs))

    return run
