"""Backfill: few requests, resumable, honest about what can't be had."""

from datetime import date
from pathlib import Path

import pytest

from tests.support.history import Parts, a_history, candle_requests
from tests.support.sim import CURVE
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.boards.coverage import Progress
from tui_monitor.clock import SLOT_MS, BoardZone
from tui_monitor.config import COINS
from tui_monitor.engine.backfill import Backfill
from tui_monitor.errors import AlreadyRuns, BadInput
from tui_monitor.model import HoleState, JobState, Reason
from tui_monitor.simulator import Simulator

FIRST, LAST = date(2026, 1, 3), date(2026, 1, 16)
ZONE = BoardZone()
START, END = ZONE.day_start_ms(FIRST), ZONE.day_end_ms(LAST)


def truth(sim: Simulator, coin: str, ms: int) -> float:
    """What the market's price was: the simulator's own word, not a candle route."""
    told = sim.exchanges["okx"].truth("perp", f"{coin}-USDT-SWAP", ms)
    return float(told["last"])


@in_virtual_time
async def test_fourteen_days_take_81_requests_and_every_slot_is_the_bars_open(
    tmp_path: Path,
) -> None:
    """672 slots of 27 coins, each equal to the market's price at that moment."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, limits=False, coins=CURVE).running() as sim,
        a_history(tmp_path, sim, clock) as parts,
    ):
        run = await Backfill(parts.history).create(FIRST, LAST)
        job = await run.run()
        assert (job.state, job.filled, job.failed) == (JobState.DONE, 14 * 48 * 27, 0)
        assert candle_requests(sim) == job.pages == 81
        rows = await parts.history.store.prices(START, END, COINS)
        assert len(rows) == 14 * 48 * 27
        for row in rows[:: 97 * 3]:
            assert row.price == truth(sim, row.coin, row.slot_ms)


@in_virtual_time
async def test_at_the_documented_limit_it_takes_under_ten_seconds_and_breaks_nothing(
    tmp_path: Path,
) -> None:
    """Evenly spaced below 20 requests in any 2 s, as the simulator counts them."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, coins=CURVE).running() as sim,
        a_history(tmp_path, sim, clock, paced=True) as parts,
    ):
        run = await Backfill(parts.history).create(FIRST, LAST)
        began_s = clock.monotonic_s()
        await run.run()
        assert clock.monotonic_s() - began_s < 10
        assert sim.stats()["okx"]["violations"] == []


@in_virtual_time
async def test_a_stopped_backfill_goes_on_without_asking_twice(tmp_path: Path) -> None:
    """Pages that came before the stop are not fetched again; the rows are the same in the end."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, limits=False, coins=CURVE).running() as sim,
        a_history(tmp_path, sim, clock) as parts,
    ):
        backfill = Backfill(parts.history)
        run = await backfill.create(FIRST, LAST)

        def stop_at_forty_percent(progress: Progress) -> None:
            if progress.done_pct > 40:
                run.stop.set()

        run.on_progress = stop_at_forty_percent
        stopped = await run.run()
        assert stopped.state is JobState.STOPPED
        assert 30 < stopped.pages < 50
        again = await (await backfill.create(FIRST, LAST)).run()
        assert again.state is JobState.DONE
        assert again.had == stopped.filled
        assert candle_requests(sim) == 81
        assert len(await parts.history.store.prices(START, END, COINS)) == 14 * 48 * 27
        third = await (await backfill.create(FIRST, LAST)).run()
        assert (third.pages, third.filled) == (0, 0)


@in_virtual_time
async def test_what_the_exchange_does_not_list_is_unobtainable_with_its_reason(
    tmp_path: Path,
) -> None:
    """It is written down, not asked for again, and never a zero."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, limits=False, coins=CURVE).running() as sim,
        a_history(tmp_path, sim, clock, coins=("BTC", "NOSUCHCOIN")) as parts,
    ):
        backfill = Backfill(parts.history)
        job = await (await backfill.create(FIRST, FIRST)).run()
        assert (job.state, job.filled, job.unobtainable) == (JobState.DONE, 48, 48)
        holes = await parts.history.store.holes(START, END, 1000)
        assert {(hole.coin, hole.state, hole.reason) for hole in holes} == {
            ("NOSUCHCOIN", HoleState.UNOBTAINABLE, Reason.NOT_LISTED)
        }
        before = candle_requests(sim)
        again = await (await backfill.create(FIRST, FIRST)).run()
        assert (again.unobtainable, candle_requests(sim)) == (48, before)


