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
aiosqlite's threads were asked for are counted until the thread is done, also when nobody waits
any more (a cancelled question still runs, and the next one stands behind it). Anything else takes
`loop.busy()`.
Other processes are not seen: their answers take as long as time has jumped meanwhile.
"""

import asyncio
import functools
import selectors
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from contextvars import Context
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
        # Executor jobs that a thread is at; its own additions and removals are atomic.
        self._threads: set[object] = set()
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
        def seen_to_its_end() -> Any:
            job = object()
            self._threads.add(job)
            try:
                return func(*args)
            finally:
                self._threads.discard(job)

        future = super().run_in_executor(executor, seen_to_its_end)
        self._jobs += 1
        future.add_done_callback(self._job_done)
        return future

    def create_future(self) -> asyncio.Future[Any]:
        # aiosqlite gives its thread the job together with the future that it has just asked for.
        if sys._getframe(1).f_globals is _AIOSQLITE:
            self._jobs += 1
        return super().create_future()

    def call_soon_threadsafe(  # type: ignore[override]  # the stub's TypeVarTuple form
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        if callback in _ANSWERS:
            return super().call_soon_threadsafe(self._answered, callback, *args, context=context)
        return super().call_soon_threadsafe(callback, *args, context=context)

    def _answered(self, callback: Callable[..., Any], *args: Any) -> None:
        callback(*args)
        self._jobs -= 1

    def _job_done(self, _future: object) -> None:
        self._jobs -= 1

    def _jump(self, seconds: float) -> None:
        self._virtual_s += seconds

    def _is_busy(self) -> bool:
        return self._jobs > 0 or bool(self._threads)


_AIOSQLITE = vars(aiosqlite.core)
# With one of these its thread hands over what it was asked for.
_ANSWERS = (aiosqlite.core.set_result, aiosqlite.core.set_exception)


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
