"""Small loopback servers that misbehave in ways a simulator of a lawful exchange can't."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from websockets.asyncio.server import ServerConnection, serve

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def answers(response: bytes, *, wait_s: float = 0.0) -> Talk:
    """Reads a request's head and writes these bytes, whatever was asked."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(wait_s)
        writer.write(response)
        await writer.drain()

    return talk


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """An HTTP answer that ends its connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def tcp_server(talk: Talk) -> AsyncIterator[str]:
    """Serves `talk`; gives host:port."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went first
        finally:
            writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"{host}:{port}"


@contextmanager
def nobody_there() -> Iterator[str]:
    """host:port at which nobody listens, and which no other test is given meanwhile."""
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        host, port = spare.getsockname()
        yield f"{host}:{port}"


@asynccontextmanager
async def ws_server(talk: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[str]:
    """Serves a WebSocket conversation without pings of its own; gives its URL."""
    async with serve(talk, "127.0.0.1", 0, ping_interval=None, close_timeout=0.1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}"
