"""Raw payload lines of Bybit in, normalised events out."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.feeds.bybit import rows
from tests.feeds.recorded import payloads, recorded
from tests.support.hostile import FRAMES, VALUES
from tui_monitor.feeds.decode import decode_lines, instruments_in
from tui_monitor.model import Exchange, Market

COMMON = ["type", "exchange", "market", "symbol", "coin", "multiplier", "ts"]


def lines_of(*lines: bytes, market: Market = Market.PERP) -> list[Any]:
    """What comes out, as JSON would show it."""
    found = decode_lines(Exchange.BYBIT, market, lines)
    return [msgspec.json.decode(msgspec.json.encode(line)) for line in found]


def one(line: bytes, market: Market = Market.PERP) -> dict[str, Any]:
    """The only line that comes out."""
    (found,) = lines_of(line, market=market)
    assert list(found)[:7] == COMMON
    checked: dict[str, Any] = found
    return checked


def kinds(*lines: bytes, market: Market = Market.PERP) -> dict[str, Any]:
    """The lines that come out, by their type."""
    return {line["type"]: line for line in lines_of(*lines, market=market)}


@pytest.mark.parametrize("line", [rows.ticker(), rows.body([rows.TICKER])], ids=["ws", "rest"])
def test_a_linear_ticker_tells_four_things(line: bytes) -> None:
    """Ticker, mark and index, funding, open interest, by the stream as by REST."""
    found = kinds(line)
    assert list(found) == ["ticker", "mark", "funding", "open_interest"]
    assert found["ticker"] == {
        "type": "ticker", "exchange": "bybit", "market": "perp", "symbol": "AAAUSDT",
        "coin": "AAA", "multiplier": 1.0, "ts": rows.MS, "last": 2.5, "bid": 2.4, "ask": 2.6,
        "bid_coins": 30.0, "ask_coins": 40.0, "open_24h": 2.0, "high_24h": 3.0, "low_24h": 1.9,
        "volume_24h_coins": 1000.0, "turnover_24h_usd": 2400.0, "day_open": None,
    }  # fmt: skip
    assert (found["mark"]["mark_price"], found["mark"]["index_price"]) == (2.51, 2.52)
    funding = found["funding"]
    assert (funding["rate"], funding["interval_h"]) == (-0.0001, 4.0)
    assert funding["next_settlement_ms"] == 1795147200000
    assert {line["ts"] for line in found.values()} == {rows.MS}


def test_open_interest_counts_one_side() -> None:
    """`single…` where it is told, else half of what counts both sides."""
    found = kinds(rows.ticker())["open_interest"]
    assert (found["open_interest_coins"], found["open_interest_usd"]) == (5000.0, 12550.0)
    old = {key: value for key, value in rows.TICKER.items() if not key.startswith("single")}
    assert kinds(rows.push("tickers.AAAUSDT", old))["open_interest"] == found
    history = one(rows.body([rows.INTEREST], symbol="AAAUSDT"))
    assert (history["open_interest_coins"], history["open_interest_usd"]) == (5000.0, None)
    assert history["ts"] == 1795132800000
    old = {key: value for key, value in rows.INTEREST.items() if not key.startswith("single")}
    assert one(rows.body([old], symbol="AAAUSDT"))["open_interest_coins"] == 5000.0


@pytest.mark.parametrize(
    ("symbol", "coin", "times"),
    [("1000AAAUSDT", "AAA", 1000.0), ("AAA1000USDT", "AAA", 1000.0),
     ("10000000AAAUSDT", "AAA", 1e7), ("1INCHUSDT", "1INCH", 1.0), ("4USDT", "4", 1.0)],
)  # fmt: skip
def test_prices_are_per_coin_and_sizes_in_coins(symbol: str, coin: str, times: float) -> None:
    """Whatever the symbol counts by; money is not touched."""
    found = kinds(rows.push(f"tickers.{symbol}", rows.TICKER | {"symbol": symbol}))
    ticker, interest = found["ticker"], found["open_interest"]
    assert (ticker["coin"], ticker["multiplier"]) == (coin, times)
    assert ticker["last"] == pytest.approx(2.5 / times)
    assert ticker["bid"] == pytest.approx(2.4 / times)
    assert ticker["bid_coins"] == pytest.approx(30 * times)
    assert ticker["volume_24h_coins"] == pytest.approx(1000 * times)
    assert ticker["turnover_24h_usd"] == 2400.0
    assert found["mark"]["mark_price"] == pytest.approx(2.51 / times)
    assert interest["open_interest_coins"] == pytest.approx(5000 * times)
    assert interest["open_interest_usd"] == 12550.0
    fill = one(rows.push(f"allLiquidation.{symbol}", [rows.FILL | {"s": symbol}]))
    assert fill["price"] == pytest.approx(2.5 / times)
    assert (fill["coins"], fill["usd"]) == (pytest.approx(40 * times), 100.0)
    bar = one(rows.push(f"kline.30.{symbol}", [rows.KLINE]))
    assert bar["open"] == pytest.approx(2 / times)
    assert (bar["volume_coins"], bar["turnover_usd"]) == (pytest.approx(1000 * times), 2300.0)


def test_a_delta_tells_what_it_says_and_no_more() -> None:
    """What it lacks is null: unknown from this line alone."""
    found = one(rows.ticker("delta", ask1Price="2.7"))
    assert (found["type"], found["ask"], found["bid"], found["last"]) == ("ticker", 2.7, None, None)
    assert one(rows.ticker("delta", bid1Size="7"))["bid_coins"] == 7.0
    assert one(rows.ticker("delta", indexPrice="2.53"))["type"] == "mark"
    assert one(rows.ticker("delta", fundingRate="0.0003"))["rate"] == 0.0003
    assert one(rows.ticker("delta", openInterestValue="30"))["open_interest_usd"] == 15.0
    assert one(rows.ticker("delta", tickDirection="PlusTick"))["type"] == "ignored"


def test_a_spot_ticker_is_known_by_its_members() -> None:
    """No frame says its category. By stream it has no book, by REST it has one."""
    found = one(rows.push("tickers.AAAUSDT", rows.SPOT_TICKER))
    assert (found["market"], found["last"], found["bid"]) == ("spot", 2.5, None)
    assert (found["volume_24h_coins"], found["turnover_24h_usd"]) == (1000.0, 2400.0)
    found = one(rows.body([rows.SPOT_REST_TICKER], "spot"))
    assert (found["market"], found["bid"], found["ask_coins"]) == ("spot", 2.4, 40.0)
    (found, *_) = lines_of(rows.ticker(), market=Market.SPOT)
    assert found["market"] == "perp"


def test_best_levels_are_a_ticker_of_the_given_market() -> None:
    """An empty side is null; a delta without a side says nothing of it."""
    found = one(rows.book([["2.4", "30"]], []), Market.SPOT)
    assert (found["market"], found["bid"], found["bid_coins"]) == ("spot", 2.4, 30.0)
    assert (found["ask"], found["ask_coins"]) == (None, None)
    found = one(rows.book([], [["2.6", "0"], ["2.7", "4"]], "delta"), Market.SPOT)
    assert (found["ask"], found["ask_coins"], found["bid"]) == (2.7, 4.0, None)


def test_an_empty_number_is_null() -> None:
    """As fresh listings have them."""
    found = kinds(
        rows.ticker(bid1Price="", bid1Size="", fundingIntervalHour="", nextFundingTime="")
    )
    assert (found["ticker"]["bid"], found["ticker"]["bid_coins"]) == (None, None)
    assert (found["ticker"]["ask"], found["ticker"]["last"]) == (2.6, 2.5)
    assert (found["funding"]["interval_h"], found["funding"]["next_settlement_ms"]) == (None, None)


def test_a_time_that_has_lost_a_digit_is_none() -> None:
    """Such a one is in the recordings: 1975 for 2024."""
    assert one(rows.ticker("delta", ts=179513280012, bid1Price="2"))["ts"] is None


def test_candles_of_the_stream_say_whether_they_are_closed() -> None:
    """REST ones don't, and have no bar either; the instrument stands beside them."""
    expected = {
        "type": "candle", "exchange": "bybit", "market": "perp", "symbol": "AAAUSDT",
        "coin": "AAA", "multiplier": 1.0, "ts": 1795132800000, "bar": "30m",
        "open_ms": 1795132800000, "open": 2.0, "high": 3.0, "low": 1.5, "close": 2.5,
        "volume_coins": 1000.0, "turnover_usd": 2300.0, "closed": True,
    }  # fmt: skip
    assert one(rows.push("kline.30.AAAUSDT", [rows.KLINE])) == expected
    found = one(rows.body([rows.CANDLE], symbol="AAAUSDT"))
    assert found == expected | {"bar": "", "closed": None}
    assert one(rows.push("kline.D.AAAUSDT", [rows.KLINE]))["bar"] == "1Dutc"


