"""OKX v5 public REST: requests, their limits, and their rows in our words (docs-v5)."""

from collections.abc import Mapping
from functools import partial
from typing import TypeVar

import msgspec
from msgspec import Raw

from tui_monitor.clock import Clock
from tui_monitor.errors import FeedError, Malformed
from tui_monitor.feeds.adapter import Listed, Notice
from tui_monitor.feeds.bans import Bans
from tui_monitor.feeds.http import Http, RestSettings
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.numbers import epoch_ms
from tui_monitor.feeds.okx import mapper, wire
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.feeds.pacing import Pace
from tui_monitor.feeds.reading import UNREADABLE, UNUSABLE, read
from tui_monitor.feeds.rest import Refusals, RestClient, bars_of, events_of, refuse_all_bad
from tui_monitor.model import (
    AccountRatio,
    Candle,
    Funding,
    Instrument,
    LimitUse,
    Liquidation,
    Market,
    MarkPrice,
    OpenInterest,
    Ticker,
)

E = TypeVar("E")

TIME = "/api/v5/public/time"
STATUS = "/api/v5/system/status"
INSTRUMENTS = "/api/v5/public/instruments"
TICKERS = "/api/v5/market/tickers"
MARK_PRICE = "/api/v5/public/mark-price"
INDEX_TICKERS = "/api/v5/market/index-tickers"
FUNDING_RATE = "/api/v5/public/funding-rate"
FUNDING_HISTORY = "/api/v5/public/funding-rate-history"
OPEN_INTEREST = "/api/v5/public/open-interest"
INTEREST_HISTORY = "/api/v5/rubik/stat/contracts/open-interest-history"
ACCOUNT_RATIO = "/api/v5/rubik/stat/contracts/long-short-account-ratio-contract"
LIQUIDATIONS = "/api/v5/public/liquidation-orders"
CANDLES = "/api/v5/market/candles"
HISTORY_CANDLES = "/api/v5/market/history-candles"

# We allow ourselves 80 % of the documented limit per IP. Only backfill uses history-candles:
# 18, evenly spaced, keep a distance of two from it whatever the network does to their spacing.
# The status may be asked once in 5 s: 1.25 times in 6.25.
_PACES = {
    TIME: Pace(8, 10, 2.0),
    STATUS: Pace(1, 1.25, 6.25),
    INSTRUMENTS: Pace(16, 20, 2.0),
    TICKERS: Pace(16, 20, 2.0),
    MARK_PRICE: Pace(8, 10, 2.0),
    INDEX_TICKERS: Pace(16, 20, 2.0),
    FUNDING_RATE: Pace(8, 10, 2.0),
    FUNDING_HISTORY: Pace(8, 10, 2.0),
    OPEN_INTEREST: Pace(16, 20, 2.0),
    # Documented by address and contract; taken as if it were by address.
    INTEREST_HISTORY: Pace(8, 10, 2.0),
    ACCOUNT_RATIO: Pace(4, 5, 2.0),
    # Undocumented since 2023, when it was 40: taken gently.
    LIQUIDATIONS: Pace(4, 40, 2.0),
    CANDLES: Pace(32, 40, 2.0),
    HISTORY_CANDLES: Pace(18, 20, 2.0),
}
MAX_CANDLES = 300
MAX_FUNDINGS = 400
MAX_INTERESTS = 100
INST_TYPE = {Market.SPOT: "SPOT", Market.PERP: "SWAP"}

_REFUSALS = Refusals(
    # "Rate limit reached", "too frequent operations", "sub-account rate limit".
    too_many=frozenset({"50011", "50040", "50061"}),
    # Service unavailable, endpoint timeout, systems busy, system error.
    not_now=frozenset({"50001", "50004", "50013", "50026"}),
    pause_s=2.0,
)


