"""The whole engine in virtual time: slots, midnight, silence, failures, restarts."""

from pathlib import Path

import pytest

from tests.support.engines import (
    Monitor,
    a_monitor,
    complete_nodes,
    true_price,
    true_sum,
    until_settled,
)
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.boards.sum_curve import NodeState
from tui_monitor.clock import SLOT_MS, BoardZone
from tui_monitor.config import COINS
from tui_monitor.errors import EngineHeld
from tui_monitor.model import FeedState, HoleState, Outage, PriceSource, Reason
from tui_monitor.simulator import Simulator
from tui_monitor.source import Query

ZONE = BoardZone()
# Virtual time begins at 08:00 of the board day.
DAY_MS = ZONE.day_start_ms(ZONE.day_of(START_MS))
FEW = ("BTC", "ETH", "SOL", "DOGE")


def a_sim(clock: VirtualClock, coins: tuple[str, ...] = COINS) -> Simulator:
    """Few pushes of few coins: virtual time pays for each of them."""
    return Simulator(clock=clock, rate=0.2, coins=coins)


@in_virtual_time
async def test_whenever_it_starts_the_due_nodes_of_today_are_complete(tmp_path: Path) -> None:
    """Each equals Σ (open(slot) − open(00:00)) / open(00:00) × 100 to 1e-9."""
    clock = VirtualClock(START_MS + 4 * SLOT_MS + 777_000)
    async with a_sim(clock).running() as sim, a_monitor(tmp_path, sim, clock) as monitor:
        await until_settled(monitor, clock, within_s=15)
        board = await monitor.source.sum_board(Query())
        begun = [node for node in board.nodes if node.slot_ms <= clock.now_ms()]
        assert len(begun) == 21
        for node in begun:
            assert node.sum_pct == pytest.approx(
                true_sum(sim, COINS, node.slot_ms, DAY_MS), abs=1e-9
            )
        assert board.statistics.completeness_pct == 100.0
        assert sim.stats()["okx"]["violations"] == []


@in_virtual_time
async def test_the_live_point_is_the_tickers_change_since_midnight(tmp_path: Path) -> None:
    """Recomputed from the same last prices and from the day's true opens."""
    clock = VirtualClock()
    async with a_sim(clock).running() as sim, a_monitor(tmp_path, sim, clock) as monitor:
        await until_settled(monitor, clock)
        board = await monitor.source.sum_board(Query())
        assert board.live is not None
        assert board.live.valid == 27
        total = 0.0
        for row in board.coins:
            base = true_price(sim, row.coin, DAY_MS)
            market = monitor.engine.prices.row(row.coin)
            assert market is not None
            assert row.price == market.last
            assert market.exchange_ms is not None
            assert row.price == true_price(sim, row.coin, market.exchange_ms)
            total += (row.price - base) / base * 100
        assert board.live.sum_pct == pytest.approx(total, abs=1e-9)


@in_virtual_time
async def test_a_slot_is_captured_at_once_and_then_takes_the_bars_open(tmp_path: Path) -> None:
    """First the last trades, marked; seconds later the opens; the slot's own time, no drift."""
    clock = VirtualClock(START_MS + SLOT_MS - 20_000)
    slot = START_MS + SLOT_MS
    async with a_sim(clock).running() as sim, a_monitor(tmp_path, sim, clock) as monitor:
        await until_settled(monitor, clock)
        sim.fault(exchange="okx", kind="http_500", path="/api/v5/market/candles", seconds=40)
        seen: list[tuple[NodeState, bool]] = []
        while clock.now_ms() < slot + 5_000:
            board = await monitor.source.sum_board(Query())
            (node,) = [node for node in board.nodes if node.slot_ms == slot]
            seen.append((node.state, node.provisional))
            await clock.sleep(0.5)
        assert seen[0] == (NodeState.FUTURE, False)
        assert seen[-1] == (NodeState.OK, True)
        await until_settled(monitor, clock, within_s=120)
        rows = await monitor.engine.store.prices(slot, slot + 1, COINS)
        assert {row.source for row in rows} == {PriceSource.CANDLE_OPEN}
        for row in rows:
            assert row.price == true_price(sim, row.coin, slot)


