"""Boards from stored rows: days, ranges, records, coverage, exports."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.engines import Monitor, a_monitor, until_settled
from tests.support.sim import CURVE
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.boards.spreads import Filter
from tui_monitor.boards.sum_curve import NodeState
from tui_monitor.clock import DAY_MS, SLOT_MS, BoardZone
from tui_monitor.errors import BadInput, NotListedYet, UnknownCoin
from tui_monitor.model import PriceSource, SlotPrice
from tui_monitor.simulator import Simulator
from tui_monitor.source import Query

ZONE = BoardZone()
TODAY = ZONE.day_of(START_MS)
YESTERDAY = TODAY - timedelta(days=1)
FEW = ("BTC", "ETH", "SOL", "DOGE")


async def filled(monitor: Monitor, clock: VirtualClock) -> None:
    """Today and the day before, from the simulator."""
    await until_settled(monitor, clock)
    await monitor.engine.today.refresh()


@in_virtual_time
async def test_a_range_of_days_has_the_same_nodes_as_its_days(tmp_path: Path) -> None:
    """Summed in SQL or from the prices: one truth."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        await filled(monitor, clock)
        both = await monitor.source.sum_board(Query(first_day=YESTERDAY, last_day=TODAY))
        days = [await monitor.source.sum_board(Query(first_day=day)) for day in (YESTERDAY, TODAY)]
        single = [node for board in days for node in board.nodes]
        assert len(both.nodes) == len(single) == 96
        for one, other in zip(both.nodes, single, strict=True):
            assert (one.slot_ms, one.state, one.valid, one.up, one.down, one.flat) == (
                other.slot_ms,
                other.state,
                other.valid,
                other.up,
                other.down,
                other.flat,
            )
            assert one.sum_pct == pytest.approx(other.sum_pct, abs=1e-9)
        assert both.live is not None
        assert days[0].live is None
        assert both.statistics.records == sum(board.statistics.records for board in days)


@in_virtual_time
async def test_before_any_list_is_read_no_coin_is_called_unknown(tmp_path: Path) -> None:
    """It is not known yet; afterwards an unknown one is."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        with pytest.raises(NotListedYet):
            await monitor.source.coin_page("BTC")
        await until_settled(monitor, clock)
        await monitor.source.spreads_board(None, Filter.ALL, limit=1)
        assert (await monitor.source.coin_page("BTC")).legs
        with pytest.raises(UnknownCoin) as unknown:
            await monitor.source.coin_page("NOSUCH")
        assert not isinstance(unknown.value, NotListedYet)


@in_virtual_time
async def test_a_shown_range_follows_what_is_stored(tmp_path: Path) -> None:
    """What is kept in memory is read again as soon as a row changes."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        await filled(monitor, clock)
        day = YESTERDAY - timedelta(days=1)
        query = Query(first_day=day, last_day=YESTERDAY)
        before = await monitor.source.sum_board(query)
        assert before.nodes[0].state is NodeState.MISSING
        rows = [
            SlotPrice(
                slot_ms=ZONE.day_start_ms(day),
                coin=coin,
                price=1.0,
                source=PriceSource.CANDLE_OPEN,
                observed_ms=clock.now_ms(),
            )
            for coin in FEW
        ]
        await monitor.engine.recorder.record(rows)
        after = await monitor.source.sum_board(query)
        assert (after.nodes[0].state, after.nodes[0].sum_pct) == (NodeState.OK, 0.0)


@in_virtual_time
async def test_records_are_the_newest_nodes_with_their_coins(tmp_path: Path) -> None:
    """Both ends included, oldest first, at most as many as asked for."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        await filled(monitor, clock)
        first = ZONE.day_start_ms(YESTERDAY) + 10 * SLOT_MS
        last = first + 5 * SLOT_MS
        found = await monitor.source.records(first, last, 100)
        assert [record.node.slot_ms for record in found] == list(range(first, last + 1, SLOT_MS))
        assert {record.day for record in found} == {YESTERDAY.isoformat()}
        assert [row.coin for row in found[0].coins] == list(FEW)
        newest = await monitor.source.records(0, clock.now_ms(), 3)
        assert [record.node.slot_ms for record in newest] == [
            START_MS - 2 * SLOT_MS,
            START_MS - SLOT_MS,
            START_MS,
        ]
        across = await monitor.source.records(0, ZONE.day_start_ms(TODAY) + SLOT_MS, 4)
        assert [record.day for record in across] == [YESTERDAY.isoformat()] * 2 + [
            TODAY.isoformat()
        ] * 2


@in_virtual_time
async def test_coverage_counts_what_is_due_and_never_more(tmp_path: Path) -> None:
    """The slot that has just begun is there, but not due: it is no 101 %."""
    clock = VirtualClock(START_MS + 30_000)
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        await filled(monitor, clock)
        board = await monitor.source.coverage_board(Query())
        assert len(board.days) == 14
        today, empty = board.days[-1], board.days[0]
        assert (today.nodes, today.nodes_due, today.complete_pct) == (16, 16, 100.0)
        assert (empty.have, empty.missing, empty.complete_pct) == (0, 48 * 4, 0.0)
        for day in board.days:
            assert day.due == day.have + day.missing + day.failed + day.unobtainable
        assert board.cells[-1] == [1.0] * 4
        assert [coin.coin for coin in board.coins] == list(FEW)


@in_virtual_time
async def test_a_day_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    """The future, end before start, a range without end."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        for query in (
            Query(first_day=TODAY + timedelta(days=1)),
            Query(first_day=TODAY, last_day=YESTERDAY),
            Query(first_day=date(2000, 1, 1), last_day=TODAY),
        ):
            with pytest.raises(BadInput):
                await monitor.source.sum_board(query)


@in_virtual_time
async def test_an_export_without_a_path_gets_a_name_of_its_own(tmp_path: Path) -> None:
    """Twice the same export is two files."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, rate=0.2, coins=CURVE).running() as sim,
        a_monitor(tmp_path, sim, clock, coins=FEW, min_coins=2) as monitor,
    ):
        await filled(monitor, clock)
        day = ZONE.day_start_ms(YESTERDAY)
        names = {
            (await monitor.source.export("sum", day, day + DAY_MS - 1, "csv", None)).path
            for _ in range(2)
        }
        assert len(names) == 2
        for path in names:
            assert path.parent == tmp_path / "exports"
            assert path.read_bytes().count(b"\r\n") == 49
