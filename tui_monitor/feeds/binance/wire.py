"""Binance payloads as Binance writes them: single letters on streams, words in REST.

Prices and sizes are strings, times JSON numbers. One kind of row has one set of attribute names
here, whichever way it came: `Ws…` and `Rest…` differ in the names on the wire alone. What comes
thousands at a time is read by `quick.py`; this is for all the rest.
"""

import msgspec
from msgspec import Raw, Struct

from tui_monitor.feeds.numbers import Loose

ABSENT = Raw()
"""A member that was not there (msgspec refuses `Raw | None`)."""

TICKER = {
    "symbol": "s", "last": "c", "open_24h": "o", "high_24h": "h", "low_24h": "l",
    "volume": "v", "quote_volume": "q", "ts": "E", "bid": "b", "bid_size": "B", "ask": "a",
    "ask_size": "A",
}  # fmt: skip
# T is when the book changed, E when the frame was made.
BOOK = {
    "symbol": "s", "bid": "b", "bid_size": "B", "ask": "a", "ask_size": "A", "ts": "T",
}  # fmt: skip
MARK = {
    "symbol": "s", "mark": "p", "index": "i", "rate": "r", "next_ms": "T", "ts": "E",
}  # fmt: skip
_REST_TICKER = {
    "last": "lastPrice", "open_24h": "openPrice", "high_24h": "highPrice", "low_24h": "lowPrice",
    "quote_volume": "quoteVolume", "ts": "closeTime", "bid": "bidPrice", "bid_size": "bidQty",
    "ask": "askPrice", "ask_size": "askQty",
}  # fmt: skip
_REST_BOOK = {
    "bid": "bidPrice", "bid_size": "bidQty", "ask": "askPrice", "ask_size": "askQty", "ts": "time",
}  # fmt: skip
_REST_MARK = {
    "mark": "markPrice", "index": "indexPrice", "rate": "lastFundingRate",
    "next_ms": "nextFundingTime", "ts": "time",
}  # fmt: skip
BAR = {
    "open_ms": "t", "close_ms": "T", "bar": "i", "open": "o", "high": "h", "low": "l",
    "close": "c", "volume": "v", "quote_volume": "q", "closed": "x",
}  # fmt: skip


class WsError(Struct):
    """`{"error":{"code":4,"msg":"Too many subscriptions"}}`."""

    code: int = 0
    msg: str = ""


class Frame(Struct):
    """Any object on a socket: a wrapped push, a bare push, or an answer. `u`: spot's bookTicker."""

    stream: str | None = None
    data: Raw = ABSENT
    result: Raw = ABSENT
    error: WsError | None = None
    code: int | None = None
    msg: str = ""
    id: int | str | None = None
    e: str | None = None
    u: int | None = None


class Kind(Struct, rename={"event": "e", "symbol": "s", "ts": "E"}):
    """What every row of a stream may say of itself. `st` 2 is COIN-M."""

    event: str | None = None
    symbol: str | None = None
    ts: Loose = None
    st: Loose = None


class WsTicker(Struct, rename=TICKER):
    """24hrTicker and 24hrMiniTicker."""

    symbol: str = ""
    last: Loose = None
    open_24h: Loose = None
    high_24h: Loose = None
    low_24h: Loose = None
    volume: Loose = None
    quote_volume: Loose = None
    ts: Loose = None
    bid: Loose = None
    bid_size: Loose = None
    ask: Loose = None
    ask_size: Loose = None


class RestTicker(Struct, rename=_REST_TICKER):
    """ticker/24hr; only spot's full form has the book."""

    symbol: str = ""
    last: Loose = None
    open_24h: Loose = None
    high_24h: Loose = None
    low_24h: Loose = None
    volume: Loose = None
    quote_volume: Loose = None
    ts: Loose = None
    bid: Loose = None
    bid_size: Loose = None
    ask: Loose = None
    ask_size: Loose = None


class RestPrice(Struct):
    """ticker/price."""

    symbol: str = ""
    price: Loose = None
    time: Loose = None


class WsBook(Struct, rename=BOOK):
    """bookTicker."""

    symbol: str = ""
    bid: Loose = None
    bid_size: Loose = None
    ask: Loose = None
    ask_size: Loose = None
    ts: Loose = None


