"""Viewers of one daemon, each with a board, a filter, a sorting and a day of its own."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tui_monitor.attach.client import Attached, attached
from tui_monitor.attach.elsewhere import elsewhere
from tui_monitor.attach.memory import Known, Memory
from tui_monitor.attach.remote import Remote
from tui_monitor.boards.open_interest import RankedBy
from tui_monitor.boards.spreads import Filter, Kind
from tui_monitor.clock import SystemClock
from tui_monitor.errors import MonitorError
from tui_monitor.source import Query, Source

EVERY_S = 1.0
CHECK_EVERY_S = 15.0
_TRIES = 40
CLOCK = SystemClock()

Ask = Callable[[Source], Awaitable[Any]]


def questions() -> dict[str, Ask]:
    """By what each viewer looks at."""
    yesterday = date.fromtimestamp(CLOCK.now_ms() / 1000) - timedelta(days=1)  # noqa: DTZ012
    past = Query(first_day=yesterday, last_day=yesterday)
    return {
        "sum, yesterday": lambda one: one.sum_board(past),
        "sum, today": lambda one: one.sum_board(Query()),
        "spreads, spot and perp": lambda one: one.spreads_board(Kind.SPOT_PERP, Filter.MAJORS),
        "open interest, 4 h by size": lambda one: one.interest_board(4, RankedBy.SIZE),
        "liquidations, 6 h": lambda one: one.liquidations_board(6, Query()),
    }


class Viewer:
    """One that asks again and again, and one like it that knows nothing, to compare it with."""

    def __init__(self, name: str, ask: Ask) -> None:
        self.name = name
        self.ask = ask
        self.answers = 0
        self.new_answers = 0
        self.announced = 0
        """States that the engine said went by between two answers."""
        self.refused = 0
        self.checked = 0
        self.wrong = 0
        """Answers unlike what the engine gives another viewer under the same revision."""
        self.unchecked = 0
        self.waits_ms: list[float] = []

    async def open(self, stack: AsyncExitStack, path: Path, url: str | None) -> None:
        """Attach by the socket, or over a URL where what changed comes alone."""
        self._memory, self._source = await _opened(stack, path, url)
        self._fresh_memory, self._fresh = await _opened(stack, path, url)
        self._memory.on_missed = self._note

    def _note(self, _: str, missed: int | None) -> None:
        self.announced += missed or 0

    async def look(self) -> None:
        """Until cancelled: as often as a terminal paints."""
        check_s = CLOCK.monotonic_s() + CHECK_EVERY_S
        while True:
            await self._look_once()
            if CLOCK.monotonic_s() >= check_s:
                await self._compare()
                check_s = CLOCK.monotonic_s() + CHECK_EVERY_S
            await asyncio.sleep(EVERY_S)

    async def _look_once(self) -> None:
        before, begun = _last(self._memory).revision, time.perf_counter()
        try:
            await self.ask(self._source)
        except MonitorError:
            self.refused += 1
            return
        self.waits_ms.append((time.perf_counter() - begun) * 1000)
        self.answers += 1
        self.new_answers += _last(self._memory).revision != before

    async def _compare(self) -> None:
        """Both ask until both have one revision; what they have of it must be the same."""
        for _ in range(_TRIES):
            _forget(self._fresh_memory)
            try:
                await asyncio.gather(self.ask(self._source), self.ask(self._fresh))
            except MonitorError:
                self.refused += 1
                continue
            ours, theirs = _last(self._memory), _last(self._fresh_memory)
            if ours.revision == theirs.revision:
                self.checked += 1
                self.wrong += msgspec.json.encode(ours.found) != msgspec.json.encode(theirs.found)
                return
        self.unchecked += 1


async def _opened(stack: AsyncExitStack, path: Path, url: str | None) -> tuple[Memory, Source]:
    one: Attached | Remote
    if url is None:
        one = await stack.enter_async_context(attached(path, CLOCK))
    else:
        one = Remote(elsewhere(url), CLOCK, path.parent)
        await one.open()
        stack.push_async_callback(one._stack.aclose)
    tasks = await stack.enter_async_context(asyncio.TaskGroup())
    running = tasks.create_task(one.run())
    stack.callback(running.cancel)
    return one._memory, one.source


def _last(memory: Memory) -> Known:
    """The answer to the viewer's own question: the newest that is no status."""
    boards = [one for key, one in memory._kept.items() if b"board" in key]
    return boards[-1] if boards else Known()


def _forget(memory: Memory) -> None:
    memory._kept.clear()
