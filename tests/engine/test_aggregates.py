"""The aggregate source: both of its shapes, what it lacks, and that nothing of it is silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.boards.liquidations.panic import panic_index
from tui_monitor.clock import MINUTE_MS
from tui_monitor.engine.aggregates import Aggregates
from tui_monitor.errors import FeedError
from tui_monitor.feeds.aggregate import PANIC, SCRIPT, AggregateClient
from tui_monitor.model import AggregateRow
from tui_monitor.simulator import Simulator
from tui_monitor.store import Store, open_store

COINS = ("BTC", "ETH")


class Rig(NamedTuple):
    """A worker that asks the simulator."""

    sim: Simulator
    clock: VirtualClock
    store: Store
    it: Aggregates
    told: list[tuple[str, str, str]]

    async def rows(self) -> list[AggregateRow]:
        """What is stored."""
        return await self.store.aggregates(0, 2**60, 100)


@asynccontextmanager
async def a_rig(folder: Path, path: str = "") -> AsyncIterator[Rig]:
    """The worker runs while the block does."""
    clock, told = VirtualClock(), list[tuple[str, str, str]]()
    async with (
        Simulator(seed=1, clock=clock, coins=COINS).running() as sim,
        open_store(folder, clock, kind="simulator") as store,
        asyncio.TaskGroup() as tasks,
    ):
        client = AggregateClient(f"{sim.url}/aggregate{path}", clock, "https://example.org/page/")
        it = Aggregates(client, store, clock, lambda *line: told.append(line))
        running = tasks.create_task(it.run())
        yield Rig(sim, clock, store, it, told)
        running.cancel()
        await it.aclose()


@in_virtual_time
async def test_both_shapes_say_the_same() -> None:
    """USD and persons, whatever the source's units; the folder finds the script's by itself."""
    clock = VirtualClock()
    async with Simulator(seed=1, clock=clock, coins=COINS).running() as sim:
        found = {}
        for path in ("", SCRIPT, PANIC):
            client = AggregateClient(f"{sim.url}/aggregate{path}", clock)
            found[path] = await client.read()
            await client.aclose()
    script, panic = found[SCRIPT], found[PANIC]
    assert found[""] == script
    assert script.source_ms == panic.source_ms == clock.now_ms() - clock.now_ms() % MINUTE_MS
    assert script.usd_24h is not None
    assert script.people_24h is not None
    # The older shape rounds to 100 USD, 100 people and a million of position.
    assert panic.usd_1h == pytest.approx(script.usd_1h, abs=51)
    assert panic.usd_24h == pytest.approx(script.usd_24h, abs=51)
    assert panic.people_24h == pytest.approx(script.people_24h, abs=51)
    assert panic.position_usd == pytest.approx(script.position_usd, abs=5.1e5)


@in_virtual_time
async def test_a_row_a_minute_is_kept(tmp_path: Path) -> None:
    """With the source's own time, and the index of what it said."""
    async with a_rig(tmp_path) as rig:
        await rig.clock.sleep(130)
        rows = await rig.rows()
        assert len(rows) == 3
        for row in rows:
            assert row.source_ms is not None
            assert row.minute_ms == row.received_ms - row.received_ms % MINUTE_MS
            assert row.panic_index == panic_index(row.people_24h, row.position_usd)
            assert row.panic_index
        assert (rig.it.error, rig.told) == ("", [])


@in_virtual_time
async def test_zeros_are_asked_for_again_and_then_unknown(tmp_path: Path) -> None:
    """Three times, two seconds apart; None is kept, and it is said once."""
    async with a_rig(tmp_path) as rig:
        await rig.clock.sleep(5)
        rig.sim.fault(kind="zeros", seconds=90, exchange="aggregate")
        await rig.clock.sleep(70)
        row = (await rig.rows())[-1]
        assert (row.usd_1h, row.usd_24h, row.people_24h, row.position_usd) == (None,) * 4
        assert row.panic_index is None
        assert "zero" in rig.it.error
        assert rig.it.failing_since_ms is not None
        assert row.received_ms % MINUTE_MS >= 6_000
        await rig.clock.sleep(60)
        assert (await rig.rows())[-1].usd_1h is not None
        assert [level for level, _, _ in rig.told] == ["warning", "info"]
        assert not rig.it.error


@pytest.mark.parametrize("kind", ["crowd", "http_500", "html", "garbage"])
@in_virtual_time
async def test_what_can_not_be_gives_no_row_and_one_event(tmp_path: Path, kind: str) -> None:
    """More people than there can be, errors, and what is no JSON."""
    async with a_rig(tmp_path) as rig:
        rig.sim.fault(kind=kind, seconds=150, exchange="aggregate")
        await rig.clock.sleep(130)
        assert await rig.rows() == []
        assert rig.it.error
        assert len(rig.told) >= 1
        assert rig.told[0][:2] == ("warning", "aggregate")
        await rig.clock.sleep(90)
        assert await rig.rows()
        assert rig.told[-1][0] == "info"


@in_virtual_time
async def test_what_stands_still_is_known_by_its_own_time(tmp_path: Path) -> None:
    """The source answers, but its time does not move."""
    async with a_rig(tmp_path) as rig:
        await rig.clock.sleep(5)
        rig.sim.fault(kind="stale", seconds=600, exchange="aggregate")
        before = await rig.rows()
        await rig.clock.sleep(300)
        rows = await rig.rows()
        # What it said at the fault's begin may be a minute of its own.
        assert len(rows) <= len(before) + 1
        times = [row.source_ms for row in rows]
        assert len(set(times)) == len(times)
        assert "nothing new since 2026-" in rig.it.error
        assert [level for level, _, _ in rig.told] == ["warning"]


@in_virtual_time
async def test_a_word_that_is_stored_is_not_stored_again_after_a_restart(tmp_path: Path) -> None:
    """The row before is that of the store."""
    async with a_rig(tmp_path) as rig:
        await rig.clock.sleep(5)
        rig.sim.fault(kind="stale", seconds=600, exchange="aggregate")
        await rig.clock.sleep(120)
        rows = await rig.rows()
        client = AggregateClient(f"{rig.sim.url}/aggregate", rig.clock)
        again = Aggregates(client, rig.store, rig.clock, lambda *line: rig.told.append(line))
        running = asyncio.ensure_future(again.run())
        await rig.clock.sleep(70)
        running.cancel()
        await again.aclose()
        assert await rig.rows() == rows


@in_virtual_time
async def test_a_source_that_is_not_there_is_an_error() -> None:
    """Neither shape: the folder says so."""
    clock = VirtualClock()
    async with Simulator(seed=1, clock=clock, coins=COINS).running() as sim:
        client = AggregateClient(f"{sim.url}/nowhere", clock)
        with pytest.raises(FeedError):
            await client.read()
        await client.aclose()
