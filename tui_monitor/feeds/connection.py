"""One socket's life: open, subscribe, read, ping, end. It never raises for a remote reason.

The wanted set and the clock decide; the socket is only a rumour. Whoever supervises looks at
`live`, `leaving` and `ended`, and is woken when one of them changes.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, get_args

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)

from tui_monitor.clock import Clock
from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import (
    Ack,
    Adapter,
    AskAgain,
    Control,
    Damaged,
    GoingAway,
    Heartbeat,
    Rejected,
    Subscription,
)
from tui_monitor.feeds.asked import Asked
from tui_monitor.feeds.http import retry_after_s
from tui_monitor.feeds.line import Hooks, Line, Watch
from tui_monitor.feeds.pacing import Pacer
from tui_monitor.feeds.proxies import explained, for_streams
from tui_monitor.feeds.verdict import End, Ended
from tui_monitor.model import MarketEvent
from tui_monitor.printable import printable

OPEN_S = 10.0
CLOSE_S = 2.0
# When we are told to end, the whole program may be ending: half-open sockets must not hold it.
CANCELLED_CLOSE_S = 0.1
MAX_FRAME_BYTES = 4 * 1024 * 1024
MAX_QUEUED_FRAMES = 64
ACK_S = 10.0
ASK_TIMES = 3
MAX_DAMAGED = 20
DAMAGED_WINDOW_S = 60.0
_PROTOCOL_PING_S = 20.0
_IDLE_LOOK_S = 60.0

# Asked of every event: a set of types answers four times as fast as a base class.
_DATA = frozenset(get_args(MarketEvent))


class _Over(Exception):
    """Carries the end out of the socket's tasks."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.text)
        self.ended = ended


