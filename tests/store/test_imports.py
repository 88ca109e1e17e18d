"""Taking files in: what is taken, what is refused, what is doubtful, and why."""

import asyncio
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.store.builders import (
    COINS,
    DAY_END_MS,
    DAY_MS,
    NOW_MS,
    ZONE,
    a_price,
)
from tests.store.importing import nodes, take
from tui_monitor.clock import SLOT_MS
from tui_monitor.errors import BadInput
from tui_monitor.model import HoleState, PriceSource, Reason
from tui_monitor.store import Store, import_file
from tui_monitor.store.formats import PRICES_HEADER


def a_record(at_ms: int = DAY_MS + SLOT_MS, **changes: Any) -> dict[str, Any]:
    """A record as the later originals wrote it."""
    record: dict[str, Any] = {
        "collect_time": ZONE.format(at_ms),
        "timestamp": at_ms // 1000,
        "base_date": ZONE.format(at_ms, "%Y-%m-%d"),
        "day_changes": {
            "BTC": {"base_price": 90_000.0, "current_price": 90_900.0, "change_pct": 1.0},
            "ETH": {"base_price": 3_000.0, "current_price": 2_970.0, "change_pct": -1.0},
        },
        "total_change": 0.0,
        "total_coins": 2,
        "valid_coins": 2,
    }
    return record | changes


def lines(*records: Any) -> bytes:
    """Records as a file."""
    texts = (record if isinstance(record, str) else json.dumps(record) for record in records)
    return "".join(f"{text}\n" for text in texts).encode()


TWO = [(1, "BTC", 90_900.0, 90_000.0), (1, "ETH", 2_970.0, 3_000.0)]


def _with_coins(record: dict[str, Any]) -> dict[str, Any]:
    changed = {**record, "coins": record["day_changes"]}
    del changed["day_changes"], changed["total_change"]
    return changed


def _backwards(record: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(record.items()))


def _in_ms(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "timestamp": record["timestamp"] * 1000}


def _without_stamp(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "timestamp"}


def _without_label(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "collect_time"}


@pytest.mark.parametrize(
    "shape", [dict, _with_coins, _backwards, _in_ms, _without_stamp, _without_label]
)
@pytest.mark.parametrize("packed", [False, True])
async def test_a_record_is_taken_in_each_of_its_shapes(
    store: Store, shape: Callable[[dict[str, Any]], dict[str, Any]], packed: bool
) -> None:
    """Any order of keys, seconds or milliseconds, gzipped or not; with the base it brings."""
    content = lines(shape(a_record()))
    name = "x.jsonl.gz" if packed else "x.jsonl"
    report = await take(store, gzip.compress(content) if packed else content, name)
    assert (report.taken, report.slot_prices) == (1, 2)
    assert (report.refused, report.doubtful) == ([], [])
    assert await nodes(store) == TWO


async def test_a_one_minute_file_is_sampled_down_to_its_slots(store: Store) -> None:
    """The nearest record stands for the slot; the others are kept as samples."""
    quote = {"baseline_price": 100.0, "change_pct": 0.0}
    content = lines(
        *(
            {
                "timestamp": f"2026-01-05T00:{minute:02}:00.3+08:00",
                "timestamp_unix": 0,
                "total_change": 0.0,
                "changes": {"BTC-USDT-SWAP": {**quote, "current_price": 100.0 + minute / 1e5}},
            }
            for minute in range(60)
        )
    )
    report = await take(store, content)
    assert (report.taken, report.slot_prices, report.refused_count) == (60, 3, 0)
    assert await nodes(store) == [
        (0, "BTC", 100.0, 100.0),
        (1, "BTC", 100.0003, 100.0),
        (2, "BTC", 100.00059, 100.0),
    ]
    assert len(await store.off_slot(DAY_MS, DAY_END_MS)) == 57


