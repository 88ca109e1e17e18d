"""An engine with all four exchanges of one simulator, a few coins of each: quick half hours."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.feeds.faults.broken import few
from tui_monitor import config
from tui_monitor.clock import Clock
from tui_monitor.engine import Engine
from tui_monitor.engine_lock import EngineLock
from tui_monitor.feeds.feed import Feed
from tui_monitor.feeds.plans import FeedPlan, Given
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.model import (
    ChannelHealth,
    Exchange,
    FeedState,
    Instrument,
    Market,
    Outage,
)
from tui_monitor.simulator import Simulator
from tui_monitor.store import open_store

POLLS_EVERY_S = 6.0
LISTS_EVERY_S = 25.0


class FewEngine(Engine):
    """Asks less, and less often; remembers its outages."""

    def _feed(self, name: Exchange) -> Feed:
        plan = ENTRIES[name].plan
        assert plan is not None
        self.noted: list[Outage] = getattr(self, "noted", [])
        given = Given(self.clock, self.settings.sum_curve.coins, self.market, self._bans, seed=1)
        return Feed(
            _seldom(few(LISTS_EVERY_S, given.coins)(plan(self.settings.exchanges, given))),
            given,
            on_outage=self._note_outage,
            on_event=self.events.add,
            kept=self._lists,
        )

    def _note_outage(self, outage: Outage) -> None:
        self.noted.append(outage)
        self.outages.note(outage)

    def channels(self) -> dict[Exchange, list[ChannelHealth]]:
        """Every channel's health, by exchange."""
        return {name: feed.health() for name, feed in self.feeds.items()}

    def well(self, name: Exchange) -> bool:
        """Whether all of an exchange's channels are live and its lists fresh."""
        report = self.feeds[name].report()
        return (
            bool(report.channels)
            and all(one.state is FeedState.LIVE for one in report.channels)
            and all(one.instruments and not one.stale for one in report.markets)
        )

    def listed(self) -> set[tuple[Exchange, Market, str]]:
        """Every instrument that is live."""
        every = (one for feed in self.feeds.values() for one in self._instruments(feed))
        return {one.key for one in every}

    def _instruments(self, feed: Feed) -> list[Instrument]:
        return [one for market in Market for one in feed.instruments(market)]

    @property
    def all_well(self) -> bool:
        """All of them."""
        return all(map(self.well, self.feeds))


def _seldom(plan: FeedPlan) -> FeedPlan:
    """Polls so often at most: each answer of a whole market takes its time to make."""
    polls = tuple(replace(poll, every_s=max(POLLS_EVERY_S, poll.every_s)) for poll in plan.polls)
    return replace(plan, polls=polls)


def endless_tasks() -> Counter[str]:
    """The tasks of the feeds that must never end, counted by what they run."""
    names = (_name_of(task) for task in asyncio.all_tasks())
    return Counter(name for name in names if name.startswith(_ENDLESS))


_ENDLESS = (
    "Engine.", "Feed.", "Lister.", "Poller.", "StreamGroup.", "Supervisor.", "Connection.run",
)  # fmt: skip


def _name_of(task: asyncio.Task[Any]) -> str:
    return getattr(task.get_coro(), "__qualname__", "")


@asynccontextmanager
async def few_engine(
    folder: Path, sim: Simulator, clock: Clock, coins: Sequence[str], markets: Sequence[str]
) -> AsyncIterator[FewEngine]:
    """A running engine; leaving the block stops it."""
    flags: dict[str, Any] = {
        **config.with_simulator(sim.url),
        **{f"exchanges.{name.value}.markets": list(markets) for name in Exchange},
        "sum_curve.coins": list(coins),
        "sum_curve.min_coins": 1,
        "sum_curve.fill_days": 0,
    }
    settings = config.load(Path("/dev/null"), {}, flags).settings
    with EngineLock(folder) as lock:
        lock.acquire({})
        async with open_store(folder, clock, kind="simulator") as store:
            engine = FewEngine(settings, store, clock, kind="simulator", cache=folder)
            try:
                async with asyncio.TaskGroup() as tasks:
                    running = tasks.create_task(engine.run())
                    yield engine
                    running.cancel()
            finally:
                await engine.aclose()
