"""Recorded OKX payloads, one a line: stream frames and REST bodies, told apart by shape."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Raw

from tui_monitor.errors import FeedError, Malformed
from tui_monitor.feeds.adapter import Damaged, Event, Ignored, Notice, Rejected
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.numbers import epoch_ms
from tui_monitor.feeds.okx import mapper, wire
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.feeds.reading import UNREADABLE, read
from tui_monitor.model import Candle, Instrument, Market, MarkPrice
from tui_monitor.printable import printable

# The field that only rows of this kind have; the first match decides.
_KINDS = (
    ("markPx", "mark-price"),
    ("idxPx", "index-tickers"),
    ("realizedRate", "funding-rate"),
    ("fundingRate", "funding-rate"),
    ("fundingTime", "funding-rate"),
    ("oiCcy", "open-interest"),
    ("details", "liquidation-orders"),
    ("$ref", "liquidation-orders"),
    ("tickSz", "instruments"),
    ("ctVal", "instruments"),
    ("askPx", "tickers"),
    ("last", "tickers"),
    ("maintType", "status"),
    ("serviceType", "status"),
)
_ENVELOPE = frozenset({"code", "msg", "data", "error_code", "error_message", "detailMsg"})


class OkxLines:
    """Reads lines. `market` is taken where a line does not say its own."""

    def __init__(self, market: Market, instruments: Iterable[Instrument] = ()) -> None:
        book = InstrumentBook(mapper.guess)
        book.learn(instruments)
        self._market = market
        self._adapter = OkxAdapter(book, market)

    def read(self, line: bytes) -> list[tuple[Event, str | None]]:
        """The events of a line, each with the symbol as OKX wrote it (None where it wrote none)."""
        if b'"arg"' in line or b'"event"' in line or line == b"pong":
            return [(event, _written(event)) for event in self._adapter.decode(line)]
        return [(event, _written(event)) for event in self._body(line)]

    def _body(self, line: bytes) -> Iterator[Event]:
        envelope, members = read(wire.bodies, line), read(_MEMBERS, line).keys()
        if "code" not in members or not members <= _ENVELOPE:
            raise Malformed("neither a frame nor a REST body of OKX")
        code = str(envelope.code)
        if code != "0":
            yield Rejected(code=code, reason=printable(envelope.msg, 200))
            return
        yield from self._rows(envelope.data)

    def _rows(self, data: Raw) -> Iterator[Event]:
        rows = read(wire.items, data, "data is no list")
        if not rows:
            yield Ignored(reason="an empty list")
        for row in rows:
            yield from self._row(row)

    def _row(self, row: Raw) -> Iterator[Event]:
        if bytes(row)[:1] == b"[":
            yield from self._nameless_candle(row)
            return
        try:
            names = _MEMBERS.decode(row).keys()
        except UNREADABLE as error:
            yield Damaged(reason=printable(str(error), 120))
            return
        kind = next((kind for name, kind in _KINDS if name in names), None)
        if kind is not None:
            yield from self._adapter.read_item(kind, row)
        elif names == {"ts"}:
            yield Notice(text="server time", exchange_ms=epoch_ms(_TIME.decode(row).ts))
        else:
            shown = printable(", ".join(sorted(names)), 60)
            yield Ignored(reason=f"rows of {shown} are not used")

    def _nameless_candle(self, row: Raw) -> Iterator[Event]:
        """A candle of a REST body, which names neither its instrument nor its bar."""
        nameless = Instrument(
            exchange=self._adapter.exchange, market=self._market, symbol="", coin=""
        )
        try:
            yield mapper.candle(_CANDLE.decode(row), "", nameless)
        except (FeedError, *UNREADABLE) as error:
            yield Damaged(reason=printable(str(error), 120))


_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
_TIME = msgspec.json.Decoder(wire.TimeRow)
_CANDLE = msgspec.json.Decoder(wire.CandleRow)


def _written(event: Event) -> str | None:
    """The instId of the line: an index has a name of its own, a REST candle none."""
    match event:
        case MarkPrice(index_price=float(), instrument=instrument):
            return instrument.symbol.removesuffix(mapper.SWAP)
        case Candle(instrument=instrument):
            return instrument.symbol or None
    return None
