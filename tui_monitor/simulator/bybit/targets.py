"""What a fault can aim at here: where prices and times stand, and what a request is about."""

import re

from tui_monitor.simulator.bybit.catalog import MARKETS
from tui_monitor.simulator.faults import Dialect, Target
from tui_monitor.simulator.serving import Params

_PATHS = "/bybit/v5/"
_PRICE_KEYS = (
    b"lastPrice|bid1Price|ask1Price|markPrice|indexPrice|prevPrice24h|highPrice24h|lowPrice24h"
    b"|prevPrice1h|openInterest|openInterestValue|singleOpenInterest|singleOpenInterestValue"
    b"|fundingRate|usdIndexPrice|open|high|low|close|p"
)
DIALECT = Dialect(
    # Values by key, the open of a bar's row, and the first level of a book's side.
    prices=re.compile(rb'("(?:' + _PRICE_KEYS + rb')":"|\["\d{12,}","|"[ab]":\[\[")[^"]*'),
    # Numbers in envelopes and pushes, strings in rows.
    times=re.compile(rb'("(?:time|ts|T|cts|timestamp|fundingRateTimestamp)":"?)(\d+)'),
)

# The topic with the same data, and our word for it.
_DATA_OF = {
    "market/instruments-info": ("instruments", "instruments"),
    "market/tickers": ("tickers", "tickers"),
    "market/kline": ("kline", "candles"),
    "market/funding/history": ("funding", "funding"),
    "market/open-interest": ("open-interest", "open_interest"),
    "market/account-ratio": ("account-ratio", "accounts"),
    "system/status": ("system.status", "status"),
}
_FAMILIES = {
    "tickers": "tickers",
    "kline": "candles",
    "allLiquidation": "liquidations",
    "orderbook": "book",
    "system": "status",
}
# What tickers of contracts carry besides.
_IN_TICKERS = ("mark", "index", "funding", "open_interest")
PERP_ONLY = ("liquidations", *_IN_TICKERS)


def _also(market: str | None, family: str | None) -> tuple[str, ...]:
    return _IN_TICKERS if family == "tickers" and market != "spot" else ()


def target_of(path: str, params: Params) -> Target:
    """What a request is about: its market (if it is about one), its data, its symbol."""
    channel, family = _DATA_OF.get(path.removeprefix(_PATHS), (None, None))
    if channel == "kline":
        channel = f"kline.{params.get('interval') or ''}"
    market = MARKETS.get(params.get("category") or "")
    return Target(
        market=market,
        channel=channel,
        family=family,
        also=_also(market, family),
        symbol=params.get("symbol") or None,
        path=path,
    )


def target_of_topic(topic: str, market: str | None, symbol: str) -> Target:
    """What a subscription is about; its channel is the topic without the symbol."""
    channel = topic.removesuffix(f".{symbol}")
    family = _FAMILIES.get(topic.partition(".")[0])
    also = _also(market, family)
    return Target(market=market, channel=channel, family=family, also=also, symbol=symbol)


def family_of(channel: str) -> str:
    """Our word for a topic's or a channel's name (or the word itself)."""
    return _FAMILIES.get(channel.partition(".")[0].rstrip("*"), channel)
