"""Raw payload lines of Binance in, normalised events out."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.feeds.binance import rows
from tests.feeds.recorded import payloads, recorded
from tests.support.hostile import FRAMES, VALUES
from tui_monitor.feeds.decode import decode_lines, instruments_in
from tui_monitor.model import Exchange, Market

COMMON = ["type", "exchange", "market", "symbol", "coin", "multiplier", "ts"]
PEPE = "1000PEPEUSDT"


def lines_of(*lines: bytes, market: Market = Market.PERP) -> list[Any]:
    """What comes out, as JSON would show it."""
    found = decode_lines(Exchange.BINANCE, market, lines)
    return [msgspec.json.decode(msgspec.json.encode(line)) for line in found]


def one(line: bytes, market: Market = Market.PERP) -> dict[str, Any]:
    """The only line that comes out."""
    (found,) = lines_of(line, market=market)
    assert list(found)[:7] == COMMON
    checked: dict[str, Any] = found
    return checked


def test_a_futures_ticker_has_no_book() -> None:
    """24 h figures alone, by stream and by REST, alone and in an array."""
    expected = {
        "type": "ticker", "exchange": "binance", "market": "perp", "symbol": "AAAUSDT",
        "coin": "AAA", "multiplier": 1.0, "ts": 1795132800123, "last": 2.5, "bid": None,
        "ask": None, "bid_coins": None, "ask_coins": None, "open_24h": 2.0, "high_24h": 3.0,
        "low_24h": 1.9, "volume_24h_coins": 1000.0, "turnover_24h_usd": 2400.0, "day_open": None,
    }  # fmt: skip
    for line in (
        rows.push("!ticker@arr", [rows.TICKER]),
        rows.push("aaausdt@ticker", rows.TICKER),
        rows.body([rows.TICKER]),
        rows.body(rows.TICKER),
        rows.body(rows.REST_TICKER),
        rows.body([rows.REST_TICKER]),
        rows.push("aaausdt@miniTicker", rows.MINI),
    ):
        assert one(line) == expected


def test_a_spot_ticker_has_the_book() -> None:
    """It says so itself: the market that was given does not matter."""
    for line in (
        rows.push("aaausdt@ticker", rows.SPOT_TICKER),
        rows.body(rows.REST_SPOT_TICKER),
    ):
        found = one(line, Market.PERP)
        assert found["market"] == "spot"
        assert (found["bid"], found["ask"]) == (2.4, 2.6)
        assert (found["bid_coins"], found["ask_coins"]) == (30.0, 40.0)
        assert (found["last"], found["turnover_24h_usd"]) == (2.5, 2400.0)


def test_a_mini_ticker_is_of_the_market_that_was_given() -> None:
    """Both markets send the same shape."""
    for market in Market:
        assert one(rows.push("!miniTicker@arr", [rows.MINI]), market)["market"] == market
        ratio = {"symbol": "AAAUSDT", "price": "2.5"}
        assert one(rows.body([ratio]), market)["market"] == market
        assert one(rows.body(ratio), market)["last"] == 2.5


@pytest.mark.parametrize(
    ("line", "market", "ts"),
    [
        (rows.push("!bookTicker", rows.BOOK), "perp", 1795132800122),
        (rows.body(rows.BOOK), "perp", 1795132800122),
        (rows.body([rows.REST_BOOK]), "perp", 1795132800122),
        (rows.push("aaausdt@bookTicker", rows.SPOT_BOOK), "spot", None),
        (rows.body(rows.SPOT_BOOK), "spot", None),
    ],
)
def test_a_book_is_both_sides_with_sizes(line: bytes, market: str, ts: int | None) -> None:
    """The time is the book's, not the frame's; spot's stream has none."""
    found = one(line)
    assert (found["type"], found["market"], found["ts"]) == ("ticker", market, ts)
    assert (found["bid"], found["bid_coins"]) == (2.4, 30.0)
    assert (found["ask"], found["ask_coins"]) == (2.6, 40.0)
    assert found["last"] is None


