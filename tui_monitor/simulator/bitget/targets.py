"""What a fault can aim at here: where prices and times stand, and what a request is about."""

import re

from tui_monitor.simulator.bitget.catalog import MARKETS, SPOT
from tui_monitor.simulator.faults import Dialect, Target
from tui_monitor.simulator.serving import Params

_PATHS = re.compile(r"/bitget/api/v[23]/(?P<name>.*)")
_PRICE_KEYS = (
    b"lastPr|bidPr|askPr|open24h|high24h|low24h|openUtc|open|high|low|close|markPrice|indexPrice"
    b"|fundingRate|holdingAmount|size|lastPrice|bid1Price|ask1Price|openPrice24h|highPrice24h"
    b"|lowPrice24h|openInterest|price"
)
DIALECT = Dialect(
    # Values by key, the open of a bar's row, and the first level of a book's side.
    prices=re.compile(
        rb'("(?:' + _PRICE_KEYS + rb')":"|\["\d{12,}","|"(?:[ab]|asks|bids)":\[\[")[^"]*'
    ),
    times=re.compile(rb'("(?:ts|requestTime)":"?)(\d+)'),
)

# The channel with the same data, and our word for it.
_DATA_OF = {
    "contracts": ("instruments", "instruments"),
    "symbols": ("instruments", "instruments"),
    "instruments": ("instruments", "instruments"),
    "tickers": ("ticker", "tickers"),
    "ticker": ("ticker", "tickers"),
    "symbol-price": ("ticker", "mark"),
    "candles": ("candle", "candles"),
    "history-candles": ("candle", "candles"),
    "current-fund-rate": ("funding", "funding"),
    "funding-time": ("funding", "funding"),
    "history-fund-rate": ("funding", "funding"),
    "open-interest": ("open-interest", "open_interest"),
    "account-long-short": ("account-long-short", "accounts"),
    "liquidations": ("liquidation", "liquidations"),
}
_FAMILIES = {
    "ticker": "tickers",
    "books1": "book",
    "liquidation": "liquidations",
}
# What tickers of contracts carry besides.
_IN_TICKERS = ("mark", "index", "funding", "open_interest")


def also(market: str | None, family: str | None) -> tuple[str, ...]:
    """The other data of a ticker."""
    return _IN_TICKERS if family == "tickers" and market != "spot" else ()


def target_of(path: str, params: Params) -> Target:
    """What a request is about: its market (if it is about one), its data, its symbol."""
    found = _PATHS.fullmatch(path)
    name = found["name"] if found else ""
    channel, family = _DATA_OF.get(name.rpartition("/")[2], (None, None))
    product = (params.get("productType") or params.get("category") or "").upper()
    if name.startswith("spot/"):
        product = SPOT
    if channel == "candle":
        channel += params.get("granularity") or params.get("interval") or ""
    market = MARKETS.get(product)
    return Target(
        market=market,
        channel=channel,
        family=family,
        also=also(market, family),
        symbol=params.get("symbol") or None,
        path=path,
    )


def family_of(channel: str) -> str | None:
    """Our word for a channel or a topic."""
    if channel.startswith(("candle", "kline")):
        return "candles"
    return _FAMILIES.get(channel)
