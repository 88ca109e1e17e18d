"""Recorded Bitget payloads, one a line: stream frames and REST bodies, told apart by shape."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Raw

from tui_monitor.errors import Malformed
from tui_monitor.feeds.adapter import Damaged, Event, Ignored, Notice, Rejected
from tui_monitor.feeds.bitget import mapper, wire
from tui_monitor.feeds.bitget.adapter import BitgetAdapter
from tui_monitor.feeds.bitget.items import About
from tui_monitor.feeds.instruments import books_of
from tui_monitor.feeds.numbers import epoch_ms
from tui_monitor.feeds.reading import UNREADABLE, read
from tui_monitor.model import Instrument, Market
from tui_monitor.printable import printable

# The member that only rows of this kind have; the first match decides.
_KINDS = (
    ("lastPr", "ticker v2"),
    ("lastPrice", "ticker v3"),
    ("fundingRateInterval", "funding"),
    ("ratePeriod", "funding"),
    ("fundingTime", "funding"),
    ("fundingRateTimestamp", "funding"),
    ("openInterest", "interest"),
    ("baseCoin", "instrument"),
    ("amount", "liquidation"),
    ("size", "interest"),
    ("markPrice", "price"),
)
# Kinds that only perpetuals have.
_OF_PERPS = frozenset({"funding", "interest", "liquidation", "price"})
# Members of v2 rows that tell a perpetual from a spot pair: neither names its market.
_PERP_ONLY = frozenset({
    "holdingAmount", "markPrice", "indexPrice", "fundingRate", "symbolType", "symbolStatus",
    "fundInterval", "sizeMultiplier",
})  # fmt: skip
_SPOT_ONLY = frozenset({"open", "quotePrecision", "minTradeAmount", "areaSymbol"})
_V1 = frozenset({"last", "bestBid", "bestAsk"})
_ENVELOPE = frozenset({"code", "msg", "requestTime", "data", "message"})


class BitgetLines:
    """Reads lines. `market` is taken where a line does not say its own."""

    def __init__(self, market: Market, instruments: Iterable[Instrument] = ()) -> None:
        self._market = market
        self._adapter = BitgetAdapter(books_of(mapper.GUESS, instruments), market)

    def read(self, line: bytes) -> list[tuple[Event, str | None]]:
        """The events of a line; each instrument's symbol is as Bitget wrote it."""
        return [(event, None) for event in self._events(line)]

    def _events(self, line: bytes) -> Iterator[Event]:
        if line == b"pong":
            yield from self._adapter.decode(line)
            return
        members = read(_MEMBERS, line).keys()
        if "event" in members or {"action", "arg"} <= members:
            yield from self._adapter.decode(line)
        elif "code" in members and "data" in members and members <= _ENVELOPE:
            yield from self._body(line)
        else:
            raise Malformed("neither a frame nor a REST body of Bitget")

    def _body(self, line: bytes) -> Iterator[Event]:
        body = read(wire.bodies, line)
        if str(body.code) != "00000":
            code = printable(str(body.code), 20)
            yield Rejected(code=code, reason=printable(body.msg, 200))
            return
        ts_ms = epoch_ms(body.requestTime)
        data = bytes(body.data).lstrip()
        if data.startswith(b"["):
            yield from self._rows(body.data, ts_ms)
        elif data.startswith(b"{"):
            yield from self._wrapped(body.data, ts_ms)
        else:
            yield Ignored(reason="no data", exchange_ms=ts_ms)

    def _wrapped(self, data: Raw, ts_ms: int | None) -> Iterator[Event]:
        """Rows one level deeper, or a single one."""
        found = read(wire.wrapped, data)
        ts_ms = epoch_ms(found.ts) or ts_ms
        for rows in (found.rows, found.result_list, found.open_interest_list):
            if rows is not wire.ABSENT:
                yield from self._rows(rows, ts_ms)
                return
        if found.server_time is not None:
            yield Notice(text="server time", exchange_ms=epoch_ms(found.server_time))
            return
        yield from self._row(data, ts_ms)

    def _rows(self, data: Raw, ts_ms: int | None) -> Iterator[Event]:
        rows = read(wire.items, data, "data is no list")
        if not rows:
            yield Ignored(reason="an empty list", exchange_ms=ts_ms)
        for row in rows:
            yield from self._row(row, ts_ms)

    def _row(self, row: Raw, ts_ms: int | None) -> Iterator[Event]:
        if bytes(row).startswith(b"["):
            yield from self._adapter.read_item("candle", row, About(self._market, ts_ms=ts_ms))
            return
        try:
            members = _MEMBERS.decode(row)
        except UNREADABLE as error:
            yield Damaged(reason=printable(str(error), 120))
            return
        names = members.keys()
        if names & _V1:
            raise Malformed("rows of v1, which Bitget has switched off")
        kind = next((kind for name, kind in _KINDS if name in names), None)
        if kind is None:
            listed = printable(", ".join(sorted(names)), 60)
            yield Ignored(reason=f"rows of {listed} are not used", exchange_ms=ts_ms)
            return
        market = self._market_of(kind, members)
        if market is None:
            category = printable(bytes(members["category"]).decode("utf-8", "replace"), 20)
            yield Ignored(reason=f"category {category} is none of ours", exchange_ms=ts_ms)
            return
        yield from self._adapter.read_item(kind, row, About(market, ts_ms=ts_ms))

    def _market_of(self, kind: str, members: dict[str, Raw]) -> Market | None:
        """The market of a row; None for a category that is none of ours."""
        if "category" in members:
            category = bytes(members["category"]).strip(b'"').decode("utf-8", "replace")
            return mapper.MARKETS.get(category.lower())
        names = members.keys()
        if kind in _OF_PERPS or names & _PERP_ONLY:
            return Market.PERP
        return Market.SPOT if names & _SPOT_ONLY else self._market


_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
