"""Small real proxies on loopback: SOCKS5 (RFC 1928, 1929) and HTTP (CONNECT and absolute URLs)."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from msgspec import Struct, field

USER, PASSWORD = "some body", "open sesame:@/"
QUOTED = "some%20body:open%20sesame%3A%40%2F"
"""Both, as they stand in an address."""

SCHEMES = ("http", "socks5", "socks5h")


class Proxy(Struct):
    """A running proxy: its address, the targets it was asked for, the credentials it was shown."""

    url: str
    targets: list[str] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)

    def with_secrets(self, quoted: str = QUOTED) -> str:
        """Its address with a name and a password."""
        return self.url.replace("://", f"://{quoted}@")


class _Refused(Exception):
    """The client is not let through."""


Opening = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _socks(proxy: Proxy, locked: bool, client: Opening) -> Opening:
    reader, writer = client
    _version, count = await reader.readexactly(2)
    methods = await reader.readexactly(count)
    wanted = 2 if locked else 0
    writer.write(bytes([5, wanted if wanted in methods else 255]))
    if wanted not in methods:
        raise _Refused
    if locked:
        await _socks_password(proxy, client)
    _version, _command, _, kind = await reader.readexactly(4)
    size = (await reader.readexactly(1))[0] if kind == 3 else 4
    raw = await reader.readexactly(size)
    host = raw.decode() if kind == 3 else ".".join(map(str, raw))
    port = int.from_bytes(await reader.readexactly(2))
    proxy.targets.append(f"{host}:{port}")
    try:
        server = await _dial(host, port)
    except OSError:
        writer.write(b"\x05\x04\x00\x01" + bytes(6))
        raise
    writer.write(b"\x05\x00\x00\x01" + bytes(6))
    return server


async def _socks_password(proxy: Proxy, client: Opening) -> None:
    reader, writer = client
    told = []
    await reader.readexactly(1)
    for _ in range(2):
        size = (await reader.readexactly(1))[0]
        told.append((await reader.readexactly(size)).decode())
    proxy.credentials.append(":".join(told))
    is_right = told == [USER, PASSWORD]
    writer.write(b"\x01\x00" if is_right else b"\x01\x01")
    if not is_right:
        raise _Refused


async def _http(proxy: Proxy, locked: bool, client: Opening) -> Opening:
    reader, writer = client
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {line.partition(":")[0].lower(): line.partition(": ")[2] for line in head[1:]}
    shown = headers.pop("proxy-authorization", "")
    if locked:
        proxy.credentials.append(shown)
        if shown != "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode():
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            raise _Refused
    where = urlsplit(f"//{target}" if method == "CONNECT" else target)
    assert where.hostname is not None
    assert where.port is not None
    proxy.targets.append(f"{where.hostname}:{where.port}")
    try:
        server = await _dial(where.hostname, where.port)
    except OSError:
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        raise
    if method == "CONNECT":
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    else:
        headers["connection"] = "close"
        lines = [f"{method} {where.path}?{where.query} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items() if name]
        server[1].write("\r\n".join([*lines, "", ""]).encode())
    return server


async def _dial(host: str, port: int) -> Opening:
    """Names are known to nobody here: only loopback addresses lead anywhere."""
    if not host.startswith("127."):
        raise OSError("no such host")
    return await asyncio.open_connection(host, port)


_OPEN: dict[str, Callable[[Proxy, bool, Opening], Awaitable[Opening]]] = {
    "http": _http,
    "socks5": _socks,
    "socks5h": _socks,
}


@asynccontextmanager
async def running_proxy(scheme: str, *, locked: bool = False) -> AsyncIterator[Proxy]:
    """A proxy of a kind; `locked`: it asks for USER and PASSWORD. Leaving the block ends it."""
    conversations: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        conversations.add(task)
        try:
            await _relay((reader, writer), await _OPEN[scheme](proxy, locked, (reader, writer)))
        except (_Refused, OSError, EOFError, asyncio.CancelledError):
            pass  # the client finds out by itself
        finally:
            conversations.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy = Proxy(url=f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        try:
            yield proxy
        finally:
            for task in conversations:
                task.cancel()
            await asyncio.gather(*conversations)


async def _relay(client: Opening, server: Opening) -> None:
    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
        writer.close()

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(copy(client[0], server[1]))
            tasks.create_task(copy(server[0], client[1]))
    except* OSError:
        pass  # one of them is gone
    finally:
        server[1].close()
