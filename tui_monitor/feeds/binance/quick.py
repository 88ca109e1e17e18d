"""The frames that come thousands at a time: one typed pass, numbers checked in it.

The kind of a row is told by its `e`. What does not fit (an empty side of a book, damage, a kind
that nobody knows) is read again, item by item, through the structs of `wire.py`.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from tui_monitor.feeds.binance.wire import BAR, BOOK, MARK, TICKER
from tui_monitor.feeds.numbers import PRICE_LIMIT, SIZE_LIMIT

Price = Annotated[float, Meta(gt=0, lt=PRICE_LIMIT)]
Size = Annotated[float, Meta(ge=0, lt=SIZE_LIMIT)]
Rate = Annotated[float, Meta(ge=-100, le=100)]
Millis = Annotated[int, Meta(gt=0, lt=4_102_444_800_000)]


class QuickTicker(Struct, gc=False, tag_field="e", tag="24hrTicker", rename=TICKER):
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


class QuickBook(Struct, gc=False, tag_field="e", tag="bookTicker", rename=BOOK):
    """The best bid and ask of a perpetual."""

    symbol: str
    bid: Price
    bid_size: Size
    ask: Price
    ask_size: Size
    ts: Millis
    st: int = 1


class QuickMark(Struct, gc=False, tag_field="e", tag="markPriceUpdate", rename=MARK):
    """Mark, index, funding. Settled contracts have `next_ms` 0."""

    symbol: str
    mark: Price
    index: Price
    rate: Rate
    next_ms: Annotated[int, Meta(ge=0, lt=4_102_444_800_000)]
    ts: Millis
    st: int = 1


class QuickBar(Struct, gc=False, rename=BAR):
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


class QuickSpotBook(Struct, gc=False, rename=BOOK):
    """Spot's bookTicker: neither type nor time."""

    symbol: str
    bid: Price
    bid_size: Size
    ask: Price
    ask_size: Size


class QuickSpotBookFrame(Struct, gc=False):
    """The only push whose data has no `e`."""

    data: QuickSpotBook


frames = msgspec.json.Decoder(QuickFrame, strict=False)
rows = msgspec.json.Decoder(QuickRow, strict=False)
spot_books = msgspec.json.Decoder(QuickSpotBookFrame, strict=False)
