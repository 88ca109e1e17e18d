"""The originals' records of the aggregate source: what is taken, put right, doubted, refused."""

import json
from typing import Any

import pytest

from tests.store.builders import ZONE
from tests.store.importing import take
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import AggregateRow
from tui_monitor.store import ImportReport, Store
from tui_monitor.store.aggregate_lines import (
    CENTS_UNTIL_MS,
    HUNDREDTH_BY_RAW,
    HUNDREDTH_BY_TIME,
    IN_PERCENT,
    PERCENT_FROM_MS,
)

# The clock of these tests stands at 2026-01-20 12:00.
AFTER = "2026-01-18 08:30:05"
BEFORE = "2026-01-16 17:04:08"


def hourly(when: str = AFTER, **changed: Any) -> dict[str, Any]:
    """A record of the 1-hour series."""
    record = {
        "timestamp": ZONE.parse(when) // 1000,
        "datetime": when,
        "hour_1_amount": 281.46,
        "panic_index": 0.0642,
        "hour_24_amount": 15_141.17,
        "total_position": 104.65,
    }
    return {**record, **changed}


def panic(when: str = AFTER, unit_fault: float = 1.0, **changed: Any) -> dict[str, Any]:
    """A panic row with its raw USD."""
    raw = {
        "blast_24h": {"hour_24_amount": 135_830_012.5, "hour_24_people": 79_688},
        "hour_1_amount": 3_971_412.25,
        "total_position": 10_471_700_000.5,
    }
    record = {
        "record_time": when,
        "record_date": when[:10],
        "hour_1_amount": 397.141225 * unit_fault,
        "hour_24_amount": 13_583.00125 * unit_fault,
        "hour_24_people": 7.9688,
        "total_position": 104.717000005,
        "panic_index": 7.9688 / 104.717000005,
        "wash_index": 1.2971,
        "raw_data": json.dumps(raw),
        "created_at": when,
    }
    return {**record, **changed}


def nested(when: str = AFTER, **changed: Any) -> dict[str, Any]:
    """A panic row as it was written in 2026-03."""
    inner = {
        "liquidation_1h": 412.5,
        "liquidation_24h": 13_583.01,
        "liquidation_count_24h": 7.97,
        "update_time": ZONE.parse(when) - 41_000,
        "open_interest": 104.72,
    }
    record = {
        "timestamp": ZONE.parse(when) + 250,
        "beijing_time": when,
        "panic_index": 0.08,
        "market_data": {"BTC": {"last": 90_000.0}},
        "liquidation_data": {**inner, **changed.pop("inner", {})},
        "level": "low",
        "data_source": "somewhere.example",
    }
    return {**record, **changed}


async def imported(store: Store, *records: dict[str, Any]) -> tuple[ImportReport, list[Any]]:
    """Import records; the report, and all rows."""
    report = await take(store, "".join(f"{json.dumps(row)}\n" for row in records).encode())
    return report, await store.aggregates(0, ZONE.parse("2027-01-01"), 1_000)


async def test_an_hourly_record_in_usd(store: Store) -> None:
    """Its time is when the originals asked; people are unknown, not guessed from the index."""
    report, rows = await imported(store, hourly())
    assert (report.taken, report.aggregates, report.refused, report.doubtful) == (1, 1, [], [])
    at_ms = ZONE.parse(AFTER)
    assert rows == [
        AggregateRow(
            minute_ms=at_ms - at_ms % MINUTE_MS,
            source_ms=None,
            received_ms=at_ms,
            usd_1h=2_814_600.0,
            usd_24h=151_411_700.0,
            people_24h=None,
            position_usd=10_465_000_000.0,
            panic_index=0.0642,
            imported=True,
        )
    ]


async def test_a_panic_row_gives_the_raw_usd(store: Store) -> None:
    """All digits of it; the index anew from its parts."""
    report, (row,) = await imported(store, panic())
    assert (report.taken, report.corrected, report.doubtful) == (1, [], [])
    assert (row.usd_1h, row.usd_24h) == (3_971_412.25, 135_830_012.5)
    assert (row.people_24h, row.position_usd) == (79_688.0, 10_471_700_000.5)
    assert row.panic_index == pytest.approx(0.0760984, rel=1e-6)
    assert not row.corrected


