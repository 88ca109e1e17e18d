"""REST of the spot market: /api/v3."""

from collections.abc import Callable
from typing import Any

import msgspec

from tui_monitor.simulator.binance import rows
from tui_monitor.simulator.binance.bars import SPOT_INTERVALS
from tui_monitor.simulator.binance.catalog import SPOT, Catalog, Pair
from tui_monitor.simulator.binance.info import spot_info
from tui_monitor.simulator.binance.params import Refused
from tui_monitor.simulator.binance.rest import MarketRest, endpoint, kline_limit
from tui_monitor.simulator.binance.weights import Tariff
from tui_monitor.simulator.serving import Params, Rest
from tui_monitor.simulator.shared import Root

MINUTE_WEIGHT = 6000
_V3 = "/api/v3"
_MAX_BARS = 1000
_MOST_SYMBOLS = 100
_KLINE_WEIGHT = 2


def _named(params: Params) -> list[str] | None:
    """The symbols of a request; None for all."""
    if params.get("symbol"):
        return [params["symbol"]]
    text = params.get("symbols")
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=list[str])
    except msgspec.DecodeError:
        raise Refused(-1100, "Illegal characters found in parameter 'symbols'.") from None


def day_weight(params: Params) -> int:
    """Of the 24 h tickers, by the number of symbols."""
    try:
        names = _named(params)
    except Refused:
        return 2
    if names is None or len(names) > _MOST_SYMBOLS:
        return 80
    return 2 if len(names) <= 20 else 40


def _book_weight(params: Params) -> int:
    return 2 if params.get("symbol") else 4


TARIFF = Tariff(
    MINUTE_WEIGHT,
    {
        f"{_V3}/ping": lambda _: 1,
        f"{_V3}/time": lambda _: 1,
        f"{_V3}/exchangeInfo": lambda _: 20,
        f"{_V3}/ticker/24hr": day_weight,
        f"{_V3}/ticker/bookTicker": _book_weight,
        f"{_V3}/ticker/price": _book_weight,
        f"{_V3}/klines": lambda _: _KLINE_WEIGHT,
    },
    {},
)


class SpotRest(MarketRest):
    """Pairs that don't trade stay in the lists, with an empty book."""

    def __init__(self, root: Root, catalog: Catalog) -> None:
        super().__init__(root, catalog, SPOT)

    def endpoint(self) -> Rest:
        """The REST of the root."""
        own = {
            "ping": self.ping,
            "time": self.time,
            "exchangeInfo": self._exchange_info,
            "ticker/24hr": self._day_tickers,
            "ticker/bookTicker": self._each(rows.book_ticker),
            "ticker/price": self._each(rows.price_ticker),
            "klines": self._klines,
        }
        answers = {f"{_V3}/{name}": answer for name, answer in own.items()}
        return endpoint(self.root, answers, TARIFF)

    async def _exchange_info(self, params: Params) -> Any:
        now_ms, status = self.now_ms(), params.get("symbolStatus")
        pairs = [pair for pair in self._chosen(params) if status in (None, "", pair.status(now_ms))]
        with_sets = params.get("showPermissionSets") != "false"
        return spot_info(self.root, pairs, now_ms, with_sets=with_sets)

    async def _day_tickers(self, params: Params) -> Any:
        kind = params.get("type") or "FULL"
        if kind not in ("FULL", "MINI"):
            raise Refused(-1130, "Data sent for parameter 'type' is not valid.")

        def make(pair: Pair, now_ms: int) -> Any:
            return rows.day_ticker(pair, now_ms, is_mini=kind == "MINI")

        return await self._each(make)(params)

    def _each(self, make: Callable[[Pair, int], Any]) -> Callable[[Params], Any]:
        """Of one symbol, of some, or of all."""

        async def answer(params: Params) -> Any:
            found = await self.told(self._chosen(params), make)
            return found[0] if params.get("symbol") else found

        return answer

    def _chosen(self, params: Params) -> list[Pair]:
        names = _named(params)
        return self.every() if names is None else [self.named(name) for name in names]

    async def _klines(self, params: Params) -> Any:
        limit = kline_limit(params, _MAX_BARS, clamps=True)
        return await self.klines(params, SPOT_INTERVALS, limit)
