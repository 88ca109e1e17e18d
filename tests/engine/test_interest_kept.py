"""Open interest over a start: what was stored stands until each perpetual has told anew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor import config
from tui_monitor.boards.open_interest import OpenInterestBoard, RankedBy
from tui_monitor.clock import MINUTE_MS
from tui_monitor.engine import opened_engine
from tui_monitor.model import Exchange
from tui_monitor.simulator import Simulator
from tui_monitor.source.local import LocalSource

COINS = ("BTC", "ETH", "W")


@asynccontextmanager
async def started(folder: Path, sim: Simulator, clock: VirtualClock) -> AsyncIterator[LocalSource]:
    """A new engine over what the last one stored."""
    asked = config.with_simulator(sim.url)
    asked |= {"sum_curve.coins": ["BTC", "ETH"], "sum_curve.min_coins": 1}
    asked |= {"sum_curve.fill_days": 0}
    asked |= {f"exchanges.{name.value}.markets": ["perp"] for name in Exchange}
    settings = config.load(Path("/dev/null"), {}, asked).settings
    async with (
        opened_engine(settings, folder, clock, kind="simulator", info={}) as (engine, _),
        asyncio.TaskGroup() as tasks,
    ):
        running = tasks.create_task(engine.run())
        yield LocalSource(engine, folder / "exports")
        running.cancel()


async def by_size(source: LocalSource) -> OpenInterestBoard:
    """The board of now."""
    return await source.interest_board(4, RankedBy.SIZE)


@in_virtual_time
async def test_the_total_does_not_fall_over_a_start(tmp_path: Path) -> None:
    """From the first board on the sum is that of before, marked while some of it is: Binance is
    asked symbol by symbol, and Bitget is away at first.
    """
    clock = VirtualClock(START_MS + 4 * MINUTE_MS)
    sim = Simulator(seed=1, clock=clock, rate=0.05, coins=COINS)
    async with sim.running():
        async with started(tmp_path, sim, clock) as source:
            await clock.sleep(65)
            before = await by_size(source)
        sim.fault(kind="http_500", exchange="bitget", seconds=20)
        async with started(tmp_path, sim, clock) as source:
            boards = []
            for _ in range(15):
                boards.append(await by_size(source))
                await clock.sleep(3)
    assert before.usd is not None
    for board in boards:
        assert board.usd is not None
        assert board.usd > 0.98 * before.usd
        assert len(board.rows) == len(before.rows)
    first, last = boards[0], boards[-1]
    assert first.usd == pytest.approx(before.usd, rel=0.02)
    assert all(row.is_rough for row in first.rows)
    whole = {one.exchange for one in last.told if one.is_whole}
    assert whole >= set(Exchange) - {Exchange.BINANCE}
