"""The server's life."""

import httpx

from tui_monitor.simulator import Simulator


async def test_it_tells_the_time(sim: Simulator) -> None:
    """The smallest of the paths answers with OKX's envelope."""
    async with httpx.AsyncClient(base_url=sim.url) as client:
        body = (await client.get("/okx/api/v5/public/time")).json()
    assert body["code"] == "0"
    assert abs(int(body["data"][0]["ts"]) - sim.clock.now_ms()) < 5_000
