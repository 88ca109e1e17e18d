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

from tui_monitor.attach.calls import json_of
from tui_monitor.clock import Clock

FRESH_S = 0.25
MOST_ANSWERS = 32
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
        self.until_s = float("-inf")
        self.content = b""
        self.revision = ""
        self.lock = asyncio.Lock()


class Answers:
    """By question, the last ones asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[bytes, _Kept] = {}

    async def reply(self, key: bytes, ask: Ask, since: str | None) -> Answer:
        """The newest answer, `FRESH_S` old at most; those who ask meanwhile wait for it."""
        kept = self._kept.pop(key) if key in self._kept else _Kept()
        self._kept[key] = kept
        while len(self._kept) > MOST_ANSWERS:
            del self._kept[next(iter(self._kept))]
        async with kept.lock:
            if self._clock.monotonic_s() >= kept.until_s:
                found = await ask()
                # To make it took its time, and so does writing it.
                await asyncio.sleep(0)
                content = json_of(found)
                if content != kept.content:
                    kept.content, kept.revision = content, secrets.token_hex(6)
                kept.until_s = self._clock.monotonic_s() + FRESH_S
        if since == kept.revision:
            return Answer(revision=since)
        return Answer(revision=kept.revision, data=msgspec.Raw(kept.content))
