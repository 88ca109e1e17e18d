"""Exports of liquidations and their minutes, and the way back."""

import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.store.builders import COINS, DAY_MS, NOW_MS, ZONE, StillClock, content_of
from tests.store.events import HOUR_MS, an_event, told
from tests.store.importing import take
from tui_monitor.model import Exchange, Heard, LiquidationMinute, LiquidationRow, Side
from tui_monitor.store import LIQUIDATION_MINUTES, Scope, Store, export, import_file, open_store
from tui_monitor.store.formats import reckoned

EVENTS = [
    an_event(1.5, 250.125),
    an_event(2, None, Side.SHORT, Exchange.OKX, "=BTC", heard=Heard.REST),
    an_event(2, 1e-7, Side.SHORT, Exchange.BITGET, "币安人生", price=0.0000012345),
    an_event(86_399.999, 1e9, Side.LONG, Exchange.BINANCE),
]
MINUTES = [told(0), told(0, 0.1, 0.0, Exchange.OKX, covered_ms=12_345, capped_s=7), told(1_439)]
BOTH = ("liquidations", LIQUIDATION_MINUTES)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Some of each."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    async with open_store(tmp_path / "a", StillClock(), kind="real") as opened:
        await opened.record_liquidations(EVENTS)
        await opened.record_liquidation_minutes(MINUTES)
        yield opened


async def written(store: Store, what: str, form: str, hours: float = 24.0) -> Path:
    """An export of the first hours."""
    scope = Scope(
        start_ms=DAY_MS - HOUR_MS,
        end_ms=DAY_MS + round(hours * HOUR_MS),
        zone=ZONE,
        coins=COINS,
        min_coins=2,
        now_ms=NOW_MS,
    )
    return (await export(store, what, form, scope, folder=Path(store.path).parent)).path


async def test_the_events_csv_to_the_byte(store: Store) -> None:
    """All digits, units in the header, no formulas, an empty cell for an unknown size."""
    assert content_of(await written(store, "liquidations", "csv", 1)).decode() == (
        "\ufeffliquidated_utc,exchange,symbol,coin,side,price_per_coin,coins,usd,received_utc,"
        "heard\r\n"
        "2026-01-04T16:00:01.500Z,bybit,BTCUSDT,BTC,long,100.0,2.50125,250.125,"
        "2026-01-04T16:00:01.540Z,stream\r\n"
        "2026-01-04T16:00:02.000Z,okx,'=BTCUSDT,'=BTC,short,100.0,,,"
        "2026-01-04T16:00:02.040Z,rest\r\n"
        "2026-01-04T16:00:02.000Z,bitget,币安人生USDT,币安人生,short,0.0000012345,"
        "0.08100445524503848,0.0000001,2026-01-04T16:00:02.040Z,stream\r\n"
    )


async def test_the_minutes_csv_to_the_byte(store: Store) -> None:
    """A file of its own: other columns, other rows."""
    assert content_of(await written(store, LIQUIDATION_MINUTES, "csv", 1)).decode() == (
        "\ufeffminute_utc,exchange,long_usd,short_usd,long_count,short_count,largest_usd,"
        "unsized_count,capped_s,covered_ms\r\n"
        "2026-01-04T16:00:00.000Z,bybit,1000.0,500.0,2,1,1000.0,0,0,60000\r\n"
        "2026-01-04T16:00:00.000Z,okx,0.1,0.0,2,1,0.1,0,7,12345\r\n"
    )


@pytest.mark.parametrize("form", ["csv", "jsonl"])
async def test_what_nobody_heard_has_no_money(store: Store, tmp_path: Path, form: str) -> None:
    """Empty or null, and it comes back as it was; a minute that was heard must have its sums."""
    silent = replace(
        told(30, 0.0, 0.0, covered_ms=0), long_count=0, short_count=0, largest_usd=None
    )
    await store.record_liquidation_minutes([silent])
    path = await written(store, LIQUIDATION_MINUTES, form, 1)
    text = content_of(path).decode()
    empty = '"long_usd":null,"short_usd":null' if form == "jsonl" else "bybit,,,0,0,,0,0,0"
    assert text.count(empty) == 1
    async with open_store(tmp_path / "b", StillClock(), kind="real") as other:
        report = await import_file(other, path, ZONE, COINS, NOW_MS)
        assert report.refused == []
        assert silent in await other.liquidation_minutes(0, NOW_MS)
        changed = text.replace('"covered_ms":0', '"covered_ms":5').replace(",,0,0,0", ",,0,0,5")
        path.write_text(changed, encoding="utf-8")
        report = await import_file(other, path, ZONE, COINS, NOW_MS)
        assert [reason for _, reason in report.refused] == ["long_usd is no sum"]


