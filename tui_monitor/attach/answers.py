"""The newest answers as JSON, made once for all viewers; who has the newest gets none of it.

A board of the whole market changes in almost every cell every second: putting changes together
would take longer than all of it does, and what viewers on this machine are spared is no wire.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec
from msgspec import UNSET, Struct, UnsetType

from tui_monitor.attach.calls import json_steps
from tui_monitor.clock import Clock
from tui_monitor.steps import in_steps

FRESH_S = 0.25
MOST_ANSWERS = 32
# One of a whole market has megabytes, and whoever comes back after that takes all of it again.
UNASKED_S = 60.0
# Itself, not only as empty as it: that is how a default that need not be sent is known.
NOTHING = msgspec.Raw()


Ask = Callable[[], Awaitable[Any]]


class Answer(Struct, frozen=True, kw_only=True):
    """`revision` is another one whenever the answer is. No `data`, no `changes`: it is as it was.

    `missed` beside `data`: how many revisions went by since the one that was known; None: nobody
    knows.
    """

    revision: str | None = None
    data: msgspec.Raw = NOTHING
    changes: msgspec.Raw = NOTHING
    missed: int | UnsetType | None = UNSET


class Newest(Protocol):
    """The newest answers for many viewers."""

    async def reply(self, key: bytes, ask: Ask, since: str | None) -> Answer:
        """The newest answer to the question of that key, for who has the one of `since`."""


class _Kept:
    def __init__(self) -> None:
        self.asked_s = self.until_s = float("-inf")
        self.content = b""
        self.revision = ""
        self.lock = asyncio.Lock()


class Answers:
    """By question, the last ones asked. What nobody asks for any more is let go."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[bytes, _Kept] = {}

    async def reply(self, key: bytes, ask: Ask, since: str | None) -> Answer:
        """The newest answer, `FRESH_S` old at most; those who ask meanwhile wait for it."""
        kept = self._asked(key)
        async with kept.lock:
            if self._clock.monotonic_s() >= kept.until_s:
                found = await ask()
                content = await in_steps(json_steps(found))
                if content != kept.content:
                    kept.content, kept.revision = content, secrets.token_hex(6)
                kept.until_s = self._clock.monotonic_s() + FRESH_S
        if since == kept.revision:
            return Answer(revision=since)
        return Answer(revision=kept.revision, data=msgspec.Raw(kept.content))

    def _asked(self, key: bytes) -> _Kept:
        now_s = self._clock.monotonic_s()
        kept = self._kept.pop(key, None) or _Kept()
        kept.asked_s = now_s
        # The one that was asked for last stands last.
        self._kept[key] = kept
        for old, one in list(self._kept.items()):
            if one.asked_s > now_s - UNASKED_S and len(self._kept) <= MOST_ANSWERS:
                break
            del self._kept[old]
        return kept
