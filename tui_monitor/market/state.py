"""All rows, merged event by event, and the ring of what must not be merged."""

import operator
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.market.row import Row, Stamp
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
_REST = Source.REST  # an enum member by attribute costs as much as merging a field


class Batch(NamedTuple):
    """Ring events after a cursor, each with its arrival. `missed` were overwritten unread."""

    events: list[Candle | Liquidation]
    cursor: int
    missed: int
    received_ms: list[int]


class _Group:
    """The fields that a stamp is of: what events and rows both have, under the same names."""

    def __init__(self, *names: str) -> None:
        get = operator.attrgetter(*names)
        self.of: Callable[[object], tuple[object, ...]] = (
            get if len(names) > 1 else lambda whose: (get(whose),)
        )


_TRADE = _Group(
    "last",
    "open_24h",
    "high_24h",
    "low_24h",
    "volume_24h_coins",
    "turnover_24h_usd",
    "day_open",
)
_BOOK = _Group("bid", "ask", "bid_coins", "ask_coins")
_MARK = _Group("mark_price")
_INDEX = _Group("index_price")
_FUNDING = _Group("rate", "interval_h", "next_settlement_ms", "settled_rate", "settled_ms")
_INTEREST = _Group("open_interest_coins", "open_interest_usd")


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
        self._ring_ms: deque[int] = deque(maxlen=ring_events)
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
        return Batch(list(self._ring)[skip:], self._ringed, missed, list(self._ring_ms)[skip:])

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

    # The merges are written out, and call nothing that need not be: they run for every row of
    # every frame, and a call costs as much as three fields. In all of them an event is news if
    # its group has no stamp, if either time is unknown, or if it is later; `_is_news` has the rest.

    def _apply_ticker(
        self, event: Ticker, received_ms: int, received_s: float, source: Source
    ) -> bool:
        row = self._by_id.get(id(event.instrument)) or self._row_of(event.instrument)
        ms = event.exchange_ms
        if ms is not None and not _OLDEST_MS <= ms <= received_ms + DAY_MS:
            ms = None
        stamp = Stamp(ms, received_ms, received_s, source)
        news = False
        # A delta without a last price says that it is unchanged: as fresh as one that repeats it.
        if (
            event.last is not None
            or event.volume_24h_coins is not None
            or event.open_24h is not None
        ):
            known = row.trade
            if (
                known is None
                or ms is None
                or ((was := known.exchange_ms) is None and (was := known.after_ms) is None)
                or ms > was
                or _is_news(known, stamp, row, event, _TRADE)
            ):
                row.trade = stamp if ms is not None else _after(known, stamp)
                row.trade_seen_s, news = received_s, True
                _merge_trade(row, event)
            elif source is _REST and ms == was:
                row.trade_seen_s = received_s
        if event.book_complete or event.bid is not None or event.ask is not None:
            known = row.book
            if (
                known is None
                or ms is None
                or ((was := known.exchange_ms) is None and (was := known.after_ms) is None)
                or ms > was
                or _is_news(known, stamp, row, event, _BOOK)
            ):
                row.book = stamp if ms is not None else _after(known, stamp)
                row.book_seen_s, news = received_s, True
                if event.book_complete:
                    row.bid, row.bid_coins = event.bid, event.bid_coins
                    row.ask, row.ask_coins = event.ask, event.ask_coins
                else:
                    _merge_book(row, event)
            elif source is _REST and ms == was:
                row.book_seen_s = received_s
        if news:
            row.revision = self.revision = self.revision + 1
        return news

    def _apply_mark(
        self, event: MarkPrice, received_ms: int, received_s: float, source: Source
    ) -> bool:
        row = self._by_id.get(id(event.instrument)) or self._row_of(event.instrument)
        ms = event.exchange_ms
        if ms is not None and not _OLDEST_MS <= ms <= received_ms + DAY_MS:
            ms = None
        stamp = Stamp(ms, received_ms, received_s, source)
        news = False
        if event.mark_price is not None:
            known = row.mark
            if (
                known is None
                or ms is None
                or ((was := known.exchange_ms) is None and (was := known.after_ms) is None)
                or ms > was
                or _is_news(known, stamp, row, event, _MARK)
            ):
                row.mark = stamp if ms is not None else _after(known, stamp)
                row.mark_price, news = event.mark_price, True
        if event.index_price is not None:
            known = row.index
            if (
                known is None
                or ms is None
                or ((was := known.exchange_ms) is None and (was := known.after_ms) is None)
                or ms > was
                or _is_news(known, stamp, row, event, _INDEX)
            ):
                row.index = stamp if ms is not None else _after(known, stamp)
                row.index_price, news = event.index_price, True
        if news:
            row.revision = self.revision = self.revision + 1
        return news

    def _apply_funding(
        self, event: Funding, received_ms: int, received_s: float, source: Source
    ) -> bool:
        row = self._by_id.get(id(event.instrument)) or self._row_of(event.instrument)
        ms = event.exchange_ms
        if ms is not None and not _OLDEST_MS <= ms <= received_ms + DAY_MS:
            ms = None
        stamp = Stamp(ms, received_ms, received_s, source)
        known = row.funding
        if not (
            known is None
            or ms is None
            or ((was := known.exchange_ms) is None and (was := known.after_ms) is None)
            or ms > was
            or _is_news(known, stamp, row, event, _FUNDING)
        ):
            return False
        row.funding = stamp if ms is not None else _after(known, stamp)
        if (value := event.rate) is not None:
            row.rate = value
        if (value := event.interval_h) is not None:
            row.interval_h = value
        if (next_ms := event.next_settlement_ms) is not None:
            row.next_settlement_ms = next_ms
        if (value := event.settled_rate) is not None:
            row.settled_rate = value
        if (settled_ms := event.settled_ms) is not None:
            row.settled_ms = settled_ms
        row.revision = self.revision = self.revision + 1
        return True

    def _apply_interest(
        self, event: OpenInterest, received_ms: int, received_s: float, source: Source
    ) -> bool:
        row = self._by_id.get(id(event.instrument)) or self._row_of(event.instrument)
        ms = event.exchange_ms
        if ms is not None and not _OLDEST_MS <= ms <= received_ms + DAY_MS:
            ms = None
        stamp = Stamp(ms, received_ms, received_s, source)
        known = row.interest
        if not (
            known is None
            or ms is None
            or ((was := known.exchange_ms) is None and (was := known.after_ms) is None)
            or ms > was
            or _is_news(known, stamp, row, event, _INTEREST)
        ):
            return False
        row.interest = stamp if ms is not None else _after(known, stamp)
        if (value := event.open_interest_coins) is not None:
            row.open_interest_coins = value
        if (value := event.open_interest_usd) is not None:
            row.open_interest_usd = value
        row.revision = self.revision = self.revision + 1
        return True

    def _apply_candle(
        self, event: Candle, received_ms: int, _received_s: float, _source: Source
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
            self._to_ring(event, received_ms)
        return True

    def _apply_liquidation(
        self, event: Liquidation, received_ms: int, _received_s: float, _source: Source
    ) -> bool:
        # A new subscription replays an older event, and two sockets overlap at a rotation.
        fill = (*event.instrument.key, event.exchange_ms, event.side, event.price, event.coins)
        if fill in self._fills:
            return False
        if len(self._fills) >= RING_EVENTS:
            del self._fills[next(iter(self._fills))]
        self._fills[fill] = None
        self._to_ring(event, received_ms)
        return True

    def _to_ring(self, event: Candle | Liquidation, received_ms: int) -> None:
        self._ring.append(event)
        self._ring_ms.append(received_ms)
        self._ringed += 1
        self.revision += 1


def _is_news(known: Stamp, stamp: Stamp, row: Row, event: object, fields: _Group) -> bool:
    """Whether an event that is not later than what a group has is news all the same."""
    newest_ms = known.after_ms if known.exchange_ms is None else known.exchange_ms
    if newest_ms is None or stamp.exchange_ms is None:
        return True
    if stamp.exchange_ms == known.exchange_ms:
        said, has = fields.of(event), fields.of(row)
        return said != has and any(
            new is not None and new != old for new, old in zip(said, has, strict=True)
        )
    # Older. But one time that lay in the future must not shut out everything after it.
    return newest_ms > stamp.received_ms + MINUTE_MS


def _after(known: Stamp | None, stamp: Stamp) -> Stamp:
    """The stamp of values without a time: what came before them must not come after them."""
    if known is None:
        return stamp
    newest_ms = known.after_ms if known.exchange_ms is None else known.exchange_ms
    return replace(stamp, after_ms=newest_ms)


def _merge_trade(row: Row, event: Ticker) -> None:
    if (value := event.last) is not None:
        row.last = value
    if (value := event.open_24h) is not None:
        row.open_24h = value
    if (value := event.high_24h) is not None:
        row.high_24h = value
    if (value := event.low_24h) is not None:
        row.low_24h = value
    if (value := event.volume_24h_coins) is not None:
        row.volume_24h_coins = value
    if (value := event.turnover_24h_usd) is not None:
        row.turnover_24h_usd = value
    if (value := event.day_open) is not None:
        row.day_open = value


def _merge_book(row: Row, event: Ticker) -> None:
    if (value := event.bid) is not None:
        row.bid = value
    if (value := event.ask) is not None:
        row.ask = value
    if (value := event.bid_coins) is not None:
        row.bid_coins = value
    if (value := event.ask_coins) is not None:
        row.ask_coins = value
