"""The endpoint on a free port over a source in memory, and two ways to talk to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import httpx
import msgspec
from msgspec import Struct

from tests.api.described import assert_as_described
from tests.support.plain import PLAIN
from tests.support.sources import MemorySource
from tests.support.virtual_time import VirtualClock
from tui_monitor.api.address import Address, bind
from tui_monitor.api.app import build_app
from tui_monitor.api.limits import Limits
from tui_monitor.api.serving import serving
from tui_monitor.clock import BoardZone

# The virtual clock begins on 2026-11-20 at 08:00 in this zone.
ZONE = BoardZone()
FIRST_DAY = date(2026, 11, 13)
TODAY = date(2026, 11, 20)


class Reply(Struct):
    """A response as it came off the wire. Status 0: the connection ended without one."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return msgspec.json.decode(self.body)


class Served(Struct):
    """A running endpoint."""

    source: MemorySource
    clock: VirtualClock
    address: Address
    http: httpx.AsyncClient

    @property
    def port(self) -> int:
        return self.address.port

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """A GET that must succeed as it is described, decoded."""
        response = await self.http.get(path, params=query)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        assert_as_described(path.partition("?")[0], found)
        return found

    async def refused(self, path: str, **query: str) -> tuple[int, dict[str, Any]]:
        """A GET that must fail: its status and error."""
        response = await self.http.get(path, params=query)
        return response.status_code, error_of(response)


def error_of(response: httpx.Response) -> dict[str, Any]:
    """The one shape of every error."""
    found: dict[str, Any] = response.json()
    assert list(found) == ["success", "status", "error", "hint"]
    assert found["success"] is False
    assert found["status"] == "error"
    assert response.headers["content-type"] == "application/json"
    return found


@asynccontextmanager
async def endpoint(
    *,
    token: str = "",
    limits: Limits | None = None,
    everywhere: bool = False,
    hosts: tuple[str, ...] = (),
) -> AsyncIterator[Served]:
    """Serve a source in memory for as long as the block runs."""
    clock = VirtualClock()
    source = MemorySource(clock, ZONE, FIRST_DAY)
    bounds = limits or Limits()
    wanted = Address("127.0.0.1", 0) if not everywhere else Address("0.0.0.0", 0)  # noqa: S104
    listener = await bind(wanted)
    address = Address(wanted.host, listener.getsockname()[1])
    app = build_app(source, clock, ZONE, address=address, hosts=hosts, token=token, limits=bounds)
    url = f"http://127.0.0.1:{address.port}"
    headers = {"authorization": f"Bearer {token}"} if token else {}
    with listener:
        async with (
            serving(app, listener, bounds),
            httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, verify=PLAIN) as http,
        ):
            yield Served(source, clock, address, http)


def request(
    port: int,
    path: str = "/api/health",
    *,
    method: str = "GET",
    host: str | None = None,
    headers: tuple[str, ...] = (),
    body: str = "",
) -> bytes:
    """A request that asks for its connection to be closed."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}"]
    lines += [*headers, "Connection: close", "", body]
    return "\r\n".join(lines).encode()


async def talk(port: int, sent: bytes, *, to: str = "127.0.0.1") -> Reply:
    """Send bytes, read until the server hangs up."""
    reader, writer = await asyncio.open_connection(to, port)
    try:
        writer.write(sent)
        return await reply(reader)
    finally:
        writer.close()


async def reply(reader: asyncio.StreamReader) -> Reply:
    """Read one response to the end of its connection."""
    async with asyncio.timeout(60):
        received = await reader.read()
    if not received:
        return Reply(0, {}, b"")
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return Reply(int(status.split()[1]), headers, body)
