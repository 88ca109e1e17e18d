"""For ever: connect, read, end, verdict, wait. And REST in the stream's place while it is away.

A feed never raises for a remote reason: whatever a socket's life ends with becomes a verdict,
and whatever REST answers becomes a line in the health. Only bugs come out of `run()`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from random import Random

from msgspec import Struct

from tui_monitor.clock import Clock
from tui_monitor.errors import FeedError, RateLimited
from tui_monitor.feeds.adapter import (
    Adapter,
    Control,
    Damaged,
    GoingAway,
    Notice,
    Rejected,
    Subscription,
)
from tui_monitor.feeds.connection import Connection, Hooks, Line
from tui_monitor.feeds.verdict import End, Ended, Verdict, verdict
from tui_monitor.feeds.vitals import Vitals
from tui_monitor.market import MarketState
from tui_monitor.model import MarketEvent, Source
from tui_monitor.printable import printable

ROTATE_AFTER_S = 23 * 3600.0
ROTATE_JITTER_S = 600.0
SUSPEND_LOOK_S = 5.0
SUSPENDED_S = 5.0

Note = Callable[[str, str], None]
"""Level and text of something that a person may read."""
Bridge = Callable[[], Awaitable[Iterable[MarketEvent]]]
"""One REST snapshot of what the stream carries."""


class Plan(Struct, frozen=True, kw_only=True):
    """What is supervised and how. `bridge_every_s`: between snapshots while the stream is away."""

    url: str
    proxy: str
    silent_after_s: float
    bridge_every_s: float


class _Socket:
    """A connection with the task that runs it."""

    def __init__(self, connection: Connection, task: asyncio.Task[None]) -> None:
        self.connection = connection
        self.task = task


class Supervisor:
    """Keeps one stream alive: silence watch, REST bridge, rotation, backoff."""

    def __init__(
        self,
        adapter: Adapter,
        plan: Plan,
        market: MarketState,
        clock: Clock,
        vitals: Vitals,
        bridge: Bridge,
        note: Note,
    ) -> None:
        self.vitals = vitals
        self._adapter = adapter
        self._plan = plan
        self._market = market
        self._clock = clock
        self._bridge = bridge
        self._note = note
        self._wanted: tuple[Subscription, ...] = ()
        self._refused: set[Subscription] = set()
        self._changed = asyncio.Event()
        self._link_changed = asyncio.Event()
        self._random = Random()
        self._attempt = 0
        self._current: _Socket | None = None
        self._heir: _Socket | None = None

    def want(self, topics: Sequence[Subscription]) -> None:
        """Set what is streamed. A change brings a new socket up before the old one goes."""
        if tuple(topics) == self._wanted:
            return
        self._wanted = tuple(topics)
        self._refused.clear()
        if self._current is not None:
            self._current.connection.leaving = True
        self._changed.set()

    async def run(self) -> None:
        """For ever, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._bridge_silences())
            tasks.create_task(self._notice_suspends())
            while True:
                await self._when(lambda: bool(self._topics()))
                await self._stream(tasks)

    def _topics(self) -> tuple[Subscription, ...]:
        return tuple(topic for topic in self._wanted if topic not in self._refused)

    async def _when(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self._changed.wait()
            self._changed.clear()

    async def _stream(self, tasks: asyncio.TaskGroup) -> None:
        """Open a socket, and successors of it, until one ends; then wait as the verdict says."""
        current = self._current = self._open(tasks)
        while True:
            link = current.connection
            await self._when(partial(_needs_care, link))
            if link.ended is not None:
                break
            current = self._current = await self._succeed(current, tasks)
        self._current = None
        await self._wait_after(link.ended)

    async def _succeed(self, current: _Socket, tasks: asyncio.TaskGroup) -> _Socket:
        """Bring up a successor, drop the old socket when data comes through the new one."""
        await self._clock.sleep(self._random.random())
        heir = self._heir = self._open(tasks)
        old, new = current.connection, heir.connection
        await self._when(lambda: new.live or new.ended is not None)
        self._heir = None
        if new.ended is None:
            current.task.cancel()
            self.vitals.reconnects += 1
            self.vitals.trouble = ""
            return heir
        if old.ended is None:
            # The old one still speaks: no hurry, but no hammering either.
            await self._wait_after(new.ended)
        return current

    def _open(self, tasks: asyncio.TaskGroup) -> _Socket:
        plan = self._plan
        line = Line(
            url=plan.url,
            proxy=plan.proxy,
            silent_after_s=plan.silent_after_s,
            rotate_after_s=ROTATE_AFTER_S - self._random.random() * ROTATE_JITTER_S,
        )
        hooks = Hooks(self._apply, self._tell, self._woken)
        link = Connection(self._adapter, line, self._topics(), self._clock, hooks)
        return _Socket(link, tasks.create_task(link.run()))

    async def _wait_after(self, ended: Ended) -> None:
        decided = verdict(ended, self._attempt, self._random.random())
        self._attempt = decided.attempt
        self.vitals.reconnects += 1
        self.vitals.trouble = printable(ended.text, 200)
        self.vitals.last_error = self.vitals.trouble
        delay_s = decided.bridged_delay_s if self.vitals.bridged else decided.delay_s
        self._note("warning", f"{ended.text}; again in {delay_s:.0f} s")
        if decided.banned:
            self.vitals.ban(decided.delay_s)
        await self._wait(decided)

    async def _wait(self, decided: Verdict) -> None:
        """Until it is time; that comes nearer when REST begins to work meanwhile."""
        begin_s = self._clock.monotonic_s()
        while True:
            delay_s = decided.bridged_delay_s if self.vitals.bridged else decided.delay_s
            left_s = begin_s + delay_s - self._clock.monotonic_s()
            if left_s <= 0:
                return
            await _within(left_s, self._changed)

    def _woken(self) -> None:
        sockets = (self._current, self._heir)
        self.vitals.linked(any(one is not None and one.connection.connected for one in sockets))
        self._changed.set()
        self._link_changed.set()

    def _apply(self, event: MarketEvent, received_ms: int, received_s: float) -> bool:
        if not self._market.apply(event, received_ms, received_s, Source.STREAM):
            return False
        if self.vitals.trouble and self.vitals.outage is None:
            self.vitals.trouble = ""
        if self.vitals.outage is not None:
            self.vitals.trouble = ""
            self._note("info", "stream data again")
        self.vitals.stream_data(received_ms, received_s)
        return True

    def _tell(self, event: Control) -> None:
        match event:
            case Rejected():
                self._rejected(event)
            case GoingAway(reason=reason):
                self._note("info", f"the exchange asks for a new stream: {reason}")
            case Notice(text=text):
                self._note("info", text)
            case Damaged(reason=reason):
                self.vitals.last_error = printable(f"damaged message: {reason}", 200)
                self._note("warning", "damaged message")
            case _:
                pass  # pongs, and what is of no use to us

    def _rejected(self, event: Rejected) -> None:
        topic = event.subscription
        self.vitals.last_error = printable(f"{event.code} {event.reason}", 200)
        if topic is None:
            self._note("warning", f"refused: {self.vitals.last_error}")
            return
        self._refused.add(topic)
        name = printable(f"{topic.channel} {topic.symbol}", 60)
        self._note("warning", f"{name} refused: {self.vitals.last_error}")

    async def _bridge_silences(self) -> None:
        while True:
            wait_s = self.vitals.away_due_s()
            if wait_s > 0:
                await _within(wait_s, self._link_changed)
                continue
            self._begin_outage()
            await self._clock.sleep(await self._bridge_once())

    def _begin_outage(self) -> None:
        if self.vitals.outage is None:
            self.vitals.open_outage()
            self._note("warning", "no stream data; asking by REST")

    async def _bridge_once(self) -> float:
        """One snapshot in the stream's place; returns the seconds until the next."""
        try:
            events = await self._bridge()
        except FeedError as error:
            self.vitals.rest_trouble = self.vitals.last_error = printable(error.line(), 200)
            if not isinstance(error, RateLimited):
                return self._plan.bridge_every_s
            self.vitals.ban(error.retry_after_s)
            return error.retry_after_s
        now_ms, now_s = self._clock.now_ms(), self._clock.monotonic_s()
        news = [self._market.apply(event, now_ms, now_s, Source.REST) for event in events]
        if any(news):
            self.vitals.rest_data()
            self._changed.set()
        else:
            self.vitals.rest_trouble = "nothing new"
        return self._plan.bridge_every_s

    async def _notice_suspends(self) -> None:
        """Wall time that runs away from monotonic time means that the machine slept."""
        ahead_s = self._ahead_s()
        while True:
            looked_ms = self._clock.now_ms()
            await self._clock.sleep(SUSPEND_LOOK_S)
            before_s, ahead_s = ahead_s, self._ahead_s()
            drift_s = ahead_s - before_s
            if abs(drift_s) > SUSPENDED_S:
                self._note("info", f"the clock jumped by {drift_s:.0f} s: new streams")
                self.vitals.trouble = End.SUSPENDED.value
                self.vitals.slept(max(0.0, drift_s), looked_ms)
                if self.vitals.away:
                    self._begin_outage()
                self._replace_now()

    def _ahead_s(self) -> float:
        return self._clock.now_ms() / 1000 - self._clock.monotonic_s()

    def _replace_now(self) -> None:
        current = self._current
        if current is not None and current.connection.ended is None:
            current.connection.ended = Ended(end=End.SUSPENDED)
            current.task.cancel()
            self._changed.set()


def _needs_care(link: Connection) -> bool:
    return link.ended is not None or link.leaving


async def _within(seconds: float, changed: asyncio.Event) -> None:
    """Sleep, unless something changes sooner."""
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        return
    changed.clear()
