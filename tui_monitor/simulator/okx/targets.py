"""What a fault can aim at here: where prices and times stand, and what a request is about."""

import re

from tui_monitor.simulator.faults import Dialect, Target
from tui_monitor.simulator.okx.catalog import SPOT, SWAP
from tui_monitor.simulator.serving import Params

_PATHS = "/api/v5/"
_PRICE_KEYS = (
    b"last|askPx|bidPx|open24h|high24h|low24h|sodUtc0|sodUtc8|markPx|idxPx|fundingRate|oi|oiCcy"
    b"|oiUsd|bkPx"
)
DIALECT = Dialect(
    # Values by key, and the open of a candle's row.
    prices=re.compile(rb'("(?:' + _PRICE_KEYS + rb')":"|\["\d{12,}",")[^"]*'),
    times=re.compile(rb'("ts":")(\d+)'),
)

# The channel with the same data, and our word for it.
_DATA_OF = {
    "public/instruments": ("instruments", "instruments"),
    "system/status": ("status", "status"),
    "market/tickers": ("tickers", "tickers"),
    "market/ticker": ("tickers", "tickers"),
    "market/candles": ("candle", "candles"),
    "market/history-candles": ("candle", "candles"),
    "public/mark-price": ("mark-price", "mark"),
    "market/index-tickers": ("index-tickers", "index"),
    "public/funding-rate": ("funding-rate", "funding"),
    "public/funding-rate-history": ("funding-rate", "funding"),
    "public/open-interest": ("open-interest", "open_interest"),
    "rubik/stat/contracts/open-interest-history": ("open-interest", "open_interest"),
    "public/liquidation-orders": ("liquidation-orders", "liquidations"),
}
_PERP_ONLY = ("mark", "index", "funding", "open_interest")


def target_of(path: str, params: Params) -> Target:
    """What a request is about: its market (if it is about one), its data, its symbol."""
    _, _, name = path.partition(_PATHS)
    channel, family = _DATA_OF.get(name, (None, None))
    symbol = params.get("instId")
    if family == "liquidations":
        symbol = f"{params.get('instFamily') or params.get('uly')}-SWAP"
    market = market_of_symbol(symbol or "", params.get("instType") or "")
    if family in _PERP_ONLY:
        market = "perp"
    if channel == "candle":
        channel += params.get("bar") or "1m"
    return Target(market=market, channel=channel, family=family, symbol=symbol, path=path)


def market_of_symbol(inst_id: str, inst_type: str) -> str | None:
    """The model's market of a symbol or an instType."""
    if inst_id.endswith("-SWAP") or inst_type == SWAP:
        return "perp"
    if inst_type == SPOT or inst_id.count("-") == 1:
        return "spot"
    return None
