"""The newest boards, made once for all streams, and how each came from the one before.

An answer has a revision: the channel's own name and a number that rises when it changes. Who has
seen one that is not too long ago gets the changes since; anyone else gets all of it, and is told
how many revisions went by, or that nobody knows.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from msgspec import Raw

from tui_monitor.api.change_steps import change_in_steps
from tui_monitor.clock import Clock

FRESH_S = 0.25
CHANGES_KEPT = 30
# Together. A board of the whole market changes by megabytes a second: of such a one only the
# newest change is kept.
CHANGES_BYTES = 4_000_000
MOST_CHANNELS = 64
UNASKED_S = 60.0

Reply = dict[str, Any]


class Revision(NamedTuple):
    """Which answer: numbers count from 1 in each channel, and a channel's name is never reused."""

    channel: str
    number: int


class _Channel:
    """One question's newest answer."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(4)
        self.number = 0
        # As JSON, and so are the changes: as objects they would be several times as large, and
        # looked through for garbage.
        self.content = b""
        self.asked_s = self.until_s = float("-inf")
        # From each revision to the next, but for what made the first.
        self.changes: deque[Raw] = deque(maxlen=CHANGES_KEPT)
        self.lock = asyncio.Lock()

    async def take(self, content: bytes) -> None:
        """A new answer; the same one is no new revision."""
        if self.number:
            made = await change_in_steps(self.content, content)
            if made is None:
                return
            self.changes.append(made)
            while len(self.changes) > 1 and sum(map(len, self.changes)) > CHANGES_BYTES:
                self.changes.popleft()
        self.number += 1
        self.content = content

    def reply(self, since: Revision | None) -> Reply:
        """What leads from a revision to the newest."""
        newest = Revision(self.name, self.number)
        if since is None:
            return {"revision": newest, "data": Raw(self.content)}
        behind = self.number - since.number
        if since.channel != self.name or behind < 0:
            return {"revision": newest, "data": Raw(self.content), "missed": None}
        if behind > len(self.changes):
            return {"revision": newest, "data": Raw(self.content), "missed": behind}
        since_then = list(self.changes)[len(self.changes) - behind :]
        return {"revision": newest, "changes": since_then}


class Channels:
    """Boards by question. Bounded: what nobody asks for any more is let go."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._channels: dict[bytes, _Channel] = {}

    async def reply(
        self, key: bytes, make: Callable[[], Awaitable[bytes]], since: Revision | None
    ) -> Reply:
        """The newest answer to the question of that key, or what changed in it since a revision.

        `make` asks it anew, as JSON, where nobody did for `FRESH_S`; what it raises is raised.
        """
        channel = self._channel(key)
        async with channel.lock:
            if self._clock.monotonic_s() >= channel.until_s:
                await channel.take(await make())
                channel.until_s = self._clock.monotonic_s() + FRESH_S
            return channel.reply(since)

    def _channel(self, key: bytes) -> _Channel:
        now_s = self._clock.monotonic_s()
        channel = self._channels.pop(key, None) or _Channel()
        channel.asked_s = now_s
        # The one that was asked for last stands last.
        self._channels[key] = channel
        for old, one in list(self._channels.items()):
            if one.asked_s > now_s - UNASKED_S and len(self._channels) <= MOST_CHANNELS:
                break
            if not one.lock.locked() and one is not channel:
                del self._channels[old]
        return channel
