"""Closed bars in the database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.store.builders import DAY_MS, NOW_MS
from tui_monitor import paths
from tui_monitor.clock import BoardZone
from tui_monitor.errors import StoreError
from tui_monitor.model import BAR_MS, CandleRow, Exchange, Market
from tui_monitor.store import Scope, Store, export
from tui_monitor.store.candles import _NEWEST

BINANCE, PERP = Exchange.BINANCE, Market.PERP


def a_candle(
    number: int = 0, coin: str = "BTC", bar: str = "15m", exchange: Exchange = BINANCE
) -> CandleRow:
    """The n-th bar of the day."""
    return CandleRow(
        exchange=exchange,
        market=PERP,
        symbol=f"{coin}USDT",
        coin=coin,
        bar=bar,
        open_ms=DAY_MS + number * BAR_MS[bar],
        open=100.0 + number,
        high=103.0 + number,
        low=99.0 + number,
        close=101.0 + number,
        volume_coins=10.5,
        turnover_usd=1_050.25,
    )


async def test_bars_come_back_as_they_went_in(store: Store) -> None:
    """By time; what an exchange does not give stays unknown."""
    rows = [replace(a_candle(0), volume_coins=None, turnover_usd=None), a_candle(1), a_candle(2)]
    await store.record_candles(rows[::-1])
    assert await store.candles(BINANCE, PERP, "BTCUSDT", "15m") == rows
    end_ms = DAY_MS + 2 * BAR_MS["15m"]
    assert await store.candle_window(BINANCE, PERP, "15m", DAY_MS, end_ms) == rows[:2]
    assert await store.candles_between("15m", DAY_MS, end_ms) == rows[:2]


async def test_a_symbols_newest_bars_are_given_oldest_first(store: Store) -> None:
    """As many as asked for, before a time if one is given; holes and others do not count."""
    numbers = [0, 1, 2, 5, 6, 9]
    await store.record_candles([a_candle(number) for number in numbers])
    await store.record_candles([a_candle(number, "ETH") for number in range(20)])
    await store.record_candles([a_candle(number, bar="5m") for number in range(40)])
    await store.record_candles([a_candle(3, exchange=Exchange.BYBIT)])

    async def opens(limit: int, before: int | None = None) -> list[int]:
        before_ms = None if before is None else DAY_MS + before * BAR_MS["15m"]
        found = await store.candles(
            BINANCE, PERP, "BTCUSDT", "15m", before_ms=before_ms, limit=limit
        )
        return [(row.open_ms - DAY_MS) // BAR_MS["15m"] for row in found]

    assert await opens(100) == numbers
    assert await opens(3) == [5, 6, 9]
    assert await opens(3, before=6) == [1, 2, 5]
    assert await opens(3, before=0) == []
    assert await store.candles(BINANCE, PERP, "NEWUSDT", "15m") == []
    assert await store.candles(BINANCE, PERP, "BTCUSDT", "1h") == []


async def test_a_bar_is_there_once_and_the_last_word_counts(store: Store) -> None:
    """The same once more is no news; a corrected bar is."""
    row = a_candle()
    assert await store.record_candles([row, a_candle(1)]) == 2
    assert await store.record_candles([row, a_candle(1)]) == 0
    better = replace(row, close=102.5, volume_coins=None)
    assert await store.record_candles([better, a_candle(1)]) == 1
    assert await store.candles(BINANCE, PERP, "BTCUSDT", "15m") == [better, a_candle(1)]


async def test_what_there_is_can_be_counted(store: Store) -> None:
    """By exchange and length, and the symbols of all together."""
    await store.record_candles([a_candle(number, "ETH") for number in range(4)])
    await store.record_candles([a_candle(number, bar="1h") for number in range(3)])
    await store.record_candles([a_candle(7, exchange=Exchange.OKX)])
    found = [
        (one.exchange.value, one.bar, one.symbols, one.candles)
        for one in await store.candle_counts()
    ]
    assert found == [("binance", "15m", 1, 4), ("binance", "1h", 1, 3), ("okx", "15m", 1, 1)]
    assert await store.candle_symbols() == 3
    (first, *_) = await store.candle_counts()
    assert (first.oldest_ms, first.newest_ms) == (DAY_MS, DAY_MS + 3 * BAR_MS["15m"])
    assert await store.oldest_candle_ms("1h") == DAY_MS
    assert await store.oldest_candle_ms("1m") is None
    info = await store.info()
    assert (info.rows["candles"], info.oldest_ms["candles"]) == (8, DAY_MS)


@pytest.mark.parametrize(
    "wrong",
    [{"open_ms": DAY_MS + 1}, {"high": 100.5}, {"low": 0.0}, {"volume_coins": -1.0}],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_what_can_be_no_bar_is_refused_whole(store: Store, wrong: dict[str, float]) -> None:
    """By the schema, whoever writes it; the rows beside it neither."""
    with pytest.raises(StoreError):
        await store.record_candles([a_candle(1), replace(a_candle(), **wrong)])
    assert await store.candle_counts() == []


async def test_bars_are_exported_by_length_and_time(store: Store, tmp_path: Path) -> None:
    """Whatever is stored in the range, as CSV with our header and as JSON lines."""
    await store.record_candles([a_candle(number, bar="1h") for number in range(3)])
    await store.record_candles([replace(a_candle(1), turnover_usd=None), a_candle(0, "=X")])
    zone = BoardZone()
    scope = Scope(
        start_ms=0, end_ms=NOW_MS * 2, zone=zone, coins=("BTC",), min_coins=1, now_ms=DAY_MS
    )
    done = await export(store, "candles", "csv", scope, folder=tmp_path)
    lines = done.path.read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("open_utc,bar,exchange,market,symbol,coin,open,high,low,close")
    assert len(lines) == 1 + done.rows == 6
    assert [line.split(",")[1] for line in lines[1:]] == ["15m", "15m", "1h", "1h", "1h"]
    assert lines[1].split(",")[4:6] == ["'=XUSDT", "'=X"]
    assert lines[2].endswith(",101.0,104.0,100.0,102.0,10.5,")
    records = await export(store, "candles", "jsonl", scope, folder=tmp_path)
    assert records.rows == 5
    assert '"turnover_usd":null' in records.path.read_text().splitlines()[1]


async def test_a_long_history_is_read_through_the_key(store: Store) -> None:
    """A symbol's bars are no search among all the others': their key is used for each time."""
    await store.record_candles([a_candle(number) for number in range(3)])
    path = paths.database_file(Path(store.path).parent)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        plan = database.execute(
            f"EXPLAIN QUERY PLAN {_NEWEST}", ("binance", "perp", "BTCUSDT", 900_000, 2**62, 9)
        ).fetchall()
    steps = [step for *_, step in plan if " c " in f" {step} "]
    assert steps == ["SEARCH c USING PRIMARY KEY (bar_ms=? AND open_ms=? AND instrument_id=?)"]
