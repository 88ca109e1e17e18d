"""An engine for one answer: it asks the exchanges for some seconds and keeps nothing."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tui_monitor.boards.status import EngineStatus
from tui_monitor.cli.common import holder_info
from tui_monitor.clock import Clock
from tui_monitor.config import Settings
from tui_monitor.engine import opened_engine
from tui_monitor.errors import Unreachable
from tui_monitor.model import FeedState
from tui_monitor.printable import printable
from tui_monitor.source import Source
from tui_monitor.source.local import LocalSource

FETCH_S = 20.0
# Where no exchange has answered by then, none will.
GIVE_UP_S = 12.0
_LOOK_S = 0.25
_SHOWN_EVERY_S = 1.0
_LONGEST_REASON = 120
_ANSWERS = (FeedState.LIVE, FeedState.BRIDGED)

Ready = Callable[[Source], Awaitable[bool]]


@asynccontextmanager
async def fetched(
    settings: Settings, kind: str, clock: Clock, is_ready: Ready
) -> AsyncIterator[Source]:
    """An engine in a folder that goes with it, once a board is ready, or after `FETCH_S`.

    Unreachable where no exchange has answered by then.
    """
    with tempfile.TemporaryDirectory(prefix="tui-monitor-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        async with opened_engine(settings, folder, clock, kind=kind, info=holder_info("show")) as (
            engine,
            _,
        ):
            source = LocalSource(engine, folder / "exports")
            running = asyncio.create_task(engine.run())
            progress = Progress(clock)
            try:
                await _wait(source, running, progress, is_ready)
                yield source
            finally:
                progress.end()
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


async def _wait(
    source: Source, running: "asyncio.Task[None]", progress: "Progress", is_ready: Ready
) -> None:
    while not running.done():
        status = source.status()
        progress.show(status)
        answer = any(light.state in _ANSWERS for light in status.lights)
        if progress.spent_s >= (FETCH_S if answer else GIVE_UP_S):
            if not answer:
                raise _nobody(status, progress.spent_s)
            return
        begins = any(light.state is FeedState.STARTING for light in status.lights)
        if answer and not begins and await is_ready(source):
            return
        await progress.clock.sleep(_LOOK_S)
    running.result()


def _nobody(status: EngineStatus, spent_s: float) -> Unreachable:
    wanted = [light for light in status.lights if light.state is not FeedState.OFF]
    why = next((light.reason for light in wanted if light.reason), "no reason is known")
    names = ", ".join(light.exchange for light in wanted)
    text = f"no exchange answered within {spent_s:.0f} s ({names}): "
    return Unreachable(text + printable(why, _LONGEST_REASON), "tui-monitor doctor says more")


class Progress:
    """How far it is, on stderr: one line on a terminal, else a line for what is new."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._begun_s = clock.monotonic_s()
        self._shown_s = float("-inf")
        self._shown = ""
        self._live = sys.stderr.isatty()

    @property
    def spent_s(self) -> float:
        """Since the beginning."""
        return self.clock.monotonic_s() - self._begun_s

    def show(self, status: EngineStatus) -> None:
        """Once a second at most."""
        wanted = [light for light in status.lights if light.state is not FeedState.OFF]
        there = sum(light.state in _ANSWERS for light in wanted)
        text = f"{there} of {len(wanted)} exchanges answer"
        if self._live:
            if self.spent_s - self._shown_s >= _SHOWN_EVERY_S:
                self._shown_s = self.spent_s
                sys.stderr.write(f"\rtui-monitor: {text}, {self.spent_s:.0f} s\x1b[K")
        elif text != self._shown:
            sys.stderr.write(f"tui-monitor: {text}, {self.spent_s:.0f} s\n")
        self._shown = text
        sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._live and self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
