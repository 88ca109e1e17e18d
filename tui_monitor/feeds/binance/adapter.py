"""Binance's streams: what to send, what an answer means.

An acknowledgement proves nothing here: unknown symbols, streams of another path and names in
upper case are acknowledged too, and stay silent. Only data is life.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import (
    Ack,
    Control,
    Damaged,
    Event,
    GoingAway,
    Heartbeat,
    Ignored,
    Listed,
    Rejected,
    Request,
    Subscription,
)
from tui_monitor.feeds.binance import listing, mapper, quick, wire
from tui_monitor.feeds.binance.streams import (
    MAX_STREAMS,
    NAMES_A_REQUEST,
    REQUESTS,
    route_of,
    stream_name,
)
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.numbers import Loose, epoch_ms
from tui_monitor.feeds.reading import (
    UNREADABLE,
    UNUSABLE,
    read,
    read_frame,
    reason_of,
    sample,
    symbol_in,
)
from tui_monitor.model import Exchange, Instrument, Market
from tui_monitor.printable import printable

COIN_M = "2"
_SHUTDOWN = "serverShutdown"
# Requests whose answer may still come; a socket that ends leaves some behind.
_MAX_OPEN = 256
_SPOT_BOOK = b"@bookTicker"
_decode_quick = quick.frames.decode
_decode_spot_book = quick.spot_books.decode

ItemReader = Callable[[Raw], Iterator[Event]]
Keep = Callable[[Instrument], bool]


class BinanceAdapter:
    """The stream protocol of one market; its symbols mean another thing on the other.

    All-market streams bring everything that is listed. `keep` says which instruments are wanted;
    what it refuses gives no event at all.
    """

    exchange = Exchange.BINANCE
    # The exchange pings (spot each 20 s, futures each 3 min); the socket answers by itself.
    heartbeat: Heartbeat | None = None

    def __init__(
        self, book: InstrumentBook, market: Market = Market.PERP, keep: Keep | None = None
    ) -> None:
        self.book = book
        self.market = market
        self._is_spot = market is Market.SPOT
        self._seen = book.seen
        self.request_limit = REQUESTS[market]
        self._keep = keep
        self._last_id = 0
        self._open: OrderedDict[int | str, tuple[Subscription, ...]] = OrderedDict()
        self._quick: dict[type, Callable[[Any, Instrument, list[Event]], None]] = {
            quick.QuickTicker: mapper.add_quick_ticker,
            quick.QuickMini: mapper.add_quick_ticker,
            quick.QuickKline: mapper.add_quick_candle,
        }
        self._readers: dict[str, ItemReader] = {
            "24hrTicker": self._ticker,
            "24hrMiniTicker": self._ticker,
            "bookTicker": self._book,
            "kline": self._kline,
        }
        if market is Market.PERP:
            self._quick |= {
                quick.QuickBook: mapper.add_quick_book,
                quick.QuickMark: mapper.add_quick_mark,
            }
            self._readers |= {
                "markPriceUpdate": self._mark,
                "forceOrder": self._liquidation,
                "contractInfo": self._contract,
            }

    def requests(self, wanted: Sequence[Subscription]) -> list[Request]:
        """SUBSCRIBE frames of at most 200 names; all of one route (`streams.sockets`).

        Raises ValueError for what this socket would acknowledge and never serve.
        """
        routes = {route_of(self.market, topic) for topic in wanted}
        if len(routes) > 1 or len(wanted) > MAX_STREAMS:
            raise ValueError(f"{len(wanted)} streams of {len(routes)} routes on one socket")
        return [
            self._subscribe(tuple(wanted[begin : begin + NAMES_A_REQUEST]))
            for begin in range(0, len(wanted), NAMES_A_REQUEST)
        ]

    def _subscribe(self, topics: tuple[Subscription, ...]) -> Request:
        self._last_id += 1
        self._open[self._last_id] = topics
        if len(self._open) > _MAX_OPEN:
            self._open.popitem(last=False)
        frame = {
            "method": "SUBSCRIBE",
            "params": [stream_name(topic) for topic in topics],
            "id": self._last_id,
        }
        return Request(msgspec.json.encode(frame).decode(), topics)

    def decode(self, frame: bytes) -> Sequence[Event]:
        """One frame's events; a bad item becomes Damaged and leaves the others alone."""
        if self._is_spot and frame.find(_SPOT_BOOK, 0, 64) > 0:
            try:
                return self._quick_spot_book(_decode_spot_book(frame).data)
            except UNREADABLE:
                return self._tolerant(frame)
        try:
            found = _decode_quick(frame).data
        except UNREADABLE:
            return self._tolerant(frame)
        events: list[Event] = []
        if isinstance(found, list):
            for row in found:
                self._add(row, events)
        else:
            self._add(found, events)
        return events

    def find(self, symbol: str, ts: Loose = None) -> Instrument | Control | None:
        """The instrument of a row; why it is none of ours; None if it is not wanted."""
        instrument = self.book.find(symbol)
        if instrument is None:
            if not symbol:
                return Damaged(reason="a row without a symbol")
            reason = listing.why_foreign(symbol) or f"{printable(symbol)} is not known"
            return Ignored(reason=reason, symbol=symbol, exchange_ms=epoch_ms(ts))
        return instrument if self._keep is None or self._keep(instrument) else None

    def _add(self, row: quick.QuickRow, events: list[Event]) -> None:
        if row.st == 2:
            events.append(_coin_m(row.symbol, None))
            return
        instrument = self._seen(row.symbol) or self.book.find(row.symbol)
        if instrument is None:
            found = self.find(row.symbol)
            if isinstance(found, Control):
                events.append(found)
        elif self._keep is None or self._keep(instrument):
            self._quick.get(type(row), _add_foreign)(row, instrument, events)

    def _quick_spot_book(self, row: quick.QuickSpotBook) -> Sequence[Event]:
        found = self.find(row.symbol)
        if isinstance(found, Instrument):
            return (mapper.quick_spot_book(row, found),)
        return (found,) if found is not None else ()

    def _tolerant(self, frame: bytes) -> Sequence[Event]:
        if frame.lstrip()[:1] == b"[":
            return self._items(Raw(frame))
        message = read_frame(wire.frames, frame)
        if message.stream is not None and message.data is not wire.ABSENT:
            return self._items(message.data)
        if message.e is not None or message.u is not None:
            return self._items(Raw(frame))
        control = self._control(message)
        if control is None:
            raise Malformed(f"neither an answer nor data of Binance: {sample(frame)}")
        return control

    def _items(self, data: Raw) -> list[Event]:
        items = _items_of(data)
        if not items:
            return [Ignored(reason="an empty list")]
        events: list[Event] = []
        for item in items:
            try:
                row = quick.rows.decode(item)
            except UNREADABLE:
                events.extend(guarded(self._tolerant_item, item))
            else:
                self._add(row, events)
        return events

    def _tolerant_item(self, item: Raw) -> Iterator[Event]:
        kind = wire.kinds.decode(item)
        if kind.event == _SHUTDOWN:
            yield GoingAway(reason="the server is about to shut down")
            return
        if kind.event is None and self.market is Market.PERP:
            raise Malformed("a row without an event type")
        reader = self._readers.get(kind.event or "bookTicker")
        if reader is None:
            reason = f"stream {printable(kind.event or '', 30)} is not used"
            ts = epoch_ms(kind.ts)
            yield Ignored(reason=reason, symbol=kind.symbol or None, exchange_ms=ts)
        elif str(kind.st) == COIN_M:
            yield _coin_m(kind.symbol or "", kind.ts)
        else:
            yield from reader(item)

    def _ticker(self, item: Raw) -> Iterator[Event]:
        yield from self.ticker_events(_TICKER.decode(item))

    def ticker_events(self, row: wire.TickerRow) -> Iterator[Event]:
        """A 24 h ticker; REST rows have the same meaning."""
        found = self.find(row.symbol, row.ts)
        if isinstance(found, Instrument):
            yield mapper.ticker(row, found) or _nothing(row.symbol, row.ts)
        elif found is not None:
            yield found

    def _book(self, item: Raw) -> Iterator[Event]:
        yield from self.book_events(_BOOK.decode(item))

    def book_events(self, row: wire.BookRow) -> Iterator[Event]:
        """A top of the book."""
        found = self.find(row.symbol, row.ts)
        if isinstance(found, Instrument):
            yield mapper.book(row, found) or _nothing(row.symbol, row.ts)
        elif found is not None:
            yield found

    def _mark(self, item: Raw) -> Iterator[Event]:
        yield from self.mark_events(_MARK.decode(item))

    def mark_events(self, row: wire.MarkRow) -> Iterator[Event]:
        """Mark, index and, where one will settle, funding."""
        found = self.find(row.symbol, row.ts)
        if isinstance(found, Instrument):
            yield mapper.mark_price(row, found)
            funding = mapper.funding(row, found)
            if funding is not None:
                yield funding
        elif found is not None:
            yield found

    def _kline(self, item: Raw) -> Iterator[Event]:
        row = _KLINE.decode(item)
        found = self.find(row.symbol, row.k.open_ms)
        if isinstance(found, Instrument):
            yield mapper.candle(row.k, found)
        elif found is not None:
            yield found

    def _liquidation(self, item: Raw) -> Iterator[Event]:
        order = _ORDER.decode(item).o
        if str(order.st) == COIN_M:
            yield _coin_m(order.s, order.T)
            return
        found = self.find(order.s, order.T)
        if isinstance(found, Instrument):
            yield mapper.liquidation(order, found)
        elif found is not None:
            yield found

    def _contract(self, item: Raw) -> Iterator[Event]:
        row = _CONTRACT.decode(item)
        foreign = listing.why_foreign(row.s)
        if foreign is not None:
            yield Ignored(reason=foreign, symbol=row.s or None, exchange_ms=epoch_ms(row.E))
            return
        known = self.book.known(row.s)
        yield Listed(instrument=listing.changed(row, known), exchange_ms=epoch_ms(row.E))

    def _control(self, message: wire.Frame) -> Sequence[Event] | None:
        if message.result is not wire.ABSENT and message.id is not None:
            topics = self._open.pop(message.id, ())
            return [Ack(subscription=topic) for topic in topics] or [Ack(subscription=None)]
        if message.error is not None:
            return [self._rejected(message.error.code, message.error.msg, message.id)]
        if message.code is not None and message.msg:
            return [self._rejected(message.code, message.msg, message.id)]
        return None

    def _rejected(self, code: int, text: str, request_id: int | str | None) -> Rejected:
        """The topic is known only where the request had one; else it is found by halving."""
        topics = self._open.pop(request_id, ()) if request_id is not None else ()
        topic = topics[0] if len(topics) == 1 else None
        return Rejected(code=str(code), reason=printable(text, 200), subscription=topic)


