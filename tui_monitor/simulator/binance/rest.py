"""What the REST of both markets does alike."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from tui_monitor.simulator.binance import rows
from tui_monitor.simulator.binance.bars import Page, page
from tui_monitor.simulator.binance.catalog import Catalog, Pair
from tui_monitor.simulator.binance.info import listed
from tui_monitor.simulator.binance.params import (
    Refused,
    failed,
    limit_of,
    missing,
    no_symbol,
    number,
    plainly,
)
from tui_monitor.simulator.binance.targets import DIALECT, market_at, target_of
from tui_monitor.simulator.binance.weights import Tariff, WeightMeter, banned, too_many
from tui_monitor.simulator.faults import Fault
from tui_monitor.simulator.serving import Answer, Params, Rest
from tui_monitor.simulator.shared import Root
from tui_monitor.simulator.timeframes import Timeframe

_ROWS_PER_TURN = 60
_BAN_MS = 120_000
_RESTRICTED = (
    "Service unavailable from a restricted location according to 'b. Eligibility' in "
    "https://www.binance.com/en/terms. Please contact customer service if you believe you "
    "received this message in error."
)


class MarketRest:
    """Answers from one list of the catalog at the clock's time."""

    def __init__(self, root: Root, catalog: Catalog, category: str) -> None:
        self.root = root
        self.catalog = catalog
        self.category = category

    def now_ms(self) -> int:
        """The exchange's time."""
        return self.root.shared.clock.now_ms()

    def every(self) -> list[Pair]:
        """All symbols of the list."""
        return listed(self.root, self.catalog.rows(self.category, self.now_ms()))

    def trading(self) -> list[Pair]:
        """Those that are TRADING."""
        now_ms = self.now_ms()
        return [pair for pair in self.every() if pair.trades(now_ms)]

    def pair(self, params: Params) -> Pair:
        """The symbol of a request; lower case is taken, too."""
        symbol = params.get("symbol")
        if not symbol:
            raise missing("symbol")
        return self.named(symbol)

    def named(self, symbol: str) -> Pair:
        """A symbol that must be listed."""
        symbol = symbol.upper()
        pair = self.catalog.find(self.category, symbol, self.now_ms())
        market = market_at(self.root.path)
        if pair is None or self.root.shared.faults.delisted(self.root.exchange, market, symbol):
            raise no_symbol()
        return pair

    async def told(self, pairs: Iterable[Pair], make: Callable[[Pair, int], Any]) -> list[Any]:
        """A row for each, as of now; others get their turn between them."""
        now_ms, found = self.now_ms(), []
        for pair in pairs:
            found.append(make(pair, now_ms))
            if len(found) % _ROWS_PER_TURN == 0:
                await asyncio.sleep(0)
        return found

    async def time(self, _params: Params) -> Any:
        """serverTime."""
        return {"serverTime": self.now_ms()}

    async def ping(self, _params: Params) -> Any:
        """Nothing."""
        return {}

    async def klines(
        self, params: Params, known: Mapping[str, Timeframe], limit: int
    ) -> list[list[Any]]:
        """A page of bars."""
        pair, name = self.pair(params), params.get("interval")
        if not name:
            raise missing("interval")
        if name not in known:
            raise Refused(-1120, "Invalid interval.")
        wanted = Page(number(params, "startTime"), number(params, "endTime"), limit)
        found = await page(pair, known[name], wanted, self.now_ms())
        return [rows.kline_row(pair, kline) for kline in found]


def kline_limit(params: Params, at_most: int, *, clamps: bool) -> int:
    """500 bars, if nothing else is asked for."""
    return limit_of(params, 500, at_most, clamps=clamps)


def endpoint(
    root: Root, answers: Mapping[str, Callable[[Params], Awaitable[Any]]], tariff: Tariff
) -> Rest:
    """The REST of a root."""
    meter = WeightMeter(root, tariff)
    root.resets.append(meter.reset)
    return Rest(
        root=root,
        answers={path: plainly(answer) for path, answer in answers.items()},
        limits={},
        too_many=too_many(f"{tariff.minute_weight} requests per minute", None),
        missing=failed(-5000, "Path is invalid.", 404),
        broken=failed(-1000, "An unknown error occurred while processing the request.", 500),
        target_of=target_of,
        dialect=DIALECT,
        meter=meter,
        said={
            "http_418": lambda fault: _ban(root, fault),
            "http_451": lambda _: failed(0, _RESTRICTED, 451),
        },
    )


def _ban(root: Root, fault: Fault) -> Answer:
    """The ban of a fault ends when it says, or in two minutes."""
    wait_ms = _BAN_MS if fault.retry_after_s is None else int(fault.retry_after_s * 1000)
    answer = banned(root.shared.clock.now_ms() + wait_ms, wait_ms)
    return Answer(answer.body, answer.status, {} if fault.retry_after_s is None else answer.headers)
