"""Channels whose regular way is REST: asked at a steady pace, judged like streams."""

import asyncio
from collections.abc import Callable, Iterable
from random import Random

from tui_monitor.clock import MINUTE_MS, Clock
from tui_monitor.errors import FeedError, RateLimited
from tui_monitor.feeds.group import ApplyRest
from tui_monitor.feeds.pacing import within
from tui_monitor.feeds.plans import PollPlan
from tui_monitor.feeds.supervisor import Note
from tui_monitor.feeds.told import OnOutage
from tui_monitor.feeds.vitals import Vitals, Way
from tui_monitor.model import ChannelHealth, Exchange, MarketEvent
from tui_monitor.printable import printable

# A failing exchange is asked less and less often, down to this.
LONGEST_PAUSE_S = 10.0


class Poller:
    """Runs a `PollPlan`."""

    def __init__(
        self,
        exchange: Exchange,
        plan: PollPlan,
        clock: Clock,
        *,
        apply_rest: ApplyRest,
        note: Note,
        on_outage: OnOutage,
    ) -> None:
        self.plan = plan
        self.vitals = Vitals(
            exchange,
            plan.channel,
            clock,
            on_outage=on_outage,
            way=Way(host=plan.host, polled=True, every_s=plan.every_s),
        )
        self._clock = clock
        self._apply_rest = apply_rest
        self._note = note
        self._failures = 0
        self.answers_again: Callable[[], None] = lambda: None
        """Called when REST answers after it had failed."""
        self._newest_ms = 0
        self._bell = asyncio.Event()
        self._slept = False

    def health(self) -> list[ChannelHealth]:
        """The channel's."""
        return [self.vitals.health()]

    def slept(self, seconds: float, awake_ms: int) -> None:
        """The machine slept: what is asked seldom is asked now."""
        self.vitals.slept(seconds, awake_ms)
        self._slept = True
        self._bell.set()

    async def run(self) -> None:
        """For ever, until cancelled. Not all pollers at the same moment."""
        await self._clock.sleep(Random().random() * min(self.plan.every_s, 1.0) / 2)
        due_s = self._clock.monotonic_s()
        while True:
            pause_s = await self._ask()
            now_s = self._clock.monotonic_s()
            # What is asked seldom does not wait its whole turn for another try.
            turn_s = min(self.plan.every_s, LONGEST_PAUSE_S) if pause_s else self.plan.every_s
            due_s = max(due_s + turn_s, now_s + pause_s)
            await self._rest_until(due_s)
            due_s = min(due_s, self._clock.monotonic_s())

    async def _rest_until(self, due_s: float) -> None:
        """Sleep; if meanwhile the channel has been without data too long, write that down."""
        while True:
            left_s = due_s - self._clock.monotonic_s()
            away_s = self.vitals.away_due_s()
            if away_s <= 0:
                self.vitals.open_outage()
            elif away_s < left_s:
                left_s = away_s
            if left_s <= 0 or self._slept:
                self._slept = False
                return
            await within(left_s, self._bell)

    async def _ask(self) -> float:
        """One answer; returns the least seconds until the next question."""
        try:
            events = list(await self.plan.fetch())
        except FeedError as error:
            return self._failed(error)
        # A whole market took its time to be read, and takes some to be applied.
        await asyncio.sleep(0)
        if self._failures:
            self._note("info", f"{self._name}: REST answers again")
            self.answers_again()
        self._failures = 0
        self.vitals.connected = True
        are_later = self._are_later(events)
        now_ms, now_s = self._clock.now_ms(), self._clock.monotonic_s()
        if self._apply_rest(events) or are_later:
            self.vitals.trouble = ""
            self.vitals.data(now_ms, now_s)
        elif (newest_ms := _newest_ms(events, now_ms + MINUTE_MS)) > 0:
            self.vitals.heard_old(newest_ms, now_ms, now_s)
        return 0.0

    def _are_later(self, events: Iterable[MarketEvent]) -> bool:
        """Whether their newest time is later than that of all answers before.

        What a stream says too, and sooner, is no news; that REST goes on saying it is data.
        """
        newest_ms = _newest_ms(events, self._clock.now_ms() + MINUTE_MS)
        is_later = newest_ms > self._newest_ms
        self._newest_ms = max(newest_ms, self._newest_ms)
        return is_later

    def _failed(self, error: FeedError) -> float:
        text = printable(error.line(), 200)
        if not self._failures:
            self._note("warning", f"{self._name}: {text}")
        self._failures += 1
        self.vitals.connected = False
        self.vitals.trouble = self.vitals.last_error = text
        if isinstance(error, RateLimited):
            self.vitals.ban(error.retry_after_s)
            return error.retry_after_s
        return min(LONGEST_PAUSE_S, 2.0 ** min(self._failures - 1, 10))

    @property
    def _name(self) -> str:
        return f"{self.plan.channel.market} {self.plan.channel.name}"


def _newest_ms(events: Iterable[MarketEvent], limit_ms: int) -> int:
    """The newest time of some events before a limit; 0 without any."""
    times = (getattr(event, "exchange_ms", None) or 0 for event in events)
    return max((ms for ms in times if ms < limit_ms), default=0)
