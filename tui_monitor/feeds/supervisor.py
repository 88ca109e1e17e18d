"""One socket for ever: connect, read, end, verdict, wait; its successors before it goes.

A feed never raises for a remote reason: whatever a socket's life ends with becomes a verdict.
Only bugs come out of `run()`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from random import Random

from msgspec import Struct

from tui_monitor.clock import MINUTE_MS, Clock
from tui_monitor.feeds.adapter import (
    Adapter,
    Control,
    Damaged,
    GoingAway,
    Listed,
    Notice,
    Rejected,
    Subscription,
)
from tui_monitor.feeds.connection import Connection
from tui_monitor.feeds.line import Apply, Hooks, Line, Watch
from tui_monitor.feeds.told import OnOutage
from tui_monitor.feeds.verdict import End, Ended, verdict
from tui_monitor.feeds.vitals import OLD_MS, Vitals
from tui_monitor.model import Instrument, MarketEvent
from tui_monitor.printable import printable

ROTATE_AFTER_S = 23 * 3600.0
ROTATE_JITTER_S = 600.0
# A kind that is lost again on each new socket is waited for longer each time.
LONGEST_WATCH_S = 120.0
# What goes on is no news: the same is noted again only after so long.
SAME_NOTE_S = 600.0

# How often a socket that waits may be told that the exchange can be reached again.
HURRY_EVERY_S = 30.0
_OUT_OF_REACH = (End.UNREACHABLE, End.REFUSED)

Note = Callable[[str, str], None]
"""Level and text of something that a person may read."""


class Where(Struct, frozen=True, kw_only=True):
    """The address of a stream."""

    url: str
    proxy: str = ""


class Uses(Struct, frozen=True, kw_only=True):
    """What a supervisor calls. `changed`: a socket came or went. `banned_s`: how long to stay away
    from a URL's host, whoever was told so; `ban` tells of it, in seconds and with the reason.
    `turn` is waited for before a socket is opened. `gap` is told of what quiet channels missed in
    gaps too short for an outage.
    """

    apply: Apply
    note: Note
    changed: Callable[[], None]
    listed: Callable[[Instrument], None]
    banned_s: Callable[[str], float]
    ban: Callable[[str, float, str], None]
    turn: Callable[[], Awaitable[None]]
    random: Random
    gap: OnOutage | None = None


class _Socket:
    """A connection with the task that runs it."""

    def __init__(self, connection: Connection, task: asyncio.Task[None]) -> None:
        self.connection = connection
        self.task = task


class Supervisor:
    """Keeps one socket alive. `vitals` are those of the channels on it."""

    def __init__(
        self,
        adapter: Callable[[], Adapter],
        where: Where,
        clock: Clock,
        vitals: Sequence[Vitals],
        uses: Uses,
    ) -> None:
        self.vitals = tuple(vitals)
        self._adapter = adapter
        self._where = where
        self._clock = clock
        self._uses = uses
        self._by_kind: dict[type, list[Vitals]] = {}
        for one in self.vitals:
            for kind in one.channel.kinds:
                self._by_kind.setdefault(kind, []).append(one)
        self._wanted: tuple[Subscription, ...] = ()
        self._refused: set[Subscription] = set()
        self._changed = asyncio.Event()
        self._random = uses.random
        self._newest_ms: dict[type, int] = {}
        self._hurry = asyncio.Event()
        self._hurried_s = float("-inf")
        self._attempt = 0
        self._losses = 0
        self._noted_s: dict[str, float] = {}
        self._current: _Socket | None = None
        self._heir: _Socket | None = None
        self._switch()

    @property
    def wanted(self) -> tuple[Subscription, ...]:
        """What is streamed, or would be if it were not refused."""
        return self._wanted

    def want(self, topics: Sequence[Subscription]) -> None:
        """Set what is streamed. A change brings a new socket up before the old one goes."""
        if tuple(topics) == self._wanted:
            return
        self._wanted = tuple(topics)
        self._refused.clear()
        self._switch()
        self.renew()

    def renew(self) -> None:
        """Have the socket succeeded by a new one."""
        if self._current is not None:
            self._current.connection.leaving = True
        self._changed.set()

    def _switch(self) -> None:
        for vitals in self.vitals:
            names = vitals.channel.topics
            vitals.topics = sum(topic.channel in names for topic in self._wanted)
            vitals.switch(on=vitals.topics > 0)

    async def run(self) -> None:
        """For ever, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
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
        await self._uses.turn()
        await self._wait(self._uses.banned_s(self._where.url))
        current = self._current = self._open(tasks)
        while True:
            link = current.connection
            await self._when(partial(_needs_care, link))
            if link.ended is not None:
                break
            if not self._topics():
                current.task.cancel()
                link.ended = Ended(end=End.UNWANTED, lived_s=0.0)
                break
            current = self._current = await self._succeed(current, tasks)
        self._current = None
        self._woken()
        if link.ended.end is not End.UNWANTED:
            await self._wait_after(link.ended)

    async def _succeed(self, current: _Socket, tasks: asyncio.TaskGroup) -> _Socket:
        """Bring up a successor, drop the old socket when data comes through the new one."""
        old = current.connection
        if old.lost:
            self._lose(old.lost)
        await self._clock.sleep(self._random.random())
        await self._uses.turn()
        if not self._topics():
            return current
        heir = self._heir = self._open(tasks)
        new = heir.connection
        await self._when(lambda: new.live or new.ended is not None)
        self._heir = None
        if new.ended is None:
            current.task.cancel()
            self._count_reconnect()
            if not old.lost:
                self._say_trouble("")
            return heir
        if old.ended is None:
            # The old one still speaks: no hurry, but no hammering either.
            await self._wait_after(new.ended)
        return current

    def _lose(self, names: str) -> None:
        self._losses += 1
        self._uses.note("warning", f"nothing more of {names} on this socket: a new one")

    def _open(self, tasks: asyncio.TaskGroup) -> _Socket:
        watches = tuple(
            Watch(one.name, one.channel.kinds, self._patience_s(one.channel.silent_after_s))
            for one in self.vitals
            if one.topics and one.channel.silent_after_s is not None
        )
        line = Line(
            url=self._where.url,
            proxy=self._where.proxy,
            watches=watches,
            rotate_after_s=ROTATE_AFTER_S - self._random.random() * ROTATE_JITTER_S,
        )
        hooks = Hooks(self._apply, self._heard, self._tell, self._woken)
        link = Connection(self._adapter(), line, self._topics(), self._clock, hooks)
        task = tasks.create_task(link.run())
        task.add_done_callback(partial(self._gone, link))
        return _Socket(link, task)

    def _gone(self, link: Connection, _task: asyncio.Task[None]) -> None:
        """A socket's task is over: then the socket is, whether it could say so or not."""
        if link.ended is None:
            link.ended = Ended(end=End.DROPPED, detail="its task ended")
            self._woken()

    def _patience_s(self, silent_after_s: float) -> float:
        longest_s = max(LONGEST_WATCH_S, silent_after_s)
        return min(longest_s, silent_after_s * 2.0 ** min(self._losses, 10))

    async def _wait_after(self, ended: Ended) -> None:
        decided = verdict(ended, self._attempt, self._random.random())
        self._attempt = decided.attempt
        self._count_reconnect()
        self._say_trouble(printable(ended.text, 200))
        if ended.end is End.SILENT:
            self._say_what_is_old()
        # Each damaged message has a text of its own.
        what = ended.end if ended.end is End.MALFORMED else ended.text
        self._note_once(what, f"{ended.text}; again in {decided.delay_s:.0f} s")
        if decided.banned:
            self._uses.ban(self._where.url, decided.delay_s, ended.text)
            for vitals in self.vitals:
                vitals.ban(decided.delay_s)
            await self._wait(decided.delay_s)
        elif ended.end in _OUT_OF_REACH:
            await self._wait_or_hurry(decided.delay_s)
        else:
            await self._wait(decided.delay_s)

    def hurry(self) -> None:
        """The exchange answers again, by another way: what it was out of reach for is over."""
        now_s = self._clock.monotonic_s()
        if now_s - self._hurried_s >= HURRY_EVERY_S:
            self._hurried_s = now_s
            self._hurry.set()

    async def _wait_or_hurry(self, seconds: float) -> None:
        self._hurry.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return
        # Not all of them in one moment.
        await self._clock.sleep(min(seconds, self._random.random()))

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            await self._clock.sleep(seconds)

    def _note_once(self, what: str, text: str) -> None:
        """A warning, unless the same was said lately: a flapping stream must not fill the log."""
        now_s = self._clock.monotonic_s()
        noted_s = {old: at for old, at in self._noted_s.items() if now_s - at < SAME_NOTE_S}
        if what not in noted_s:
            self._uses.note("warning", text)
            noted_s[what] = now_s
        self._noted_s = noted_s

    def _count_reconnect(self) -> None:
        for vitals in self.vitals:
            vitals.reconnects += 1

    def _say_trouble(self, text: str) -> None:
        for vitals in self.vitals:
            vitals.trouble = text
            if text:
                vitals.last_error = text

    def _say_what_is_old(self) -> None:
        for vitals in self.vitals:
            if old := vitals.old_text():
                vitals.trouble = vitals.last_error = old

    def _woken(self) -> None:
        sockets = [one.connection for one in (self._current, self._heir) if one is not None]
        connected = [link for link in sockets if link.connected]
        # After trouble a socket is proven by news, not by what is merely said on it.
        proven = not all(one.trouble for one in self.vitals)
        alive = proven and any(link.live for link in connected)
        heard_ms = max((one.heard_ms for one in self.vitals if not one.quiet), default=None)
        for vitals in self.vitals:
            vitals.linked(bool(connected), alive=alive, heard_ms=heard_ms)
        self._changed.set()
        self._uses.changed()

    def _apply(self, event: MarketEvent, received_ms: int, received_s: float) -> bool:
        """Whether an event is data: news, or at least later than all before it.

        Beside another socket that says the same, what comes second is no news. What merely
        repeats itself, or is late, is neither.
        """
        news = self._uses.apply(event, received_ms, received_s)
        exchange_ms = getattr(event, "exchange_ms", None)
        kind = type(event)
        if exchange_ms is None or not self._newest_ms.get(kind, 0) < exchange_ms:
            if not news and exchange_ms is not None and received_ms - exchange_ms >= OLD_MS:
                for vitals in self._by_kind.get(kind, ()):
                    vitals.heard_old(exchange_ms, received_ms, received_s)
            return news
        if exchange_ms > received_ms + MINUTE_MS:
            return news  # a time in the future must not make all that follow old
        self._newest_ms[kind] = exchange_ms
        return True

    def _heard(self, kind: type, received_ms: int, received_s: float) -> None:
        for vitals in self._by_kind.get(kind, ()):
            if vitals.trouble:
                vitals.trouble = ""
                self._woken()
            vitals.data(received_ms, received_s)
            if self._losses and all(not one.away for one in self.vitals):
                self._losses = 0

    def _tell(self, event: Control) -> None:
        match event:
            case Rejected():
                self._rejected(event)
            case Listed(instrument=instrument):
                self._uses.listed(instrument)
            case GoingAway(reason=reason):
                self._uses.note("info", f"the exchange asks for a new stream: {reason}")
            case Notice(text=text):
                self._uses.note("info", text)
            case Damaged(reason=reason):
                for vitals in self.vitals:
                    vitals.last_error = printable(f"damaged message: {reason}", 200)
                self._note_once("damaged message", f"damaged message: {reason}")
            case _:
                pass  # pongs, and what is of no use to us

    def _rejected(self, event: Rejected) -> None:
        topic = event.subscription
        text = printable(f"{event.code} {event.reason}", 200)
        for vitals in self.vitals:
            vitals.last_error = text
        if topic is None:
            self._uses.note("warning", f"refused: {text}")
            return
        self._refused.add(topic)
        name = printable(f"{topic.channel} {topic.symbol}", 60)
        self._uses.note("warning", f"{name} refused: {text}")

    def slept(self, seconds: float, awake_ms: int) -> None:
        """The machine slept: the socket is worth nothing, whatever it says."""
        for vitals in self.vitals:
            vitals.trouble = End.SUSPENDED.value
            vitals.slept(seconds, awake_ms)
        current = self._current
        if current is not None and current.connection.ended is None:
            current.connection.ended = Ended(end=End.SUSPENDED)
            current.task.cancel()
            self._changed.set()


def _needs_care(link: Connection) -> bool:
    return link.ended is not None or link.leaving