class RestBook(Struct, rename=_REST_BOOK):
    """ticker/bookTicker; spot's has no time."""

    symbol: str = ""
    bid: Loose = None
    bid_size: Loose = None
    ask: Loose = None
    ask_size: Loose = None
    ts: Loose = None


class WsMark(Struct, rename=MARK):
    """markPriceUpdate; `next_ms` 0: nothing will settle."""

    symbol: str = ""
    mark: Loose = None
    index: Loose = None
    rate: Loose = None
    next_ms: Loose = None
    ts: Loose = None


class RestMark(Struct, rename=_REST_MARK):
    """premiumIndex; `lastFundingRate` is the current, predicted rate, whatever its name."""

    symbol: str = ""
    mark: Loose = None
    index: Loose = None
    rate: Loose = None
    next_ms: Loose = None
    ts: Loose = None


TickerRow = WsTicker | RestTicker
BookRow = WsBook | RestBook
MarkRow = WsMark | RestMark


class Bar(Struct, rename=BAR):
    """The `k` of a kline, or a row of a klines body."""

    open_ms: Loose = None
    close_ms: Loose = None
    bar: str = ""
    open: Loose = None
    high: Loose = None
    low: Loose = None
    close: Loose = None
    volume: Loose = None
    quote_volume: Loose = None
    closed: bool | None = None


class Kline(Struct, rename={"symbol": "s"}):
    """kline."""

    k: Bar
    symbol: str = ""


KlineRow = list[Loose]
"""`[openTime, o, h, l, c, volume, closeTime, quoteVolume, trades, takerBase, takerQuote, "0"]`."""


class Order(Struct):
    """The `o` of forceOrder. S is the side of the order, z what was filled, ap its mean price."""

    s: str = ""
    S: str = ""
    q: Loose = None
    z: Loose = None
    p: Loose = None
    ap: Loose = None
    T: Loose = None
    st: Loose = None


class ForceOrder(Struct):
    """forceOrder; `st` stands in `o` on the wire, at the top in Binance's own models."""

    o: Order
    E: Loose = None
    st: Loose = None


class ContractInfo(Struct):
    """contractInfo: ct contract type, cs status, ot listed at."""

    s: str = ""
    ct: str | None = None
    cs: str | None = None
    ot: Loose = None
    E: Loose = None


class InterestRow(Struct, rename="camel"):
    """openInterest and openInterestHist: coins, one side."""

    symbol: str | None = None
    open_interest: Loose = None
    sum_open_interest: Loose = None
    sum_open_interest_value: Loose = None
    time: Loose = None
    timestamp: Loose = None


class AccountRatioRow(Struct, rename="camel"):
    """globalLongShortAccountRatio: shares of accounts."""

    symbol: str = ""
    long_account: Loose = None
    timestamp: Loose = None


class FundingInfoRow(Struct, rename="camel"):
    """fundingInfo."""

    symbol: str = ""
    funding_interval_hours: Loose = None
    update_time: Loose = None


class FundingRateRow(Struct, rename="camel"):
    """fundingRate: what was settled. `rate_type` Special is a dividend of a stock contract."""

    symbol: str = ""
    funding_rate: Loose = None
    funding_time: Loose = None
    rate_type: str | None = None


class Filter(Struct, rename="camel"):
    """One of a symbol's `filters`."""

    filter_type: str = ""
    tick_size: Loose = None


class SymbolRow(Struct, rename="camel"):
    """A symbol of exchangeInfo: the futures fields, then spot's."""

    symbol: str = ""
    status: str | None = None
    base_asset: str = ""
    quote_asset: str = ""
    filters: list[Raw] = []
    contract_type: str | None = None
    margin_asset: str | None = None
    underlying_type: str | None = None
    onboard_date: Loose = None
    is_spot_trading_allowed: bool | None = None


class ExchangeInfo(Struct, rename="camel"):
    """exchangeInfo of either market."""

    symbols: list[Raw]
    server_time: Loose = None


class Problem(Struct):
    """What a refused REST request answers; codes are negative, 0 is the geographic block."""

    code: int
    msg: str = ""


class ServerTime(Struct, rename="camel"):
    """time."""

    server_time: Loose = None


frames = msgspec.json.Decoder(Frame)
kinds = msgspec.json.Decoder(Kind)
items = msgspec.json.Decoder(list[Raw])
members = msgspec.json.Decoder(dict[str, Raw])
