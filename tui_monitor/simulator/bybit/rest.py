"""Bybit's public REST: nearly all that goes wrong comes as HTTP 200 with a retCode."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import unquote

from starlette.responses import Response

from tui_monitor.clock import MINUTE_MS
from tui_monitor.simulator.bybit import rows, statistics
from tui_monitor.simulator.bybit.catalog import (
    LINEAR,
    MARKETS,
    SPOT,
    is_listed,
    is_traded,
    linear_row,
    spot_row,
)
from tui_monitor.simulator.bybit.targets import DIALECT, target_of
from tui_monitor.simulator.faults import Fault, Target
from tui_monitor.simulator.gate import Gate
from tui_monitor.simulator.limits import Limit
from tui_monitor.simulator.listings import Listing, Shelf
from tui_monitor.simulator.pages import bars, window
from tui_monitor.simulator.serving import Answer, Params, Rest
from tui_monitor.simulator.shared import Root
from tui_monitor.simulator.timeframes import HOUR_MS, Timeframe, days, months, weeks

_V5 = "/v5"
# Over all paths, per IP; who breaks it is turned away for ten minutes.
LIMIT = Limit(600, 5)
BAN_S = 600.0
_FORBIDDEN = b"access too frequent, please try again later"
_CATEGORIES = (LINEAR, SPOT, "inverse", "option")
_ROWS_PER_TURN = 60
_MAX_BARS, _USUAL_BARS = 1_000, 200
_MAX_HISTORY, _USUAL_HISTORY, _MAX_RATIOS = 200, 50, 500

INTERVALS: dict[str, Timeframe] = {
    **{str(minutes): Timeframe(minutes * MINUTE_MS) for minutes in (1, 3, 5, 15, 30)},
    **{str(hours * 60): Timeframe(hours * HOUR_MS) for hours in (1, 2, 4, 6, 12)},
    "D": days(1),
    "W": weeks(),
    "M": months(1),
}

Result = dict[str, Any]


class Refused(Exception):
    """A request that is answered with a retCode."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _wrong(what: str) -> Refused:
    return Refused(10001, f"params error: {what}")


_MESSAGES = {
    404: "path not found",
    10000: "Server Timeout",
    10006: "Too many visits!",
    10009: "IP has been banned.",
    10016: "Internal system error",
    10024: "Compliance rules triggered",
}
_CODES = {"http_429": 10006, "http_418": 10006, "http_500": 10016}


