"""Boards over a WebSocket: the whole of one at first, then what changed, as long as it is wanted.

Nothing is queued for a client: a subscription's next answer is made when the one before it has
been read, and then it is the newest. `since` goes on after a break.
"""

import asyncio
import logging
import secrets
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tui_monitor.api import boards
from tui_monitor.api.answers import JSON, Answer, Refused, refused
from tui_monitor.api.channels import Channels, Reply, Revision
from tui_monitor.api.endpoints import (
    Endpoint,
    Nothing,
    World,
    bug,
    converted,
    no_object,
    parameters,
)
from tui_monitor.api.limits import LONGEST_S, SHORTEST_S, Limits
from tui_monitor.api.stream_words import WORDS
from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.expected import echoed

log = logging.getLogger(__name__)

PATH = "/api/stream"
_IDLE_CLOSE = 1000
_NO_TEXT_CLOSE = 1003

_BOARDS = {one.path.removeprefix(boards.PREFIX): one for one in boards.ENDPOINTS}

Name = int | Annotated[str, Meta(min_length=1, max_length=64)]


class Subscribe(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client sends to get a board. `query` has the parameters of its route."""

    subscribe: str
    id: Name
    query: dict[str, Any] = {}
    every_s: Annotated[float, Meta(ge=SHORTEST_S, le=LONGEST_S)] = 1.0
    since: Revision | None = None


class Unsubscribe(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it sends to get no more of it."""

    unsubscribe: Name


class _Question:
    """A board and its parameters: those who ask the same share its answers."""

    def __init__(self, world: World, limits: Limits, name: str, query: dict[str, Any]) -> None:
        endpoint = _BOARDS.get(name)
        if endpoint is None:
            raise Refused(404, f"there is no board {echoed(name)}", f"boards: {', '.join(_BOARDS)}")
        self.name = name
        self._endpoint = endpoint
        self._asked = parameters(endpoint.asks, query)
        self._world = world
        self._limits = limits
        self.key = msgspec.json.encode([name, self._asked], order="deterministic")

    async def ask(self) -> bytes:
        """Its answer now, as JSON."""
        within_s = self._limits.handler_s
        try:
            async with asyncio.timeout(within_s) as bound:
                answer = await self._endpoint.reply(self._world, self._asked)
        except TimeoutError as error:
            if not bound.expired():
                raise
            raise Refused(503, f"no answer within {within_s:g} s", "ask for less") from error
        assert isinstance(answer, Answer)  # noqa: S101 - every board's is
        return answer.data_content()


class Streams:
    """All clients' streams, and the answers that they share."""

    def __init__(self, world: World, limits: Limits) -> None:
        self._world = world
        self._limits = limits
        self._channels = Channels(world.clock)
        self._open = 0

    async def serve(self, socket: WebSocket) -> None:
        """One client, until it or the server ends it."""
        if socket.scope["query_string"]:
            hint = "parameters go into messages, a token into the header Authorization"
            raise Refused(400, "the stream takes no query", hint)
        if self._open >= self._limits.streams:
            text = f"more than {self._limits.streams} streams"
            raise Refused(503, text, "close some, or try again", {"retry-after": "1"})
        self._open += 1
        try:
            await socket.accept()
            await _Stream(self._world, self._limits, self._channels, socket).run()
        except* WebSocketDisconnect:
            pass  # the client has left; nobody waits for the rest
        finally:
            self._open -= 1


class _Stream:
    """One client's subscriptions."""

    def __init__(self, world: World, limits: Limits, channels: Channels, socket: WebSocket) -> None:
        self._world = world
        self._limits = limits
        self._channels = channels
        self._socket = socket
        self._followed: dict[Name, asyncio.Task[None]] = {}
        # What is sent is made when it can be sent.
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while (text := await self._message()) is not None:
                await self._take(text, tasks)
            for task in self._followed.values():
                task.cancel()

    async def _message(self) -> str | None:
        """The next message; None once the stream has ended."""
        while True:
            try:
                async with asyncio.timeout(self._limits.unsubscribed_s) as bound:
                    message = await self._socket.receive()
            except TimeoutError:
                if not bound.expired():
                    raise
                if self._followed:
                    continue
                await self._socket.close(_IDLE_CLOSE, "nothing is subscribed to")
                return None
            if message["type"] == "websocket.disconnect":
                return None
            text: str | None = message.get("text")
            if text is None:
                await self._socket.close(_NO_TEXT_CLOSE, "messages are JSON texts")
            return text

    async def _take(self, text: str, tasks: asyncio.TaskGroup) -> None:
        name: Name | None = None
        try:
            values = _decoded(text)
            name = _named(values)
            if "unsubscribe" in values:
                await self._end(converted(Unsubscribe, values, strict=True).unsubscribe)
            else:
                self._begin(converted(Subscribe, values, strict=True), tasks)
        except (MonitorError, Refused) as error:
            await self._fail(name, _refusal(error))

    def _begin(self, wanted: Subscribe, tasks: asyncio.TaskGroup) -> None:
        question = _Question(self._world, self._limits, wanted.subscribe, wanted.query)
        if wanted.id in self._followed:
            raise BadInput(f"id {echoed(wanted.id)} has a subscription", "unsubscribe it first")
        most = self._limits.subscriptions
        if len(self._followed) >= most:
            raise Refused(429, f"more than {most} subscriptions", "unsubscribe one first")
        task = tasks.create_task(self._follow(wanted, question))
        self._followed[wanted.id] = task
        task.add_done_callback(lambda _: self._followed.pop(wanted.id, None))

    async def _end(self, name: Name) -> None:
        task = self._followed.pop(name, None)
        if task is None:
            raise BadInput(f"id {echoed(name)} has no subscription")
        task.cancel()
        await asyncio.wait([task])
        async with self._turn:
            await self._say({"id": name, "unsubscribed": True})

    async def _follow(self, wanted: Subscribe, question: _Question) -> None:
        """Send what is new, until it can't be understood. A failure that lasts is told once."""
        since, begun, told = wanted.since, False, ""
        while True:
            try:
                since = await self._tell(wanted.id, question, since, begun=begun)
                begun, told = True, ""
            except (Refused, MonitorError) as error:
                refusal = _refusal(error)
                if refusal.error != told:
                    await self._fail(wanted.id, refusal)
                if refusal.status < 500:
                    return
                told = refusal.error
            except WebSocketDisconnect:
                raise
            except Exception:
                case = secrets.token_hex(4)
                log.exception("stream %s failed: %s", case, question.name)
                await self._fail(wanted.id, bug(case))
                return
            await self._world.clock.sleep(wanted.every_s)

    async def _tell(
        self, name: Name, question: _Question, since: Revision | None, *, begun: bool
    ) -> Revision:
        # What takes long is done before others have to wait for it.
        await self._channels.reply(question.key, question.ask, since)
        async with self._turn:
            reply = await self._channels.reply(question.key, question.ask, since)
            if not begun or reply.get("changes", True):
                await self._say({"id": name, **reply})
        revision: Revision = reply["revision"]
        return revision

    async def _fail(self, name: Name | None, refusal: Refused) -> None:
        async with self._turn:
            await self._say({"id": name, "code": refusal.status, **refusal.shape()})

    async def _say(self, reply: Reply) -> None:
        # Boards and errors are printable already; the id is the client's own.
        await self._socket.send_text(msgspec.json.encode(reply).decode())


def _decoded(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        hint = '{"subscribe": "spreads", "id": 1}'
        raise BadInput(f"the message {no_object(error)}", hint) from error


def _named(values: dict[str, Any]) -> Name | None:
    """The id that an error is told under, if one was given."""
    found = values.get("id", values.get("unsubscribe"))
    return found if isinstance(found, int | str) else None


def _refusal(error: Refused | MonitorError) -> Refused:
    return refused(error) if isinstance(error, MonitorError) else error


def stream_routes(world: World, limits: Limits) -> list[WebSocketRoute]:
    """The stream, and the answer to whoever looks for one elsewhere."""
    streams = Streams(world, limits)
    return [WebSocketRoute(PATH, streams.serve), WebSocketRoute("/{path:path}", _nowhere)]


async def _nowhere(_socket: WebSocket) -> None:
    raise Refused(404, "no stream is here", f"it is at {PATH}")


async def _plain(_world: World, _asked: Nothing) -> Response:
    raise Refused(
        426, "this is a WebSocket", "open it with a WebSocket client", {"upgrade": "websocket"}
    )


ENDPOINTS = (
    Endpoint(
        path=PATH,
        summary="A WebSocket: subscribe to boards, get each whole, then what changes in it.",
        description=WORDS,
        reply=_plain,
        success={
            "101": {"description": "The WebSocket is open."},
            "426": {
                "description": "A plain request; this is a WebSocket.",
                "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    ),
)
