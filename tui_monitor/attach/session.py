"""One viewer: questions in, answers out, as JSON texts; whatever carries them.

A question is `{"id": 7, "call": "sum_board", "args": {…}, "since": ["channel", 12]}`. Its answer
has the same id and either `data`, `changes`, or `error`. Whoever doesn't read his answers isn't
read either: he has `MOST_AT_ONCE` of them under way and no more.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Struct

from tui_monitor.attach.calls import CALLS, answer, error_tree
from tui_monitor.attach.channels import Channels, Reply, Revision
from tui_monitor.deltas import Tree
from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.source import Source

log = logging.getLogger(__name__)

MOST_AT_ONCE = 8
# What a viewer paints every second; all else is asked once and answered whole.
CHANNELLED = frozenset(name for name in CALLS if name.endswith("_board")) | {
    "coin_page",
    "status",
    "events",
}

Send = Callable[[bytes], Awaitable[None]]


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a viewer sends. `since`: the revision that it has of this answer."""

    id: int
    call: str
    args: dict[str, Any] = {}
    since: Revision | None = None


_question = msgspec.json.Decoder(Question)


class Session:
    """Answers one viewer's questions until he has no more."""

    def __init__(self, source: Source, channels: Channels, send: Send) -> None:
        self._source = source
        self._channels = channels
        self._send = send
        self._free = asyncio.Semaphore(MOST_AT_ONCE)

    async def run(self, messages: AsyncIterator[str | bytes]) -> None:
        """Until the messages end; what is under way then is given up."""
        async with asyncio.TaskGroup() as tasks:
            under_way: set[asyncio.Task[None]] = set()
            async for message in messages:
                await self._free.acquire()
                task = tasks.create_task(self._answer(message))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            for task in under_way:
                task.cancel()

    async def _answer(self, message: str | bytes) -> None:
        try:
            number, reply = await self._reply(message)
            await self._send(msgspec.json.encode({"id": number, **reply}))
        finally:
            self._free.release()

    async def _reply(self, message: str | bytes) -> tuple[int | None, Reply]:
        try:
            asked = _question.decode(message)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return None, {"error": error_tree(BadInput(f"not a question: {error}"))}
        try:
            return asked.id, await self._asked(asked)
        except MonitorError as error:
            return asked.id, {"error": error_tree(error)}
        except Exception as error:
            log.exception("%s failed for a viewer", asked.call)
            text = f"{asked.call} failed: {type(error).__name__}"
            return asked.id, {"error": error_tree(MonitorError(text, "the engine's log has it"))}

    async def _asked(self, asked: Question) -> Reply:
        if asked.call in CHANNELLED:
            return await self._channels.reply(asked.call, asked.args, asked.since)
        data: Tree = await answer(self._source, asked.call, asked.args)
        return {"data": data}
