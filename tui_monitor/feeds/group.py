"""The sockets of one kind, and REST in their place while they are away.

Topics are divided among as few sockets as the exchange's limits allow; each has a supervisor.
What bridges a channel is asked once for all of its sockets.
"""

import asyncio
from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from urllib.parse import urlsplit

from tui_monitor.clock import Clock
from tui_monitor.errors import FeedError, RateLimited, Rejected
from tui_monitor.feeds.adapter import Subscription
from tui_monitor.feeds.pacing import within
from tui_monitor.feeds.plans import Bridge, StreamPlan
from tui_monitor.feeds.supervisor import Supervisor, Uses, Where
from tui_monitor.feeds.told import OnOutage
from tui_monitor.feeds.vitals import Vitals, Way
from tui_monitor.market import MarketState
from tui_monitor.model import (
    ChannelHealth,
    Exchange,
    Instrument,
    MarketEvent,
    Ticker,
)
from tui_monitor.printable import printable

# An instrument whose stream is so far behind what REST says, twice in a row, has lost it.
LOST_MS = 10_000
LOST_TWICE = 2
FIRST_RENEW_S = 60.0
LONGEST_RENEW_S = 3600.0
# Between two questions where the exchange refuses to answer (a blocked country, say).
REFUSED_S = 10.0
# What REST tells may still be on its way through the stream.
ON_ITS_WAY_S = 1.0

ApplyRest = Callable[[Iterable[MarketEvent]], bool]
"""Merges a REST snapshot; says whether anything in it was news."""


