"""What many ask for and changes slowly: asked of the source once, told to all for a moment."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from tui_monitor.clock import Clock

T = TypeVar("T")

_MOST_KEYS = 64


class Shared:
    """The source's newest answers by question. Failures are not kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: dict[Hashable, tuple[float, Any]] = {}
        self._changes = 0
        self._asking: dict[Hashable, asyncio.Lock] = {}

    async def once(self, key: Hashable, for_s: float, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question, not older than `for_s`; those who ask meanwhile wait for it."""
        if len(self._asking) > _MOST_KEYS and not any(
            lock.locked() for lock in self._asking.values()
        ):
            self.forget()
            self._asking.clear()
        async with self._asking.setdefault(key, asyncio.Lock()):
            until_s, answer = self._answers.get(key, (0.0, None))
            if self._clock.monotonic_s() < until_s:
                return answer  # type: ignore[no-any-return]  # kept under its own key
            changes = self._changes
            answer = await ask()
            if changes == self._changes:
                self._keep(key, for_s, answer)
            return answer

    def _keep(self, key: Hashable, for_s: float, answer: Any) -> None:
        # Some hold a whole market: those of before are of no use any more.
        now_s = self._clock.monotonic_s()
        self._answers = {old: kept for old, kept in self._answers.items() if kept[0] > now_s}
        self._answers[key] = (now_s + for_s, answer)

    def forget(self) -> None:
        """After a change that the next answer must show."""
        self._changes += 1
        self._answers.clear()
