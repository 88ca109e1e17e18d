"""Settled funding, page by page: nothing is missed, whatever the bounds, and it is true."""

import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.feeds.rig import settings_of
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import DAY_MS, MINUTE_MS, Clock
from tui_monitor.feeds.plans import FeedPlan, Given
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.feeds.settled import Page, backwards, by_number, forwards
from tui_monitor.market import MarketState
from tui_monitor.model import Exchange, Funding, Instrument, Market
from tui_monitor.simulator import Simulator

HOUR_MS = 60 * MINUTE_MS
NOW_MS = START_MS
BTC = Instrument(exchange=Exchange.OKX, market=Market.PERP, symbol="BTC", coin="BTC")
Turn = Callable[..., AsyncGenerator[list[Funding], None]]


def settled_at(hours_ago: float, instrument: Instrument = BTC) -> Funding:
    """One row."""
    at_ms = NOW_MS - round(hours_ago * HOUR_MS)
    return Funding(
        instrument=instrument, exchange_ms=at_ms, settled_ms=at_ms, settled_rate=hours_ago / 1e6
    )


class Archive:
    """A server's history: newest first, with a page size and perhaps a lower bound of its own."""

    def __init__(self, rows: list[Funding], full: int, cap: int | None = None) -> None:
        self.rows = sorted(rows, key=lambda row: -(row.settled_ms or 0))
        self.full = full
        self.most = min(full, cap or full)
        self.requests = 0

    def reader(self, turn: Turn) -> Callable[[int, int], AsyncIterator[list[Funding]]]:
        """Read this archive in one of the three ways."""
        ways: dict[Turn, Page] = {
            forwards: self.since,
            backwards: self.until,
            by_number: self.number,
        }
        page = ways[turn]

        def read(start_ms: int, end_ms: int) -> AsyncIterator[list[Funding]]:
            return turn(page, BTC, start_ms, end_ms, self.full)

        return read

    async def until(self, ms: int) -> list[Funding]:
        self.requests += 1
        return [row for row in self.rows if (row.settled_ms or 0) <= ms][: self.most]

    async def since(self, ms: int) -> list[Funding]:
        self.requests += 1
        return [row for row in self.rows[::-1] if (row.settled_ms or 0) >= ms][: self.most]

    async def number(self, number: int) -> list[Funding]:
        self.requests += 1
        return self.rows[(number - 1) * self.most : number * self.most]


async def all_of(pages: AsyncIterator[list[Funding]]) -> list[int]:
    """The times of all pages, oldest first."""
    return sorted([row.settled_ms or 0 async for page in pages for row in page])


@pytest.mark.parametrize("turn", [forwards, backwards, by_number])
@pytest.mark.parametrize("seed", range(30))
async def test_every_settlement_of_the_range_comes_exactly_once(turn: Turn, seed: int) -> None:
    """Intervals that change on the way, ranges inside and outside of what there is."""
    chance = random.Random(seed)
    hours: list[float] = []
    ago = chance.choice([0.0, 1.0, 7.9])
    for _ in range(chance.randrange(4)):
        every = chance.choice([1, 2, 4, 8])
        for _ in range(chance.randrange(1, 60)):
            hours.append(ago)
            ago += every
    archive = Archive([settled_at(at) for at in hours], chance.choice([5, 10, 100]))
    first_h, last_h = sorted([chance.uniform(-5, 700), chance.uniform(-5, 700)], reverse=True)
    start_ms, end_ms = (NOW_MS - round(at * HOUR_MS) for at in (first_h, last_h))
    found = await all_of(archive.reader(turn)(start_ms, end_ms))
    times = [row.settled_ms or 0 for row in archive.rows[::-1]]
    assert found == [ms for ms in times if start_ms <= ms <= end_ms]


@pytest.mark.parametrize("turn", [backwards, by_number])
async def test_a_page_that_is_whole_takes_one_request(turn: Turn) -> None:
    """A month of 8 h, and the one settlement since the last look."""
    rows = [settled_at(8 * number) for number in range(500)]
    for start_ms, most in ((NOW_MS - 30 * DAY_MS + 1, 90), (NOW_MS - 8 * HOUR_MS + 1, 1)):
        archive = Archive(rows, 400)
        assert len(await all_of(archive.reader(turn)(start_ms, NOW_MS))) == most
        assert archive.requests == 1


