"""What is put down can be asked for, and the better price stays."""

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.store.builders import (
    COINS,
    DAY_END_MS,
    DAY_MS,
    NOW_MS,
    StillClock,
    a_day,
    a_hole,
    a_price,
)
from tui_monitor.clock import SLOT_MS
from tui_monitor.errors import StoreError
from tui_monitor.model import (
    CoverageRow,
    Exchange,
    HoleState,
    ImportedSum,
    Job,
    JobLine,
    JobState,
    Market,
    OffSlotPrice,
    Outage,
    PriceSource,
    Reason,
)
from tui_monitor.store import Store, open_reader, open_store

DAYS = [(DAY_MS, DAY_END_MS)]


async def test_prices_come_back_by_slot_and_coin(store: Store) -> None:
    """Every field survives, in a fixed order, the end excluded."""
    rows = [a_price(1, "ETH", 2.5, late_ms=7), a_price(1, "BTC", 1.25, own_base=1.0), a_price(2)]
    assert await store.record_prices(rows) == 3
    found = await store.prices(DAY_MS, DAY_MS + 2 * SLOT_MS, COINS)
    assert found == [rows[1], rows[0]]


async def test_coins_that_were_not_asked_for_stay_away(store: Store) -> None:
    """Names are parameters, so a hostile one is just a name."""
    hostile = "X'); DROP TABLE coin; --"
    await store.record_prices([a_price(coin=hostile, price=3.0), a_price()])
    assert [row.coin for row in await store.prices(0, NOW_MS, [hostile])] == [hostile]
    assert [row.coin for row in await store.prices(0, NOW_MS, ["BTC"])] == ["BTC"]


@pytest.mark.parametrize("first", list(PriceSource))
@pytest.mark.parametrize("second", list(PriceSource))
async def test_a_better_source_replaces_a_worse_one(
    store: Store, first: PriceSource, second: PriceSource
) -> None:
    """Never the reverse; equals are replaced by what was observed later."""
    await store.record_prices([a_price(source=first, price=1.0)])
    changed = await store.record_prices([a_price(source=second, price=2.0, late_ms=1)])
    assert changed == (second >= first)
    (row,) = await store.prices(0, NOW_MS, ["BTC"])
    assert row.price == (2.0 if second >= first else 1.0)
    assert row.source == max(first, second)


async def test_among_equals_the_newest_observation_wins(store: Store) -> None:
    """A late answer to an early question doesn't overwrite a newer one."""
    await store.record_prices([a_price(source=PriceSource.TICKER, price=1.0, late_ms=5000)])
    assert await store.record_prices([a_price(source=PriceSource.TICKER, late_ms=4000)]) == 0
    assert await store.record_prices([a_price(source=PriceSource.TICKER, late_ms=6000)]) == 1


@pytest.mark.parametrize("price", [0.0, -1.0, math.nan, math.inf, 1e15])
async def test_what_is_no_price_is_refused_whole(store: Store, price: float) -> None:
    """The batch with it leaves nothing behind."""
    with pytest.raises(StoreError):
        await store.record_prices([a_price(1), a_price(2, price=price)])
    assert await store.prices(0, NOW_MS, COINS) == []
    assert await store.record_prices([a_price(1)]) == 1


async def test_a_price_fills_its_hole_and_no_other(store: Store) -> None:
    """A hole is put down only where there is no price."""
    await store.record_prices([], [a_hole(1), a_hole(2), a_hole(2, "ETH")])
    await store.record_prices([a_price(2)], [a_hole(2), a_hole(3, state=HoleState.UNOBTAINABLE)])
    holes = await store.holes(DAY_MS, DAY_END_MS, 10)
    assert [(hole.slot_ms, hole.coin) for hole in holes] == [
        (DAY_MS + SLOT_MS, "BTC"),
        (DAY_MS + 2 * SLOT_MS, "ETH"),
        (DAY_MS + 3 * SLOT_MS, "BTC"),
    ]


