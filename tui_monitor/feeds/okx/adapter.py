"""OKX v5 public stream: what to send, what an answer means (docs-v5 "WebSocket")."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec
from msgspec import Raw

from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import (
    Ack,
    Damaged,
    Event,
    GoingAway,
    Heartbeat,
    Ignored,
    Listed,
    Notice,
    Pong,
    Rejected,
    Request,
    RequestLimit,
    Subscription,
)
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.numbers import Loose, epoch_ms
from tui_monitor.feeds.okx import mapper, wire
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

# 64 KB of args are allowed; 100 of them are under 8 KB, and one refused frame costs little.
ARGS_A_REQUEST = 100
# Documented: 3 a second, and 480 an hour for one connection. Pings are counted too.
REQUESTS = RequestLimit(2, 1.0)
# The socket is closed after 30 s of silence from both sides.
HEARTBEAT = Heartbeat("ping", 20.0, 10.0)

# Channels that take `instType` instead of `instId`; `status` takes neither.
_BY_TYPE = frozenset({"instruments", "liquidation-orders"})
# Another exchange's frames are built alike; its types give it away.
_TYPES = frozenset({"", "ANY", "SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION", "EVENTS"})
_UPGRADE = "64008"
# Internal error, too frequent: the same subscription may be asked for again.
_RETRY = frozenset({"60014", "64007"})
_NOT_THERE = re.compile(r"channel:([^,\s]+),\s*inst(?:Id|Type|Family):(\S+) doesn't exist")
_decode_quick = wire.quick_tickers.decode
_map_quick = mapper.quick_ticker
_QUICK = b'{"arg":{"channel":"tickers"'
_PONG = Pong()

R = TypeVar("R", wire.TickerRow, wire.MarkRow, wire.FundingRow, wire.InterestRow)
ItemReader = Callable[[Raw, wire.Arg], Iterator[Event]]


class OkxAdapter:
    """The stream protocol. `market` is the one whose index prices are meant by index-tickers."""

    exchange = Exchange.OKX
    heartbeat: Heartbeat | None = HEARTBEAT
    request_limit = REQUESTS

    def __init__(self, book: InstrumentBook, market: Market = Market.PERP) -> None:
        self.book = book
        self.market = market
        self._seen = book.seen
        self._readers: dict[str, ItemReader] = {
            "tickers": self._rows(_TICKER, mapper.ticker),
            "bbo-tbt": self._best,
            "mark-price": self._rows(_MARK, mapper.mark_price),
            "index-tickers": self._index_price,
            "funding-rate": self._rows(_FUNDING, _funding),
            "open-interest": self._rows(_INTEREST, mapper.open_interest),
            "liquidation-orders": self._liquidations,
            "instruments": self._instrument,
            "status": self._status,
        }

    def requests(self, wanted: Sequence[Subscription]) -> list[Request]:
        """Subscribe frames of at most 100 args."""
        chunks = (
            tuple(wanted[begin : begin + ARGS_A_REQUEST])
            for begin in range(0, len(wanted), ARGS_A_REQUEST)
        )
        return [Request(_subscribe(chunk), chunk) for chunk in chunks]

    def decode(self, frame: bytes) -> Sequence[Event]:
        """One frame's events; a bad item becomes Damaged and leaves the others alone."""
        if frame.startswith(_QUICK):
            try:
                rows = _decode_quick(frame).data
            except UNREADABLE:
                pass  # "" somewhere, or damaged: the tolerant way finds out and says so
            else:
                events: list[Event] = []
                for row in rows:
                    instrument = self._seen(row.inst_id)
                    if instrument is not None and instrument.multiplier == 1.0:
                        events.append(_map_quick(row, instrument))
                    else:
                        events.append(self._rare_ticker(row))
                return events
        if frame == b"pong":
            return (_PONG,)
        message = read_frame(wire.frames, frame)
        if message.arg is not None and message.arg.instType not in _TYPES:
            raise Malformed(f"instType {printable(message.arg.instType, 20)} is none of OKX's")
        if message.event is not None:
            return (_control(message),)
        if message.arg is None or message.data is wire.ABSENT:
            raise Malformed(f"neither an event nor data: {sample(frame)}")
        return list(self._data(message.arg, message.data))

    def read_item(self, channel: str, item: Raw, symbol: str = "") -> Iterator[Event]:
        """One row of a channel; REST rows have the same shapes."""
        return _guarded(self._readers[channel], item, wire.Arg(channel, symbol))

    def _data(self, arg: wire.Arg, data: Raw) -> Iterator[Event]:
        is_candle = arg.channel.startswith("candle")
        reader = self._candle if is_candle else self._readers.get(arg.channel)
        if reader is None:
            reason = f"channel {printable(arg.channel, 30)} is not used"
            yield Ignored(reason=reason, symbol=arg.instId or None)
            return
        items = read(wire.items, data, "data is no list")
        for item in items:
            yield from _guarded(reader, item, arg)

    def _rare_ticker(self, row: wire.QuickTicker) -> Event:
        """One of an instrument that is quoted by the thousand, or not heard of before."""
        instrument = self._find(row.inst_id, row.inst_type)
        if instrument is None:
            return _foreign(row.inst_id, row.inst_type, row.ts)
        if instrument.multiplier != 1.0:
            return mapper.ticker(
                msgspec.convert(row, wire.TickerRow, from_attributes=True), instrument
            )
        return mapper.quick_ticker(row, instrument)

    def _find(self, symbol: str, inst_type: str) -> Instrument | None:
        if mapper.why_foreign(symbol, inst_type) is not None:
            return None
        return self.book.find(symbol)

    def _rows(
        self, decoder: msgspec.json.Decoder[R], to_event: Callable[[R, Instrument], Event]
    ) -> ItemReader:
        """The reader of a kind whose rows say themselves which instrument they are of."""

        def read(item: Raw, _arg: wire.Arg) -> Iterator[Event]:
            row = decoder.decode(item)
            instrument = self._find(row.inst_id, row.inst_type)
            if instrument is None:
                yield _foreign(row.inst_id, row.inst_type, row.ts)
            else:
                yield to_event(row, instrument)

        return read

    def _best(self, item: Raw, arg: wire.Arg) -> Iterator[Event]:
        row = _BOOK.decode(item)
        instrument = self._find(arg.instId, arg.instType)
        if instrument is None:
            yield _foreign(arg.instId, arg.instType, row.ts)
        else:
            yield mapper.book(row, instrument)

    def _index_price(self, item: Raw, _arg: wire.Arg) -> Iterator[Event]:
        row = _INDEX.decode(item)
        instrument = None
        if self.market is Market.SPOT or row.inst_id.endswith("-USDT"):
            swap = mapper.SWAP if self.market is Market.PERP else ""
            instrument = self.book.find(row.inst_id + swap)
        if instrument is None:
            instrument = mapper.index_instrument(row.inst_id, self.market)
        yield mapper.index_price(row, instrument)

    def _liquidations(self, item: Raw, _arg: wire.Arg) -> Iterator[Event]:
        row = _LIQUIDATION.decode(item)
        if row.details is None:
            what = "a placeholder of another item" if row.ref else "no details"
            yield Ignored(reason=f"liquidations: {what}", symbol=row.inst_id or None)
            return
        instrument = self._find(row.inst_id, row.inst_type)
        if instrument is None:
            yield _foreign(row.inst_id, row.inst_type, None)
            return
        for fill in row.details:
            yield from _guarded(self._fill, fill, wire.Arg(instId=instrument.symbol))

    def _fill(self, item: Raw, arg: wire.Arg) -> Iterator[Event]:
        instrument = self.book.find(arg.instId)
        if instrument is not None:
            yield mapper.liquidation(_FILL.decode(item), instrument)

    def _candle(self, item: Raw, arg: wire.Arg) -> Iterator[Event]:
        row = _CANDLE.decode(item)
        instrument = self._find(arg.instId, arg.instType)
        if instrument is None:
            yield _foreign(arg.instId, arg.instType, row[0] if row else None)
        else:
            bar = arg.channel.removeprefix("candle")
            yield mapper.candle(row, mapper.OUR_BARS.get(bar, bar), instrument)

    def _instrument(self, item: Raw, _arg: wire.Arg) -> Iterator[Event]:
        row = _INSTRUMENT.decode(item)
        if row.inst_id and mapper.why_foreign(row.inst_id, row.inst_type) is not None:
            yield _foreign(row.inst_id, row.inst_type, None)
        else:
            yield Listed(instrument=mapper.instrument(row))

    def _status(self, item: Raw, _arg: wire.Arg) -> Iterator[Event]:
        row = _STATUS.decode(item)
        yield Notice(text=maintenance_text(row), exchange_ms=epoch_ms(row.ts))


