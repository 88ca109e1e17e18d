"""The system board of a running engine on the simulator, and of a database alone."""

from pathlib import Path

import aiosqlite
import pytest

from tests.support.engines import Monitor, a_monitor
from tests.support.sim import CURVE
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.boards.system import SystemBoard
from tui_monitor.clock import BoardZone
from tui_monitor.config import SumCurve
from tui_monitor.engine.recorder import RETRY_S
from tui_monitor.errors import StoreFull
from tui_monitor.model import Exchange, FeedState, Market
from tui_monitor.simulator import Simulator
from tui_monitor.source.stored import StoredSource
from tui_monitor.source.system import COUNT_AGAIN_S
from tui_monitor.store import open_reader

FEW = ("BTC", "ETH", "SOL", "DOGE")


async def until_listed(monitor: Monitor, clock: VirtualClock) -> None:
    """OKX has its lists, and prices for nearly all of them."""

    def ready() -> bool:
        feed = monitor.engine.feed
        return feed.listed and all(one.state is FeedState.LIVE for one in feed.health()[:1])

    await clock.until(ready, 30)


async def settled_board(monitor: Monitor, clock: VirtualClock) -> SystemBoard:
    """The board, some seconds later."""
    await until_listed(monitor, clock)
    monitor.source.status()
    await clock.sleep(10)
    return await monitor.source.system_board()


@in_virtual_time
async def test_a_running_engine_tells_of_each_exchange(tmp_path: Path) -> None:
    """Connections with rates, lists with prices, skew, process, database."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        board = await settled_board(monitor, clock)
        assert board.running
        assert board.kind == "simulator"
        okx = next(line for line in board.exchanges if line.exchange is Exchange.OKX)
        assert okx.clock_skew_ms is not None
        assert abs(okx.clock_skew_ms) < 1_000
        tickers = next(
            line
            for line in board.connections
            if (line.exchange, line.market) == (Exchange.OKX, Market.PERP)
            and line.channel == "tickers"
        )
        assert tickers.state is FeedState.LIVE
        assert tickers.messages_per_s is not None
        assert tickers.messages_per_s > 1
        listed = next(
            line
            for line in board.lists
            if (line.exchange, line.market) == (Exchange.OKX, Market.PERP)
        )
        assert listed.instruments is not None
        assert 0.9 * listed.instruments <= listed.priced <= listed.instruments
        assert listed.example
        assert board.process is not None
        assert board.process.uptime_s > 5
        assert board.database is not None
        assert board.database.committed_ms is not None
        assert board.database.backlog_rows == 0


@in_virtual_time
async def test_whoever_finds_the_disk_full_recording_is_paused(tmp_path: Path) -> None:
    """With its reason and since when; what waits and what is lost is counted; a commit ends it."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        await settled_board(monitor, clock)
        store = monitor.engine.store
        await store._session.maintain("PRAGMA max_page_count = 1")
        full_ms = clock.now_ms()
        with pytest.raises(StoreFull):
            await store.keep_board_head("a board", "x" * 2_000_000)
        status = monitor.source.status()
        assert (status.recording, status.recording_paused_ms) == (False, full_ms)
        assert "no room to record" in status.recording_reason
        await store._session.maintain("PRAGMA max_page_count = 1000000")
        assert not monitor.source.status().recording
        await clock.sleep(RETRY_S + 1)
        status = monitor.source.status()
        assert (status.recording, status.recording_paused_ms) == (True, None)
        assert status.recording_reason == ""
        told = [line.text for line in monitor.source.events() if line.area == "store"]
        assert ["paused" in text for text in told] == [True, False]
        store.give_up(3)
        board = await monitor.source.system_board()
        assert board.database is not None
        assert board.database.dropped_rows == 3


@in_virtual_time
async def test_whoever_looked_at_the_status_has_rates_at_once(tmp_path: Path) -> None:
    """The very first look can have none; nobody waits for them here."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        await until_listed(monitor, clock)
        first = await monitor.source.system_board()
        assert all(line.messages_per_s is None for line in first.connections)
        await clock.sleep(3)
        monitor.source.status()
        await clock.sleep(3)
        board = await monitor.source.system_board()
        assert any(line.messages_per_s for line in board.connections)


@in_virtual_time
async def test_the_report_on_markets_is_of_the_exchanges_lists(tmp_path: Path) -> None:
    """BTC trades in each of them."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        await until_listed(monitor, clock)
        report = await monitor.source.markets()
        bitcoin = next(one for one in report.coins if one.coin == "BTC")
        assert Exchange.OKX in bitcoin.perp
        okx = next(one for one in report.exchanges if one.exchange is Exchange.OKX)
        assert okx.perp > 100
        assert okx.coverage_pct is not None


@in_virtual_time
async def test_rows_are_not_counted_at_every_look(tmp_path: Path) -> None:
    """Years of them take a while; a database that can't be read leaves its error instead."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        first = (await monitor.source.system_board()).database
        begin_ms = clock.now_ms()
        await monitor.engine.store._session.write(drop_a_table)
        await clock.sleep(5)
        second = (await monitor.source.system_board()).database
        assert first is not None
        assert second is not None
        assert first.counted_ms == second.counted_ms
        assert second.committed_ms is not None
        assert begin_ms <= second.committed_ms <= clock.now_ms()
        await clock.sleep(COUNT_AGAIN_S)
        third = await monitor.source.system_board()
        assert third.database is None
        assert "no such table" in third.database_error


async def drop_a_table(database: aiosqlite.Connection) -> None:
    """What a damage would do, without damaging the file."""
    await database.execute("DROP TABLE outage")


@in_virtual_time
async def test_a_database_alone_gives_its_own_figures(tmp_path: Path) -> None:
    """No connections, and no coin anywhere."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        await settled_board(monitor, clock)
    async with open_reader(tmp_path) as reader:
        source = StoredSource(reader, BoardZone(), clock, SumCurve(), tmp_path / "exports")
        board = await source.system_board()
        assert not board.running
        assert board.database is not None
        assert board.database.rows["slot_prices"] > 0
        assert (await source.markets()).coins == []
