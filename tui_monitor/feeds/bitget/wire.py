"""Bitget payloads as Bitget writes them: v2 (classic) and v3 (UTA), which are both alive.

Numbers are strings; `""`, `"0"`, `"-1"` and null stand for "not set". The quick structs are for
the stream frames that come thousands at a time; what does not fit them is read again through the
tolerant ones.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from tui_monitor.feeds.numbers import PRICE_LIMIT, SIZE_LIMIT, Loose

Price = Annotated[float, Meta(gt=0, lt=PRICE_LIMIT)]
Size = Annotated[float, Meta(ge=0, lt=SIZE_LIMIT)]
Rate = Annotated[float, Meta(ge=-100, le=100)]
Millis = Annotated[int, Meta(gt=0, lt=4_102_444_800_000)]

ABSENT = Raw()
"""A member that was not there (msgspec refuses `Raw | None`)."""

_V3 = {
    "last": "lastPrice",
    "bid": "bid1Price",
    "bid_size": "bid1Size",
    "ask": "ask1Price",
    "ask_size": "ask1Size",
    "open_24h": "openPrice24h",
    "high_24h": "highPrice24h",
    "low_24h": "lowPrice24h",
    "volume_24h": "volume24h",
    "turnover_24h": "turnover24h",
    "mark": "markPrice",
    "index": "indexPrice",
    "rate": "fundingRate",
    "next_funding_ms": "nextFundingTime",
    "interest": "openInterest",
}
_V2 = {
    "inst_id": "instId",
    "symbol_type": "symbolType",
    "last": "lastPr",
    "bid": "bidPr",
    "bid_size": "bidSz",
    "ask": "askPr",
    "ask_size": "askSz",
    "open_24h": "open24h",
    "open_spot": "open",
    "high_24h": "high24h",
    "low_24h": "low24h",
    "volume_24h": "baseVolume",
    "turnover_24h": "quoteVolume",
    "turnover_usdt": "usdtVolume",
    "mark": "markPrice",
    "index": "indexPrice",
    "rate": "fundingRate",
    "next_funding_ms": "nextFundingTime",
    "interest": "holdingAmount",
}


class Arg(Struct):
    """What a push or an answer is about: v2 has channel and instId, v3 topic and symbol."""

    instType: str = ""  # noqa: N815
    channel: str = ""
    instId: str = ""  # noqa: N815
    topic: str = ""
    symbol: str = ""
    interval: str = ""


class Figures(Struct, rename=_V3, gc=False):
    """What a ticker says, checked; on the stream of v3 as it stands. None: not said.

    Sizes, volume and open interest are in units of the symbol, `turnover_24h` in its quote.
    """

    last: Price | None = None
    bid: Price | None = None
    bid_size: Size | None = None
    ask: Price | None = None
    ask_size: Size | None = None
    open_24h: Price | None = None
    high_24h: Price | None = None
    low_24h: Price | None = None
    volume_24h: Size | None = None
    turnover_24h: Size | None = None
    mark: Price | None = None
    index: Price | None = None
    rate: Rate | None = None
    next_funding_ms: Millis | None = None
    interest: Size | None = None


class QuickTickerV2(Struct, rename=_V2, gc=False):
    """A row of v2 as REST gives a whole market of them every second, checked.

    The names are those of `Figures`; what differs between the markets is settled after decoding.
    """

    symbol: str
    ts: Millis
    last: Price
    symbol_type: Loose = None
    bid: Price | None = None
    bid_size: Size | None = None
    ask: Price | None = None
    ask_size: Size | None = None
    open_24h: Price | None = None
    open_spot: Price | None = None
    high_24h: Price | None = None
    low_24h: Price | None = None
    volume_24h: Size | None = None
    turnover_24h: Size | None = None
    turnover_usdt: Size | None = None
    mark: Price | None = None
    index: Price | None = None
    rate: Rate | None = None
    next_funding_ms: Millis | None = None
    interest: Size | None = None


class QuickArg(Struct, gc=False):
    """The only place where a v3 ticker names its instrument."""

    instType: Literal["usdt-futures", "spot"]  # noqa: N815
    symbol: str


class QuickTickers(Struct, gc=False):
    """A v3 frame of topic ticker whose type and topic are known from its first bytes."""

    arg: QuickArg
    data: list[Figures]
    ts: Millis
    action: str = ""


class Frame(Struct):
    """Any message on a socket. `code` is a number on v2, and the time is outside the rows on v3."""

    arg: Arg | None = None
    data: Raw = ABSENT
    ts: Loose = None
    action: str = ""
    event: str | None = None
    code: Loose = None
    msg: str = ""


class Body(Struct):
    """Any REST answer."""

    code: Loose = None
    msg: str = ""
    data: Raw = ABSENT
    requestTime: Loose = None  # noqa: N815


class Wrapped(Struct, rename="camel"):
    """`data` of the answers that put their rows one level deeper."""

    ts: Loose = None
    rows: Raw = msgspec.field(name="list", default=ABSENT)
    result_list: Raw = ABSENT
    open_interest_list: Raw = ABSENT
    server_time: Loose = None
    cursor: Loose = None


class TickerV3(Struct, rename=_V3):
    """A ticker of v3; `category`, `symbol` and `ts` in REST only."""

    category: str = ""
    symbol: str = ""
    ts: Loose = None
    last: Loose = None
    bid: Loose = None
    bid_size: Loose = None
    ask: Loose = None
    ask_size: Loose = None
    open_24h: Loose = None
    high_24h: Loose = None
    low_24h: Loose = None
    volume_24h: Loose = None
    turnover_24h: Loose = None
    mark: Loose = None
    index: Loose = None
    rate: Loose = None
    next_funding_ms: Loose = None
    interest: Loose = None


class TickerV2(Struct, rename=_V2):
    """A ticker of v2. The open of 24 h ago is `open` in spot REST, `open24h` elsewhere."""

    symbol: str = ""
    inst_id: str = ""
    symbol_type: Loose = None
    ts: Loose = None
    last: Loose = None
    bid: Loose = None
    bid_size: Loose = None
    ask: Loose = None
    ask_size: Loose = None
    open_24h: Loose = None
    open_spot: Loose = None
    high_24h: Loose = None
    low_24h: Loose = None
    volume_24h: Loose = None
    turnover_24h: Loose = None
    turnover_usdt: Loose = None
    mark: Loose = None
    index: Loose = None
    rate: Loose = None
    next_funding_ms: Loose = None
    interest: Loose = None


class BookRow(Struct):
    """books1: levels are [price, size]; v3 calls the sides a and b."""

    a: list[list[Loose]] | None = None
    b: list[list[Loose]] | None = None
    asks: list[list[Loose]] | None = None
    bids: list[list[Loose]] | None = None
    ts: Loose = None


CandleRow = list[Loose]
"""`[ts, o, h, l, c, base, quote]`, on spot v2 also `usdt`; there is no closed flag."""


class KlineRow(Struct):
    """v3 topic kline."""

    start: Loose = None
    open: Loose = None
    high: Loose = None
    low: Loose = None
    close: Loose = None
    volume: Loose = None
    turnover: Loose = None


class LiquidationRow(Struct):
    """v3 topic liquidation and REST: `side` is the position (buy: a long), `amount` in quote."""

    symbol: str = ""
    side: str = ""
    price: Loose = None
    amount: Loose = None
    ts: Loose = None


class InstrumentRow(Struct, rename="camel"):
    """v2 contracts and symbols, v3 instruments.

    `symbol_type` is perpetual or delivery on v2, what the base is on v3, where `type` is that.
    """

    symbol: str
    category: str = ""
    base_coin: str | None = ""
    quote_coin: str | None = ""
    symbol_type: str | None = ""
    type: str | None = ""
    symbol_status: str | None = None
    status: str | None = None
    is_rwa: str | None = None
    launch_time: Loose = None
    fund_interval: Loose = None
    price_end_step: Loose = None
    price_place: Loose = None
    price_precision: Loose = None
    price_multiplier: Loose = None


class FundingRow(Struct, rename="camel"):
    """current-fund-rate, funding-time and history-fund-rate of v2 and v3."""

    symbol: str
    funding_rate: Loose = None
    funding_rate_interval: Loose = None
    rate_period: Loose = None
    next_update: Loose = None
    next_funding_time: Loose = None
    funding_time: Loose = None
    funding_rate_timestamp: Loose = None


class InterestRow(Struct, rename="camel"):
    """open-interest of v2 (`size`) and v3; the time stands beside the list."""

    symbol: str
    size: Loose = None
    open_interest: Loose = None


class PriceRow(Struct, rename="camel"):
    """v2 symbol-price."""

    symbol: str
    mark_price: Loose = None
    index_price: Loose = None
    ts: Loose = None


quick_ticker_v2 = msgspec.json.Decoder(QuickTickerV2, strict=False)
quick_tickers = msgspec.json.Decoder(QuickTickers, strict=False)
frames = msgspec.json.Decoder(Frame)
bodies = msgspec.json.Decoder(Body)
wrapped = msgspec.json.Decoder(Wrapped)
items = msgspec.json.Decoder(list[Raw])
