"""Work that others need not wait for: done in steps, between which they have their turn.

It is a generator that yields wherever it may be interrupted, and returns what it made. Whoever has
nobody else to think of does it `at_once`; on an event loop it is done `in_steps`.
"""

import asyncio
from collections.abc import Generator, Iterable
from typing import TypeAlias, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

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
    """What they make, with the loop's other work between any two, whosever they are."""
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    while True:
        async with turn:
            try:
                next(steps)
            except StopIteration as end:
                made: T = end.value
                return made
            # Whoever has his turn next has it in the loop's next round.
            await asyncio.sleep(0)


def gathered(made: Iterable[T], at_a_time: int) -> Steps[list[T]]:
    """All of them, so many in a step."""
    found: list[T] = []
    for number, one in enumerate(made, 1):
        found.append(one)
        if number % at_a_time == 0:
            yield
    return found
