"""The whole source over a WebSocket, for terminals and commands on other machines.

The same session as on the Unix socket, behind the endpoint's guard. Boards come as changes where
their viewer has one that is not too long ago, and exports come through the wire: nobody elsewhere
says where a file is written here.
"""

import asyncio
import logging
from collections.abc import AsyncIterator

import msgspec
from msgspec import UNSET
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tui_monitor.api.answers import JSON, Refused
from tui_monitor.api.channels import Channels, Revision
from tui_monitor.api.endpoints import Endpoint, Nothing, World
from tui_monitor.api.limits import Limits
from tui_monitor.attach.answers import NOTHING, Answer, Ask
from tui_monitor.attach.calls import json_steps
from tui_monitor.attach.elsewhere import ROUTE
from tui_monitor.attach.session import Session
from tui_monitor.attach.spool import Spool
from tui_monitor.steps import in_steps

log = logging.getLogger(__name__)

_usual = Limits()
_IDLE_CLOSE = 1000
_NO_TEXT_CLOSE = 1003


class ChangingAnswers:
    """The newest answers, and for who has a revision of one what has changed since."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    async def reply(self, key: bytes, ask: Ask, since: str | None) -> Answer:
        """The newest answer to the question of that key, for who has the one of `since`."""

        async def make() -> bytes:
            return await in_steps(json_steps(await ask()))

        reply = await self._channels.reply(key, make, _revision(since))
        changes = reply.get("changes")
        return Answer(
            revision=f"{reply['revision'].channel}.{reply['revision'].number}",
            data=reply.get("data", NOTHING),
            changes=msgspec.Raw(msgspec.json.encode(changes)) if changes else NOTHING,
            missed=reply.get("missed", UNSET),
        )


def _revision(since: str | None) -> Revision | None:
    """What is no revision of ours is one of which nobody knows anything."""
    if since is None:
        return None
    channel, _, number = since.partition(".")
    known = number.isascii() and number.isdigit() and len(number) < 10
    return Revision(channel, int(number)) if known else Revision("", 0)


class Viewers:
    """All who are attached from elsewhere."""

    def __init__(self, world: World, limits: Limits) -> None:
        self._world = world
        self._limits = limits
        self._answers = ChangingAnswers(Channels(world.clock))
        self._open = 0

    async def serve(self, socket: WebSocket) -> None:
        """One viewer, until he or the server ends it."""
        if socket.scope["query_string"]:
            hint = "a token goes into the header Authorization"
            raise Refused(400, "this takes no query", hint)
        if self._open >= self._limits.viewers:
            text = f"more than {self._limits.viewers} viewers"
            raise Refused(503, text, "close some, or try again", {"retry-after": "1"})
        self._open += 1
        spool = Spool(self._world.source)
        try:
            await socket.accept()
            session = Session(
                self._world.source,
                self._answers,
                lambda content: socket.send_text(content.decode()),
                spool=spool,
                within_s=self._limits.handler_s,
            )
            await session.run(self._messages(socket))
        except* WebSocketDisconnect:
            pass  # he has left; nobody waits for the rest
        finally:
            self._open -= 1
            spool.close()

    async def _messages(self, socket: WebSocket) -> AsyncIterator[str]:
        while True:
            try:
                async with asyncio.timeout(self._limits.unsubscribed_s) as bound:
                    message = await socket.receive()
            except TimeoutError:
                if not bound.expired():
                    raise
                await socket.close(_IDLE_CLOSE, "nothing is asked")
                return
            if message["type"] == "websocket.disconnect":
                return
            text: str | None = message.get("text")
            if text is None:
                await socket.close(_NO_TEXT_CLOSE, "messages are JSON texts")
                return
            yield text


def attach_routes(world: World, limits: Limits) -> list[WebSocketRoute]:
    """The one route."""
    return [WebSocketRoute(ROUTE, Viewers(world, limits).serve)]


async def _plain(_world: World, _asked: Nothing) -> Response:
    raise Refused(
        426,
        "this is a WebSocket",
        "open it with `tui-monitor --attach URL`",
        {"upgrade": "websocket"},
    )


ENDPOINTS = (
    Endpoint(
        path=ROUTE,
        summary="A WebSocket for `tui-monitor --attach URL`: all that a terminal shows.",
        description=(
            "For tui-monitor of the same version, on this machine or another; other programs are "
            "better served by `/api/stream`. Questions and answers are JSON texts with an `id`; "
            '`{"id": 0, "call": "hello"}` tells program, version and number of the protocol. '
            f"Who asks nothing for {_usual.unsubscribed_s:g} s or reads nothing for "
            f"{_usual.stalled_s:g} s is cut off; {_usual.viewers} viewers at most."
        ),
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
