"""The vocabulary: what the exchanges tell us, in our words and units.

No I/O, no asyncio, no clock. Prices are per **one coin** (after the multiplier), sizes are in
coins, money is in USD (USDT is taken as USD and said so on the boards), times are UTC epoch
milliseconds. What is unknown is None, never 0.

Events come thousands a second and hold nothing that could hold them: the garbage collector
need not look at them (`gc=False`).
"""

from enum import StrEnum

from msgspec import Struct


class Exchange(StrEnum):
    """The exchanges; the order is the order on screen."""

    BINANCE = "binance"
    OKX = "okx"
    BYBIT = "bybit"
    BITGET = "bitget"


class Market(StrEnum):
    """`perp` is a linear, USDT-settled perpetual."""

    SPOT = "spot"
    PERP = "perp"


class Status(StrEnum):
    """Whether an instrument trades. Whatever an exchange newly invents is UNKNOWN: not live."""

    LIVE = "live"
    PREOPEN = "preopen"
    HALTED = "halted"
    DELISTED = "delisted"
    UNKNOWN = "unknown"


class Side(StrEnum):
    """The side of a position."""

    LONG = "long"
    SHORT = "short"


class Source(StrEnum):
    """How a live value reached us."""

    STREAM = "stream"
    REST = "rest"


class Instrument(Struct, frozen=True, kw_only=True):
    """One tradable symbol of one exchange and market.

    `multiplier` is coins per quoted unit (1000 for 1000PEPEUSDT), `contract_size` coins per
    contract (None where the exchange trades in coins, or where we don't know yet).
    """

    exchange: Exchange
    market: Market
    symbol: str
    coin: str
    quote: str = "USDT"
    multiplier: float = 1.0
    contract_size: float | None = None
    tick_size: float | None = None
    status: Status = Status.UNKNOWN
    funding_interval_h: float | None = None
    listed_ms: int | None = None

    @property
    def key(self) -> tuple[Exchange, Market, str]:
        """What identifies it everywhere."""
        return (self.exchange, self.market, self.symbol)


class Ticker(Struct, kw_only=True, gc=False):
    """Last trade, best bid and ask with sizes, 24 h figures. A field that a message lacks is None.

    `day_open` is the open of the exchange's UTC+8 day (OKX `sodUtc8`). `book_complete` says that
    the message carries the whole top of the book: a side it lacks is empty now, not unchanged.
    """

    instrument: Instrument
    exchange_ms: int | None
    last: float | None = None
    bid: float | None = None
    ask: float | None = None
    bid_coins: float | None = None
    ask_coins: float | None = None
    open_24h: float | None = None
    high_24h: float | None = None
    low_24h: float | None = None
    volume_24h_coins: float | None = None
    turnover_24h_usd: float | None = None
    day_open: float | None = None
    book_complete: bool = False


class MarkPrice(Struct, kw_only=True, gc=False):
    """Mark and index price; a message may carry one of them."""

    instrument: Instrument
    exchange_ms: int | None
    mark_price: float | None = None
    index_price: float | None = None


class Funding(Struct, kw_only=True, gc=False):
    """The rate that settles next: a fraction per `interval_h` hours (None: unknown, so no APR)."""

    instrument: Instrument
    exchange_ms: int | None
    rate: float | None = None
    interval_h: float | None = None
    next_settlement_ms: int | None = None
    settled_rate: float | None = None
    settled_ms: int | None = None


class OpenInterest(Struct, kw_only=True, gc=False):
    """Single-sided open interest."""

    instrument: Instrument
    exchange_ms: int | None
    open_interest_coins: float | None = None
    open_interest_usd: float | None = None


class Candle(Struct, kw_only=True, gc=False):
    """One bar. `closed` False is a bar still forming; its open no longer changes."""

    instrument: Instrument
    bar: str
    open_ms: int
    open: float
    high: float
    low: float
    close: float
    volume_coins: float | None = None
    turnover_usd: float | None = None
    closed: bool | None = None


class Liquidation(Struct, frozen=True, kw_only=True, gc=False):
    """One forced close. `side` is the **position** that was liquidated.

    `usd` is None where the contract size is unknown.
    """

    instrument: Instrument
    exchange_ms: int
    side: Side
    price: float
    coins: float | None
    usd: float | None


MarketEvent = Ticker | MarkPrice | Funding | OpenInterest | Candle | Liquidation