class OkxRest(RestClient):
    """One-shot questions. Every method raises FeedErrors and nothing else for remote reasons."""

    def __init__(
        self,
        settings: RestSettings,
        clock: Clock,
        book: InstrumentBook | None = None,
        *,
        bans: Bans | None = None,
    ) -> None:
        self.book = book or InstrumentBook(mapper.guess)
        super().__init__(Http(settings.rest_url, clock, explain, proxy=settings.proxy, bans=bans))
        self._adapter = OkxAdapter(self.book)
        self._pacers = {
            path: pace.pacer(clock, waits=settings.paced) for path, pace in _PACES.items()
        }

    def limits(self) -> list[LimitUse]:
        """What is used of each limit that was used at all; OKX counts each path for itself."""
        return [
            pacer.use(path.rpartition("/")[2], _PACES[path].documented)
            for path, pacer in self._pacers.items()
            if pacer.asked
        ]

    async def server_time_ms(self) -> int:
        """The exchange's clock."""
        rows = await self._rows(TIME)
        found = epoch_ms(read(_TIME, rows[0], TIME).ts) if rows else None
        if found is None:
            raise Malformed(f"{TIME}: no time in it")
        return found

    async def status(self) -> list[Notice]:
        """Maintenances that OKX has announced."""
        return await self._events(STATUS, "status", Notice)

    async def instruments(self, market: Market) -> list[Instrument]:
        """What a market lists in USDT; the book learns it. Odd rows are left out.

        Raises Malformed where nothing at all could be read.
        """
        params = {"instType": INST_TYPE[market]}
        listed = await self._events(INSTRUMENTS, "instruments", Listed, params)
        found = [
            event.instrument
            for event in listed
            if event.instrument.market is market and event.instrument.quote == "USDT"
        ]
        if not found:
            raise Malformed(f"{INSTRUMENTS}: no instrument in it")
        self.book.learn(found)
        return found

    async def tickers(self, market: Market) -> list[Ticker]:
        """Every ticker of a market."""
        return await self._events(TICKERS, "tickers", Ticker, {"instType": INST_TYPE[market]})

    async def mark_prices(self) -> list[MarkPrice]:
        """Mark prices of all USDT perpetuals."""
        return await self._events(MARK_PRICE, "mark-price", MarkPrice, {"instType": "SWAP"})

    async def index_prices(self) -> list[MarkPrice]:
        """Index prices of all USDT perpetuals."""
        return await self._events(INDEX_TICKERS, "index-tickers", MarkPrice, {"quoteCcy": "USDT"})

    async def funding_rates(self) -> list[Funding]:
        """Funding of all USDT perpetuals (`instId=ANY`)."""
        return await self._events(FUNDING_RATE, "funding-rate", Funding, {"instId": "ANY"})

    async def funding_history(
        self, instrument: Instrument, *, after_ms: int | None = None
    ) -> list[Funding]:
        """What settled before `after_ms` (None: lately), at most 400, newest first; 3 months."""
        params = {"instId": instrument.symbol, "limit": str(MAX_FUNDINGS)}
        if after_ms is not None:
            params["after"] = str(after_ms)
        return await self._events(FUNDING_HISTORY, "funding-rate", Funding, params)

    async def open_interest(self) -> list[OpenInterest]:
        """Open interest of all USDT perpetuals."""
        return await self._events(
            OPEN_INTEREST, "open-interest", OpenInterest, {"instType": "SWAP"}
        )

    async def open_interest_history(
        self, instrument: Instrument, start_ms: int, end_ms: int
    ) -> list[OpenInterest]:
        """A perpetual's each five minutes of a span with both its ends: the newest 100, newest
        first; five days back.
        """
        params = {
            "instId": instrument.symbol,
            "period": "5m",
            "begin": str(start_ms - 1),
            "end": str(end_ms + 1),
            "limit": str(MAX_INTERESTS),
        }
        rows = await self._rows(INTEREST_HISTORY, params)
        read_rows = (read(_PAST, row, INTEREST_HISTORY) for row in rows)
        return [mapper.past_interest(row, instrument) for row in read_rows]

    async def account_ratio(self, instrument: Instrument) -> AccountRatio | None:
        """The newest one; None for a listing too young to have one."""
        params = {"instId": instrument.symbol, "period": "5m", "limit": "1"}
        rows = await self._rows(ACCOUNT_RATIO, params)
        if not rows:
            return None
        return mapper.account_ratio(read(_PAST, rows[0], ACCOUNT_RATIO), instrument)

    async def liquidations(self, instrument: Instrument) -> list[Liquidation]:
        """A perpetual's latest ones, as far back as OKX likes; it may be an hour behind."""
        params = {
            "instType": "SWAP",
            "uly": instrument.symbol.removesuffix(mapper.SWAP),
            "state": "filled",
            "limit": "100",
        }
        return await self._events(LIQUIDATIONS, "liquidation-orders", Liquidation, params)

    async def candles(
        self,
        instrument: Instrument,
        bar: str,
        *,
        after_ms: int | None = None,
        limit: int = MAX_CANDLES,
        history: bool = False,
    ) -> list[Candle]:
        """One page of bars that begin before `after_ms` (None: the newest), newest first.

        `history` asks the archive (years, slower); else only the latest 1440 bars are there. A
        server may give fewer than `limit`: only an empty page is the end.
        """
        params = {
            "instId": instrument.symbol,
            "bar": mapper.THEIR_BARS.get(bar, bar),
            "limit": str(min(limit, MAX_CANDLES)),
        }
        if after_ms is not None:
            params["after"] = str(after_ms)
        rows = await self._rows(HISTORY_CANDLES if history else CANDLES, params)
        found: list[Candle] = []
        refused = 0
        for row in rows:
            try:
                found.append(mapper.candle(_CANDLE.decode(row), bar, instrument))
            except UNUSABLE:
                refused += 1
        if refused and not found:
            raise Malformed(f"{CANDLES}: {refused} rows, none of them a candle")
        return bars_of(found)

    async def _events(
        self, path: str, channel: str, kind: type[E], params: Mapping[str, str] | None = None
    ) -> list[E]:
        """The rows of a body as the stream's events of one kind; others are left out."""
        rows = await self._rows(path, params)
        events = await events_of(rows, partial(self._adapter.read_item, channel))
        found: list[E] = [event for event in events if isinstance(event, kind)]
        refuse_all_bad(events, found, path)
        return found

    async def _rows(self, path: str, params: Mapping[str, str] | None = None) -> list[Raw]:
        body = await self._http.get(path, params, self._pacers[path])
        return read(wire.items, read(wire.bodies, body, path).data, path)


_TIME = msgspec.json.Decoder(wire.TimeRow)
_PAST = msgspec.json.Decoder(wire.PastRow)
_CANDLE = msgspec.json.Decoder(wire.CandleRow)


def explain(body: bytes) -> FeedError | None:
    """The error that an OKX envelope carries, whatever the HTTP status was."""
    try:
        envelope = wire.bodies.decode(body)
    except UNREADABLE:
        return None
    code = "" if envelope.code is None else str(envelope.code)
    if code in ("0", ""):
        return None
    return _REFUSALS.error(code, envelope.msg)
