"""The worker of open interest: marks, records of exchanges, gaps, account ratios."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.engine.perps import AskedPerps, asked_perps
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.config import OpenInterest as Settings
from tui_monitor.engine.interest import Interests
from tui_monitor.engine.interest_past import ITS_LIMIT, LAG_MS, REACH_MS
from tui_monitor.market import MarketState
from tui_monitor.model import (
    MARK_MS,
    Exchange,
    InterestSample,
    InterestSource,
    OpenInterest,
    Source,
)
from tui_monitor.simulator import Simulator
from tui_monitor.store import Store, open_store

COINS = ("BTC", "ETH", "PEPE")
PATHS = {
    Exchange.BINANCE: ("binance-futures", "/futures/data/openInterestHist"),
    Exchange.OKX: ("okx", "/api/v5/rubik/stat/contracts/open-interest-history"),
    Exchange.BYBIT: ("bybit", "/v5/market/open-interest"),
}
MARKS_A_DAY = REACH_MS // MARK_MS


class Rig(NamedTuple):
    """A worker that runs, and its surroundings."""

    worker: Interests
    task: asyncio.Task[None]
    perps: dict[Exchange, AskedPerps]
    market: MarketState
    store: Store
    sim: Simulator
    clock: VirtualClock
    events: list[tuple[str, str, str]]

    def requests(self) -> dict[Exchange, int]:
        """How often each exchange's record was asked for."""
        stats = self.sim.stats()
        return {
            exchange: int(stats[root]["requests"].get(path, 0))
            for exchange, (root, path) in PATHS.items()
        }

    def filled(self, said: set[str] | None = None) -> bool:
        """Whether all records were asked for; `said` gets what is told of the reading."""
        past = [one for one in self.worker.past() if not one.note]
        if said is not None:
            said.update(one.text for one in past)
        return all(one.asked == one.wanted > 0 for one in past)

    async def poll(self) -> None:
        """Open interest of now, by REST, into the market."""
        for perps in self.perps.values():
            for poll in perps.plan.polls:
                if OpenInterest in poll.channel.kinds:
                    self.apply([one for one in await poll.fetch() if isinstance(one, OpenInterest)])
            for stream in perps.plan.streams:
                for name, bridge in stream.bridges.items():
                    if name == "tickers":
                        found = await bridge.fetch()
                        self.apply([one for one in found if isinstance(one, OpenInterest)])

    def apply(self, told: list[OpenInterest]) -> None:
        """Into the market."""
        for one in told:
            self.market.apply(one, self.clock.now_ms(), self.clock.monotonic_s(), Source.REST)

    async def samples(self, coin: str = "BTC") -> list[InterestSample]:
        """All that is stored of a coin."""
        return await self.store.coin_interest(coin, START_MS - 3 * DAY_MS, START_MS + 3 * DAY_MS)


@asynccontextmanager
async def a_rig(
    folder: Path, sim: Simulator, clock: VirtualClock, settings: Settings | None = None
) -> AsyncIterator[Rig]:
    """A worker for all four exchanges against a simulator that runs."""
    market = MarketState()
    events: list[tuple[str, str, str]] = []
    async with (
        asked_perps(sim, market, clock) as perps,
        open_store(folder, clock, kind="simulator") as store,
        asyncio.TaskGroup() as tasks,
    ):
        worker = Interests(
            list(perps.values()),
            store,
            market,
            clock,
            settings or Settings(),
            lambda *event: events.append(event),
        )
        task = tasks.create_task(worker.run())
        yield Rig(worker, task, perps, market, store, sim, clock, events)
        task.cancel()


@in_virtual_time
async def test_a_day_is_filled_once_and_never_again(tmp_path: Path) -> None:
    """One request a page of each record; a second start finds everything and asks for the rest."""
    clock = VirtualClock(START_MS + 30_000)
    async with Simulator(seed=1, clock=clock, coins=COINS).running() as sim:
        async with a_rig(tmp_path, sim, clock) as rig:
            said: set[str] = set()
            await clock.until(lambda: rig.filled(said), within_s=120, every_s=0.5)
            assert "reading 0 of 3 histories from okx" in said
            assert "reading 2 of 3 histories from okx" in said
            of_btc = await rig.samples()
            first = rig.requests()
            await clock.sleep(30)
            assert {one.text for one in rig.worker.past()} == {""}
            assert ("info", "okx", "open interest of 3 perpetuals is here") in rig.events
            notes = {one.exchange: one.note for one in rig.worker.past()}
        by_exchange = {
            exchange: [one.at_ms for one in of_btc if one.exchange is exchange]
            for exchange in Exchange
        }
        assert by_exchange.pop(Exchange.BITGET) == []
        assert notes[Exchange.BITGET]
        for times in by_exchange.values():
            assert times == list(range(times[0], times[-1] + 1, MARK_MS))
            assert times[-1] - times[0] == REACH_MS
        # 291 marks: 500 rows a page, 100, 200.
        assert first == {Exchange.BINANCE: 3, Exchange.OKX: 9, Exchange.BYBIT: 6}
        async with a_rig(tmp_path, sim, clock) as rig:
            said = set()
            await clock.until(lambda: rig.filled(said), within_s=120, every_s=0.5)
            # What is stored is not asked for, so nothing is being read.
            assert said == {""}
            assert rig.requests() == first
        assert sum(one["violations_total"] for one in sim.stats().values()) == 0


