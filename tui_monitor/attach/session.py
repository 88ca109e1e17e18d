"""One viewer: questions in, answers out, as JSON texts; whatever carries them.

A question is `{"id": 7, "call": "sum_board", "args": {…}, "since": "revision"}`. Its answer has
the same id and `data`, or `error`, or a `revision` alone: then it is as it was. Whoever doesn't
read his answers isn't read either: he has `MOST_AT_ONCE` of them under way and no more.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Struct

from tui_monitor.attach.answers import NOTHING, Answer, Answers
from tui_monitor.attach.calls import CALLS, answer, error_tree, json_of
from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.source import Source

log = logging.getLogger(__name__)

MOST_AT_ONCE = 8
# What viewers paint every second: it is made once for all of them.
SHARED = frozenset(name for name in CALLS if name.endswith("_board")) | {
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
    since: str | None = None


class Reply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What he gets. No `data`: it is as it was."""

    id: int | None
    revision: str | None = None
    data: msgspec.Raw = NOTHING
    error: dict[str, str] | None = None


_question = msgspec.json.Decoder(Question)


class Session:
    """Answers one viewer's questions until he has no more."""

    def __init__(self, source: Source, answers: Answers, send: Send) -> None:
        self._source = source
        self._answers = answers
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
            await self._send(msgspec.json.encode(await self._reply(message)))
        finally:
            self._free.release()

    async def _reply(self, message: str | bytes) -> Reply:
        try:
            asked = _question.decode(message)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return _failed(None, BadInput(f"not a question: {error}"))
        try:
            found = await self._asked(asked)
        except MonitorError as error:
            return _failed(asked.id, error)
        except Exception as error:
            log.exception("%s failed for a viewer", asked.call)
            text = f"{asked.call} failed: {type(error).__name__}"
            return _failed(asked.id, MonitorError(text, "the engine's log has it"))
        return Reply(id=asked.id, revision=found.revision, data=found.data)

    async def _asked(self, asked: Question) -> Answer:
        async def ask() -> Any:
            return await answer(self._source, asked.call, asked.args)

        if asked.call not in SHARED:
            return Answer(data=msgspec.Raw(json_of(await ask())))
        key = msgspec.json.encode([asked.call, asked.args], order="deterministic")
        return await self._answers.reply(key, ask, asked.since)


def _failed(number: int | None, error: MonitorError) -> Reply:
    return Reply(id=number, error=error_tree(error))