@pytest.mark.parametrize(("letter", "side"), [("Buy", "long"), ("Sell", "short")])
def test_the_side_of_a_liquidation_is_the_position(letter: str, side: str) -> None:
    """Buy means that a long was liquidated, unlike Binance's letters; several come at once."""
    fill = rows.FILL | {"S": letter}
    found = lines_of(rows.push("allLiquidation.AAAUSDT", [fill, fill]), market=Market.SPOT)
    assert [line["market"] for line in found] == ["perp", "perp"]
    assert found[0]["side"] == side
    assert (found[0]["price"], found[0]["coins"], found[0]["usd"]) == (2.5, 40.0, 100.0)
    assert found[0]["ts"] == 1795132800999


def test_settled_funding_is_history() -> None:
    """`fundingRateTimestamp` is when it was settled."""
    found = one(rows.body([rows.FUNDING]))
    assert (found["rate"], found["settled_rate"]) == (None, 0.0002)
    assert found["settled_ms"] == found["ts"] == 1795132800000


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "live"),
        ({"symbolType": "innovation"}, "live"),
        ({"symbolType": "stock"}, "unknown"),
        ({"symbolType": "ETF"}, "unknown"),
        ({"symbolType": "never-heard-of"}, "unknown"),
        ({"isPreListing": True}, "preopen"),
        ({"status": "PreLaunch"}, "preopen"),
        ({"status": "Delivering"}, "halted"),
        ({"status": "Closed"}, "delisted"),
        ({"status": "never-heard-of"}, "unknown"),
    ],
)
def test_only_crypto_that_trades_is_live(change: dict[str, Any], status: str) -> None:
    """And nothing that is unknown."""
    found = one(rows.body([rows.PERP | change]))
    assert (found["type"], found["status"]) == ("instrument", status)
    assert (found["tick_size"], found["funding_interval_h"]) == (0.01, 4.0)
    assert (found["contract_size"], found["listed_ms"]) == (None, 1700000000000)


