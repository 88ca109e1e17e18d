"""One exchange as the engine sees it: a `FeedPlan` that runs."""

import asyncio
from collections.abc import Iterable, Sequence
from random import Random

from tui_monitor.errors import FeedError
from tui_monitor.feeds.bans import host_of
from tui_monitor.feeds.group import StreamGroup
from tui_monitor.feeds.lister import KeptLists, Lister, Tell
from tui_monitor.feeds.pacing import Pacer, Pause, within
from tui_monitor.feeds.plans import FeedPlan, Fetch, Given, StreamPlan
from tui_monitor.feeds.poller import Poller
from tui_monitor.feeds.supervisor import Uses
from tui_monitor.feeds.told import OnEvent, OnOutage
from tui_monitor.model import (
    ChannelHealth,
    ExchangeHealth,
    Instrument,
    Liquidation,
    Market,
    MarketEvent,
    MarketList,
    Source,
    Status,
)
from tui_monitor.printable import printable

# The stream does not wait longer than this for the list of instruments.
LIST_PATIENCE_S = 3.0
TIME_EVERY_S = 300.0
# The start is a rush in which times are taken badly.
TIME_AGAIN_S = 30.0
SUSPEND_LOOK_S = 5.0
SUSPENDED_S = 5.0
# Asked for with every event; an enum's member by its class costs as much as a call.
_LIVE, _STREAM, _REST = Status.LIVE, Source.STREAM, Source.REST


