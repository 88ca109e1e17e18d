"""Files to the byte, and back again."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.store.builders import (
    COINS,
    DAY_END_MS,
    DAY_MS,
    NOW_MS,
    ZONE,
    StillClock,
    a_day,
    a_hole,
    a_price,
    content_of,
    names,
    put,
)
from tui_monitor.clock import SLOT_MS
from tui_monitor.errors import BadInput, FolderUnusable
from tui_monitor.model import (
    CurveRow,
    Exchange,
    HoleState,
    ImportedSum,
    Market,
    OffSlotPrice,
    Outage,
    PriceSource,
    Reason,
)
from tui_monitor.store import (
    FILE_FORMATS,
    WHATS,
    Reader,
    Scope,
    Store,
    export,
    open_store,
)
from tui_monitor.store.formats import number, text_cell, text_of_cell


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A small history: two nodes, one of them partial, samples, a hole, a sum, an outage."""
    async with open_store(tmp_path / "data", StillClock(), kind="real") as opened:
        await opened.record_prices(
            [
                a_price(0, "BTC", 90_000.0),
                a_price(0, "ETH", 3_000.0),
                a_price(1, "ETH", 3_030.0, PriceSource.TICKER, late_ms=1_234),
                a_price(1, "BTC", 89_100.5, PriceSource.IMPORT, own_base=90_001.0),
                a_price(1, "AAVE", 0.1234),
            ],
            [
                a_hole(0, "AAVE", HoleState.UNOBTAINABLE, Reason.NO_BAR.value),
                a_hole(2, "ETH", HoleState.MISSING, Reason.INVALID.value),
            ],
        )
        await opened.record_off_slot(
            [OffSlotPrice(observed_ms=DAY_MS + 600_700, coin="BTC", price=90_100.0)]
        )
        await opened.record_imported_sums([ImportedSum(slot_ms=DAY_MS + 2 * SLOT_MS, sum_pct=-4.5)])
        number = await opened.open_outage(
            Outage(
                exchange=Exchange.OKX,
                market=Market.PERP,
                channel="tickers",
                reason="=cmd(), silent",
                begin_ms=DAY_MS,
            )
        )
        await opened.close_outage(number, DAY_MS + 61_500)
        yield opened


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path) -> None:
    """The stores' folders."""
    for name in ("data", "other"):
        (tmp_path / name).mkdir()


def a_scope(end_ms: int = DAY_MS + 4 * SLOT_MS, min_coins: int = 2) -> Scope:
    """Two hours of the day."""
    return Scope(
        start_ms=DAY_MS,
        end_ms=end_ms,
        zone=ZONE,
        coins=COINS,
        min_coins=min_coins,
        now_ms=NOW_MS,
    )


async def written(store: Store, what: str, form: str, folder: Path, scope: Scope) -> bytes:
    """The bytes of an export."""
    return content_of((await export(store, what, form, scope, folder=folder)).path)


async def test_the_full_csv_to_the_byte(store: Store, tmp_path: Path) -> None:
    """BOM, CRLF, no quotes, 8 and 4 decimals, coins alphabetical, samples at their own time."""
    assert (await written(store, "prices", "csv", tmp_path, a_scope())).decode() == (
        "\ufeff日期,时间,时间戳,币种,基准价格(00:00),当前价格,涨跌幅(%)\r\n"
        "2026-01-05,00:00:00,1767542400,BTC,90000.00000000,90000.00000000,0.0000\r\n"
        "2026-01-05,00:00:00,1767542400,ETH,3000.00000000,3000.00000000,0.0000\r\n"
        "2026-01-05,00:10:01,1767543001,BTC,90000.00000000,90100.00000000,0.1111\r\n"
        "2026-01-05,00:30:00,1767544200,AAVE,,0.12340000,\r\n"
        "2026-01-05,00:30:00,1767544200,BTC,90001.00000000,89100.50000000,-1.0005\r\n"
        "2026-01-05,00:30:00,1767544200,ETH,3000.00000000,3030.00000000,1.0000\r\n"
    )


async def test_the_sum_csv_to_the_byte(store: Store, tmp_path: Path) -> None:
    """Drawn nodes only: a slot with fewer coins is no sum of all."""
    assert (await written(store, "sum", "csv", tmp_path, a_scope())).decode() == (
        "\ufeff日期,时间,时间戳,27币涨跌幅总和(%)\r\n"
        "2026-01-05,00:00,1767542400,0.0000\r\n"
        "2026-01-05,00:30,1767544200,-0.0005\r\n"
        "2026-01-05,01:00,1767546000,-4.5000\r\n"
    )
    content = await written(store, "sum", "csv", tmp_path, a_scope(min_coins=3))
    assert content.decode().splitlines()[1:] == ["2026-01-05,01:00,1767546000,-4.5000"]


