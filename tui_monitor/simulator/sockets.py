"""One client's socket, as every exchange serves it: a reader, and one scheduler for all feeds."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from heapq import heappop, heappush
from typing import Any, Protocol

import msgspec
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from tui_monitor.clock import Clock
from tui_monitor.simulator.faults import (
    SPOILING,
    Dialect,
    Fault,
    Target,
    hits,
    spoilt,
    status_of,
)
from tui_monitor.simulator.limits import Limit
from tui_monitor.simulator.shared import Root
from tui_monitor.simulator.wires import wire_of

_HANDSHAKE_STATUSES = ("http_429", "http_418", "http_451", "http_500", "html")
# Feeds that are due within this time are pushed together.
_QUANTUM_MS = 20
_LONGEST_PAUSE_MS = 3_600_000
_MANY_FRAMES = 50
# How long a client may leave unread what fills its connection.
SLOW_S = 10.0
_GOING_AWAY = 1001
# Cut without a closing frame.
ABNORMAL = 1006


class Feed(Protocol):
    """One subscription: what it pushes, and when."""

    target: Target

    def first(self, now_ms: int, /) -> list[bytes]:
        """The frames that follow the acknowledgement at once."""

    def next_ms(self, now_ms: int, /) -> int:
        """When there is something new, later than now."""

    def frames(self, now_ms: int, /) -> list[bytes]:
        """What is new now; it may be nothing."""


class Closed(Exception):
    """The socket is to be closed, with a code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def request_in(text: str) -> dict[str, Any] | None:
    """What a client asked for; None for what is no JSON object."""
    try:
        request = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
    return request if isinstance(request, dict) else None


async def admitted(
    root: Root,
    websocket: WebSocket,
    limit: Limit,
    dialect: Dialect,
    serves: Callable[[str], bool],
    market: str | None = None,
) -> bool:
    """Accept a connection, or refuse it because of a limit or a fault.

    `serves` tells whether a channel (or our word for it) belongs on this socket; `market` is
    given if the socket serves only one.
    """
    shared, path = root.shared, websocket.url.path
    target = Target(path=path, market=market)
    slow = _at_handshake(root, ("slow",), target)
    if slow is not None:
        await shared.pause(3.0 if slow.delay_s is None else slow.delay_s, shared.stopping)
    fault = _at_handshake(root, _HANDSHAKE_STATUSES, target)
    if fault is not None:
        asked_s = fault.retry_after_s
        headers = {} if asked_s is None else {"retry-after": f"{asked_s:g}"}
        await _deny(websocket, status_of(fault), spoilt(fault, b"no", dialect), headers)
        return False
    if whole_socket(root, "refuse", path, serves, market):
        await _deny(websocket, 503, b"Service Unavailable")
        return False
    client = websocket.client.host if websocket.client else ""
    now_s = shared.clock.monotonic_s()
    if shared.limits and not root.windows.allow((client, "sockets"), limit, now_s):
        root.violated(f"{path}: more than {limit.at_most} new connections in {limit.window_s:g} s")
        await _deny(websocket, 429, b"Too Many Requests")
        return False
    await websocket.accept()
    return True


def _at_handshake(root: Root, kinds: tuple[str, ...], target: Target) -> Fault | None:
    """A REST fault that names this socket's path."""
    fault = root.shared.faults.find(root.exchange, kinds, target)
    return fault if fault is not None and fault.path is not None else None


def whole_socket(
    root: Root,
    kind: str,
    path: str,
    serves: Callable[[str], bool],
    market: str | None = None,
) -> bool:
    """Whether a fault that concerns sockets as such hits this one; markets may share it."""
    return any(
        (fault.path is None or fault.path in path)
        and (market is None or fault.market in (None, market))
        and (fault.channel is None or serves(fault.channel))
        for fault in root.shared.faults.of_kind(root.exchange, (kind,))
    )


