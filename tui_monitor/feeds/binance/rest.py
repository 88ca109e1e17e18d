"""Binance's public REST: requests, what they cost, and their rows in our words."""

import re
from collections.abc import Container, Iterator, Mapping
from functools import partial
from typing import TypeVar

import msgspec
from msgspec import Raw

from tui_monitor.clock import Clock
from tui_monitor.errors import FeedError, Malformed, RateLimited, Rejected, Unreachable
from tui_monitor.feeds.adapter import Event
from tui_monitor.feeds.bans import Bans
from tui_monitor.feeds.binance import listing, mapper, wire
from tui_monitor.feeds.binance.adapter import BinanceAdapter, ItemReader, guarded
from tui_monitor.feeds.binance.weights import (
    CANDLES_A_PAGE,
    MAX_CANDLES,
    Endpoint,
    Purse,
    candles_cost,
    cost_of,
    minute_left_s,
    path_of,
)
from tui_monitor.feeds.http import Http, RestSettings
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.numbers import epoch_ms
from tui_monitor.feeds.reading import UNREADABLE, read
from tui_monitor.feeds.rest import RestClient, bars_of, events_of, refuse_all_bad
from tui_monitor.model import (
    AccountRatio,
    Candle,
    Funding,
    Instrument,
    LimitUse,
    Market,
    MarkPrice,
    OpenInterest,
    Ticker,
)
from tui_monitor.printable import printable

E = TypeVar("E")

MAX_FUNDING_ROWS = 1000
# Older documentation says 500; the present one doesn't say.
MAX_INTEREST_ROWS = 500

_TOO_MANY = -1003
# Unknown, disconnected, unexpected answer, time-out, overloaded, server busy.
_NOT_NOW = frozenset({-1000, -1001, -1006, -1007, -1008})
_BAN_END = re.compile(r"banned until ([0-9]{13})\b", re.ASCII)
_LONGEST_BAN_S = 3 * 86_400.0
_ELSEWHERE = "restricted location"


