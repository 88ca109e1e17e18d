"""Recorded Binance payloads, one a line: stream frames and REST bodies, told apart by shape.

A row that only one of the two markets can have sent is read as that market's, whatever was said
beforehand: `st`, `ps`, marks and liquidations are the futures'; a 24 h ticker with a book and a
bookTicker without type are spot's.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec
from msgspec import Raw, Struct

from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import Damaged, Event, Ignored, Listed, Notice, Rejected
from tui_monitor.feeds.binance import listing, mapper, wire
from tui_monitor.feeds.binance.adapter import BinanceAdapter, guarded
from tui_monitor.feeds.instruments import books_of
from tui_monitor.feeds.numbers import epoch_ms
from tui_monitor.feeds.reading import UNREADABLE
from tui_monitor.model import Exchange, Instrument, Market
from tui_monitor.printable import printable

Names = frozenset[str]
Reader = Callable[[BinanceAdapter, Raw], Iterator[Event]]

_FUTURES_EVENTS = frozenset({"markPriceUpdate", "forceOrder", "contractInfo", "bookTicker"})


class RestKind(Struct, frozen=True):
    """A kind of REST row: the members that only it has, who sends it, how it is read."""

    has: Names
    market: Market | None
    read: Reader


class BinanceLines:
    """Reads lines. `market` is taken where a line does not say its own."""

    def __init__(self, market: Market, instruments: Iterable[Instrument] = ()) -> None:
        self._market = market
        self._adapters = {
            each: BinanceAdapter(book, each)
            for each, book in books_of(listing.GUESS, instruments).items()
        }

    def read(self, line: bytes) -> list[tuple[Event, str | None]]:
        """The events of a line; Binance always writes the symbol as it is, or not at all."""
        try:
            return [(event, None) for event in self._events(line)]
        except UNREADABLE as error:
            raise Malformed(printable(str(error), 120)) from error

    def _events(self, line: bytes) -> Iterator[Event]:
        if line[:1] == b"[":
            yield from self._array(line)
            return
        names = _names(Raw(line))
        if "stream" in names and "data" in names:
            yield from self._frame(line, _first_item(wire.members.decode(line)["data"]))
        elif "e" in names or _is_spot_book(names):
            yield from self._frame(line, Raw(line))
        elif names & {"result", "error"} and names <= {"result", "error", "id"}:
            yield from self._adapters[self._market].decode(line)
        elif {"code", "msg"} <= names <= {"code", "msg", "id"}:
            yield _rejected(line)
        elif "symbols" in names:
            yield from self._listing(line)
        elif names == {"serverTime"}:
            at_ms = epoch_ms(_TIME.decode(line).server_time)
            yield Notice(text="server time", exchange_ms=at_ms)
        else:
            yield from self._row(Raw(line), strictly=True)

    def _frame(self, line: bytes, first: Raw) -> Iterator[Event]:
        market = _market_of_push(first) or self._market
        yield from self._adapters[market].decode(line)

    def _array(self, line: bytes) -> Iterator[Event]:
        """Klines, rows of a REST body, or an unwrapped all-market push."""
        rows = wire.items.decode(line)
        if not rows:
            yield Ignored(reason="an empty list")
            return
        if bytes(rows[0])[:1] == b"{" and "e" in _names(rows[0]):
            yield from self._frame(line, rows[0])
            return
        for row in rows:
            yield from self._row(row)

    def _row(self, row: Raw, *, strictly: bool = False) -> Iterator[Event]:
        """One row. `strictly`: it is the whole line, so an unknown one is no payload of ours."""
        if bytes(row)[:1] == b"[":
            yield from guarded(self._nameless_candle, row)
            return
        try:
            names = _names(row)
        except UNREADABLE as error:
            yield Damaged(reason=printable(str(error), 120))
            return
        kind = next((kind for kind in _KINDS if kind.has <= names), None)
        if kind is not None:
            adapter = self._adapters[_market_of_row(kind, names) or self._market]
            yield from guarded(partial(kind.read, adapter), row)
            return
        shown = printable(", ".join(sorted(names)), 60)
        if strictly:
            raise Malformed(f"no payload of Binance: {shown or 'an empty object'}")
        yield Damaged(reason=f"no row of Binance: {shown or 'an empty object'}")

    def _nameless_candle(self, row: Raw) -> Iterator[Event]:
        """A candle of a REST body, which does not name its instrument."""
        nameless = Instrument(exchange=Exchange.BINANCE, market=self._market, symbol="", coin="")
        yield mapper.candle(mapper.kline_bar(_KLINE.decode(row)), nameless)

    def _listing(self, line: bytes) -> Iterator[Event]:
        info = _INFO.decode(line)
        at_ms = epoch_ms(info.server_time)
        for row in info.symbols:
            yield from guarded(partial(_listed, at_ms=at_ms), row)


def _listed(item: Raw, at_ms: int | None = None) -> Iterator[Event]:
    row = listing.read_symbol(item)
    foreign = listing.why_foreign(row.symbol)
    if foreign is not None and row.symbol:
        yield Ignored(reason=foreign, symbol=row.symbol, exchange_ms=at_ms)
    else:
        yield Listed(instrument=listing.instrument(row), exchange_ms=at_ms)


def _ticker(adapter: BinanceAdapter, item: Raw) -> Iterator[Event]:
    yield from adapter.ticker_events(_TICKER.decode(item))


def _price(adapter: BinanceAdapter, item: Raw) -> Iterator[Event]:
    row = _PRICE.decode(item)
    yield from adapter.ticker_events(
        wire.RestTicker(symbol=row.symbol, last=row.price, ts=row.time)
    )


def _book(adapter: BinanceAdapter, item: Raw) -> Iterator[Event]:
    yield from adapter.book_events(_BOOK.decode(item))


def _mark(adapter: BinanceAdapter, item: Raw) -> Iterator[Event]:
    yield from adapter.mark_events(_MARK.decode(item))


def _interest(adapter: BinanceAdapter, item: Raw) -> Iterator[Event]:
    row = _INTEREST.decode(item)
    if row.symbol is None:
        yield Ignored(reason="open interest of COIN-M, which counts contracts")
        return
    found = adapter.find(row.symbol, row.time if row.time is not None else row.timestamp)
    if isinstance(found, Instrument):
        yield mapper.open_interest(row, found)
    elif found is not None:
        yield found


def _interval(adapter: BinanceAdapter, item: Raw) -> Iterator[Event]:
    row = _FUNDING_INFO.decode(item)
    found = adapter.find(row.symbol)
    if isinstance(found, Instrument):
        yield mapper.funding_interval(row, found)
    elif found is not None:
        yield found


def _settled(adapter: BinanceAdapter, item: Raw) -> Iterator[Event]:
    row = _FUNDING_RATE.decode(item)
    found = adapter.find(row.symbol, row.funding_time)
    if isinstance(found, Instrument):
        yield mapper.settlement(row, found)
    elif found is not None:
        yield found


def _ratio(_adapter: BinanceAdapter, item: Raw) -> Iterator[Event]:
    names = sorted(_names(item) & {"longShortRatio", "buySellRatio"})
    yield Ignored(reason=f"rows of {', '.join(names)} are not used")


def _symbol(_adapter: BinanceAdapter, item: Raw) -> Iterator[Event]:
    yield from _listed(item)


# The first match decides.
_KINDS = (
    RestKind(Names({"markPrice", "indexPrice"}), Market.PERP, _mark),
    RestKind(Names({"fundingIntervalHours"}), Market.PERP, _interval),
    RestKind(Names({"fundingRate", "fundingTime"}), Market.PERP, _settled),
    RestKind(Names({"openInterest", "symbol", "time"}), Market.PERP, _interest),
    RestKind(Names({"sumOpenInterest", "sumOpenInterestValue"}), Market.PERP, _interest),
    RestKind(Names({"longShortRatio"}), None, _ratio),
    RestKind(Names({"buySellRatio"}), None, _ratio),
    RestKind(Names({"baseAsset", "quoteAsset"}), None, _symbol),
    RestKind(Names({"symbol", "lastPrice", "openPrice", "quoteVolume"}), None, _ticker),
    RestKind(Names({"symbol", "bidPrice", "bidQty", "askPrice"}), None, _book),
    RestKind(Names({"symbol", "price"}), None, _price),
)
# Members that a ticker or book has on one market only.
_ONLY_SPOT = frozenset({"prevClosePrice"})
_ONLY_FUTURES = frozenset({"time"})


def _market_of_row(kind: RestKind, names: Names) -> Market | None:
    if kind.market is not None:
        return kind.market
    if names & _ONLY_SPOT:
        return Market.SPOT
    return Market.PERP if names & _ONLY_FUTURES else None


def _market_of_push(item: Raw) -> Market | None:
    """Which market alone sends such a row; None where both do."""
    names = _names(item)
    if _is_spot_book(names):
        return Market.SPOT
    kind = _KIND.decode(item)
    if kind.event in _FUTURES_EVENTS or names & {"st", "ps"}:
        return Market.PERP
    is_spot = kind.event == "24hrTicker" and names & {"b", "x"}
    return Market.SPOT if is_spot else None


def _is_spot_book(names: Names) -> bool:
    return "e" not in names and {"u", "s", "b", "a"} <= names


def _first_item(data: Raw) -> Raw:
    """The row of a push, or the first of its array; an empty object for an empty array."""
    if bytes(data).lstrip()[:1] != b"[":
        return data
    rows = wire.items.decode(data)
    return rows[0] if rows else Raw(b"{}")


def _names(item: Raw) -> Names:
    return Names(wire.members.decode(item))


def _rejected(line: bytes) -> Event:
    problem = _PROBLEM.decode(line)
    return Rejected(code=str(problem.code), reason=printable(problem.msg, 200))


_TIME = msgspec.json.Decoder(wire.ServerTime)
_KLINE = msgspec.json.Decoder(wire.KlineRow)
_INFO = msgspec.json.Decoder(wire.ExchangeInfo)
_TICKER = msgspec.json.Decoder(wire.RestTicker)
_PRICE = msgspec.json.Decoder(wire.RestPrice)
_BOOK = msgspec.json.Decoder(wire.RestBook)
_MARK = msgspec.json.Decoder(wire.RestMark)
_INTEREST = msgspec.json.Decoder(wire.InterestRow)
_FUNDING_INFO = msgspec.json.Decoder(wire.FundingInfoRow)
_FUNDING_RATE = msgspec.json.Decoder(wire.FundingRateRow)
_PROBLEM = msgspec.json.Decoder(wire.Problem)
_KIND = msgspec.json.Decoder(wire.Kind)
