"""Talking to a simulator as a client would."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tui_monitor.simulator import Simulator

BTC = "BTC-USDT-SWAP"
WITHIN_S = 20.0


class Okx:
    """OKX's REST at a simulator."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **params: str | int) -> httpx.Response:
        """The response of a path below /api/v5."""
        return await self.http.get(f"/okx/api/v5/{path}", params=httpx.QueryParams(params))

    async def data(self, path: str, **params: Any) -> Any:
        """The data of a path that succeeds."""
        response = await self.get(path, **params)
        body = response.json()
        assert (response.status_code, body["code"]) == (200, "0"), body
        return body["data"]

    async def break_it(self, kind: str, **asked: Any) -> dict[str, Any]:
        """Begin a fault."""
        body = {"exchange": "okx", "kind": kind, "seconds": 60, **asked}
        response = await self.http.post("/control/faults", json=body)
        assert response.status_code == 200, response.text
        fault: dict[str, Any] = response.json()["fault"]
        return fault

    async def stats(self) -> dict[str, Any]:
        """The counters of OKX's root."""
        found: dict[str, Any] = (await self.http.get("/control/stats")).json()["okx"]
        return found

    async def truth(self, symbol: str, ts_ms: int, market: str = "perp") -> dict[str, Any]:
        """What the market was."""
        params: dict[str, str | int] = {
            "exchange": "okx",
            "market": market,
            "symbol": symbol,
            "ts": ts_ms,
        }
        told: dict[str, Any] = (await self.http.get("/control/truth", params=params)).json()
        return told


@asynccontextmanager
async def okx_of(sim: Simulator) -> AsyncIterator[Okx]:
    """A REST client."""
    async with httpx.AsyncClient(base_url=sim.url, timeout=WITHIN_S, trust_env=False) as http:
        yield Okx(http)


class Talk:
    """One socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, op: str, *args: dict[str, str], **more: Any) -> None:
        """Send a request."""
        await self.socket.send(json.dumps({"op": op, "args": args, **more}))

    async def subscribe(self, channel: str, inst_id: str = BTC) -> dict[str, Any]:
        """Subscribe to one channel of one instrument; the acknowledgement."""
        await self.say("subscribe", {"channel": channel, "instId": inst_id})
        return await self.until(lambda said: "event" in said)

    async def next(self, within_s: float = WITHIN_S) -> Any:
        """The next message, decoded if it is JSON."""
        async with asyncio.timeout(within_s):
            text = await self.socket.recv()
        assert isinstance(text, str)
        return json.loads(text) if text[:1] == "{" else text

    async def until(
        self, wanted: Callable[[dict[str, Any]], bool], within_s: float = WITHIN_S
    ) -> dict[str, Any]:
        """The next message of which something holds."""
        async with asyncio.timeout(within_s):
            while True:
                said = await self.next(within_s)
                if isinstance(said, dict) and wanted(said):
                    return said

    async def push(self, channel: str, within_s: float = WITHIN_S) -> Any:
        """The data of the next push of a channel."""
        said = await self.until(
            lambda said: "data" in said and said["arg"]["channel"] == channel, within_s
        )
        return said["data"]

    async def silent_for(self, seconds: float) -> bool:
        """Whether nothing at all comes for so long."""
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def talk_to(sim: Simulator, url: str = "public") -> AsyncIterator[Talk]:
    """An open socket."""
    address = f"{sim.url.replace('http', 'ws', 1)}/okx/ws/v5/{url}"
    async with connect(
        address, ping_interval=None, proxy=None, compression=None, max_size=None, close_timeout=1
    ) as socket:
        yield Talk(socket)
