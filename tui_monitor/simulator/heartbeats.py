"""Pings and pongs of the WebSocket protocol itself, for which ASGI has no words."""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from tui_monitor.simulator.wires import EXTENSION as WIRE
from tui_monitor.simulator.wires import Wire

_EXTENSION = "tui_monitor.heartbeat"


class Heartbeat:
    """One socket's pings and pongs. What a client sends is answered unless `is_mute` says so."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.ping = send
        self.on_ping: Callable[[], None] = _nothing
        self.on_pong: Callable[[bytes], None] = _nothing
        self.is_mute: Callable[[], bool] = bool


class HeartbeatProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own, and a `Heartbeat` and a `Wire` among the scope's extensions."""

    heartbeat: Heartbeat | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            self.heartbeat = Heartbeat(self._ping)
            # The application's task hasn't begun to run yet.
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[_EXTENSION] = self.heartbeat
            extensions[WIRE] = Wire(self)

    def handle_ping(self) -> None:
        if self.heartbeat is not None:
            self.heartbeat.on_ping()
            if self.heartbeat.is_mute():
                self.conn.data_to_send()
                return
        super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if self.heartbeat is not None:
            self.heartbeat.on_pong(bytes(event.data))
        super().handle_pong(event)

    def _ping(self, payload: bytes) -> None:
        if not self.close_sent and not self.transport.is_closing():
            self.conn.send_ping(payload)
            self.transport.write(b"".join(self.conn.data_to_send()))


def heartbeat_of(scope: Any) -> Heartbeat:
    """The heartbeat of a socket's ASGI scope."""
    found = scope["extensions"][_EXTENSION]
    if not isinstance(found, Heartbeat):
        raise TypeError(f"no heartbeat but {found!r}")
    return found


def _nothing(*_: object) -> None:
    """Nobody listens."""