async def _deny(
    websocket: WebSocket, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    await websocket.send_denial_response(Response(body, status, headers, media_type="text/plain"))


class Socket:
    """The life of one accepted socket; the exchange's protocol stands behind `hear`."""

    def __init__(
        self,
        root: Root,
        websocket: WebSocket,
        hear: Callable[[str], list[bytes]],
        dialect: Dialect,
        idle_s: float,
    ) -> None:
        """`hear` takes a client's message and gives the replies; it may raise `Closed`."""
        self.root = root
        self.clock: Clock = root.shared.clock
        self.feeds: dict[tuple[str, ...], Feed] = {}
        self.on_fault: Callable[[Fault], list[bytes]] = lambda _: []
        # The only market of this socket, if it has but one.
        self.market: str | None = None
        self._websocket = websocket
        self._wire = wire_of(websocket.scope)
        self.path = websocket.url.path
        self._hear = hear
        self._dialect = dialect
        self._idle_s = idle_s
        self._queue: list[tuple[int, int, tuple[str, ...], Feed]] = []
        self._order = 0
        self._seen_ms = 0
        self._wake = asyncio.Event()
        self._active_s = self.clock.monotonic_s()
        self._close_s: tuple[float, int, str] | None = None
        self._new_faults: list[Fault] = []
        self._huge_sent: set[int] = set()

    # --- for the protocol ---------------------------------------------------------------

    def add(self, key: tuple[str, ...], feed: Feed) -> list[bytes]:
        """Begin a subscription; the frames to send at once."""
        if key not in self.feeds:
            self.root.stats.subscribed()
        self.feeds[key] = feed
        now_ms = self.clock.now_ms()
        self._push(feed.next_ms(now_ms), key, feed)
        self._wake.set()
        return self._passed(feed, feed.first(now_ms))

    def remove(self, key: tuple[str, ...]) -> None:
        """End a subscription, if there is one."""
        if self.feeds.pop(key, None) is not None:
            self.root.stats.subscriptions -= 1

    def close_later(self, seconds: float, code: int, reason: str) -> None:
        """Close the socket after some seconds."""
        self._close_s = (self.clock.monotonic_s() + seconds, code, reason)
        self._wake.set()

    # --- life ---------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve until either side closes."""
        stats, faults = self.root.stats, self.root.shared.faults
        stats.connected(self.path)
        faults.listen(self._told)
        try:
            await self._serve()
        finally:
            faults.unlisten(self._told)
            stats.gone(self.path)
            for key in tuple(self.feeds):
                self.remove(key)

    async def _serve(self) -> None:
        closed: Closed | None = None
        try:
            self._refuse_dropped()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read())
                group.create_task(self._schedule())
        except* Closed as errors:
            closed = next(one for one in errors.exceptions if isinstance(one, Closed))
        if closed is None or self._websocket.client_state is WebSocketState.DISCONNECTED:
            return
        if closed.code == ABNORMAL:
            return
        with suppress(RuntimeError, WebSocketDisconnect):
            # Unless the client was quicker.
            await self._websocket.close(closed.code, closed.reason)

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] != "websocket.receive":
                raise Closed(_GOING_AWAY, "the client has gone")
            self.root.stats.frames_in += 1
            self._active_s = self.clock.monotonic_s()
            text = message.get("text")
            if text is None:
                text = bytes(message.get("bytes") or b"").decode(errors="replace")
            await self._send(self._hear(text))
            self._refuse_dropped()

    async def _schedule(self) -> None:
        while True:
            await self._heed_faults()
            self._close_if_due()
            now_ms = self.clock.now_ms()
            self._plan_anew_if_set_back(now_ms)
            await self._push_due(now_ms)
            # Not through a new subscription or fault.
            await self.root.shared.pause(self._pause_ms(now_ms) / 1000, self._wake)
            self._wake.clear()

    def _plan_anew_if_set_back(self, now_ms: int) -> None:
        """The plan is in wall time: a clock that was set back would silence the feeds."""
        if now_ms < self._seen_ms:
            self._queue.clear()
            for key, feed in self.feeds.items():
                self._push(feed.next_ms(now_ms), key, feed)
        self._seen_ms = now_ms

    async def _push_due(self, now_ms: int) -> None:
        frames: list[bytes] = []
        while self._queue and self._queue[0][0] <= now_ms:
            _, _, key, feed = heappop(self._queue)
            if self.feeds.get(key) is not feed:
                continue
            frames += self._passed(feed, feed.frames(now_ms))
            self._push(feed.next_ms(now_ms), key, feed)
            if len(frames) >= _MANY_FRAMES:
                # Other sockets want their turn.
                await self._send(frames)
                await asyncio.sleep(0)
                frames = []
        await self._send(frames)

    def _pause_ms(self, now_ms: int) -> float:
        now_s = self.clock.monotonic_s()
        until_s = self._active_s + self._idle_s
        if self._close_s is not None:
            until_s = min(until_s, self._close_s[0])
        wait_ms = min((until_s - now_s) * 1000, _LONGEST_PAUSE_MS)
        if self._queue:
            wait_ms = min(wait_ms, self._queue[0][0] - now_ms)
        return max(_QUANTUM_MS, wait_ms)

    def _close_if_due(self) -> None:
        now_s = self.clock.monotonic_s()
        if self._close_s is not None and now_s >= self._close_s[0]:
            raise Closed(self._close_s[1], self._close_s[2])
        if now_s >= self._active_s + self._idle_s:
            raise Closed(4004, f"No data received in {self._idle_s:g}s.")

    def _push(self, due_ms: int, key: tuple[str, ...], feed: Feed) -> None:
        self._order += 1
        heappush(self._queue, (due_ms, self._order, key, feed))

    async def _send(self, frames: list[bytes]) -> None:
        """All at once; who doesn't read for a while is cut off, so that nothing piles up."""
        if not frames:
            return
        if not self._wire.write(frames):
            raise Closed(_GOING_AWAY, "the client has gone")
        self.root.stats.frames_out += len(frames)
        self._active_s = self.clock.monotonic_s()
        if self._wire.readable.is_set():
            return
        await self.root.shared.pause(SLOW_S, self._wire.readable)
        if not self._wire.readable.is_set():
            self.root.stats.slow_clients += 1
            self._wire.cut()
            raise Closed(ABNORMAL, "the client is too slow")

    # --- faults -------------------------------------------------------------------------

    def _told(self, fault: Fault) -> None:
        if fault.exchange == self.root.exchange:
            self._new_faults.append(fault)
            self._wake.set()

    async def _heed_faults(self) -> None:
        self._refuse_dropped()
        while self._new_faults:
            await self._send(self.on_fault(self._new_faults.pop(0)))

    def _refuse_dropped(self) -> None:
        """Close this socket if a `drop` hits it: as a whole, or one of its subscriptions.

        One that was over before this socket's turn came hits it as well.
        """
        faults = self.root.shared.faults
        told = [one for one in self._new_faults if one.kind == "drop"]
        if not told and not faults.any():
            return
        for fault in (*told, *faults.of_kind(self.root.exchange, ("drop",))):
            shared = fault.market is not None and self.market is None
            whole = fault.channel is None and fault.symbol is None and not shared
            if whole and hits(fault, Target(market=self.market, path=self.path)):
                raise Closed(_GOING_AWAY, "dropped")
            if not whole and any(hits(fault, self._at_path(feed)) for feed in self.feeds.values()):
                raise Closed(_GOING_AWAY, "dropped")

    def _at_path(self, feed: Feed) -> Target:
        return msgspec.structs.replace(feed.target, path=self.path)

    def _passed(self, feed: Feed, frames: list[bytes]) -> list[bytes]:
        """A feed's frames as the active faults leave them."""
        faults, name = self.root.shared.faults, self.root.exchange
        if not frames or not faults.any():
            return frames
        target = self._at_path(feed)
        if faults.find(name, ("silence",), target) is not None:
            return []
        if target.symbol is not None and faults.delisted(name, target.market, target.symbol):
            return []
        fault = faults.find(name, SPOILING, target)
        if fault is None:
            return frames
        if fault.kind == "huge_frame":
            if fault.id in self._huge_sent:
                return frames
            # Once a connection: a stream of them would only fill this machine.
            self._huge_sent.add(fault.id)
            frames = frames[:1]
        broken = (spoilt(fault, frame, self._dialect) for frame in frames)
        # Text all the same: a cut may be within a character.
        return [frame.decode(errors="replace").encode() for frame in broken]