_TICKER = msgspec.json.Decoder(wire.WsTicker)
_BOOK = msgspec.json.Decoder(wire.WsBook)
_MARK = msgspec.json.Decoder(wire.WsMark)
_KLINE = msgspec.json.Decoder(wire.Kline)
_ORDER = msgspec.json.Decoder(wire.ForceOrder)
_CONTRACT = msgspec.json.Decoder(wire.ContractInfo)


def _add_foreign(row: quick.QuickRow, _found: Instrument, events: list[Event]) -> None:
    reason = "a stream of the futures, which spot does not have"
    events.append(Ignored(reason=reason, symbol=row.symbol))


def guarded(reader: ItemReader, item: Raw) -> Iterator[Event]:
    """Read one item; what is wrong with it becomes an event of its own."""
    try:
        yield from list(reader(item))
    except UNUSABLE as error:
        yield Damaged(reason=reason_of(error), symbol=symbol_in(item))


def _coin_m(symbol: str, ts: Loose) -> Ignored:
    shown = printable(symbol) or "a row"
    reason = f"{shown} is of COIN-M, which shares this stream"
    return Ignored(reason=reason, symbol=symbol or None, exchange_ms=epoch_ms(ts))


def _nothing(symbol: str, ts: Loose) -> Ignored:
    reason = f"{printable(symbol)}: nothing traded, nothing offered"
    return Ignored(reason=reason, symbol=symbol, exchange_ms=epoch_ms(ts))


def _items_of(data: Raw) -> list[Raw]:
    """The rows of an all-market push, or the one row that it is."""
    if bytes(data).lstrip()[:1] != b"[":
        return [data]
    return read(wire.items, data, "damaged rows")
