"""OKX v5 payloads as OKX writes them.

Everything is a string and an absent number is `""` (docs-v5 "Market data"). `Quick…` structs
are for the frames that come thousands at a time: one typed pass, numbers checked in it. What
does not fit them is read again, item by item, through the tolerant ones.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

from tui_monitor.feeds.numbers import PRICE_LIMIT, SIZE_LIMIT, Loose

Price = Annotated[float, Meta(gt=0, lt=PRICE_LIMIT)]
Size = Annotated[float, Meta(ge=0, lt=SIZE_LIMIT)]
Millis = Annotated[int, Meta(gt=0, lt=4_102_444_800_000)]


ABSENT = Raw()
"""A `data` that was not there (msgspec refuses `Raw | None`)."""


class Arg(Struct):
    """What a push or an answer is about."""

    channel: str = ""
    instId: str = ""  # noqa: N815
    instType: str = ""  # noqa: N815
    instFamily: str = ""  # noqa: N815


class QuickTicker(Struct, rename="camel", gc=False):
    """A ticker in which everything is there and lawful."""

    inst_type: str
    inst_id: str
    last: Price
    ask_px: Price
    ask_sz: Size
    bid_px: Price
    bid_sz: Size
    open24h: Price
    high24h: Price
    low24h: Price
    vol_ccy_24h: Size = msgspec.field(name="volCcy24h")
    vol24h: Size
    sod_utc8: Price
    ts: Millis


class QuickTickers(Struct, gc=False):
    """`{"arg":…,"data":[…]}` of channel tickers, but for `arg`, which each row repeats."""

    data: list[QuickTicker]


class Frame(Struct):
    """Any message on a socket."""

    arg: Arg | None = None
    data: Raw = ABSENT
    event: str | None = None
    code: Loose = None
    msg: str = ""
    id: str | None = None


class Body(Struct):
    """Any REST answer. OKX's own 404 has a numeric code and an object as data."""

    code: Loose = None
    msg: str = ""
    data: Raw = ABSENT


class TickerRow(Struct, rename="camel"):
    """Channel tickers and REST tickers."""

    inst_id: str
    inst_type: str = ""
    last: Loose = None
    ask_px: Loose = None
    ask_sz: Loose = None
    bid_px: Loose = None
    bid_sz: Loose = None
    open24h: Loose = None
    high24h: Loose = None
    low24h: Loose = None
    vol_ccy_24h: Loose = msgspec.field(name="volCcy24h", default=None)
    vol24h: Loose = None
    sod_utc8: Loose = None
    ts: Loose = None


class BookRow(Struct):
    """Channel bbo-tbt: levels are [price, size, "0", orders]; the instrument is in `arg`."""

    asks: list[list[Loose]] = []
    bids: list[list[Loose]] = []
    ts: Loose = None


class MarkRow(Struct, rename="camel"):
    """Channel and REST mark-price."""

    inst_id: str
    inst_type: str = ""
    mark_px: Loose = None
    ts: Loose = None


class IndexRow(Struct, rename="camel"):
    """Channel and REST index-tickers; `inst_id` is an index: BTC-USDT, never a swap."""

    inst_id: str
    idx_px: Loose = None
    ts: Loose = None


class FundingRow(Struct, rename="camel"):
    """Channel and REST funding-rate. `funding_time` is the next settlement (docs-v5)."""

    inst_id: str
    inst_type: str = ""
    funding_rate: Loose = None
    funding_time: Loose = None
    next_funding_time: Loose = None
    prev_funding_time: Loose = None
    sett_funding_rate: Loose = None
    sett_state: str | None = None
    realized_rate: Loose = None
    ts: Loose = None


class InterestRow(Struct, rename="camel"):
    """Channel and REST open-interest: `oi` contracts, `oi_ccy` coins; single-sided."""

    inst_id: str
    inst_type: str = ""
    oi: Loose = None
    oi_ccy: Loose = None
    oi_usd: Loose = None
    ts: Loose = None


PastRow = list[Loose]
"""A row of rubik's: `[ts, oi, oiCcy, oiUsd]` of open interest, `[ts, ratio]` of accounts."""


class Fill(Struct, rename="camel"):
    """One liquidation: `sz` in contracts; `pos_side` is the position that was closed."""

    bk_px: Loose = None
    sz: Loose = None
    side: str = ""
    pos_side: str = ""
    ts: Loose = None


class LiquidationRow(Struct, rename="camel"):
    """Channel liquidation-orders, and the undocumented REST one.

    REST repeats its first item as `{"$ref": "$.data[0]"}`.
    """

    inst_id: str = ""
    inst_type: str = ""
    details: list[Raw] | None = None
    ref: str | None = msgspec.field(name="$ref", default=None)


class InstrumentRow(Struct, rename="camel"):
    """Channel and REST instruments; on SPOT the ct… fields are "", on SWAP base and quote are."""

    inst_id: str
    inst_type: str = ""
    base_ccy: str | None = ""
    quote_ccy: str | None = ""
    settle_ccy: str | None = ""
    ct_val: Loose = None
    ct_mult: Loose = None
    ct_val_ccy: str | None = ""
    ct_type: str | None = ""
    list_time: Loose = None
    tick_sz: Loose = None
    state: str | None = ""
    rule_type: str | None = ""
    inst_category: Loose = None


class StatusRow(Struct, rename="camel"):
    """Channel and REST status: a maintenance."""

    title: str = ""
    state: str = ""
    begin: Loose = None
    end: Loose = None
    env: Loose = None
    service_type: Loose = None
    ts: Loose = None


class TimeRow(Struct):
    """REST time."""

    ts: Loose = None


CandleRow = list[Loose]
"""`[ts, o, h, l, c, vol, volCcy, volCcyQuote, confirm]`; in 2022 only the first seven."""

quick_tickers = msgspec.json.Decoder(QuickTickers, strict=False)
frames = msgspec.json.Decoder(Frame)
bodies = msgspec.json.Decoder(Body)
items = msgspec.json.Decoder(list[Raw])
anything = msgspec.json.Decoder(Any)