def test_an_empty_side_is_null_and_an_empty_book_is_said() -> None:
    """Binance writes 0 where there is nothing."""
    found = one(rows.push("!bookTicker", rows.BOOK | {"b": "0.0000", "B": "0"}))
    assert (found["bid"], found["bid_coins"], found["ask"]) == (None, None, 2.6)
    found = one(rows.body(rows.REST_BOOK | {"bidPrice": "0.0", "askPrice": "0.0"}))
    assert found["type"] == "ignored"
    dead = dict.fromkeys(("lastPrice", "openPrice", "highPrice", "lowPrice", "volume"), "0.00")
    assert one(rows.body(rows.REST_TICKER | dead))["type"] == "ignored"


@pytest.mark.parametrize("market", ["perp", "spot"])
def test_a_thousand_coins_a_unit_become_one(market: str) -> None:
    """Prices ÷ 1000, sizes and volumes × 1000, money as it is."""
    where = Market(market)
    ticker = one(rows.push("!miniTicker@arr", [rows.MINI | {"s": PEPE}]), where)
    assert (ticker["symbol"], ticker["coin"], ticker["multiplier"]) == (PEPE, "PEPE", 1000.0)
    assert (ticker["last"], ticker["open_24h"]) == (0.0025, 0.002)
    assert (ticker["volume_24h_coins"], ticker["turnover_24h_usd"]) == (1_000_000.0, 2400.0)
    slow = one(rows.push("x", [rows.MINI | {"s": PEPE, "h": ""}]), where)
    assert (slow["last"], slow["high_24h"]) == (0.0025, None)
    book = one(rows.push("1000pepeusdt@bookTicker", rows.SPOT_BOOK | {"s": PEPE}))
    assert (book["bid"], book["bid_coins"]) == (0.0024, 30_000.0)
    kline = one(rows.push("x", rows.KLINE | {"s": PEPE}), where)
    assert (kline["open"], kline["close"]) == (0.002, 0.0025)
    assert (kline["volume_coins"], kline["turnover_usd"]) == (1_000_000.0, 2300.0)


def test_a_thousand_coins_a_unit_in_the_futures_kinds() -> None:
    """Marks, open interest, liquidations."""
    mark, _ = lines_of(rows.push("!markPrice@arr", [rows.MARK | {"s": PEPE}]))
    assert [mark["mark_price"], mark["index_price"]] == pytest.approx([0.00251, 0.00252])
    interest = one(rows.body(rows.INTEREST_HISTORY | {"symbol": PEPE}))
    assert interest["open_interest_coins"] == 5_000_000.0
    assert interest["open_interest_usd"] == 12500.5
    order = rows.ORDER | {"s": PEPE}
    found = one(rows.push("!forceOrder@arr", rows.FORCE_ORDER | {"o": order}))
    assert (found["price"], found["coins"], found["usd"]) == (0.0025, 40_000.0, 100.0)
    mega = one(rows.push("x", [rows.TICKER | {"s": "1MBABYDOGEUSDT"}]))
    assert (mega["coin"], mega["multiplier"]) == ("BABYDOGE", 1_000_000.0)
    for name in ("1INCH", "0G", "4", "C98", "币安人生"):
        plain = one(rows.push("x", [rows.TICKER | {"s": f"{name}USDT"}]))
        assert (plain["coin"], plain["multiplier"]) == (name, 1.0)


def test_a_mark_row_is_a_mark_and_a_funding() -> None:
    """`lastFundingRate` is the current rate; the interval is never assumed."""
    for line in (rows.push("!markPrice@arr@1s", [rows.MARK]), rows.body([rows.PREMIUM])):
        mark, funding = lines_of(line)
        assert (mark["type"], funding["type"]) == ("mark", "funding")
        assert (mark["mark_price"], mark["index_price"]) == (2.51, 2.52)
        assert (funding["rate"], funding["next_settlement_ms"]) == (-0.0001, 1795147200000)
        assert funding["interval_h"] is None
        assert mark["ts"] == funding["ts"] == 1795132800684


