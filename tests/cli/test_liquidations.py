"""Liquidations across kill -9, in processes of their own."""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from tests.support.programs import a_daemon
from tui_monitor.clock import SystemClock
from tui_monitor.model import Exchange, Heard
from tui_monitor.simulator import Simulator
from tui_monitor.store import Store, open_store

ALL = {
    f"TUI_MONITOR_EXCHANGES__{name.value.upper()}__{key}": value
    for name in Exchange
    for key, value in (("ENABLED", "true"), ("MARKETS", "perp"))
}
# A stream tells up to a second later, and what is told is written within a second.
LATE_MS = 3_000
# An event that the streams tell as the engine begins to hear them may be of before.
EDGE_MS = 1_000


async def a_killed_run(sim: Simulator, home: Path, folder: Path, seconds: float) -> tuple[int, int]:
    """When the daemon heard every venue, and when, so much later, it was killed."""
    clock = SystemClock()
    async with a_daemon(
        home, "--simulator", sim.url, "--data-dir", str(folder), more=ALL
    ) as daemon:
        await until_all_are_heard(daemon.url)
        begun_ms = clock.now_ms()
        await asyncio.sleep(seconds)
        killed_ms = clock.now_ms()
        daemon.child.send_signal(signal.SIGKILL)
        await daemon.child.wait()
    return begun_ms, killed_ms


async def until_all_are_heard(url: str) -> None:
    """As the daemon itself tells it."""
    async with asyncio.timeout(90), httpx.AsyncClient(base_url=url, trust_env=False) as client:
        while True:
            told = (await client.get("/api/boards/liquidations")).json()["data"]["venues"]
            if [one["state"] for one in told] == ["heard"] * len(Exchange):
                return
            await asyncio.sleep(0.2)


@pytest.mark.timeout(400)
async def test_a_kill_takes_no_event_that_was_written_and_none_comes_twice(tmp_path: Path) -> None:
    """Each venue's minutes are its stored events, and each of these its stream has told."""
    folder = tmp_path / "data"
    async with Simulator(seed=1, coins=("BTC", "ETH", "SOL", "PEPE"), rate=0.2).running() as sim:
        runs = [await a_killed_run(sim, tmp_path, folder, seconds) for seconds in (6.0, 5.0)]
        begun_ms, _ = await a_killed_run(sim, tmp_path, folder, 2.0)
        async with open_store(folder, SystemClock(), kind="simulator") as store:
            for exchange in Exchange:
                await check(store, sim, exchange, runs)
    assert begun_ms > runs[-1][1]


async def check(
    store: Store, sim: Simulator, exchange: Exchange, runs: list[tuple[int, int]]
) -> None:
    """One venue."""
    end_ms = SystemClock().now_ms() + 60_000
    rows = await store.liquidations(0, end_ms, limit=100_000, exchange=exchange)
    ours = [
        (row.symbol, row.exchange_ms, row.side.value) for row in rows if row.heard is Heard.STREAM
    ]
    assert len(set(ours)) == len(ours)
    first_ms, last_ms = runs[0][0] - 120_000, SystemClock().now_ms()
    made = sim.exchanges[exchange.value].liquidations("perp", None, first_ms, last_ms)
    true = {(one["symbol"], one["ts"], one["side"]) for one in made if one["streamed"]}
    assert set(ours) <= true
    minutes = [
        one for one in await store.liquidation_minutes(0, end_ms) if one.exchange is exchange
    ]
    heard_ms = sum(one.covered_ms for one in minutes)
    outages = [
        (one.begin_ms, one.end_ms or end_ms)
        for one in await store.outages(0, end_ms)
        if one.exchange is exchange and one.channel.startswith("liquidations")
    ]
    assert heard_ms > 1_000
    # The heard time ends with what was written: it is never more than the runs were long.
    assert heard_ms <= sum(killed_ms - begun_ms for begun_ms, killed_ms in runs) + 30_000
    sums = {
        one.minute_ms: (one.long_usd, one.short_usd, one.long_count, one.short_count)
        for one in await store.liquidation_sums(first_ms - first_ms % 60_000, end_ms)
        if one.exchange is exchange
    }
    # The last kill may have come between events and their minute: the next run would mend it.
    for minute in minutes[:-1]:
        assert sums.get(minute.minute_ms, (0.0, 0.0, 0, 0)) == (
            minute.long_usd,
            minute.short_usd,
            minute.long_count,
            minute.short_count,
        )
    for begun_ms, killed_ms in runs:
        due = {
            name
            for name in true
            if begun_ms + EDGE_MS < name[1] < killed_ms - LATE_MS
            and not any(at - 1_500 <= name[1] <= end + 1_500 for at, end in outages)
        }
        assert due <= set(ours)
