"""Rows in Bitget's shapes (v2 and v3), made for the tests."""

from collections.abc import Sequence
from typing import Any

import msgspec

MS = 1795132800123
TICKER = {
    "highPrice24h": "3", "lowPrice24h": "1.9", "openPrice24h": "2", "lastPrice": "2.5",
    "turnover24h": "2400", "volume24h": "1000", "bid1Price": "2.4", "ask1Price": "2.6",
    "bid1Size": "30", "ask1Size": "40", "price24hPcnt": "0.25", "indexPrice": "2.52",
    "markPrice": "2.51", "fundingRate": "-0.0001", "openInterest": "5000", "deliveryTime": "",
    "deliveryStartTime": "", "deliveryStatus": "", "nextFundingTime": "1795147200000",
}  # fmt: skip
REST_TICKER = TICKER | {"category": "USDT-FUTURES", "symbol": "AAAUSDT", "ts": str(MS)}
TICKER_V2 = {
    "symbol": "AAAUSDT", "lastPr": "2.5", "askPr": "2.6", "bidPr": "2.4", "bidSz": "30",
    "askSz": "40", "high24h": "3", "low24h": "1.9", "ts": str(MS), "change24h": "0.25",
    "baseVolume": "1000", "quoteVolume": "2400", "usdtVolume": "2400", "openUtc": "2.2",
    "changeUtc24h": "0.1", "indexPrice": "2.52", "fundingRate": "-0.0001",
    "holdingAmount": "5000", "open24h": "2", "deliveryStartTime": None, "deliveryTime": None,
    "deliveryStatus": "delivery_normal", "markPrice": "2.51",
}  # fmt: skip
STREAM_V2 = TICKER_V2 | {
    "instId": "AAAUSDT", "symbolType": "1", "nextFundingTime": "1795147200000",
    "deliveryPrice": "0",
}  # fmt: skip
SPOT_V2 = {
    "symbol": "AAAUSDT", "open": "2", "high24h": "3", "low24h": "1.9", "lastPr": "2.5",
    "quoteVolume": "2400", "baseVolume": "1000", "usdtVolume": "2400.5", "ts": str(MS),
    "bidPr": "2.4", "askPr": "2.6", "bidSz": "30", "askSz": "40", "openUtc": "2.2",
    "changeUtc24h": "0.1", "change24h": "0.25",
}  # fmt: skip
CANDLE = ["1795132800000", "2", "3", "1.5", "2.5", "1000", "2300"]
KLINE = {
    "start": "1795132800000", "open": "2", "close": "2.5", "high": "3", "low": "1.5",
    "volume": "1000", "turnover": "2300",
}  # fmt: skip
FILL = {"symbol": "AAAUSDT", "side": "buy", "price": "2.5", "amount": "100", "ts": str(MS + 9)}
PERP = {
    "symbol": "AAAUSDT", "baseCoin": "AAA", "quoteCoin": "USDT", "supportMarginCoins": ["USDT"],
    "minTradeNum": "0.1", "priceEndStep": "5", "volumePlace": "1", "pricePlace": "3",
    "sizeMultiplier": "0.1", "symbolType": "perpetual", "symbolStatus": "normal",
    "offTime": "-1", "limitOpenTime": "-1", "deliveryTime": "", "launchTime": "1700000000000",
    "fundInterval": "4", "isRwa": "NO",
}  # fmt: skip
PERP_V3 = {
    "symbol": "AAAUSDT", "category": "USDT-FUTURES", "baseCoin": "AAA", "quoteCoin": "USDT",
    "pricePrecision": "3", "quantityPrecision": "1", "priceMultiplier": "0.005",
    "quantityMultiplier": "0.1", "type": "perpetual", "symbolType": "crypto", "status": "online",
    "launchTime": None, "fundInterval": "4", "isRwa": "NO", "maintainTime": "",
}  # fmt: skip
SPOT = {
    "symbol": "AAAUSDT", "baseCoin": "AAA", "quoteCoin": "USDT", "minTradeAmount": "0",
    "pricePrecision": "2", "quantityPrecision": "6", "quotePrecision": "6", "status": "online",
    "minTradeUSDT": "1", "areaSymbol": "no",
}  # fmt: skip
FUNDING = {
    "symbol": "AAAUSDT", "fundingRate": "-0.0001", "fundingRateInterval": "4",
    "nextUpdate": "1795147200000", "minFundingRate": "-0.003", "maxFundingRate": None,
}  # fmt: skip
SETTLED = {"symbol": "AAAUSDT", "fundingRate": "0.0002", "fundingTime": "1795132800000"}


def push(
    topic: str,
    rows: Sequence[Any],
    action: str = "snapshot",
    inst_type: str = "usdt-futures",
    **arg: str,
) -> bytes:
    """A stream frame of v3; `arg` may have symbol and interval."""
    about = {"instType": inst_type, "topic": topic, **arg}
    return msgspec.json.encode({"action": action, "arg": about, "data": rows, "ts": MS})


def push_v2(channel: str, rows: Sequence[Any], inst_type: str = "USDT-FUTURES") -> bytes:
    """A stream frame of v2."""
    about = {"instType": inst_type, "channel": channel, "instId": "AAAUSDT"}
    return msgspec.json.encode({"action": "snapshot", "arg": about, "data": rows, "ts": MS})


def ticker(action: str = "snapshot", symbol: str = "AAAUSDT", **changes: str) -> bytes:
    """A v3 frame of the example's ticker."""
    return push("ticker", [TICKER | changes], action, symbol=symbol)


def body(data: Any, code: str = "00000") -> bytes:
    """A REST answer."""
    return msgspec.json.encode({"code": code, "msg": "success", "requestTime": MS, "data": data})
