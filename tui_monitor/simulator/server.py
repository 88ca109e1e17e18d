"""The simulator's server: one port for all exchanges and the control routes."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette

from tui_monitor.clock import Clock, SystemClock
from tui_monitor.errors import SimulatorError
from tui_monitor.simulator.aggregate import Aggregate
from tui_monitor.simulator.control import Control
from tui_monitor.simulator.faults import Fault, Faults
from tui_monitor.simulator.heartbeats import HeartbeatProtocol
from tui_monitor.simulator.market import world_of
from tui_monitor.simulator.planting import Garden
from tui_monitor.simulator.registry import EXCHANGES
from tui_monitor.simulator.script import Step, played
from tui_monitor.simulator.shared import Exchange, Shared

_MAX_REQUEST_FRAME = 1_000_000
_GRACE_S = 1
# As most servers: longer than clients keep an idle connection, so that none closes under a request.
_KEEP_ALIVE_S = 75


class Simulator:
    """The exchanges on loopback.

    `limits` False switches the documented request limits off; `rate` scales how often streams
    push; `size` is the least number of coins that each market of each exchange has (0: about
    180, those of the written list); `coins`, if given, are the only ones that are listed, and
    the market of each is the same with or without the others. The story told depends on `seed`,
    `size`, `coins` and the clock's time alone. `script` are the faults that begin by
    themselves (`load_script`).
    """

    def __init__(
        self,
        seed: int = 1,
        clock: Clock | None = None,
        limits: bool = True,
        rate: float = 1.0,
        size: int = 0,
        script: Sequence[Step] = (),
        coins: Collection[str] = (),
    ) -> None:
        self.clock = clock or SystemClock()
        self.url = ""
        self._script = tuple(script)
        self.faults = Faults(self.clock, tuple(EXCHANGES))
        world, only = world_of(seed), frozenset(coins)
        self.shared = Shared(
            world, self.clock, self.faults, limits, rate, asyncio.Event(), size, only
        )
        self.exchanges: dict[str, Exchange] = {
            name: make(self.shared) for name, make in EXCHANGES.items()
        }
        self._aggregate = Aggregate(self.shared, self.exchanges)
        roots = [root for exchange in self.exchanges.values() for root in exchange.roots]
        self._garden = Garden(self.shared, self.exchanges)
        self._control = Control(
            self.shared, self.exchanges, (*roots, self._aggregate.root), self._garden
        )
        routes = list(self._control.routes())
        self.app = Starlette(
            routes=[
                *routes,
                *(route for exchange in self.exchanges.values() for route in exchange.routes()),
                *self._aggregate.routes(),
            ]
        )

    def fault(self, **asked: Any) -> Fault:
        """Begin a fault, as `POST /control/faults` does."""
        return self.faults.add(msgspec.json.encode(asked))

    def plant(self, **asked: Any) -> dict[str, Any]:
        """Plant something, as `POST /control/plant` does."""
        return self._garden.plant(msgspec.json.encode(asked))

    def stats(self) -> dict[str, Any]:
        """What clients did, by root."""
        return self._control.stats()

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator["Simulator"]:
        """Serve while the block runs; `url` is set."""
        listener = _listener(host, port)
        self.shared.stopping.clear()
        server = uvicorn.Server(self._config())
        # Not `Server.serve`: that takes the process's signals and ticks ten times a second.
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        await server.startup(sockets=[listener])
        bound = listener.getsockname()
        shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        self.url = f"http://{shown}:{bound[1]}"
        # Not in a TaskGroup: that would wrap what the block raises.
        player = asyncio.create_task(played(self._script, self.shared))
        try:
            yield self
        finally:
            self.shared.stopping.set()
            await player
            await server.shutdown(sockets=[listener])
            self._garden.clear()

    async def serve(self, host: str, port: int, on_ready: Callable[[str], None]) -> None:
        """Serve until cancelled; `on_ready` gets the URL."""
        async with self.running(host, port):
            on_ready(self.url)
            await asyncio.Event().wait()

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self.app,
            loop="asyncio",
            http="h11",
            ws=HeartbeatProtocol,
            ws_max_size=_MAX_REQUEST_FRAME,
            ws_ping_interval=None,
            ws_ping_timeout=None,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GRACE_S,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )


def _listener(host: str, port: int) -> socket.socket:
    """A bound socket; SimulatorError says why there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Without the protocol named, asyncio would leave Nagle's delay on.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.setblocking(False)
    except (OSError, OverflowError) as error:
        listener.close()
        raise SimulatorError(
            f"the simulator can't listen on {host}:{port}: {error}", "choose another port"
        ) from error
    return listener
