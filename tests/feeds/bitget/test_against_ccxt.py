"""Our reading of Bitget's rows beside ccxt's, field by field.

Where the two differ, `DIFFERENCES` says who is right and by which words of Bitget's documentation.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ccxt.pro
import pytest

from tests.feeds.bitget import rows
from tui_monitor.feeds.decode import decode_lines
from tui_monitor.model import Exchange, Market

DIFFERENCES = {
    "prices, sizes, volumes of 1000… symbols": (
        "ccxt keeps the symbol's unit; ours are per coin and in coins. Both are right in their "
        "units; money is the same."
    ),
    "turnover_24h_usd of spot (v2)": (
        "ccxt gives `quoteVolume`; ours `usdtVolume`, which is USDT for every quote (docs). The "
        "same to eight digits for a pair in USDT."
    ),
    "open_interest_usd": (
        "ccxt has none; ours is coins × mark price where both stand in one row (tickers), null "
        "elsewhere. Nothing is taken from another message."
    ),
    "open interest of all symbols": (
        "ccxt's parse_open_interest reads the first of `list`; ours reads every row (v3 gives "
        "all symbols in one answer). Ours."
    ),
    "ts of funding": (
        "ccxt has none for current-fund-rate; ours is the answer's `requestTime`, the only one."
    ),
    "open, high, low of 0": (
        "ccxt gives 0 for a contract that has not traded; ours gives null: no price is 0. Ours."
    ),
    "ts of a v3 ticker by stream": (
        "ccxt has none (the rows have no `ts`); ours is the frame's outer `ts`. Ours."
    ),
    "liquidations": (
        "ccxt's parse_liquidation reads a margin account's own rows, of which nothing fits the "
        "public channel; it has no reading of that. Ours follows the v3 documentation."
    ),
}
_PRICES = (("last", "last"), ("bid", "bid"), ("ask", "ask"), ("open_24h", "open"),
           ("high_24h", "high"), ("low_24h", "low"))  # fmt: skip


@pytest.fixture(scope="module")
def judge() -> Any:
    """ccxt's Bitget; it never connects."""
    exchange = ccxt.pro.bitget()
    exchange.set_markets([
        exchange.safe_market_structure({
            "id": "AAAUSDT", "symbol": symbol, "base": "AAA", "quote": "USDT", "type": kind,
            "spot": kind == "spot", "swap": kind == "swap", "contract": kind == "swap",
            "linear": kind == "swap", "contractSize": 1.0 if kind == "swap" else None,
            "settle": "USDT" if kind == "swap" else None, "info": {}, "active": True,
        })
        for symbol, kind in (("AAA/USDT", "spot"), ("AAA/USDT:USDT", "swap"))
    ])  # fmt: skip
    return exchange


def ours(line: bytes, market: Market = Market.PERP) -> dict[str, Any]:
    """Our lines, by type."""
    return {found["type"]: found for found in decode_lines(Exchange.BITGET, market, [line])}


def ticker_rows(folder: Path | None) -> Iterator[dict[str, Any]]:
    """Rows as REST has them, or the recorded ones of REST and of v2 streams."""
    if folder is None:
        yield from (rows.REST_TICKER, rows.TICKER_V2, rows.SPOT_V2, rows.STREAM_V2)
        return
    for path in sorted((folder / "bitget").glob("*ticker*")):
        for line in path.read_bytes().splitlines():
            said = json.loads(line)
            if said.get("arg", {}).get("instType") != "COIN-FUTURES":
                yield from said["data"]


@pytest.mark.parametrize("recorded", [False, True], ids=["own", "recorded"])
def test_tickers_agree(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Both generations: prices, sizes, volumes, time."""
    compared = 0
    for row in ticker_rows(request.getfixturevalue("shared_data") if recorded else None):
        found = ours(rows.body([row]))
        mine, theirs = found["ticker"], judge.parse_ticker(row)
        assert mine["ts"] == theirs["timestamp"]
        for name, their_name in _PRICES:
            assert mine[name] == pytest.approx(theirs[their_name]), name
        assert mine["bid_coins"] == pytest.approx(theirs["bidVolume"])
        assert mine["ask_coins"] == pytest.approx(theirs["askVolume"])
        assert mine["volume_24h_coins"] == pytest.approx(theirs["baseVolume"])
        assert mine["turnover_24h_usd"] == pytest.approx(theirs["quoteVolume"], rel=1e-3)
        if "mark" in found:
            assert found["mark"]["mark_price"] == pytest.approx(theirs["markPrice"])
            assert found["mark"]["index_price"] == pytest.approx(theirs["indexPrice"])
            rates = judge.parse_funding_rate(row)
            assert found["funding"]["rate"] == pytest.approx(rates["fundingRate"])
            assert found["funding"]["next_settlement_ms"] == rates["fundingTimestamp"]
        compared += 1
    assert compared >= (12 if recorded else 4)


def test_funding_agrees(judge: Any) -> None:
    """Rate, interval, next settlement; history."""
    mine = ours(rows.body([rows.FUNDING]))["funding"]
    theirs = judge.parse_funding_rate(rows.FUNDING)
    assert mine["rate"] == theirs["fundingRate"]
    assert mine["next_settlement_ms"] == theirs["fundingTimestamp"]
    assert f"{mine['interval_h']:g}h" == theirs["interval"]


@pytest.mark.parametrize(
    "data",
    [
        {"openInterestList": [{"symbol": "AAAUSDT", "size": "5000"}], "ts": str(rows.MS)},
        {"list": [{"symbol": "AAAUSDT", "openInterest": "5000"}], "ts": str(rows.MS)},
    ],
    ids=["v2", "v3"],
)
def test_open_interest_agrees(judge: Any, data: dict[str, Any]) -> None:
    """Coins and time."""
    mine, theirs = ours(rows.body(data))["open_interest"], judge.parse_open_interest(data)
    assert mine["open_interest_coins"] == theirs["openInterestAmount"]
    assert mine["ts"] == theirs["timestamp"]


@pytest.mark.parametrize("recorded", [False, True], ids=["own", "recorded"])
def test_candles_agree(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Open time, prices, volume in coins, of REST and of both streams."""
    names = ("open_ms", "open", "high", "low", "close", "volume_coins")
    market = judge.market("AAA/USDT:USDT")
    found = [rows.CANDLE]
    if recorded:
        folder = request.getfixturevalue("shared_data") / "bitget"
        lines = (folder / "usdtf_rest_candles_v2_captures.jsonl").read_bytes().splitlines()
        found = [row for line in lines for row in json.loads(line)["data"]]
    for row in found:
        theirs = judge.parse_ohlcv(row, market)
        for line in (rows.body([row]), rows.push_v2("candle30m", [row])):
            mine = ours(line)["candle"]
            assert [mine[name] for name in names] == pytest.approx(theirs)
    mine = ours(rows.push("kline", [rows.KLINE], symbol="AAAUSDT", interval="30m"))["candle"]
    theirs = judge.parse_ws_ohlcv(rows.KLINE, market)
    assert [mine[name] for name in names] == pytest.approx(theirs)
