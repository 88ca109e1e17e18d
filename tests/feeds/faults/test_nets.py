"""Safety nets that no single fault needs, each with the trouble that it is for."""

import asyncio
from collections.abc import Sequence
from functools import partial
from random import Random

import pytest
from msgspec.structs import replace

from tests.feeds.faults.broken import Broken, broken, few
from tests.feeds.rig import settings_of
from tests.support.sim import HANDFUL
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.feeds.adapter import Subscription
from tui_monitor.feeds.plans import Divide, FeedPlan
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.feeds.supervisor import Supervisor, Uses, Where
from tui_monitor.model import Exchange, Instrument, Market, Ticker
from tui_monitor.simulator import Simulator

HOUR_MS = 3_600_000
BTC = Instrument(exchange=Exchange.OKX, market=Market.PERP, symbol="BTC-USDT-SWAP", coin="BTC")


def one_each(plan: FeedPlan) -> FeedPlan:
    """A socket a ticker."""
    plan = few(None)(plan)
    streams = tuple(
        replace(stream, divide=partial(_divided, stream.divide)) for stream in plan.streams
    )
    return replace(plan, streams=streams)


def _divided(divide: Divide, instruments: Sequence[Instrument]) -> Sequence[Sequence[Subscription]]:
    every = [topic for topics in divide(instruments) for topic in topics]
    shared = [topic for topic in every if topic.channel != "tickers"]
    tickers = [topic for topic in every if topic.channel == "tickers"]
    return [[*shared, tickers[0]], *([topic] for topic in tickers[1:])] if tickers else []


@pytest.mark.parametrize("how", ["at the start", "dropped", "after a sleep"])
@in_virtual_time
async def test_sockets_are_opened_one_after_the_other(how: str) -> None:
    """OKX allows three a second; that all of them have to be opened at once is no excuse."""
    clock = VirtualClock()
    async with Simulator(seed=1, clock=clock, rate=0.5, coins=HANDFUL).running() as sim:
        settings = settings_of(sim.url, Exchange.OKX, markets=("perp", "spot"))
        it = Broken(sim, clock, settings, ("BTC",), Exchange.OKX, one_each)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(it.feed.run())
            await clock.until(lambda: it.all_live, 60)
            if how != "at the start":
                await clock.sleep(65)
                if how == "dropped":
                    it.fault("drop", 0.1)
                else:
                    clock.jump_wall(3600)
                await clock.sleep(6)
                await clock.until(lambda: it.all_live, 60)
            running.cancel()
        await it.feed.aclose()
        assert it.stats["connections"]["total"] >= (12 if how == "at the start" else 24)
        assert it.violations == []


@in_virtual_time
async def test_a_time_in_the_future_does_not_make_all_that_follows_old() -> None:
    """Beside a poll that is first with everything, a stream's data are data by their time alone."""
    clock, entry = VirtualClock(), ENTRIES[Exchange.OKX]
    uses = Uses(
        apply=lambda _event, _ms, _s: False,
        note=lambda _level, _text: None,
        changed=lambda: None,
        listed=lambda _instrument: None,
        banned_s=lambda _url: 0.0,
        ban=lambda _url, _seconds, _why: None,
        turn=partial(clock.sleep, 0),
        random=Random(1),
    )
    supervisor = Supervisor(entry.adapter, Where(url="ws://127.0.0.1:9"), clock, [], uses)

    def is_data(at_ms: int) -> bool:
        event = Ticker(instrument=BTC, exchange_ms=at_ms, last=1.0)
        return supervisor._apply(event, clock.now_ms(), clock.monotonic_s())

    now_ms = clock.now_ms()
    assert is_data(now_ms)
    assert not is_data(now_ms)
    assert not is_data(now_ms + HOUR_MS)
    assert is_data(now_ms + 1)
    assert not is_data(now_ms - 1)


@in_virtual_time
async def test_what_is_not_listed_any_more_is_not_called_lost() -> None:
    """REST goes on telling of a suspended coin that is watched; no socket is given up for it."""
    async with broken(Exchange.BINANCE, ("perp",), lists_every_s=10) as it:
        it.fault("unknown_status", 50, symbol="SOLUSDT")
        it.fault("silence", 50, symbol="SOLUSDT")
        await it.clock.sleep(50)
        assert "SOLUSDT" not in {one.symbol for one in it.feed.instruments(Market.PERP)}
        assert not any("has lost" in text for *_, text in it.events), it.events


@in_virtual_time
async def test_a_socket_that_says_old_things_proves_nothing() -> None:
    """A quiet channel is away from the first dead socket until there is news, not once a socket."""
    async with broken(Exchange.OKX, ("perp",)) as it:
        await it.clock.sleep(2)
        it.fault("late_ts", 45, channel="tickers")
        it.fault("silence", 45, channel="liquidations")
        await it.clock.sleep(45)
        assert max(one.reconnects for one in it.feed.health()) >= 3
        await it.clock.until(lambda: it.all_live, 60)
        quiet = [one for one in it.outages if one.channel == "liquidations"]
        assert [one.end_ms is None for one in quiet] == [True, False]