@pytest.mark.parametrize("when", [BEFORE, AFTER])
async def test_a_hundredth_is_recognised_from_the_raw_usd(store: Store, when: str) -> None:
    """Whenever it was; also where one of the two amounts is 0."""
    second = panic(when[:-2] + "59", 0.01, hour_1_amount=0.0)
    raw = json.loads(second["raw_data"])
    second["raw_data"] = json.dumps({**raw, "hour_1_amount": 0})
    late = panic(when[:-4] + "9:00", 0.01)
    report, rows = await imported(store, panic(when, 0.01), late)
    assert report.corrected == [(1, HUNDREDTH_BY_RAW), (2, HUNDREDTH_BY_RAW)]
    assert [(row.usd_1h, row.corrected) for row in rows] == [(3_971_412.25, True)] * 2
    report, _ = await imported(store, second)
    assert [text for _, text in report.corrected] == [
        "0 stands for unknown: hour_1_amount",
        HUNDREDTH_BY_RAW,
    ]


async def test_a_hundredth_without_raw_usd_shows_in_the_position(store: Store) -> None:
    """Before the known time only, and only where a day were under a thousandth of it."""
    small = {"hour_1_amount": 4.42, "hour_24_amount": 227.33, "total_position": 105.3}
    report, rows = await imported(
        store,
        hourly(BEFORE, **small),
        hourly("2026-01-16 16:00:00"),
        hourly("2026-01-16 17:05:13", **small),
        hourly("2026-01-16 15:00:00", **{**small, "total_position": 0}),
        panic("2026-01-16 14:00:00", 0.01, raw_data=None),
    )
    amounts = {ZONE.format(row.received_ms)[11:]: (row.usd_1h, row.corrected) for row in rows}
    assert amounts == {
        "17:04:08": (4_420_000.0, True),
        "16:00:00": (2_814_600.0, False),
        "17:05:13": (44_200.0, False),
        "15:00:00": (None, False),
        "14:00:00": (3_971_412.25, True),
    }
    assert [line for line, text in report.corrected if text == HUNDREDTH_BY_TIME] == [1, 5]
    assert [(line, text[:18]) for line, text in report.doubtful] == [(4, "without a position")]
    assert ZONE.format(CENTS_UNTIL_MS) == "2026-01-16 17:05:13"


async def test_zeros_of_the_source_are_unknown(store: Store) -> None:
    """Each is named; a position of 0 has no index, whatever the record says."""
    nothing = hourly(hour_1_amount=0.0, hour_24_amount=0, total_position=0.0, panic_index=0.0)
    partly = hourly("2026-01-18 08:31:00", hour_1_amount=0)
    without = hourly("2026-01-18 08:32:00", total_position=0)
    report, rows = await imported(store, nothing, partly, without)
    assert [(row.usd_1h, row.position_usd, row.panic_index) for row in rows] == [
        (None, None, None),
        (None, 10_465_000_000.0, 0.0642),
        (2_814_600.0, None, None),
    ]
    assert report.taken == 3
    assert report.corrected == [
        (1, "0 stands for unknown: hour_1_amount hour_24_amount total_position panic_index"),
        (2, "0 stands for unknown: hour_1_amount"),
        (3, "0 stands for unknown: total_position"),
    ]


async def test_a_march_row_in_usd_with_the_sources_time(store: Store) -> None:
    """Two decimals everywhere: the index is computed from its parts."""
    report, (row,) = await imported(store, nested())
    assert (report.doubtful, report.corrected) == ([], [])
    assert (row.usd_1h, row.usd_24h) == (4_125_000.0, 135_830_100.0)
    assert (row.people_24h, row.position_usd) == (79_700.0, 10_472_000_000.0)
    assert row.panic_index == pytest.approx(7.97 / 104.72, abs=1e-12)
    assert (row.source_ms, row.received_ms) == (ZONE.parse(AFTER) - 41_000, ZONE.parse(AFTER) + 250)


@pytest.mark.parametrize("value", [0, None, "soon", 1e30, True])
async def test_a_sources_time_that_cannot_be_is_none(store: Store, value: object) -> None:
    """The row is taken all the same."""
    _, (row,) = await imported(store, nested(inner={"update_time": value}))
    assert row.source_ms is None


async def test_an_index_in_percent_is_a_ratio_from_its_day_on(store: Store) -> None:
    """Before that day a number so high is nothing, and what is computed counts."""
    assert ZONE.format(PERCENT_FROM_MS) == "2026-02-07 10:03:00"
    later = ZONE.parse("2026-02-08 00:00:00")
    text = "".join(
        json.dumps(record) + "\n"
        for record in (
            hourly("2026-02-07 10:03:00", panic_index=6.42),
            hourly("2026-02-07 10:02:59", panic_index=6.42),
            panic("2026-02-07 10:04:00", panic_index=100 * 7.9688 / 104.717000005),
            hourly("2026-02-07 10:05:00", panic_index=0.0642),
        )
    )
    report = await take(store, text.encode(), now_ms=later)
    rows = await store.aggregates(0, later, 10)
    assert [row.panic_index for row in rows] == [
        None,
        pytest.approx(0.0642, abs=1e-12),
        pytest.approx(7.9688 / 104.717000005, abs=1e-12),
        0.0642,
    ]
    assert report.corrected == [(1, IN_PERCENT), (3, IN_PERCENT)]
    assert report.doubtful == [(2, "panic_index 6.42 is no ratio; unknown")]


