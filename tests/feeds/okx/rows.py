"""Rows in OKX's shape, made for the tests."""

from collections.abc import Sequence
from typing import Any

import msgspec

SWAP_TICKER = {
    "instType": "SWAP", "instId": "AAA-USDT-SWAP", "last": "2.5", "lastSz": "1", "askPx": "2.6",
    "askSz": "40", "bidPx": "2.4", "bidSz": "30", "open24h": "2", "high24h": "3", "low24h": "1.9",
    "volCcy24h": "1000", "vol24h": "100", "ts": "1795132800123", "sodUtc0": "2.1",
    "sodUtc8": "2.2",
}  # fmt: skip
SPOT_TICKER = SWAP_TICKER | {
    "instType": "SPOT", "instId": "AAA-USDT", "volCcy24h": "2400", "vol24h": "1000",
}  # fmt: skip
SWAP = {
    "instType": "SWAP", "instId": "AAA-USDT-SWAP", "uly": "AAA-USDT", "instFamily": "AAA-USDT",
    "baseCcy": "", "quoteCcy": "", "settleCcy": "USDT", "ctVal": "10", "ctMult": "1",
    "ctValCcy": "AAA", "ctType": "linear", "listTime": "1700000000000", "expTime": "",
    "tickSz": "0.01", "lotSz": "1", "minSz": "1", "state": "live", "ruleType": "normal",
    "instCategory": "1", "instIdCode": 17, "futureSettlement": False, "optType": "", "stk": "",
    "lever": "50", "alias": "", "category": "1", "maxLmtSz": "100", "maxMktSz": "100",
}  # fmt: skip
SPOT = SWAP | {
    "instType": "SPOT", "instId": "AAA-USDT", "uly": "", "instFamily": "", "baseCcy": "AAA",
    "quoteCcy": "USDT", "settleCcy": "", "ctVal": "", "ctMult": "", "ctValCcy": "", "ctType": "",
}  # fmt: skip
FUNDING = {
    "formulaType": "withRate", "fundingRate": "-0.0001", "fundingTime": "1795147200000",
    "instId": "AAA-USDT-SWAP", "instType": "SWAP", "method": "current_period",
    "nextFundingRate": "", "nextFundingTime": "1795161600000", "prevFundingTime": "1795132800000",
    "settFundingRate": "0.0003", "settState": "settled", "ts": "1795132800555",
}  # fmt: skip
INTEREST = {
    "instId": "AAA-USDT-SWAP", "instType": "SWAP", "oi": "500", "oiCcy": "5000",
    "oiUsd": "12500.5", "ts": "1795132800777",
}  # fmt: skip
FILL = {
    "bkLoss": "0", "bkPx": "2.5", "ccy": "", "posSide": "long", "side": "sell", "sz": "4",
    "ts": "1795132800999",
}  # fmt: skip
CANDLE = ["1795132800000", "2", "3", "1.5", "2.5", "100", "1000", "2300", "1"]


def body(rows: Sequence[Any], code: str = "0") -> bytes:
    """A REST answer."""
    return msgspec.json.encode({"code": code, "msg": "", "data": rows})


def push(channel: str, rows: Sequence[Any], **arg: str) -> bytes:
    """A stream frame."""
    return msgspec.json.encode({"arg": {"channel": channel, **arg}, "data": rows})


def liquidations(*fills: dict[str, str], inst_id: str = "AAA-USDT-SWAP") -> dict[str, Any]:
    """One instrument's liquidations."""
    return {"details": list(fills), "instId": inst_id, "instType": "SWAP"}
