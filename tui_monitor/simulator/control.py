"""The control routes: faults, reset, counts, truth, and what is planted."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui_monitor.clock import DAY_MS, epoch_ms
from tui_monitor.errors import BadInput
from tui_monitor.simulator.faults import described
from tui_monitor.simulator.planting import Garden
from tui_monitor.simulator.shared import Exchange, Root, Shared

_MAX_BODY = 65_536
_MAX_RANGE_MS = 7 * DAY_MS
_MAX_PLANTED_MS = 40 * DAY_MS
_MAX_LIQUIDATIONS = 20_000
_RANGE_STEP_MS = 600_000


class Control:
    """Breaks, mends, counts and tells the truth."""

    def __init__(
        self,
        shared: Shared,
        exchanges: Mapping[str, Exchange],
        roots: Sequence[Root],
        garden: Garden,
    ) -> None:
        self._shared = shared
        self._exchanges = exchanges
        self._roots = roots
        self._garden = garden

    def routes(self) -> list[Route]:
        """Below /control."""
        return [
            Route("/control/faults", self._add, methods=["POST"]),
            Route("/control/faults", self._list, methods=["GET"]),
            Route("/control/reset", self._reset, methods=["POST"]),
            Route("/control/stats", self._stats, methods=["GET"]),
            Route("/control/plant", self._plant, methods=["POST"]),
            Route("/control/plant", self._planted, methods=["GET"]),
            Route("/control/plant", self._uproot, methods=["DELETE"]),
            Route("/control/truth", self._truth, methods=["GET"]),
        ]

    async def _add(self, request: Request) -> Response:
        body = await request.body()
        try:
            if len(body) > _MAX_BODY:
                raise BadInput("the body is too large")
            fault = self._shared.faults.add(body)
        except BadInput as error:
            return _refusal(error)
        return _json({"success": True, "fault": msgspec.to_builtins(fault)})

    async def _list(self, _request: Request) -> Response:
        return _json(described(self._shared.faults))

    async def _reset(self, _request: Request) -> Response:
        self._shared.faults.clear()
        for root in self._roots:
            root.reset()
        return _json({"success": True})

    async def _plant(self, request: Request) -> Response:
        body = await request.body()
        try:
            if len(body) > _MAX_BODY:
                raise BadInput("the body is too large")
            return _json({"success": True, "plant": self._garden.plant(body)})
        except BadInput as error:
            return _refusal(error)

    async def _planted(self, request: Request) -> Response:
        params, now_ms = request.query_params, self._shared.clock.now_ms()
        try:
            first_ms = _time(params, "from", now_ms - DAY_MS)
            last_ms = _time(params, "to", now_ms + DAY_MS)
            if not 0 <= last_ms - first_ms <= _MAX_PLANTED_MS:
                raise BadInput("that range is empty or longer than 40 days")
        except BadInput as error:
            return _refusal(error)
        return _json(self._garden.told(first_ms, last_ms))

    async def _uproot(self, _request: Request) -> Response:
        self._garden.clear()
        return _json({"success": True})

    async def _stats(self, _request: Request) -> Response:
        return _json(self.stats())

    def stats(self) -> dict[str, Any]:
        """The counters of every root, by its name."""
        return {root.path.strip("/"): root.stats.summary() for root in self._roots}

    async def _truth(self, request: Request) -> Response:
        params = request.query_params
        try:
            if "from" in params or "to" in params:
                return _json(await self._liquidations(params))
            return _json(self._told(params))
        except BadInput as error:
            return _refusal(error)

    async def _liquidations(self, params: Mapping[str, str]) -> dict[str, Any]:
        """Those of a range, oldest first; `complete` unless there are too many."""
        exchange, market, symbol = self._asked(params)
        now_ms = self._shared.clock.now_ms()
        first_ms, last_ms = _time(params, "from", now_ms - 60_000), _time(params, "to", now_ms)
        if not 0 <= last_ms - first_ms <= _MAX_RANGE_MS:
            raise BadInput("that range is empty or longer than 7 days")
        made: list[dict[str, Any]] = []
        for begin_ms in range(first_ms, last_ms + 1, _RANGE_STEP_MS):
            end_ms = min(last_ms, begin_ms + _RANGE_STEP_MS - 1)
            made += exchange.liquidations(market, symbol, begin_ms, end_ms)
            if len(made) > _MAX_LIQUIDATIONS:
                break
            await asyncio.sleep(0)
        return {
            "from": first_ms,
            "to": last_ms,
            "complete": len(made) <= _MAX_LIQUIDATIONS,
            "liquidations": made[:_MAX_LIQUIDATIONS],
        }

    def _asked(self, params: Mapping[str, str]) -> tuple[Exchange, str, str | None]:
        """Exchange, market and symbol of a question; None for all of the market."""
        exchange = self._exchanges.get(params.get("exchange", ""))
        if exchange is None:
            raise BadInput("no such exchange", f"one of {', '.join(self._exchanges)}")
        market, symbol = params.get("market", "perp"), params.get("symbol")
        if market not in ("perp", "spot"):
            raise BadInput(f"no market {market!r}", "spot or perp")
        return exchange, market, None if symbol in (None, "", "*") else symbol

    def _told(self, params: Mapping[str, str]) -> dict[str, Any]:
        exchange, market, symbol = self._asked(params)
        ts_ms = _time(params, "ts", self._shared.clock.now_ms())
        if symbol:
            return exchange.truth(market, symbol, ts_ms)
        every = {name: exchange.truth(market, name, ts_ms) for name in exchange.symbols(market)}
        return {"exchange": exchange.name, "market": market, "ts": ts_ms, "symbols": every}


def _time(params: Mapping[str, str], name: str, default_ms: int) -> int:
    text = params.get(name)
    if text is None:
        return default_ms
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise BadInput(f"{name} {text[:40]!r} is not a time", "epoch milliseconds")
    ms = epoch_ms(int(text))
    if not 1_500_000_000_000 <= ms <= 2_500_000_000_000:
        raise BadInput(f"{name} {text} is out of range", "a time between 2017 and 2049")
    return ms


def _json(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _refusal(error: BadInput) -> Response:
    return _json({"success": False, "error": error.message, "hint": error.hint}, 400)