class BybitRest:
    """Answers each path from the lists at the clock's time."""

    def __init__(self, root: Root, shelf: Shelf) -> None:
        self._root = root
        self._shared = root.shared
        self._shelf = shelf

    def endpoint(self) -> Gate:
        """The REST of the root."""
        own: dict[str, Callable[[Params, int], Awaitable[Result]]] = {
            "market/time": self._time,
            "market/instruments-info": self._instruments,
            "market/tickers": self._tickers,
            "market/kline": self._kline,
            "market/funding/history": self._funding_history,
            "market/open-interest": partial(
                self._history, statistics.interest, "intervalTime", _MAX_HISTORY
            ),
            "market/account-ratio": partial(
                self._history, statistics.accounts, "period", _MAX_RATIOS
            ),
            "system/status": self._status,
        }
        rest = Rest(
            root=self._root,
            answers={f"{_V5}/{path}": self._enveloped(answer) for path, answer in own.items()},
            limits={},
            too_many=self._said(10006, 429),
            missing=self._said(404, 404),
            broken=self._said(10016, 500),
            said={kind: partial(self._failed, code) for kind, code in _CODES.items()},
            target_of=target_of,
            dialect=DIALECT,
        )
        return Gate(rest, LIMIT, BAN_S, _forbidden, self._said)

    def _enveloped(
        self, answer: Callable[[Params, int], Awaitable[Result]]
    ) -> Callable[[Params], Awaitable[Answer]]:
        async def answered(params: Params) -> Answer:
            # The envelope's time is that of the figures, however long they take.
            now_ms = self._now_ms()
            try:
                return Answer(_envelope(now_ms, 0, "OK", await answer(params, now_ms)))
            except Refused as refused:
                return Answer(_envelope(now_ms, refused.code, refused.message))

        return answered

    def _said(self, code: int, status: int = 200) -> Answer:
        return Answer(_envelope(self._now_ms(), code, _MESSAGES.get(code, "error")), status)

    def _failed(self, code: int, _fault: Fault) -> Answer:
        return self._said(code)

    # --- lists --------------------------------------------------------------------------

    async def _time(self, _params: Params, now_ms: int) -> Result:
        return {"timeSecond": str(now_ms // 1000), "timeNano": f"{now_ms}000000"}

    async def _status(self, params: Params, now_ms: int) -> Result:
        notices = [
            maintenance_row(now_ms, left_s)
            for left_s, fault in self._shared.faults.active()
            if fault.exchange == self._root.exchange and fault.kind == "maintenance_notice"
        ]
        return {"list": notices if params.get("state") in (None, "", "ongoing") else []}

    async def _instruments(self, params: Params, now_ms: int) -> Result:
        category = _category(params)
        if category not in MARKETS:
            return {"category": category, "list": [], "nextPageCursor": ""}
        wanted = params.get("status") or "Trading"
        found = [one for one in self._chosen(params, category) if is_listed(one, wanted)]
        if category == SPOT:
            return {"category": SPOT, "list": [self._row(one, now_ms) for one in found]}
        if params.get("symbol") and not found:
            raise _wrong("symbol invalid")
        found.sort(key=lambda one: one.symbol)
        after = _cursor(params)
        rest = [one for one in found if one.symbol > after]
        page = rest[: _number(params, "limit", 500, 1_000)]
        more = len(page) < len(rest)
        cursor = f"first%3D{page[0].symbol}%26last%3D{page[-1].symbol}" if more else ""
        made = [self._row(one, now_ms) for one in page]
        return {"category": category, "list": made, "nextPageCursor": cursor}

    def _row(self, listing: Listing, now_ms: int) -> Result:
        is_spot = listing.line.category == SPOT
        row = spot_row(listing) if is_spot else linear_row(listing, now_ms)
        target = Target(market=listing.market, symbol=listing.symbol)
        if self._shared.faults.find(self._root.exchange, ("unknown_status",), target):
            row["status"] = "LunarPause"
        return row

    async def _tickers(self, params: Params, now_ms: int) -> Result:
        category = _category(params)
        if category not in MARKETS:
            return {"category": category, "list": []}
        found = []
        for listing in self._chosen(params, category):
            if is_traded(listing):
                found.append(_ticker(listing, now_ms))
                await _others_turn(len(found))
        if params.get("symbol") and not found and category == LINEAR:
            raise _wrong("symbol invalid")
        return {"category": category, "list": found}

    # --- history ------------------------------------------------------------------------

    async def _kline(self, params: Params, now_ms: int) -> Result:
        category = _category(params, LINEAR)
        interval = params.get("interval") or ""
        if interval not in INTERVALS:
            raise _wrong("interval invalid")
        limit = _number(params, "limit", _USUAL_BARS, _MAX_BARS)
        bounds = _time(params, "start"), _time(params, "end")
        listing = self._listing(params, category)
        made: list[list[str]] = []
        if listing is not None:
            timeframe = INTERVALS[interval]
            opens = window(listing, timeframe, bounds, limit, now_ms)
            made = [
                rows.kline(listing, open_ms, bar)
                async for open_ms, bar in bars(listing, timeframe, opens, now_ms)
            ]
        symbol = params.get("symbol") or ""
        return {"symbol": symbol, "category": category, "list": made[::-1]}

    async def _funding_history(self, params: Params, now_ms: int) -> Result:
        category = _category(params)
        listing = self._listing(params, category)
        if listing is None or listing.derived is None or listing.line.settles_ms is not None:
            raise _wrong("symbol invalid")
        start_ms, end_ms = _time(params, "startTime"), _time(params, "endTime")
        if start_ms is not None and end_ms is None:
            raise _wrong("endTime is required with startTime")
        derived = listing.derived
        last = min(now_ms, now_ms if end_ms is None else end_ms)
        first = max(start_ms or 0, listing.line.listed_ms)
        times = derived.settlements(first, last)[::-1]
        limit = _number(params, "limit", _MAX_HISTORY, _MAX_HISTORY)
        made = [
            {
                "symbol": listing.symbol,
                "fundingRate": listing.rate(derived.settled_at(ms)),
                "fundingRateTimestamp": str(ms),
            }
            for ms in times[:limit]
        ]
        return {"category": category, "list": made}

    async def _history(
        self,
        make: Callable[[Listing, int], Result],
        period: str,
        most: int,
        params: Params,
        now_ms: int,
    ) -> Result:
        """A page of a statistic; `period` is the parameter that names its grid."""
        category = _category(params)
        period_ms = statistics.PERIODS.get(params.get(period) or "")
        if period_ms is None:
            raise _wrong(f"{period} invalid")
        listing = self._listing(params, category)
        if listing is None or listing.derived is None:
            raise _wrong("symbol invalid")
        start_ms, end_ms = _time(params, "startTime"), _time(params, "endTime")
        last = min(now_ms, now_ms if end_ms is None else end_ms)
        if params.get("cursor"):
            last = min(last, int(_cursor(params) or 0) - 1)
        limit = _number(params, "limit", _USUAL_HISTORY, most)
        bounds = (start_ms or 0, last)
        made, cursor = statistics.page(make, listing, period_ms, bounds, limit)
        head = {"symbol": listing.symbol, "category": category}
        return {**head, "list": made, "nextPageCursor": cursor}

    # --- parameters ---------------------------------------------------------------------

    def _now_ms(self) -> int:
        return self._shared.clock.now_ms()

    def _chosen(self, params: Params, category: str) -> list[Listing]:
        symbol, base = params.get("symbol"), params.get("baseCoin")
        kind, faults = params.get("symbolType"), self._shared.faults
        return [
            one
            for one in self._shelf.of(category, self._now_ms())
            if (not symbol or one.symbol == symbol)
            and (not base or category == SPOT or one.line.base == base)
            and (not kind or one.line.kind == kind)
            and faults.lists(self._root.exchange, one.market, one.symbol)
        ]

    def _listing(self, params: Params, category: str) -> Listing | None:
        """The symbol that is asked for; an unknown one of spot is no error but nothing."""
        symbol = params.get("symbol") or ""
        if not symbol:
            raise _wrong("symbol is required")
        listing = self._shelf.find(category, symbol, self._now_ms())
        gone = listing is not None and self._shared.faults.delisted(
            self._root.exchange, listing.market, symbol
        )
        if (listing is None or gone) and category != SPOT:
            raise _wrong("symbol invalid")
        return None if gone else listing


def _ticker(listing: Listing, now_ms: int) -> Result:
    if listing.derived is None:
        return rows.spot_ticker(listing, now_ms)
    return rows.linear_ticker(listing, listing.derived, now_ms)


def _forbidden() -> Response:
    return Response(_FORBIDDEN, 403, media_type="text/html")


async def _others_turn(count: int) -> None:
    """Let other requests run now and then: the first day's figures take a coin half a ms."""
    if count % _ROWS_PER_TURN == 0:
        await asyncio.sleep(0)


def _category(params: Params, usual: str = "") -> str:
    category = params.get("category") or usual
    if category not in _CATEGORIES:
        raise _wrong("category invalid")
    return category


def _number(params: Params, name: str, usual: int, most: int) -> int:
    """A whole number from one; what is more than the most counts as the most."""
    text = params.get(name)
    if not text:
        return usual
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) == 0:
        raise _wrong(f"{name} invalid")
    return min(most, int(text))


def _time(params: Params, name: str) -> int | None:
    text = params.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise _wrong(f"{name} invalid")
    return int(text)


def _cursor(params: Params) -> str:
    """What the page before ended with; clients send the cursor encoded once or twice."""
    text = unquote(params.get("cursor") or "")
    if not text:
        return ""
    _, found, last = text.rpartition("last=")
    if not found:
        raise _wrong("cursor invalid")
    return last


def _envelope(now_ms: int, code: int, message: str, result: Result | None = None) -> Result:
    return {
        "retCode": code,
        "retMsg": message,
        "result": result or {},
        "retExtInfo": {},
        "time": now_ms,
    }


def maintenance_row(now_ms: int, left_s: float) -> Result:
    """A row of the status list."""
    return {
        "id": f"maintenance-{now_ms // 600_000}",
        "title": "WebSocket upgrade",
        "state": "ongoing",
        "begin": str(now_ms),
        "end": str(now_ms + int(left_s * 1000)),
        "href": "",
        "serviceTypes": [1],
        "product": [1, 2],
        "uidSuffix": [],
        "maintainType": 1,
        "env": 1,
    }