@in_virtual_time
async def test_every_mark_is_sampled_and_ours_goes_before_the_record(tmp_path: Path) -> None:
    """At the mark, of all four exchanges, with the price; what old rows say is not sampled."""
    clock = VirtualClock(START_MS + 4 * MINUTE_MS)
    async with (
        Simulator(seed=1, clock=clock, coins=COINS).running() as sim,
        a_rig(tmp_path, sim, clock, Settings(history_top=0, ratios_top=0)) as rig,
    ):
        await rig.poll()
        await clock.sleep(70)
        found = await rig.samples()
        assert {(one.exchange, one.at_ms) for one in found} == {
            (exchange, START_MS + MARK_MS) for exchange in Exchange
        }
        assert all(one.source is InterestSource.OURS and one.usd for one in found)
        # Nobody is asked again: after a quarter of an hour these are no values of now.
        await clock.sleep(40 * 60)
        times = sorted({one.at_ms for one in await rig.samples()})
        assert times == [START_MS + number * MARK_MS for number in (1, 2, 3)]


@in_virtual_time
async def test_marks_that_we_missed_are_asked_for_later(tmp_path: Path) -> None:
    """An outage of half an hour: the record fills it when it has it, ours stays what it is."""
    clock = VirtualClock(START_MS + 4 * MINUTE_MS)
    async with (
        Simulator(seed=1, clock=clock, coins=COINS).running() as sim,
        a_rig(tmp_path, sim, clock, Settings(ratios_top=0)) as rig,
    ):
        await clock.until(rig.filled, within_s=120, every_s=1)
        await rig.poll()
        await clock.sleep(60 * 60)  # old after 15 minutes
        await rig.poll()
        await clock.sleep(5 * 60 + LAG_MS / 1000 + 120)
        end_ms = START_MS + 60 * MINUTE_MS
        of_okx = [one for one in await rig.samples() if one.exchange is Exchange.OKX]
        times = [one.at_ms for one in of_okx if START_MS <= one.at_ms <= end_ms]
        assert times == list(range(START_MS, end_ms + 1, MARK_MS))
        sources = {one.at_ms: one.source for one in of_okx}
        assert sources[START_MS + 2 * MARK_MS] is InterestSource.OURS
        assert sources[START_MS + 7 * MARK_MS] is InterestSource.HISTORY


@in_virtual_time
async def test_an_exchange_that_fails_is_told_of_once_and_asked_again(tmp_path: Path) -> None:
    """The others are filled meanwhile; when it is back, it is too."""
    clock = VirtualClock(START_MS + 30_000)
    async with (
        Simulator(seed=1, clock=clock, coins=COINS).running() as sim,
        a_rig(tmp_path, sim, clock, Settings(ratios_top=0)) as rig,
    ):
        sim.fault(kind="http_500", exchange="okx", path="rubik", seconds=3600)
        await clock.sleep(200)
        past = {one.exchange: one for one in rig.worker.past()}
        assert past[Exchange.BYBIT].asked == past[Exchange.BYBIT].wanted == 3
        assert past[Exchange.OKX].asked == 0
        assert past[Exchange.OKX].error
        warnings = [one for one in rig.events if one[0] == "warning"]
        assert [one[1] for one in warnings] == ["okx"]
        assert "its record of open interest" in warnings[0][2]
        sim.faults.clear()
        await clock.until(rig.filled, within_s=200, every_s=1)
        assert {one.error for one in rig.worker.past()} == {""}


@in_virtual_time
async def test_a_limit_that_is_waited_for_is_said(tmp_path: Path) -> None:
    """How many are read of what is not stored, for how long it waits and why; then no more."""
    clock = VirtualClock(START_MS + 30_000)
    two, three = (Settings(ratios_top=0, history_top=count) for count in (2, 3))
    async with Simulator(seed=1, clock=clock, coins=COINS).running() as sim:
        async with a_rig(tmp_path, sim, clock, two) as rig:
            await clock.until(rig.filled, within_s=120, every_s=1)
        sim.fault(
            kind="http_429",
            exchange="bybit",
            path="open-interest",
            seconds=3600,
            retry_after_s=90,
        )
        async with a_rig(tmp_path, sim, clock, three) as rig:
            said: set[str] = set()
            await clock.until(lambda: any("waits" in one for one in _note(rig, said)), within_s=200)
            (waiting,) = [text for text in said if "waits" in text]
            assert waiting.startswith("reading 0 of 1 histories from bybit, waits ")
            assert waiting.endswith(f"s: {ITS_LIMIT}")
            sim.faults.clear()
            await clock.until(rig.filled, within_s=400, every_s=1)
            await clock.sleep(1)
            assert {one.text for one in rig.worker.past()} == {""}


def _note(rig: Rig, said: set[str]) -> set[str]:
    rig.filled(said)
    return said


@in_virtual_time
async def test_ratios_of_the_most_traded_are_asked_every_quarter_of_an_hour(
    tmp_path: Path,
) -> None:
    """Two of three perpetuals, of the three exchanges that tell."""
    clock = VirtualClock(START_MS + 30_000)
    settings = Settings(history_top=0, ratios_top=2)
    async with (
        Simulator(seed=1, clock=clock, coins=COINS).running() as sim,
        a_rig(tmp_path, sim, clock, settings) as rig,
    ):
        await clock.sleep(60)
        ratios = await rig.store.newest_ratios(0)
        assert {one.exchange for one in ratios} == set(PATHS)
        assert len(ratios) == 6
        known = {one.exchange: one.ratios for one in rig.worker.past()}
        assert known == {Exchange.BITGET: 0, **dict.fromkeys(PATHS, 2)}
        await clock.sleep(15 * 60)
        later = await rig.store.newest_ratios(START_MS + 10 * MINUTE_MS)
        assert len(later) == 6
        assert sum(one["violations_total"] for one in sim.stats().values()) == 0