async def test_the_json_lines_have_the_models_fields(store: Store) -> None:
    """With how it was heard in a word."""
    lines = content_of(await written(store, "liquidations", "jsonl")).decode().splitlines()
    event = json.loads(lines[1])
    assert set(event) == set(LiquidationRow.__struct_fields__)
    assert (event["heard"], event["usd"], event["side"]) == ("rest", None, "short")
    lines = content_of(await written(store, LIQUIDATION_MINUTES, "jsonl")).decode().splitlines()
    assert set(json.loads(lines[0])) == set(LiquidationMinute.__struct_fields__)


@pytest.mark.parametrize("what", BOTH)
async def test_both_forms_have_the_same_rows(store: Store, what: str) -> None:
    """As many as there are."""
    table = content_of(await written(store, what, "csv")).decode()[1:]
    lines = content_of(await written(store, what, "jsonl")).decode().splitlines()
    assert len(list(csv.DictReader(io.StringIO(table)))) == len(lines)
    assert len(lines) == (4 if what == "liquidations" else 3)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
async def test_what_was_exported_comes_back(store: Store, tmp_path: Path, form: str) -> None:
    """Into an empty store: the same rows; into the same: nothing changes."""
    paths = [await written(store, what, form) for what in BOTH]
    async with open_store(tmp_path / "b", StillClock(), kind="real") as other:
        for path in paths:
            report = await import_file(other, path, ZONE, COINS, NOW_MS)
            assert (report.refused, report.doubtful, report.unchanged) == ([], [], 0)
        assert await other.liquidations(0, NOW_MS, limit=9) == await store.liquidations(
            0, NOW_MS, limit=9
        )
        assert await other.liquidation_minutes(0, NOW_MS) == MINUTES
        assert await other.check() == []
        for what, path in zip(BOTH, paths, strict=True):
            assert content_of(await written(other, what, form)) == content_of(path)
    reports = [await import_file(store, path, ZONE, COINS, NOW_MS) for path in paths]
    assert [report.unchanged for report in reports] == [4, 3]
    assert [report.liquidations + report.liquidation_minutes for report in reports] == [0, 0]


POSITIVE = st.floats(1e-12, 1e12)
ROWS = st.builds(
    LiquidationRow,
    exchange=st.sampled_from(Exchange),
    symbol=st.text("AZ09-=_@币", min_size=1, max_size=20),
    coin=st.text("AZ=+", min_size=1, max_size=5),
    exchange_ms=st.integers(DAY_MS, DAY_MS + 10_000),
    side=st.sampled_from(Side),
    price=POSITIVE,
    coins=st.none() | POSITIVE,
    usd=st.none() | POSITIVE,
    received_ms=st.integers(DAY_MS, NOW_MS),
    heard=st.sampled_from(Heard),
)


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(ROWS, max_size=12), form=st.sampled_from(["csv", "jsonl"]))
async def test_any_event_survives_the_way_out_and_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[LiquidationRow], form: str
) -> None:
    """Every digit of every number that was told, and names that a spreadsheet would run."""
    one, two = tmp_path_factory.mktemp("a"), tmp_path_factory.mktemp("b")
    async with open_store(one, StillClock(), kind="real") as store:
        await store.record_liquidations(rows)
        path = await written(store, "liquidations", form)
        async with open_store(two, StillClock(), kind="real") as other:
            report = await import_file(other, path, ZONE, COINS, NOW_MS)
            assert report.refused == []
            assert await other.liquidations(0, NOW_MS, limit=99) == [
                replace(row, usd=None if row.usd is None else reckoned(row.usd))
                for row in await store.liquidations(0, NOW_MS, limit=99)
            ]


