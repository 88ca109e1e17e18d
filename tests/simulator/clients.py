"""Talking to any exchange of a simulator as a client would."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import connect

from tests.simulator.harness import WITHIN_S, Talk
from tui_monitor.simulator import Simulator


class Client:
    """The REST of one exchange, and the control routes."""

    def __init__(self, http: httpx.AsyncClient, name: str, prefix: str) -> None:
        """`prefix` is what stands before each path: /bybit/v5."""
        self.http = http
        self.name = name
        self._prefix = prefix

    async def get(self, path: str, **params: str | int) -> httpx.Response:
        """The response of a path."""
        return await self.http.get(f"{self._prefix}/{path}", params=httpx.QueryParams(params))

    async def body(self, path: str, **params: Any) -> Any:
        """The decoded body of a path."""
        return (await self.get(path, **params)).json()

    async def break_it(self, kind: str, **asked: Any) -> None:
        """Begin a fault."""
        body = {"exchange": self.name, "kind": kind, "seconds": 60, **asked}
        response = await self.http.post("/control/faults", json=body)
        assert response.status_code == 200, response.text

    async def reset(self) -> None:
        """End all faults, forget all counts."""
        await self.http.post("/control/reset")

    async def truth(self, symbol: str, ts_ms: int, market: str = "perp") -> dict[str, Any]:
        """What the market was."""
        params: dict[str, str | int] = {
            "exchange": self.name,
            "market": market,
            "symbol": symbol,
            "ts": ts_ms,
        }
        response = await self.http.get("/control/truth", params=params)
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        return told

    async def liquidations(self, first_ms: int, last_ms: int) -> list[dict[str, Any]]:
        """The forced closes of perpetuals between two times."""
        params: dict[str, str | int] = {
            "exchange": self.name,
            "market": "perp",
            "from": first_ms,
            "to": last_ms,
        }
        told: list[dict[str, Any]]
        told = (await self.http.get("/control/truth", params=params)).json()["liquidations"]
        return told


@asynccontextmanager
async def client_of(sim: Simulator, name: str, prefix: str) -> AsyncIterator[Client]:
    """A REST client."""
    async with httpx.AsyncClient(base_url=sim.url, timeout=WITHIN_S, trust_env=False) as http:
        yield Client(http, name, prefix)


@asynccontextmanager
async def socket_to(sim: Simulator, path: str) -> AsyncIterator[Talk]:
    """An open socket at a path."""
    address = f"{sim.url.replace('http', 'ws', 1)}{path}"
    async with connect(
        address, ping_interval=None, proxy=None, compression=None, max_size=None, close_timeout=1
    ) as socket:
        yield Talk(socket)


async def ask(talk: Talk, op: str, *args: Any, **more: Any) -> None:
    """Send a request whose arguments may be strings or objects."""
    await talk.socket.send(json.dumps({"op": op, "args": args, **more}))
