"""Work that others need not wait for: done in steps, between which they have their turn.

It is a generator that yields wherever it may be interrupted, and returns what it made. Whoever has
nobody else to think of does it `at_once`; on an event loop it is done `in_steps`.
"""

import asyncio
from collections import deque
from collections.abc import Generator, Iterable
from typing import TypeAlias, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

# Together less than 10 ms of work; with one, many boards would take seconds on a slow machine.
STEPS_A_ROUND = 4

Steps: TypeAlias = Generator[None, None, T]


def at_once(steps: Steps[T]) -> T:
    """What they make."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: T = end.value
            return made


async def in_steps(steps: Steps[T]) -> T:
    """What they make. All works together do `STEPS_A_ROUND` in each of the loop's rounds."""
    turns = _turns.setdefault(asyncio.get_running_loop(), _Turns())
    while True:
        await turns.next()
        try:
            next(steps)
        except StopIteration as end:
            made: T = end.value
            return made


class _Turns:
    """Who may do a step, in the order in which they asked."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def next(self) -> None:
        """In one of the loop's next rounds."""
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._give, loop)
        self._waiting.append(turn)
        await turn

    def _give(self, loop: asyncio.AbstractEventLoop) -> None:
        given = 0
        while self._waiting and given < STEPS_A_ROUND:
            turn = self._waiting.popleft()
            if not turn.done():  # as that of a work that was given up
                turn.set_result(None)
                given += 1
        if self._waiting:
            loop.call_soon(self._give, loop)


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, _Turns] = WeakKeyDictionary()


def gathered(made: Iterable[T], at_a_time: int) -> Steps[list[T]]:
    """All of them, so many in a step."""
    found: list[T] = []
    for number, one in enumerate(made, 1):
        found.append(one)
        if number % at_a_time == 0:
            yield
    return found
