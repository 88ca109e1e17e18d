"""Bybit v5 public REST: requests, their limit, and their rows in our words (docs v5/market)."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from tui_monitor.clock import Clock
from tui_monitor.errors import FeedError, Malformed, RateLimited, Rejected
from tui_monitor.feeds.adapter import Damaged, Event, Listed
from tui_monitor.feeds.bans import Bans
from tui_monitor.feeds.bybit import mapper, wire
from tui_monitor.feeds.bybit.adapter import BybitAdapter
from tui_monitor.feeds.bybit.items import About
from tui_monitor.feeds.http import BLOCKED, Http, RestSettings
from tui_monitor.feeds.instruments import Books, books_of
from tui_monitor.feeds.pacing import Pace
from tui_monitor.feeds.reading import UNREADABLE, read
from tui_monitor.feeds.rest import (
    Refusals,
    RestClient,
    bars_of,
    events_of,
    refuse_all_bad,
    time_at,
)
from tui_monitor.feeds.symbols import USDT
from tui_monitor.model import (
    AccountRatio,
    Candle,
    Funding,
    Instrument,
    LimitUse,
    Market,
    MarketEvent,
    OpenInterest,
    Ticker,
)

TIME = "/v5/market/time"
INSTRUMENTS = "/v5/market/instruments-info"
TICKERS = "/v5/market/tickers"
KLINE = "/v5/market/kline"
FUNDING_HISTORY = "/v5/market/funding/history"
OPEN_INTEREST = "/v5/market/open-interest"
ACCOUNT_RATIO = "/v5/market/account-ratio"

# 80 % of the documented 600 requests in 5 s an IP, over all paths and hosts.
PACE = Pace(480, 600, 5.0)
MAX_CANDLES = 1000
MAX_FUNDINGS = 200
MAX_INTERESTS = 200
_INSTRUMENTS_A_PAGE = 1000
# Far more than is listed: a cursor that never ends must not keep us.
_MAX_PAGES = 20
_INTERVALS = {bar: interval for interval, bar in mapper.BARS.items()}

_REFUSALS = Refusals(
    # "Too many visits!"; the answer has no time in it.
    too_many=frozenset({"10006", "10429"}),
    # Server error, server time-out, service restarting.
    not_now=frozenset({"10000", "10016", "10019", "429"}),
    pause_s=5.0,
)
# "access too frequent" (HTTP 403): documented as 10 minutes.
_BAN_S = 660.0
_WAITS_S = {403: _BAN_S}
# Region restricted, compliance rules.
_REFUSED_PLACE = frozenset({"10009", "10024"})
_BLOCKED_HINT = "the exchange does not serve the place this request came from"


class BybitRest(RestClient):
    """One-shot questions. Every method raises FeedErrors and nothing else for remote reasons."""

    def __init__(
        self,
        settings: RestSettings,
        clock: Clock,
        books: Books | None = None,
        *,
        bans: Bans | None = None,
    ) -> None:
        self.books = books or books_of(mapper.GUESS)
        super().__init__(
            Http(
                settings.rest_url, clock, explain, proxy=settings.proxy, bans=bans, waits_s=_WAITS_S
            )
        )
        self._adapters = {each: BybitAdapter(book, each) for each, book in self.books.items()}
        self._pacer = PACE.pacer(clock, waits=settings.paced)

    def limits(self) -> list[LimitUse]:
        """What is used of the one limit, if anything was."""
        return [self._pacer.use("requests", PACE.documented)] if self._pacer.asked else []

    async def server_time_ms(self) -> int:
        """The exchange's clock."""
        answer = await self._ask(TIME, {})
        if answer.ts_ms is None:
            raise Malformed(f"{TIME}: no time in it")
        return answer.ts_ms

    async def instruments(self, market: Market) -> list[Instrument]:
        """What a market lists in USDT, all pages; the book learns it. Odd rows are left out.

        Raises Malformed where nothing at all could be read, or the pages don't end.
        """
        found: list[Instrument] = []
        params = {"category": mapper.CATEGORY[market], "limit": str(_INSTRUMENTS_A_PAGE)}
        for _ in range(_MAX_PAGES):
            answer = await self._ask(INSTRUMENTS, params)
            listed = await self._events(answer, "instruments", market)
            found += [event.instrument for event in listed if isinstance(event, Listed)]
            cursor = answer.result.next_page_cursor
            if not cursor or cursor == params.get("cursor"):
                break
            params["cursor"] = cursor
        else:
            raise Malformed(f"{INSTRUMENTS}: more than {_MAX_PAGES} pages")
        found = [instrument for instrument in found if instrument.quote == USDT]
        if not found:
            raise Malformed(f"{INSTRUMENTS}: no instrument in it")
        self.books[market].learn(found)
        return found

    async def snapshot(self, market: Market) -> list[MarketEvent]:
        """Everything that one request tells of a whole market.

        Tickers of both markets; of perpetuals also mark, index, funding, open interest.
        """
        answer = await self._ask(TICKERS, {"category": mapper.CATEGORY[market]})
        events = await self._events(answer, "tickers", market)
        return [event for event in events if isinstance(event, MarketEvent)]

    async def tickers(self, market: Market) -> list[Ticker]:
        """Every ticker of a market."""
        return [event for event in await self.snapshot(market) if isinstance(event, Ticker)]

    async def candles(
        self,
        instrument: Instrument,
        bar: str,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
        limit: int = MAX_CANDLES,
    ) -> list[Candle]:
        """Bars that begin from `start_ms` to `end_ms`, newest first; the newest may be forming.

        Of more than `limit` only the newest come. An empty page is the end; an unknown spot
        symbol gives one too, where linear refuses it.
        """
        params = _of(instrument) | {
            "interval": _INTERVALS[bar],
            "limit": str(min(limit, MAX_CANDLES)),
        }
        answer = await self._ask(
            KLINE, params | time_at("start", start_ms) | time_at("end", end_ms)
        )
        events = await self._events(answer, "rest kline", instrument.market, instrument, bar)
        return bars_of(event for event in events if isinstance(event, Candle))

    async def funding_history(
        self, instrument: Instrument, *, start_ms: int, end_ms: int
    ) -> list[Funding]:
        """Settled rates, at most 200, newest first. A start without an end is an error there."""
        params = _of(instrument) | {"limit": str(MAX_FUNDINGS)}
        params |= time_at("startTime", start_ms) | time_at("endTime", end_ms)
        answer = await self._ask(FUNDING_HISTORY, params)
        events = await self._events(answer, "funding", instrument.market)
        return [event for event in events if isinstance(event, Funding)]

    async def open_interest_history(
        self,
        instrument: Instrument,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
    ) -> list[OpenInterest]:
        """Single-sided coins at each five minutes of a span with both its ends: the newest 200,
        newest first.
        """
        params = _of(instrument) | {"intervalTime": "5min", "limit": str(MAX_INTERESTS)}
        params |= time_at("startTime", start_ms) | time_at("endTime", end_ms)
        answer = await self._ask(OPEN_INTEREST, params)
        events = await self._events(answer, "interest", instrument.market, instrument)
        return [event for event in events if isinstance(event, OpenInterest)]

    async def account_ratio(self, instrument: Instrument) -> AccountRatio | None:
        """The newest one; None for a listing too young to have one."""
        params = _of(instrument) | {"period": "5min", "limit": "1"}
        answer = await self._ask(ACCOUNT_RATIO, params)
        rows = read(_ACCOUNT_RATIOS, answer.result.rows, answer.path)
        return mapper.account_ratio(rows[0], instrument) if rows else None

    async def _events(
        self,
        answer: "_Answer",
        kind: str,
        market: Market,
        instrument: Instrument | None = None,
        bar: str = "",
    ) -> list[Event]:
        """The rows of an answer as events; Malformed where every one is damaged."""
        about = About(
            symbol=instrument.symbol if instrument else answer.result.symbol,
            ts_ms=answer.ts_ms,
            bar=bar,
        )
        rows = read(wire.items, answer.result.rows, answer.path)
        adapter = self._adapters[market]
        events = await events_of(rows, lambda row: adapter.read_item(kind, row, about))
        sound = [event for event in events if not isinstance(event, Damaged)]
        refuse_all_bad(events, sound, answer.path)
        return events

    async def _ask(self, path: str, params: Mapping[str, str]) -> "_Answer":
        text = await self._http.get(path, params, self._pacer)
        body = read(wire.bodies, text, path)
        return _Answer(path, mapper.time_ms(body.time), read(wire.results, body.result, path))


