"""Is each exchange there? A few requests of its plan, and one subscription a market, at once.

Needs no engine and leaves nothing behind; what an exchange has banned us for is heeded.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tui_monitor.clock import Clock
from tui_monitor.config import Exchanges
from tui_monitor.errors import FeedError, MonitorError, RateLimited, Rejected, Unreachable
from tui_monitor.feeds.adapter import Control, Subscription
from tui_monitor.feeds.adapter import Rejected as RefusedTopic
from tui_monitor.feeds.bans import Bans
from tui_monitor.feeds.connection import Connection
from tui_monitor.feeds.line import Hooks, Line
from tui_monitor.feeds.plans import Channel, FeedPlan, Given, ListPlan, StreamPlan
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.market import MarketState
from tui_monitor.model import Exchange, Instrument, MarketEvent, Status, Ticker
from tui_monitor.printable import printable

T = TypeVar("T")

# Both questions for the time, then the lists; the streams meanwhile: below 10 s together.
TIME_S = 4.0
LIST_S = 5.0
STREAM_S = 5.0
ALL_S = 8.0
# Exchanges count new sockets of an address by the second; a running engine opens some too.
CROWD_S = 2.0
# Beyond it bars and ages are off by what a person notices.
SKEW_MS = 500.0
COIN = "BTC"
_ROTATE_S = 3_600.0
_TEXT = 200


class Outcome(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Check(Struct, frozen=True, kw_only=True):
    """One thing that was looked at: what was found, and what to do about it."""

    check: str
    result: Outcome
    what: str
    hint: str = ""


async def check_exchanges(
    settings: Exchanges, clock: Clock, bans: Bans | None = None
) -> dict[Exchange, list[Check]]:
    """All exchanges at once, in their order; one that is off is not asked."""
    async with asyncio.TaskGroup() as tasks:
        running = {
            name: tasks.create_task(check_exchange(name, settings, clock, bans)) for name in ENTRIES
        }
    return {name: task.result() for name, task in running.items()}


async def check_exchange(
    name: Exchange, settings: Exchanges, clock: Clock, bans: Bans | None = None
) -> list[Check]:
    """Its clock, and for each of its markets the list by REST and an example by stream."""
    make = ENTRIES[name].plan
    if make is None or not getattr(settings, name).enabled:
        return [Check(check=name.value, result=Outcome.OK, what="off in the settings")]
    try:
        plan = make(settings, Given(clock, (COIN,), MarketState(), bans))
    except MonitorError as error:
        return [_failed(name.value, error)]
    try:
        return await _Checkup(plan, clock).run()
    finally:
        await plan.aclose()


class _Checkup:
    """One exchange's plan and what is asked of it."""

    def __init__(self, plan: FeedPlan, clock: Clock) -> None:
        self._plan = plan
        self._clock = clock

    async def run(self) -> list[Check]:
        """The clock, then each market's list and stream."""
        async with asyncio.TaskGroup() as tasks:
            rest = tasks.create_task(self._rest())
            streams = [tasks.create_task(self._stream(one)) for one in self._plan.lists]
        time, *lists = rest.result()
        pairs = zip(lists, streams, strict=True)
        return [time, *(check for found, task in pairs for check in (found, task.result()))]

    async def _rest(self) -> list[Check]:
        # A list on its way would make the round trip of a small question long.
        time = await self._time()
        return [time, *await asyncio.gather(*(self._list(one) for one in self._plan.lists))]

    async def _time(self) -> Check:
        name = f"{self._plan.exchange} clock"
        try:
            round_trip_ms, skew_ms = await _bounded(self._measured, TIME_S)
        except FeedError as error:
            return _failed(name, error)
        what = f"{skew_ms:+,.0f} ms to ours, round trip {round_trip_ms:,.0f} ms"
        if abs(skew_ms) - round_trip_ms / 2 > SKEW_MS:
            hint = "set this machine's clock, or let it be set (NTP)"
            return Check(check=name, result=Outcome.WARN, what=what, hint=hint)
        return Check(check=name, result=Outcome.OK, what=what)

    async def _measured(self) -> tuple[float, float]:
        """Round trip, and their clock minus ours. The first question opens the connection."""
        await self._plan.server_time_ms()
        begin_s, begin_ms = self._clock.monotonic_s(), self._clock.now_ms()
        theirs_ms = await self._plan.server_time_ms()
        round_trip_ms = (self._clock.monotonic_s() - begin_s) * 1000
        return round_trip_ms, theirs_ms - (begin_ms + round_trip_ms / 2)

    async def _list(self, market: ListPlan) -> Check:
        name = f"{self._plan.exchange} {market.market} REST"
        begin_s = self._clock.monotonic_s()
        try:
            found = await _bounded(market.fetch, LIST_S)
        except FeedError as error:
            return _failed(name, error)
        live = [one for one in found if one.status is Status.LIVE]
        took_s = self._clock.monotonic_s() - begin_s
        if not live:
            what = f"{len(found)} instruments, none of them trades"
            return Check(check=name, result=Outcome.FAIL, what=what, hint=_LIST_HINT)
        example = next((one for one in live if one.coin == COIN), live[0])
        what = f"{len(live)} live, as {printable(example.symbol)}, in {took_s:.1f} s"
        return Check(check=name, result=Outcome.OK, what=what)

    async def _stream(self, market: ListPlan) -> Check:
        name = f"{self._plan.exchange} {market.market} stream"
        example = _example(market)
        stream = next(
            (
                (one, channel)
                for one in self._plan.streams
                for channel in one.channels
                if one.market is market.market and Ticker in channel.kinds
            ),
            None,
        )
        if stream is None or example is None:
            return Check(check=name, result=Outcome.OK, what="no stream of prices is used")
        # Whoever wants only what is listed must not wait for the list.
        market.book.learn([example])
        return await _Listener(name, *stream, example, self._clock).listen()