async def test_a_server_that_gives_fewer_than_asked_for_is_asked_on() -> None:
    """Its bound came down, and nobody told: 100 rows of the 400 asked for are not the end."""
    archive = Archive([settled_at(number) for number in range(720)], 400, cap=100)
    found = await all_of(archive.reader(backwards)(NOW_MS - 30 * DAY_MS + 1, NOW_MS))
    assert len(found) == 720


async def test_another_symbols_rows_and_rates_to_come_are_left_out() -> None:
    """Whatever a page brings."""
    eth = Instrument(exchange=Exchange.OKX, market=Market.PERP, symbol="ETH", coin="ETH")
    rows = [settled_at(8), settled_at(16, eth)]
    rows.append(Funding(instrument=BTC, exchange_ms=NOW_MS, rate=0.0001))

    async def page(_until_ms: int) -> list[Funding]:
        return rows

    pages = [found async for found in backwards(page, BTC, NOW_MS - DAY_MS, NOW_MS, 400)]
    assert pages == [[rows[0]]]


def plan_of(exchange: Exchange, sim: Simulator, clock: VirtualClock) -> FeedPlan:
    """One exchange's plan against the simulated one."""
    make = ENTRIES[exchange].plan
    assert make is not None
    return make(settings_of(sim.url), Given(clock, ("BTC",), MarketState(), seed=1))


@pytest.mark.parametrize("exchange", Exchange)
@in_virtual_time
async def test_a_month_of_every_kind_of_interval_equals_what_was_settled(
    exchange: Exchange,
) -> None:
    """1, 4 and 8 hours: rate for rate the simulator's own word, and no limit is broken."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock).running() as sim,
        a_plan(exchange, sim, clock) as plan,
    ):
        (perps,) = [one for one in plan.lists if one.market is Market.PERP]
        await perps.fetch()
        end_ms, start_ms = clock.now_ms(), clock.now_ms() - 30 * DAY_MS
        kinds = {interval_h(sim, one, end_ms): one for one in perps.book.live() if is_perp(one)}
        assert set(kinds) >= {1, 4, 8}
        for hours, one in kinds.items():
            got = [row async for page in plan.settled(one, start_ms, end_ms) for row in page]
            assert {row.instrument.key for row in got} == {one.key}
            every_ms = round(hours * HOUR_MS)
            first_ms = -(-max(start_ms, one.listed_ms or 0) // every_ms) * every_ms
            rates = {row.settled_ms or 0: row.settled_rate for row in got}
            assert sorted(rates) == [*range(first_ms, end_ms + 1, every_ms)]
            assert rates == {ms: pytest.approx(rate_at(sim, one, ms), abs=1e-16) for ms in rates}
        root = "binance-futures" if exchange is Exchange.BINANCE else exchange.value
        assert sim.stats()[root]["violations_total"] == 0


@asynccontextmanager
async def a_plan(exchange: Exchange, sim: Simulator, clock: Clock) -> AsyncIterator[FeedPlan]:
    """One exchange's plan against the simulated one."""
    make = ENTRIES[exchange].plan
    assert make is not None
    plan = make(settings_of(sim.url), Given(clock, ("BTC",), MarketState(), seed=1))
    try:
        yield plan
    finally:
        await plan.aclose()


def is_perp(one: Instrument) -> bool:
    """OKX keeps both markets in one book."""
    return one.market is Market.PERP


def interval_h(sim: Simulator, one: Instrument, at_ms: int) -> float:
    """The simulator's own word."""
    told: float = sim.exchanges[one.exchange.value].truth("perp", one.symbol, at_ms)[
        "funding_interval_h"
    ]
    return told


def rate_at(sim: Simulator, one: Instrument, at_ms: int) -> float:
    """What really settled then."""
    told = sim.exchanges[one.exchange.value].truth("perp", one.symbol, at_ms)
    return float(told["settled_rate"])
