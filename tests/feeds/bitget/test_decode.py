"""Raw payload lines of Bitget in, normalised events out."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.feeds.bitget import rows
from tests.feeds.recorded import payloads, recorded
from tests.support.hostile import FRAMES, VALUES
from tui_monitor.feeds.decode import decode_lines, instruments_in
from tui_monitor.model import Exchange, Market

COMMON = ["type", "exchange", "market", "symbol", "coin", "multiplier", "ts"]


def lines_of(*lines: bytes, market: Market = Market.PERP) -> list[Any]:
    """What comes out, as JSON would show it."""
    found = decode_lines(Exchange.BITGET, market, lines)
    return [msgspec.json.decode(msgspec.json.encode(line)) for line in found]


def one(line: bytes, market: Market = Market.PERP) -> dict[str, Any]:
    """The only line that comes out."""
    (found,) = lines_of(line, market=market)
    assert list(found)[:7] == COMMON
    checked: dict[str, Any] = found
    return checked


def kinds(line: bytes) -> dict[str, Any]:
    """The lines that come out, by their type."""
    return {found["type"]: found for found in lines_of(line)}


@pytest.mark.parametrize(
    ("line", "next_ms"),
    [
        pytest.param(rows.ticker(), 1795147200000, id="v3 stream"),
        pytest.param(rows.body([rows.REST_TICKER]), 1795147200000, id="v3 REST"),
        pytest.param(rows.push_v2("ticker", [rows.STREAM_V2]), 1795147200000, id="v2 stream"),
        pytest.param(rows.body([rows.TICKER_V2]), None, id="v2 REST"),
    ],
)
def test_a_futures_ticker_tells_four_things(line: bytes, next_ms: int | None) -> None:
    """Either generation, stream or REST; open interest is valued at the mark beside it."""
    found = kinds(line)
    assert list(found) == ["ticker", "mark", "funding", "open_interest"]
    assert found["ticker"] == {
        "type": "ticker", "exchange": "bitget", "market": "perp", "symbol": "AAAUSDT",
        "coin": "AAA", "multiplier": 1.0, "ts": rows.MS, "last": 2.5, "bid": 2.4, "ask": 2.6,
        "bid_coins": 30.0, "ask_coins": 40.0, "open_24h": 2.0, "high_24h": 3.0, "low_24h": 1.9,
        "volume_24h_coins": 1000.0, "turnover_24h_usd": 2400.0, "day_open": None,
    }  # fmt: skip
    assert (found["mark"]["mark_price"], found["mark"]["index_price"]) == (2.51, 2.52)
    funding = found["funding"]
    assert (funding["rate"], funding["interval_h"]) == (-0.0001, None)
    assert funding["next_settlement_ms"] == next_ms
    interest = found["open_interest"]
    assert interest["open_interest_coins"] == 5000.0
    assert interest["open_interest_usd"] == pytest.approx(5000 * 2.51)
    assert {line["ts"] for line in found.values()} == {rows.MS}


def test_prices_are_per_coin_and_sizes_in_coins() -> None:
    """A contract is one unit of the symbol: a thousand coins of 1000AAAUSDT."""
    found = kinds(rows.ticker(symbol="1000AAAUSDT"))
    ticker, interest = found["ticker"], found["open_interest"]
    assert (ticker["coin"], ticker["multiplier"]) == ("AAA", 1000.0)
    assert ticker["last"] == pytest.approx(0.0025)
    assert (ticker["bid_coins"], ticker["volume_24h_coins"]) == (30_000.0, 1_000_000.0)
    assert ticker["turnover_24h_usd"] == 2400.0
    assert interest["open_interest_coins"] == 5_000_000.0
    assert interest["open_interest_usd"] == pytest.approx(5000 * 2.51)
    fill = one(rows.push("liquidation", [rows.FILL | {"symbol": "1000AAAUSDT"}], "update"))
    assert fill["price"] == pytest.approx(0.0025)
    assert (fill["coins"], fill["usd"]) == (pytest.approx(40_000), 100.0)


def test_spot_tickers_have_no_more() -> None:
    """v2 calls its open of 24 h ago `open`, and gives the turnover in USDT."""
    found = one(rows.body([rows.SPOT_V2]))
    assert (found["market"], found["open_24h"], found["bid"]) == ("spot", 2.0, 2.4)
    assert (found["volume_24h_coins"], found["turnover_24h_usd"]) == (1000.0, 2400.5)
    stream = {key: rows.TICKER[key] for key in ("lastPrice", "bid1Price", "bid1Size", "volume24h")}
    found = one(rows.push("ticker", [stream], inst_type="spot", symbol="AAAUSDT"))
    assert (found["market"], found["last"], found["ask"]) == ("spot", 2.5, None)
    found = one(rows.push_v2("ticker", [rows.SPOT_V2 | {"instId": "AAAUSDT"}], "SPOT"))
    assert (found["type"], found["market"]) == ("ticker", "spot")


def test_an_update_tells_what_it_says_and_no_more() -> None:
    """Documented beside `snapshot`: what it lacks is null."""
    found = one(rows.push("ticker", [{"ask1Price": "2.7"}], "update", symbol="AAAUSDT"))
    assert (found["type"], found["ask"], found["bid"], found["last"]) == ("ticker", 2.7, None, None)
    assert one(rows.push("ticker", [{}], "update", symbol="AAAUSDT"))["type"] == "ignored"


def test_an_empty_number_is_null() -> None:
    """One side of a book, a contract without a next settlement."""
    found = kinds(rows.ticker(bid1Price="", bid1Size="", nextFundingTime="0"))
    assert (found["ticker"]["bid"], found["ticker"]["bid_coins"]) == (None, None)
    assert found["ticker"]["ask"] == 2.6
    assert found["funding"]["next_settlement_ms"] is None


@pytest.mark.parametrize(
    "line", [rows.ticker(lastPrice=""), rows.body([rows.TICKER_V2 | {"lastPr": ""}])]
)
def test_without_a_last_price_the_book_alone_is_told(line: bytes) -> None:
    """24 h figures at a new time would make the old price of the row a new one."""
    found = kinds(line)["ticker"]
    assert (found["bid"], found["ask"]) == (2.4, 2.6)
    assert [found[name] for name in ("last", "open_24h", "volume_24h_coins")] == [None] * 3


@pytest.mark.parametrize("row", [rows.TICKER_V2, rows.SPOT_V2])
@pytest.mark.parametrize(
    "changes",
    [
        {}, {"symbol": "1000AAAUSDT"}, {"usdtVolume": None}, {"open": None, "open24h": "2"},
        {"bidPr": None}, {"symbolType": "2"}, {"symbol": "AAABTC"}, {"markPrice": None},
    ],
)  # fmt: skip
def test_the_quick_way_tells_what_the_tolerant_one_does(
    row: dict[str, Any], changes: dict[str, Any]
) -> None:
    """A settlement at 0, which stands for none, is for the tolerant one."""
    quick = lines_of(rows.body([row | changes]))
    assert quick == lines_of(rows.body([row | changes | {"nextFundingTime": "0"}]))


@pytest.mark.parametrize("name", ["lastPrice", "bid1Price", "ask1Price"])
def test_a_price_that_is_none_spoils_its_row(name: str) -> None:
    """It is not the same as an empty side."""
    found = one(rows.ticker(**{name: "NaN"}))
    assert found["type"] == "error"
    assert "NaN" in found["reason"]


def test_best_levels_are_a_ticker() -> None:
    """A side may be empty; the time of v3 is in the row."""
    level = {"a": [["2.6", "40"]], "b": [], "checksum": 0, "seq": 1, "ts": str(rows.MS)}
    found = one(rows.push("books1", [level], inst_type="spot", symbol="AAAUSDT"))
    assert (found["market"], found["ask"], found["ask_coins"]) == ("spot", 2.6, 40.0)
    assert (found["bid"], found["bid_coins"], found["ts"]) == (None, None, rows.MS)
    found = one(rows.push_v2("books1", [{"asks": [["2.6", "40"]], "bids": [["2.4", "30"]]}]))
    assert (found["bid"], found["ask"]) == (2.4, 2.6)


@pytest.mark.parametrize(
    ("line", "symbol", "bar"),
    [
        pytest.param(rows.push_v2("candle30m", [rows.CANDLE]), "AAAUSDT", "30m", id="v2"),
        pytest.param(
            rows.push("kline", [rows.KLINE], symbol="AAAUSDT", interval="30m"), "AAAUSDT", "30m",
            id="v3",
        ),
        pytest.param(rows.body([rows.CANDLE]), None, "", id="REST"),
        pytest.param(rows.body([[*rows.CANDLE[:6], "1", "2300"]]), None, "", id="REST, 8 columns"),
    ],
)  # fmt: skip
def test_candles_never_say_whether_they_are_closed(
    line: bytes, symbol: str | None, bar: str
) -> None:
    """Volume in coins, turnover in USDT where there is a column of its own for it."""
    found = one(line)
    assert (found["type"], found["symbol"], found["bar"]) == ("candle", symbol, bar)
    names = ("open_ms", "open", "high", "low", "close", "volume_coins", "turnover_usd", "closed")
    assert [found[name] for name in names] == [
        1795132800000, 2.0, 3.0, 1.5, 2.5, 1000.0, 2300.0, None,
    ]  # fmt: skip


@pytest.mark.parametrize(("side", "position"), [("buy", "long"), ("sell", "short")])
def test_the_side_of_a_liquidation_is_the_position(side: str, position: str) -> None:
    """And `amount` is USDT: coins are amount / price. REST has the same rows."""
    fill = rows.FILL | {"side": side}
    streamed = lines_of(rows.push("liquidation", [fill, fill], "update"))
    assert [line["side"] for line in streamed] == [position, position]
    assert (streamed[0]["price"], streamed[0]["usd"]) == (2.5, 100.0)
    assert streamed[0]["coins"] == pytest.approx(40)
    assert streamed[0]["ts"] == rows.MS + 9
    assert lines_of(rows.body({"list": [fill], "cursor": "7"})) == streamed[:1]


def test_funding_says_interval_and_next_settlement() -> None:
    """`nextUpdate` is the next one; history is what was settled; v3 wraps its rows."""
    found = one(rows.body([rows.FUNDING]))
    assert (found["rate"], found["interval_h"]) == (-0.0001, 4.0)
    assert (found["next_settlement_ms"], found["ts"]) == (1795147200000, rows.MS)
    found = one(rows.body([rows.SETTLED]))
    assert (found["rate"], found["settled_rate"]) == (None, 0.0002)
    assert found["settled_ms"] == found["ts"] == 1795132800000
    v3 = {"symbol": "AAAUSDT", "fundingRate": "0.0002", "fundingRateTimestamp": "1795132800000"}
    assert one(rows.body({"resultList": [v3]})) == found
    when = {"symbol": "AAAUSDT", "nextFundingTime": "1795147200000", "ratePeriod": "8"}
    found = one(rows.body([when]))
    assert (found["rate"], found["interval_h"]) == (None, 8.0)
    assert found["next_settlement_ms"] == 1795147200000


@pytest.mark.parametrize(
    "data",
    [
        {"openInterestList": [{"symbol": "AAAUSDT", "size": "5000"}], "ts": str(rows.MS)},
        {"list": [{"symbol": "AAAUSDT", "openInterest": "5000"}], "ts": str(rows.MS)},
    ],
    ids=["v2", "v3"],
)
def test_open_interest_alone_has_no_value(data: dict[str, Any]) -> None:
    """Coins without a price beside them."""
    found = one(rows.body(data))
    assert (found["type"], found["open_interest_coins"]) == ("open_interest", 5000.0)
    assert (found["open_interest_usd"], found["ts"]) == (None, rows.MS)


def test_mark_and_index_of_one_symbol() -> None:
    """v2 symbol-price."""
    row = {
        "symbol": "AAAUSDT",
        "price": "2.5",
        "indexPrice": "2.52",
        "markPrice": "2.51",
        "ts": "5",
    }
    found = one(rows.body([row]))
    assert (found["type"], found["mark_price"], found["index_price"]) == ("mark", 2.51, 2.52)


@pytest.mark.parametrize("row", [rows.PERP, rows.PERP_V3], ids=["v2", "v3"])
def test_instruments_say_tick_and_interval(row: dict[str, Any]) -> None:
    """Sizes are coins: there is no contract size; `sizeMultiplier` is an order step."""
    found = one(rows.body([row]))
    assert (found["type"], found["market"], found["status"]) == ("instrument", "perp", "live")
    assert (found["tick_size"], found["contract_size"]) == (0.005, None)
    assert found["funding_interval_h"] == 4.0


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (rows.PERP | {"isRwa": "YES"}, "unknown"),
        (rows.PERP | {"isRwa": "never-heard-of"}, "unknown"),
        (rows.PERP | {"symbolStatus": "listed"}, "preopen"),
        (rows.PERP | {"symbolStatus": "maintain"}, "halted"),
        (rows.PERP | {"symbolStatus": "restrictedAPI"}, "halted"),
        (rows.PERP | {"symbolStatus": "off"}, "delisted"),
        (rows.PERP | {"symbolStatus": "never-heard-of"}, "unknown"),
        (rows.PERP_V3 | {"symbolType": "stock"}, "unknown"),
        (rows.PERP_V3 | {"status": "limit_open"}, "halted"),
        (rows.SPOT, "live"),
        (rows.SPOT | {"status": "gray"}, "preopen"),
        (rows.SPOT | {"status": "offline"}, "delisted"),
        (rows.SPOT | {"quoteCoin": "USDC", "symbol": "AAAUSDC"}, "unknown"),
    ],
)
def test_only_crypto_that_trades_is_live(row: dict[str, Any], status: str) -> None:
    """No real-world assets, nothing unknown."""
    assert one(rows.body([row]))["status"] == status


@pytest.mark.parametrize(
    "row",
    [
        rows.PERP | {"symbolType": "delivery"},
        rows.PERP | {"symbol": "AAAPERP", "quoteCoin": "USDC"},
        rows.PERP | {"symbol": "AAAUSD", "quoteCoin": "USD"},
        rows.REST_TICKER | {"category": "COIN-FUTURES", "symbol": "AAAUSD_CM"},
        rows.STREAM_V2 | {"symbolType": "2"},
    ],
)
def test_other_contracts_are_none_of_ours(row: dict[str, Any]) -> None:
    """Delivery, USDC-M, coin-M."""
    assert one(rows.body([row]))["type"] == "ignored"


@pytest.mark.parametrize(
    ("line", "kind", "part"),
    [
        (b'{"event":"subscribe","arg":{"instType":"usdt-futures","topic":"ticker","symbol":"A"},'
         b'"connId":"c"}', "ack", "ticker"),
        (b'{"event":"error","arg":{"instType":"SPOT","channel":"candle1h","instId":"A"},'
         b'"code":30016,"msg":"Param error","op":"subscribe"}', "error", "30016"),
        (b'{"event":"error","code":30001,"msg":"{\\"instType\\":\\"usdt-futures\\",\\"symbol\\":'
         b'\\"NOPE\\",\\"topic\\":\\"ticker\\"} doesn\'t exist","connId":"c"}', "error", "NOPE"),
        (b"pong", "ack", "pong"),
        (b'{"code":"429","msg":"Too Many Requests","requestTime":1,"data":null}', "error", "429"),
        (rows.body({"serverTime": str(rows.MS)}), "notice", str(rows.MS)),
        (rows.body([]), "ignored", "empty"),
        (rows.body([{"symbol": "AAAUSDT", "longRatio": "1"}]), "ignored", "longRatio"),
        (rows.push("publicTrade", [{}], symbol="AAAUSDT"), "ignored", "publicTrade"),
        (rows.push("ticker", [rows.TICKER], inst_type="coin-futures", symbol="A"), "ignored",
         "coin-futures"),
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
        b'{"event":"subscribe","arg":{"instType":"mc","channel":"ticker","instId":"AAAUSDT"}}',
        b'{"action":"snapshot","arg":{"instType":"sp","channel":"candle1m","instId":"AAAUSDT"},'
        b'"data":[["1654017060000","1","1","1","1","1"]]}',
        rows.body([{"symbol": "AAAUSDT_UMCBL", "baseCoin": "AAA", "quoteCoin": "USDT"}]),
        rows.body([{"symbol": "AAAUSDT_SPBL", "last": "1", "bestBid": "1"}]),
    ],
)
def test_v1_is_refused_by_name(line: bytes) -> None:
    """It was switched off; its symbols end otherwise, its types are `sp` and `mc`."""
    found = one(line)
    assert (found["type"], found["line"]) == ("error", 1)
    assert "v1" in found["reason"]


def test_hostile_lines_never_raise() -> None:
    """Each is an object with a type; numbers that are none give no event."""
    hostile = [*FRAMES]
    for value in VALUES:
        for name in ("lastPrice", "bid1Price", "bid1Size", "fundingRate", "openInterest"):
            old = f'"{name}":{json.dumps(rows.TICKER[name])}'
            frame = rows.ticker().decode().replace(old, f'"{name}":{value}')
            hostile.append(frame.encode("utf-8", "surrogatepass"))
    for line in hostile:
        for found in decode_lines(Exchange.BITGET, Market.PERP, [line]):
            assert found["type"]
            assert str(found.get("reason", "")).isprintable()
            msgspec.json.encode(found)


@pytest.mark.parametrize("market", Market)
def test_every_recorded_line_is_decoded_or_named(market: Market, shared_data: Path) -> None:
    """Only the dead protocol can't be decoded, and of that every line says why."""
    kinds: Counter[str] = Counter()
    for path in payloads(shared_data / "bitget"):
        for found in decode_lines(Exchange.BITGET, market, recorded(path)):
            if "_v1_" in path.name:
                assert "v1" in found["reason"], (path.name, found)
                continue
            assert "line" not in found, (path.name, found)
            kinds[found["type"]] += 1
    assert set(kinds) == {
        "ticker", "funding", "mark", "open_interest", "candle", "liquidation", "instrument",
        "error", "ignored",
    }  # fmt: skip


def test_the_amount_of_recorded_liquidations_is_quote(shared_data: Path) -> None:
    """amount / price is a round number of coins in both: 83.1 and 286.5."""
    (path,) = (shared_data / "bitget").glob("*v3uta_tardis*")
    lines = decode_lines(Exchange.BITGET, Market.PERP, recorded(path))
    coins = [line["coins"] for line in lines if line["type"] == "liquidation"]
    assert coins == pytest.approx([83.1, 286.5])


@pytest.mark.parametrize("exchange", ["okx", "bybit", "binance"])
def test_other_exchanges_payloads_are_refused(exchange: str, shared_data: Path) -> None:
    """Never a market event from a foreign shape."""
    for path in payloads(shared_data / exchange):
        for found in decode_lines(Exchange.BITGET, Market.PERP, recorded(path)):
            assert found["type"] in ("error", "ignored", "ack"), (path.name, found)


def test_instruments_can_be_taken_from_a_payload() -> None:
    """For `--instruments`."""
    (found,) = instruments_in(Exchange.BITGET, Market.SPOT, [rows.body([rows.SPOT])])
    assert (found.market, found.coin) == (Market.SPOT, "AAA")