async def test_a_second_import_changes_nothing(store: Store) -> None:
    """And says so."""
    content = lines(a_record(), a_record(DAY_MS + 1_000_000), a_record(DAY_MS + 2 * SLOT_MS))
    await take(store, content)
    before = (await nodes(store), await store.off_slot(DAY_MS, DAY_END_MS))
    report = await take(store, content)
    assert (report.taken, report.slot_prices, report.off_slot_prices) == (3, 0, 0)
    assert (report.unchanged, report.doubtful) == (6, [])
    assert (await nodes(store), await store.off_slot(DAY_MS, DAY_END_MS)) == before


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"collect_time": "2026-01-05 00:30:00", "times', "not JSON, or cut off"),
        ("\0" * 40, "40 NUL bytes"),
        ("[1, 2]", "not a record"),
        ("hello", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"timestamp": 1}', "unknown shape"),
        (a_record(timestamp=5, collect_time=None), "impossible"),
        (a_record(collect_time="soon"), "is not a time"),
        (a_record(collect_time=None, timestamp=None), "no time"),
        (a_record(timestamp=DAY_MS // 1000 - 7_200), "for no known cause"),
        (a_record(day_changes={}), "unknown shape"),
        ("x" * 1_200_000, "over a megabyte"),
        (b"\xff\xfe\xfd".decode("latin-1"), "not JSON"),
    ],
)
async def test_a_bad_line_is_refused_with_its_number(
    store: Store, line: str | dict[str, Any], reason: str
) -> None:
    """The lines around it are taken."""
    report = await take(store, lines(a_record(), line, a_record(DAY_MS + 2 * SLOT_MS)))
    assert report.taken == 2
    ((number, words),) = report.refused
    assert number == 2
    assert reason in words


async def test_bytes_that_are_no_text_are_refused(store: Store) -> None:
    """By line, too."""
    report = await take(store, b"{\xff}\n" + lines(a_record()))
    assert report.taken == 1
    assert report.refused[0] == (1, "not UTF-8 at byte 1")


@pytest.mark.parametrize("price", [0, 0.0, -1.0, None, "90900", True, 1e300, [1], 10**400], ids=str)
async def test_what_is_no_price_is_refused_coin_by_coin(store: Store, price: Any) -> None:
    """The others are taken; the slot gets a hole that says why."""
    record = a_record(total_change=None)
    record["day_changes"]["BTC"]["current_price"] = price
    report = await take(store, lines(record))
    assert report.refused == [(1, "price invalid: BTC")]
    assert await nodes(store) == TWO[1:]
    (hole,) = await store.holes(DAY_MS, DAY_END_MS, 10)
    assert (hole.coin, hole.state, hole.reason) == ("BTC", HoleState.MISSING, Reason.INVALID)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"change_pct": 1.0002}, "the prices give another change, by up to 0.0002: BTC"),
        ({"base_price": 0}, "no valid base: BTC"),
        ({"base_price": None}, "no valid base: BTC"),
    ],
)
async def test_a_doubtful_coin_is_taken_and_told(
    store: Store, change: dict[str, Any], words: str
) -> None:
    """Nothing is repaired."""
    record = a_record(total_change=None)
    record["day_changes"]["BTC"] |= change
    report = await take(store, lines(record))
    assert report.doubtful == [(1, words)]
    assert [row[2] for row in await nodes(store)] == [90_900.0, 2_970.0]


async def test_a_total_that_is_not_the_sum_is_doubtful(store: Store) -> None:
    """Rounding apart."""
    assert (await take(store, lines(a_record(total_change=0.0005)))).doubtful == []
    report = await take(store, lines(a_record(total_change=0.01)))
    assert report.doubtful == [(1, "total is 0.01, its coins add up to 0.0000")]


async def test_a_flat_record_is_doubtful_away_from_midnight(store: Store) -> None:
    """At midnight all coins stand at their base; later that is a filled hole."""
    flat = {"BTC": {"base_price": 5.0, "current_price": 5.0, "change_pct": 0.0}}
    flat["ETH"] = flat["BTC"]
    report = await take(
        store, lines(a_record(DAY_MS, day_changes=flat), a_record(day_changes=flat))
    )
    assert report.doubtful == [(2, "all 2 coins stand at their base away from midnight")]


async def test_a_moved_base_at_midnight_is_doubtful(store: Store) -> None:
    """The base is the price at midnight."""
    report = await take(store, lines(a_record(DAY_MS)))
    assert report.doubtful == [(1, "price and base differ at midnight: BTC ETH")]