class _Answer(NamedTuple):
    """What came back on a path, and the exchange's time of it."""

    path: str
    ts_ms: int | None
    result: wire.Result


_ACCOUNT_RATIOS = msgspec.json.Decoder(list[wire.AccountRatioRow])


def _of(instrument: Instrument) -> dict[str, str]:
    return {"category": mapper.CATEGORY[instrument.market], "symbol": instrument.symbol}


def explain_block(body: bytes) -> Rejected | RateLimited | None:
    """What a body says that comes before Bybit itself: a blocked country, a ban."""
    head = body[:4096].lower()
    if b"cloudfront" in head and b"country" in head:
        return Rejected("HTTP 403: blocked for this country", BLOCKED, _BLOCKED_HINT)
    if b"access too frequent" in head:
        return RateLimited("HTTP 403: access too frequent", _BAN_S)
    return None


def explain(body: bytes) -> FeedError | None:
    """The error that a Bybit body carries; it comes with HTTP 200."""
    try:
        envelope = wire.bodies.decode(body)
    except UNREADABLE:
        return explain_block(body)
    code = "" if envelope.ret_code is None else str(envelope.ret_code)
    if code in ("0", ""):
        return explain_block(body)
    hint = _BLOCKED_HINT if code in _REFUSED_PLACE else ""
    return _REFUSALS.error(code, envelope.ret_msg, hint)
