"""Our own series out and back: bars, funding, open interest, spreads, signals, outages."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tests.store.builders import COINS, DAY_MS, NOW_MS, ZONE, StillClock, content_of
from tests.store.importing import take
from tests.store.samples import a_minute, a_settlement, a_signal
from tests.store.test_anomalies import a_record
from tests.store.test_anomalies import put as put_anomalies
from tests.store.test_candles import a_candle
from tests.store.test_interest import START_MS, a_sample
from tui_monitor.clock import DAY_MS as A_DAY_MS
from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import (
    AggregateRow,
    Exchange,
    InterestSource,
    Market,
    Outage,
    SpreadKind,
)
from tui_monitor.store import Scope, Store, export, import_file, open_store

HOUR_OF_MARKS = 12
LATER_MS = START_MS + A_DAY_MS


def an_outage(
    second: int, lasted_s: float | None, reason: str = "no data", **more: object
) -> Outage:
    """Of OKX's tickers."""
    begin_ms = DAY_MS + second * 1000
    outage = Outage(
        exchange=Exchange.OKX,
        market=Market.PERP,
        channel="tickers#2",
        reason=reason,
        begin_ms=begin_ms,
        end_ms=None if lasted_s is None else begin_ms + round(lasted_s * 1000),
    )
    return replace(outage, **more)


def an_aggregate(minute: int, **more: object) -> AggregateRow:
    """A minute of the aggregate source."""
    minute_ms = DAY_MS + minute * MINUTE_MS
    row = AggregateRow(
        minute_ms=minute_ms,
        source_ms=minute_ms + 1_000,
        received_ms=minute_ms + 2_345,
        usd_1h=1e7 / 3,
        usd_24h=2.5e8,
        people_24h=81_234.0,
        position_usd=7e9,
        panic_index=0.1160485714285714,
    )
    return replace(row, **more)


async def fill(store: Store) -> None:
    """Some of each, with what is hard about it: unknown numbers, odd names, many digits."""
    await store.record_candles(
        [
            a_candle(0),
            replace(a_candle(1), volume_coins=None, turnover_usd=None, high=1e9 / 3),
            replace(a_candle(2, "币安人生", "1m", Exchange.BITGET), volume_coins=3e15),
        ]
    )
    await store.record_funding(
        [a_settlement(0, -0.00012345, coin="=BTC"), a_settlement(8, 1e-16, Exchange.BITGET)]
    )
    await store.record_interest(
        [
            a_sample(0),
            a_sample(1, 0.1 + 0.2, price=None),
            a_sample(HOUR_OF_MARKS, 2e15, Exchange.BYBIT, "=A", source=InterestSource.HISTORY),
        ]
    )
    await store.record_spreads(
        [a_minute(0, over_s=12.5, rises=1), a_minute(59, kind=SpreadKind.SPOT_SPOT)]
    )
    await store.record_signals([a_signal(10), a_signal(60, "ETH", 70, "a leg went stale")])
    await store.record_aggregates([an_aggregate(0), an_aggregate(1, people_24h=None)])
    await store.record_aggregates([an_aggregate(2, source_ms=None, imported=True)])
    first = await store.open_outage(an_outage(30, None, '=drop, "quoted"'))
    await store.open_outage(an_outage(10, 3.25, bridged=True))
    await store.close_outage(first, DAY_MS + 31_001)


async def written(store: Store, what: str, form: str, folder: Path) -> Path:
    """The export of all there is: of the two days around it, which are looked through by hours."""
    at_ms = START_MS if what == "open-interest" else DAY_MS
    scope = Scope(
        start_ms=at_ms - A_DAY_MS,
        end_ms=at_ms + A_DAY_MS,
        zone=ZONE,
        coins=COINS,
        min_coins=2,
        now_ms=LATER_MS,
    )
    return (await export(store, what, form, scope, folder=folder)).path


@pytest.mark.parametrize(
    ("what", "form", "rows"),
    [
        *(("candles", form, 3) for form in ("csv", "jsonl")),
        *(("funding", form, 2) for form in ("csv", "jsonl")),
        *(("open-interest", form, 3) for form in ("csv", "jsonl")),
        *(("spreads", form, 2) for form in ("csv", "jsonl")),
        *(("outages", form, 2) for form in ("csv", "jsonl")),
        *(("aggregates", form, 3) for form in ("csv", "jsonl")),
        ("signals", "jsonl", 2),
    ],
)
async def test_an_export_goes_round(tmp_path: Path, what: str, form: str, rows: int) -> None:
    """The same bytes; a second import finds everything there."""
    for name in ("a", "b", "1", "2"):
        (tmp_path / name).mkdir()
    async with open_store(tmp_path / "a", StillClock(), kind="real") as store:
        await fill(store)
        path = await written(store, what, form, tmp_path / "1")
    async with open_store(tmp_path / "b", StillClock(), kind="real") as other:
        report = await import_file(other, path, ZONE, COINS, LATER_MS)
        assert report.refused == []
        assert (report.taken, report.series, report.unchanged) == (rows, {what: rows}, 0)
        again = await written(other, what, form, tmp_path / "2")
        assert content_of(again) == content_of(path)
        report = await import_file(other, path, ZONE, COINS, LATER_MS)
        assert (report.series, report.unchanged) == ({what: 0}, rows)
        assert content_of(await written(other, what, form, tmp_path / "b")) == content_of(path)
        assert await other.check() == []


