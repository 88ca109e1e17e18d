"""Items of Bitget's messages and REST answers to events, each on its own."""

from collections.abc import Callable, Iterator

import msgspec
from msgspec import Raw

from tui_monitor.feeds.adapter import Damaged, Event, Ignored, Listed
from tui_monitor.feeds.bitget import mapper, tickers, wire
from tui_monitor.feeds.instruments import Books
from tui_monitor.feeds.numbers import epoch_ms
from tui_monitor.feeds.reading import UNREADABLE, UNUSABLE, reason_of, symbol_in
from tui_monitor.model import Exchange, Instrument, Market
from tui_monitor.printable import printable

NOTHING = Ignored(reason="nothing in it that is used")
_DELIVERY = "2"


class About(msgspec.Struct, frozen=True):
    """What an item's message says about it. `symbol` None: the item has to name it itself."""

    market: Market
    symbol: str | None = None
    ts_ms: int | None = None
    bar: str = ""
    whole: bool = True


Reader = Callable[[Raw, About], Iterator[Event]]


class Items:
    """Reads items of both markets. `kinds` are our own names for what rows can be."""

    def __init__(self, known: Books) -> None:
        self._books = known
        self.kinds: dict[str, Reader] = {
            "ticker v2": self._ticker_v2,
            "ticker v3": self._ticker_v3,
            "book": self._book,
            "candle": self._candle,
            "kline": self._kline,
            "liquidation": self._liquidation,
            "instrument": self._instrument,
            "funding": self._funding,
            "interest": self._interest,
            "price": self._price,
        }

    def read(self, kind: str, item: Raw, about: About) -> Iterator[Event]:
        """Read one item; what is wrong with it becomes an event of its own."""
        try:
            yield from list(self.kinds[kind](item, about))
        except UNUSABLE as error:
            yield Damaged(reason=reason_of(error), symbol=symbol_in(item) or about.symbol)

    def find(self, symbol: str, market: Market) -> Instrument | None:
        """The instrument of a symbol; None for what is none of ours."""
        return self._books[market].find(symbol)

    def foreign(self, symbol: str, about: About, why: str = "is not known") -> Ignored:
        """Why an item is passed over: it is of none of our instruments."""
        reason = mapper.why_foreign(symbol, about.market) or f"{printable(symbol)} {why}"
        return Ignored(reason=reason, symbol=symbol or None, exchange_ms=about.ts_ms)

    def _ticker_v2(self, item: Raw, about: About) -> Iterator[Event]:
        try:
            quick = _quick_ticker_v2(item)
        except UNREADABLE:
            # "" somewhere, or damaged: the tolerant way finds out and says so.
            yield from self._tolerant_v2(item, about)
            return
        instrument = self.find(quick.symbol, about.market)
        if instrument is None or str(quick.symbol_type) == _DELIVERY:
            yield from self._tolerant_v2(item, about)
            return
        found, both_sides = tickers.checked(quick)
        whole = both_sides or about.whole
        yield from tickers.events_of(found, instrument, quick.ts, whole=whole)

    def _tolerant_v2(self, item: Raw, about: About) -> Iterator[Event]:
        row = _TICKER_V2.decode(item)
        symbol = row.symbol or row.inst_id
        if str(row.symbol_type) == _DELIVERY:
            yield self.foreign(symbol, about, "is a delivery contract")
        else:
            yield from self._ticker(row, symbol, about)

    def _ticker_v3(self, item: Raw, about: About) -> Iterator[Event]:
        row = _TICKER_V3.decode(item)
        yield from self._ticker(row, about.symbol or row.symbol, about)

    def _ticker(
        self, row: wire.TickerV2 | wire.TickerV3, symbol: str, about: About
    ) -> Iterator[Event]:
        instrument = self.find(symbol, about.market)
        if instrument is None:
            yield self.foreign(symbol, about)
            return
        found, both_sides = tickers.tolerant(row)
        ts_ms = epoch_ms(row.ts) or about.ts_ms
        whole = both_sides or about.whole
        yield from tickers.events_of(found, instrument, ts_ms, whole=whole) or (NOTHING,)

    def _book(self, item: Raw, about: About) -> Iterator[Event]:
        row = _BOOK.decode(item)
        symbol = about.symbol or ""
        instrument = self.find(symbol, about.market)
        if instrument is None:
            yield self.foreign(symbol, about)
        else:
            yield tickers.book(row, instrument, about.ts_ms)

    def _candle(self, item: Raw, about: About) -> Iterator[Event]:
        row = _CANDLE.decode(item)
        instrument = self._barred(about)
        if instrument is None:
            yield self.foreign(about.symbol or "", about)
        else:
            yield mapper.candle(row, about.bar, instrument)

    def _kline(self, item: Raw, about: About) -> Iterator[Event]:
        row = _KLINE.decode(item)
        instrument = self._barred(about)
        if instrument is None:
            yield self.foreign(about.symbol or "", about)
        else:
            yield mapper.kline(row, about.bar, instrument)

    def _barred(self, about: About) -> Instrument | None:
        """The instrument of a bar; a REST bar names none."""
        if about.symbol is None:
            return Instrument(exchange=Exchange.BITGET, market=about.market, symbol="", coin="")
        return self.find(about.symbol, about.market)

    def _liquidation(self, item: Raw, about: About) -> Iterator[Event]:
        row = _LIQUIDATION.decode(item)
        instrument = self.find(row.symbol, about.market)
        if instrument is None:
            yield self.foreign(row.symbol, about)
        else:
            yield mapper.liquidation(row, instrument)

    def _instrument(self, item: Raw, about: About) -> Iterator[Event]:
        row = _INSTRUMENT.decode(item)
        found = mapper.instrument(row, about.market)
        if found is None:
            kind = printable(row.type or row.symbol_type or "", 20)
            yield self.foreign(row.symbol, about, f"is a {kind} contract")
        else:
            yield Listed(instrument=found, exchange_ms=about.ts_ms)

    def _funding(self, item: Raw, about: About) -> Iterator[Event]:
        row = _FUNDING.decode(item)
        instrument = self.find(row.symbol, about.market)
        if instrument is None:
            yield self.foreign(row.symbol, about)
        else:
            yield mapper.funding(row, instrument, about.ts_ms)

    def _interest(self, item: Raw, about: About) -> Iterator[Event]:
        row = _INTEREST.decode(item)
        instrument = self.find(row.symbol, about.market)
        if instrument is None:
            yield self.foreign(row.symbol, about)
        else:
            yield mapper.open_interest(row, instrument, about.ts_ms)

    def _price(self, item: Raw, about: About) -> Iterator[Event]:
        row = _PRICE.decode(item)
        instrument = self.find(row.symbol, about.market)
        if instrument is None:
            yield self.foreign(row.symbol, about)
        else:
            yield mapper.mark_price(row, instrument)


_quick_ticker_v2 = wire.quick_ticker_v2.decode
_TICKER_V2 = msgspec.json.Decoder(wire.TickerV2)
_TICKER_V3 = msgspec.json.Decoder(wire.TickerV3)
_BOOK = msgspec.json.Decoder(wire.BookRow)
_CANDLE = msgspec.json.Decoder(wire.CandleRow)
_KLINE = msgspec.json.Decoder(wire.KlineRow)
_LIQUIDATION = msgspec.json.Decoder(wire.LiquidationRow)
_INSTRUMENT = msgspec.json.Decoder(wire.InstrumentRow)
_FUNDING = msgspec.json.Decoder(wire.FundingRow)
_INTEREST = msgspec.json.Decoder(wire.InterestRow)
_PRICE = msgspec.json.Decoder(wire.PriceRow)