class _Connect(connect):
    """`connect` that follows no redirect: a stream comes from the host that is configured."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class Connection:
    """A socket with its subscriptions. `run()` lives its life and leaves the reason in `ended`."""

    def __init__(
        self,
        adapter: Adapter,
        line: Line,
        wanted: Sequence[Subscription],
        clock: Clock,
        hooks: Hooks,
    ) -> None:
        self.ended: Ended | None = None
        self.connected = False
        self.live = False
        """Data has come through this socket. Not news: beside a predecessor all is said twice."""
        self.leaving = False
        """The exchange, the calendar, or a lost kind wants another socket in its place."""
        self.lost = ""
        """The kinds that have fallen silent while others still speak."""
        self._adapter = adapter
        self._line = line
        self._wanted = tuple(wanted)
        self._clock = clock
        self._apply, self._heard, self._tell, self._wake = hooks
        limit = adapter.request_limit
        self._pacer = Pacer(clock, limit.requests, limit.window_s)
        self._asked = Asked()
        self._nudge = asyncio.Event()
        self._opened_s = self._frame_s = self._ping_s = clock.monotonic_s()
        # When data of each kind came last.
        self._data_s: dict[type, float] = {}
        self._socket: ClientConnection | None = None
        self._damaged: deque[float] = deque(maxlen=MAX_DAMAGED)

    async def run(self) -> None:
        """From opening to the end; cancelling closes the socket within `CANCELLED_CLOSE_S`."""
        try:
            self.ended = await self._open_and_live()
        except (OSError, TimeoutError, ProxyError) as error:
            self.ended = Ended(end=End.UNREACHABLE, detail=explained(error, self._line.proxy))
        except InvalidStatus as error:
            self.ended = self._refused(error)
        except (InvalidHandshake, InvalidURI, EOFError) as error:
            self.ended = Ended(end=End.REFUSED, detail=_short(error))
        finally:
            self.connected = False
            if self._socket is not None:
                # Whatever cut the closing short: the address is not held any longer.
                self._socket.transport.abort()
            self._wake()

    async def _open_and_live(self) -> Ended:
        heartbeat = self._adapter.heartbeat
        opening = _Connect(
            self._line.url,
            open_timeout=OPEN_S,
            close_timeout=CLOSE_S,
            # Their own ping proves less than an exchange's: only where there is none.
            ping_interval=None if heartbeat else _PROTOCOL_PING_S,
            ping_timeout=_PROTOCOL_PING_S,
            max_size=MAX_FRAME_BYTES,
            max_queue=MAX_QUEUED_FRAMES,
            compression=None,
            proxy=for_streams(self._line.proxy),
        )
        async with opening as socket:
            self._socket = socket
            self.connected = True
            self._wake()
            now_s = self._clock.monotonic_s()
            self._opened_s = self._frame_s = self._ping_s = now_s
            try:
                ended = await self._live(socket)
            except asyncio.CancelledError:
                asyncio.get_running_loop().call_later(CANCELLED_CLOSE_S, socket.transport.abort)
                raise
            await _forget_own_cancel()
            # Closing may take its 2 s: the stream is over now.
            self.connected = False
            self._wake()
            return ended

    async def _live(self, socket: ClientConnection) -> Ended:
        ended = Ended(end=End.DROPPED)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(socket))
                tasks.create_task(self._speak(socket))
        except* _Over as over:
            ended = _first(over)
        return ended

    def _over(self, end: End, detail: str = "") -> _Over:
        lived_s = self._clock.monotonic_s() - self._opened_s
        return _Over(Ended(end=end, detail=detail, lived_s=lived_s, had_data=self.live))

    def _refused(self, error: InvalidStatus) -> Ended:
        response = error.response
        said = " ".join((response.body or b"")[:800].decode("utf-8", "replace").split())
        return Ended(
            end=End.REFUSED,
            detail=f"HTTP {response.status_code} {printable(said, 160)}".rstrip(),
            status=response.status_code,
            retry_after_s=retry_after_s(response.headers.get("Retry-After"), self._clock.now_ms()),
        )

    async def _read(self, socket: ClientConnection) -> None:
        while True:
            try:
                frame = await socket.recv(decode=False)
            except ConnectionClosed as closed:
                raise self._over(End.DROPPED, _short(closed)) from closed
            self._take(frame)

    def _take(self, frame: bytes) -> None:
        now_s = self._frame_s = self._clock.monotonic_s()
        try:
            events = self._adapter.decode(frame)
        except Malformed as error:
            self._tell(Damaged(reason=error.message))
            self._count_damaged(error.message)
            return
        now_ms = self._clock.now_ms()
        heard: list[type] = []
        event: Any
        for event in events:
            kind = type(event)
            if kind not in _DATA:
                self._control(event)
                continue
            if self._apply(event, now_ms, now_s):
                self._data_s[kind] = now_s
                if kind not in heard:
                    heard.append(kind)
                    self._heard(kind, now_ms, now_s)
            if not self.live:
                self.live = True
                self._wake()

    def _count_damaged(self, reason: str) -> None:
        """Frames that are no messages at all; a bad row in a good frame spoils only itself."""
        now_s = self._clock.monotonic_s()
        full = len(self._damaged) == MAX_DAMAGED
        if full and now_s - self._damaged[0] < DAMAGED_WINDOW_S:
            raise self._over(End.MALFORMED, reason)
        self._damaged.append(now_s)

    def _control(self, event: Control) -> None:
        match event:
            case Ack(subscription=Subscription() as topic):
                self._asked.confirm(topic)
            case Rejected():
                self._rejected(event)
            case AskAgain(subscriptions=topics):
                for topic in topics:
                    self._asked.confirm(topic)
                self._put_off([topics])
            case GoingAway():
                self._tell(event)
                self.leaving = True
                self._wake()
            case _:
                self._tell(event)

    def _put_off(self, groups: list[tuple[Subscription, ...]]) -> None:
        self._asked.put_off(groups)
        self._nudge.set()

    def _rejected(self, event: Rejected) -> None:
        topic = event.subscription
        if topic is None:
            halves = self._asked.split_oldest()
            if halves:
                self._put_off(halves)
                return
            topic = self._asked.drop_oldest()
        elif event.retry:
            return  # still pending: it is asked for again when its time is over
        if topic is not None:
            self._asked.confirm(topic)
            event = Rejected(code=event.code, reason=event.reason, subscription=topic)
        self._tell(event)

    async def _speak(self, socket: ClientConnection) -> None:
        """Everything that we send, and everything that is over when its time is."""
        try:
            await self._ask(socket, self._wanted)
            while True:
                await self._rest(self._next_s() - self._clock.monotonic_s())
                for topics in self._asked.put_off_until_now():
                    await self._ask(socket, topics)
                await self._look_at_the_clock(socket)
        except ConnectionClosed as closed:
            raise self._over(End.DROPPED, _short(closed)) from closed

    async def _rest(self, seconds: float) -> None:
        """Sleep, unless something is to be sent sooner."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._nudge.wait()
        except TimeoutError:
            return
        self._nudge.clear()

    async def _ask(
        self, socket: ClientConnection, topics: Sequence[Subscription], times: int = 1
    ) -> None:
        for request in self._adapter.requests(topics):
            await self._send(socket, request.frame)
            self._asked.add(request, self._clock.monotonic_s(), times)

    async def _send(self, socket: ClientConnection, frame: str) -> None:
        await self._pacer.acquire()
        await socket.send(frame)

    # What is due is one sum, asked for before the wait and after it: a difference instead
    # (`now - then >= 10`) may round the other way, and the wait would be none for ever.

    def _next_s(self) -> float:
        """When the clock must be looked at again."""
        times = [self._silent_s(watch) for watch in self._line.watches]
        if self.leaving:
            # Those that were lost are due already; only the death of all counts now.
            times = [max(times)] if times else []
        else:
            times.append(self._rotate_s())
        if (late_s := self._asked.late_s(ACK_S)) is not None:
            times.append(late_s)
        heartbeat = self._adapter.heartbeat
        if heartbeat is not None:
            times.append(
                self._pong_due_s(heartbeat)
                if self._waits_for_pong()
                else self._ping_due_s(heartbeat)
            )
        # A leaving socket without a watch, a ping or an open request only reads.
        return min(times, default=self._clock.monotonic_s() + _IDLE_LOOK_S)

    def _silent_s(self, watch: Watch) -> float:
        """When a watched kind counts as silent."""
        heard = (self._data_s.get(kind, self._opened_s) for kind in watch.kinds)
        return max(heard) + watch.silent_after_s

    def _rotate_s(self) -> float:
        return self._opened_s + self._line.rotate_after_s

    def _waits_for_pong(self) -> bool:
        return self._ping_s > self._frame_s

    def _pong_due_s(self, heartbeat: Heartbeat) -> float:
        return self._ping_s + heartbeat.patience_s

    def _ping_due_s(self, heartbeat: Heartbeat) -> float:
        idle_s = self._frame_s + heartbeat.idle_s
        return (
            idle_s if heartbeat.every_s is None else min(idle_s, self._ping_s + heartbeat.every_s)
        )

    async def _look_at_the_clock(self, socket: ClientConnection) -> None:
        now_s = self._clock.monotonic_s()
        silent = [one for one in self._line.watches if now_s >= self._silent_s(one)]
        if silent and len(silent) == len(self._line.watches):
            longest_s = min(watch.silent_after_s for watch in silent)
            raise self._over(End.SILENT, f"{longest_s:g} s without any")
        if (silent or now_s >= self._rotate_s()) and not self.leaving:
            self.lost = ", ".join(watch.name for watch in silent)
            self.leaving = True
            self._wake()
        await self._ask_again(socket, now_s)
        await self._beat(socket, now_s)

    async def _ask_again(self, socket: ClientConnection, now_s: float) -> None:
        late = self._asked.take_late(now_s, ACK_S)
        if late is None:
            return
        if late.times >= ASK_TIMES:
            raise self._over(End.UNACKNOWLEDGED, f"{len(late.topics)} of {len(self._wanted)}")
        await self._ask(socket, late.topics, late.times + 1)

    async def _beat(self, socket: ClientConnection, now_s: float) -> None:
        heartbeat = self._adapter.heartbeat
        if heartbeat is None:
            return
        if self._waits_for_pong():
            if now_s >= self._pong_due_s(heartbeat):
                raise self._over(End.NO_PONG)
        elif now_s >= self._ping_due_s(heartbeat):
            await self._send(socket, heartbeat.frame)
            self._ping_s = self._clock.monotonic_s()


async def _forget_own_cancel() -> None:
    """Until Python 3.13 the cancel that a task group aims at us may still be on its way.

    It takes it back, but not what is to be delivered at the next wait: which would be the closing.
    """
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise


def _first(group: BaseExceptionGroup[_Over]) -> Ended:
    """The end that came first (both tasks may have found one)."""
    for error in group.exceptions:
        if isinstance(error, _Over):
            return error.ended
    return Ended(end=End.DROPPED)


def _short(error: BaseException) -> str:
    return printable(str(error) or type(error).__name__, 160)