def test_a_settled_contract_has_a_mark_and_no_funding() -> None:
    """`T` 0 is no time, and its rate is none; contracts without an index have null."""
    (mark,) = lines_of(rows.push("!markPrice@arr", [rows.MARK | {"T": 0, "r": "0.00000000"}]))
    assert mark["type"] == "mark"
    (mark,) = lines_of(rows.body(rows.PREMIUM | {"nextFundingTime": 0, "indexPrice": "0.0"}))
    assert (mark["mark_price"], mark["index_price"]) == (2.51, None)
    (mark,) = lines_of(rows.push("!markPrice@arr", [rows.MARK | {"r": "", "i": ""}]))
    assert (mark["type"], mark["index_price"]) == ("mark", None)


def test_funding_intervals_and_history() -> None:
    """Jitter of some ms is no other settlement; a dividend is no funding."""
    found = one(rows.body([rows.FUNDING_INFO]))
    assert (found["type"], found["interval_h"], found["rate"]) == ("funding", 4.0, None)
    found = one(rows.body([rows.FUNDING_RATE]))
    assert (found["settled_rate"], found["rate"]) == (0.0003, None)
    assert found["settled_ms"] == found["ts"] == 1795132800000
    early = one(rows.body([rows.FUNDING_RATE | {"fundingTime": 1795132799998}]))
    assert early["settled_ms"] == 1795132800000
    special = one(rows.body([rows.FUNDING_RATE | {"rateType": "Special"}]))
    assert (special["type"], special["symbol"]) == ("ignored", "AAAUSDT")


def test_open_interest_is_of_one_side() -> None:
    """Coins as they stand; USD only in the history."""
    found = one(rows.body(rows.INTEREST))
    assert (found["open_interest_coins"], found["open_interest_usd"]) == (5000.0, None)
    assert found["ts"] == 1795132800777
    found = one(rows.body([rows.INTEREST_HISTORY]))
    assert (found["open_interest_coins"], found["open_interest_usd"]) == (5000.0, 12500.5)


def test_a_candle_says_whether_it_is_closed() -> None:
    """On the stream; REST leaves it open, and tells the bar by its two times."""
    expected = {
        "type": "candle", "exchange": "binance", "market": "perp", "symbol": "AAAUSDT",
        "coin": "AAA", "multiplier": 1.0, "ts": 1795132800000, "bar": "30m",
        "open_ms": 1795132800000, "open": 2.0, "high": 3.0, "low": 1.5, "close": 2.5,
        "volume_coins": 1000.0, "turnover_usd": 2300.0, "closed": False,
    }  # fmt: skip
    assert one(rows.push("aaausdt@kline_30m", rows.KLINE)) == expected
    assert one(rows.body(rows.KLINE)) == expected
    rest = one(rows.body([rows.CANDLE]))
    assert rest == expected | {"symbol": None, "coin": None, "closed": None}
    month = [1793491200000, *rows.CANDLE[1:6], 1796083199999, *rows.CANDLE[7:]]
    assert one(rows.body([month]))["bar"] == "1M"


@pytest.mark.parametrize(("order", "side"), [("SELL", "long"), ("BUY", "short")])
def test_the_side_of_a_liquidation_is_the_position(order: str, side: str) -> None:
    """`S` is the order that closed it; the filled size at the mean price."""
    row = rows.FORCE_ORDER | {"o": rows.ORDER | {"S": order}}
    found = one(rows.push("!forceOrder@arr", row))
    assert (found["type"], found["side"]) == ("liquidation", side)
    assert (found["price"], found["coins"], found["usd"]) == (2.5, 40.0, 100.0)
    assert found["ts"] == 1795132800999


def test_a_liquidation_without_a_fill_counts_the_order() -> None:
    """`q` at `p` where `z` and `ap` are 0; nonsense is no liquidation."""
    order = rows.ORDER | {"z": "0", "ap": "0"}
    found = one(rows.push("!forceOrder@arr", rows.FORCE_ORDER | {"o": order}))
    assert (found["price"], found["coins"]) == (2.3, 50.0)
    for change in ({"z": "-1"}, {"S": "HOLD"}, {"ap": "NaN"}, {"T": 0}, {"z": "0", "q": "0"}):
        row = rows.FORCE_ORDER | {"o": rows.ORDER | change}
        assert one(rows.push("!forceOrder@arr", row))["line"] == 1