class StreamGroup:
    """Runs a `StreamPlan`."""

    def __init__(
        self,
        exchange: Exchange,
        plan: StreamPlan,
        market: MarketState,
        clock: Clock,
        *,
        uses: Uses,
        apply_rest: ApplyRest,
        on_outage: OnOutage,
    ) -> None:
        self.plan = plan
        self._exchange = exchange
        self._market = market
        self._clock = clock
        self._uses = uses
        self._apply_rest = apply_rest
        self._on_outage = on_outage
        self._supervisors: list[Supervisor] = []
        self._running = 0
        self._more = asyncio.Event()
        self._bells: list[asyncio.Event] = []
        self._wanted: frozenset[str] = frozenset()
        self._lost: dict[str, int] = {}
        self._renewals = 0
        self._renewed_s = float("-inf")
        # By symbol, what the streams said last: only where the rows don't tell it.
        self._said: dict[str, Ticker] = {}
        self._remembers = any(bridge.beside_poll for bridge in plan.bridges.values())

    def want(self, instruments: Sequence[Instrument]) -> None:
        """Set the live instruments; sockets come and go as they need."""
        self._wanted = frozenset(one.symbol for one in instruments)
        portions = [tuple(topics) for topics in self.plan.divide(instruments)]
        while len(self._supervisors) < len(portions):
            self._supervisors.append(self._make(len(self._supervisors) + 1))
        spare = len(self._supervisors) - len(portions)
        nothing: list[tuple[Subscription, ...]] = [()] * spare
        for supervisor, topics in zip(self._supervisors, portions + nothing, strict=True):
            supervisor.want(topics)
        self._more.set()
        self._ring()

    def health(self) -> list[ChannelHealth]:
        """One entry a channel and socket that is wanted."""
        return [
            vitals.health()
            for supervisor in self._supervisors
            for vitals in supervisor.vitals
            if vitals.topics
        ]

    async def run(self) -> None:
        """For ever, until cancelled."""
        self._running = 0
        self._bells.clear()
        async with asyncio.TaskGroup() as tasks:
            for channel in self.plan.channels:
                bridge = self.plan.bridges.get(channel.name)
                tasks.create_task(self._watch(channel.name, bridge))
                if bridge is not None and bridge.audit_every_s is not None:
                    tasks.create_task(self._audit(channel.name, bridge, bridge.audit_every_s))
            while True:
                for supervisor in self._supervisors[self._running :]:
                    self._running += 1
                    tasks.create_task(supervisor.run())
                self._more.clear()
                await self._more.wait()

    def hurry(self) -> None:
        """The exchange answers again."""
        for supervisor in self._supervisors:
            supervisor.hurry()

    def slept(self, seconds: float, awake_ms: int) -> None:
        """The machine slept."""
        for supervisor in self._supervisors:
            supervisor.slept(seconds, awake_ms)
        self._ring()

    def _make(self, number: int) -> Supervisor:
        parts = urlsplit(self.plan.url)
        suffix = f"#{number}" if number > 1 else ""
        vitals = [
            Vitals(
                self._exchange,
                channel,
                self._clock,
                on_outage=self._on_outage,
                on_gap=self._uses.gap,
                way=Way(
                    host=parts.netloc, suffix=suffix, every_s=bridge.every_s if bridge else 2.0
                ),
            )
            for channel in self.plan.channels
            for bridge in (self.plan.bridges.get(channel.name),)
        ]
        where = Where(url=self.plan.url, proxy=self.plan.proxy)
        uses = Uses(
            apply=self._remember if self._remembers else self._uses.apply,
            note=partial(self._note, suffix),
            changed=self._ring,
            listed=self._uses.listed,
            banned_s=self._uses.banned_s,
            ban=self._uses.ban,
            turn=self._uses.turn,
            random=self._uses.random,
            gap=self._uses.gap,
        )
        return Supervisor(self.plan.adapter, where, self._clock, vitals, uses)

    def _note(self, suffix: str, level: str, text: str) -> None:
        names = "+".join(channel.name for channel in self.plan.channels)
        self._uses.note(level, f"{self.plan.market} {names}{suffix}: {text}")

    def _ring(self) -> None:
        for bell in self._bells:
            bell.set()

    def _vitals(self, name: str) -> list[Vitals]:
        return [
            vitals
            for supervisor in self._supervisors
            for vitals in supervisor.vitals
            if vitals.channel.name == name
        ]

    async def _watch(self, name: str, bridge: Bridge | None) -> None:
        """Outages of one channel, and its bridge while there is one."""
        bell = asyncio.Event()
        self._bells.append(bell)
        while True:
            vitals = self._vitals(name)
            wait_s = min((one.away_due_s() for one in vitals), default=float("inf"))
            if wait_s > 0:
                await within(wait_s, bell)
                continue
            away = [one for one in vitals if one.away]
            for one in away:
                if one.outage is None:
                    one.open_outage()
            if bridge is None:
                await within(float("inf"), bell)
            else:
                await self._clock.sleep(await self._bridge_once(bridge, away))

    async def _bridge_once(self, bridge: Bridge, away: Sequence[Vitals]) -> float:
        """One snapshot in the stream's place; returns the seconds until the next."""
        begin_s = self._clock.monotonic_s()
        try:
            events = await bridge.fetch()
        except FeedError as error:
            for vitals in away:
                vitals.rest_trouble = vitals.last_error = printable(error.line(), 200)
            if isinstance(error, Rejected):
                return max(bridge.every_s, REFUSED_S)
            if not isinstance(error, RateLimited):
                return bridge.every_s
            for vitals in away:
                vitals.ban(error.retry_after_s)
            return error.retry_after_s
        news = self._apply_rest(events)
        for vitals in away:
            if news:
                vitals.rest_data()
            else:
                vitals.rest_trouble = "nothing new"
        took_s = self._clock.monotonic_s() - begin_s
        return max(bridge.every_s - took_s, bridge.every_s / 2)

    async def _audit(self, name: str, bridge: Bridge, every_s: float) -> None:
        """Ask REST now and then for what the stream should have told, instrument by instrument.

        What is merely quiet is confirmed by it. What REST knows later than the stream, twice in
        a row, the stream has lost: the socket that carries it is succeeded by a new one.
        """
        while True:
            await self._clock.sleep(every_s)
            if any(vitals.away for vitals in self._vitals(name)):
                continue  # the bridge is at work
            try:
                events = list(await (bridge.audit or bridge.fetch)())
            except FeedError as error:
                self._note("", "info", f"audit: {printable(error.line(), 160)}")
                continue
            await self._clock.sleep(ON_ITS_WAY_S)
            behind = self._behind(events)
            self._apply_rest(events)
            self._lost = {symbol: self._lost.get(symbol, 0) + 1 for symbol in behind}
            self._renew([symbol for symbol, times in self._lost.items() if times >= LOST_TWICE])

    def _remember(self, event: MarketEvent, received_ms: int, received_s: float) -> bool:
        if isinstance(event, Ticker) and event.last is not None:
            self._said[event.instrument.symbol] = event
        return self._uses.apply(event, received_ms, received_s)

    def _behind(self, events: Iterable[MarketEvent]) -> set[str]:
        find = self._row_lags if not self._remembers else self._stream_lags(self._symbols())
        return {
            event.instrument.symbol
            for event in events
            # What is not wanted any more has no stream to lose.
            if isinstance(event, Ticker) and event.instrument.symbol in self._wanted and find(event)
        }

    def _symbols(self) -> frozenset[str]:
        return frozenset(
            topic.symbol for supervisor in self._supervisors for topic in supervisor.wanted
        )

    def _row_lags(self, event: Ticker) -> bool:
        row = self._market.row(event.instrument.key)
        return row is not None and _lags(row.last, row.exchange_ms, event)

    def _stream_lags(self, symbols: Container[str]) -> Callable[[Ticker], bool]:
        def lags(event: Ticker) -> bool:
            symbol = event.instrument.symbol
            if symbol not in symbols:
                return False
            # What the stream has never said counts from the first audit on.
            said = self._said.setdefault(symbol, event)
            return _lags(said.last, said.exchange_ms, event)

        return lags

    def _renew(self, symbols: Sequence[str]) -> None:
        now_s = self._clock.monotonic_s()
        if not self._lost and now_s - self._renewed_s > _renew_pause_s(self._renewals):
            self._renewals = 0
        if not symbols or now_s - self._renewed_s < _renew_pause_s(self._renewals):
            return
        self._renewals += 1
        self._renewed_s = now_s
        named = ", ".join(printable(symbol, 30) for symbol in symbols[:3])
        more = f" and {len(symbols) - 3} more" if len(symbols) > 3 else ""
        for supervisor in self._supervisors:
            lost = set(symbols)
            carries = any(not topic.symbol or topic.symbol in lost for topic in supervisor.wanted)
            if carries:
                self._note("", "warning", f"the stream has lost {named}{more}: a new socket")
                supervisor.renew()
        self._lost.clear()


def _renew_pause_s(renewals: int) -> float:
    """What no new socket brings back must not cost one every half minute."""
    return min(LONGEST_RENEW_S, FIRST_RENEW_S * 2.0 ** min(renewals - 1, 10)) if renewals else 0.0


def _lags(last: float | None, exchange_ms: int | None, event: Ticker) -> bool:
    """Whether what is known is long before an event that says something else."""
    return (
        exchange_ms is not None
        and event.exchange_ms is not None
        and event.last is not None
        and event.last != last
        and event.exchange_ms - exchange_ms > LOST_MS
    )
