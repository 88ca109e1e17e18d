"""One client's connection: the bounds that must hold before there is a request to check.

uvicorn's own limits act on whole requests. A client that sends a header byte by byte, sends
none, or never reads its answer is bounded here.
"""

import asyncio
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from tui_monitor.api.answers import Refused
from tui_monitor.api.guard import SAFE_HEADERS
from tui_monitor.api.limits import Limits
from tui_monitor.api.stalling import StallWatch
from tui_monitor.api.upgrade import adopt, is_handshake


class Connection(H11Protocol):
    """uvicorn's connection with a limit on their number, on header time and on unread answers."""

    def __init__(self, limits: Limits, config: Config, state: ServerState) -> None:
        super().__init__(config, state, {})
        self._limits = limits
        self._header_timer: asyncio.TimerHandle | None = None
        self._stall = StallWatch(self.loop, limits.stalled_s, lambda: self.transport)
        self._linger_timer: asyncio.TimerHandle | None = None
        self._discarded = 0
        self.ws_protocol_class = adopt(limits)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        # Streams have a bound of their own.
        plain = sum(isinstance(one, Connection) for one in self.connections)
        if plain > 2 * self._limits.connections:
            # Those that are being told so are many enough.
            self.transport.abort()
            return
        if plain > self._limits.connections:
            self._refuse(
                Refused(
                    503,
                    f"more than {self._limits.connections} connections",
                    "close some, or try again",
                    {"retry-after": "1"},
                )
            )
            return
        self._await_header()

    def connection_lost(self, exc: Exception | None) -> None:
        self._header_read()
        self.resume_writing()
        if self._linger_timer is not None:
            self._linger_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._linger_timer is not None:
            self._discard(data)
            return
        if self._is_idle() and self._header_timer is None:
            self._await_header()
        super().data_received(data)
        if not self._is_idle():
            self._header_read()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # A request that was already waiting has begun; the next header's time starts with it.
        if not self._is_idle():
            self._header_read()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        """What can't be parsed: in our words, whatever else is under way."""
        unread, _ = self.conn.trailing_data
        if len(unread) > self._limits.header_bytes:
            self._refuse(Refused(431, f"the header is over {self._limits.header_bytes} bytes"))
        else:
            self._refuse(Refused(400, "this is not a valid HTTP request"))

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall.begin()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stall.end()

    def handle_websocket_upgrade(self, event: Any) -> None:
        self._header_read()
        self._stall.end()
        super().handle_websocket_upgrade(event)

    def _should_upgrade(self) -> bool:
        return self._get_upgrade() is not None and is_handshake(self.scope["method"], self.headers)

    def _is_idle(self) -> bool:
        # uvicorn's type does not say that there is no cycle before the first request.
        cycle = cast("object | None", self.cycle)
        return cycle is None or self.cycle.response_complete

    def _await_header(self) -> None:
        self._header_timer = self.loop.call_later(self._limits.header_s, self._header_late)

    def _header_read(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _header_late(self) -> None:
        self._header_timer = None
        if self.conn.trailing_data[0]:
            self._refuse(Refused(408, "the header came too slowly"))
        else:
            self.transport.close()

    def _refuse(self, refusal: Refused) -> None:
        """Answer past the parser, whose state may not allow an answer, and hang up."""
        if self._is_idle() or not self.cycle.response_started:
            own = tuple((name.encode(), text.encode()) for name, text in refusal.headers.items())
            self.transport.write(refusal.raw((*SAFE_HEADERS, *own)))
        self._header_read()
        self._linger()

    def _linger(self) -> None:
        """Hang up, but read on for a moment: unread bytes would turn the answer into a reset."""
        if not self.transport.is_closing():
            self.transport.write_eof()
        self.flow.resume_reading()
        self._linger_timer = self.loop.call_later(self._limits.linger_s, self.transport.abort)

    def _discard(self, data: bytes) -> None:
        self._discarded += len(data)
        if self._discarded > self._limits.linger_bytes:
            self.transport.abort()
