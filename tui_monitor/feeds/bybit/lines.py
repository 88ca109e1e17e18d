"""Recorded Bybit payloads, one a line: stream frames and REST bodies, told apart by shape."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Raw

from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import Damaged, Event, Ignored, Notice, Rejected
from tui_monitor.feeds.bybit import mapper, wire
from tui_monitor.feeds.bybit.adapter import BybitAdapter
from tui_monitor.feeds.bybit.items import About
from tui_monitor.feeds.bybit.rest import explain_block
from tui_monitor.feeds.instruments import books_of
from tui_monitor.feeds.numbers import epoch_ms
from tui_monitor.feeds.reading import UNREADABLE, read, reason_of
from tui_monitor.model import Instrument, Market
from tui_monitor.printable import printable

# The member that only rows of this kind have; the first match decides.
_KINDS = (
    ("lastPrice", "tickers"),
    ("fundingRateTimestamp", "funding"),
    ("singleOpenInterest", "interest"),
    ("openInterest", "interest"),
    ("lotSizeFilter", "instruments"),
    ("priceFilter", "instruments"),
    ("contractType", "instruments"),
)
# A frame does not say its market; these members of a ticker do.
_SPOT_ONLY = frozenset({"usdIndexPrice"})
_PERP_ONLY = frozenset({
    "tickDirection", "markPrice", "indexPrice", "openInterest", "openInterestValue",
    "singleOpenInterest", "singleOpenInterestValue", "fundingRate", "nextFundingTime",
    "fundingIntervalHour", "fundingCap", "bid1Price", "bid1Size", "ask1Price", "ask1Size",
    "prevPrice1h",
})  # fmt: skip


class BybitLines:
    """Reads lines. `market` is taken where a line does not say its own."""

    def __init__(self, market: Market, instruments: Iterable[Instrument] = ()) -> None:
        self._market = market
        self._adapters = {
            each: BybitAdapter(book, each, merged=False)
            for each, book in books_of(mapper.GUESS, instruments).items()
        }

    def read(self, line: bytes) -> list[tuple[Event, str | None]]:
        """The events of a line; each instrument's symbol is as Bybit wrote it."""
        return [(event, None) for event in self._events(line)]

    def _events(self, line: bytes) -> Iterator[Event]:
        try:
            members = _MEMBERS.decode(line)
        except UNREADABLE as error:
            raise explain_block(line) or Malformed(reason_of(error)) from error
        if "topic" in members or "success" in members or "op" in members:
            yield from self._adapters[self._market_of(members)].decode(line)
        elif "retCode" in members:
            yield from self._body(line)
        else:
            raise Malformed("neither a frame nor a REST body of Bybit's v5")

    def _market_of(self, frame: dict[str, Raw]) -> Market:
        if bytes(frame.get("topic", b"")).startswith(b'"allLiquidation.'):
            return Market.PERP
        try:
            names = _MEMBERS.decode(frame.get("data", b"")).keys()
        except UNREADABLE:
            return self._market  # a list, or nothing
        if names & _SPOT_ONLY:
            return Market.SPOT
        return Market.PERP if names & _PERP_ONLY else self._market

    def _body(self, line: bytes) -> Iterator[Event]:
        body = read(wire.bodies, line)
        if str(body.ret_code) != "0":
            yield Rejected(code=str(body.ret_code), reason=printable(body.ret_msg, 200))
            return
        result = read(wire.results, body.result)
        ts_ms = mapper.time_ms(body.time)
        if result.rows is not wire.ABSENT:
            yield from self._rows(result, ts_ms)
        elif result.time_second is not None:
            yield Notice(text="server time", exchange_ms=ts_ms or _server_ms(result))
        else:
            yield Ignored(reason="a result without a list is not used", exchange_ms=ts_ms)

    def _rows(self, result: wire.Result, ts_ms: int | None) -> Iterator[Event]:
        rows = read(wire.items, result.rows, "list is none")
        if not rows:
            yield Ignored(reason="an empty list", exchange_ms=ts_ms)
        for row in rows:
            yield from self._row(row, result, ts_ms)

    def _row(self, row: Raw, result: wire.Result, ts_ms: int | None) -> Iterator[Event]:
        market = mapper.MARKETS.get(result.category)
        if result.category and market is None:
            reason = f"category {printable(result.category, 20)} is none of our markets"
            yield Ignored(reason=reason, exchange_ms=ts_ms)
            return
        adapter = self._adapters[market or self._market]
        about = About(symbol=result.symbol, ts_ms=ts_ms)
        if bytes(row).startswith(b"["):
            yield from adapter.read_item("rest kline", row, about)
            return
        try:
            names = _MEMBERS.decode(row).keys()
        except UNREADABLE as error:
            yield Damaged(reason=printable(str(error), 120))
            return
        kind = next((kind for name, kind in _KINDS if name in names), None)
        if kind is not None:
            yield from adapter.read_item(kind, row, about)
        else:
            listed = printable(", ".join(sorted(names)), 60)
            yield Ignored(reason=f"rows of {listed} are not used", exchange_ms=ts_ms)


_MEMBERS = msgspec.json.Decoder(dict[str, Raw])


def _server_ms(result: wire.Result) -> int | None:
    seconds = epoch_ms(result.time_second)
    return seconds * 1000 if seconds is not None else None
