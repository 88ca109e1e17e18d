"""Rows in Binance's shape, made for the tests."""

from typing import Any

import msgspec

BOOK = {
    "e": "bookTicker", "u": 11, "s": "AAAUSDT", "ps": "AAAUSDT", "b": "2.4", "B": "30",
    "a": "2.6", "A": "40", "T": 1795132800122, "E": 1795132800123, "st": 1,
}  # fmt: skip
SPOT_BOOK = {"u": 11, "s": "AAAUSDT", "b": "2.4", "B": "30", "a": "2.6", "A": "40"}
TICKER = {
    "e": "24hrTicker", "E": 1795132800123, "s": "AAAUSDT", "ps": "AAAUSDT", "p": "0.5",
    "P": "25.000", "w": "2.4", "c": "2.5", "Q": "1", "o": "2", "h": "3", "l": "1.9",
    "v": "1000", "q": "2400", "O": 1795046400000, "C": 1795132800122, "F": 1, "L": 9, "n": 9,
    "st": 1,
}  # fmt: skip
SPOT_TICKER = {
    key: value for key, value in TICKER.items() if key not in ("st", "ps")
} | {"x": "2", "b": "2.4", "B": "30", "a": "2.6", "A": "40"}  # fmt: skip
MINI = {
    "e": "24hrMiniTicker", "E": 1795132800123, "s": "AAAUSDT", "c": "2.5", "o": "2", "h": "3",
    "l": "1.9", "v": "1000", "q": "2400",
}  # fmt: skip
MARK = {
    "e": "markPriceUpdate", "E": 1795132800684, "s": "AAAUSDT", "p": "2.51", "ap": "2.51",
    "P": "2.53", "i": "2.52", "r": "-0.0001", "T": 1795147200000, "st": 1,
}  # fmt: skip
BAR = {
    "t": 1795132800000, "T": 1795134599999, "s": "AAAUSDT", "i": "30m", "f": 1, "L": 9,
    "o": "2", "c": "2.5", "h": "3", "l": "1.5", "v": "1000", "n": 9, "x": False, "q": "2300",
    "V": "1", "Q": "2", "B": "0",
}  # fmt: skip
KLINE = {"e": "kline", "E": 1795132801000, "s": "AAAUSDT", "k": BAR}
ORDER = {
    "s": "AAAUSDT", "S": "SELL", "o": "LIMIT", "f": "IOC", "q": "50", "p": "2.3", "ap": "2.5",
    "X": "FILLED", "l": "1", "z": "40", "T": 1795132800999, "ps": "AAAUSDT", "st": 1,
}  # fmt: skip
FORCE_ORDER = {"e": "forceOrder", "E": 1795132801000, "o": ORDER}
CONTRACT_INFO = {
    "e": "contractInfo", "E": 1795132801000, "s": "AAAUSDT", "ps": "AAAUSDT", "ct": "PERPETUAL",
    "dt": 4133404800000, "ot": 1700000000000, "cs": "TRADING", "st": 1,
}  # fmt: skip
FILTERS = [
    {"filterType": "PRICE_FILTER", "tickSize": "0.01", "minPrice": "1", "maxPrice": "9"},
    {"filterType": "LOT_SIZE", "stepSize": "1", "minQty": "1", "maxQty": "9"},
]
PERP = {
    "symbol": "AAAUSDT", "pair": "AAAUSDT", "contractType": "PERPETUAL",
    "deliveryDate": 4133404800000, "onboardDate": 1700000000000, "status": "TRADING",
    "baseAsset": "AAA", "quoteAsset": "USDT", "marginAsset": "USDT", "pricePrecision": 4,
    "quantityPrecision": 0, "underlyingType": "COIN", "underlyingSubType": ["Layer-1"],
    "filters": FILTERS,
}  # fmt: skip
SPOT = {
    "symbol": "AAAUSDT", "status": "TRADING", "baseAsset": "AAA", "quoteAsset": "USDT",
    "baseAssetPrecision": 8, "quotePrecision": 8, "isSpotTradingAllowed": True,
    "isMarginTradingAllowed": False, "filters": FILTERS, "permissionSets": [["SPOT"]],
}  # fmt: skip
REST_TICKER = {
    "symbol": "AAAUSDT", "priceChange": "0.5", "priceChangePercent": "25.0",
    "weightedAvgPrice": "2.4", "lastPrice": "2.5", "lastQty": "1", "openPrice": "2",
    "highPrice": "3", "lowPrice": "1.9", "volume": "1000", "quoteVolume": "2400",
    "openTime": 1795046400000, "closeTime": 1795132800123, "firstId": 1, "lastId": 9, "count": 9,
}  # fmt: skip
REST_BOOK = {
    "symbol": "AAAUSDT", "bidPrice": "2.4", "bidQty": "30", "askPrice": "2.6", "askQty": "40",
    "time": 1795132800122,
}  # fmt: skip
REST_SPOT_TICKER = REST_TICKER | {
    "prevClosePrice": "2", "bidPrice": "2.4", "bidQty": "30", "askPrice": "2.6", "askQty": "40",
}  # fmt: skip
PREMIUM = {
    "symbol": "AAAUSDT", "markPrice": "2.51", "indexPrice": "2.52",
    "estimatedSettlePrice": "2.53", "lastFundingRate": "-0.0001", "interestRate": "0.0001",
    "nextFundingTime": 1795147200000, "time": 1795132800684,
}  # fmt: skip
FUNDING_INFO = {
    "symbol": "AAAUSDT", "adjustedFundingRateCap": "0.02", "adjustedFundingRateFloor": "-0.02",
    "fundingIntervalHours": 4, "disclaimer": False, "updateTime": None,
}  # fmt: skip
FUNDING_RATE = {
    "symbol": "AAAUSDT", "fundingRate": "0.0003", "fundingTime": 1795132800002,
    "markPrice": "", "rateType": "Regular",
}  # fmt: skip
INTEREST = {"openInterest": "5000", "symbol": "AAAUSDT", "time": 1795132800777}
INTEREST_HISTORY = {
    "symbol": "AAAUSDT", "sumOpenInterest": "5000", "sumOpenInterestValue": "12500.5",
    "CMCCirculatingSupply": "1", "timestamp": 1795132800000,
}  # fmt: skip
CANDLE = [
    1795132800000, "2", "3", "1.5", "2.5", "1000", 1795134599999, "2300", 9, "500", "1150", "0",
]  # fmt: skip


def body(value: Any) -> bytes:
    """A REST answer: Binance has no envelope."""
    return msgspec.json.encode(value)


def push(stream: str, data: Any) -> bytes:
    """A frame of a combined stream."""
    return msgspec.json.encode({"stream": stream, "data": data})


def listing(*symbols: Any) -> bytes:
    """exchangeInfo."""
    return body({
        "timezone": "UTC", "serverTime": 1795132800000, "rateLimits": [],
        "symbols": list(symbols),
    })  # fmt: skip