async def test_a_hole_keeps_its_first_time(store: Store) -> None:
    """A further try changes everything else."""
    await store.record_prices([], [a_hole(tries=1)])
    later = a_hole(state=HoleState.UNOBTAINABLE, reason=Reason.NO_BAR.value, tries=2)
    await store.record_prices([], [msgspec.structs.replace(later, first_ms=NOW_MS + 5)])
    (hole,) = await store.holes(0, NOW_MS, 10)
    assert hole == later


async def test_the_queue_gives_failed_slots_that_are_due_oldest_first(store: Store) -> None:
    """What is unobtainable, only told by a file, or to be tried later is not in it."""
    await store.record_prices(
        [],
        [
            a_hole(5),
            a_hole(1, next_try_ms=NOW_MS),
            a_hole(2, next_try_ms=NOW_MS + 1),
            a_hole(3, state=HoleState.UNOBTAINABLE),
            a_hole(4, state=HoleState.MISSING),
        ],
    )
    queue = await store.queue(NOW_MS, 10)
    assert [hole.slot_ms for hole in queue] == [DAY_MS + SLOT_MS, DAY_MS + 5 * SLOT_MS]
    assert len(await store.queue(NOW_MS, 1)) == 1


async def test_the_curve_agrees_with_numpy(store: Store) -> None:
    """Sums, valid coins, ups and downs of a whole day, and of two days with their own bases."""
    rows = a_day() + a_day(day=1)
    await store.record_prices(rows)
    prices = np.array([row.price for row in rows]).reshape(2, 48, len(COINS))
    changes = (prices - prices[:, :1]) / prices[:, :1] * 100
    days = [DAYS[0], (DAY_END_MS, DAY_END_MS + 48 * SLOT_MS)]
    curve = await store.curve(days, COINS)
    assert [row.slot_ms for row in curve] == [DAY_MS + slot * SLOT_MS for slot in range(96)]
    np.testing.assert_allclose(
        np.array([row.sum_pct for row in curve], float),
        changes.sum(axis=2).ravel(),
        rtol=0,
        atol=1e-9,
    )
    assert [row.up for row in curve] == (changes > 0).sum(axis=2).ravel().tolist()
    assert [row.down for row in curve] == (changes < 0).sum(axis=2).ravel().tolist()
    assert {row.valid for row in curve} == {len(COINS)}


async def test_a_coin_without_a_base_is_not_valid(store: Store) -> None:
    """Its slot has a sum over the others; without any base there is no sum, never 0."""
    await store.record_prices([a_price(0, "BTC"), a_price(1, "BTC", 101.0), a_price(1, "ETH")])
    await store.record_prices([a_price(50, "ETH")])
    first, second = await store.curve(DAYS, COINS)
    assert (first.sum_pct, second.valid, second.up) == (0.0, 1, 1)
    assert second.sum_pct == pytest.approx(1.0)
    (third,) = await store.curve([(DAY_END_MS, DAY_END_MS + 48 * SLOT_MS)], COINS)
    assert (third.sum_pct, third.valid, third.up, third.down) == (None, 0, 0, 0)


async def test_an_imported_base_goes_before_the_days_first_slot(store: Store) -> None:
    """Imported rows may carry the base that their record had."""
    await store.record_prices(
        [a_price(0), a_price(1, price=110.0, source=PriceSource.IMPORT, own_base=55.0)]
    )
    assert [row.sum_pct for row in await store.curve(DAYS, COINS)] == [0.0, 100.0]


async def test_provisional_prices_are_counted(store: Store) -> None:
    """A ticker's price waits for the bar's open."""
    await store.record_prices([a_price(0), a_price(1, source=PriceSource.TICKER)])
    assert [row.provisional for row in await store.curve(DAYS, COINS)] == [0, 1]


