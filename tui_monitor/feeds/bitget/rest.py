"""Bitget's public REST (v2, and v3 where only that has it): requests, limits, rows in our words."""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Raw

from tui_monitor.clock import Clock
from tui_monitor.errors import FeedError, Malformed
from tui_monitor.feeds.adapter import Damaged, Event, Listed
from tui_monitor.feeds.bans import Bans
from tui_monitor.feeds.bitget import mapper, wire
from tui_monitor.feeds.bitget.adapter import BitgetAdapter
from tui_monitor.feeds.bitget.items import About
from tui_monitor.feeds.http import Http, RestSettings
from tui_monitor.feeds.instruments import Books, books_of
from tui_monitor.feeds.numbers import epoch_ms
from tui_monitor.feeds.pacing import Pace, Pacer
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
    Candle,
    Funding,
    Instrument,
    LimitUse,
    Liquidation,
    Market,
    MarketEvent,
    Ticker,
)

TIME = "/api/v2/public/time"
FUNDING_RATE = "/api/v2/mix/market/current-fund-rate"
FUNDING_HISTORY = "/api/v2/mix/market/history-fund-rate"
LIQUIDATIONS = "/api/v3/market/liquidations"
INSTRUMENTS = {
    Market.PERP: "/api/v2/mix/market/contracts",
    Market.SPOT: "/api/v2/spot/public/symbols",
}
TICKERS = {
    Market.PERP: "/api/v2/mix/market/tickers",
    Market.SPOT: "/api/v2/spot/market/tickers",
}
CANDLES = {
    Market.PERP: "/api/v2/mix/market/candles",
    Market.SPOT: "/api/v2/spot/market/candles",
}
HISTORY_CANDLES = {
    Market.PERP: "/api/v2/mix/market/history-candles",
    Market.SPOT: "/api/v2/spot/market/history-candles",
}

# 80 % of the documented 20 a second a path and 6000 a minute overall, per IP.
PACE = Pace(16, 20, 1.0)
_PACES = {LIQUIDATIONS: Pace(4, 5, 1.0)}
PACE_OVERALL = Pace(4800, 6000, 60.0)
MAX_CANDLES = 1000
MAX_HISTORY_CANDLES = 200
MAX_FUNDINGS = 100
MAX_LIQUIDATIONS = 100
_FUTURES = {"productType": "USDT-FUTURES"}
_TICKER = "ticker v2"
# Bars as spot names them; futures and we use the keys. A plain day begins at 00:00 UTC+8.
_SPOT_BARS = {
    "1m": "1min", "3m": "3min", "5m": "5min", "15m": "15min", "30m": "30min", "1H": "1h",
    "4H": "4h", "6H": "6h", "12H": "12h", "1D": "1day", "3D": "3day", "1W": "1week", "1M": "1M",
    "6Hutc": "6Hutc", "12Hutc": "12Hutc", "1Dutc": "1Dutc", "3Dutc": "3Dutc",
    "1Wutc": "1Wutc", "1Mutc": "1Mutc",
}  # fmt: skip

_REFUSALS = Refusals(
    # "Too Many Requests"; the answer has no time in it. Over the overall limit it takes 5 minutes.
    too_many=frozenset({"429", "30006", "30007"}),
    # Time-out, system abnormal, server upgrade, service error, unknown error.
    not_now=frozenset({"40010", "40015", "40200", "40725", "45001"}),
    pause_s=300.0,
)
_WAITS_S = {429: _REFUSALS.pause_s}


