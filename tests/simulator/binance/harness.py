"""Talking to the simulator's Binance as a client would."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tui_monitor.simulator import Simulator

BTC, PEPE = "BTCUSDT", "1000PEPEUSDT"
FAPI, SPOT = "/binance-futures/fapi/v1", "/binance-spot/api/v3"
DATA = "/binance-futures/futures/data"
MARKET_STREAM, PUBLIC_STREAM = "binance-futures/market/stream", "binance-futures/public/stream"
MARKET_RAW, SPOT_STREAM = "binance-futures/market/ws", "binance-spot/stream"
WITHIN_S = 20.0


class Binance:
    """Binance's REST at a simulator."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **params: str | int) -> httpx.Response:
        """The response of a whole path."""
        return await self.http.get(path, params=httpx.QueryParams(params))

    async def data(self, path: str, **params: Any) -> Any:
        """The body of a path that succeeds."""
        response = await self.get(path, **params)
        assert response.status_code == 200, response.text
        return response.json()

    async def refusal(self, path: str, **params: Any) -> tuple[int, int]:
        """Status and code of a path that fails."""
        response = await self.get(path, **params)
        return response.status_code, response.json()["code"]

    async def break_it(self, kind: str, **asked: Any) -> None:
        """Begin a fault."""
        body = {"exchange": "binance", "kind": kind, "seconds": 60, **asked}
        response = await self.http.post("/control/faults", json=body)
        assert response.status_code == 200, response.text

    async def truth(self, symbol: str, ts_ms: int, market: str = "perp") -> dict[str, Any]:
        """What the market was."""
        params: dict[str, str | int] = {
            "exchange": "binance",
            "market": market,
            "symbol": symbol,
            "ts": ts_ms,
        }
        told: dict[str, Any] = (await self.http.get("/control/truth", params=params)).json()
        return told


@asynccontextmanager
async def binance_of(sim: Simulator) -> AsyncIterator[Binance]:
    """A REST client."""
    async with httpx.AsyncClient(base_url=sim.url, timeout=WITHIN_S, trust_env=False) as http:
        yield Binance(http)


class Talk:
    """One socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def ask(self, method: str, *names: str, request_id: Any = 7) -> Any:
        """Send a request; what comes back for it."""
        body = {"method": method, "params": names, "id": request_id}
        await self.socket.send(json.dumps(body, ensure_ascii=False))
        return await self.until(lambda said: isinstance(said, dict) and "e" not in said)

    async def subscribe(self, *names: str) -> None:
        """Subscribe; it is always acknowledged."""
        assert await self.ask("SUBSCRIBE", *names) == {"result": None, "id": 7}

    async def next(self, within_s: float = WITHIN_S) -> Any:
        """The next message."""
        async with asyncio.timeout(within_s):
            return json.loads(await self.socket.recv())

    async def until(self, wanted: Callable[[Any], bool], within_s: float = WITHIN_S) -> Any:
        """The next message of which something holds; combined frames are looked for by `data`."""
        async with asyncio.timeout(within_s):
            while True:
                said = await self.next(within_s)
                if wanted(said):
                    return said

    async def push(self, name: str, within_s: float = WITHIN_S) -> Any:
        """The data of the next push of a combined stream."""
        said = await self.until(lambda said: said.get("stream") == name, within_s)
        return said["data"]

    def ended_with(self) -> tuple[int | None, str | None]:
        """Code and reason with which the other side closed."""
        return self.socket.close_code, self.socket.close_reason

    async def silent_for(self, seconds: float) -> bool:
        """Whether nothing at all comes for so long."""
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def talk_to(
    sim: Simulator, path: str = MARKET_STREAM, names: str = ""
) -> AsyncIterator[Talk]:
    """An open socket; `names` go into the URL of a combined one."""
    query = f"?streams={quote(names, safe='!@/')}" if names else ""
    address = f"{sim.url.replace('http', 'ws', 1)}/{path}{query}"
    async with connect(
        address,
        ping_interval=None,
        proxy=None,
        compression=None,
        max_size=None,
        max_queue=None,
        close_timeout=1,
    ) as socket:
        yield Talk(socket)