@pytest.mark.parametrize(
    "change",
    [
        {"symbol": "AAAPERP", "quoteCoin": "USDC", "settleCoin": "USDC"},
        {"symbol": "AAAUSDT-25DEC26", "contractType": "LinearFutures"},
        {"contractType": "LinearFutures"},
        {"settleCoin": "USDC"},
        {"symbol": "AAAUSD", "quoteCoin": "USD", "settleCoin": "AAA"},
    ],
)
def test_other_contracts_are_none_of_ours(change: dict[str, Any]) -> None:
    """USDC, delivery, coin-margined."""
    assert one(rows.body([rows.PERP | change]))["type"] == "ignored"


@pytest.mark.parametrize(
    ("change", "status"),
    [({}, "live"), ({"symbolType": "adventure"}, "live"), ({"symbolType": "xstocks"}, "unknown"),
     ({"quoteCoin": "USDC"}, "unknown")],
)  # fmt: skip
def test_spot_is_live_but_for_tokenised_stocks(change: dict[str, Any], status: str) -> None:
    """And but for other quotes than USDT."""
    found = one(rows.body([rows.SPOT | change], "spot"))
    assert (found["market"], found["status"]) == ("spot", status)


@pytest.mark.parametrize(
    ("line", "kind", "part"),
    [
        (rows.answer("1"), "ack", ""),
        (rows.answer("", "error:handler not found,topic:tickers.NOPEUSDT"), "error", "NOPEUSDT"),
        (rows.answer("4", "args size >10"), "error", "args size"),
        (b'{"success":true,"ret_msg":"pong","conn_id":"c","req_id":"","op":"ping"}', "ack", "pong"),
        (b'{"retCode":10006,"retMsg":"Too many visits!","result":{},"time":1}', "error", "10006"),
        (b'{"retCode":10001,"retMsg":"params error: symbol invalid","result":{}}', "error",
         "symbol invalid"),
        (b'{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1795132800","timeNano":"1"},'
         b'"time":1795132800001}', "notice", "1795132800001"),
        (rows.body([]), "ignored", "empty"),
        (rows.body([{"symbol": "AAAUSDT", "buyRatio": "0.5"}]), "ignored", "buyRatio"),
        (rows.body([rows.TICKER], "inverse"), "ignored", "inverse"),
        (rows.push("publicTrade.AAAUSDT", [{}]), "ignored", "publicTrade"),
        (rows.push("orderbook.50.AAAUSDT", {}), "ignored", "orderbook.50"),
        (rows.push("tickers.AAAUSD", {"symbol": "AAAUSD", "lastPrice": "1"}), "ignored", "AAAUSD"),
    ],
)  # fmt: skip
def test_what_is_no_market_data_is_named(line: bytes, kind: str, part: str) -> None:
    """Acks, errors, notices, and what the monitor has no use for."""
    found = one(line)
    assert found["type"] == kind
    assert "line" not in found
    assert part in json.dumps(found)