class Feed:
    """One exchange: its streams and polls into the market, its health, its instruments."""

    def __init__(
        self,
        plan: FeedPlan,
        given: Given,
        *,
        on_outage: OnOutage,
        on_event: OnEvent,
        kept: KeptLists | None = None,
        on_gap: OnOutage | None = None,
    ) -> None:
        """`given` is what the plan was made of. Its coins are waited for, list or no list.

        `on_gap` is told of what quiet channels missed in gaps too short for an outage.
        """
        clock, coins, market, bans, seed = given[:5]
        self.exchange = plan.exchange
        self.plan = plan
        self.left_out = 0
        """Liquidations that the streams told of instruments which are not watched."""
        self._clock = clock
        self._market = market
        self._on_event = on_event
        # A ban from a streams' host; REST keeps its own.
        self._bans = bans
        self._pauses: dict[str, Pause] = {}
        uses = Uses(
            apply=self._apply,
            note=self._note,
            changed=lambda: None,
            listed=self._learn,
            banned_s=self._banned_s,
            ban=self._ban,
            turn=Pacer(clock, *plan.opening).acquire,
            random=Random(seed),
            gap=on_gap,
        )
        self._listers = {
            one.market: Lister(
                plan.exchange,
                one,
                clock,
                coins=coins if one.market is Market.PERP else (),
                kept=kept,
                tell=Tell(self._want, market.relist, self._note),
            )
            for one in plan.lists
        }
        self._uses = uses
        self._on_outage = on_outage
        self._groups = [self._make_group(stream) for stream in plan.streams]
        self._bars: dict[tuple[Market, str], StreamGroup] = {}
        self._asked_bars: dict[tuple[Market, str], tuple[str, ...]] = {}
        self._more_bars = asyncio.Event()
        self._pollers = [
            Poller(
                plan.exchange,
                poll,
                clock,
                apply_rest=self.apply_rest,
                note=self._note,
                on_outage=on_outage,
            )
            for poll in plan.polls
        ]
        for poller in self._pollers:
            poller.answers_again = self._hurry
        self._streaming = False
        self._round_trip_ms: float | None = None
        self._skew_ms: float | None = None
        # What the exchange's time was at which of ours.
        self._told: tuple[int, float] | None = None
        self._time_wanted = asyncio.Event()

    def _make_group(self, stream: StreamPlan) -> StreamGroup:
        return StreamGroup(
            self.exchange,
            stream,
            self._market,
            self._clock,
            uses=self._uses,
            apply_rest=self.apply_rest,
            on_outage=self._on_outage,
        )

    def _hurry(self) -> None:
        for group in (*self._groups, *self._bars.values()):
            group.hurry()

    @property
    def _parts(self) -> list[StreamGroup | Poller]:
        return [*self._groups, *self._bars.values(), *self._pollers]

    # --- what others ask ----------------------------------------------------------------

    @property
    def listed(self) -> bool:
        """Whether every market's list of instruments is known."""
        return all(lister.known for lister in self._listers.values())

    def instruments(self, market: Market) -> list[Instrument]:
        """The live instruments of a market; empty before its list is known."""
        lister = self._listers.get(market)
        return lister.live() if lister is not None and lister.known else []

    def instrument(self, coin: str) -> Instrument | None:
        """The coin's perpetual: provisional before the list is known, None if it is not in it."""
        lister = self._listers.get(Market.PERP)
        if lister is None:
            return None
        symbol = lister.plan.by_name(coin)
        if not lister.known:
            return lister.plan.book.find(symbol)
        known = lister.plan.book.known(symbol)
        return known if known is not None and known.status is not Status.DELISTED else None

    def by_name(self, coin: str) -> Instrument:
        """The coin's perpetual as listed, else as its name tells: history outlives a listing."""
        found = self.instrument(coin)
        return found or Instrument(
            exchange=self.exchange,
            market=Market.PERP,
            symbol=self.plan.perp_symbol(coin),
            coin=coin,
        )

    def want_bars(self, market: Market, bar: str, symbols: Iterable[str]) -> None:
        """Stream the forming and closed bars of these symbols; replaces what was asked before."""
        self._asked_bars[market, bar] = tuple(symbols)
        self._want_bars()

    def bars_health(self, market: Market, bar: str) -> list[ChannelHealth]:
        """One entry a channel and socket of what `want_bars` asked for."""
        group = self._bars.get((market, bar))
        return group.health() if group is not None else []

    def exchange_now_ms(self) -> int | None:
        """The exchange's time; None before it has told it.

        Monotonic time has passed since then, so a wall clock that is set does not move it.
        """
        if self._told is None:
            return None
        theirs_ms, told_s = self._told
        return theirs_ms + round((self._clock.monotonic_s() - told_s) * 1000)

    def health(self) -> list[ChannelHealth]:
        """One entry a channel and socket, and a poll."""
        return [health for part in self._parts for health in part.health()]

    def report(self) -> ExchangeHealth:
        """Everything about this exchange, now."""
        paused_s = self.plan.paused_s()
        return ExchangeHealth(
            exchange=self.exchange,
            enabled=True,
            host=self.plan.host,
            round_trip_ms=self._round_trip_ms,
            clock_skew_ms=self._skew_ms,
            banned_until_ms=self._clock.now_ms() + round(paused_s * 1000) if paused_s else None,
            markets=[self._list_of(lister) for lister in self._listers.values()],
            channels=self.health(),
            limits=list(self.plan.limits()),
        )

    def _list_of(self, lister: Lister) -> MarketList:
        market = lister.plan.market
        live = lister.live() if lister.known else []
        rows = (self._market.row(one.key) for one in live)
        return MarketList(
            market=market,
            instruments=len(live) if lister.known else None,
            rows=sum(row is not None and row.last is not None for row in rows),
            read_ms=lister.read_ms,
            stale=lister.stale,
            example=self._example(market, live),
            error=lister.error,
        )

    def _example(self, market: Market, live: Sequence[Instrument]) -> str:
        """A well-known one, if there is any."""
        wanted = self._listers[market].plan.by_name("BTC")
        return next((one.symbol for one in live if one.symbol == wanted), "") or (
            live[0].symbol if live else ""
        )

    # --- life ---------------------------------------------------------------------------

    async def run(self) -> None:
        """For ever, until cancelled. Raises only for bugs, and may then be run again."""
        async with asyncio.TaskGroup() as tasks:
            for lister in self._listers.values():
                tasks.create_task(lister.run())
                tasks.create_task(self._first_rows(lister))
            tasks.create_task(self._notice_suspends())
            tasks.create_task(self._measure_time())
            tasks.create_task(self._run_streams(tasks))

    async def aclose(self) -> None:
        """Close the REST connections."""
        await self.plan.aclose()

    async def _run_streams(self, tasks: asyncio.TaskGroup) -> None:
        try:
            async with asyncio.timeout(LIST_PATIENCE_S):
                for lister in self._listers.values():
                    await lister.settled.wait()
        except TimeoutError:
            self._note("warning", "no list of instruments yet; streaming by name")
        self._streaming = True
        self._want()
        for group in self._groups:
            tasks.create_task(group.run())
        for poller in self._pollers:
            tasks.create_task(poller.run())
        running: set[tuple[Market, str]] = set()
        while True:
            for key in self._bars.keys() - running:
                running.add(key)
                tasks.create_task(self._bars[key].run())
            self._more_bars.clear()
            await self._more_bars.wait()

    def _want(self) -> None:
        """Every stream gets its market's live instruments, once the lists had their time."""
        if not self._streaming:
            return
        for group in self._groups:
            group.want(self._listers[group.plan.market].live())
        self._want_bars()

    def _want_bars(self) -> None:
        if not self._streaming:
            return
        for (market, bar), symbols in self._asked_bars.items():
            lister = self._listers.get(market)
            if lister is None:
                continue
            if (market, bar) not in self._bars:
                self._bars[market, bar] = self._make_group(self.plan.bars(market, bar))
            asked = set(symbols)
            live = [one for one in lister.live() if one.symbol in asked]
            self._bars[market, bar].want(live)
        self._more_bars.set()

    async def _first_rows(self, lister: Lister) -> None:
        """As soon as there is a list, everything that REST tells of it at once."""
        await lister.settled.wait()
        async with asyncio.TaskGroup() as tasks:
            for fetch in lister.plan.first:
                tasks.create_task(self._fetch_once(fetch))

    async def _fetch_once(self, fetch: Fetch) -> None:
        try:
            self.apply_rest(await fetch())
        except FeedError as error:
            self._note("warning", f"first snapshot: {printable(error.line(), 160)}")

    async def _measure_time(self) -> None:
        wait_s = TIME_AGAIN_S
        while True:
            begin_s, begin_ms = self._clock.monotonic_s(), self._clock.now_ms()
            try:
                theirs_ms = await self.plan.server_time_ms()
            except FeedError:
                pass  # whoever needs data says so
            else:
                self._round_trip_ms = (self._clock.monotonic_s() - begin_s) * 1000
                half_ms = self._round_trip_ms / 2
                self._skew_ms = theirs_ms - (begin_ms + half_ms)
                self._told = (theirs_ms + round(half_ms), self._clock.monotonic_s())
            await within(wait_s, self._time_wanted)
            wait_s = TIME_AGAIN_S if self._told is None else TIME_EVERY_S

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
                for part in self._parts:
                    part.slept(max(0.0, drift_s), looked_ms)
                for lister in self._listers.values():
                    lister.slept()
                # Monotonic time may have stood still meanwhile.
                self._time_wanted.set()

    def _ahead_s(self) -> float:
        return self._clock.now_ms() / 1000 - self._clock.monotonic_s()

    # --- what comes ---------------------------------------------------------------------

    def _apply(self, event: MarketEvent, received_ms: int, received_s: float) -> bool:
        instrument = event.instrument
        if instrument.status is not _LIVE and self._is_unwanted(instrument):
            self.left_out += isinstance(event, Liquidation)
            return False
        return self._market.apply(event, received_ms, received_s, _STREAM)

    def apply_rest(self, events: Iterable[MarketEvent]) -> bool:
        """Merge a REST snapshot; says whether anything in it was news."""
        now_ms, now_s = self._clock.now_ms(), self._clock.monotonic_s()
        news = False
        for event in events:
            instrument = event.instrument
            if instrument.status is _LIVE or not self._is_unwanted(instrument):
                news |= self._market.apply(event, now_ms, now_s, _REST)
        return news

    def _is_unwanted(self, instrument: Instrument) -> bool:
        """What does not trade, or is in no list, has no row; before a list all names may."""
        lister = self._listers.get(instrument.market)
        return lister is None or lister.known or instrument.status is not Status.UNKNOWN

    def _banned_s(self, url: str) -> float:
        pause = self._bans.pause(_key(url)) if self._bans else self._pauses.get(url)
        return pause.remaining_s() if pause else 0.0

    def _ban(self, url: str, seconds: float, why: str) -> None:
        if self._bans is not None:
            self._bans.ban(_key(url), seconds, why)
        else:
            self._pauses.setdefault(url, Pause(self._clock)).extend(seconds, why)

    def _learn(self, instrument: Instrument) -> None:
        lister = self._listers.get(instrument.market)
        if lister is not None:
            lister.learn(instrument)

    def _note(self, level: str, text: str) -> None:
        self._on_event(level, self.exchange.value, text)


def _key(url: str) -> str:
    """A host's streams are banned apart from its REST."""
    return f"{host_of(url)} streams"
