"""Talking to the simulator's OKX as a client would."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx

from tests.simulator.clients import WITHIN_S, Client, Talk, http_of, socket_at
from tui_monitor.simulator import Simulator

BTC = "BTC-USDT-SWAP"


class Okx(Client):
    """OKX's REST at a simulator."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        super().__init__(http, "okx", "/okx/api/v5")

    async def data(self, path: str, **params: Any) -> Any:
        """The data of a path that succeeds."""
        response = await self.get(path, **params)
        body = response.json()
        assert (response.status_code, body["code"]) == (200, "0"), body
        return body["data"]

    async def stats(self) -> dict[str, Any]:
        """The counters of OKX's root."""
        found: dict[str, Any] = (await self.http.get("/control/stats")).json()["okx"]
        return found


@asynccontextmanager
async def okx_of(sim: Simulator) -> AsyncIterator[Okx]:
    """A REST client."""
    async with http_of(sim) as http:
        yield Okx(http)


class OkxTalk(Talk):
    """One socket of OKX's."""

    async def subscribe(self, channel: str, inst_id: str = BTC) -> dict[str, Any]:
        """Subscribe to one channel of one instrument; the acknowledgement."""
        await self.say("subscribe", {"channel": channel, "instId": inst_id})
        return await self.until(lambda said: "event" in said)

    async def push(self, channel: str, within_s: float = WITHIN_S) -> Any:
        """The data of the next push of a channel."""
        said = await self.until(
            lambda said: "data" in said and said["arg"]["channel"] == channel, within_s
        )
        return said["data"]


def talk_to(sim: Simulator, url: str = "public") -> AbstractAsyncContextManager[OkxTalk]:
    """An open socket."""
    return socket_at(sim, f"/okx/ws/v5/{url}", OkxTalk)