def test_coin_margined_rows_are_left_out_wherever_their_mark_stands() -> None:
    """`st` 2 in the row, in `o` or beside it; and by name in REST, where there is no `st`."""
    coin = {"s": "BTCUSD_PERP", "ps": "BTCUSD", "st": 2}
    inside = rows.FORCE_ORDER | {"o": rows.ORDER | coin}
    beside = rows.FORCE_ORDER | {"st": 2, "o": rows.ORDER | {"st": 1}}
    for line in (
        rows.push("!ticker@arr", [rows.TICKER | coin]),
        rows.push("!ticker@arr", [rows.TICKER | {"st": 2}]),
        rows.push("!ticker@arr", [rows.TICKER | {"st": 2, "h": ""}]),
        rows.push("!bookTicker", rows.BOOK | coin),
        rows.push("!markPrice@arr", [rows.MARK | {"s": "BTCUSD_261225", "r": "", "T": 0}]),
        rows.push("!forceOrder@arr", inside),
        rows.push("!forceOrder@arr", beside),
        rows.push("!forceOrder@arr", rows.FORCE_ORDER | {"o": rows.ORDER | {"st": 2}}),
        rows.push("!contractInfo", rows.CONTRACT_INFO | {"s": "BTCUSD_261225", "st": 2}),
        rows.body([rows.PREMIUM | {"symbol": "BTCUSD_PERP"}]),
        rows.body([rows.FUNDING_INFO | {"symbol": "BTCUSD_PERP"}]),
        rows.body([{"pair": "BTCUSD", "contractType": "PERPETUAL", "sumOpenInterest": "1",
                    "sumOpenInterestValue": "1", "timestamp": 1795132800000}]),
    ):  # fmt: skip
        found = one(line)
        assert found["type"] == "ignored"
        assert "COIN-M" in found["reason"], found


@pytest.mark.parametrize("symbol", ["BTCUSDT_261225", "BTCUSDC", "ETHBTC", "USDT", "A-USDT_X"])
def test_other_contracts_and_quotes_are_left_out_by_name(symbol: str) -> None:
    """Deliveries and what is not quoted in USDT; never split by guessing."""
    found = one(rows.push("!ticker@arr", [rows.TICKER | {"s": symbol}]))
    assert (found["type"], found["symbol"]) == ("ignored", symbol)


def test_answers_errors_and_farewells() -> None:
    """What is no data."""
    assert one(b'{"result":null,"id":1}')["type"] == "ack"
    assert one(b'{"result":["btcusdt@ticker"],"id":3}')["type"] == "ack"
    found = one(b'{"error":{"code":4,"msg":"Too many subscriptions"}}')
    assert (found["type"], found["code"]) == ("error", "4")
    found = one(b'{"code":2,"msg":"Invalid request: unknown method","id":7}', Market.SPOT)
    assert (found["type"], found["code"]) == ("error", "2")
    found = one(b'{"code":-1121,"msg":"Invalid symbol."}')
    assert (found["type"], found["code"], found["reason"]) == ("error", "-1121", "Invalid symbol.")
    assert "line" not in found
    for line in (
        b'{"e":"serverShutdown","E":1795132800000}',
        b'{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1795132800000}}',
    ):
        assert one(line, Market.SPOT)["type"] == "notice"
    found = one(b'{"serverTime":1795132800000}')
    assert (found["type"], found["ts"]) == ("notice", 1795132800000)
    assert one(b"[]")["type"] == "ignored"


def test_streams_and_rows_that_are_not_used_are_named() -> None:
    """Trades, depth, ratios; a window ticker is not the day's."""
    for event in ("aggTrade", "trade", "depthUpdate", "1hTicker", "assetIndexUpdate"):
        found = one(rows.push("x", {"e": event, "s": "AAAUSDT", "E": 1795132800000, "c": "1"}))
        assert (found["type"], found["symbol"]) == ("ignored", "AAAUSDT")
        assert event in found["reason"]
    ratio = {"symbol": "AAAUSDT", "longShortRatio": "1.3", "timestamp": 1795132800000}
    assert "longShortRatio" in one(rows.body([ratio]))["reason"]
    for futures_only in (rows.MARK, rows.FORCE_ORDER):
        assert one(rows.push("x", futures_only | {"T": 0}), Market.SPOT)["market"] == "perp"


