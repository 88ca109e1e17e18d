"""What a fault can aim at here: where prices and times stand, and what a request is about."""

import re

from tui_monitor.simulator.faults import Dialect, Target
from tui_monitor.simulator.serving import Params

FUTURES_ROOT, SPOT_ROOT = "/binance-futures", "/binance-spot"

_PRICE_KEYS = (
    b"lastPrice|bidPrice|askPrice|openPrice|highPrice|lowPrice|prevClosePrice|price|markPrice"
    b"|indexPrice|estimatedSettlePrice|lastFundingRate|fundingRate|openInterest|sumOpenInterest"
    b"|sumOpenInterestValue|c|b|a|o|h|l|p|ap|P|i|r"
)
DIALECT = Dialect(
    # Values by key, and the open of a bar's row. `i` is an interval and `o` a word elsewhere.
    prices=re.compile(rb'("(?:' + _PRICE_KEYS + rb')":"|\[\d{12,},")-?\d[\d.]*(?=")'),
    # Not the times of bars, nor `T` where it is the next funding.
    times=re.compile(rb'("(?:E|C|time|closeTime)":|"T":(?=\d+(?:,"E"|,"ps"|\})))(\d+)'),
)

# The stream with the same data, and our words for it.
_DATA_OF: dict[str, tuple[str, tuple[str, ...]]] = {
    "exchangeInfo": ("!contractInfo", ("instruments",)),
    "ticker/24hr": ("ticker", ("tickers",)),
    "ticker/price": ("ticker", ("tickers",)),
    "ticker/bookTicker": ("bookTicker", ("tickers",)),
    "klines": ("kline", ("candles",)),
    "premiumIndex": ("markPrice", ("mark", "index", "funding")),
    "fundingInfo": ("markPrice", ("funding",)),
    "fundingRate": ("markPrice", ("funding",)),
    "openInterest": ("openInterest", ("open_interest",)),
    "openInterestHist": ("openInterest", ("open_interest",)),
}


def market_at(path: str) -> str:
    """The model's market of a root."""
    return "spot" if path.startswith(SPOT_ROOT) else "perp"


def target_of(path: str, params: Params) -> Target:
    """What a request is about."""
    name = re.sub(r"^.*/(?:api|fapi)/v\d/|^.*/futures/data/", "", path)
    channel, words = _DATA_OF.get(name, (None, ()))
    if channel == "kline":
        channel = f"kline_{params.get('interval', '')}"
    return target(market_at(path), channel, words, params.get("symbol"), path)


def target(
    market: str, channel: str | None, words: tuple[str, ...], symbol: str | None, path: str | None
) -> Target:
    """A target that goes by several of our words."""
    return Target(
        market=market,
        channel=channel,
        family=words[0] if words else None,
        also=words[1:],
        symbol=symbol,
        path=path,
    )
