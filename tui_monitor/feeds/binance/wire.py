"""Binance payloads as Binance writes them: single letters on streams, words in REST.

Prices and sizes are strings, times JSON numbers. One kind of row has one set of attribute names
here, whichever way it came: `Ws…` and `Rest…` differ in the names on the wire alone. `Quick…`
structs are for the frames that come thousands at a time: one typed pass, numbers checked in it,
the kind told by `e`. What does not fit them is read again, item by item, through the others.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

from tui_monitor.feeds.numbers import PRICE_LIMIT, SIZE_LIMIT, Loose

Price = Annotated[float, Meta(gt=0, lt=PRICE_LIMIT)]
Size = Annotated[float, Meta(ge=0, lt=SIZE_LIMIT)]
Rate = Annotated[float, Meta(ge=-100, le=100)]
Millis = Annotated[int, Meta(gt=0, lt=4_102_444_800_000)]

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""All that msgspec raises for damaged bytes: it lets bad UTF-8 and deep nesting through."""

ABSENT = Raw()
"""A member that was not there (msgspec refuses `Raw | None`)."""

_TICKER = {
    "symbol": "s", "last": "c", "open_24h": "o", "high_24h": "h", "low_24h": "l",
    "volume": "v", "quote_volume": "q", "ts": "E", "bid": "b", "bid_size": "B", "ask": "a",
    "ask_size": "A",
}  # fmt: skip
# T is when the book changed, E when the frame was made.
_BOOK = {
    "symbol": "s", "bid": "b", "bid_size": "B", "ask": "a", "ask_size": "A", "ts": "T",
}  # fmt: skip
_MARK = {
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
_BAR = {
    "open_ms": "t", "close_ms": "T", "bar": "i", "open": "o", "high": "h", "low": "l",
    "close": "c", "volume": "v", "quote_volume": "q", "closed": "x",
}  # fmt: skip


class QuickTicker(Struct, gc=False, tag_field="e", tag="24hrTicker", rename=_TICKER):
    """A 24 h ticker; only spot's has the book (a side of it that is empty is not quick)."""

    symbol: str
    last: Price
    open_24h: Price
    high_24h: Price
    low_24h: Price
    volume: Size
    quote_volume: Size
    ts: Millis
    bid: Price | None = None
    bid_size: Size | None = None
    ask: Price | None = None
    ask_size: Size | None = None
    st: int = 1


class QuickMini(QuickTicker, gc=False, tag_field="e", tag="24hrMiniTicker"):
    """The same, never with a book."""


class QuickBook(Struct, gc=False, tag_field="e", tag="bookTicker", rename=_BOOK):
    """The best bid and ask of a perpetual."""

    symbol: str
    bid: Price
    bid_size: Size
    ask: Price
    ask_size: Size
    ts: Millis
    st: int = 1


class QuickMark(Struct, gc=False, tag_field="e", tag="markPriceUpdate", rename=_MARK):
    """Mark, index, funding. Settled contracts have `next_ms` 0."""

    symbol: str
    mark: Price
    index: Price
    rate: Rate
    next_ms: Annotated[int, Meta(ge=0, lt=4_102_444_800_000)]
    ts: Millis
    st: int = 1


class QuickBar(Struct, gc=False, rename=_BAR):
    """The `k` of a kline."""

    open_ms: Millis
    bar: str
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Size
    quote_volume: Size
    closed: bool


class QuickKline(Struct, gc=False, tag_field="e", tag="kline", rename={"symbol": "s"}):
    """A candle; klines carry no `st`."""

    symbol: str
    k: QuickBar
    st: int = 1


QuickRow = QuickBook | QuickTicker | QuickMini | QuickMark | QuickKline


class QuickFrame(Struct, gc=False):
    """`{"stream":…,"data":…}` of one row or of an all-market array."""

    data: QuickRow | list[QuickRow]


class QuickSpotBook(Struct, gc=False, rename=_BOOK):
    """Spot's bookTicker: neither type nor time."""

    symbol: str
    bid: Price
    bid_size: Size
    ask: Price
    ask_size: Size


class QuickSpotBookFrame(Struct, gc=False):
    """The only push whose data has no `e`."""

    data: QuickSpotBook


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


class WsTicker(Struct, rename=_TICKER):
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


class WsBook(Struct, rename=_BOOK):
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


class WsMark(Struct, rename=_MARK):
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


class Bar(Struct, rename=_BAR):
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


quick_frames = msgspec.json.Decoder(QuickFrame, strict=False)
quick_rows = msgspec.json.Decoder(QuickRow, strict=False)
quick_spot_books = msgspec.json.Decoder(QuickSpotBookFrame, strict=False)
frames = msgspec.json.Decoder(Frame)
kinds = msgspec.json.Decoder(Kind)
items = msgspec.json.Decoder(list[Raw])
members = msgspec.json.Decoder(dict[str, Raw])
