"""Bitget's public streams: what to send (v3), what an answer means (v3, and v2 in recordings).

One socket carries both markets; an adapter asks for those of one.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Raw

from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import (
    Ack,
    Event,
    Heartbeat,
    Ignored,
    Notice,
    Pong,
    Rejected,
    Request,
    RequestLimit,
    Subscription,
)
from tui_monitor.feeds.bitget import mapper, tickers, wire
from tui_monitor.feeds.bitget.items import NOTHING, About, Items
from tui_monitor.feeds.instruments import Books
from tui_monitor.feeds.numbers import epoch_ms
from tui_monitor.feeds.reading import UNREADABLE, read, read_frame, sample
from tui_monitor.model import Exchange, Market
from tui_monitor.printable import printable

PATH = "/v3/ws/public"
"""Below the streams' host."""
# A frame of 25 args and more has been answered by closing the socket; 10 are safe, a second
# apart. That also keeps below 10 messages a second, pings counted.
ARGS_A_REQUEST = 10
REQUESTS = RequestLimit(1, 1.0)
# Recommended: fewer than 50; allowed: 1000.
CHANNELS_A_SOCKET = 49
# Documented: at least every 30 s. Without pings the socket is closed though data flows.
HEARTBEAT = Heartbeat("ping", 25.0, 10.0, every_s=25.0)

_V2_CANDLE = "candle"
_KINDS = {
    # v3 topics
    "ticker": "ticker v3",
    "books1": "book",
    "kline": "kline",
    "liquidation": "liquidation",
}
_KINDS_V2 = {"ticker": "ticker v2", "books1": "book"}
_V3_ERROR = re.compile(r"\{.*?\}")
# Too many requests: the same subscription may be asked for again.
_RETRY = frozenset({"30006"})
_QUICK = tuple(
    b'{"action":"%s","arg":{"instType":"%s","topic":"ticker",' % (action, name.encode())
    for action in (b"snapshot", b"update")
    for name in mapper.MARKETS
)
_decode_quick = wire.quick_tickers.decode
_PONG = Pong()


class BitgetAdapter:
    """The stream protocol. `market` is what is asked for; frames say their own."""

    exchange = Exchange.BITGET
    heartbeat: Heartbeat | None = HEARTBEAT
    request_limit = REQUESTS

    def __init__(self, books: Books, market: Market) -> None:
        self.books = books
        self.market = market
        self._items = Items(books)

    def requests(self, wanted: Sequence[Subscription]) -> list[Request]:
        """Subscribe frames of at most 10 args; see also `sockets`."""
        chunks = (
            tuple(wanted[begin : begin + ARGS_A_REQUEST])
            for begin in range(0, len(wanted), ARGS_A_REQUEST)
        )
        return [Request(_subscribe(chunk, self.market), chunk) for chunk in chunks]

    def decode(self, frame: bytes) -> Sequence[Event]:
        """One frame's events; a bad item becomes Damaged and leaves the others alone."""
        if frame.startswith(_QUICK):
            try:
                return self._quick(_decode_quick(frame))
            except UNREADABLE:
                pass  # "" somewhere, or damaged: the tolerant way finds out and says so
        if frame == b"pong":
            return (_PONG,)
        message = read_frame(wire.frames, frame)
        if message.arg is not None and message.arg.instType.lower() in mapper.V1_TYPES:
            raise Malformed("a frame of v1, which Bitget has switched off")
        if message.event is not None:
            return (_control(message),)
        if message.arg is None or message.data is wire.ABSENT:
            raise Malformed(f"neither an event nor data: {sample(frame)}")
        return list(self._data(message.arg, message))

    def read_item(self, kind: str, item: Raw, about: About) -> Iterator[Event]:
        """One row of a REST answer; see `Items.kinds`."""
        return self._items.read(kind, item, about)

    def _quick(self, quick: wire.QuickTickers) -> Sequence[Event]:
        market = mapper.MARKETS[quick.arg.instType]
        symbol = quick.arg.symbol
        book = self.books[market]
        instrument = book.seen(symbol) or book.find(symbol)
        if instrument is None:
            return (self._items.foreign(symbol, About(market=market, ts_ms=quick.ts)),)
        events: list[Event] = []
        for found in quick.data:
            whole = quick.action != "update" or (found.bid is not None and found.ask is not None)
            events += tickers.events_of(found, instrument, quick.ts, whole=whole)
        return events or (NOTHING,)

    def _data(self, arg: wire.Arg, message: wire.Frame) -> Iterator[Event]:
        market = mapper.MARKETS.get(arg.instType.lower())
        named = arg.topic or arg.channel
        kind = _kind_of(arg)
        if market is None:
            what = printable(arg.instType, 20) or "an absent instType"
            yield Ignored(reason=f"{what} is none of our markets", symbol=_symbol(arg) or None)
            return
        if kind is None:
            reason = f"topic {printable(named, 30)} is not used"
            yield Ignored(reason=reason, symbol=_symbol(arg) or None)
            return
        items = read(wire.items, message.data, "data is no list")
        bar = arg.interval or arg.channel.removeprefix(_V2_CANDLE)
        for item in items:
            about = About(
                market=market,
                symbol=_symbol(arg),
                ts_ms=epoch_ms(message.ts),
                bar=bar,
                whole=message.action != "update",
            )
            yield from self._items.read(kind, item, about)