async def test_what_is_there_stays(store: Store) -> None:
    """A file is not asked over what we recorded ourselves, nor of which coin a symbol is."""
    ours = a_candle(0)
    await store.record_candles([ours])
    line = msgspec.json.encode(replace(ours, close=99.5, coin="OTHER"))
    report = await take(store, line + b"\n")
    assert (report.taken, report.unchanged) == (1, 1)
    assert await store.candles_between("15m", 0, NOW_MS) == [ours]


def changed(row: msgspec.Struct, **values: object) -> str:
    """Its JSON line with other values."""
    return json.dumps({**msgspec.to_builtins(row), **values})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (changed(a_candle(), high=1.0), "do not lie between"),
        (changed(a_candle(), bar="7m"), "no bar of '7m'"),
        (changed(a_candle(), open_ms=DAY_MS + 1), "no bar of '15m' begins then"),
        (changed(a_candle(), open_ms=5), "impossible time"),
        (changed(a_candle(), volume_coins=-1.0), "negative"),
        (changed(a_candle(), exchange="kraken"), "kraken"),
        (changed(a_candle(), symbol="a\x1b[2J"), "no text that can be shown"),
        (changed(a_candle(), coin=""), "coin is empty"),
        (changed(a_settlement(), rate=12.0), "no rate"),
        (changed(a_settlement(), rate="0.1"), "rate"),
        (changed(a_sample(), source="rumour"), "none of history ours"),
        (changed(a_sample(), source=["ours"]), "none of history ours"),
        (changed(a_sample(), source="ours", coins=-1.0), "negative"),
        (changed(a_sample(), source="ours", at_ms=DAY_MS + 60_000), "no mark"),
        (changed(a_minute(), kind="all", samples=0), "a count can't be"),
        (changed(a_minute(), kind="all", max_pct=-1.0), "max_pct"),
        (changed(a_signal(), samples=[]), "no samples"),
        (changed(an_outage(0, 5.0), end_ms=DAY_MS - 1), "ended before it began"),
        (changed(an_outage(0, 5.0, reason="\x07")), "no text that can be shown"),
    ],
)
async def test_what_can_not_be_is_refused(store: Store, line: str, reason: str) -> None:
    """With its reason; nothing of it is stored, and what stands after it is read."""
    good = msgspec.json.encode(a_settlement(3)).decode()
    report = await take(store, f"{line}\n{good}\n".encode(), now_ms=LATER_MS)
    assert (report.taken, report.refused_count) == (1, 1)
    assert reason in report.refused[0][1], report.refused


async def test_a_csv_row_is_judged_as_a_line_is(store: Store) -> None:
    """Times, numbers and flags by their cells."""
    head = "exchange,market,channel,begin_utc,end_utc,seconds,bridged,reason\r\n"
    rows = (
        "okx,perp,tickers,2026-01-04T16:00:00.000Z,,,no,silent",
        "okx,perp,tickers,yesterday,,,no,silent",
        "okx,perp,tickers,2026-01-04T16:00:00.000Z,,,perhaps,silent",
        "okx,perp,tickers,2026-01-04T16:00:00.000Z,,,no",
    )
    report = await take(store, (head + "\r\n".join(rows)).encode(), "x.csv")
    assert (report.taken, [line for line, _ in report.refused]) == (1, [3, 4, 5])
    (outage,) = await store.outages(0, NOW_MS)
    assert (outage.end_ms, outage.bridged, outage.reason) == (None, False, "silent")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("what", "fill_with"),
    [
        ("signals", lambda store: store.record_signals([a_signal(10)])),
        ("anomalies", lambda store: put_anomalies(store, a_record())),
    ],
)
async def test_what_is_for_other_programs_says_why(
    store: Store, tmp_path: Path, what: str, fill_with: Callable[[Store], object], form: str
) -> None:
    """Anomalies are judged from bars; a CSV of signals lacks parts of them."""
    await fill_with(store)  # type: ignore[misc]
    path = await written(store, what, form, tmp_path)
    report = await import_file(store, path, ZONE, COINS, NOW_MS)
    if (what, form) == ("signals", "jsonl"):
        assert report.refused == []
        return
    ((_, reason),) = report.refused
    assert ("judged again from bars" if what == "anomalies" else "their JSON lines") in reason