@in_virtual_time
async def test_midnight_rolls_the_day_over(tmp_path: Path) -> None:
    """Node 00:00 of the new day is 0, and the live point is relative to the new base."""
    clock = VirtualClock(DAY_MS + 48 * SLOT_MS - 15_000)
    midnight = DAY_MS + 48 * SLOT_MS
    async with a_sim(clock).running() as sim, a_monitor(tmp_path, sim, clock) as monitor:
        await until_settled(monitor, clock)
        before = await monitor.source.sum_board(Query())
        assert (before.today, sum(n.valid == 27 for n in before.nodes)) == ("2026-11-20", 48)
        await clock.sleep(25)
        await until_settled(monitor, clock)
        board = await monitor.source.sum_board(Query())
        assert (board.today, board.first_day) == ("2026-11-21", "2026-11-21")
        assert board.nodes[0].sum_pct == 0.0
        assert board.live is not None
        for row in board.coins:
            assert row.base == true_price(sim, row.coin, midnight)


@in_virtual_time
async def test_a_coin_that_failed_is_tried_again_for_its_own_slot(tmp_path: Path) -> None:
    """The queue is in the database: another engine, later, fills the slot with the slot's price."""
    clock = VirtualClock(START_MS + 120_000)
    async with a_sim(clock, FEW).running() as sim:
        sim.fault(exchange="okx", kind="http_500", path="/api/v5/market/candles", seconds=300)
        async with a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor:
            await clock.sleep(40)
            board = await monitor.source.sum_board(Query(slot_ms=START_MS))
            assert all(str(row.reason).startswith(Reason.FETCH_FAILED) for row in board.coins)
            queue = await monitor.engine.store.queue(clock.now_ms() + SLOT_MS, 1000)
            assert {hole.state for hole in queue} == {HoleState.FAILED}
            assert max(hole.tries for hole in queue) >= 2
        await clock.sleep(900)
        async with a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor:
            await until_settled(monitor, clock)
            rows = await monitor.engine.store.prices(START_MS, START_MS + 1, FEW)
            assert [row.price for row in rows] == [
                true_price(sim, coin, START_MS) for coin in sorted(FEW)
            ]
            assert await monitor.engine.store.queue(clock.now_ms() + SLOT_MS, 1000) == []


@in_virtual_time
async def test_a_gap_is_told_once_and_its_end_too(tmp_path: Path) -> None:
    """A node with too few coins is an event, not a silent hole in a curve."""
    clock = VirtualClock(START_MS + 130_000)
    async with a_sim(clock, FEW).running() as sim:
        sim.fault(exchange="okx", kind="http_500", path="/api/v5/market/candles", seconds=60)
        async with a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor:
            await clock.sleep(50)
            told = [line.text for line in monitor.source.events() if line.area == "sum"]
            assert told.count("too few coins, a gap: 16 nodes, 00:30 to 08:00") == 1
            await until_settled(monitor, clock, within_s=120)
            await clock.sleep(2)
            told = [line.text for line in monitor.source.events() if line.area == "sum"]
            assert told.count("filled: 16 nodes, 00:30 to 08:00") == 1


@in_virtual_time
async def test_slots_missed_while_it_was_off_are_filled_from_bars(tmp_path: Path) -> None:
    """Three hours off leave no hole, and no live price goes into a past slot."""
    clock = VirtualClock(START_MS + 60_000)
    async with a_sim(clock, FEW).running() as sim:
        async with a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor:
            await until_settled(monitor, clock)
        await clock.sleep(3 * 3600)
        async with a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor:
            await until_settled(monitor, clock)
            for slot in range(START_MS + SLOT_MS, START_MS + 7 * SLOT_MS, SLOT_MS):
                for row in await monitor.engine.store.prices(slot, slot + 1, FEW):
                    assert row.price == true_price(sim, row.coin, slot)
                    assert row.source is PriceSource.CANDLE_OPEN


