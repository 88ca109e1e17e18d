"""OKX's public REST: paths, documented limits, error envelopes."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from tui_monitor.simulator.cascades import Cascades
from tui_monitor.simulator.derivatives import Perpetual
from tui_monitor.simulator.faults import Target
from tui_monitor.simulator.limits import Limit
from tui_monitor.simulator.okx import rows, statistics
from tui_monitor.simulator.okx.bars import BARS, Page, page
from tui_monitor.simulator.okx.catalog import (
    FUTURES,
    SPOT,
    SWAP,
    Catalog,
    Listing,
)
from tui_monitor.simulator.okx.coming import coming_rows
from tui_monitor.simulator.okx.forced import past_closes
from tui_monitor.simulator.okx.params import Refused, empty, no_instrument, number, wrong
from tui_monitor.simulator.okx.targets import DIALECT, target_of
from tui_monitor.simulator.serving import Answer, Params, Rest
from tui_monitor.simulator.shared import Root

_V5, _RUBIK = "/api/v5", "rubik/stat/contracts"
_TYPES = (SWAP, FUTURES, SPOT)
_MARGIN_AND_OPTION = ("MARGIN", "OPTION")
_MAX_ROWS = 300
_RECENT_BARS = 1_440
_MAX_RATES = 400
_MAX_CLOSES = _MAX_STATISTICS = 100
_ROWS_PER_TURN = 60
_RATE_HISTORY_MS = 92 * 86_400_000

# Per path and IP (and the named parameters), as documented.
LIMITS: Mapping[str, Limit] = {
    f"{_V5}/public/time": Limit(10, 2),
    f"{_V5}/system/status": Limit(1, 5),
    f"{_V5}/public/instruments": Limit(20, 2, ("instType",)),
    f"{_V5}/market/tickers": Limit(20, 2),
    f"{_V5}/market/ticker": Limit(20, 2),
    f"{_V5}/market/candles": Limit(40, 2),
    f"{_V5}/market/history-candles": Limit(20, 2),
    f"{_V5}/public/mark-price": Limit(10, 2, ("instId",)),
    f"{_V5}/market/index-tickers": Limit(20, 2),
    f"{_V5}/public/funding-rate": Limit(10, 2, ("instId",)),
    f"{_V5}/public/funding-rate-history": Limit(10, 2, ("instId",)),
    f"{_V5}/public/open-interest": Limit(20, 2, ("instId",)),
    # As it was when it was documented.
    f"{_V5}/public/liquidation-orders": Limit(40, 2),
    f"{_V5}/{_RUBIK}/open-interest-history": Limit(10, 2, ("instId",)),
    f"{_V5}/{_RUBIK}/long-short-account-ratio-contract": Limit(5, 2, ("instId",)),
}
_STATISTICS = {
    "open-interest-history": statistics.interest,
    "long-short-account-ratio-contract": statistics.accounts,
}

_DATED = re.compile(r"[A-Z]+-[A-Z]+-\d{6}")


class OkxRest:
    """Answers each path from the catalog at the clock's time."""

    def __init__(self, root: Root, catalog: Catalog, cascades: Cascades) -> None:
        self._root = root
        self._cascades = cascades
        self._shared = root.shared
        self._catalog = catalog

    def endpoint(self) -> Rest:
        """The REST of the root."""
        own = {
            "public/time": self._time,
            "system/status": self._status,
            "public/instruments": self._instruments,
            "market/tickers": self._tickers,
            "market/ticker": self._ticker,
            "market/candles": self._candles,
            "market/history-candles": self._history_candles,
            "public/mark-price": self._mark_price,
            "market/index-tickers": self._index_tickers,
            "public/funding-rate": self._funding_rate,
            "public/funding-rate-history": self._funding_history,
            "public/open-interest": self._open_interest,
            "public/liquidation-orders": self._liquidation_orders,
            **{f"{_RUBIK}/{name}": self._statistic(make) for name, make in _STATISTICS.items()},
        }
        return Rest(
            root=self._root,
            answers={f"{_V5}/{path}": _enveloped(answer) for path, answer in own.items()},
            limits=LIMITS,
            # As recorded: no data member here, a numeric code there.
            too_many=Answer({"msg": "Too Many Requests", "code": "50011"}, 429),
            missing=Answer(_NOT_FOUND, 404),
            broken=Answer({"code": "50026", "data": [], "msg": "System error"}, 500),
            target_of=target_of,
            dialect=DIALECT,
        )

    # --- lists --------------------------------------------------------------------------

    async def _time(self, _params: Params) -> list[Any]:
        return [{"ts": str(self._now_ms())}]

    async def _status(self, params: Params) -> list[Any]:
        state = params.get("state")
        if state not in (None, "", "scheduled", "ongoing", "pre_open", "completed", "canceled"):
            raise wrong("state")
        notices = [
            maintenance_row(self._now_ms(), left_s)
            for left_s, fault in self._shared.faults.active()
            if fault.exchange == self._root.exchange and fault.kind == "maintenance_notice"
        ]
        return notices if state in (None, "", "ongoing") else []

    async def _instruments(self, params: Params) -> list[Any]:
        kind = self._inst_type(params, (*_TYPES, *_MARGIN_AND_OPTION))
        now_ms = self._now_ms()
        listings = list(self._chosen(params, kind))
        if params.get("instId") and not listings:
            raise no_instrument()
        found = [instrument_row(self._root, listing, now_ms) for listing in listings]
        if not params.get("instId") and not params.get("instFamily"):
            found += coming_rows(kind, now_ms)
        return found

    async def _tickers(self, params: Params) -> list[Any]:
        kind = self._inst_type(params, (*_TYPES, "OPTION"))
        now_ms = self._now_ms()
        found = []
        for listing in self._chosen(params, kind):
            if listing.state(now_ms) != "preopen":
                found.append(rows.ticker(listing, now_ms, self._shared.rate))
                await _others_turn(len(found))
        return found

    async def _ticker(self, params: Params) -> list[Any]:
        listing = self._listing(params)
        if listing.state(self._now_ms()) == "preopen":
            return []
        return [rows.ticker(listing, self._now_ms(), self._shared.rate)]

    async def _mark_price(self, params: Params) -> list[Any]:
        kind = self._inst_type(params, (*_TYPES, *_MARGIN_AND_OPTION))
        now_ms = self._now_ms()
        return [
            rows.mark_price(listing, listing.derived, now_ms)
            for listing in self._chosen(params, kind)
            if listing.derived is not None and listing.state(now_ms) != "preopen"
        ]

    async def _index_tickers(self, params: Params) -> list[Any]:
        inst_id, quote = params.get("instId"), params.get("quoteCcy")
        if not inst_id and not quote:
            raise Refused("50015", "Either parameter instId or quoteCcy is required", 400)
        if quote and quote not in ("USD", "USDT", "BTC", "USDC"):
            raise wrong("quoteCcy")
        wanted = [inst_id] if inst_id else self._catalog.index_ids(quote or "")
        found = []
        for name in wanted:
            index = self._catalog.index(name)
            if index is None:
                raise no_instrument()
            found.append(rows.index_ticker(name, index, self._now_ms()))
            await _others_turn(len(found))
        return found

    async def _open_interest(self, params: Params) -> list[Any]:
        kind = self._inst_type(params, (SWAP, FUTURES, "OPTION"))
        now_ms = self._now_ms()
        return [
            rows.open_interest(listing, listing.derived, now_ms)
            for listing in self._chosen(params, kind)
            if listing.derived is not None and listing.state(now_ms) != "preopen"
        ]

    # --- liquidations -------------------------------------------------------------------

    async def _liquidation_orders(self, params: Params) -> list[Any]:
        kind = self._inst_type(params, (*_TYPES, *_MARGIN_AND_OPTION))
        family = params.get("instFamily") or params.get("uly")
        if not family:
            raise Refused("50015", "Either parameter uly or instFamily is required", 400)
        if params.get("state") not in ("filled", "unfilled"):
            raise empty("state") if not params.get("state") else wrong("state")
        limit = min(_MAX_CLOSES, number(params, "limit") or _MAX_CLOSES)
        before_ms = number(params, "after")
        if self._catalog.index(family) is None:
            raise Refused("51000", "Index doesn't exist", 400)
        found = [one for one in self._listed() if one.inst_type == kind and one.family == family]
        if kind != SWAP or params["state"] == "unfilled" or not found:
            return []
        return past_closes(self._cascades, found[0], before_ms, limit, self._now_ms())

    # --- funding ------------------------------------------------------------------------

    async def _funding_rate(self, params: Params) -> list[Any]:
        if not params.get("instId"):
            raise empty("instId")
        now_ms = self._now_ms()
        if params["instId"] == "ANY":
            listings = [listing for listing in self._listed() if has_funding(listing)]
        else:
            listings = [self._listing(params)]
            if not has_funding(listings[0]):
                raise no_instrument()
        return [
            rows.funding_rate(listing, listing.derived, now_ms)
            for listing in listings
            if listing.derived is not None and listing.state(now_ms) != "preopen"
        ]

    async def _funding_history(self, params: Params) -> list[Any]:
        listing = self._listing(params)
        derived = listing.derived
        if derived is None or not has_funding(listing):
            raise no_instrument()
        now_ms = self._now_ms()
        limit = min(_MAX_RATES, number(params, "limit") or _MAX_RATES)
        after_ms, before_ms = number(params, "after"), number(params, "before")
        period = now_ms // derived.interval_ms
        if after_ms is not None:
            period = min(period, (after_ms - 1) // derived.interval_ms)
        floor_ms = max(now_ms - _RATE_HISTORY_MS, listing.contract.listed_ms, (before_ms or 0) + 1)
        first = -(-floor_ms // derived.interval_ms)
        return [
            rows.settled_rate(listing, derived, at)
            for at in range(period, max(first, period - limit + 1) - 1, -1)
        ]

    def _statistic(
        self, make: Callable[[Listing, Perpetual, int], list[Any]]
    ) -> Callable[[Params], Awaitable[list[Any]]]:
        """The rows of a contract's statistic."""

        async def answer(params: Params) -> list[Any]:
            listing, period = self._listing(params), params.get("period") or "5m"
            if period not in statistics.PERIODS:
                raise wrong("period")
            derived = listing.derived
            if derived is None:
                raise no_instrument()
            limit = min(_MAX_STATISTICS, number(params, "limit") or _MAX_STATISTICS)
            bounds = number(params, "begin"), number(params, "end")
            times = statistics.times(listing, period, bounds, limit, self._now_ms())
            return [make(listing, derived, ms) for ms in times]

        return answer

    # --- candles ------------------------------------------------------------------------

    async def _candles(self, params: Params) -> list[Any]:
        return await self._bars(params, _RECENT_BARS)

    async def _history_candles(self, params: Params) -> list[Any]:
        return await self._bars(params, None)

    async def _bars(self, params: Params, reach: int | None) -> list[Any]:
        name = params.get("bar") or "1m"
        if name not in BARS:
            raise wrong("bar")
        listing = self._listing(params)
        limit = number(params, "limit")
        wanted = Page(
            number(params, "after"),
            number(params, "before"),
            min(_MAX_ROWS, 100 if limit is None else limit),
            reach,
        )
        return await page(listing, BARS[name], wanted, self._now_ms())

    # --- parameters ---------------------------------------------------------------------

    def _now_ms(self) -> int:
        return self._shared.clock.now_ms()

    def _inst_type(self, params: Params, known: tuple[str, ...]) -> str:
        kind = params.get("instType")
        if not kind:
            raise empty("instType")
        if kind not in known:
            raise wrong("instType")
        return kind

    def _listed(self) -> Iterable[Listing]:
        faults, name = self._shared.faults, self._root.exchange
        for listing in self._catalog.rows(self._now_ms()):
            if not faults.any() or faults.lists(name, listing.market, listing.inst_id):
                yield listing

    def _chosen(self, params: Params, kind: str) -> Iterable[Listing]:
        inst_id, family = params.get("instId"), params.get("instFamily") or params.get("uly")
        for listing in self._listed():
            if (
                listing.inst_type == kind
                and (not inst_id or listing.inst_id == inst_id)
                and (not family or listing.family == family)
            ):
                yield listing

    def _listing(self, params: Params) -> Listing:
        inst_id = params.get("instId")
        if not inst_id:
            raise empty("instId")
        listing = self._catalog.find(inst_id, self._now_ms())
        faults = self._shared.faults
        if listing is None and _DATED.fullmatch(inst_id):
            raise Refused("50047", f"{inst_id} has already settled.", 200)
        if listing is None or faults.delisted(self._root.exchange, listing.market, inst_id):
            raise no_instrument()
        return listing


def _enveloped(answer: Any) -> Any:
    async def answered(params: Params) -> Answer:
        try:
            return Answer({"code": "0", "msg": "", "data": await answer(params)})
        except Refused as refused:
            return refused.answer

    return answered


async def _others_turn(count: int) -> None:
    """Let other requests run now and then: the first day's figures take a coin half a ms."""
    if count % _ROWS_PER_TURN == 0:
        await asyncio.sleep(0)


_NOT_FOUND = {
    "code": 404,
    "data": {},
    "detailMsg": "",
    "error_code": "404",
    "error_message": "Not Found",
    "msg": "Not Found",
}


def has_funding(listing: Listing) -> bool:
    """Perpetuals, and those that go by FUTURES."""
    return listing.inst_type == SWAP or listing.rule == "xperp"


def instrument_row(root: Root, listing: Listing, now_ms: int) -> dict[str, Any]:
    """The row of the list, with a state nobody knows while that fault lasts."""
    row = listing.row(now_ms)
    target = Target(market=listing.market, symbol=listing.inst_id)
    if root.shared.faults.find(root.exchange, ("unknown_status",), target):
        row["state"] = "lunar_pause"
    return row


def maintenance_row(now_ms: int, left_s: float) -> dict[str, Any]:
    """A row of the status list."""
    return {
        "begin": str(now_ms),
        "end": str(now_ms + int(left_s * 1000)),
        "env": "1",
        "href": "",
        "maintType": "1",
        "preOpenBegin": "",
        "scheDesc": "",
        "serviceType": "0",
        "state": "ongoing",
        "system": "unified",
        "title": "WebSocket upgrade",
        "ts": str(now_ms),
    }
