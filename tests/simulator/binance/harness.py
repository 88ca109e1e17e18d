"""Talking to the simulator's Binance as a client would."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx

from tests.simulator.clients import WITHIN_S, Client, http_of, socket_at
from tests.simulator.clients import Talk as AnyTalk
from tui_monitor.simulator import Simulator

BTC, PEPE = "BTCUSDT", "1000PEPEUSDT"
FAPI, SPOT = "/binance-futures/fapi/v1", "/binance-spot/api/v3"
DATA = "/binance-futures/futures/data"
MARKET_STREAM, PUBLIC_STREAM = "binance-futures/market/stream", "binance-futures/public/stream"
MARKET_RAW, SPOT_STREAM = "binance-futures/market/ws", "binance-spot/stream"


class Binance(Client):
    """Binance's REST at a simulator, by whole paths."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        super().__init__(http, "binance", "")

    async def data(self, path: str, **params: Any) -> Any:
        """The body of a path that succeeds."""
        response = await self.get(path, **params)
        assert response.status_code == 200, response.text
        return response.json()

    async def refusal(self, path: str, **params: Any) -> tuple[int, int]:
        """Status and code of a path that fails."""
        response = await self.get(path, **params)
        return response.status_code, response.json()["code"]


@asynccontextmanager
async def binance_of(sim: Simulator) -> AsyncIterator[Binance]:
    """A REST client."""
    async with http_of(sim) as http:
        yield Binance(http)


class Talk(AnyTalk):
    """One socket of Binance's."""

    async def ask(self, method: str, *names: str, request_id: Any = 7) -> Any:
        """Send a request; what comes back for it."""
        body = {"method": method, "params": names, "id": request_id}
        await self.socket.send(json.dumps(body, ensure_ascii=False))
        return await self.until(lambda said: "e" not in said)

    async def subscribe(self, *names: str) -> None:
        """Subscribe; it is always acknowledged."""
        assert await self.ask("SUBSCRIBE", *names) == {"result": None, "id": 7}

    async def push(self, name: str, within_s: float = WITHIN_S) -> Any:
        """The data of the next push of a combined stream."""
        said = await self.until(lambda said: said.get("stream") == name, within_s)
        return said["data"]


def talk_to(
    sim: Simulator, path: str = MARKET_STREAM, names: str = ""
) -> AbstractAsyncContextManager[Talk]:
    """An open socket; `names` go into the URL of a combined one."""
    query = f"?streams={quote(names, safe='!@/')}" if names else ""
    return socket_at(sim, f"/{path}{query}", Talk, max_queue=None)
