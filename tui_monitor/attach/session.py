"""One viewer: questions in, answers out, as JSON texts; whatever carries them.

A question is `{"id": 7, "call": "sum_board", "args": {…}, "since": "revision"}`. Its answer has
the same id and `data`, or `error`, or a `revision` alone: then it is as it was. Over a wire it
may have `changes` since that revision in place of `data`, or say how many it `missed`. The call
`hello` tells what speaks here.

Whoever doesn't read his answers isn't read either: he has `MOST_AT_ONCE` of them under way and no
more, and a board is made for him when it can be sent, so that it is the newest.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from tui_monitor.attach.answers import NOTHING, Answer, Newest
from tui_monitor.attach.calls import CALLS, answer, error_tree, json_of, json_steps
from tui_monitor.attach.hello import HELLO, Hello
from tui_monitor.attach.spool import EXPORT, Spool
from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.source import Source
from tui_monitor.steps import in_steps

log = logging.getLogger(__name__)

MOST_AT_ONCE = 8
# What viewers paint every second: it is made once for all of them.
SHARED = frozenset(name for name in CALLS if name.endswith("_board")) | {
    "coin_page",
    "status",
    "events",
}
# What is work, and takes as long as it takes.
ERRANDS = frozenset({"start_backfill", "stop_backfill", "maintain", "export"})

Send = Callable[[bytes], Awaitable[None]]


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a viewer sends. `since`: the revision that it has of this answer."""

    id: int
    call: str
    args: dict[str, Any] = {}
    since: str | None = None


class Reply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What he gets. Neither `data` nor `changes`: it is as it was.

    `changes` lead from the revision that he has to this one. `missed` beside `data`: as many went
    by since that revision; None: nobody knows how many.
    """

    id: int | None
    revision: str | None = None
    data: msgspec.Raw = NOTHING
    changes: msgspec.Raw = NOTHING
    missed: int | UnsetType | None = UNSET
    error: dict[str, str] | None = None


_question = msgspec.json.Decoder(Question)


class Session:
    """Answers one viewer's questions until he has no more.

    With a `spool` he is on another machine: exports go through it, and no path of his is taken.
    Boards and history have `within_s` then.
    """

    def __init__(
        self,
        source: Source,
        answers: Newest,
        send: Send,
        *,
        spool: Spool | None = None,
        within_s: float | None = None,
    ) -> None:
        self._source = source
        self._answers = answers
        self._send = send
        self._spool = spool
        self._within_s = within_s
        self._free = asyncio.Semaphore(MOST_AT_ONCE)
        self._turn = asyncio.Lock()

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
            asked = _decoded(message)
            # What takes long is done before others have to wait for it.
            reply: Reply | None = await self._reply(asked)
            if self._turn.locked() and asked.call in SHARED:
                reply = None  # whoever waits his turn keeps nothing, and gets what is newest then
            async with self._turn:
                await self._send(msgspec.json.encode(reply or await self._reply(asked)))
        except BadInput as refusal:
            async with self._turn:
                await self._send(msgspec.json.encode(_failed(None, refusal)))
        finally:
            self._free.release()

    async def _reply(self, asked: Question) -> Reply:
        try:
            found = await self._asked(asked)
        except MonitorError as error:
            return _failed(asked.id, error)
        except Exception as error:
            log.exception("%s failed for a viewer", asked.call)
            text = f"{asked.call} failed: {type(error).__name__}"
            return _failed(asked.id, MonitorError(text, "the engine's log has it"))
        return Reply(
            id=asked.id,
            revision=found.revision,
            data=found.data,
            changes=found.changes,
            missed=found.missed,
        )

    async def _asked(self, asked: Question) -> Answer:
        if asked.call == HELLO:
            return Answer(data=msgspec.Raw(json_of(Hello())))
        if self._spool is not None and asked.call.startswith(EXPORT):
            return Answer(data=msgspec.Raw(json_of(await self._spool.ask(asked.call, asked.args))))
        if asked.call not in SHARED:
            content = await in_steps(json_steps(await self._in_time(asked)))
            return Answer(data=msgspec.Raw(content))
        key = msgspec.json.encode([asked.call, asked.args], order="deterministic")
        return await self._answers.reply(key, lambda: self._in_time(asked), asked.since)

    async def _in_time(self, asked: Question) -> Any:
        within_s = None if asked.call in ERRANDS else self._within_s
        try:
            async with asyncio.timeout(within_s) as bound:
                return await answer(self._source, asked.call, asked.args)
        except TimeoutError as error:
            if not bound.expired():
                raise
            text = f"{asked.call} gave no answer within {within_s:g} s"
            raise MonitorError(text, "ask for less, or again later") from error


def _decoded(message: str | bytes) -> Question:
    try:
        return _question.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"not a question: {error}") from error


def _failed(number: int | None, error: MonitorError) -> Reply:
    return Reply(id=number, error=error_tree(error))
