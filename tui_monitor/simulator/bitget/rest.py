"""Bitget's public REST: both generations answer without keys."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
from starlette.responses import Response

from tui_monitor.clock import DAY_MS, MINUTE_MS
from tui_monitor.simulator.bitget import rows
from tui_monitor.simulator.bitget.bars import FUTURES_BARS, SPOT_BARS, V3_BARS, Bars
from tui_monitor.simulator.bitget.catalog import (
    GHOSTS,
    SPOT,
    USDT,
    contract_row,
    instrument_row,
    is_traded,
    pair_row,
    symbol_in,
)
from tui_monitor.simulator.bitget.params import (
    Refused,
    category_of,
    empty,
    no_such,
    number,
    product_of,
    wrong,
)
from tui_monitor.simulator.bitget.targets import DIALECT, target_of
from tui_monitor.simulator.cascades import Cascades
from tui_monitor.simulator.faults import Fault, Target
from tui_monitor.simulator.gate import Gate
from tui_monitor.simulator.limits import Limit
from tui_monitor.simulator.listings import Listing, Shelf
from tui_monitor.simulator.noise import bits
from tui_monitor.simulator.serving import Answer, Params, Rest
from tui_monitor.simulator.shared import Root
from tui_monitor.simulator.timeframes import HOUR_MS
from tui_monitor.simulator.updates import last_update

# Over all paths, per IP; who breaks it waits five minutes.
LIMIT = Limit(6_000, 60)
BAN_S = 300.0
_USUAL_LIMIT = Limit(20, 1)
_LIMITS = {
    "liquidations": Limit(5, 1),
    "account-long-short": Limit(1, 1),
    "index-components": Limit(10, 1),
}
_ROWS_PER_TURN = 60
_MAX_RATES = 100
_RATIOS = 30
_RATIO_PERIODS = {
    **{f"{count}m": count * MINUTE_MS for count in (5, 15, 30)},
    **{f"{count}h": count * HOUR_MS for count in (1, 2, 4, 6, 12)},
    "1d": DAY_MS,
}
_LIQUIDATION_HISTORY_MS = 3 * DAY_MS
_LIQUIDATION_DELAY_MS = 3_000

Data = Any


_MESSAGES = {
    429: "Too Many Requests",
    40010: "Request timed out",
    40015: "System is abnormal, please try again later",
    40200: "Server upgrade, please try again later",
    40725: "service return an error",
    40808: "Parameter verification exception",
    45001: "Unknown error",
}
_CODES = {"http_429": 429, "http_418": 429, "http_500": 40015}


class BitgetRest:
    """Answers each path from the lists at the clock's time."""

    def __init__(self, root: Root, shelf: Shelf, cascades: Cascades) -> None:
        self._root = root
        self._shared = root.shared
        self._shelf = shelf
        self._cascades = cascades

    def endpoint(self) -> Gate:
        """The REST of the root."""
        made = Bars(self._listing)
        own: dict[str, Callable[[Params, int], Awaitable[Data]]] = {
            "v2/public/time": self._time,
            "v3/public/time": self._time,
            "v2/mix/market/contracts": self._contracts,
            "v2/spot/public/symbols": self._pairs,
            "v2/spot/public/coins": self._coins,
            "v2/margin/currencies": self._nothing,
            "v2/mix/market/tickers": self._tickers_v2,
            "v2/mix/market/ticker": self._ticker_v2,
            "v2/spot/market/tickers": self._spot_tickers_v2,
            "v2/mix/market/symbol-price": self._symbol_price,
            "v2/mix/market/current-fund-rate": partial(self._funding, 2),
            "v2/mix/market/funding-time": self._funding_time,
            "v2/mix/market/history-fund-rate": self._funding_history_v2,
            "v2/mix/market/open-interest": self._open_interest_v2,
            "v2/mix/market/account-long-short": self._accounts,
            "v2/mix/market/candles": partial(made.recent, FUTURES_BARS, 7),
            "v2/mix/market/history-candles": partial(made.old, FUTURES_BARS, 7, 200),
            "v2/spot/market/candles": partial(made.recent, SPOT_BARS, 8),
            "v2/spot/market/history-candles": partial(made.old, SPOT_BARS, 8, 200),
            "v3/market/instruments": self._instruments_v3,
            "v3/market/tickers": self._tickers_v3,
            "v3/market/current-fund-rate": partial(self._funding, 3),
            "v3/market/history-fund-rate": self._funding_history_v3,
            "v3/market/open-interest": self._open_interest_v3,
            "v3/market/candles": partial(made.recent, V3_BARS, 7),
            "v3/market/history-candles": partial(made.old, V3_BARS, 7, 100),
            "v3/market/liquidations": self._liquidations,
        }
        rest = Rest(
            root=self._root,
            answers={f"/api/{path}": self._enveloped(answer) for path, answer in own.items()},
            limits={},
            too_many=self._said(429, 429),
            missing=self._said(40404, 404),
            broken=self._said(40015, 500),
            said={kind: partial(self._failed, code) for kind, code in _CODES.items()},
            target_of=target_of,
            dialect=DIALECT,
        )
        return Gate(rest, LIMIT, BAN_S, self._banned, self._said, _limit_of)

    def _enveloped(
        self, answer: Callable[[Params, int], Awaitable[Data]]
    ) -> Callable[[Params], Awaitable[Answer]]:
        async def answered(params: Params) -> Answer:
            now_ms = self._now_ms()
            try:
                return Answer(_envelope(now_ms, "00000", "success", await answer(params, now_ms)))
            except Refused as refused:
                body = _envelope(now_ms, refused.code, refused.message, None)
                return Answer(body, refused.status)

        return answered

    def _said(self, code: int, status: int = 200) -> Answer:
        message = _MESSAGES.get(code, "Request URL NOT FOUND")
        return Answer(_envelope(self._now_ms(), str(code), message, None), status)

    def _failed(self, code: int, _fault: Fault) -> Answer:
        return self._said(code)

    def _banned(self) -> Response:
        body = msgspec.json.encode(self._said(429).body)
        return Response(body, 429, media_type="application/json")

    # --- lists --------------------------------------------------------------------------

    async def _time(self, _params: Params, now_ms: int) -> Data:
        return {"serverTime": str(now_ms)}

    async def _nothing(self, _params: Params, _now_ms: int) -> Data:
        return []

    async def _coins(self, _params: Params, now_ms: int) -> Data:
        bases = {one.line.base for one in self._shelf.of(SPOT, now_ms)} | {"USDT"}
        return [
            {"coinId": str(place), "coin": base, "transfer": "true", "chains": [], "areaCoin": "no"}
            for place, base in enumerate(sorted(bases), 1)
        ]

    async def _contracts(self, params: Params, _now_ms: int) -> Data:
        found = self._chosen(params, product_of(params))
        return [self._unless_unknown(contract_row(one), one, "symbolStatus") for one in found]

    async def _pairs(self, params: Params, _now_ms: int) -> Data:
        found = self._chosen(params, SPOT)
        return [self._unless_unknown(pair_row(one), one, "status") for one in found]

    async def _instruments_v3(self, params: Params, _now_ms: int) -> Data:
        found = self._chosen(params, category_of(params), 3)
        return [self._unless_unknown(instrument_row(one), one, "status") for one in found]

    def _unless_unknown(self, row: dict[str, Any], listing: Listing, key: str) -> dict[str, Any]:
        target = Target(market=listing.market, symbol=listing.symbol)
        if self._shared.faults.find(self._root.exchange, ("unknown_status",), target):
            row[key] = "lunar_pause"
        return row

    # --- tickers ------------------------------------------------------------------------

    async def _tickers_v2(self, params: Params, now_ms: int) -> Data:
        return await self._rows_v2({}, product_of(params), now_ms)

    async def _ticker_v2(self, params: Params, now_ms: int) -> Data:
        if not params.get("symbol"):
            raise empty("symbol")
        return await self._rows_v2(params, product_of(params), now_ms)

    async def _spot_tickers_v2(self, params: Params, now_ms: int) -> Data:
        return await self._rows_v2(params, SPOT, now_ms)

    async def _rows_v2(self, params: Params, category: str, now_ms: int) -> Data:
        """All with one time stamp, which is a little old."""
        at_ms = now_ms - 73 - bits(1, now_ms) % 31
        found = []
        for listing in self._traded(params, category):
            found.append(rows.ticker_v2(listing, at_ms))
            await _others_turn(len(found))
        return found

    async def _tickers_v3(self, params: Params, now_ms: int) -> Data:
        """Each with the time of its last change."""
        found = []
        for listing in self._traded(params, category_of(params), 3):
            at_ms = last_update(listing.series, now_ms, self._shared.rate)
            found.append(rows.ticker_v3(listing, at_ms))
            await _others_turn(len(found))
        return found

    async def _symbol_price(self, params: Params, now_ms: int) -> Data:
        row = rows.ticker_v2(self._listing(params, product_of(params)), now_ms)
        return [
            {
                "symbol": row["symbol"],
                "price": row["lastPr"],
                "indexPrice": row["indexPrice"],
                "markPrice": row["markPrice"],
                "ts": row["ts"],
            }
        ]

    # --- funding and open interest ------------------------------------------------------

    async def _funding(self, version: int, params: Params, now_ms: int) -> Data:
        category = product_of(params) if version == 2 else params.get("category") or USDT
        found = [
            rows.funding(one, one.derived, now_ms, version)
            for one in self._chosen(params, category, version)
            if one.derived is not None
        ]
        if params.get("symbol") and not found:
            raise no_such(params["symbol"])
        if not params.get("symbol") and category == USDT:
            found += [rows.ghost(symbol) for symbol in GHOSTS]
        return found

    async def _funding_time(self, params: Params, now_ms: int) -> Data:
        listing = self._listing(params, product_of(params))
        if listing.derived is None or listing.line.settles_ms is not None:
            raise no_such(listing.symbol)
        return [
            {
                "symbol": listing.symbol,
                "nextFundingTime": str(listing.derived.rate(now_ms).settles_ms),
                "ratePeriod": str(listing.derived.interval_ms // HOUR_MS),
            }
        ]

    async def _funding_history_v2(self, params: Params, now_ms: int) -> Data:
        listing = self._listing(params, product_of(params))
        size = min(_MAX_RATES, number(params, "pageSize") or 20)
        page = self._settled(listing, now_ms, size, number(params, "pageNo") or 1)
        return [
            {"symbol": listing.symbol, "fundingRate": rate, "fundingTime": ms} for rate, ms in page
        ]

    async def _funding_history_v3(self, params: Params, now_ms: int) -> Data:
        listing = self._listing(params, category_of(params), 3)
        size = min(_MAX_RATES, number(params, "limit") or _MAX_RATES)
        page = self._settled(listing, now_ms, size, min(100, number(params, "cursor") or 1))
        symbol = symbol_in(listing, 3)
        return {
            "resultList": [
                {"symbol": symbol, "fundingRate": rate, "fundingRateTimestamp": ms}
                for rate, ms in page
            ]
        }

    def _settled(
        self, listing: Listing, now_ms: int, size: int, number: int
    ) -> list[tuple[str, str]]:
        """A page of settled rates, newest first, with their times."""
        derived = listing.derived
        if derived is None or listing.line.settles_ms is not None:
            return []
        first = -(-listing.line.listed_ms // derived.interval_ms)
        periods = range(now_ms // derived.interval_ms, first - 1, -1)
        return [
            (listing.rate(derived.settled(period)), str(period * derived.interval_ms))
            for period in periods[(number - 1) * size : number * size]
        ]

    async def _open_interest_v2(self, params: Params, now_ms: int) -> Data:
        listing = self._listing(params, product_of(params))
        made = {"symbol": listing.symbol, "size": _interest(listing, now_ms)}
        return {"openInterestList": [made], "ts": str(now_ms)}

    async def _open_interest_v3(self, params: Params, now_ms: int) -> Data:
        found = [
            {"symbol": symbol_in(one, 3), "openInterest": _interest(one, now_ms)}
            for one in self._traded(params, category_of(params), 3)
            if one.derived is not None
        ]
        return {"list": found, "ts": str(now_ms)}

    async def _accounts(self, params: Params, now_ms: int) -> Data:
        """The shares of accounts that are long and short; there is no history of positions."""
        listing = self._listing(params, USDT)
        period_ms = _RATIO_PERIODS.get(params.get("period") or "5m")
        if period_ms is None:
            raise wrong("period")
        newest_ms = now_ms - now_ms % period_ms
        times = range(newest_ms - (_RATIOS - 1) * period_ms, newest_ms + 1, period_ms)
        first_ms = listing.line.listed_ms
        return [rows.account_ratio(listing, ms) for ms in times if ms >= first_ms]

    # --- liquidations -------------------------------------------------------------------

    async def _liquidations(self, params: Params, now_ms: int) -> Data:
        """Newest first; the last seconds are not there yet."""
        if category_of(params) != USDT:
            return {"list": [], "cursor": ""}
        only = self._listing(params, USDT, 3).series if params.get("symbol") else None
        limit = min(100, number(params, "limit") or 100)
        end_ms = number(params, "cursor") or now_ms - _LIQUIDATION_DELAY_MS
        oldest_ms = now_ms - _LIQUIDATION_HISTORY_MS
        found: list[dict[str, Any]] = []
        while end_ms > oldest_ms and len(found) < limit:
            begin_ms = max(oldest_ms, end_ms - HOUR_MS)
            made = self._cascades.made(begin_ms, end_ms, only)
            found += [
                rows.liquidation(self._shelf.owner(one.series), one) for one in reversed(made)
            ]
            end_ms = begin_ms
            await asyncio.sleep(0)
        page = found[:limit]
        more = len(found) > limit or end_ms > oldest_ms
        return {"list": page, "cursor": page[-1]["ts"] if page and more else ""}

    # --- parameters ---------------------------------------------------------------------

    def _now_ms(self) -> int:
        return self._shared.clock.now_ms()

    def _chosen(self, params: Params, category: str, version: int = 2) -> list[Listing]:
        symbol, faults = params.get("symbol"), self._shared.faults
        found = [
            one
            for one in self._shelf.of(category, self._now_ms())
            if (not symbol or symbol_in(one, version) == symbol)
            and faults.lists(self._root.exchange, one.market, one.symbol)
        ]
        if symbol and not found:
            raise no_such(symbol)
        return found

    def _traded(self, params: Params, category: str, version: int = 2) -> list[Listing]:
        return [one for one in self._chosen(params, category, version) if is_traded(one)]

    def _listing(self, params: Params, category: str, version: int = 2) -> Listing:
        symbol = params.get("symbol") or ""
        if not symbol:
            raise empty("symbol")
        bare = symbol.removesuffix("_CM") if version == 3 else symbol
        listing = self._shelf.find(category, bare, self._now_ms())
        faults = self._shared.faults
        if listing is None or faults.delisted(self._root.exchange, listing.market, bare):
            raise no_such(symbol)
        return listing


def _interest(listing: Listing, now_ms: int) -> str:
    if listing.derived is None:
        raise no_such(listing.symbol)
    return listing.size(listing.derived.open_interest_lots(now_ms))


def _limit_of(path: str) -> Limit | None:
    return _LIMITS.get(path.rpartition("/")[2], _USUAL_LIMIT)


def _envelope(now_ms: int, code: str, message: str, data: Data) -> dict[str, Any]:
    return {"code": code, "msg": message, "requestTime": now_ms, "data": data}


async def _others_turn(count: int) -> None:
    """Let other requests run now and then: the first day's figures take a coin half a ms."""
    if count % _ROWS_PER_TURN == 0:
        await asyncio.sleep(0)
