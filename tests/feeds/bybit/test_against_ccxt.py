"""Our reading of Bybit's rows beside ccxt's, field by field.

Where the two differ, `DIFFERENCES` says who is right and by which words of Bybit's documentation.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ccxt.pro
import pytest

from tests.feeds.bybit import rows
from tui_monitor.feeds.decode import decode_lines
from tui_monitor.feeds.symbols import unit_of
from tui_monitor.model import Exchange, Market

DIFFERENCES = {
    "prices, sizes, volumes of 1000… and …1000 symbols": (
        "ccxt keeps the symbol's unit (a thousand PEPE); ours are per coin and in coins. Both "
        "are right in their units; money (turnover, USD) is the same."
    ),
    "open_interest_coins": (
        "ccxt gives `openInterest`, which counts both sides of every contract; ours is "
        "`singleOpenInterest`, else half (docs 2026-06-11: 'openInterest … sum of both sides'). "
        "Ours is right as open interest."
    ),
    "open_interest_usd": (
        "ccxt's parse_open_interest has none for linear; ours is `singleOpenInterestValue` of "
        "the ticker. Ours."
    ),
    "interval_h of funding": (
        "ccxt takes it from the list of markets only (minutes / 60); ours also from the ticker's "
        "`fundingIntervalHour`. The same number where both have it."
    ),
    "ts of a REST ticker": (
        "ccxt has none; ours is the answer's `time`, the only time that comes with it."
    ),
    "market of a stream ticker": (
        "ccxt takes a delta without `openInterestValue` for spot; ours knows it by the socket, "
        "in recordings by the members that only one market has. Ours."
    ),
    "side of a liquidation": (
        "ccxt passes `S` on in small letters: 'buy' there is a long position that was "
        "liquidated (docs: 'Position side. Buy: … long position'), ours says long. Ours is "
        "right as a side of a position."
    ),
    "usd of a liquidation": "ccxt has none; ours is v × p, both as told.",
}
_PRICES = (("last", "last"), ("bid", "bid"), ("ask", "ask"), ("open_24h", "open"),
           ("high_24h", "high"), ("low_24h", "low"))  # fmt: skip


@pytest.fixture(scope="module")
def judge() -> Any:
    """ccxt's Bybit; it never connects."""
    exchange = ccxt.pro.bybit()
    exchange.set_markets([
        exchange.safe_market_structure({
            "id": "AAAUSDT", "symbol": symbol, "base": "AAA", "quote": "USDT", "type": kind,
            "spot": kind == "spot", "swap": kind == "swap", "contract": kind == "swap",
            "linear": kind == "swap", "contractSize": 1.0 if kind == "swap" else None,
            "settle": "USDT" if kind == "swap" else None, "info": rows.PERP, "active": True,
        })
        for symbol, kind in (("AAA/USDT", "spot"), ("AAA/USDT:USDT", "swap"))
    ])  # fmt: skip
    return exchange


def ours(line: bytes, market: Market = Market.PERP) -> dict[str, Any]:
    """Our lines, by type."""
    return {found["type"]: found for found in decode_lines(Exchange.BYBIT, market, [line])}


