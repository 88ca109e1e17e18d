"""What is known of one instrument now."""

from msgspec import Struct

from tui_monitor.model import Candle, Instrument, Source


class Stamp(Struct, frozen=True, gc=False):
    """How fresh a group of fields is. `received_s` is monotonic: ages come from it.

    `after_ms`: where the values came without a time, the newest time of those before them.
    """

    exchange_ms: int | None
    received_ms: int
    received_s: float
    source: Source
    after_ms: int | None = None


class Row:
    """What is known of one instrument now; None is unknown.

    Fields come in groups that messages carry together, each with its own stamp: `trade` (last,
    24 h figures, day open), `book` (bid, ask, sizes), `mark`, `index`, `funding`, `interest`.
    The row's own `exchange_ms`, `received_ms`, `received_s` and `source` are those of the last
    price. `revision` grows with every change of any field. `trade_seen_s` and `book_seen_s` are
    the monotonic times at which a source last said the group's values: news, or a REST answer
    that agrees with them.
    """

    __slots__ = (
        "ask",
        "ask_coins",
        "bars",
        "bid",
        "bid_coins",
        "book",
        "book_seen_s",
        "day_open",
        "funding",
        "high_24h",
        "index",
        "index_price",
        "instrument",
        "interest",
        "interval_h",
        "last",
        "low_24h",
        "mark",
        "mark_price",
        "next_settlement_ms",
        "open_24h",
        "open_interest_coins",
        "open_interest_usd",
        "rate",
        "revision",
        "settled_ms",
        "settled_rate",
        "trade",
        "trade_seen_s",
        "turnover_24h_usd",
        "volume_24h_coins",
    )

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.revision = 0
        self.bars: dict[str, Candle] = {}
        """The newest bar of each length, forming or closed."""
        self.trade: Stamp | None = None
        self.book: Stamp | None = None
        self.mark: Stamp | None = None
        self.index: Stamp | None = None
        self.funding: Stamp | None = None
        self.interest: Stamp | None = None
        self.trade_seen_s: float | None = None
        self.book_seen_s: float | None = None
        self.last: float | None = None
        self.bid: float | None = None
        self.ask: float | None = None
        self.bid_coins: float | None = None
        self.ask_coins: float | None = None
        self.open_24h: float | None = None
        self.high_24h: float | None = None
        self.low_24h: float | None = None
        self.volume_24h_coins: float | None = None
        self.turnover_24h_usd: float | None = None
        self.day_open: float | None = None
        self.mark_price: float | None = None
        self.index_price: float | None = None
        self.rate: float | None = None
        self.interval_h: float | None = None
        self.next_settlement_ms: int | None = None
        self.settled_rate: float | None = None
        self.settled_ms: int | None = None
        self.open_interest_coins: float | None = None
        self.open_interest_usd: float | None = None

    @property
    def exchange_ms(self) -> int | None:
        """The exchange's time of the last price."""
        return self.trade.exchange_ms if self.trade else None

    @property
    def received_ms(self) -> int | None:
        """Wall time at which the last price arrived."""
        return self.trade.received_ms if self.trade else None

    @property
    def received_s(self) -> float | None:
        """Monotonic time at which the last price arrived."""
        return self.trade.received_s if self.trade else None

    @property
    def source(self) -> Source | None:
        """Which way the last price came."""
        return self.trade.source if self.trade else None