class BinanceRest(RestClient):
    """One-shot questions to one market. Methods raise FeedErrors alone for remote reasons."""

    def __init__(
        self,
        settings: RestSettings,
        clock: Clock,
        market: Market = Market.PERP,
        book: InstrumentBook | None = None,
        *,
        bans: Bans | None = None,
    ) -> None:
        self.market = market
        self.book = book or InstrumentBook(listing.GUESS[market])
        self._intervals: dict[str, float] = {}
        self.stocks: frozenset[str] = frozenset()
        """Base assets of stock contracts in the last futures list; spot's selection needs them."""
        super().__init__(
            Http(
                settings.rest_url,
                clock,
                partial(explain, clock=clock),
                proxy=settings.proxy,
                bans=bans,
                on_headers=self._weigh,
            )
        )
        self._clock = clock
        self._adapter = BinanceAdapter(self.book, market)
        self._purse = Purse(market, clock, waits=settings.paced)

    @property
    def reported_weight(self) -> int | None:
        """What our address has used of this clock minute by Binance's count; None: not told."""
        return self._purse.reported_weight

    def limits(self) -> list[LimitUse]:
        """What is used of each limit that was used at all."""
        return self._purse.uses()

    def _weigh(self, headers: Mapping[str, str]) -> None:
        """Other programs behind our address may use what we leave: then wait for a new minute."""
        if self._purse.read(headers):
            why = f"{self.reported_weight} of the minute's weight is used from this address"
            self._http.pause.extend(minute_left_s(self._clock.now_ms()), why)

    async def server_time_ms(self) -> int:
        """The exchange's clock."""
        body = await self._get(Endpoint.TIME)
        found = epoch_ms(read(_TIME, body, "time").server_time)
        if found is None:
            raise Malformed("time: no time in it")
        return found

    async def instruments(self, stocks: Container[str] = ()) -> list[Instrument]:
        """What the market lists in USDT; the book learns it. Odd rows are left out.

        Known funding intervals stay. `stocks`: see `listing.instrument`. Raises Malformed where
        nothing at all could be read.
        """
        params = {"showPermissionSets": "false"} if self.market is Market.SPOT else {}
        body = await self._get(Endpoint.LISTING, params)
        rows = list(_symbols(read(_INFO, body, "exchangeInfo").symbols))
        self.stocks = listing.stocks_in(iter(rows))
        found: list[Instrument] = []
        for row in rows:
            try:
                one = listing.instrument(row, stocks)
            except Malformed:
                continue  # a delivery contract, another quote: none of ours
            if one.market is self.market:
                found.append(self._with_interval(one))
        if not found:
            raise Malformed("exchangeInfo: no instrument in it")
        self.book.learn(found)
        return found

    def _with_interval(self, one: Instrument) -> Instrument:
        known = self.book.known(one.symbol)
        hours = self._intervals.get(one.symbol)
        if hours is None and known is not None:
            hours = known.funding_interval_h  # from a list on disk
        return msgspec.structs.replace(one, funding_interval_h=hours)

    async def funding_intervals(self) -> dict[str, float]:
        """Hours by symbol; the book's instruments learn theirs, those of later lists too.

        A symbol that is not in it settles every 8 h by an older text of the documentation; we
        don't assume it.
        """
        body = await self._get(Endpoint.FUNDING_INTERVALS)
        found: dict[str, float] = {}
        for row in await self._rows(body, self._interval, Funding):
            if row.interval_h is not None:
                found[row.instrument.symbol] = row.interval_h
        self._intervals = found
        known = ((self.book.known(symbol), hours) for symbol, hours in found.items())
        self.book.learn(
            msgspec.structs.replace(one, funding_interval_h=hours) for one, hours in known if one
        )
        return found

    async def tickers(self) -> list[Ticker]:
        """24 h figures of all symbols; on spot with the book."""
        return await self._rows(await self._get(Endpoint.TICKERS), self._ticker, Ticker)

    async def prices(self) -> list[Ticker]:
        """The last prices of all symbols and no more, for a twentieth of the 24 h figures' cost.

        On spot without a time.
        """
        return await self._rows(await self._get(Endpoint.PRICES), self._price, Ticker)

    async def books(self) -> list[Ticker]:
        """The best bid and ask of all symbols; on spot without a time."""
        return await self._rows(await self._get(Endpoint.BOOKS), self._book, Ticker)

    async def marks(self) -> tuple[list[MarkPrice], list[Funding]]:
        """Mark, index and funding of all perpetuals, in one request."""
        events = await self._events(await self._get(Endpoint.MARKS), self._mark)
        marks = [event for event in events if isinstance(event, MarkPrice)]
        refuse_all_bad(events, marks)
        return marks, [event for event in events if isinstance(event, Funding)]

    async def open_interest(self, instrument: Instrument) -> OpenInterest:
        """Of one perpetual, in coins: there is no request for all."""
        params = {"symbol": instrument.symbol}
        body = await self._get(Endpoint.INTEREST, params)
        return mapper.open_interest(read(_INTEREST, body, "openInterest"), instrument)

    async def open_interest_history(
        self,
        instrument: Instrument,
        *,
        span_ms: tuple[int, int] | None = None,
        limit: int = MAX_INTEREST_ROWS,
    ) -> list[OpenInterest]:
        """One perpetual's each five minutes in coins and USD, oldest first; a month at most.

        `span_ms` has both its ends; None: the newest. Costs no weight.
        """
        params = {
            "symbol": instrument.symbol,
            "period": "5m",
            "limit": str(min(limit, MAX_INTEREST_ROWS)),
        }
        if span_ms is not None:
            params |= {"startTime": str(span_ms[0]), "endTime": str(span_ms[1])}
        body = await self._get(Endpoint.INTEREST_HISTORY, params)
        return await self._rows(body, partial(_interest, instrument), OpenInterest)

    async def account_ratio(self, instrument: Instrument) -> AccountRatio | None:
        """The newest one; None for a listing too young to have one."""
        params = {"symbol": instrument.symbol, "period": "5m", "limit": "1"}
        rows = read(_ACCOUNT_RATIOS, await self._get(Endpoint.ACCOUNT_RATIO, params), "ratios")
        return mapper.account_ratio(rows[-1], instrument) if rows else None

    async def settled_funding(
        self,
        instrument: Instrument,
        *,
        start_ms: int | None = None,
        limit: int = MAX_FUNDING_ROWS,
    ) -> list[Funding]:
        """What was settled since `start_ms` (None: lately), oldest first."""
        params = {"symbol": instrument.symbol, "limit": str(min(limit, MAX_FUNDING_ROWS))}
        if start_ms is not None:
            params["startTime"] = str(start_ms)
        body = await self._get(Endpoint.FUNDING_HISTORY, params)
        return await self._rows(body, partial(_settled, instrument), Funding)

    async def candles(
        self,
        instrument: Instrument,
        bar: str,
        *,
        after_ms: int | None = None,
        limit: int | None = None,
    ) -> list[Candle]:
        """One page of bars that begin before `after_ms` (None: the newest), newest first.

        Binance does not say whether a bar is closed: one that has a successor is; of the newest
        we don't know. An empty page is the end.
        """
        wanted = min(limit or CANDLES_A_PAGE[self.market], MAX_CANDLES[self.market])
        params = {"symbol": instrument.symbol, "interval": bar, "limit": str(wanted)}
        if after_ms is not None:
            params["endTime"] = str(after_ms - 1)
        body = await self._get(Endpoint.CANDLES, params, candles_cost(self.market, wanted))
        rows = await self._rows(body, partial(_candle, instrument, bar), Candle)
        newest_first = bars_of(reversed(rows))
        for candle in newest_first[1:]:
            candle.closed = True
        return newest_first

    async def _get(
        self,
        endpoint: Endpoint,
        params: Mapping[str, str] | None = None,
        cost: int | None = None,
    ) -> bytes:
        path = path_of(self.market, endpoint)
        if cost is None:
            cost = cost_of(self.market, endpoint)
        return await self._http.get(path, params, self._purse.pacer(endpoint), cost)

    async def _rows(self, body: bytes, reader: ItemReader, kind: type[E]) -> list[E]:
        """A body's rows of one kind; others are left out."""
        events = await self._events(body, reader)
        found: list[E] = [event for event in events if isinstance(event, kind)]
        refuse_all_bad(events, found)
        return found

    async def _events(self, body: bytes, reader: ItemReader) -> list[Event]:
        rows = read(wire.items, body, "no list")
        return await events_of(rows, partial(guarded, reader))

    def _ticker(self, item: Raw) -> Iterator[Event]:
        return self._adapter.ticker_events(_TICKER.decode(item))

    def _price(self, item: Raw) -> Iterator[Event]:
        row = _PRICE.decode(item)
        last = wire.RestTicker(symbol=row.symbol, last=row.price, ts=row.time)
        return self._adapter.ticker_events(last)

    def _book(self, item: Raw) -> Iterator[Event]:
        return self._adapter.book_events(_BOOK.decode(item))

    def _mark(self, item: Raw) -> Iterator[Event]:
        return self._adapter.mark_events(_MARK.decode(item))

    def _interval(self, item: Raw) -> Iterator[Event]:
        row = _FUNDING_INFO.decode(item)
        found = self._adapter.find(row.symbol)
        if isinstance(found, Instrument):
            yield mapper.funding_interval(row, found)
        elif found is not None:
            yield found