async def test_a_second_record_of_a_slot_is_doubtful(store: Store) -> None:
    """The nearer one stands; both are kept. The same time twice keeps the first."""
    near, far = a_record(DAY_MS + SLOT_MS - 5_000), a_record(DAY_MS + SLOT_MS + 9_000)
    other = a_record(DAY_MS + SLOT_MS - 5_000, total_change=None)
    other["day_changes"] = {"BTC": {"base_price": 1.0, "current_price": 1.0}}
    report = await take(store, lines(far, near, other))
    assert report.doubtful == [
        (2, "a second record for the slot of line 1"),
        (3, "a second record for the slot of line 1"),
        (3, "other numbers came first for this time: BTC"),
    ]
    (row, _) = await store.prices(DAY_MS, DAY_END_MS, COINS)
    assert (row.observed_ms, row.price) == (DAY_MS + SLOT_MS - 5_000, 90_900.0)
    assert {row.observed_ms for row in await store.off_slot(DAY_MS, DAY_END_MS)} == {
        DAY_MS + SLOT_MS + 9_000
    }


async def test_an_own_price_is_kept_against_a_file(store: Store) -> None:
    """And that is told."""
    await store.record_prices([a_price(1, "BTC", 91_000.0, PriceSource.TICKER)])
    report = await take(store, lines(a_record()))
    assert report.doubtful == [(1, "a better price stands there and is kept: BTC")]
    assert [row[2] for row in await nodes(store)] == [91_000.0, 2_970.0]


async def test_coins_that_were_not_chosen_are_refused_by_name(store: Store) -> None:
    """A hostile name comes out printable."""
    record = a_record(total_change=None)
    record["day_changes"]["\x1b]52;c;AAAA\x07"] = record["day_changes"]["BTC"]
    report = await take(store, lines(record))
    ((_, words),) = report.refused
    assert words.startswith("not among the chosen coins: ")
    assert words.isprintable()
    assert await nodes(store) == TWO


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"date,time,value\r\n1,2,3\r\n",
        b"\0" * 5_000_000,
        PRICES_HEADER.encode("utf-16"),
        b"\x1f\x8bxx",
    ],
    ids=["empty", "another header", "NUL", "UTF-16", "broken gzip"],
)
async def test_an_unknown_file_is_refused_as_a_whole(store: Store, content: bytes) -> None:
    """With one line that names what was expected."""
    report = await take(store, content, "strange.csv")
    ((line, words),) = report.refused
    assert (line, report.taken) == (1, 0)
    assert "expected JSON lines or one of the headers" in words
    assert PRICES_HEADER in words


async def test_a_gzip_that_ends_early_gives_what_it_has(store: Store) -> None:
    """And says where it broke off."""
    packed = gzip.compress(
        lines(*(a_record(DAY_MS + slot * SLOT_MS, total_change=slot) for slot in range(1, 400)))
    )
    report = await take(store, packed[: len(packed) // 2], "x.jsonl.gz")
    assert 0 < report.taken < 400
    assert "can't be read on" in report.refused[-1][1]


async def test_a_file_that_is_not_there_is_bad_input(store: Store, tmp_path: Path) -> None:
    """One line, no traceback; the same for a folder."""
    for path in (tmp_path / "nowhere.jsonl", tmp_path):
        with pytest.raises(BadInput):
            await import_file(store, path, ZONE, COINS, NOW_MS)


async def test_a_killed_import_is_finished_by_the_next(store: Store) -> None:
    """What was committed stays; the result is that of one import."""
    content = lines(*(a_record(DAY_MS + slot * SLOT_MS) for slot in range(1, 700)))
    loop, told = asyncio.get_running_loop(), list[str]()

    def kill_at_the_second_batch(sql: str) -> None:
        told.append(sql)
        if sql == "BEGIN IMMEDIATE" and told.count(sql) == 2:
            loop.call_soon_threadsafe(task.cancel)

    await store._session._writing.set_trace_callback(kill_at_the_second_batch)
    task = asyncio.ensure_future(take(store, content))
    await asyncio.wait([task])
    assert task.cancelled()
    there = (await store.info()).rows["slot_prices"]
    assert 0 < there < 1_398
    report = await take(store, content)
    assert (report.slot_prices, report.unchanged) == (1_398 - there, there)


async def test_remarks_are_bounded_but_counted(store: Store) -> None:
    """A file of nonsense fills no memory."""
    report = await take(store, b"nonsense\n" * 12_000)
    assert (len(report.refused), report.refused_count) == (10_000, 12_000)
