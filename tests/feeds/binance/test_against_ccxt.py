"""Our reading of Binance's rows beside ccxt's, field by field.

Where the two differ, `DIFFERENCES` says who is right and why.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import ccxt
import pytest

from tests.feeds.binance import rows
from tui_monitor.feeds.decode import decode_lines
from tui_monitor.model import Exchange, Market

DIFFERENCES = {
    "prices and sizes of 1000… symbols": (
        "ccxt keeps the quoted unit (1000PEPE is its base); ours are of one coin: prices ÷ 1000, "
        "sizes × 1000. Same facts in other units; USD amounts agree as they stand."
    ),
    "market of a 24 h ticker without a book": (
        "ccxt takes a row without bidQty for a contract; spot's MINI form has none either. Ours is "
        "the market that was asked. Ours is right for spot's MINI rows."
    ),
    "ts of a book": "ccxt and ours: `time`; spot has none, and both say so.",
    "interval": (
        "ccxt's premiumIndex has none, as the exchange doesn't tell it there; ours takes it from "
        "fundingInfo where that is known, and else says null too."
    ),
    "fundingTimestamp of a settled contract": (
        "ccxt passes nextFundingTime 0 on as a time (1970); ours gives no funding. Ours."
    ),
    "index price 0": "ccxt gives 0 where a contract has no index; ours null. Ours.",
    "openInterestValue": (
        "None in both for openInterest (the exchange doesn't say it); the history's in both."
    ),
    "fundingTime of the history": (
        "ccxt keeps some ms of jitter (…200002); ours is the whole minute that it settled at."
    ),
    "side of a liquidation": (
        "ccxt's is the order's (sell); ours the position's (long). Both true, other words. ccxt "
        "reads own orders only (`executedQty`, `avgPrice`), so the public stream's `z` and `ap` "
        "are renamed for it here."
    ),
    "all-zero rows": (
        "ccxt gives a ticker without prices; ours says that nothing was traded. No contradiction."
    ),
}


@pytest.fixture(scope="module")
def judge() -> Any:
    """ccxt's Binance; it never connects. AAA's markets, and those of the recorded rows."""
    # What it would have asked for first, and needs to parse spot's list.
    exchange = ccxt.binance(
        {"options": {"crossMarginPairsData": [], "isolatedMarginPairsData": []}}
    )
    recorded = (
        "BTC",
        "ETH",
        "LTC",
        "BCH",
        "LPT",
        "EOS",
        "SUSHI",
        "BTT",
        "BAL",
        "KNC",
        "XAU",
        "XRP",
    )
    listed = []
    for base in ("AAA", "1000PEPE", *recorded):
        name = {"symbol": f"{base}USDT", "baseAsset": base, "pair": f"{base}USDT"}
        listed += [rows.PERP | name, rows.SPOT | name]
    exchange.set_markets([exchange.parse_market(row) for row in listed])
    return exchange


def ours(row: Any, market: Market = Market.PERP) -> list[dict[str, Any]]:
    """Our lines of one REST row."""
    return list(decode_lines(Exchange.BINANCE, market, [rows.body([row])]))


def rows_of(folder: Path, pattern: str) -> Iterator[Any]:
    """The rows of the recorded REST bodies that fit."""
    found = 0
    for path in sorted((folder / "binance").glob(pattern)):
        whole = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in whole.splitlines():
            body = json.loads(line)
            if isinstance(body, dict) and "code" in body:
                continue
            for row in body if isinstance(body, list) else [body]:
                found += 1
                yield row
    assert found


def examples(
    recorded: bool, request: pytest.FixtureRequest, pattern: str, *own: Any
) -> Iterable[Any]:
    """Our own rows, or the recorded ones."""
    return rows_of(request.getfixturevalue("shared_data"), pattern) if recorded else own


both = pytest.mark.parametrize("recorded", [False, True], ids=["own", "recorded"])


@both
def test_tickers_agree(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Prices, volumes, time; spot's with its book."""
    own = (rows.REST_TICKER, rows.REST_SPOT_TICKER)
    for row in examples(recorded, request, "um_rest_ticker24hr*", *own):
        (mine,), theirs = ours(row), judge.parse_ticker(row)
        assert mine["ts"] == theirs["timestamp"]
        for name, their_name in (
            ("last", "last"), ("bid", "bid"), ("ask", "ask"), ("open_24h", "open"),
            ("high_24h", "high"), ("low_24h", "low"), ("bid_coins", "bidVolume"),
            ("ask_coins", "askVolume"), ("volume_24h_coins", "baseVolume"),
            ("turnover_24h_usd", "quoteVolume"),
        ):  # fmt: skip
            assert mine[name] == pytest.approx(theirs[their_name]), name
        assert (mine["market"] == "spot") == (":" not in theirs["symbol"])