async def test_numbers_that_contradict_each_other_are_doubtful(store: Store) -> None:
    """The raw USD and the parts of the index go before what was made of them."""
    wrong = panic("2026-01-18 08:40:00", 0.5)
    report, rows = await imported(store, panic(panic_index=0.09), wrong)
    assert [row.panic_index for row in rows] == [pytest.approx(0.0760984, rel=1e-6)] * 2
    assert [text.split(";")[0] for _, text in report.doubtful] == [
        "panic_index is not what people and position give",
        "amounts are not the raw USD's",
    ]
    assert rows[1].usd_24h == 135_830_012.5


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (nested(data_source=""), "no data_source"),
        ({key: nested()[key] for key in nested() if key != "data_source"}, "estimated"),
        (nested(inner={"open_interest": 400}), "20 billion"),
        (nested(inner={"liquidation_count_24h": 101}), "a million people"),
        (nested(liquidation_data=[1]), "no record"),
        (hourly(hour_1_amount=-1), "hour_1_amount is negative"),
        (hourly(total_position="many"), "total_position is no number"),
        (hourly(datetime="yesterday"), "not a time"),
        (hourly(timestamp=None, datetime=None), "no time"),
        (hourly("2027-01-01 00:00:00"), "impossible"),
        (panic(record_time=None), "no time"),
        (panic(raw_data='{"blast_24h": '), "raw_data is not JSON"),
        (panic(raw_data="{}"), "raw_data without"),
    ],
)
async def test_what_cannot_be_is_refused(store: Store, record: dict[str, Any], why: str) -> None:
    """With its reason, and the next line is taken."""
    report, rows = await imported(store, record, hourly("2026-01-18 09:00:00"))
    assert (report.taken, len(rows)) == (1, 1)
    ((line, reason),) = report.refused
    assert line == 1
    assert why in reason


async def test_written_times_are_utc_plus_8_and_stamps_are_checked(store: Store) -> None:
    """Local text once taken for UTC put the stamp eight hours ahead: the text is taken."""
    record = hourly("2026-01-18 08:30:05", timestamp=ZONE.parse(AFTER) // 1000 + 28_800)
    report, (row,) = await imported(store, record)
    assert row.received_ms == ZONE.parse(AFTER)
    assert "28800 s ahead" in report.doubtful[0][1]


async def test_a_second_import_changes_nothing(store: Store) -> None:
    """What is there is left; what we had measured ourselves is never replaced."""
    first, rows = await imported(store, hourly(), panic("2026-01-18 08:31:00"))
    second, again = await imported(store, hourly(), panic("2026-01-18 08:31:00"))
    assert (first.aggregates, second.aggregates, second.unchanged) == (2, 0, 2)
    assert rows == again
    own = AggregateRow(
        minute_ms=rows[0].minute_ms,
        source_ms=None,
        received_ms=rows[0].minute_ms,
        usd_1h=None,
        usd_24h=1.0,
        people_24h=None,
        position_usd=None,
        panic_index=None,
    )
    await store.record_aggregates([own])
    report, after = await imported(store, hourly())
    assert (after[0], report.aggregates) == (own, 0)


async def test_two_records_of_a_minute_are_one_row(store: Store) -> None:
    """The one that knows more stays, and the second is told of."""
    report, rows = await imported(store, panic(), hourly("2026-01-18 08:30:40"))
    assert report.doubtful == [(2, "a second record for the minute of line 1; a minute has one")]
    assert [row.people_24h for row in rows] == [79_688.0]
    assert (report.aggregates, report.replaced, report.outdone, report.unchanged) == (1, 0, 1, 0)


async def test_the_later_of_two_equal_records_of_a_minute_wins(store: Store) -> None:
    """And the counts say so: one row, one that was replaced."""
    report, rows = await imported(store, hourly(), hourly("2026-01-18 08:30:40"))
    assert [row.received_ms for row in rows] == [ZONE.parse("2026-01-18 08:30:40")]
    assert (report.aggregates, report.replaced, report.outdone, report.unchanged) == (1, 1, 0, 0)
