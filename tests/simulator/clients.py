"""Talking to any exchange of a simulator as a client would."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.support.plain import PLAIN
from tui_monitor.simulator import Simulator

WITHIN_S = 60.0


class Talk:
    """One socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, op: str, *args: Any, **more: Any) -> None:
        """Send a request of the shape that all but Binance's have."""
        await self.socket.send(json.dumps({"op": op, "args": args, **more}))

    async def next(self, within_s: float = WITHIN_S) -> Any:
        """The next message, decoded if it is JSON."""
        async with asyncio.timeout(within_s):
            text = await self.socket.recv()
        assert isinstance(text, str)
        return json.loads(text) if text[:1] in ("{", "[") else text

    async def until(
        self, wanted: Callable[[dict[str, Any]], bool], within_s: float = WITHIN_S
    ) -> dict[str, Any]:
        """The next object of which something holds."""
        async with asyncio.timeout(within_s):
            while True:
                said = await self.next(within_s)
                if isinstance(said, dict) and wanted(said):
                    return said

    async def silent_for(self, seconds: float) -> bool:
        """Whether nothing at all comes for so long."""
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False

    def ended_with(self) -> tuple[int | None, str | None]:
        """Code and reason with which the other side closed."""
        return self.socket.close_code, self.socket.close_reason


T = TypeVar("T", bound=Talk)


class Client:
    """The REST of one exchange, and the control routes."""

    def __init__(self, http: httpx.AsyncClient, name: str, prefix: str) -> None:
        """`prefix` is what stands before each path: /bybit/v5."""
        self.http = http
        self.name = name
        self._prefix = prefix

    async def get(self, path: str, **params: str | int) -> httpx.Response:
        """The response of a path."""
        whole = f"{self._prefix}/{path.removeprefix('/')}"
        return await self.http.get(whole, params=httpx.QueryParams(params))

    async def body(self, path: str, **params: Any) -> Any:
        """The decoded body of a path."""
        return (await self.get(path, **params)).json()

    async def break_it(self, kind: str, **asked: Any) -> dict[str, Any]:
        """Begin a fault, of an hour if nothing else is asked for; what was answered of it."""
        body = {"exchange": self.name, "kind": kind, "seconds": 3_600, **asked}
        response = await self.http.post("/control/faults", json=body)
        assert response.status_code == 200, response.text
        fault: dict[str, Any] = response.json()["fault"]
        return fault

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
async def http_of(sim: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    """What asks a simulator."""
    async with httpx.AsyncClient(
        base_url=sim.url, timeout=WITHIN_S, trust_env=False, verify=PLAIN
    ) as http:
        yield http


@asynccontextmanager
async def client_of(sim: Simulator, name: str, prefix: str) -> AsyncIterator[Client]:
    """A REST client."""
    async with http_of(sim) as http:
        yield Client(http, name, prefix)


@asynccontextmanager
async def socket_at(
    sim: Simulator, path: str, talk: Callable[[ClientConnection], T], max_queue: int | None = 16
) -> AsyncIterator[T]:
    """An open socket at a path, and how to talk on it."""
    async with connect(
        f"{sim.url.replace('http', 'ws', 1)}{path}",
        ping_interval=None,
        proxy=None,
        compression=None,
        max_size=None,
        max_queue=max_queue,
        open_timeout=WITHIN_S,
        close_timeout=1,
    ) as socket:
        yield talk(socket)


def socket_to(sim: Simulator, path: str) -> AbstractAsyncContextManager[Talk]:
    """An open socket at a path."""
    return socket_at(sim, path, Talk)