_LIST_HINT = "look at the exchange's own page: is it in maintenance?"


def _example(market: ListPlan) -> Instrument | None:
    found = market.book.find(market.by_name(COIN))
    return None if found is None else replace(found, status=Status.LIVE)


class _Listener:
    """One socket with one subscription, until its first price."""

    def __init__(
        self, name: str, stream: StreamPlan, channel: Channel, example: Instrument, clock: Clock
    ) -> None:
        self._name = name
        self._stream = stream
        self._channel = channel
        self._example = example
        self._clock = clock
        self._refused = ""
        self._first: Ticker | None = None
        self._woken = asyncio.Event()

    async def listen(self) -> Check:
        """The first price, or why there is none."""
        topics = [
            topic
            for socket in self._stream.divide([self._example])
            for topic in socket
            if topic.channel in self._channel.topics
        ]
        begin_s = self._clock.monotonic_s()
        link, connected = await self._tried(topics[:1], ALL_S)
        if _crowded(link):
            await self._clock.sleep(CROWD_S)
            begin_s += CROWD_S
            link, connected = await self._tried(topics[:1], ALL_S - CROWD_S)
        return self._judged(link, self._clock.monotonic_s() - begin_s, connected=connected)

    async def _tried(self, topics: list[Subscription], seconds: float) -> tuple[Connection, bool]:
        """One socket until it is over or the time is; and whether it was connected then."""
        begin_s = self._clock.monotonic_s()
        link = self._link(topics)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(link.run())
            if await self._within(seconds, lambda: link.connected or self._is_over(link)):
                left_s = seconds - (self._clock.monotonic_s() - begin_s)
                await self._within(min(STREAM_S, left_s), lambda: self._is_over(link))
            connected = link.connected
            running.cancel()
        return link, connected

    def _is_over(self, link: Connection) -> bool:
        return self._first is not None or bool(self._refused) or link.ended is not None

    async def _within(self, seconds: float, holds: Callable[[], bool]) -> bool:
        """Wait for a condition that something has to wake us for."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    self._woken.clear()
                    await self._woken.wait()
        except TimeoutError:
            return False
        return True

    def _link(self, topics: list[Subscription]) -> Connection:
        line = Line(
            url=self._stream.url, watches=(), rotate_after_s=_ROTATE_S, proxy=self._stream.proxy
        )
        hooks = Hooks(self._apply, lambda _kind, _ms, _s: None, self._control, self._woken.set)
        return Connection(self._stream.adapter(), line, topics, self._clock, hooks)

    def _apply(self, event: MarketEvent, _received_ms: int, _received_s: float) -> bool:
        if isinstance(event, Ticker) and self._first is None and _price(event) is not None:
            self._first = event
            self._woken.set()
        return True

    def _control(self, event: Control) -> None:
        if isinstance(event, RefusedTopic):
            self._refused = f"{event.code} {event.reason}".strip()
            self._woken.set()

    def _judged(self, link: Connection, took_s: float, *, connected: bool) -> Check:
        first = self._first
        if first is not None:
            what = (
                f"{printable(first.instrument.symbol)} {_price(first):,.10g} after {took_s:.1f} s"
            )
            return Check(check=self._name, result=Outcome.OK, what=what)
        if self._refused:
            what = f"the subscription was refused: {printable(self._refused, _TEXT)}"
            return Check(check=self._name, result=Outcome.FAIL, what=what, hint=_REFUSED)
        if link.ended is not None:
            what, hint = printable(link.ended.text, _TEXT), _status_hint(link.ended.status)
            return Check(check=self._name, result=Outcome.FAIL, what=what, hint=hint)
        what, hint = f"no connection in {ALL_S:.0f} s", _UNREACHABLE
        if connected:
            what = f"connected, but no price of {self._example.symbol} in {STREAM_S:.0f} s"
            hint = _SILENT
        return Check(check=self._name, result=Outcome.FAIL, what=what, hint=hint)


_REFUSED = "a newer tui-monitor may know the exchange's new names"
_UNREACHABLE = "look at the network, DNS and firewall, or set this exchange's proxy"
_SILENT = "the exchange's streams may be in trouble; REST stands in for them meanwhile"
_BLOCKED = "this place is not served: set this exchange's proxy, or turn it off"
_WAIT = "wait; every question before then makes it longer"
_GARBAGE = "something between us and the exchange answers in its place: a portal, a proxy"


def _crowded(link: Connection) -> bool:
    """Refused for too many at once, with no word of how long to stay away."""
    ended = link.ended
    return ended is not None and ended.status == 429 and ended.retry_after_s is None


def _price(event: Ticker) -> float | None:
    return event.last if event.last is not None else event.bid


def _status_hint(status: int | None) -> str:
    if status in (403, 451):
        return _BLOCKED
    return _WAIT if status in (418, 429) else _UNREACHABLE


async def _bounded(ask: Callable[[], Awaitable[T]], seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await ask()
    except TimeoutError as error:
        raise Unreachable(f"no answer within {seconds:.0f} s") from error


def _failed(name: str, error: MonitorError) -> Check:
    """What an error means for whoever reads the report."""
    what = printable(error.message, _TEXT)
    hint = error.hint
    match error:
        case RateLimited():
            what, hint = f"{what}; wait {error.retry_after_s:,.0f} s", _WAIT
        case Rejected(code="403" | "451"):
            hint = _BLOCKED
        case Unreachable():
            hint = hint or _UNREACHABLE
        case FeedError():
            hint = hint or _GARBAGE
    return Check(check=name, result=Outcome.FAIL, what=what, hint=hint)