_TICKER = msgspec.json.Decoder(wire.TickerRow)
_BOOK = msgspec.json.Decoder(wire.BookRow)
_MARK = msgspec.json.Decoder(wire.MarkRow)
_INDEX = msgspec.json.Decoder(wire.IndexRow)
_FUNDING = msgspec.json.Decoder(wire.FundingRow)
_INTEREST = msgspec.json.Decoder(wire.InterestRow)
_LIQUIDATION = msgspec.json.Decoder(wire.LiquidationRow)
_FILL = msgspec.json.Decoder(wire.Fill)
_CANDLE = msgspec.json.Decoder(wire.CandleRow)
_INSTRUMENT = msgspec.json.Decoder(wire.InstrumentRow)
_STATUS = msgspec.json.Decoder(wire.StatusRow)


def _guarded(reader: ItemReader, item: Raw, arg: wire.Arg) -> Iterator[Event]:
    """Read one item; what is wrong with it becomes an event of its own."""
    try:
        yield from list(reader(item, arg))
    except UNUSABLE as error:
        yield Damaged(reason=reason_of(error), symbol=symbol_in(item) or arg.instId or None)


def maintenance_text(row: wire.StatusRow) -> str:
    """One line about a maintenance."""
    return f"maintenance {printable(row.state, 20)}: {printable(row.title, 120)}"


