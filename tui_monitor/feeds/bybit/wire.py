"""Bybit v5 payloads as Bybit writes them (docs v5/market, v5/websocket/public).

Numbers are strings and `""` is "not applicable"; times are numbers on the stream and strings in
REST. `Quick…` structs are for the frames that come thousands at a time: one typed pass, numbers
checked in it. What does not fit them is read again through the tolerant ones.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

from tui_monitor.feeds.numbers import PRICE_LIMIT, SIZE_LIMIT, Loose

Price = Annotated[float, Meta(gt=0, lt=PRICE_LIMIT)]
Size = Annotated[float, Meta(ge=0, lt=SIZE_LIMIT)]
Rate = Annotated[float, Meta(ge=-100, le=100)]
# Before 2017 there was no Bybit: such a time has lost a digit.
OLDEST_MS = 1_483_228_800_000
MAX_INTERVAL_H = 31 * 24.0
Millis = Annotated[int, Meta(ge=OLDEST_MS, lt=4_102_444_800_000)]

ABSENT = Raw()
"""A member that was not there (msgspec refuses `Raw | None`)."""

_FIGURES = {
    "last_price": "lastPrice",
    "open_24h": "prevPrice24h",
    "high_24h": "highPrice24h",
    "low_24h": "lowPrice24h",
    "volume_24h": "volume24h",
    "turnover_24h": "turnover24h",
    "bid_price": "bid1Price",
    "bid_size": "bid1Size",
    "ask_price": "ask1Price",
    "ask_size": "ask1Size",
    "mark_price": "markPrice",
    "index_price": "indexPrice",
    "rate": "fundingRate",
    "interval_h": "fundingIntervalHour",
    "next_funding_ms": "nextFundingTime",
    "interest": "openInterest",
    "interest_value": "openInterestValue",
    "single": "singleOpenInterest",
    "single_value": "singleOpenInterestValue",
}


class Figures(Struct, rename=_FIGURES, gc=False):
    """What a ticker says, checked. None: not said, so unchanged where it is a delta.

    `interest…` counts both sides of every contract, `single…` one (since 2026-06-11).
    """

    symbol: str
    last_price: Price | None = None
    open_24h: Price | None = None
    high_24h: Price | None = None
    low_24h: Price | None = None
    volume_24h: Size | None = None
    turnover_24h: Size | None = None
    bid_price: Price | None = None
    bid_size: Size | None = None
    ask_price: Price | None = None
    ask_size: Size | None = None
    mark_price: Price | None = None
    index_price: Price | None = None
    rate: Rate | None = None
    interval_h: Annotated[float, Meta(gt=0, le=MAX_INTERVAL_H)] | None = None
    next_funding_ms: Millis | None = None
    interest: Size | None = None
    interest_value: Size | None = None
    single: Size | None = None
    single_value: Size | None = None


class QuickTickers(Struct, gc=False):
    """A frame of topic tickers."""

    topic: str
    type: str
    data: Figures
    ts: Millis


Level = tuple[Price, Size]


class QuickTop(Struct, gc=False):
    """The data of topic orderbook.1."""

    s: str
    b: list[Level]
    a: list[Level]


class QuickBook(Struct, gc=False):
    """A frame of topic orderbook.1."""

    topic: str
    type: str
    data: QuickTop
    ts: Millis


class Frame(Struct):
    """Any message on a socket. `request` was in answers before v5 only."""

    topic: str | None = None
    type: str | None = None
    data: Raw = ABSENT
    ts: Loose = None
    success: bool | None = None
    ret_msg: str = ""
    op: str = ""
    req_id: str = ""
    request: Raw = ABSENT


class Topics(Struct, rename="camel"):
    """The data of a COMMAND_RESP answer."""

    success_topics: list[str] = []
    fail_topics: list[str] = []


class Body(Struct, rename="camel"):
    """Any REST answer. Errors come with HTTP 200."""

    ret_code: Loose = None
    ret_msg: str = ""
    result: Raw = ABSENT
    time: Loose = None


class Result(Struct, rename="camel"):
    """What most REST answers hold. `symbol` where all rows are of one instrument."""

    category: str = ""
    symbol: str = ""
    rows: Raw = msgspec.field(name="list", default=ABSENT)
    next_page_cursor: str | None = ""
    time_second: Loose = None
    time_nano: Loose = None


class TickerRow(Struct, rename=_FIGURES):
    """A ticker as it stands, stream or REST."""

    symbol: str
    last_price: Loose = None
    open_24h: Loose = None
    high_24h: Loose = None
    low_24h: Loose = None
    volume_24h: Loose = None
    turnover_24h: Loose = None
    bid_price: Loose = None
    bid_size: Loose = None
    ask_price: Loose = None
    ask_size: Loose = None
    mark_price: Loose = None
    index_price: Loose = None
    rate: Loose = None
    interval_h: Loose = None
    next_funding_ms: Loose = None
    interest: Loose = None
    interest_value: Loose = None
    single: Loose = None
    single_value: Loose = None


class BookRow(Struct):
    """Topic orderbook.1 and REST orderbook: levels are [price, size]."""

    s: str
    b: list[list[Loose]] = []
    a: list[list[Loose]] = []


class CandleRow(Struct):
    """Topic kline. `confirm`: the bar is closed."""

    start: Loose = None
    interval: str = ""
    open: Loose = None
    high: Loose = None
    low: Loose = None
    close: Loose = None
    volume: Loose = None
    turnover: Loose = None
    confirm: bool | None = None


Kline = list[Loose]
"""A row of REST kline: `[start, open, high, low, close, volume, turnover]`, newest first."""


class LiquidationRow(Struct, rename={"at": "T", "symbol": "s", "side": "S", "size": "v"}):
    """Topic allLiquidation: `S` is the position (Buy: a long), `p` the bankruptcy price."""

    at: Loose = None
    symbol: str = ""
    side: str = ""
    size: Loose = None
    p: Loose = None


class PriceFilter(Struct, rename="camel"):
    """Part of an instrument."""

    tick_size: Loose = None


class InstrumentRow(Struct, rename="camel"):
    """REST instruments-info. `funding_interval` is in minutes; spot has no contract type."""

    symbol: str
    contract_type: str | None = ""
    status: str | None = ""
    base_coin: str = ""
    quote_coin: str = ""
    settle_coin: str | None = ""
    symbol_type: str | None = ""
    launch_time: Loose = None
    price_filter: PriceFilter | None = None
    funding_interval: Loose = None
    is_pre_listing: bool | None = None


class FundingRow(Struct, rename="camel"):
    """REST funding/history: a settled rate."""

    symbol: str
    funding_rate: Loose = None
    funding_rate_timestamp: Loose = None


class InterestRow(Struct, rename="camel"):
    """REST open-interest; the symbol stands beside the list."""

    open_interest: Loose = None
    single_open_interest: Loose = None
    timestamp: Loose = None


class AccountRatioRow(Struct, rename="camel"):
    """REST account-ratio: the share of holders that are long."""

    buy_ratio: Loose = None
    timestamp: Loose = None


quick_tickers = msgspec.json.Decoder(QuickTickers, strict=False)
quick_books = msgspec.json.Decoder(QuickBook, strict=False)
frames = msgspec.json.Decoder(Frame)
bodies = msgspec.json.Decoder(Body)
results = msgspec.json.Decoder(Result)
items = msgspec.json.Decoder(list[Raw])