def _interest(instrument: Instrument, item: Raw) -> Iterator[Event]:
    yield mapper.open_interest(_INTEREST.decode(item), instrument)


def _settled(instrument: Instrument, item: Raw) -> Iterator[Event]:
    yield mapper.settlement(_FUNDING_RATE.decode(item), instrument)


def _candle(instrument: Instrument, bar: str, item: Raw) -> Iterator[Event]:
    found = mapper.candle(mapper.kline_bar(_KLINE.decode(item)), instrument)
    found.bar = bar
    yield found


def _symbols(items: list[Raw]) -> Iterator[wire.SymbolRow]:
    for item in items:
        try:
            yield listing.read_symbol(item)
        except UNREADABLE:
            continue  # one odd row never stops the rest


_TIME = msgspec.json.Decoder(wire.ServerTime)
_INFO = msgspec.json.Decoder(wire.ExchangeInfo)
_TICKER = msgspec.json.Decoder(wire.RestTicker)
_PRICE = msgspec.json.Decoder(wire.RestPrice)
_BOOK = msgspec.json.Decoder(wire.RestBook)
_MARK = msgspec.json.Decoder(wire.RestMark)
_INTEREST = msgspec.json.Decoder(wire.InterestRow)
_ACCOUNT_RATIOS = msgspec.json.Decoder(list[wire.AccountRatioRow])
_FUNDING_INFO = msgspec.json.Decoder(wire.FundingInfoRow)
_FUNDING_RATE = msgspec.json.Decoder(wire.FundingRateRow)
_KLINE = msgspec.json.Decoder(wire.KlineRow)
_PROBLEM = msgspec.json.Decoder(wire.Problem)


def explain(body: bytes, clock: Clock) -> FeedError | None:
    """The error that a body is, whatever the HTTP status was.

    The end of a ban stands in the text alone; without one the next clock minute is a new window.
    """
    try:
        problem = _PROBLEM.decode(body)
    except UNREADABLE:
        return None
    text = f"{problem.code} {printable(problem.msg, 160)}".strip()
    if problem.code == _TOO_MANY:
        return RateLimited(text, _wait_s(problem.msg, clock.now_ms()))
    if problem.code in _NOT_NOW:
        return Unreachable(text)
    if _ELSEWHERE in problem.msg:
        return Rejected(text, "451", "Binance does not serve the place this request came from")
    return Rejected(text, str(problem.code))


def _wait_s(text: str, now_ms: int) -> float:
    if match := _BAN_END.search(text):
        # A second for its clock's difference from ours.
        return min(_LONGEST_BAN_S, max(1.0, (int(match[1]) - now_ms) / 1000 + 1.0))
    return minute_left_s(now_ms)