async def test_the_missing_csv_to_the_byte(store: Store, tmp_path: Path) -> None:
    """Every due slot and coin without a price; the originals' words where they have some."""
    assert (await written(store, "missing", "csv", tmp_path, a_scope())).decode() == (
        "\ufeff日期,时间,币种,原因\r\n"
        "2026-01-05,00:00,AAVE,the exchange has no bar here\r\n"
        "2026-01-05,01:00,AAVE,整个时间点缺失\r\n"
        "2026-01-05,01:00,BTC,整个时间点缺失\r\n"
        "2026-01-05,01:00,ETH,价格无效\r\n"
        "2026-01-05,01:30,AAVE,整个时间点缺失\r\n"
        "2026-01-05,01:30,BTC,整个时间点缺失\r\n"
        "2026-01-05,01:30,ETH,整个时间点缺失\r\n"
    )


async def test_a_range_without_a_begin_starts_where_history_does(
    store: Store, tmp_path: Path
) -> None:
    """Nothing was missing before anything was watched, and nothing is after now."""
    everything = replace(a_scope(), start_ms=0, end_ms=4_102_444_800_000)
    for what in ("prices", "sum", "missing"):
        assert await written(store, what, "csv", tmp_path, everything) == await written(
            store, what, "csv", tmp_path, replace(everything, start_ms=DAY_MS)
        )


async def test_a_coin_alone_is_missing_in_other_words_than_a_slot(tmp_path: Path) -> None:
    """And a slot that is not due yet is not missing."""
    async with open_store(tmp_path / "other", StillClock(), kind="real") as store:
        await store.record_prices([a_price(1, "BTC")])
        now_ms = DAY_MS + SLOT_MS + 120_001
        scope = Scope(
            start_ms=DAY_MS + SLOT_MS,
            end_ms=DAY_END_MS,
            zone=ZONE,
            coins=COINS,
            min_coins=2,
            now_ms=now_ms,
        )
        content = await written(store, "missing", "csv", tmp_path, scope)
        assert content.decode().splitlines()[1:] == [
            "2026-01-05,00:30,AAVE,单币缺失",
            "2026-01-05,00:30,ETH,单币缺失",
        ]


async def test_the_outages_csv_to_the_byte(store: Store, tmp_path: Path) -> None:
    """Text that a spreadsheet would run is made harmless."""
    assert (await written(store, "outages", "csv", tmp_path, a_scope())).decode() == (
        "\ufeffexchange,market,channel,begin_utc,end_utc,seconds,bridged,reason\r\n"
        "okx,perp,tickers,2026-01-04T16:00:00.000Z,2026-01-04T16:01:01.500Z,61.500,no,"
        '"\'=cmd(), silent"\r\n'
    )


async def test_json_lines_have_the_originals_shape(store: Store, tmp_path: Path) -> None:
    """At full precision; what is unknown is null, a missing coin is absent and counted."""
    content = (await written(store, "prices", "jsonl", tmp_path, a_scope())).decode()
    records = [json.loads(line) for line in content.splitlines()]
    assert [record["timestamp"] for record in records] == [1767542400, 1767543000700, 1767544200]
    last = records[-1]
    assert (last["collect_time"], last["base_date"]) == ("2026-01-05 00:30:00", "2026-01-05")
    assert list(last["day_changes"]) == ["BTC", "ETH", "AAVE"]
    assert last["day_changes"]["BTC"] == {
        "base_price": 90_001.0,
        "current_price": 89_100.5,
        "change_pct": (89_100.5 - 90_001.0) / 90_001.0 * 100,
    }
    assert last["day_changes"]["AAVE"] == {
        "base_price": None,
        "current_price": 0.1234,
        "change_pct": None,
    }
    counts = ("total_coins", "valid_coins", "success_count", "failed_count")
    assert [last[key] for key in counts] == [3, 2, 3, 0]
    assert last["total_change"] == pytest.approx(1.0 + (89_100.5 - 90_001.0) / 900.01)
    assert last["average_change"] == last["total_change"] / 2


@pytest.mark.parametrize("what", ["sum", "missing", "outages"])
async def test_the_other_json_lines_say_the_same_as_the_csv(
    store: Store, tmp_path: Path, what: str
) -> None:
    """A line a row, numbers as numbers."""
    rows = (await written(store, what, "csv", tmp_path, a_scope())).decode().splitlines()[1:]
    content = (await written(store, what, "jsonl", tmp_path, a_scope())).decode()
    assert len(content.splitlines()) == len(rows)
    assert all(isinstance(json.loads(line), dict) for line in content.splitlines())


