"""Whether a client reads what was written to it."""

import asyncio
from collections.abc import Callable


class StallWatch:
    """Ends a connection whose written bytes do not move for `stalled_s`, however many there are."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, stalled_s: float, transport: Callable[[], object]
    ) -> None:
        """`transport` gives the connection's, which is known only once it is made."""
        self._loop = loop
        self._stalled_s = stalled_s
        self._transport = transport
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """More is written than the client takes at once."""
        self.end()
        self._wait(self._written().get_write_buffer_size())

    def end(self) -> None:
        """It has taken it, or is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _written(self) -> asyncio.WriteTransport:
        transport = self._transport()
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - of a made connection
        return transport

    def _wait(self, unread: int) -> None:
        self._timer = self._loop.call_later(self._stalled_s, self._look, unread)

    def _look(self, unread: int) -> None:
        transport = self._written()
        left = transport.get_write_buffer_size()
        if left < unread:
            self._wait(left)
        else:
            # close() would wait for the reader for ever.
            transport.abort()
