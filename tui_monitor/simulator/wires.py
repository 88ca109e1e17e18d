"""Frames straight to a client's connection: many at once, without a message each for ASGI."""

import asyncio
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

EXTENSION = "tui_monitor.wire"
# What a client may leave unread before it gets no more.
MOST_UNREAD = 2_000_000
_TEXT = 0x81


class Wire:
    """One accepted socket's way out. What is written stands behind what ASGI has sent."""

    def __init__(self, protocol: WebSocketsSansIOProtocol) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._transport.set_write_buffer_limits(high=MOST_UNREAD)

    def write(self, frames: Iterable[bytes]) -> bool:
        """Send texts (they must be UTF-8); whether the client is still there."""
        is_open = self._protocol.conn.state is State.OPEN and not self._protocol.close_sent
        if not is_open or self._transport.is_closing():
            return False
        self._transport.write(b"".join([part for text in frames for part in (head_of(text), text)]))
        return True

    @property
    def readable(self) -> asyncio.Event:
        """Set while the client reads what it gets."""
        return self._protocol.writable

    def cut(self) -> None:
        """End the connection and forget what is unread."""
        self._transport.abort()


def head_of(text: bytes) -> bytes:
    """What stands before a text in an unmasked frame of its own."""
    length = len(text)
    if length < 126:
        return bytes((_TEXT, length))
    if length < 65_536:
        return bytes((_TEXT, 126)) + length.to_bytes(2, "big")
    return bytes((_TEXT, 127)) + length.to_bytes(8, "big")


def wire_of(scope: Any) -> Wire:
    """The wire of a socket's ASGI scope."""
    found = scope["extensions"][EXTENSION]
    if not isinstance(found, Wire):
        raise TypeError(f"no wire but {found!r}")
    return found
