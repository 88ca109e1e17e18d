"""Our reading of OKX's rows beside ccxt's, field by field.

Where the two differ, `DIFFERENCES` says who is right and by which words of OKX's documentation.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ccxt
import pytest

from tests.feeds.okx import rows
from tui_monitor.feeds.decode import decode_lines, instruments_in
from tui_monitor.model import Exchange, Instrument, Market

DIFFERENCES = {
    "bid_coins, ask_coins on SWAP": (
        "ccxt gives contracts as they stand; ours are coins: contracts × ctVal × ctMult "
        "(docs: bidSz is in contracts for derivatives). Ours is right in coins."
    ),
    "volume_24h_coins on SWAP": (
        "ccxt gives vol24h, which is contracts; ours is volCcy24h, which is coins (docs: "
        "'vol24h … the unit is contract', 'volCcy24h … the unit is base currency'). Ours."
    ),
    "turnover_24h_usd on SWAP": "OKX does not publish it: ccxt has none, ours is coins × last.",
    "ts of funding": "ccxt drops `ts`; ours keeps it.",
    "settled_rate": "ccxt drops `settFundingRate`; ours keeps it where it has been settled.",
    "open_interest_coins": (
        "ccxt's openInterestAmount is contracts; ours agrees with its baseVolume (`oiCcy`)."
    ),
    "volume_coins of a candle": "Both coins: column 6 on SWAP, column 5 on SPOT. No difference.",
}


@pytest.fixture(scope="module")
def judge() -> Any:
    """ccxt's OKX; it never connects. Our example markets, and BTC's for the recorded rows."""
    exchange = ccxt.okx()
    btc = ({"instId": "BTC-USDT-SWAP", "ctVal": "0.01"}, {"instId": "BTC-USDT", "baseCcy": "BTC"})
    known = (rows.SWAP, rows.SPOT, rows.SWAP | btc[0], rows.SPOT | btc[1])
    exchange.set_markets([exchange.parse_market(row) for row in known])
    return exchange


def ours(row: Any, instruments: list[Instrument]) -> dict[str, Any]:
    """Our line of one REST row."""
    (found,) = decode_lines(Exchange.OKX, Market.PERP, [rows.body([row])], instruments)
    return found


def examples(folder: Path | None, pattern: str, *own: Any) -> Iterator[Any]:
    """Our own rows, then those of the recorded REST bodies that fit."""
    yield from own
    for path in sorted((folder / "okx").glob(pattern)) if folder else ():
        for line in path.read_bytes().splitlines():
            yield from json.loads(line)["data"]


def instruments_of(folder: Path) -> list[Instrument]:
    """What the recorded lists define."""
    lines = [path.read_bytes() for path in (folder / "okx").glob("*instruments*.json")]
    return instruments_in(Exchange.OKX, Market.PERP, lines)


def compare_ticker(row: dict[str, Any], judge: Any, instruments: list[Instrument]) -> None:
    """One ticker row."""
    mine, theirs = ours(row, instruments), judge.parse_ticker(row)
    assert mine["ts"] == theirs["timestamp"]
    for name, their_name in (
        ("last", "last"), ("bid", "bid"), ("ask", "ask"), ("open_24h", "open"),
        ("high_24h", "high"), ("low_24h", "low"),
    ):  # fmt: skip
        assert mine[name] == pytest.approx(theirs[their_name]), name
    if mine["market"] == "spot":
        assert mine["volume_24h_coins"] == pytest.approx(theirs["baseVolume"])
        assert mine["turnover_24h_usd"] == pytest.approx(theirs["quoteVolume"])
        assert mine["bid_coins"] == pytest.approx(theirs["bidVolume"])
        return
    sizes = {one.symbol: one.contract_size for one in instruments}
    size = sizes.get(mine["symbol"])
    if size is not None:
        assert mine["bid_coins"] == pytest.approx(theirs["bidVolume"] * size)
        assert mine["ask_coins"] == pytest.approx(theirs["askVolume"] * size)
        assert mine["volume_24h_coins"] == pytest.approx(theirs["baseVolume"] * size, rel=1e-3)


def test_tickers_agree(judge: Any) -> None:
    """Our own rows."""
    known = instruments_in(Exchange.OKX, Market.PERP, [rows.body([rows.SWAP])])
    for row in (rows.SWAP_TICKER, rows.SPOT_TICKER):
        compare_ticker(row, judge, known)


def test_recorded_tickers_agree(judge: Any, shared_data: Path) -> None:
    """REST bodies of 2026, and the stream's rows of 2022 and 2025."""
    known = instruments_of(shared_data)
    compared = 0
    for row in (*examples(shared_data, "*rest_tickers*"), *streamed(shared_data, "tickers")):
        if row["instId"] in ("BTC-USDT-SWAP", "BTC-USDT"):
            compare_ticker(row, judge, known)
            compared += 1
    assert compared >= 15


def streamed(folder: Path, channel: str) -> Iterator[dict[str, Any]]:
    """The rows of a channel in the recorded streams."""
    for path in sorted((folder / "okx").glob("*_ws_*")):
        whole = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in whole.splitlines():
            frame = json.loads(line) if line.strip() else {}
            if frame.get("arg", {}).get("channel") == channel:
                yield from frame.get("data", ())


@pytest.mark.parametrize("recorded", [False, True], ids=["own", "recorded"])
def test_funding_agrees(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Rate, next settlement, interval."""
    folder = request.getfixturevalue("shared_data") if recorded else None
    for row in examples(folder, "*fundingRate*", rows.FUNDING):
        if not row["instId"].endswith("-USDT-SWAP"):
            continue
        mine, theirs = ours(row, []), judge.parse_funding_rate(row)
        assert mine["rate"] == pytest.approx(theirs["fundingRate"])
        assert mine["next_settlement_ms"] == theirs["fundingTimestamp"]
        assert f"{mine['interval_h']:g}h" == theirs["interval"]


@pytest.mark.parametrize("recorded", [False, True], ids=["own", "recorded"])
def test_open_interest_agrees(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Coins are ccxt's base volume, USD its value."""
    folder = request.getfixturevalue("shared_data") if recorded else None
    for row in examples(folder, "*rest_openInterest*", rows.INTEREST):
        if not row["instId"].endswith("-USDT-SWAP"):
            continue
        mine = ours(row, [])
        theirs = judge.parse_open_interest(row, judge.market("AAA-USDT-SWAP"))
        assert mine["open_interest_coins"] == pytest.approx(theirs["baseVolume"])
        assert mine["open_interest_usd"] == pytest.approx(theirs["openInterestValue"])
        assert mine["ts"] == theirs["timestamp"]


@pytest.mark.parametrize("market", [Market.PERP, Market.SPOT])
@pytest.mark.parametrize("recorded", [False, True], ids=["own", "recorded"])
def test_candles_agree(
    judge: Any, market: Market, recorded: bool, request: pytest.FixtureRequest
) -> None:
    """Open time, prices, and the volume in coins of either market."""
    folder = request.getfixturevalue("shared_data") if recorded else None
    known = judge.market("AAA-USDT-SWAP" if market is Market.PERP else "AAA-USDT")
    for row in examples(folder, "mixed_rest_bodies*", rows.CANDLE):
        if not isinstance(row, list):
            continue
        (mine,) = decode_lines(Exchange.OKX, market, [rows.body([row])])
        theirs = judge.parse_ohlcv(row, known)
        names = ("open_ms", "open", "high", "low", "close", "volume_coins")
        assert [mine[name] for name in names] == pytest.approx(theirs)