class BitgetRest(RestClient):
    """One-shot questions. Every method raises FeedErrors and nothing else for remote reasons."""

    def __init__(
        self,
        settings: RestSettings,
        clock: Clock,
        known: Books | None = None,
        *,
        bans: Bans | None = None,
    ) -> None:
        self.books = known or books_of(mapper.GUESS)
        super().__init__(
            Http(
                settings.rest_url, clock, explain, proxy=settings.proxy, bans=bans, waits_s=_WAITS_S
            )
        )
        self._adapter = BitgetAdapter(self.books, Market.PERP)
        self._clock = clock
        self._paced = settings.paced
        self._overall = PACE_OVERALL.pacer(clock, waits=settings.paced)
        self._pacers: dict[str, Pacer] = {}

    def limits(self) -> list[LimitUse]:
        """What is used of the limit of all requests, and of the path that is nearest to its own."""
        if not self._pacers:
            return []
        by_path = [
            pacer.use(_name_of(path), _PACES.get(path, PACE).documented)
            for path, pacer in self._pacers.items()
        ]
        busiest = max(by_path, key=lambda use: use.used / use.documented)
        return [self._overall.use("requests", PACE_OVERALL.documented), busiest]

    async def server_time_ms(self) -> int:
        """The exchange's clock."""
        answer = await self._ask(TIME, {})
        found = epoch_ms(read(wire.wrapped, answer.data, TIME).server_time)
        if found is None:
            raise Malformed(f"{TIME}: no time in it")
        return found

    async def instruments(self, market: Market) -> list[Instrument]:
        """What a market lists in USDT; the book learns it. Odd rows are left out.

        Raises Malformed where nothing at all could be read.
        """
        path = INSTRUMENTS[market]
        answer = await self._ask(path, _FUTURES if market is Market.PERP else {})
        listed = await self._events(answer, "instrument", About(market, ts_ms=answer.ts_ms))
        found = [
            event.instrument
            for event in listed
            if isinstance(event, Listed) and event.instrument.quote == USDT
        ]
        if not found:
            raise Malformed(f"{path}: no instrument in it")
        self.books[market].learn(found)
        return found

    async def snapshot(self, market: Market) -> list[MarketEvent]:
        """Everything that one request tells of a whole market.

        Tickers of both markets; of perpetuals also mark, index, funding rate, open interest.
        The time of the next settlement and the interval come from `funding_rates`.
        """
        answer = await self._ask(TICKERS[market], _FUTURES if market is Market.PERP else {})
        events = await self._events(answer, _TICKER, About(market, ts_ms=answer.ts_ms))
        return [event for event in events if isinstance(event, MarketEvent)]

    async def tickers(self, market: Market) -> list[Ticker]:
        """Every ticker of a market."""
        return [event for event in await self.snapshot(market) if isinstance(event, Ticker)]

    async def funding_rates(self) -> list[Funding]:
        """Rate, interval and next settlement of all USDT perpetuals.

        A dozen rows are of contracts that are not traded: whoever takes them asks the list.
        """
        answer = await self._ask(FUNDING_RATE, _FUTURES)
        events = await self._events(answer, "funding", About(Market.PERP, ts_ms=answer.ts_ms))
        return [event for event in events if isinstance(event, Funding)]

    async def funding_history(self, instrument: Instrument, page: int = 1) -> list[Funding]:
        """Settled rates, 100 a page, newest first."""
        params = {"symbol": instrument.symbol, "pageSize": str(MAX_FUNDINGS), "pageNo": str(page)}
        answer = await self._ask(FUNDING_HISTORY, _FUTURES | params)
        events = await self._events(answer, "funding", About(Market.PERP))
        return [event for event in events if isinstance(event, Funding)]

    async def candles(
        self,
        instrument: Instrument,
        bar: str,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
        limit: int = MAX_CANDLES,
        history: bool = False,
    ) -> list[Candle]:
        """Bars between two times that are multiples of the bar, newest first.

        1000 at once, of 30 minutes 62 days back; `history` gives 200 of any age and needs an
        end. Which order they come in is not documented: they are sorted here.
        """
        market = instrument.market
        path = (HISTORY_CANDLES if history else CANDLES)[market]
        limit = min(limit, MAX_HISTORY_CANDLES if history else MAX_CANDLES)
        params = {"symbol": instrument.symbol, "limit": str(limit)}
        params |= _FUTURES if market is Market.PERP else {}
        params["granularity"] = bar if market is Market.PERP else _SPOT_BARS[bar]
        params |= time_at("startTime", start_ms) | time_at("endTime", end_ms)
        about = About(market, symbol=instrument.symbol, bar=bar)
        events = await self._events(await self._ask(path, params), "candle", about)
        return bars_of(event for event in events if isinstance(event, Candle))

    async def liquidations(self, cursor: str = "") -> tuple[list[Liquidation], str]:
        """A page of the last 3 days, all contracts, and the cursor of the next ("" at the end)."""
        params = {"category": "USDT-FUTURES", "limit": str(MAX_LIQUIDATIONS)}
        answer = await self._ask(LIQUIDATIONS, params | ({"cursor": cursor} if cursor else {}))
        wrapped = read(wire.wrapped, answer.data, LIQUIDATIONS)
        rows = answer._replace(data=wrapped.rows)
        events = await self._events(rows, "liquidation", About(Market.PERP))
        following = "" if wrapped.cursor is None else str(wrapped.cursor)
        return [event for event in events if isinstance(event, Liquidation)], following

    async def _events(self, answer: "_Answer", kind: str, about: About) -> list[Event]:
        """The rows of an answer as events; Malformed where every one is damaged."""
        rows = read(wire.items, answer.data, answer.path)
        events = await events_of(rows, lambda row: self._adapter.read_item(kind, row, about))
        sound = [event for event in events if not isinstance(event, Damaged)]
        refuse_all_bad(events, sound, answer.path)
        return events

    async def _ask(self, path: str, params: Mapping[str, str]) -> "_Answer":
        await self._overall.acquire()
        body = await self._http.get(path, params, self._pacer_of(path))
        envelope = read(wire.bodies, body, path)
        return _Answer(path, epoch_ms(envelope.requestTime), envelope.data)

    def _pacer_of(self, path: str) -> Pacer:
        if path not in self._pacers:
            pace = _PACES.get(path, PACE)
            self._pacers[path] = pace.pacer(self._clock, waits=self._paced)
        return self._pacers[path]


class _Answer(NamedTuple):
    """What came back on a path, and the exchange's time of it."""

    path: str
    ts_ms: int | None
    data: Raw


def _name_of(path: str) -> str:
    """`perp tickers`, `spot tickers`, `liquidations`."""
    parts = path.split("/")
    market = {"mix": "perp ", "spot": "spot "}.get(parts[3], "")
    return f"{market}{parts[-1]}"


def explain(body: bytes) -> FeedError | None:
    """The error that a Bitget envelope carries, whatever the HTTP status was."""
    try:
        envelope = wire.bodies.decode(body)
    except UNREADABLE:
        return None
    code = "" if envelope.code is None else str(envelope.code)
    if code in ("00000", ""):
        return None
    return _REFUSALS.error(code, envelope.msg)