def recorded_rows(folder: Path | None, *own: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Our own ticker rows with their category, then the recorded ones of streams and REST."""
    yield from own
    for path in sorted((folder / "bybit").glob("*tickers*")) if folder else ():
        whole = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in whole.splitlines():
            said = json.loads(line)
            if "result" in said:
                yield from ((said["result"]["category"], row) for row in said["result"]["list"])
            elif said["topic"].startswith("tickers.") and said["type"] == "snapshot":
                row = said["data"]
                yield ("spot" if "usdIndexPrice" in row else "linear"), row


@pytest.mark.parametrize("recorded", [False, True], ids=["own", "recorded"])
def test_tickers_agree(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Prices, sizes, volumes; ours after the multiplier."""
    folder = request.getfixturevalue("shared_data") if recorded else None
    own = (("linear", rows.TICKER), ("spot", rows.SPOT_REST_TICKER))
    compared = 0
    for category, row in recorded_rows(folder, *own):
        found = ours(rows.body([row], category))
        if "ticker" not in found:
            assert not row["symbol"].endswith("USDT") or "-" in row["symbol"], row
            continue
        mine, theirs = found["ticker"], judge.parse_ticker(row)
        unit = unit_of(row["symbol"].removesuffix("USDT")).multiplier
        for name, their_name in _PRICES:
            price = theirs[their_name]
            assert mine[name] == (pytest.approx(price / unit) if price is not None else None), name
        assert mine["volume_24h_coins"] == pytest.approx(theirs["baseVolume"] * unit)
        assert mine["turnover_24h_usd"] == pytest.approx(theirs["quoteVolume"])
        if theirs["bidVolume"] is not None:
            assert mine["bid_coins"] == pytest.approx(theirs["bidVolume"] * unit)
            assert mine["ask_coins"] == pytest.approx(theirs["askVolume"] * unit)
        if "mark" in found:
            assert found["mark"]["mark_price"] == pytest.approx(theirs["markPrice"] / unit)
            assert found["mark"]["index_price"] == pytest.approx(theirs["indexPrice"] / unit)
        compared += 1
    assert compared >= (230 if recorded else 2)


@pytest.mark.parametrize("recorded", [False, True], ids=["own", "recorded"])
def test_funding_agrees(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Rate and next settlement; the interval where the row has it."""
    folder = request.getfixturevalue("shared_data") if recorded else None
    for category, row in recorded_rows(folder, ("linear", rows.TICKER)):
        found = ours(rows.body([row], category)).get("funding")
        if found is None:
            continue
        theirs = judge.parse_funding_rate(row, judge.market("AAA/USDT:USDT"))
        assert found["rate"] == pytest.approx(theirs["fundingRate"])
        assert found["next_settlement_ms"] == theirs["fundingTimestamp"]
        if row["symbol"] == "AAAUSDT":
            assert f"{found['interval_h']:g}h" == theirs["interval"]


def test_open_interest_is_half_of_theirs(judge: Any) -> None:
    """They count both sides."""
    found = ours(rows.body([rows.INTEREST], symbol="AAAUSDT"))["open_interest"]
    theirs = judge.parse_open_interest(rows.INTEREST, judge.market("AAA/USDT:USDT"))
    assert found["open_interest_coins"] == theirs["openInterestAmount"] / 2
    assert found["ts"] == theirs["timestamp"]
    assert theirs["openInterestValue"] is None


def test_candles_agree(judge: Any) -> None:
    """Open time, prices, volume in coins, of REST and of the stream."""
    names = ("open_ms", "open", "high", "low", "close", "volume_coins")
    market = judge.market("AAA/USDT:USDT")
    mine = ours(rows.body([rows.CANDLE], symbol="AAAUSDT"))["candle"]
    assert [mine[name] for name in names] == judge.parse_ohlcv(rows.CANDLE, market)
    mine = ours(rows.push("kline.30.AAAUSDT", [rows.KLINE]))["candle"]
    assert [mine[name] for name in names] == judge.parse_ws_ohlcv(rows.KLINE, market)


@pytest.mark.parametrize("recorded", [False, True], ids=["own", "recorded"])
def test_liquidations_agree(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Price, coins, time; their letters are the position's too."""
    frames = [rows.push("allLiquidation.AAAUSDT", [rows.FILL])]
    if recorded:
        folder = request.getfixturevalue("shared_data") / "bybit"
        frames = (folder / "linear_ws_liquidation_captures.jsonl").read_bytes().splitlines()
    for frame in frames:
        (row,) = json.loads(frame)["data"]
        mine, theirs = ours(frame)["liquidation"], judge.parse_ws_liquidation(row)
        assert mine["price"] == theirs["price"]
        assert mine["coins"] == theirs["contracts"]
        assert mine["ts"] == theirs["timestamp"]
        assert mine["side"] == {"buy": "long", "sell": "short"}[theirs["side"]]
