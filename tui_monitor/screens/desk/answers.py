"""What a board was answered, held while the display is frozen.

A frozen board goes on asking, so that what waits can be counted, and is answered what it was
answered before. A question that is new to it is answered now, and then is frozen, too: so are
those of the keys for other days or hours, of another coin's page, of another board. Whatever else
would bring newer data a view does with the data it has, or refuses (`BoardView.OF_NOW`).
"""

import inspect
from collections.abc import Awaitable
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.source import Source


class Answers:
    """A source that remembers its answers; `held` gives them again."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._told: dict[str, Any] = {}
        self._newest: dict[str, Any] = {}
        self._is_newer = False
        self.held = False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._source, name)

        def ask(*arguments: Any, **named: Any) -> Any:
            answer = method(*arguments, **named)
            if not inspect.isawaitable(answer):
                return answer
            return self._heard(f"{name} {arguments} {named}", answer)

        return ask

    @property
    def source(self) -> Source:
        """This, as boards ask it."""
        return cast("Source", self)

    def begin(self) -> None:
        """A board is about to ask; what was told before matters only while it is held."""
        self._is_newer = False
        if not self.held:
            self._told.clear()

    @property
    def is_newer(self) -> bool:
        """Whether a question of this round has another answer now than a round before."""
        return self._is_newer

    def hold(self) -> None:
        """The same answers from now on."""
        self.held = True
        self._newest = dict(self._told)

    def release(self) -> None:
        """The newest answers again."""
        self.held = False
        self._told.clear()
        self._newest.clear()

    async def _heard(self, question: str, coming: Awaitable[Any]) -> Any:
        held, answer = self.held, await coming
        if not held:
            self._told[question] = answer
            return answer
        told = self._told.setdefault(question, answer)
        self._is_newer |= _differ(self._newest.get(question, answer), answer)
        self._newest[question] = answer
        return told


def _differ(one: Any, other: Any) -> bool:
    """Whether more than the time is new."""
    if isinstance(other, Struct) and hasattr(other, "now_ms") and type(one) is type(other):
        return bool(replace(other, now_ms=one.now_ms) != one)
    return bool(one != other)
