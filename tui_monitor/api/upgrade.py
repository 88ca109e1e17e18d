"""One client's WebSocket: uvicorn's, with the bounds that the endpoint promises."""

import asyncio
import base64
import binascii
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from tui_monitor.api.answers import Refused
from tui_monitor.api.guard import SAFE_HEADERS
from tui_monitor.api.limits import Limits
from tui_monitor.api.stalling import StallWatch

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

log = logging.getLogger(__name__)
# Its INFO lines repeat whole URLs.
log.setLevel(logging.WARNING)
_KEY_BYTES = 16


def is_handshake(method: str, headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """Whether a request is a whole and sound handshake; any other is answered as plain HTTP."""
    told: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        told.setdefault(name, []).append(value)
    keys, versions = told.get(b"sec-websocket-key", []), told.get(b"sec-websocket-version", [])
    has_body = b"content-length" in told or b"transfer-encoding" in told
    return (
        method == "GET"
        and not has_body
        and [one.lower() for one in told.get(b"upgrade", [])] == [b"websocket"]
        and versions == [b"13"]
        and len(keys) == 1
        and _is_key(keys[0])
    )


def _is_key(text: bytes) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == _KEY_BYTES
    except binascii.Error:
        return False


class StreamConnection(WebSocketsSansIOProtocol):
    """Sends one thing after another: `send` returns once the client has taken what was sent."""

    def __init__(
        self, limits: Limits, config: Config, server_state: ServerState, app_state: dict[str, Any]
    ) -> None:
        super().__init__(config, server_state, app_state)
        self.logger = log
        self.conn.logger = log
        self.close_timeout = limits.close_s
        self._stall = StallWatch(self.loop, limits.stalled_s, lambda: self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stall.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall.begin()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stall.end()

    async def send(self, message: "ASGISendEvent") -> None:
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            # uvicorn takes an answer that is no WebSocket for none at all.
            self.handshake_complete = True
        await self.writable.wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            # uvicorn does not look, and the client would wait for ever.
            refusal = Refused(400, "this is not a valid WebSocket handshake")
            self.transport.write(refusal.raw(SAFE_HEADERS))
            self.transport.close()


def adopt(limits: Limits) -> type[asyncio.Protocol]:
    """What uvicorn calls to make one."""

    def make(**given: Any) -> StreamConnection:
        return StreamConnection(limits, given["config"], given["server_state"], given["app_state"])

    return cast("type[asyncio.Protocol]", make)
