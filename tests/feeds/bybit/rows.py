"""Rows in Bybit's v5 shape, made for the tests."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

MS = 1795132800123
TICKER = {
    "symbol": "AAAUSDT", "tickDirection": "PlusTick", "price24hPcnt": "0.25", "lastPrice": "2.5",
    "prevPrice24h": "2", "highPrice24h": "3", "lowPrice24h": "1.9", "prevPrice1h": "2.4",
    "markPrice": "2.51", "indexPrice": "2.52", "openInterest": "10000",
    "openInterestValue": "25100", "turnover24h": "2400", "volume24h": "1000",
    "fundingIntervalHour": "4", "fundingCap": "0.005", "singleOpenInterest": "5000",
    "singleOpenInterestValue": "12550", "nextFundingTime": "1795147200000",
    "fundingRate": "-0.0001", "bid1Price": "2.4", "bid1Size": "30", "ask1Price": "2.6",
    "ask1Size": "40", "preOpenPrice": "", "preQty": "", "curPreListingPhase": "",
}  # fmt: skip
SPOT_TICKER = {
    "symbol": "AAAUSDT", "lastPrice": "2.5", "highPrice24h": "3", "lowPrice24h": "1.9",
    "prevPrice24h": "2", "volume24h": "1000", "turnover24h": "2400", "price24hPcnt": "0.25",
    "usdIndexPrice": "2.49",
}  # fmt: skip
SPOT_REST_TICKER = SPOT_TICKER | {
    "bid1Price": "2.4", "bid1Size": "30", "ask1Price": "2.6", "ask1Size": "40",
}  # fmt: skip
KLINE = {
    "start": 1795132800000, "end": 1795134599999, "interval": "30", "open": "2", "close": "2.5",
    "high": "3", "low": "1.5", "volume": "1000", "turnover": "2300", "confirm": True,
    "timestamp": 1795134600123,
}  # fmt: skip
CANDLE = ["1795132800000", "2", "3", "1.5", "2.5", "1000", "2300"]
FILL = {"T": 1795132800999, "s": "AAAUSDT", "S": "Buy", "v": "40", "p": "2.5"}
PERP = {
    "symbol": "AAAUSDT", "symbolId": 7, "contractType": "LinearPerpetual", "status": "Trading",
    "baseCoin": "AAA", "quoteCoin": "USDT", "settleCoin": "USDT", "symbolType": "",
    "launchTime": "1700000000000", "deliveryTime": "0", "priceScale": "2",
    "priceFilter": {"minPrice": "0.01", "maxPrice": "1000", "tickSize": "0.01"},
    "lotSizeFilter": {"qtyStep": "0.1", "minOrderQty": "0.1", "maxOrderQty": "1000"},
    "fundingInterval": 240, "isPreListing": False, "preListingInfo": None,
}  # fmt: skip
SPOT = {
    "symbol": "AAAUSDT", "baseCoin": "AAA", "quoteCoin": "USDT", "symbolType": "",
    "status": "Trading", "stTag": "0", "priceFilter": {"tickSize": "0.01"},
    "lotSizeFilter": {"basePrecision": "0.01", "quotePrecision": "0.01"},
}  # fmt: skip
FUNDING = {
    "symbol": "AAAUSDT", "fundingRate": "0.0002", "fundingRateTimestamp": "1795132800000",
}  # fmt: skip
INTEREST = {
    "openInterest": "10000", "singleOpenInterest": "5000", "timestamp": "1795132800000",
}  # fmt: skip


def push(topic: str, data: Any, kind: str = "snapshot", ts: Any = MS) -> bytes:
    """A stream frame."""
    return msgspec.json.encode({"topic": topic, "type": kind, "data": data, "cs": 1, "ts": ts})


def ticker(kind: str = "snapshot", ts: int = MS, **data: str) -> bytes:
    """A frame of the example's ticker: whole, or what is given."""
    row: Mapping[str, str] = TICKER if kind == "snapshot" else {"symbol": "AAAUSDT"}
    return push("tickers.AAAUSDT", {**row, **data}, kind, ts)


def book(bids: Sequence[Any], asks: Sequence[Any], kind: str = "snapshot", ts: int = MS) -> bytes:
    """A frame of the example's best levels."""
    return push("orderbook.1.AAAUSDT", {"s": "AAAUSDT", "b": bids, "a": asks, "u": 2}, kind, ts)


def body(rows: Sequence[Any], category: str = "linear", **beside: str) -> bytes:
    """A REST answer."""
    result = {"category": category, "list": rows, **beside}
    return msgspec.json.encode({
        "retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": MS,
    })  # fmt: skip


def answer(req_id: str, refusal: str = "") -> bytes:
    """The answer to a subscribe request."""
    return msgspec.json.encode({
        "success": not refusal, "ret_msg": refusal, "conn_id": "c", "req_id": req_id,
        "op": "subscribe",
    })  # fmt: skip