async def test_an_imported_sum_shows_only_where_no_price_is(store: Store) -> None:
    """Prices of other coins than the chosen ones don't count as prices."""
    sums = [ImportedSum(slot_ms=DAY_MS + slot * SLOT_MS, sum_pct=7.5) for slot in (0, 1)]
    await store.record_imported_sums(sums)
    await store.record_prices([a_price(0), a_price(1, "DOGE")])
    first, second = await store.curve(DAYS, COINS)
    assert (first.sum_only, first.sum_pct, first.valid) == (False, 0.0, 1)
    assert (second.sum_only, second.sum_pct, second.valid) == (True, 7.5, 0)


async def test_coverage_counts_each_day_and_coin(store: Store) -> None:
    """Coins that were never seen have a row of zeros; what an import said missing isn't failed."""
    await store.record_prices(
        a_day(["BTC"], range(10)),
        [a_hole(11), a_hole(12, state=HoleState.UNOBTAINABLE), a_hole(13, state=HoleState.MISSING)],
    )
    rows = await store.coverage(DAYS, ["ETH", "BTC"])
    assert rows == [
        CoverageRow(day_start_ms=DAY_MS, coin="ETH", have=0, unobtainable=0, failed=0),
        CoverageRow(day_start_ms=DAY_MS, coin="BTC", have=10, unobtainable=1, failed=1),
    ]


async def test_off_slot_samples_come_back(store: Store) -> None:
    """By time and coin."""
    row = OffSlotPrice(observed_ms=DAY_MS + 1, coin="BTC", price=1.5, own_base=1.25)
    await store.record_off_slot([row, row])
    assert await store.off_slot(DAY_MS, DAY_END_MS) == [row]


async def test_an_outage_is_found_by_any_time_it_overlaps(store: Store) -> None:
    """One that lasts overlaps everything after its begin."""
    number = await store.open_outage(_outage(begin_ms=1000))
    assert [outage.id for outage in await store.outages(5000, 6000)] == [number]
    await store.close_outage(number, 4000)
    assert await store.outages(5000, 6000) == []
    (outage,) = await store.outages(0, 2000)
    assert (outage.begin_ms, outage.end_ms, outage.bridged) == (1000, 4000, True)
    await store.close_outage(number, 9000)
    assert (await store.outages(0, 2000))[0].end_ms == 4000


async def test_an_outage_left_open_by_a_crash_is_closed_with_a_reason(store: Store) -> None:
    """It ends no earlier than it began."""
    await store.open_outage(_outage(begin_ms=1000))
    await store.take_over(500)
    (outage,) = await store.outages(0, 2000)
    assert (outage.end_ms, outage.reason) == (1000, "no data; the program ended")


def _outage(begin_ms: int) -> Outage:
    return Outage(
        exchange=Exchange.OKX,
        market=Market.PERP,
        channel="tickers",
        reason="no data",
        begin_ms=begin_ms,
        bridged=True,
    )


def _a_job() -> Job:
    return Job(
        exchange=Exchange.OKX,
        first_day="2026-01-03",
        last_day="2026-01-16",
        state=JobState.RUNNING,
        created_ms=1,
        updated_ms=1,
    )


async def test_a_running_job_is_interrupted_by_a_restart(store: Store) -> None:
    """Finished ones stay as they were; the newest comes first."""
    first = await store.create_job(_a_job())
    second = await store.create_job(_a_job())
    await store.update_job(
        msgspec.structs.replace(_a_job(), id=first, state=JobState.DONE, filled=7)
    )
    assert await store.interrupt_running_jobs() == 1
    jobs = await store.jobs(10)
    assert [(job.id, job.state, job.filled) for job in jobs] == [
        (second, JobState.INTERRUPTED, 0),
        (first, JobState.DONE, 7),
    ]


async def test_the_job_log_keeps_the_newest_2000_lines(store: Store) -> None:
    """And gives the newest ones oldest first."""
    job_id = await store.create_job(_a_job())
    for start in range(0, 2_500, 500):
        await store.add_job_lines(
            [
                JobLine(job_id=job_id, ts_ms=number, level="info", text=str(number))
                for number in range(start, start + 500)
            ]
        )
    assert [line.text for line in await store.job_log(3)] == ["2497", "2498", "2499"]
    assert len(await store.job_log(10_000)) == 2_000


