"""Bybit v5 public streams of one market: what to send, what an answer means."""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Raw

from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import (
    Ack,
    Event,
    Heartbeat,
    Ignored,
    Pong,
    Rejected,
    Request,
    RequestLimit,
    Subscription,
)
from tui_monitor.feeds.bybit import mapper, tickers, wire
from tui_monitor.feeds.bybit.asking import Asking, subscription_of
from tui_monitor.feeds.bybit.items import NOTHING, About, Items, held_back
from tui_monitor.feeds.bybit.tops import Tops
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.reading import UNREADABLE, read, read_frame, sample
from tui_monitor.model import Exchange, Market
from tui_monitor.printable import printable

PATHS = {Market.PERP: "/v5/public/linear", Market.SPOT: "/v5/public/spot"}
"""Below the streams' host: a socket carries one market."""
# No limit is documented. The 50 requests of 10 args that all of spot needs take 2.5 s.
REQUESTS = RequestLimit(20, 1.0)
# Documented: a ping every 20 s; the socket is cut after 10 minutes without pings and data.
HEARTBEAT = Heartbeat('{"req_id":"ping","op":"ping"}', 20.0, 10.0)

# Topics of the API before v5, and the one that allLiquidation replaced in 2025.
_DEAD = frozenset({
    "trade", "orderBookL2_25", "orderBook_200", "instrument_info", "candle", "klineV2",
    "liquidation", "bookticker", "diffDepth", "realtimes",
})  # fmt: skip
_QUICK_TICKER = b'{"topic":"tickers.'
_QUICK_BOOK = b'{"topic":"orderbook.1.'
_decode_tickers = wire.quick_tickers.decode
_decode_books = wire.quick_books.decode
_PONG = Pong()


class BybitAdapter:
    """The stream protocol of one market's sockets.

    `merged` False: every message stands for itself, and a delta gives no more than it says.
    """

    exchange = Exchange.BYBIT
    heartbeat: Heartbeat | None = HEARTBEAT
    request_limit = REQUESTS

    def __init__(self, book: InstrumentBook, market: Market, *, merged: bool = True) -> None:
        self.book = book
        self.market = market
        self._seen = book.seen
        self._tops = Tops(merged=merged)
        self._asking = Asking(market, self._tops)
        self._items = Items(book, market, self._tops)

    def requests(self, wanted: Sequence[Subscription]) -> list[Request]:
        """Subscribe frames: 10 args on spot, 100 on linear; see also `asking.sockets`."""
        return self._asking.requests(wanted)

    def decode(self, frame: bytes) -> Sequence[Event]:
        """One frame's events; a bad item becomes Damaged and leaves the others alone."""
        try:
            if frame.startswith(_QUICK_TICKER):
                return self._quick_ticker(_decode_tickers(frame))
            if frame.startswith(_QUICK_BOOK):
                return self._quick_book(_decode_books(frame))
        except UNREADABLE:
            pass  # "" somewhere, or damaged: the tolerant way finds out and says so
        try:
            message = read_frame(wire.frames, frame)
        except Malformed:
            self._tops.damaged()
            raise
        if message.topic is None:
            return list(self._control(message, frame))
        if message.data is wire.ABSENT:
            raise Malformed(f"a topic without data: {sample(frame)}")
        return list(self._data(message.topic, message))

    def read_item(self, kind: str, item: Raw, about: About) -> Iterator[Event]:
        """One row of a REST answer; see `Items.kinds`."""
        return self._items.read(kind, item, about)

    def foreign(self, symbol: str) -> Ignored:
        """What a symbol is that is none of this market's."""
        return self._items.foreign(symbol, None)

    def _quick_ticker(self, frame: wire.QuickTickers) -> Sequence[Event]:
        symbol = frame.data.symbol
        instrument = self._seen(symbol) or self.book.find(symbol)
        if instrument is None:
            return (self._items.foreign(symbol, frame.ts),)
        top = self._tops.of(frame.topic, delta=frame.type == "delta")
        if top is None:
            return (held_back(symbol, frame.ts),)
        return tickers.events_of(frame.data, instrument, frame.ts, top) or (NOTHING,)

    def _quick_book(self, frame: wire.QuickBook) -> Sequence[Event]:
        symbol = frame.data.s
        instrument = self._seen(symbol) or self.book.find(symbol)
        if instrument is None:
            return (self._items.foreign(symbol, frame.ts),)
        top = self._tops.of(frame.topic, delta=frame.type == "delta")
        if top is None:
            return (held_back(symbol, frame.ts),)
        tickers.take_levels(frame.data.b, frame.data.a, instrument.multiplier, top)
        return (tickers.book_event(instrument, frame.ts, top),)

    def _data(self, topic: str, message: wire.Frame) -> Iterator[Event]:
        channel, symbol = subscription_of(topic)
        kind, _, part = channel.partition(".")
        if kind in _DEAD:
            raise Malformed(f"topic {kind} is of Bybit's API before v5")
        if channel not in _TOPICS and kind != "kline":
            reason = f"topic {printable(channel, 30)} is not used"
            yield Ignored(reason=reason, symbol=symbol or None)
            return
        about = About(
            symbol=symbol,
            topic=topic,
            ts_ms=mapper.time_ms(message.ts),
            is_delta=message.type == "delta",
            bar=mapper.BARS.get(part, part),
        )
        reader = channel if channel in _TOPICS else kind
        for item in _items(message.data):
            yield from self._items.read(reader, item, about)

    def _control(self, message: wire.Frame, frame: bytes) -> Iterator[Event]:
        if message.request is not wire.ABSENT:
            raise Malformed("an answer of Bybit's API before v5")
        if message.success is None and not message.op:
            raise Malformed(f"neither an answer nor a topic: {sample(frame)}")
        if message.op in ("ping", "pong") or message.ret_msg == "pong":
            yield _PONG
        elif message.type == "COMMAND_RESP":
            yield from _command_answered(message.data)
        elif message.op in ("subscribe", "unsubscribe"):
            yield from self._asking.answered(message)
        elif message.success:
            yield Ignored(reason=f"an answer to {printable(message.op, 30)}")
        else:
            yield Rejected(code="", reason=printable(message.ret_msg, 200))


_TOPICS = frozenset({"tickers", "orderbook.1", "allLiquidation"})
_TOPIC_LISTS = msgspec.json.Decoder(wire.Topics)


def _command_answered(data: Raw) -> Iterator[Event]:
    """The answer that names its topics; only options give it."""
    topics = read(_TOPIC_LISTS, data, "topics of an answer")
    for topic in topics.success_topics:
        yield Ack(subscription=subscription_of(topic))
    for topic in topics.fail_topics:
        yield Rejected(code="", reason="refused", subscription=subscription_of(topic))


def _items(data: Raw) -> list[Raw]:
    """The items of `data`, which is one object or a list."""
    if not bytes(data).startswith(b"["):
        return [data]
    return read(wire.items, data, "data is no list")
