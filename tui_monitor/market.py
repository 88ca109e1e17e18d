"""The latest truth per instrument, in memory; every event lands here first.

Rows are merged field by field and read by a revision cursor: a slow reader sees the newest
values and nothing piles up. What must not be merged (closed candles, liquidations) goes to a
bounded ring with a cursor of its own. No clock in here: whoever applies an event says when it
arrived.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec import Struct

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.model import (
    Candle,
    Exchange,
    Funding,
    Instrument,
    Liquidation,
    Market,
    MarketEvent,
    MarkPrice,
    OpenInterest,
    Source,
    Ticker,
)

Key = tuple[Exchange, Market, str]

RING_EVENTS = 4_096
# Twice what the four exchanges list.
MAX_ROWS = 20_000
# Before OKX, Binance futures or Bybit existed: a time from before is a unit mistake.
_OLDEST_MS = 1_483_228_800_000


class Stamp(Struct, frozen=True, gc=False):
    """How fresh a group of fields is. `received_s` is monotonic: ages come from it."""

    exchange_ms: int | None
    received_ms: int
    received_s: float
    source: Source


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


class Batch(NamedTuple):
    """Ring events after a cursor. `missed` were overwritten before they were read."""

    events: list[Candle | Liquidation]
    cursor: int
    missed: int


_TRADE = (
    "last",
    "open_24h",
    "high_24h",
    "low_24h",
    "volume_24h_coins",
    "turnover_24h_usd",
    "day_open",
)
_BOOK = ("bid", "ask", "bid_coins", "ask_coins")
_FUNDING = ("rate", "interval_h", "next_settlement_ms", "settled_rate", "settled_ms")
_INTEREST = ("open_interest_coins", "open_interest_usd")


class MarketState:
    """All rows, their revision, and the ring."""

    def __init__(self, ring_events: int = RING_EVENTS) -> None:
        self.revision = 0
        self._rows: dict[Key, Row] = {}
        # By the identity of the instrument object that a feed uses for each of its messages:
        # hashing the key of two enums and a string costs more than the whole merge. The row
        # holds the object, so its id can't be given away.
        self._by_id: dict[int, Row] = {}
        self._ring: deque[Candle | Liquidation] = deque(maxlen=ring_events)
        self._ringed = 0
        self._fills: dict[tuple[object, ...], None] = {}
        self._merges: dict[type, Callable[[Any, int, float, Source], bool]] = {
            Ticker: self._apply_ticker,
            MarkPrice: self._apply_mark,
            Funding: self._apply_funding,
            OpenInterest: self._apply_interest,
            Candle: self._apply_candle,
            Liquidation: self._apply_liquidation,
        }

    def apply(
        self, event: MarketEvent, received_ms: int, received_s: float, source: Source
    ) -> bool:
        """Merge one event. False if it told nothing new: late, or the same once more.

        A repeated exchange time with the same values is not news: it does not refresh an age.
        """
        return self._merges[type(event)](event, received_ms, received_s, source)

    def row(self, key: Key) -> Row | None:
        """The row of an instrument, by its key."""
        return self._rows.get(key)

    def rows(self) -> list[Row]:
        """Every row, in the order of first appearance."""
        return list(self._rows.values())

    def changed_since(self, revision: int) -> list[Row]:
        """The rows that changed after a revision; keep `self.revision` as the next cursor."""
        return [row for row in self._rows.values() if row.revision > revision]

    def events_since(self, cursor: int) -> Batch:
        """Closed candles and liquidations after a cursor (0 at first), oldest first."""
        kept_from = self._ringed - len(self._ring)
        missed = max(0, kept_from - cursor)
        skip = max(0, cursor - kept_from)
        return Batch(list(self._ring)[skip:], self._ringed, missed)

    def relist(self, instrument: Instrument) -> None:
        """Give an existing row a new definition of its instrument: a change, like any other."""
        if instrument.key in self._rows:
            self._changed(self._row_of(instrument))

    def _row_of(self, instrument: Instrument) -> Row:
        row = self._rows.get(instrument.key)
        if row is None:
            row = Row(instrument)
            if len(self._rows) >= MAX_ROWS:
                return row  # merged, and forgotten: names from outside must not fill the memory
            self._rows[instrument.key] = row
        else:
            self._by_id.pop(id(row.instrument), None)
            row.instrument = instrument
        self._by_id[id(instrument)] = row
        return row

    def _changed(self, row: Row) -> None:
        self.revision += 1
        row.revision = self.revision

    def _apply_ticker(
        self, event: Ticker, received_ms: int, received_s: float, source: Source
    ) -> bool:
        row = self._by_id.get(id(event.instrument)) or self._row_of(event.instrument)
        exchange_ms = _plausible(event.exchange_ms, received_ms)
        stamp = Stamp(exchange_ms, received_ms, received_s, source)
        trade_is_news = _has_trade(event) and _is_news(row.trade, stamp, row, event, _TRADE)
        book_is_news = _has_book(event) and _is_news(row.book, stamp, row, event, _BOOK)
        if trade_is_news:
            row.trade, row.trade_seen_s = stamp, received_s
            _merge_trade(row, event)
        elif source is Source.REST and _has_trade(event) and _agrees(row.trade, stamp):
            row.trade_seen_s = received_s
        if book_is_news:
            row.book, row.book_seen_s = stamp, received_s
            _merge_book(row, event)
        elif source is Source.REST and _has_book(event) and _agrees(row.book, stamp):
            row.book_seen_s = received_s
        if trade_is_news or book_is_news:
            self._changed(row)
            return True
        return False

    def _apply_mark(
        self, event: MarkPrice, received_ms: int, received_s: float, source: Source
    ) -> bool:
        row = self._by_id.get(id(event.instrument)) or self._row_of(event.instrument)
        stamp = Stamp(_plausible(event.exchange_ms, received_ms), received_ms, received_s, source)
        changed = False
        if event.mark_price is not None and _is_news(row.mark, stamp, row, event, ("mark_price",)):
            row.mark, row.mark_price, changed = stamp, event.mark_price, True
        if event.index_price is not None and _is_news(
            row.index, stamp, row, event, ("index_price",)
        ):
            row.index, row.index_price, changed = stamp, event.index_price, True
        if changed:
            self._changed(row)
        return changed

    def _apply_funding(
        self, event: Funding, received_ms: int, received_s: float, source: Source
    ) -> bool:
        row = self._by_id.get(id(event.instrument)) or self._row_of(event.instrument)
        stamp = Stamp(_plausible(event.exchange_ms, received_ms), received_ms, received_s, source)
        if not _is_news(row.funding, stamp, row, event, _FUNDING):
            return False
        row.funding = stamp
        _merge(row, event, _FUNDING)
        self._changed(row)
        return True

    def _apply_interest(
        self, event: OpenInterest, received_ms: int, received_s: float, source: Source
    ) -> bool:
        row = self._by_id.get(id(event.instrument)) or self._row_of(event.instrument)
        stamp = Stamp(_plausible(event.exchange_ms, received_ms), received_ms, received_s, source)
        if not _is_news(row.interest, stamp, row, event, _INTEREST):
            return False
        row.interest = stamp
        _merge(row, event, _INTEREST)
        self._changed(row)
        return True

    def _apply_candle(
        self, event: Candle, _received_ms: int, _received_s: float, _source: Source
    ) -> bool:
        row = self._by_id.get(id(event.instrument)) or self._row_of(event.instrument)
        known = row.bars.get(event.bar)
        if known is not None and (
            event.open_ms < known.open_ms or (known.closed and event.open_ms == known.open_ms)
        ):
            return False
        row.bars[event.bar] = event
        self._changed(row)
        if event.closed:
            self._to_ring(event)
        return True

    def _apply_liquidation(
        self, event: Liquidation, _received_ms: int, _received_s: float, _source: Source
    ) -> bool:
        # A new subscription replays an older event, and two sockets overlap at a rotation.
        fill = (event.instrument.symbol, event.exchange_ms, event.side, event.price, event.coins)
        if fill in self._fills:
            return False
        if len(self._fills) >= RING_EVENTS:
            del self._fills[next(iter(self._fills))]
        self._fills[fill] = None
        self._to_ring(event)
        return True

    def _to_ring(self, event: Candle | Liquidation) -> None:
        self._ring.append(event)
        self._ringed += 1
        self.revision += 1


def _plausible(exchange_ms: int | None, received_ms: int) -> int | None:
    """An exchange time, or None where its unit or its clock must be wrong."""
    if exchange_ms is None or _OLDEST_MS <= exchange_ms <= received_ms + DAY_MS:
        return exchange_ms
    return None


def _has_trade(event: Ticker) -> bool:
    # A delta without a last price says that it is unchanged: as fresh as one that repeats it.
    return (
        event.last is not None or event.volume_24h_coins is not None or event.open_24h is not None
    )


def _has_book(event: Ticker) -> bool:
    return event.book_complete or event.bid is not None or event.ask is not None


def _is_news(
    known: Stamp | None, stamp: Stamp, row: Row, event: object, fields: tuple[str, ...]
) -> bool:
    """Whether an event is later than what a group has, or says something else at the same time."""
    if known is None or known.exchange_ms is None or stamp.exchange_ms is None:
        return True
    if stamp.exchange_ms > known.exchange_ms:
        return True
    if stamp.exchange_ms == known.exchange_ms:
        return any(
            (value := getattr(event, name)) is not None and value != getattr(row, name)
            for name in fields
        )
    # Older. But one time that lay in the future must not shut out everything after it.
    return known.exchange_ms > stamp.received_ms + MINUTE_MS


def _agrees(known: Stamp | None, stamp: Stamp) -> bool:
    """Whether what is no news was said at the time of what is known, and so says it again."""
    return known is not None and known.exchange_ms == stamp.exchange_ms


def _merge(row: Row, event: object, fields: tuple[str, ...]) -> None:
    for name in fields:
        value = getattr(event, name)
        if value is not None:
            setattr(row, name, value)


def _merge_trade(row: Row, event: Ticker) -> None:
    # Written out: this runs for every ticker of every instrument.
    if event.last is not None:
        row.last = event.last
    if event.open_24h is not None:
        row.open_24h = event.open_24h
    if event.high_24h is not None:
        row.high_24h = event.high_24h
    if event.low_24h is not None:
        row.low_24h = event.low_24h
    if event.volume_24h_coins is not None:
        row.volume_24h_coins = event.volume_24h_coins
    if event.turnover_24h_usd is not None:
        row.turnover_24h_usd = event.turnover_24h_usd
    if event.day_open is not None:
        row.day_open = event.day_open


def _merge_book(row: Row, event: Ticker) -> None:
    if event.book_complete:
        row.bid = event.bid
        row.ask = event.ask
        row.bid_coins = event.bid_coins
        row.ask_coins = event.ask_coins
        return
    _merge(row, event, _BOOK)
