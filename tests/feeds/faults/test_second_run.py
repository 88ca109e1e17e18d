"""A bug in a feed ends its run; the engine runs it again, and it must be as good as new."""

import asyncio
from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from tests.feeds.faults.broken import COINS, ROOTS, Broken, few
from tests.feeds.faults.engines import endless_tasks
from tests.feeds.rig import settings_of
from tests.support.sim import HANDFUL
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.feeds.plans import FeedPlan, PollPlan
from tui_monitor.model import Exchange, Market, MarketEvent
from tui_monitor.simulator import Simulator

BAR = "30m"


class Bug(Exception):
    """What no fault of an exchange's raises."""


class Bugged:
    """A plan whose first poll fails once, as nothing remote does, when it is told to."""

    def __init__(self) -> None:
        self.armed = False
        self.raised = 0

    def shape(self, plan: FeedPlan) -> FeedPlan:
        """Few coins, and the bug."""
        plan = few(None)(plan)
        first, *others = plan.polls
        return replace(plan, polls=(self._bugged(first), *others))

    def _bugged(self, poll: PollPlan) -> PollPlan:
        async def fetch() -> Iterable[MarketEvent]:
            if self.armed:
                self.armed = False
                self.raised += 1
                raise Bug
            return await poll.fetch()

        return replace(poll, fetch=fetch)


async def run_for_ever(it: Broken) -> None:
    """As the engine does, five seconds after each bug."""
    while True:
        try:
            await it.feed.run()
        except* Bug:
            await it.clock.sleep(5)


def open_sockets(it: Broken) -> int:
    """Those that the simulator holds."""
    roots = ROOTS.get(it.exchange, (it.exchange.value,))
    return sum(it.sim.stats()[root]["connections"]["open"] for root in roots)


@pytest.mark.parametrize("exchange", list(Exchange))
@in_virtual_time
async def test_after_a_bug_the_second_run_is_as_good_as_the_first(exchange: Exchange) -> None:
    """The same tasks and sockets, all channels live, bars too; no limit broken, no outage open."""
    clock, bugged = VirtualClock(), Bugged()
    async with Simulator(seed=1, clock=clock, rate=0.2, coins=HANDFUL).running() as sim:
        settings = settings_of(sim.url, exchange, markets=("perp", "spot"))
        it = Broken(sim, clock, settings, COINS, exchange, bugged.shape)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(run_for_ever(it))
            await clock.until(lambda: it.all_live, 30)
            it.feed.want_bars(Market.PERP, BAR, [it.feed.plan.perp_symbol("BTC")])
            await clock.sleep(20)
            assert it.all_live
            before, sockets = endless_tasks(), open_sockets(it)
            bugged.armed = True
            await clock.until(lambda: bugged.raised == 1, 40)
            await clock.sleep(2)
            assert not endless_tasks()["Supervisor.run"]
            await clock.until(lambda: open_sockets(it) == 0, 5)
            await clock.sleep(5)
            await clock.until(lambda: it.all_live, 60)
            await clock.sleep(20)
            assert it.all_live
            assert (endless_tasks(), open_sockets(it)) == (before, sockets)
            assert {one.channel for one in it.feed.health()} >= {f"bars {BAR}"}
            running.cancel()
        await it.feed.aclose()
        assert it.falsehoods() == []
        assert it.violations == []
        open_now = [one for one in it.outages if one.end_ms is None]
        assert len(open_now) * 2 == len(it.outages)
