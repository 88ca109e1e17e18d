"""Liquidations in the database: single ones, minutes, and curves of any length."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.store.builders import DAY_MS, StillClock
from tests.store.events import HOUR_MS, an_event, summed, told
from tui_monitor import paths
from tui_monitor.clock import DAY_MS as LENGTH_MS
from tui_monitor.clock import MINUTE_MS
from tui_monitor.errors import BadInput
from tui_monitor.model import (
    Exchange,
    Heard,
    LiquidationMinute,
    LiquidationRow,
    LiquidationStep,
    Side,
)
from tui_monitor.store import Store, open_store

END_MS = DAY_MS + LENGTH_MS


async def test_events_come_back_as_they_went_in(store: Store) -> None:
    """Newest first; an unknown size stays unknown."""
    events = [
        an_event(0.25, 200.0),
        an_event(1, None),
        an_event(2, 50.0, Side.SHORT, Exchange.OKX, "ETH", heard=Heard.REST),
    ]
    assert await store.record_liquidations(events) == 3
    assert await store.liquidations(DAY_MS, END_MS, limit=10) == events[::-1]
    assert await store.liquidations(DAY_MS, END_MS, limit=2) == events[:0:-1]
    assert await store.liquidations(DAY_MS, DAY_MS + 2_000, limit=10) == events[1::-1]


async def test_what_is_told_twice_is_one(store: Store) -> None:
    """In one batch, in a later one, with another time of arrival; nothing else is the same."""
    event = an_event(5)
    others = [
        replace(event, side=Side.SHORT),
        replace(event, price=100.5),
        replace(event, coins=2.5),
        replace(event, coins=None, usd=None),
        replace(event, exchange_ms=event.exchange_ms + 1),
        replace(event, symbol="BTCPERP"),
        replace(event, exchange=Exchange.BITGET),
    ]
    assert await store.record_liquidations([event, event]) == 1
    assert await store.record_liquidations([replace(event, received_ms=9), *others]) == 7
    assert await store.record_liquidations([*others, event]) == 0
    assert len(await store.liquidations(DAY_MS, END_MS, limit=99)) == 8


async def test_a_stream_takes_over_what_rest_had_told(store: Store) -> None:
    """It counts as new then, for it is in the sums from now on; never the other way round."""
    rest, stream = an_event(heard=Heard.REST), an_event()
    assert await store.record_liquidations([rest]) == 1
    assert await store.liquidation_sums(DAY_MS, END_MS) == []
    assert await store.record_liquidations([stream]) == 1
    assert await store.record_liquidations([rest]) == 0
    assert [row.heard for row in await store.liquidations(DAY_MS, END_MS, limit=9)] == [
        Heard.STREAM
    ]
    assert len(await store.liquidation_sums(DAY_MS, END_MS)) == 1


async def test_the_largest_and_the_chosen(store: Store) -> None:
    """By size where asked; one coin, one venue, a least size; unknown sizes are not among them."""
    events = [
        an_event(1, 10.0),
        an_event(2, 900.0, exchange=Exchange.OKX),
        an_event(3, None),
        an_event(4, 300.0, coin="ETH"),
        an_event(5, 10.0),
    ]
    await store.record_liquidations(events)

    async def sizes(**chosen: object) -> list[float | None]:
        rows = await store.liquidations(DAY_MS, END_MS, limit=9, **chosen)  # type: ignore[arg-type]
        return [row.usd for row in rows]

    assert await sizes(largest=True) == [900.0, 300.0, 10.0, 10.0]
    assert await sizes(min_usd=300.0) == [300.0, 900.0]
    assert await sizes(coin="ETH") == [300.0]
    assert await sizes(coin="NEW") == []
    assert await sizes(exchange=Exchange.OKX) == [900.0]
    assert await sizes(exchange=Exchange.BYBIT, largest=True) == [300.0, 10.0, 10.0]
    assert await sizes(coin="BTC", exchange=Exchange.BYBIT) == [10.0, None, 10.0]


async def test_minutes_replace_each_other(store: Store) -> None:
    """A late event corrects its minute; the hour follows in the same transaction."""
    rows = [told(0), told(0, exchange=Exchange.OKX), told(1), told(59)]
    await store.record_liquidation_minutes(rows[::-1])
    assert await store.liquidation_minutes(DAY_MS, END_MS) == rows
    later = told(1, 5_000.0)
    await store.record_liquidation_minutes([later])
    assert await store.liquidation_minutes(DAY_MS + MINUTE_MS, DAY_MS + 2 * MINUTE_MS) == [later]
    (hour,) = await store.liquidation_curve(DAY_MS, DAY_MS + 30 * LENGTH_MS, HOUR_MS)
    assert (hour.long_usd, hour.highest_minute_usd) == (8_000.0, 5_500.0)
    assert await store.check() == []


async def test_an_hours_highest_minute_is_of_all_venues_together(store: Store) -> None:
    """The venues' own highest minutes lie elsewhere, and can't be added up."""
    await store.record_liquidation_minutes(
        [
            told(0, 100.0, 0.0),
            told(0, 0.0, 10.0, Exchange.OKX),
            told(1, 70.0, 0.0),
            told(1, 0.0, 60.0, Exchange.OKX, covered_ms=30_000, capped_s=2),
        ]
    )
    for length_ms in (HOUR_MS, 30 * LENGTH_MS):
        (step,) = await store.liquidation_curve(DAY_MS, DAY_MS + length_ms, HOUR_MS)
        assert step == LiquidationStep(
            at_ms=DAY_MS,
            long_usd=170.0,
            short_usd=70.0,
            long_count=8,
            short_count=4,
            largest_usd=100.0,
            highest_minute_usd=130.0,
            unsized=0,
            capped_s=2,
            covered_ms=210_000,
        )
        (okx,) = await store.liquidation_curve(
            DAY_MS, DAY_MS + length_ms, HOUR_MS, exchange=Exchange.OKX
        )
        assert (okx.short_usd, okx.highest_minute_usd, okx.covered_ms) == (70.0, 60.0, 90_000)


def a_week(seed: int) -> list[LiquidationMinute]:
    """Minutes of two venues with whole numbers, and holes among them."""
    dice = random.Random(seed)
    return [
        told(
            minute,
            float(dice.randrange(1_000)),
            float(dice.randrange(1_000)),
            exchange,
            covered_ms=dice.choice((0, 30_000, 60_000)),
        )
        for minute in range(7 * 1_440)
        for exchange in (Exchange.OKX, Exchange.BYBIT)
        if dice.random() < 0.6 and minute // 60 % 24 != 5
    ]


def stepped(
    rows: list[LiquidationMinute], start_ms: int, step_ms: int
) -> dict[int, tuple[float, float, float, int]]:
    """Sums, highest minute and coverage of each step, added up one by one."""
    of_minute: dict[int, float] = {}
    steps: dict[int, tuple[float, float, float, int]] = {}
    for row in rows:
        of_minute[row.minute_ms] = of_minute.get(row.minute_ms, 0.0) + row.long_usd + row.short_usd
        at_ms = start_ms + (row.minute_ms - start_ms) // step_ms * step_ms
        longs, shorts, highest, covered_ms = steps.get(at_ms, (0.0, 0.0, 0.0, 0))
        steps[at_ms] = (
            longs + row.long_usd,
            shorts + row.short_usd,
            max(highest, of_minute[row.minute_ms]),
            covered_ms + row.covered_ms,
        )
    return steps


@pytest.mark.parametrize(
    ("start", "minutes", "step"),
    [
        *((0, 1_440, 1), (7, 600, 5), (13, 5_760, 7), (0, 1_440, 60)),
        *((0, 10_080, 60), (0, 10_080, 360), (60, 10_020, 1_440), (0, 10_080, 10_080)),
    ],
)
async def test_a_curve_is_its_minutes_at_every_zoom(
    tmp_path: Path, start: int, minutes: int, step: int
) -> None:
    """From minutes or from hours; where there is nothing there is no step."""
    rows = a_week(minutes + step)
    start_ms = DAY_MS + start * MINUTE_MS
    end_ms = start_ms + minutes * MINUTE_MS
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        await store.record_liquidation_minutes(rows)
        found = await store.liquidation_curve(start_ms, end_ms, step * MINUTE_MS)
        inside = [row for row in rows if start_ms <= row.minute_ms < end_ms]
        assert {
            step.at_ms: (step.long_usd, step.short_usd, step.highest_minute_usd, step.covered_ms)
            for step in found
        } == stepped(inside, start_ms, step * MINUTE_MS)
        assert [step.at_ms for step in found] == sorted(step.at_ms for step in found)


async def test_a_long_curve_begins_on_the_hour(store: Store) -> None:
    """Its ends are widened to whole hours, and it says where its steps begin."""
    await store.record_liquidation_minutes([told(10), told(70)])
    start_ms = DAY_MS + 30 * MINUTE_MS
    steps = await store.liquidation_curve(start_ms, start_ms + 30 * LENGTH_MS, HOUR_MS)
    assert [step.at_ms for step in steps] == [DAY_MS, DAY_MS + HOUR_MS]


@pytest.mark.parametrize(
    ("days", "step_ms", "why"),
    [(1, 0, "a step of 0"), (1, 90_000, "a step of"), (30, MINUTE_MS, "less than an hour")],
)
async def test_steps_that_cannot_be_are_refused(
    store: Store, days: int, step_ms: int, why: str
) -> None:
    """A year of minutes would take seconds."""
    with pytest.raises(BadInput, match=why):
        await store.liquidation_curve(DAY_MS, DAY_MS + days * LENGTH_MS, step_ms)


EVENTS = st.lists(
    st.builds(
        an_event,
        second=st.integers(0, 400).map(lambda tenths: tenths / 2),
        usd=st.one_of(st.none(), st.floats(0.01, 1e9)),
        side=st.sampled_from(Side),
        exchange=st.sampled_from([Exchange.OKX, Exchange.BINANCE]),
        heard=st.sampled_from(Heard),
    ),
    max_size=60,
    unique_by=lambda event: (event.exchange, event.exchange_ms, event.side, event.coins),
)


@settings(max_examples=25, deadline=None)
@given(events=EVENTS, order=st.randoms(use_true_random=False))
async def test_minutes_can_be_made_again_from_events(
    tmp_path_factory: pytest.TempPathFactory, events: list[LiquidationRow], order: random.Random
) -> None:
    """To the last digit, in whatever order they came, and only of what streams told."""
    async with open_store(tmp_path_factory.mktemp("x"), StillClock(), kind="real") as store:
        shuffled = events[:]
        order.shuffle(shuffled)
        for first in range(0, len(shuffled), 7):
            await store.record_liquidations(shuffled[first : first + 7])
        for row in await store.liquidation_sums(DAY_MS, DAY_MS + HOUR_MS):
            minute = (row.minute_ms - DAY_MS) // MINUTE_MS
            sums = (row.long_usd, row.short_usd, row.long_count, row.short_count)
            assert (*sums, row.largest_usd, row.unsized) == summed(events, minute, row.exchange)
            begin_ms = row.minute_ms
            assert row.told_s == len(
                {
                    event.exchange_ms // 1000
                    for event in events
                    if event.exchange is row.exchange
                    and event.heard is Heard.STREAM
                    and begin_ms <= event.exchange_ms < begin_ms + MINUTE_MS
                }
            )
        found = await store.liquidation_sums(DAY_MS, DAY_MS + HOUR_MS)
        streamed = [event for event in events if event.heard is Heard.STREAM]
        assert sum(row.long_count + row.short_count for row in found) == len(streamed)


async def test_sums_are_correctly_rounded(store: Store) -> None:
    """Ten times a tenth is one: added one by one it would not be."""
    await store.record_liquidations([an_event(second, 0.1) for second in range(10)])
    (sums,) = await store.liquidation_sums(DAY_MS, END_MS)
    assert (sums.long_usd, sums.short_usd) == (1.0, 0.0)


async def test_sums_of_a_range_do_not_care_where_hours_end(store: Store) -> None:
    """A minute is whole wherever the slices of the reading lie."""
    events = [an_event(3_570 + second, 0.1 + second) for second in range(90)]
    await store.record_liquidations(events)
    whole = await store.liquidation_sums(DAY_MS, END_MS)
    odd = await store.liquidation_sums(DAY_MS + 30_000, END_MS)
    assert whole == odd
    assert [row.long_count for row in whole] == [30, 60]


async def test_old_events_go_and_their_sums_stay(store: Store) -> None:
    """In slices; `db info` counts what is left."""
    await store.record_liquidations([an_event(second / 10) for second in range(5_000)])
    await store.record_liquidation_minutes([told(minute) for minute in range(9)])
    before_ms = DAY_MS + 450_000
    hours = (store._session.clock.now_ms() - before_ms) / HOUR_MS
    would = await store.clean(hours, force=False)
    assert would.rows["liquidations"] == 4_500
    assert (await store.clean(hours, force=True)).rows["liquidations"] == 4_500
    info = await store.info()
    assert (info.rows["liquidations"], info.oldest_ms["liquidations"]) == (500, before_ms)
    assert info.rows["liquidation_minutes"] == 9
    assert info.oldest_ms["liquidation_minutes"] == DAY_MS


async def test_info_counts_minutes_of_all_venues_and_every_correction_once(store: Store) -> None:
    """It reads the hours, which must never drift."""
    for _ in range(3):
        await store.record_liquidation_minutes(
            [told(minute, exchange=exchange) for minute in range(130) for exchange in Exchange]
        )
    assert (await store.info()).rows["liquidation_minutes"] == 130 * 4
    assert await store.oldest_liquidation_minute_ms() == DAY_MS
    assert await store.oldest_liquidation_ms() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE liquidation_minute SET long_usd = long_usd + 1 WHERE exchange = 'okx'",
        "DELETE FROM liquidation_minute WHERE exchange = 'okx'",
        "UPDATE liquidation_hour SET minutes = 7 WHERE exchange = ''",
        "DELETE FROM liquidation_hour WHERE exchange = 'okx'",
    ],
)
async def test_a_check_finds_hours_that_are_not_their_minutes(
    tmp_path: Path, statement: str
) -> None:
    """Somebody edited the file."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        await store.record_liquidation_minutes([told(3), told(3, exchange=Exchange.OKX)])
    with closing(sqlite3.connect(paths.database_file(tmp_path))) as database, database:
        database.execute(statement)
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        found = await store.check()
        assert found
        assert all("is not its minutes" in line for line in found)


async def test_no_liquidations_are_no_work(store: Store) -> None:
    """Empty batches write nothing and empty ranges give nothing."""
    assert await store.record_liquidations([]) == 0
    await store.record_liquidation_minutes([])
    assert await store.liquidations(DAY_MS, END_MS, limit=5) == []
    assert await store.liquidation_sums(DAY_MS, END_MS) == []
    assert await store.liquidation_curve(DAY_MS, END_MS, MINUTE_MS) == []
