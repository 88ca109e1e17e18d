"""Liquidations across kill -9, in processes of their own."""

import asyncio
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.programs import LONG_S, a_daemon, answer_of
from tui_monitor.clock import SystemClock
from tui_monitor.model import Exchange, Heard, LiquidationRow
from tui_monitor.simulator import Simulator
from tui_monitor.store import Reader, Store, open_reader, open_store

CLOCK = SystemClock()
ALL = {
    f"TUI_MONITOR_EXCHANGES__{name.value.upper()}__{key}": value
    for name in Exchange
    for key, value in (("ENABLED", "true"), ("MARKETS", "perp"))
}
# A stream tells up to a second later, and its topics in any order: what is older than that when a
# newer one is stored has been told.
LATE_MS = 2_000
# An event that the streams tell as the engine begins to hear them may be of before.
EDGE_MS = 1_000
# Of a stream that broke: from its last word to its next.
BROKEN_MS = 10_000

Event = tuple[str, int, str]
"""Symbol, time and side."""


class Run(NamedTuple):
    """A daemon's life: begun, all venues heard, ended; what was on the disk just before its end."""

    begun_ms: int
    heard_ms: int
    ended_ms: int
    written: dict[Exchange, set[Event]]

    def judged(self, name: Exchange) -> range:
        """The times of which a venue's events have to be there."""
        newest_ms = max((at_ms for _, at_ms, _ in self.written[name]), default=0)
        return range(self.heard_ms + EDGE_MS, newest_ms - LATE_MS)


async def a_killed_run(sim: Simulator, home: Path, folder: Path) -> Run:
    """Killed when of one venue a time can be judged in which it told of something."""
    begun_ms = CLOCK.now_ms()
    options = ("--simulator", sim.url, "--data-dir", str(folder))
    async with a_daemon(home, *options, more=ALL) as daemon:
        await until_all_are_heard(daemon.url)
        heard_ms = CLOCK.now_ms()
        async with asyncio.timeout(LONG_S):
            while True:
                run = Run(begun_ms, heard_ms, CLOCK.now_ms(), await written_to(folder))
                if any(judgeable(run)) and await all_have_heard(folder):
                    break
                await asyncio.sleep(0.2)
        daemon.child.send_signal(signal.SIGKILL)
        await daemon.child.wait()
    return run._replace(ended_ms=CLOCK.now_ms())


async def a_last_run(sim: Simulator, home: Path, folder: Path) -> Run:
    """One that ends as it should: what a kill left undone has been done then."""
    begun_ms = CLOCK.now_ms()
    options = ("--simulator", sim.url, "--data-dir", str(folder))
    async with a_daemon(home, *options, more=ALL) as daemon:
        await until_all_are_heard(daemon.url)
        heard_ms = CLOCK.now_ms()
        daemon.child.send_signal(signal.SIGTERM)
        assert await daemon.child.wait() == 0
    return Run(begun_ms, heard_ms, CLOCK.now_ms(), await written_to(folder))


async def until_all_are_heard(url: str) -> None:
    """As the daemon itself tells it."""
    async with asyncio.timeout(LONG_S):
        while True:
            told = (await answer_of(url, "/api/boards/liquidations"))["data"]["venues"]
            if [one["state"] for one in told] == ["heard"] * len(Exchange):
                return
            await asyncio.sleep(0.2)


def judgeable(run: Run) -> Iterable[Event]:
    """What is written and can be judged."""
    for name, events in run.written.items():
        yield from (event for event in events if event[1] in run.judged(name))


async def written_to(folder: Path) -> dict[Exchange, set[Event]]:
    """What streams told, by venue, as it stands on the disk now."""
    async with open_reader(folder, CLOCK) as reader:
        return {name: set(told(await rows_of(reader, name))) for name in Exchange}


async def all_have_heard(folder: Path) -> bool:
    """Whether of each venue more than a second is on the disk as heard."""
    async with open_reader(folder, CLOCK) as reader:
        minutes = await reader.liquidation_minutes(0, CLOCK.now_ms() + 60_000)
    heard_ms = dict.fromkeys(Exchange, 0)
    for one in minutes:
        heard_ms[one.exchange] += one.covered_ms
    return min(heard_ms.values()) > 1_000


async def rows_of(store: Reader, name: Exchange) -> list[LiquidationRow]:
    """All of a venue's."""
    end_ms = CLOCK.now_ms() + 60_000
    return await store.liquidations(0, end_ms, limit=100_000, exchange=name)


def told(rows: Iterable[LiquidationRow]) -> list[Event]:
    """Those that came by stream."""
    heard = (row for row in rows if row.heard is Heard.STREAM)
    return [(row.symbol, row.exchange_ms, row.side.value) for row in heard]


@pytest.mark.timeout(600)
async def test_a_kill_takes_no_event_that_was_written_and_none_comes_twice(tmp_path: Path) -> None:
    """Each venue's minutes are its stored events, and each of these its stream has told."""
    folder = tmp_path / "data"
    async with Simulator(seed=1, coins=("BTC", "ETH", "SOL", "PEPE"), rate=0.2).running() as sim:
        runs = [await a_killed_run(sim, tmp_path, folder) for _ in range(2)]
        runs.append(await a_last_run(sim, tmp_path, folder))
        async with open_store(folder, CLOCK, kind="simulator") as store:
            for exchange in Exchange:
                await check(store, sim, exchange, runs)


async def check(store: Store, sim: Simulator, exchange: Exchange, runs: list[Run]) -> None:
    """One venue."""
    end_ms = CLOCK.now_ms() + 60_000
    ours = told(await rows_of(store, exchange))
    assert len(set(ours)) == len(ours)
    first_ms = runs[0].begun_ms - 600_000
    made = sim.exchanges[exchange.value].liquidations("perp", None, first_ms, CLOCK.now_ms())
    true = {(one["symbol"], one["ts"], one["side"]) for one in made if one["streamed"]}
    assert set(ours) <= true
    minutes = [
        one for one in await store.liquidation_minutes(0, end_ms) if one.exchange is exchange
    ]
    heard_ms = sum(one.covered_ms for one in minutes)
    assert 1_000 < heard_ms <= sum(run.ended_ms - run.begun_ms for run in runs)
    sums = {
        one.minute_ms: (one.long_usd, one.short_usd, one.long_count, one.short_count)
        for one in await store.liquidation_sums(first_ms - first_ms % 60_000, end_ms)
        if one.exchange is exchange
    }
    for minute in minutes:
        assert sums.get(minute.minute_ms, (0.0, 0.0, 0, 0)) == (
            minute.long_usd,
            minute.short_usd,
            minute.long_count,
            minute.short_count,
        )
    outages = [
        (one.begin_ms - BROKEN_MS, (one.end_ms or end_ms) + BROKEN_MS)
        for one in await store.outages(0, end_ms)
        if one.exchange is exchange and one.channel.startswith("liquidations")
    ]
    for run in runs:
        assert run.written[exchange] <= set(ours)
        due = {
            event
            for event in true
            if event[1] in run.judged(exchange)
            and not any(begin <= event[1] <= end for begin, end in outages)
        }
        assert due <= set(ours)