def test_a_foreign_candle_or_row_is_refused() -> None:
    """Nine columns are OKX's, seven Bybit's: not ours to guess."""
    for line in (
        rows.body([rows.CANDLE[:9]]),
        rows.body([[*map(str, rows.CANDLE[:6]), "x"]]),
        rows.body([[9, *rows.CANDLE[1:6], 1, *rows.CANDLE[7:]]]),
        rows.body([{"price": "1"}]),
        rows.body({"symbol": "AAAUSDT"}),
        rows.body({"stream": "x", "data": 5}),
        b'{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT"}}',
        b'{"code":"0","msg":"","data":[]}',
        b'{"code":"50011","msg":"Too Many Requests"}',
        b'{"retCode":0,"retMsg":"OK","result":{"list":[]}}',
        b"pong",
    ):
        assert one(line)["line"] == 1


def mutations() -> Iterator[bytes]:
    """Every kind of row with something unlawful at each of its places."""
    kinds: tuple[tuple[dict[str, Any], Iterable[str]], ...] = (
        (rows.TICKER, "scohlvqEst"), (rows.BOOK, "sbBaAT"), (rows.MARK, "spirTE"),
        (rows.SPOT_TICKER, "bBaA"), (rows.SPOT_BOOK, "bBaAu"), (rows.BAR, "tiohlcvqx"),
        (rows.ORDER, ["s", "S", "z", "q", "ap", "p", "T"]),
    )  # fmt: skip
    for row, places in kinds:
        for place in places:
            for value in VALUES:
                broken = msgspec.json.encode(row | {place: 424242424242})
                broken = broken.replace(b"424242424242", value.encode("utf-8", "surrogatepass"))
                if row is rows.ORDER:
                    broken = b'{"e":"forceOrder","o":' + broken + b"}"
                elif row is rows.BAR:
                    broken = b'{"e":"kline","s":"AAAUSDT","k":' + broken + b"}"
                yield b'{"stream":"x","data":' + broken + b"}"


def test_hostile_lines_never_raise() -> None:
    """Each is an object with a type; reasons are printable, prices are prices."""
    for frame in (*FRAMES, *mutations()):
        for market in Market:
            for found in decode_lines(Exchange.BINANCE, market, [frame]):
                assert found["type"]
                assert str(found.get("reason", "")).isprintable()
                for name in ("last", "bid", "ask", "mark_price", "price", "open", "close"):
                    assert found.get(name) is None or 0 < found[name] < 1e15
                msgspec.json.encode(found)


def test_every_recorded_line_is_decoded_or_named(shared_data: Path) -> None:
    """All of Binance's files: not one line is an undecodable one."""
    kinds: set[str] = set()
    for path in payloads(shared_data / "binance"):
        market = Market.SPOT if path.name.startswith("spot") else Market.PERP
        for found in decode_lines(Exchange.BINANCE, market, recorded(path)):
            assert "line" not in found, (path.name, found)
            assert found["market"] == market
            kinds.add(found["type"])
    assert kinds == {
        "ticker", "funding", "mark", "open_interest", "candle", "liquidation", "instrument",
        "error", "ignored",
    }  # fmt: skip


def test_recorded_definitions_select_coins_alone(shared_data: Path) -> None:
    """Stocks, metal, basket and delivery are not live; a coin that is backed by gold is."""
    (path,) = (shared_data / "binance").glob("*trimmed*")
    found = instruments_in(Exchange.BINANCE, Market.PERP, recorded(path))
    live = {one.symbol: one for one in found if one.status == "live"}
    assert set(live) == {"1000CATUSDT", "BBUSDT", "PAXGUSDT"}
    assert (live["1000CATUSDT"].coin, live["1000CATUSDT"].multiplier) == ("CAT", 1000.0)


@pytest.mark.parametrize("exchange", ["bybit", "bitget", "okx"])
def test_other_exchanges_payloads_are_refused_or_ignored(exchange: str, shared_data: Path) -> None:
    """Never a market event from a foreign shape."""
    for path in payloads(shared_data / exchange):
        for found in decode_lines(Exchange.BINANCE, Market.PERP, recorded(path)):
            assert found["type"] in ("error", "ignored", "ack"), (path.name, found)