async def test_the_names_are_the_originals(store: Store, tmp_path: Path) -> None:
    """With the board's time; a name that is taken gets a number."""
    for what in ("prices", "sum", "missing"):
        await export(store, what, "csv", a_scope(), folder=tmp_path / "out")
    await export(store, "sum", "csv", a_scope(), folder=tmp_path / "out")
    assert names(tmp_path / "out") == [
        "coin_prices_full_20260120_120000.csv",
        "coin_sum_27_20260120_120000.csv",
        "coin_sum_27_20260120_120000_2.csv",
        "missing_data_20260120_120000.csv",
    ]


async def test_a_file_that_exists_is_replaced_only_when_told_to(
    store: Store, tmp_path: Path
) -> None:
    """And nothing temporary is left."""
    path = put(tmp_path / "mine.csv", b"precious")
    with pytest.raises(BadInput, match="exists"):
        await export(store, "sum", "csv", a_scope(), folder=tmp_path, path=path)
    assert content_of(path) == b"precious"
    done = await export(store, "sum", "csv", a_scope(), folder=tmp_path, path=path, overwrite=True)
    assert (done.path, done.rows) == (path, 3)
    assert content_of(path).startswith(b"\xef\xbb\xbf")
    assert names(tmp_path) == ["data", "mine.csv", "other"]


class Meddler(Reader):
    """While it is asked for a curve, somebody else writes to the path."""

    path_taken: Path

    async def curve(self, days: Sequence[tuple[int, int]], coins: Sequence[str]) -> list[CurveRow]:
        put(self.path_taken, b"precious")
        return await super().curve(days, coins)


async def test_a_name_that_is_taken_meanwhile_is_left_to_its_owner(
    store: Store, tmp_path: Path
) -> None:
    """The export fails, nothing is replaced and nothing temporary is left."""
    meddler = Meddler(store._session)
    meddler.path_taken = tmp_path / "mine.csv"
    with pytest.raises(BadInput, match="exists"):
        await export(meddler, "sum", "csv", a_scope(), folder=tmp_path, path=meddler.path_taken)
    assert content_of(meddler.path_taken) == b"precious"
    assert names(tmp_path) == ["data", "mine.csv", "other"]


async def test_what_can_not_be_written_is_said_in_words(store: Store, tmp_path: Path) -> None:
    """A file in the place of the folder, an unknown export, an empty range."""
    blocked = put(tmp_path / "file", b"")
    with pytest.raises(FolderUnusable):
        await export(store, "sum", "csv", a_scope(), folder=blocked / "below")
    with pytest.raises(BadInput, match="no export of 'moods'"):
        await export(store, "moods", "csv", a_scope(), folder=tmp_path)
    with pytest.raises(BadInput, match="empty"):
        await export(store, "sum", "csv", a_scope(end_ms=DAY_MS), folder=tmp_path)


async def test_a_range_is_written_a_day_at_a_time(store: Store, tmp_path: Path) -> None:
    """Nothing is lost or doubled at the days' borders, and a part of a day keeps its base."""
    await store.record_prices(a_day() + a_day(day=1) + a_day(day=2))
    scope = Scope(
        start_ms=DAY_MS + 10 * SLOT_MS,
        end_ms=DAY_END_MS + 50 * SLOT_MS,
        zone=ZONE,
        coins=COINS,
        min_coins=2,
        now_ms=NOW_MS,
    )
    rows = (await written(store, "prices", "csv", tmp_path, scope)).decode().splitlines()[1:]
    assert len(rows) == len(set(rows)) == (38 + 50) * len(COINS)
    assert all(row.split(",")[4] for row in rows)
    sums = (await written(store, "sum", "csv", tmp_path, scope)).decode().splitlines()[1:]
    assert len(sums) == 38 + 50


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_formulas_are_neutralised_and_read_back(start: str) -> None:
    """Text only; a control character is replaced before that."""
    cell = text_cell(f"{start}cmd")
    assert cell.startswith(("'", "\N{REPLACEMENT CHARACTER}"))
    if start.isprintable():
        assert text_of_cell(cell) == f"{start}cmd"


def test_negative_numbers_stay_numbers() -> None:
    """Only what is text is ever quoted."""
    assert number("-1.5000") == -1.5
    for text in ("1_0", " 1", "nan", "inf", "1e5", "٣", "", "-"):
        with pytest.raises(ValueError, match="not a number"):
            number(text)


def test_every_export_is_offered() -> None:
    """What the command line lists."""
    originals = ("prices", "sum", "missing")
    ours = ("outages", "funding", "spreads", "signals", "liquidations", "liquidation-minutes")
    assert (*originals, *ours, "candles", "open-interest", "anomalies", "aggregates") == WHATS
    assert FILE_FORMATS == ("csv", "jsonl", "parquet")