async def _light(monitor: Monitor) -> tuple[FeedState, str]:
    (light,) = monitor.source.status().lights
    return light.state, light.text


async def _outage(monitor: Monitor, since_ms: int) -> Outage:
    """The only one of the tickers."""
    rows = await monitor.engine.store.outages(since_ms, monitor.engine.clock.now_ms())
    (found,) = (row for row in rows if row.channel == "tickers")
    return found


@in_virtual_time
async def test_silence_is_shown_bridged_and_written_down(tmp_path: Path) -> None:
    """Within 15 s; REST keeps the live point fresh; the outage has a begin and an end."""
    clock = VirtualClock(START_MS + 60_000)
    async with (
        a_sim(clock).running() as sim,
        a_monitor(tmp_path, sim, clock) as monitor,
    ):
        await until_settled(monitor, clock)
        assert (await _light(monitor))[0] is FeedState.LIVE
        began_ms = clock.now_ms()
        sim.fault(exchange="okx", market="perp", channel="tickers", kind="silence", seconds=60)
        waited_s = await clock.until(
            lambda: monitor.source.status().lights[0].state is not FeedState.LIVE, within_s=15
        )
        assert waited_s <= 15
        await clock.sleep(8)
        state, text = await _light(monitor)
        assert (state, text[:4]) == (FeedState.BRIDGED, "REST")
        board = await monitor.source.sum_board(Query())
        assert board.live is not None
        assert (board.live.valid, board.live_source) == (27, "rest")
        assert board.live_age_ms is not None
        assert board.live_age_ms < 15_000
        outage = await _outage(monitor, began_ms - 60_000)
        assert outage.end_ms is None
        await clock.until(
            lambda: monitor.source.status().lights[0].state is FeedState.LIVE, within_s=240
        )
        await clock.sleep(1)
        outage = await _outage(monitor, began_ms - 60_000)
        assert outage.end_ms is not None
        assert abs(outage.begin_ms - began_ms) < 15_000
        assert outage.end_ms - began_ms >= 60_000
        assert outage.bridged
        assert [line.area for line in monitor.source.events()].count("okx") >= 2


@in_virtual_time
async def test_a_coin_that_is_not_listed_is_missing_with_that_reason(tmp_path: Path) -> None:
    """26/27 is a partial node, not a broken one."""
    clock = VirtualClock(START_MS + 60_000)
    coins = (*FEW, "NOSUCHCOIN")
    async with (
        a_sim(clock, FEW).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=coins, min_coins=2) as monitor,
    ):
        await clock.sleep(15)
        board = await monitor.source.sum_board(Query(slot_ms=START_MS))
        (node,) = [node for node in board.nodes if node.slot_ms == START_MS]
        assert (node.state, node.valid, node.expected) == (NodeState.PARTIAL, 4, 5)
        assert board.coins[-1].reason == Reason.NOT_LISTED
        assert board.coins[-1].price is None


@in_virtual_time
async def test_a_defect_in_one_worker_is_shown_and_the_others_live_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is started again after a pause, and the mark goes away."""
    clock = VirtualClock(START_MS + 60_000)
    async with (
        a_sim(clock, FEW).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        await until_settled(monitor, clock)
        with monkeypatch.context() as broken:
            broken.setattr(monitor.engine.today, "refresh", _defect)
            await clock.sleep(2)
            (failed,) = monitor.source.status().failed_workers
            assert failed == "today: ZeroDivisionError: on purpose"
        await clock.sleep(10)
        assert monitor.source.status().failed_workers == []
        assert await complete_nodes(monitor) == 17


async def _defect() -> None:
    raise ZeroDivisionError("on purpose")


@in_virtual_time
async def test_a_second_engine_says_who_is_there_and_touches_nothing(tmp_path: Path) -> None:
    """The lock is the kernel's."""
    clock = VirtualClock()
    async with (
        a_sim(clock, FEW).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2),
    ):
        with pytest.raises(EngineHeld):
            async with a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2):
                pass