@pytest.mark.parametrize(
    "line",
    [
        b'{"topic":"orderBookL2_25.AAAUSDT","type":"delta","data":{"delete":[]}}',
        b'{"topic":"trade.AAAUSDT","data":[{"symbol":"AAAUSDT","price":"1"}]}',
        b'{"topic":"liquidation.AAAUSDT","data":{"symbol":"AAAUSDT","side":"Buy"}}',
        b'{"success":true,"ret_msg":"","conn_id":"c","request":{"op":"subscribe","args":["x"]}}',
    ],
)
def test_the_api_before_v5_is_refused_by_name(line: bytes) -> None:
    """Its letters and units meant other things."""
    found = one(line)
    assert (found["type"], found["line"]) == ("error", 1)
    assert "before v5" in found["reason"]


def test_hostile_lines_never_raise() -> None:
    """Each is an object with a type; numbers that are none give no event."""
    hostile = [*FRAMES]
    for value in VALUES:
        for name in ("lastPrice", "bid1Price", "bid1Size", "fundingRate", "openInterest"):
            plain = rows.ticker().decode()
            old = json.dumps(rows.TICKER[name])
            hostile.append(
                plain.replace(f'"{name}":{old}', f'"{name}":{value}').encode(
                    "utf-8", "surrogatepass"
                )
            )
    for frame in hostile:
        for found in decode_lines(Exchange.BYBIT, Market.PERP, [frame]):
            assert found["type"]
            assert str(found.get("reason", "")).isprintable()
            msgspec.json.encode(found)


@pytest.mark.parametrize("market", Market)
def test_every_recorded_line_is_decoded_or_named(market: Market, shared_data: Path) -> None:
    """Only the dead protocol and the blocked country's page can't be decoded."""
    kinds: Counter[str] = Counter()
    for path in payloads(shared_data / "bybit"):
        refused = "legacy" in path.name or "error403" in path.name
        for found in decode_lines(Exchange.BYBIT, market, recorded(path)):
            assert ("line" in found) == refused, (path.name, found)
            if not refused:
                kinds[found["type"]] += 1
    assert kinds["ticker"] > 200
    assert set(kinds) == {
        "ticker", "funding", "mark", "open_interest", "candle", "liquidation", "instrument",
        "ack", "error", "ignored",
    }  # fmt: skip


@pytest.mark.parametrize("exchange", ["okx", "bitget", "binance"])
def test_other_exchanges_payloads_are_refused(exchange: str, shared_data: Path) -> None:
    """Never a market event from a foreign shape."""
    for path in payloads(shared_data / exchange):
        for found in decode_lines(Exchange.BYBIT, Market.PERP, recorded(path)):
            assert found["type"] in ("error", "ignored"), (path.name, found)


def test_instruments_can_be_taken_from_a_payload() -> None:
    """For `--instruments`."""
    (found,) = instruments_in(Exchange.BYBIT, Market.PERP, [rows.body([rows.PERP])])
    assert (found.coin, found.funding_interval_h) == ("AAA", 4.0)