def sockets(wanted: Sequence[Subscription]) -> list[tuple[Subscription, ...]]:
    """Divide subscriptions among connections of fewer than 50 channels."""
    return [
        tuple(wanted[begin : begin + CHANNELS_A_SOCKET])
        for begin in range(0, len(wanted), CHANNELS_A_SOCKET)
    ]


def _kind_of(arg: wire.Arg) -> str | None:
    if arg.topic:
        return _KINDS.get(arg.topic)
    if arg.channel.startswith(_V2_CANDLE):
        return "candle"
    return _KINDS_V2.get(arg.channel)


def _symbol(arg: wire.Arg) -> str:
    return arg.symbol or arg.instId


def _subscribe(wanted: Sequence[Subscription], market: Market) -> str:
    args = [_arg_of(subscription, market) for subscription in wanted]
    return msgspec.json.encode({"op": "subscribe", "args": args}).decode()


def _arg_of(subscription: Subscription, market: Market) -> dict[str, str]:
    """`kline.30m` is topic kline with interval 30m; liquidation takes no symbol."""
    topic, _, interval = subscription.channel.partition(".")
    arg = {"instType": mapper.CATEGORY[market], "topic": topic}
    if subscription.symbol:
        arg["symbol"] = subscription.symbol
    if interval:
        arg["interval"] = interval
    return arg


def _subscription_of(arg: wire.Arg) -> Subscription:
    topic = arg.topic or arg.channel
    return Subscription(f"{topic}.{arg.interval}" if arg.interval else topic, _symbol(arg))


def _control(message: wire.Frame) -> Event:
    """What an `event` frame means; `code` is a number on v2, a text elsewhere."""
    code = "" if message.code is None else printable(str(message.code), 20)
    text = printable(message.msg, 200)
    match message.event:
        case "subscribe" | "unsubscribe":
            topic = _subscription_of(message.arg) if message.arg else None
            return Ack(subscription=topic, ended=message.event == "unsubscribe")
        case "error":
            return Rejected(
                code=code, reason=text, subscription=_meant(message), retry=code in _RETRY
            )
        case "pong":
            return _PONG
        case "notice":
            return Notice(text=f"{code} {text}".strip())
        case other:
            return Ignored(reason=f"event {printable(other or '', 30)}")


def _meant(message: wire.Frame) -> Subscription | None:
    """The topic of an error: its `arg` on v2; on v3 the text begins with it."""
    if message.arg is not None and (message.arg.topic or message.arg.channel):
        return _subscription_of(message.arg)
    found = _V3_ERROR.match(message.msg)
    if found is None:
        return None
    try:
        arg = _ARG.decode(found[0])
    except UNREADABLE:
        return None
    return _subscription_of(arg) if arg.topic else None


_ARG = msgspec.json.Decoder(wire.Arg)
