"""A market's list of instruments: from disk at once, from the exchange at start and regularly.

A refresh that fails, or whose list has shrunk beyond belief, leaves the old list as it was.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import NamedTuple, Protocol

import msgspec

from tui_monitor.clock import Clock
from tui_monitor.errors import FeedError, RateLimited
from tui_monitor.feeds.pacing import backoff_s, within
from tui_monitor.feeds.plans import ListPlan
from tui_monitor.feeds.supervisor import Note
from tui_monitor.model import Exchange, Instrument, Market, Status
from tui_monitor.printable import printable

# A coin that the list lacks may have been left out by mistake: ask again sooner.
REFRESH_INCOMPLETE_S = 300.0
# A list that has lost more than this part of its instruments is a damaged list.
_SHRUNK = 0.8
# ... unless the exchange says it so often in a row.
_BELIEVED_TIMES = 3


class KeptLists(Protocol):
    """Lists on disk."""

    def load(self, exchange: Exchange, market: Market) -> tuple[Sequence[Instrument], int] | None:
        """The list that was saved last and when the exchange gave it; None if there is none."""

    def save(
        self, exchange: Exchange, market: Market, instruments: Sequence[Instrument], at_ms: int
    ) -> None:
        """Keep a list. A folder that can't be written to is no reason to fail."""


class Tell(NamedTuple):
    """Called when the live instruments changed, when one is no longer live, and with notes."""

    changed: Callable[[], None]
    delisted: Callable[[Instrument], None]
    note: Note


class Lister:
    """Keeps one `ListPlan` known."""

    def __init__(
        self,
        exchange: Exchange,
        plan: ListPlan,
        clock: Clock,
        *,
        coins: Sequence[str],
        kept: KeptLists | None,
        tell: Tell,
    ) -> None:
        """`coins` are those that somebody waits for: a list without one is asked for sooner."""
        self.plan = plan
        self.known = False
        """Whether there is a list, fresh or from disk."""
        self.read_ms: int | None = None
        self.error = ""
        self.settled = asyncio.Event()
        """Set as soon as there is a list, or the first attempt to get one has failed."""
        self._exchange = exchange
        self._clock = clock
        self._symbols = [plan.by_name(coin) for coin in coins]
        self._kept = kept
        self._on_change, self._on_delisted, self._note = tell
        self._shrunk = 0
        self._bell = asyncio.Event()

    @property
    def stale(self) -> bool:
        """Whether an older list stands in for one that could not be read."""
        return self.known and bool(self.error)

    def live(self) -> list[Instrument]:
        """The live instruments; before any list, those of the wanted coins by their names."""
        if self.known:
            return [one for one in self.plan.book.live() if one.market is self.plan.market]
        found = (self.plan.book.find(symbol) for symbol in self._symbols)
        return [one for one in found if one is not None]

    async def run(self) -> None:
        """For ever, until cancelled."""
        self._load()
        random = Random()
        failures = 0
        while True:
            try:
                await self._refresh()
            except FeedError as error:
                self.error = printable(error.line(), 200)
                self._note("warning", f"{self._name}: {self.error}")
                wait_s = backoff_s(failures, random.random())
                if isinstance(error, RateLimited):
                    wait_s = max(wait_s, error.retry_after_s)
                failures += 1
            else:
                failures = 0
                whole = all(self.plan.book.known(symbol) for symbol in self._symbols)
                wait_s = self.plan.every_s
                if self.error or not whole or self.plan.lacking():
                    wait_s = min(wait_s, REFRESH_INCOMPLETE_S)
            self.settled.set()
            await within(wait_s, self._bell)

    def slept(self) -> None:
        """The machine slept: read it again now."""
        self._bell.set()

    def learn(self, instrument: Instrument) -> None:
        """A definition that came through a stream."""
        known = self.plan.book.known(instrument.symbol)
        if instrument.market is not self.plan.market or (known is None and not self.known):
            return
        if known is not None and instrument.funding_interval_h is None:
            # A stream's definition says less than the list's.
            hours = known.funding_interval_h
            instrument = msgspec.structs.replace(instrument, funding_interval_h=hours)
        if known == instrument:
            return
        self.plan.book.learn([instrument])
        self._note("info", f"{printable(instrument.symbol)} is {instrument.status.value} now")
        if known is not None and instrument.status is not Status.LIVE:
            self._on_delisted(instrument)
        self._on_change()

    def _load(self) -> None:
        found = self._kept.load(self._exchange, self.plan.market) if self._kept else None
        if found is None or self.known:
            return
        instruments, at_ms = found
        self.plan.book.learn(instruments)
        self.known, self.read_ms = True, at_ms
        self._on_change()
        self.settled.set()

    async def _refresh(self) -> None:
        before = {one.symbol: one for one in self.live()} if self.known else {}
        listed = await self.plan.fetch()
        found = {one.symbol for one in listed if one.status is Status.LIVE}
        shrunk = len(found) < _SHRUNK * len(before)
        self._shrunk = self._shrunk + 1 if shrunk else 0
        if shrunk and self._shrunk < _BELIEVED_TIMES:
            self.error = f"shrank from {len(before)} to {len(found)} instruments"
            self._note("warning", f"{self._name}: {self.error}; the old one is kept")
            self.plan.book.learn(before.values())
            return
        self.error, self._shrunk = "", 0
        self.read_ms = self._clock.now_ms()
        gone = [one for symbol, one in before.items() if symbol not in found]
        self._delist(gone)
        is_new = found != set(before) or not self.known
        self.known = True
        if self._kept is not None:
            # Some 20 ms of writing, more on a slow disk.
            await asyncio.to_thread(
                self._kept.save, self._exchange, self.plan.market, self.live(), self.read_ms
            )
        if is_new:
            self._on_change()

    def _delist(self, gone: Iterable[Instrument]) -> None:
        for one in gone:
            now = self.plan.book.known(one.symbol)
            status = now.status if now is not None and now.status is not Status.LIVE else None
            dead = msgspec.structs.replace(one, status=status or Status.DELISTED)
            self.plan.book.learn([dead])
            self._on_delisted(dead)
            self._note("warning", f"{printable(one.symbol)} is no longer listed")

    @property
    def _name(self) -> str:
        return f"{self.plan.market} list of instruments"