@in_virtual_time
async def test_failed_pages_are_retried_by_the_next_run(tmp_path: Path) -> None:
    """An exchange that answers 500 leaves FAILED holes with the reason; they are no prices."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, limits=False, coins=CURVE).running() as sim,
        a_history(tmp_path, sim, clock, coins=("BTC",)) as parts,
    ):
        sim.fault(exchange="okx", kind="http_500", seconds=60)
        backfill = Backfill(parts.history)
        job = await (await backfill.create(FIRST, FIRST)).run()
        assert (job.state, job.filled, job.failed) == (JobState.PARTIAL, 0, 48)
        (hole, *_) = await parts.history.store.holes(START, END, 1000)
        assert hole.state is HoleState.FAILED
        assert hole.reason.startswith(Reason.FETCH_FAILED)
        await clock.sleep(61)
        job = await (await backfill.create(FIRST, FIRST)).run()
        assert (job.state, job.filled) == (JobState.DONE, 48)
        assert await parts.history.store.holes(START, END, 1000) == []


@in_virtual_time
async def test_today_is_filled_up_to_the_slots_that_are_due(tmp_path: Path) -> None:
    """A slot that has not come is not missing."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, limits=False, coins=CURVE).running() as sim,
        a_history(tmp_path, sim, clock, coins=("BTC",)) as parts,
    ):
        today = ZONE.day_of(clock.now_ms())
        job = await (await Backfill(parts.history).create(today, today)).run()
        due = (clock.now_ms() - 120_000 - ZONE.day_start_ms(today)) // SLOT_MS + 1
        assert (job.total, job.filled) == (due, due)


@in_virtual_time
async def test_wrong_ranges_are_refused_in_words(tmp_path: Path) -> None:
    """End before start, the future, out of reach, and a second one at a time."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, limits=False, coins=CURVE).running() as sim,
        a_history(tmp_path, sim, clock) as parts,
    ):
        backfill = Backfill(parts.history)
        for first, last, words in (
            (LAST, FIRST, "before the first"),
            (date(2026, 11, 1), date(2027, 1, 1), "in the future"),
            (date(2015, 1, 1), LAST, "out of range"),
        ):
            with pytest.raises(BadInput, match=words):
                await backfill.create(first, last)
        await backfill.create(FIRST, FIRST)
        with pytest.raises(AlreadyRuns):
            await backfill.create(FIRST, FIRST)


@in_virtual_time
async def test_a_page_is_tried_three_times_before_it_counts_as_failed(tmp_path: Path) -> None:
    """A second of trouble costs nothing but that second."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, limits=False, coins=CURVE).running() as sim,
        a_history(tmp_path, sim, clock, coins=("BTC",)) as parts,
    ):
        sim.fault(exchange="okx", kind="http_500", seconds=1)
        job = await (await Backfill(parts.history).create(FIRST, FIRST)).run()
        assert (job.state, job.filled) == (JobState.DONE, 48)


async def _lines(parts: Parts) -> list[str]:
    return [line.text for line in await parts.history.store.job_log(500)]


@in_virtual_time
async def test_the_log_tells_the_plan_each_page_and_the_end(tmp_path: Path) -> None:
    """What the monitor's log panel shows is in the database."""
    clock = VirtualClock()
    async with (
        Simulator(clock=clock, limits=False, coins=CURVE).running() as sim,
        a_history(tmp_path, sim, clock, coins=("BTC", "ETH")) as parts,
    ):
        await (await Backfill(parts.history).create(FIRST, FIRST)).run()
        lines = await _lines(parts)
        assert lines[0].startswith("2026-01-03 to 2026-01-03: 96 coin-slots due, 0 there")
        assert any(line.startswith("BTC 01-03 00:00 to 01-03 23:30: 48 filled") for line in lines)
        assert lines[-1].startswith("done: 96 filled")
