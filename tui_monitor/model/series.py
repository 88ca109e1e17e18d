"""What is kept of funding, spreads and signals, beside the 27 coins' history."""

from enum import IntEnum

from msgspec import Struct

from tui_monitor.model.market import Exchange, Market


class Settlement(Struct, frozen=True, kw_only=True):
    """A funding rate that was paid: a fraction, for the interval that ended at `settled_ms`."""

    exchange: Exchange
    market: Market
    symbol: str
    coin: str
    settled_ms: int
    rate: float


class FundingSpan(Struct, frozen=True, kw_only=True):
    """The time of which everything that the exchange has settled is stored, ends included."""

    exchange: Exchange
    market: Market
    symbol: str
    coin: str
    first_ms: int
    last_ms: int


class PaidFunding(Struct, frozen=True, kw_only=True):
    """One instrument's settled funding. `sums` are (sum of rates, settlements) of some windows.

    `first_ms` and `last_ms` are its `FundingSpan`, None while it was never asked for whole.
    `oldest_ms` is the first stored settlement, `newest_ms` and `newest_rate` the last one; None
    where nothing has been settled.
    """

    exchange: Exchange
    market: Market
    symbol: str
    coin: str
    oldest_ms: int | None
    newest_ms: int | None
    newest_rate: float | None
    first_ms: int | None
    last_ms: int | None
    sums: tuple[tuple[float, int], ...]

    @property
    def key(self) -> tuple[Exchange, Market, str]:
        """What identifies the instrument everywhere."""
        return (self.exchange, self.market, self.symbol)


class SpreadKind(IntEnum):
    """Which legs are paired; the numbers are the database's."""

    ALL = 0
    PERP_PERP = 1
    SPOT_PERP = 2
    SPOT_SPOT = 3


class SpreadMinute(Struct, frozen=True, kw_only=True):
    """The extremes of one coin's best executable spread within a minute, in %.

    Buy and sell are the legs of `max_pct`. `over_s` is for how long the spread stood at the
    threshold or over it, `rises` how often it came to it from below, `samples` how often it was
    looked at.
    """

    minute_ms: int
    coin: str
    kind: SpreadKind
    max_pct: float
    min_pct: float
    buy_exchange: Exchange
    buy_market: Market
    sell_exchange: Exchange
    sell_market: Market
    over_s: float
    rises: int
    samples: int


class PriceMinute(Struct, frozen=True, kw_only=True):
    """An instrument's last price within a minute, per coin, as it was seen.

    `rate` is the funding rate at its end, None where none was known and for spot; `samples` how
    often it was looked at.
    """

    minute_ms: int
    exchange: Exchange
    market: Market
    symbol: str
    coin: str
    open: float
    high: float
    low: float
    close: float
    rate: float | None
    samples: int


class SpreadTime(Struct, frozen=True, kw_only=True):
    """How often and how long a coin's spread was over the threshold in a range of time."""

    coin: str
    kind: SpreadKind
    over_s: float
    rises: int


class SignalSample(Struct, frozen=True, array_like=True):
    """One of the looks that made a signal; prices per coin."""

    at_ms: int
    buy_price: float
    sell_price: float
    spread_pct: float


class SignalRecord(Struct, frozen=True, kw_only=True):
    """A signal as it is kept. Coin, basis, legs and `observed_ms` together name it.

    `first_ms` is the first sample over the threshold, `observed_ms` that which made it a signal.
    `ending` says why it is over, None while it lasts; `ended_ms` None: it lasts, or nobody saw
    its end.
    """

    coin: str
    basis: str
    buy_exchange: Exchange
    buy_market: Market
    sell_exchange: Exchange
    sell_market: Market
    first_ms: int
    observed_ms: int
    threshold_pct: float
    samples: tuple[SignalSample, ...]
    ended_ms: int | None = None
    ending: str | None = None
