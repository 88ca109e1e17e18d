"""The server: accepts on a bound socket, and closes within a bound whoever is connected.

uvicorn's `Server` is not used: it takes over the process's signals, exits the process on
failure, and ticks ten times a second. Its protocol and configuration are.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from tui_monitor.api.address import BACKLOG
from tui_monitor.api.connection import Connection
from tui_monitor.api.limits import Limits

_LOOK_AGAIN_S = 0.01


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket, limits: Limits) -> AsyncIterator[None]:
    """Serve for as long as the block lasts. Afterwards no connection and no handler is left."""
    state = ServerState()
    make = partial(Connection, limits, _configuration(app, limits), state)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, sock=listener, backlog=BACKLOG)
    try:
        yield
    finally:
        server.close()
        await _close(state, limits.close_s)


def _configuration(app: ASGIApp, limits: Limits) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        http="h11",
        ws="websockets-sansio",
        ws_max_size=limits.message_bytes,
        ws_ping_interval=limits.ping_s,
        ws_ping_timeout=limits.ping_s,
        # On one machine it costs more than it saves, and a small frame could unpack to a large one.
        ws_per_message_deflate=False,
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        # A client could otherwise choose its own address.
        proxy_headers=False,
        server_header=False,
        workers=1,
        timeout_keep_alive=limits.idle_s,
        h11_max_incomplete_event_size=limits.header_bytes,
    )
    config.load()
    return config


async def _close(state: ServerState, grace_s: float) -> None:
    """In good order for `grace_s`, then by force."""
    for connection in tuple(state.connections):
        if not connection.transport.is_closing():
            connection.shutdown()
    await _quiet(state, grace_s)
    for connection in tuple(state.connections):
        connection.transport.abort()
    for task in tuple(state.tasks):
        task.cancel()
    await _quiet(state, grace_s)


async def _quiet(state: ServerState, within_s: float) -> None:
    for _ in range(int(within_s / _LOOK_AGAIN_S)):
        if not state.connections and not state.tasks:
            return
        await asyncio.sleep(_LOOK_AGAIN_S)
