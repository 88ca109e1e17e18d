"""Items of Bybit's messages and REST answers to events, each on its own."""

from collections.abc import Callable, Iterator

import msgspec
from msgspec import Raw

from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import Damaged, Event, Ignored, Listed
from tui_monitor.feeds.bybit import mapper, tickers, wire
from tui_monitor.feeds.bybit.tops import Top, Tops
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.numbers import Loose, price, size
from tui_monitor.feeds.reading import UNUSABLE, reason_of, shown, symbol_in
from tui_monitor.feeds.symbols import why_no_pair
from tui_monitor.model import Instrument, Market
from tui_monitor.printable import printable

NOTHING = Ignored(reason="nothing in it that is used")


class About(msgspec.Struct, frozen=True):
    """What an item's message says about it; `topic` of the stream only."""

    symbol: str = ""
    ts_ms: int | None = None
    topic: str = ""
    is_delta: bool = False
    bar: str = ""


Reader = Callable[[Raw, About], Iterator[Event]]


class Items:
    """Reads items of one market. `kinds`: topics, and REST rows by our own names."""

    def __init__(self, book: InstrumentBook, market: Market, tops: Tops) -> None:
        self._book = book
        self._market = market
        self._tops = tops
        self.kinds: dict[str, Reader] = {
            "tickers": self._ticker,
            "orderbook.1": self._best,
            "kline": self._candle,
            "allLiquidation": self._liquidation,
            "rest kline": self._rest_candle,
            "instruments": self._instrument,
            "funding": self._funding,
            "interest": self._interest,
        }

    def read(self, kind: str, item: Raw, about: About) -> Iterator[Event]:
        """Read one item; what is wrong with it becomes an event of its own."""
        try:
            yield from list(self.kinds[kind](item, about))
        except UNUSABLE as error:
            yield self._damaged(reason_of(error), item, about)

    def _damaged(self, reason: str, item: Raw, about: About) -> Damaged:
        if about.topic:
            self._tops.damaged(about.topic)
        return Damaged(reason=reason, symbol=symbol_in(item) or about.symbol or None)

    def foreign(self, symbol: str, ts_ms: int | None, kind: str = "") -> Ignored:
        """Why an item is passed over: it is of none of our instruments."""
        why = why_no_pair(symbol, self._market)
        if why is None:
            why = f"{printable(symbol)} is a {printable(kind, 30) or 'thing that is not known'}"
        return Ignored(reason=why, symbol=symbol or None, exchange_ms=ts_ms)

    def _ticker(self, item: Raw, about: About) -> Iterator[Event]:
        row = _TICKER.decode(item)
        instrument = self._book.find(row.symbol)
        if instrument is None:
            yield self.foreign(row.symbol, about.ts_ms)
            return
        found = tickers.tolerant(row)
        top = self._tops.of(about.topic, delta=about.is_delta) if about.topic else Top(whole=True)
        if top is None:
            yield held_back(row.symbol, about.ts_ms)
            return
        emptied = tickers.empty_sides(row, top)
        events = tickers.events_of(found, instrument, about.ts_ms, top, side_emptied=emptied)
        yield from events or (NOTHING,)

    def _best(self, item: Raw, about: About) -> Iterator[Event]:
        row = _BOOK.decode(item)
        instrument = self._book.find(row.s)
        if instrument is None:
            yield self.foreign(row.s, about.ts_ms)
            return
        bids, asks = _levels(row.b), _levels(row.a)
        top = self._tops.of(about.topic, delta=about.is_delta)
        if top is None:
            yield held_back(row.s, about.ts_ms)
            return
        tickers.take_levels(bids, asks, instrument.multiplier, top)
        yield tickers.book_event(instrument, about.ts_ms, top)

    def _candle(self, item: Raw, about: About) -> Iterator[Event]:
        row = _CANDLE.decode(item)
        instrument = self._named(about)
        yield mapper.candle(row, about.bar, instrument) if instrument else self._other(about)

    def _rest_candle(self, item: Raw, about: About) -> Iterator[Event]:
        row = _KLINE.decode(item)
        instrument = self._named(about)
        yield mapper.kline(row, about.bar, instrument) if instrument else self._other(about)

    def _interest(self, item: Raw, about: About) -> Iterator[Event]:
        row = _INTEREST.decode(item)
        instrument = self._named(about)
        yield mapper.open_interest(row, instrument) if instrument else self._other(about)

    def _named(self, about: About) -> Instrument | None:
        return self._book.find(about.symbol)

    def _other(self, about: About) -> Ignored:
        return self.foreign(about.symbol, about.ts_ms)

    def _liquidation(self, item: Raw, _about: About) -> Iterator[Event]:
        row = _LIQUIDATION.decode(item)
        instrument = self._book.find(row.symbol)
        if instrument is None:
            yield self.foreign(row.symbol, mapper.time_ms(row.at))
        else:
            yield mapper.liquidation(row, instrument)

    def _instrument(self, item: Raw, about: About) -> Iterator[Event]:
        row = _INSTRUMENT.decode(item)
        found = mapper.instrument(row, self._market)
        if found is None:
            yield self.foreign(row.symbol, about.ts_ms, row.contract_type or "")
        else:
            yield Listed(instrument=found, exchange_ms=about.ts_ms)

    def _funding(self, item: Raw, about: About) -> Iterator[Event]:
        row = _FUNDING.decode(item)
        instrument = self._book.find(row.symbol)
        if instrument is None:
            yield self.foreign(row.symbol, about.ts_ms)
        else:
            yield mapper.settled_funding(row, instrument)


_TICKER = msgspec.json.Decoder(wire.TickerRow)
_BOOK = msgspec.json.Decoder(wire.BookRow)
_CANDLE = msgspec.json.Decoder(wire.CandleRow)
_KLINE = msgspec.json.Decoder(wire.Kline)
_LIQUIDATION = msgspec.json.Decoder(wire.LiquidationRow)
_INSTRUMENT = msgspec.json.Decoder(wire.InstrumentRow)
_FUNDING = msgspec.json.Decoder(wire.FundingRow)
_INTEREST = msgspec.json.Decoder(wire.InterestRow)


def held_back(symbol: str, ts_ms: int | None) -> Ignored:
    """A delta without the snapshot that it changes: half of it would be stale."""
    return Ignored(reason="a delta before its snapshot", symbol=symbol, exchange_ms=ts_ms)


def _levels(rows: list[list[Loose]]) -> list[wire.Level]:
    found: list[wire.Level] = []
    for row in rows:
        at, units = (price(row[0]), size(row[1])) if len(row) > 1 else (None, None)
        if at is None or units is None:
            raise Malformed(f"book level {shown(row)}")
        found.append((at, units))
    return found