async def test_the_newest_observation_is_known(store: Store) -> None:
    """None while there is none."""
    assert await store.newest_observed_ms() is None
    await store.record_prices([a_price(3, late_ms=5), a_price(2)])
    assert await store.newest_observed_ms() == DAY_MS + 3 * SLOT_MS + 5


async def test_info_counts_rows_and_bytes(store: Store) -> None:
    """And names the kind and the oldest time."""
    await store.record_prices([a_price(3), a_price(2)])
    info = await store.info()
    assert (info.rows["slot_prices"], info.rows["coins"], info.kind) == (2, 1, "real")
    assert info.oldest_ms["slot_prices"] == DAY_MS + 2 * SLOT_MS
    assert info.size_bytes > 0
    assert info.wal_bytes > 0


async def test_check_finds_what_the_schema_would_have_refused(store: Store) -> None:
    """A sound file gives no line; an edited one a line a fault."""
    await store.record_prices(a_day(slots=[0]), [a_hole(1)])
    assert await store.check() == []
    writer = store._session._writing
    await writer.execute("PRAGMA ignore_check_constraints = ON")
    await writer.execute("PRAGMA foreign_keys = OFF")
    await writer.execute("UPDATE slot_price SET price = -1 WHERE coin_id = 1")
    await writer.execute("UPDATE slot_price SET slot_ms = slot_ms + 5 WHERE coin_id = 2")
    await writer.execute("DELETE FROM coin WHERE id = 3")
    found = await store.check()
    for word in ("is not a price", "is not on the half hour", "has no name", "points at no coin"):
        assert any(word in line for line in found), (word, found)


async def test_clean_says_what_it_would_do_and_does_it_when_forced(tmp_path: Path) -> None:
    """Nodes and outages stay; the file really shrinks."""
    clock = StillClock()
    async with open_store(tmp_path, clock, kind="real") as store:
        await store.record_prices(a_day())
        job_id = await store.create_job(_a_job())
        old, young = NOW_MS - 7_200_000, NOW_MS - 1_800_000
        await store.add_job_lines(
            [JobLine(job_id=job_id, ts_ms=ts_ms, level="info", text="x") for ts_ms in (old, young)]
        )
        await store.record_off_slot(
            [OffSlotPrice(observed_ms=old - n, coin="BTC", price=1.0) for n in range(20_000)]
        )
        await store.checkpoint()
        told = await store.clean(1.0, force=False)
        wanted = {"job_lines": 1, "off_slot_prices": 20_000}
        assert (told.done, told.rows | wanted) == (False, told.rows)
        assert len(await store.job_log(10)) == 2
        done = await store.clean(1.0, force=True)
        assert (done.done, done.rows | wanted) == (True, done.rows)
        assert done.bytes_after < done.bytes_before / 2
        assert len(await store.prices(0, NOW_MS, COINS)) == 48 * len(COINS)
        assert await store.check() == []


class RacingClock(StillClock):
    """A clock on which a second passes with every look."""

    def monotonic_s(self) -> float:
        self.seconds += 1.0
        return self.seconds


async def test_a_read_over_its_deadline_is_cut(tmp_path: Path) -> None:
    """A reader that stays would keep the log from being folded in; the next question is served."""
    async with open_store(tmp_path, RacingClock(), kind="real") as store:
        await store.record_prices(a_day())
        with pytest.raises(StoreError, match="took too long"):
            await store._session.read(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                " SELECT count(*) FROM n"
            )
        assert await store.newest_observed_ms() is not None


async def test_a_reader_beside_the_engine_sees_what_is_committed(tmp_path: Path) -> None:
    """And can't write."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        await store.record_prices([a_price()])
        async with open_reader(tmp_path) as reader:
            assert len(await reader.prices(0, NOW_MS, COINS)) == 1
            with pytest.raises(StoreError):
                await reader._session.read("DELETE FROM slot_price")
            await store.record_prices([a_price(1)])
            assert len(await reader.prices(0, NOW_MS, COINS)) == 2