async def test_a_minute_of_a_file_never_replaces_ours(store: Store) -> None:
    """It was there, and stays."""
    line = json.dumps(
        {
            **{name: getattr(told(0, 9e9), name) for name in LiquidationMinute.__struct_fields__},
            "exchange": "bybit",
        }
    )
    report = await take(store, line.encode())
    assert (report.taken, report.liquidation_minutes, report.unchanged) == (1, 0, 1)
    assert (await store.liquidation_minutes(0, NOW_MS))[0] == MINUTES[0]


def a_line(what: str, **changed: object) -> bytes:
    """A JSON line with something else in it."""
    row = EVENTS[0] if what == "liquidations" else MINUTES[0]
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    return json.dumps(
        {**fields, **({"heard": "stream"} if "heard" in fields else {}), **changed}
    ).encode()


@pytest.mark.parametrize(
    ("what", "changed", "why"),
    [
        ("liquidations", {"exchange": "mtgox"}, "exchange is none of"),
        ("liquidations", {"side": "both"}, "side is none of"),
        ("liquidations", {"heard": 1}, "heard is none of"),
        ("liquidations", {"price": 0}, "price is no positive number"),
        ("liquidations", {"price": 1e300}, "price is no positive number"),
        ("liquidations", {"usd": -1}, "usd is no positive number"),
        ("liquidations", {"symbol": ""}, "symbol is no name"),
        ("liquidations", {"symbol": "A\u001b[31m"}, "symbol is no name"),
        ("liquidations", {"coin": 5}, "coin is no name"),
        ("liquidations", {"exchange_ms": "now"}, "exchange_ms is not a time"),
        ("liquidations", {"exchange_ms": 5}, "impossible time"),
        (LIQUIDATION_MINUTES, {"minute_ms": DAY_MS + 1}, "no minute"),
        (LIQUIDATION_MINUTES, {"long_usd": -1}, "long_usd is no sum"),
        (LIQUIDATION_MINUTES, {"long_count": 1.5}, "long_count is no count"),
        (LIQUIDATION_MINUTES, {"capped_s": 61}, "capped_s is no count"),
        (LIQUIDATION_MINUTES, {"covered_ms": 60_001}, "covered_ms is no count"),
    ],
)
async def test_lines_that_cannot_be_are_refused(
    store: Store, what: str, changed: dict[str, object], why: str
) -> None:
    """With the reason, and nothing of them is kept."""
    before = (await store.info()).rows
    report = await take(store, a_line(what, **changed))
    ((line, reason),) = report.refused
    assert (line, report.taken) == (1, 0)
    assert why in reason
    assert (await store.info()).rows == before


@pytest.mark.parametrize(
    ("cell", "other", "why"),
    [
        ("2026-01-04T16:00:01.500Z", "2026-01-04 16:00", "not a time in UTC"),
        ("250.125", "1e3", "not a number"),
        (",BTC,", ",,", "coin is no name"),
        (",stream", "", "9 columns instead of 10"),
    ],
)
async def test_rows_that_cannot_be_are_refused(
    store: Store, cell: str, other: str, why: str
) -> None:
    """The same of the CSV."""
    path = await written(store, "liquidations", "csv", 1)
    text = content_of(path).decode().replace(cell, other, 1)
    report = await take(store, text.encode(), "x.csv")
    assert why in report.refused[0][1]
    assert report.taken == 2


async def test_nothing_gives_the_header_alone(tmp_path: Path) -> None:
    """And no error."""
    async with open_store(tmp_path, StillClock(), kind="real") as store:
        for what in BOTH:
            assert len(content_of(await written(store, what, "csv")).splitlines()) == 1
            assert content_of(await written(store, what, "jsonl")) == b""


async def test_events_of_one_moment_keep_their_order(store: Store) -> None:
    """That in which they were told."""
    same = [replace(EVENTS[0], price=price, exchange_ms=DAY_MS) for price in (3.0, 1.0, 2.0)]
    await store.record_liquidations(same)
    lines = content_of(await written(store, "liquidations", "jsonl")).decode().splitlines()
    assert [json.loads(line)["price"] for line in lines[:3]] == [3.0, 1.0, 2.0]
