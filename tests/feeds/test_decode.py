"""Raw payload lines in, normalised events out."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.feeds.okx import rows
from tests.feeds.recorded import payloads, recorded
from tests.support.hostile import FRAMES
from tui_monitor.feeds.decode import decode_lines, instruments_in
from tui_monitor.feeds.registry import ENTRIES
from tui_monitor.model import Exchange, Instrument, Market

COMMON = ["type", "exchange", "market", "symbol", "coin", "multiplier", "ts"]
_SWAPS = instruments_in(Exchange.OKX, Market.PERP, [rows.body([rows.SWAP])])


def lines_of(*lines: bytes, market: Market = Market.PERP, sized: bool = True) -> list[Any]:
    """What comes out, as JSON would show it."""
    found = decode_lines(Exchange.OKX, market, lines, _SWAPS if sized else ())
    return [msgspec.json.decode(msgspec.json.encode(line)) for line in found]


def one(*lines: bytes, **how: Any) -> dict[str, Any]:
    """The only line that comes out."""
    (found,) = lines_of(*lines, **how)
    assert list(found)[:7] == COMMON
    checked: dict[str, Any] = found
    return checked


def test_a_swap_ticker_is_in_coins() -> None:
    """Contracts × contract size; 24 h volume is coins already; turnover is coins × last."""
    for line in (
        rows.push("tickers", [rows.SWAP_TICKER], instId="AAA-USDT-SWAP"),
        rows.body([rows.SWAP_TICKER]),
    ):
        assert one(line) == {
            "type": "ticker", "exchange": "okx", "market": "perp", "symbol": "AAA-USDT-SWAP",
            "coin": "AAA", "multiplier": 1.0, "ts": 1795132800123, "last": 2.5, "bid": 2.4,
            "ask": 2.6, "bid_coins": 300.0, "ask_coins": 400.0, "open_24h": 2.0, "high_24h": 3.0,
            "low_24h": 1.9, "volume_24h_coins": 1000.0, "turnover_24h_usd": 2500.0,
            "day_open": 2.2,
        }  # fmt: skip


def test_a_spot_ticker_has_its_turnover_in_quote() -> None:
    """`volCcy24h` is quote on SPOT, coins on SWAP."""
    found = one(rows.body([rows.SPOT_TICKER]))
    assert found["market"] == "spot"
    assert (found["volume_24h_coins"], found["turnover_24h_usd"]) == (1000.0, 2400.0)
    assert found["bid_coins"] == 30.0


def test_without_a_contract_size_sizes_are_null_not_zero() -> None:
    """Prices are known all the same."""
    found = one(rows.body([rows.SWAP_TICKER]), sized=False)
    assert (found["bid"], found["bid_coins"]) == (2.4, None)
    found = one(
        rows.push("liquidation-orders", [rows.liquidations(rows.FILL)], instType="SWAP"),
        sized=False,
    )
    assert (found["price"], found["coins"], found["usd"]) == (2.5, None, None)


def test_an_empty_price_is_null() -> None:
    """A book with one side, a listing without a day open."""
    found = one(rows.body([rows.SWAP_TICKER | {"bidPx": "", "bidSz": "", "sodUtc8": ""}]))
    assert (found["bid"], found["bid_coins"], found["day_open"]) == (None, None, None)
    assert found["ask"] == 2.6


def test_funding_counts_down_to_the_next_settlement() -> None:
    """`fundingTime` is next; the interval is the distance to the one after; never assumed."""
    found = one(rows.push("funding-rate", [rows.FUNDING], instId="AAA-USDT-SWAP"))
    assert found["type"] == "funding"
    assert found["rate"] == -0.0001
    assert found["interval_h"] == 4.0
    assert found["next_settlement_ms"] == 1795147200000
    assert (found["settled_rate"], found["settled_ms"]) == (0.0003, 1795132800000)
    assert one(rows.body([rows.FUNDING])) == found
    unsettled = one(rows.body([rows.FUNDING | {"settState": "processing"}]))
    assert (unsettled["settled_rate"], unsettled["settled_ms"]) == (None, None)
    old = {key: rows.FUNDING[key] for key in ("fundingRate", "fundingTime", "instId", "instType")}
    assert one(rows.body([old]))["interval_h"] is None
    listing = {key: value for key, value in rows.FUNDING.items() if key != "fundingRate"}
    assert one(rows.body([listing]))["rate"] is None


def test_funding_history_is_what_was_settled() -> None:
    """`realizedRate` at `fundingTime`."""
    row = {
        "instId": "AAA-USDT-SWAP", "instType": "SWAP", "fundingRate": "0.0001",
        "realizedRate": "0.0002", "fundingTime": "1795132800000", "method": "current_period",
    }  # fmt: skip
    found = one(rows.body([row]))
    assert (found["rate"], found["settled_rate"]) == (None, 0.0002)
    assert found["settled_ms"] == found["ts"] == 1795132800000


def test_mark_and_index_keep_their_own_names() -> None:
    """An index is no instrument: its symbol stays as OKX writes it."""
    mark = {"instType": "SWAP", "instId": "AAA-USDT-SWAP", "markPx": "2.51", "ts": "1795132800001"}
    index = {"instId": "AAA-USDT", "idxPx": "2.52", "sodUtc8": "2", "ts": "1795132800002"}
    found = one(rows.body([mark]))
    assert (found["type"], found["mark_price"], found["index_price"]) == ("mark", 2.51, None)
    found = one(rows.push("index-tickers", [index], instId="AAA-USDT"))
    assert (found["type"], found["mark_price"], found["index_price"]) == ("mark", None, 2.52)
    assert (found["symbol"], found["coin"]) == ("AAA-USDT", "AAA")
    foreign = one(rows.body([index | {"instId": "AAA-USD"}]))
    assert (foreign["type"], foreign["symbol"], foreign["coin"]) == ("mark", "AAA-USD", "AAA")


def test_open_interest_is_single_sided_coins_and_usd() -> None:
    """Payloads before 2025 have no USD: null."""
    found = one(rows.body([rows.INTEREST]))
    assert (found["open_interest_coins"], found["open_interest_usd"]) == (5000.0, 12500.5)
    old = {key: value for key, value in rows.INTEREST.items() if key != "oiUsd"}
    assert one(rows.body([old]))["open_interest_usd"] is None


def test_a_candle_says_whether_it_is_closed() -> None:
    """Coins are column 6 on SWAP, 5 on SPOT; of 2022 there are seven columns."""
    found = one(rows.push("candle30m", [rows.CANDLE], instId="AAA-USDT-SWAP"))
    assert found == {
        "type": "candle", "exchange": "okx", "market": "perp", "symbol": "AAA-USDT-SWAP",
        "coin": "AAA", "multiplier": 1.0, "ts": 1795132800000, "bar": "30m",
        "open_ms": 1795132800000, "open": 2.0, "high": 3.0, "low": 1.5, "close": 2.5,
        "volume_coins": 1000.0, "turnover_usd": 2300.0, "closed": True,
    }  # fmt: skip
    spot = [*rows.CANDLE[:5], "1000", "2300", "2300", "0"]
    found = one(rows.push("candle1m", [spot], instId="AAA-USDT"))
    assert (found["volume_coins"], found["turnover_usd"]) == (1000.0, 2300.0)
    assert found["closed"] is False
    found = one(rows.push("candle1m", [rows.CANDLE[:7]], instId="AAA-USDT-SWAP"))
    assert (found["volume_coins"], found["turnover_usd"], found["closed"]) == (1000.0, None, None)


def test_rest_candles_carry_no_name() -> None:
    """The market is the one that was given; the symbol is null."""
    found = lines_of(rows.body([rows.CANDLE, rows.CANDLE]))
    assert [line["symbol"] for line in found] == [None, None]
    assert found[0]["coin"] is None
    assert found[0]["volume_coins"] == 1000.0
    spot = [*rows.CANDLE[:5], "1000", "2300", "2300", "0"]
    assert one(rows.body([spot]), market=Market.SPOT)["volume_coins"] == 1000.0


@pytest.mark.parametrize(
    ("pos_side", "order", "side"),
    [("long", "sell", "long"), ("short", "buy", "short"), ("net", "sell", "long"),
     ("net", "buy", "short"), ("", "sell", "long")],
)  # fmt: skip
def test_the_side_of_a_liquidation_is_the_position(pos_side: str, order: str, side: str) -> None:
    """`net` falls back to the closing order: who sells was long."""
    fill = rows.FILL | {"posSide": pos_side, "side": order}
    found = one(rows.push("liquidation-orders", [rows.liquidations(fill)], instType="SWAP"))
    assert found["side"] == side
    assert (found["price"], found["coins"], found["usd"]) == (2.5, 40.0, 100.0)
    assert found["ts"] == 1795132800999


def test_the_rest_shape_of_liquidations_is_read() -> None:
    """Rows in `details`, then placeholders that point at them; each is accounted for."""
    found = lines_of(rows.body([rows.liquidations(rows.FILL, rows.FILL), {"$ref": "$.data[0]"}]))
    assert [line["type"] for line in found] == ["liquidation", "liquidation", "ignored"]


def test_instruments_say_what_one_contract_is() -> None:
    """LIVE only for normal crypto in USDT."""
    found = one(rows.body([rows.SWAP]))
    assert found["type"] == "instrument"
    assert (found["contract_size"], found["tick_size"]) == (10.0, 0.01)
    assert (found["status"], found["quote"]) == ("live", "USDT")
    assert found["listed_ms"] == 1700000000000
    for change, status in (
        ({"state": "suspend"}, "halted"),
        ({"state": "preopen", "listTime": ""}, "preopen"),
        ({"state": "never-heard-of"}, "unknown"),
        ({"instCategory": "3"}, "unknown"),
        ({"ruleType": "pre_market"}, "unknown"),
        ({"instCategory": "", "ruleType": ""}, "live"),
    ):
        assert one(rows.body([rows.SWAP | change]))["status"] == status
    spot = one(rows.body([rows.SPOT]))
    assert (spot["market"], spot["contract_size"]) == ("spot", None)


@pytest.mark.parametrize(
    ("line", "kind", "part"),
    [
        (b'{"event":"subscribe","arg":{"channel":"tickers","instId":"A-USDT"}}', "ack", ""),
        (b'{"event":"error","code":"60018","msg":"channel:x, instId:Y doesn\'t exist"}',
         "error", "60018"),
        (b'{"event":"notice","code":"64008","msg":"upgrade"}', "notice", "upgrade"),
        (b'{"event":"channel-conn-count","channel":"account"}', "ignored", "channel-conn-count"),
        (b'{"msg":"Too Many Requests","code":"50011"}', "error", "50011"),
        (b'{"code":"0","msg":"","data":[{"ts":"1795132800000"}]}', "notice", "1795132800000"),
        (b'{"code":"0","msg":"","data":[]}', "ignored", "empty"),
        (b'{"arg":{"channel":"books","instId":"A-USDT"},"data":[{}]}', "ignored", "books"),
        (b'{"code":"0","msg":"","data":[{"instType":"FUTURES","instId":"A-USDT-270101",'
         b'"last":"1","askPx":"1"}]}', "ignored", "FUTURES"),
        (b'{"code":"0","msg":"","data":[{"instType":"SWAP","instId":"A-USD-SWAP",'
         b'"last":"1","askPx":"1"}]}', "ignored", "USDT"),
        (b'{"code":"0","msg":"","data":[{"title":"t","state":"ongoing","serviceType":"5",'
         b'"maintType":"1","begin":"1","end":"2"}]}', "notice", "ongoing"),
        (b"pong", "ack", "pong"),
    ],
)  # fmt: skip
def test_what_is_no_market_data_is_named(line: bytes, kind: str, part: str) -> None:
    """Acks, errors, notices, and what the monitor has no use for."""
    found = one(line)
    assert found["type"] == kind
    assert "line" not in found
    assert part in json.dumps(found)


def test_a_line_that_cannot_be_decoded_is_counted_by_its_number() -> None:
    """Blank lines count too; the lines around it are decoded."""
    found = lines_of(b"", rows.body([rows.SWAP_TICKER]), b"{nonsense", rows.body([rows.SPOT]))
    assert [line["type"] for line in found] == ["ticker", "error", "instrument"]
    assert found[1]["line"] == 3
    assert found[1]["reason"]


def test_hostile_lines_never_raise() -> None:
    """Each is an object with a type; reasons are printable."""
    for frame in FRAMES:
        for found in decode_lines(Exchange.OKX, Market.PERP, [frame]):
            assert found["type"]
            assert str(found.get("reason", "")).isprintable()
            msgspec.json.encode(found)


def test_every_exchange_has_a_reader() -> None:
    """What `--exchange` offers can be decoded."""
    assert set(ENTRIES) == set(Exchange)


def test_every_recorded_line_is_decoded_or_named(shared_data: Path) -> None:
    """All of OKX's files: not one line is an undecodable one."""
    sized: list[Instrument] = []
    for path in payloads(shared_data / "okx"):
        sized += instruments_in(Exchange.OKX, Market.PERP, recorded(path))
    kinds: set[str] = set()
    for path in payloads(shared_data / "okx"):
        for found in decode_lines(Exchange.OKX, Market.PERP, recorded(path), sized):
            assert "line" not in found, (path.name, found)
            kinds.add(found["type"])
            if found["type"] == "liquidation" and found["coin"] == "BTC":
                assert found["coins"] == pytest.approx(0.0855)
                assert found["usd"] == pytest.approx(0.0855 * 82655.7)
    assert kinds == {
        "ticker", "funding", "mark", "open_interest", "candle", "liquidation", "instrument",
        "ack", "error", "notice", "ignored",
    }  # fmt: skip


@pytest.mark.parametrize("exchange", ["bybit", "bitget", "binance"])
def test_other_exchanges_payloads_are_refused_or_ignored(exchange: str, shared_data: Path) -> None:
    """Never a market event from a foreign shape."""
    for path in payloads(shared_data / exchange):
        for found in decode_lines(Exchange.OKX, Market.PERP, recorded(path)):
            assert found["type"] in ("error", "ignored", "ack"), (path.name, found)
