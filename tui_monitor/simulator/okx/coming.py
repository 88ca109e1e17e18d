"""OKX's row of an instrument that is yet to come: most of its fields are empty."""

from typing import Any

from tui_monitor.clock import DAY_MS

_COMING = (("ZEPHYR", "SWAP"), ("ZEPHYR", "SPOT"))
_EMPTY_WHERE_UNUSED = """
alias auctionEndTime baseCcy contTdSwTime ctMult ctType ctVal ctValCcy expTime freq initPxLmtPct
instCategory instFamily instId instType lever listTime longPosRemainingQuota lotSz
maxPlatOICoinLmt maxPlatOILmt method minSz optType posLmtAmt posLmtPct preMktSwTime quoteCcy
seriesId settleCcy shortPosRemainingQuota state stk tickSz uly
"""
BLANK: dict[str, Any] = {
    **dict.fromkeys(_EMPTY_WHERE_UNUSED.split(), ""),
    "category": "1",
    "floatPxLmtPct": "0.005",
    "futureSettlement": False,
    "groupId": "",
    "instIdCode": None,
    "maxIcebergSz": "9999999999.0000000000000000",
    "maxLmtAmt": "20000000",
    "maxLmtSz": "9999999999",
    "maxMktAmt": "1000000",
    "maxMktSz": "1000000",
    "maxPxLmtPct": "0.01",
    "maxStopSz": "1000000",
    "maxTriggerSz": "9999999999.0000000000000000",
    "maxTwapSz": "9999999999.0000000000000000",
    "openType": "fix_price",
    "rpiMinLevel": "3",
    "rpiMinPxBand": "20",
    "ruleType": "",
    "tradeQuoteCcyList": [],
    "upcChg": [],
}


def _coming_row(coin: str, inst_type: str, now_ms: int) -> dict[str, Any]:
    opens_ms = now_ms - now_ms % DAY_MS + DAY_MS + DAY_MS // 3
    row = {**BLANK, "instType": inst_type, "state": "preopen", "listTime": str(opens_ms)}
    row["instId"] = f"{coin}-USDT-SWAP" if inst_type == "SWAP" else f"{coin}-USDT"
    return row


def coming_rows(inst_type: str, now_ms: int) -> list[dict[str, Any]]:
    """Announced listings without a market."""
    return [_coming_row(coin, kind, now_ms) for coin, kind in _COMING if kind == inst_type]
