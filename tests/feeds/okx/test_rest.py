"""OKX's REST against the simulated one, limits counted by the server."""

import asyncio
from contextlib import aclosing
from itertools import pairwise

import pytest

from tests.feeds.rig import settings_of
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.errors import Malformed, RateLimited, Rejected
from tui_monitor.feeds.okx.rest import OkxRest
from tui_monitor.feeds.symbols import instrument_of
from tui_monitor.model import Candle, Exchange, Instrument, Market, Status
from tui_monitor.simulator import Simulator

HALF_HOUR_MS = 1_800_000


@in_virtual_time
async def test_everything_it_asks_for_comes_in_our_words() -> None:
    """Each method once; the server counts no broken limit."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(OkxRest(settings_of(sim.url).okx, clock)) as rest,
    ):
        assert abs(await rest.server_time_ms() - clock.now_ms()) < 1000
        assert isinstance(await rest.status(), list)
        perps = await rest.instruments(Market.PERP)
        spots = await rest.instruments(Market.SPOT)
        assert {one.market for one in perps} == {Market.PERP}
        assert {one.market for one in spots} == {Market.SPOT}
        assert sum(one.status is Status.LIVE for one in perps) >= 27
        tickers = await rest.tickers(Market.PERP)
        sized = [one for one in tickers if one.bid_coins is not None]
        assert len(sized) == len(tickers) >= 27
        assert all(one.rate is not None and one.interval_h for one in await rest.funding_rates())
        assert all(one.mark_price for one in await rest.mark_prices())
        assert all(one.index_price for one in await rest.index_prices())
        interests = await rest.open_interest()
        assert all(one.open_interest_coins and one.open_interest_usd for one in interests)
        assert sim.stats()["okx"]["violations_total"] == 0


async def pages(rest: OkxRest, instrument: Instrument, count: int) -> list[Candle]:
    """The newest pages of the archive, one after another."""
    found: list[Candle] = []
    after_ms: int | None = None
    for _ in range(count):
        page = await rest.candles(instrument, "30m", after_ms=after_ms, history=True)
        found += page
        after_ms = page[-1].open_ms
    return found


@in_virtual_time
async def test_a_backfill_of_81_pages_takes_under_ten_seconds_and_breaks_no_limit() -> None:
    """27 coins × 3 pages at once: evenly spaced, never 20 in 2 s at the server."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(OkxRest(settings_of(sim.url).okx, clock)) as rest,
    ):
        perps = [one for one in await rest.instruments(Market.PERP) if one.status is Status.LIVE]
        begin_s = clock.monotonic_s()
        async with asyncio.TaskGroup() as tasks:
            jobs = [tasks.create_task(pages(rest, one, 3)) for one in perps[:27]]
        assert clock.monotonic_s() - begin_s < 10
        stats = sim.stats()["okx"]
        assert stats["requests"]["/api/v5/market/history-candles"] == 81
        assert stats["violations_total"] == 0
        for job in jobs:
            opens = [candle.open_ms for candle in job.result()]
            assert opens == sorted(set(opens), reverse=True)
            assert all(before - after == HALF_HOUR_MS for before, after in pairwise(opens))


@in_virtual_time
async def test_pages_are_newest_first_and_only_the_last_bar_forms() -> None:
    """`after_ms` is exclusive; a closed bar says so."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(OkxRest(settings_of(sim.url, paced=False).okx, clock)) as rest,
    ):
        btc = instrument_of(Exchange.OKX, Market.PERP, "BTC-USDT-SWAP", "BTC", "USDT")
        await clock.sleep(60)
        page = await rest.candles(btc, "30m", limit=5)
        assert [candle.closed for candle in page] == [False, True, True, True, True]
        older = await rest.candles(btc, "30m", after_ms=page[-1].open_ms, limit=2)
        assert older[0].open_ms == page[-1].open_ms - HALF_HOUR_MS
        with pytest.raises(Rejected) as caught:
            await rest.candles(
                instrument_of(Exchange.OKX, Market.PERP, "NO-USDT-SWAP", "NO", "USDT"), "30m"
            )
        assert caught.value.code == "51001"


@in_virtual_time
async def test_a_server_that_counts_and_answers_429_is_left_alone() -> None:
    """Every request of the exchange waits, not only the one that was refused."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(OkxRest(settings_of(sim.url).okx, clock)) as rest,
    ):
        sim.fault(exchange="okx", kind="http_429", seconds=5, retry_after_s=30)
        with pytest.raises(RateLimited):
            await rest.server_time_ms()
        asked = sum(sim.stats()["okx"]["requests"].values())
        await clock.sleep(10)
        with pytest.raises(RateLimited):
            await rest.tickers(Market.PERP)
        assert sum(sim.stats()["okx"]["requests"].values()) == asked
        assert 19 < rest.paused_s <= 20
        await clock.sleep(21)
        assert await rest.tickers(Market.PERP)


@pytest.mark.parametrize("kind", ["html", "garbage", "truncate", "huge_frame", "nan"])
def test_a_spoilt_body_is_malformed(kind: str) -> None:
    """Not one ticker comes out of it."""

    @in_virtual_time
    async def run() -> None:
        clock = VirtualClock()
        async with (
            Simulator(seed=1, clock=clock).running() as sim,
            aclosing(OkxRest(settings_of(sim.url).okx, clock)) as rest,
        ):
            sim.fault(exchange="okx", kind=kind, seconds=600)
            with pytest.raises(Malformed):
                await rest.tickers(Market.PERP)

    run()


@in_virtual_time
async def test_states_that_nobody_knows_are_not_live() -> None:
    """They don't stop the list."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        aclosing(OkxRest(settings_of(sim.url).okx, clock)) as rest,
    ):
        sim.fault(exchange="okx", kind="unknown_status", seconds=60)
        perps = await rest.instruments(Market.PERP)
        assert len(perps) >= 27
        assert Status.UNKNOWN in {one.status for one in perps}
