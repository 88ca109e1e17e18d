"""REST of the futures: /fapi and /futures/data."""

from collections.abc import Callable, Mapping
from typing import Any

from tui_monitor.simulator.binance import rows
from tui_monitor.simulator.binance.assets import NO_FUNDING_INFO
from tui_monitor.simulator.binance.bars import INTERVALS
from tui_monitor.simulator.binance.catalog import CM, UM, Catalog, Pair
from tui_monitor.simulator.binance.history import KEYED, STATISTICS, Statistic
from tui_monitor.simulator.binance.info import futures_info, is_perpetual
from tui_monitor.simulator.binance.params import Refused, limit_of, number
from tui_monitor.simulator.binance.rest import MarketRest, endpoint, kline_limit
from tui_monitor.simulator.binance.weights import Tariff
from tui_monitor.simulator.derivatives import Perpetual
from tui_monitor.simulator.limits import Limit
from tui_monitor.simulator.serving import Params, Rest
from tui_monitor.simulator.shared import Root

MINUTE_WEIGHT = 2400
_FUNDING_POOL = ("funding", Limit(500, 300))
_DATA_POOL = ("data", Limit(1000, 300))
_MAX_BARS, _MAX_RATES, _DEFAULT_RATES = 1500, 1000, 200
_FAPI, _DATA = "/fapi/v1", "/futures/data"


def _either(one: int, every: int) -> Callable[[Params], int]:
    """A weight for one symbol, and one for all."""
    return lambda params: one if params.get("symbol") else every


def kline_weight(params: Params) -> int:
    """By the number of bars; the tops of the bands are inclusive."""
    text = params.get("limit") or ""
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
    if limit is None:
        return 5
    bands = ((100, 1), (500, 2), (1000, 5))
    return next((weight for top, weight in bands if limit <= top), 10)


TARIFF = Tariff(
    MINUTE_WEIGHT,
    {
        f"{_FAPI}/ping": lambda _: 1,
        f"{_FAPI}/time": lambda _: 1,
        f"{_FAPI}/exchangeInfo": lambda _: 1,
        f"{_FAPI}/ticker/24hr": _either(1, 40),
        f"{_FAPI}/ticker/bookTicker": _either(2, 5),
        f"{_FAPI}/ticker/price": _either(1, 2),
        "/fapi/v2/ticker/price": _either(1, 2),
        f"{_FAPI}/premiumIndex": _either(1, 10),
        f"{_FAPI}/klines": kline_weight,
        f"{_FAPI}/openInterest": lambda _: 1,
    },
    {
        f"{_FAPI}/fundingInfo": _FUNDING_POOL,
        f"{_FAPI}/fundingRate": _FUNDING_POOL,
        **{f"{_DATA}/{name}": _DATA_POOL for name in (*STATISTICS, *KEYED)},
    },
)


class FuturesRest(MarketRest):
    """Everything but COIN-M's own host; COIN-M perpetuals show in `fundingInfo` all the same."""

    def __init__(self, root: Root, catalog: Catalog) -> None:
        super().__init__(root, catalog, UM)

    def endpoint(self) -> Rest:
        """The REST of the root."""
        fapi: Mapping[str, Callable[[Params], Any]] = {
            "ping": self.ping,
            "time": self.time,
            "exchangeInfo": self._exchange_info,
            "ticker/24hr": self._each(rows.day_ticker),
            "ticker/bookTicker": self._each(rows.book_ticker),
            "ticker/price": self._each(rows.price_ticker),
            "premiumIndex": self._premium_index,
            "fundingInfo": self._funding_info,
            "fundingRate": self._funding_rate,
            "klines": self._klines,
            "openInterest": self._open_interest,
        }
        answers = {f"{_FAPI}/{name}": answer for name, answer in fapi.items()}
        answers["/fapi/v2/ticker/price"] = fapi["ticker/price"]
        for name, statistic in STATISTICS.items():
            answers[f"{_DATA}/{name}"] = self._statistic(statistic)
        for name in KEYED:
            answers[f"{_DATA}/{name}"] = self._keyed
        return endpoint(self.root, answers, TARIFF)

    async def _exchange_info(self, _params: Params) -> Any:
        return futures_info(self.root, self.every(), self.now_ms())

    def _each(self, make: Callable[[Pair, int], Any]) -> Callable[[Params], Any]:
        """Of one symbol, or of all that are TRADING."""

        async def answer(params: Params) -> Any:
            if params.get("symbol"):
                return make(self.pair(params), self.now_ms())
            return await self.told(self.trading(), make)

        return answer

    async def _premium_index(self, params: Params) -> Any:
        """All includes what doesn't trade any more."""

        def make(pair: Pair, now_ms: int) -> Any:
            return rows.premium_index(pair, _derived(pair), now_ms)

        if params.get("symbol"):
            return make(self.pair(params), self.now_ms())
        return await self.told(self.every(), make)

    async def _funding_info(self, _params: Params) -> Any:
        every = [*self.every(), *self.catalog.rows(CM, self.now_ms())]
        return [
            rows.funding_info(pair, _derived(pair))
            for pair in every
            if pair.line.settles_ms is None and pair.coin not in NO_FUNDING_INFO
        ]

    async def _funding_rate(self, params: Params) -> Any:
        limit = limit_of(params, _DEFAULT_RATES, _MAX_RATES, clamps=True)
        bounds = number(params, "startTime"), number(params, "endTime")
        pairs = [self.pair(params)] if params.get("symbol") else self.trading()
        found: list[Any] = []
        for pair in pairs:
            if is_perpetual(pair):
                found += self._settlements(pair, bounds, limit)
        found.sort(key=lambda row: row["fundingTime"])
        return found[:limit] if bounds[0] is not None else found[-limit:]

    def _settlements(
        self, pair: Pair, bounds: tuple[int | None, int | None], limit: int
    ) -> list[Any]:
        """Ascending: from the start on, or else the newest."""
        start_ms, end_ms = bounds
        derived, now_ms = _derived(pair), pair.series.clamp(self.now_ms())
        last = min(now_ms, end_ms if end_ms is not None else now_ms) // derived.interval_ms
        floor_ms = max(pair.contract.listed_ms, start_ms or 0)
        first = -(-floor_ms // derived.interval_ms)
        if start_ms is None:
            first = max(first, last - limit + 1)
        end = min(last + 1, first + limit)
        return [rows.settled_rate(pair, derived, period) for period in range(first, end)]

    async def _klines(self, params: Params) -> Any:
        limit = kline_limit(params, _MAX_BARS, clamps=False)
        return await self.klines(params, INTERVALS, limit)

    async def _open_interest(self, params: Params) -> Any:
        pair = self.pair(params)
        if pair.status(self.now_ms()) == "SETTLING":
            message = "Symbol is on delivering or delivered or settling or closed or pre-trading."
            raise Refused(-4108, message)
        return rows.open_interest(pair, _derived(pair), self.now_ms())

    def _statistic(self, statistic: Statistic) -> Callable[[Params], Any]:
        async def answer(params: Params) -> Any:
            pair = self.pair(params)
            return statistic(pair, _derived(pair), params, self.now_ms())

        return answer

    async def _keyed(self, _params: Params) -> Any:
        raise Refused(-2014, "API-key format invalid.", 401)


def _derived(pair: Pair) -> Perpetual:
    """What every contract has."""
    if pair.derived is None:
        raise TypeError(f"{pair.symbol} is no contract")
    return pair.derived