def _funding(row: wire.FundingRow, instrument: Instrument) -> Event:
    if row.realized_rate is not None:
        return mapper.settled_funding(row, instrument)
    return mapper.funding(row, instrument)


def _foreign(symbol: str, inst_type: str, ts: Loose) -> Ignored:
    reason = mapper.why_foreign(symbol, inst_type) or f"{printable(symbol)} is not known"
    return Ignored(reason=reason, symbol=symbol or None, exchange_ms=epoch_ms(ts))


def _subscribe(wanted: Sequence[Subscription]) -> str:
    args = [_arg_of(subscription) for subscription in wanted]
    return msgspec.json.encode({"op": "subscribe", "args": args}).decode()


def _arg_of(subscription: Subscription) -> dict[str, str]:
    if not subscription.symbol:
        return {"channel": subscription.channel}
    key = "instType" if subscription.channel in _BY_TYPE else "instId"
    return {"channel": subscription.channel, key: subscription.symbol}


def _subscription_of(arg: wire.Arg) -> Subscription:
    return Subscription(arg.channel, arg.instId or arg.instType)


def _control(message: wire.Frame) -> Event:
    """What an `event` frame means; an unknown event is none of our business (docs-v5)."""
    code = str(message.code or "")
    text = printable(message.msg, 200)
    match message.event:
        case "subscribe" | "unsubscribe":
            topic = _subscription_of(message.arg) if message.arg else None
            return Ack(subscription=topic, ended=message.event == "unsubscribe")
        case "error":
            return Rejected(
                code=code, reason=text, subscription=_meant(message), retry=code in _RETRY
            )
        case "notice" if code == _UPGRADE:
            return GoingAway(reason=text)
        case "notice":
            return Notice(text=f"{code} {text}".strip())
        case other:
            return Ignored(reason=f"event {printable(other or '', 30)}")


def _meant(message: wire.Frame) -> Subscription | None:
    """The topic of an error: its `arg`, or what the text names (60018 has no `arg`)."""
    if message.arg is not None and message.arg.channel:
        return _subscription_of(message.arg)
    found = _NOT_THERE.search(message.msg)
    return Subscription(found[1], found[2]) if found else None