@both
def test_books_agree(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Both sides with sizes, and the futures' time."""
    for row in examples(recorded, request, "um_rest_bookTicker*", rows.REST_BOOK):
        (mine,), theirs = ours(row), judge.parse_ticker(row)
        assert mine["ts"] == theirs["timestamp"]
        for name, their_name in (
            ("bid", "bid"), ("ask", "ask"), ("bid_coins", "bidVolume"), ("ask_coins", "askVolume"),
        ):  # fmt: skip
            assert mine[name] == pytest.approx(theirs[their_name]), name


def test_a_thousand_coins_a_unit_are_the_same_money(judge: Any) -> None:
    """ccxt's base is 1000PEPE."""
    row = rows.REST_SPOT_TICKER | {"symbol": "1000PEPEUSDT"}
    (mine,), theirs = ours(row), judge.parse_ticker(row)
    assert mine["last"] * 1000 == pytest.approx(theirs["last"])
    assert mine["bid_coins"] / 1000 == pytest.approx(theirs["bidVolume"])
    assert mine["bid"] * mine["bid_coins"] == pytest.approx(theirs["bid"] * theirs["bidVolume"])
    assert mine["turnover_24h_usd"] == theirs["quoteVolume"]


@both
def test_funding_agrees(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Mark, index, rate, next settlement, time."""
    for row in examples(recorded, request, "um_rest_premiumIndex*", rows.PREMIUM):
        (mark, funding), theirs = ours(row), judge.parse_funding_rate(row)
        assert mark["mark_price"] == pytest.approx(theirs["markPrice"])
        assert mark["index_price"] == pytest.approx(theirs["indexPrice"])
        assert funding["rate"] == pytest.approx(theirs["fundingRate"])
        assert funding["next_settlement_ms"] == theirs["fundingTimestamp"]
        assert funding["interval_h"] is theirs["interval"] is None
        assert mark["ts"] == funding["ts"] == theirs["timestamp"]


@both
def test_funding_history_agrees(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """But for the jitter; and the intervals, which stand in a body of their own."""
    own = (rows.FUNDING_RATE, rows.FUNDING_INFO)
    for row in examples(recorded, request, "um_rest_fundingRate*", *own):
        (mine,) = ours(row)
        if "fundingIntervalHours" in row:
            interval = judge.parse_funding_rate(row)["interval"]
            assert f"{mine['interval_h']:g}h" == interval
            continue
        theirs = judge.parse_funding_rate_history(row)
        assert mine["settled_rate"] == pytest.approx(theirs["fundingRate"])
        assert 0 <= theirs["timestamp"] - mine["settled_ms"] < 100


@both
def test_open_interest_agrees(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """Coins and, in the history, USD."""
    own = (rows.INTEREST, rows.INTEREST_HISTORY)
    for row in examples(recorded, request, "um_rest_openInterest*", *own):
        (mine,) = ours(row)
        if not row.get("symbol", "").endswith("USDT"):
            assert mine["type"] == "ignored"
            continue
        theirs = judge.parse_open_interest(row, judge.market("AAA/USDT:USDT"))
        assert mine["open_interest_coins"] == pytest.approx(theirs["openInterestAmount"])
        assert mine["open_interest_usd"] == pytest.approx(theirs["openInterestValue"])
        assert mine["ts"] == theirs["timestamp"]


@both
@pytest.mark.parametrize("market", Market)
def test_candles_agree(
    judge: Any, market: Market, recorded: bool, request: pytest.FixtureRequest
) -> None:
    """Open time, prices, and the volume in coins."""
    known = judge.market("AAA/USDT:USDT" if market is Market.PERP else "AAA/USDT")
    prefix = "um" if market is Market.PERP else "spot"
    for row in examples(recorded, request, f"{prefix}_rest_klines*", rows.CANDLE):
        (mine,) = ours(row, market)
        names = ("open_ms", "open", "high", "low", "close", "volume_coins")
        assert [mine[name] for name in names] == pytest.approx(judge.parse_ohlcv(row, known))


@both
def test_liquidations_agree(judge: Any, recorded: bool, request: pytest.FixtureRequest) -> None:
    """The filled size at the mean price; the side in other words."""
    pushed = examples(recorded, request, "um_ws_liquidation*", rows.FORCE_ORDER)
    for push in pushed:
        event = push.get("data", push)
        order = event["o"]
        (mine,) = decode_lines(Exchange.BINANCE, Market.PERP, [rows.body(event)])
        theirs = judge.parse_liquidation(
            {
                "symbol": order["s"], "executedQty": order["z"], "avgPrice": order["ap"],
                "side": order["S"], "updateTime": order["T"],
            },
            judge.market("AAA/USDT:USDT"),
        )  # fmt: skip
        assert mine["coins"] == pytest.approx(theirs["contracts"] * mine["multiplier"])
        assert mine["price"] * mine["multiplier"] == pytest.approx(theirs["price"])
        assert mine["usd"] == pytest.approx(theirs["contracts"] * theirs["price"])
        assert (mine["side"], theirs["side"]) in (("long", "sell"), ("short", "buy"))
        assert mine["ts"] == theirs["timestamp"]


def test_the_differences_are_what_they_are_said_to_be(judge: Any) -> None:
    """If ccxt changes its mind, the table has to change too."""
    mini = rows.REST_TICKER
    (mine,) = ours(mini, Market.SPOT)
    assert (mine["market"], judge.parse_ticker(mini)["symbol"]) == ("spot", "AAA/USDT:USDT")
    settled = rows.PREMIUM | {"nextFundingTime": 0, "indexPrice": "0.0"}
    (mark,), theirs = ours(settled), judge.parse_funding_rate(settled)
    assert (mark["type"], mark["index_price"]) == ("mark", None)
    assert (theirs["fundingTimestamp"], theirs["indexPrice"]) == (0, 0)
    dead = rows.REST_TICKER | dict.fromkeys(("lastPrice", "openPrice", "highPrice"), "0.00")
    assert ours(dead)[0]["type"] == "ignored"
    assert judge.parse_ticker(dead)["last"] is None
    assert judge.parse_funding_rate_history(rows.FUNDING_RATE)["timestamp"] % 1000 == 2


def test_definitions_agree(judge: Any) -> None:
    """Tick size and quote; ccxt's base is the quoted unit."""
    for row in (rows.PERP, rows.SPOT):
        (mine,) = decode_lines(Exchange.BINANCE, Market.PERP, [rows.listing(row)])
        theirs = judge.parse_market(row)
        assert (mine["coin"], mine["quote"]) == (theirs["base"], theirs["quote"])
        assert (mine["market"] == "perp") == bool(theirs["swap"])
        assert mine["tick_size"] == pytest.approx(theirs["precision"]["price"])
        assert theirs["active"]
        assert mine["status"] == "live"
