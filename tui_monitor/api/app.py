"""The application: every route, the errors of routing, the guard around it all."""

import difflib
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from tui_monitor.api import (
    anomalies,
    attach,
    backfill,
    boards,
    coins,
    counts,
    database,
    health,
    history,
    klines,
    liquidations,
    metrics,
    oitop,
    prices,
    stream,
    system,
)
from tui_monitor.api.address import Address
from tui_monitor.api.answers import Refused
from tui_monitor.api.endpoints import World, route
from tui_monitor.api.guard import Guard
from tui_monitor.api.limits import Limits
from tui_monitor.api.openapi import self_describing
from tui_monitor.api.sharing import Shared
from tui_monitor.clock import BoardZone, Clock
from tui_monitor.source import Source

ENDPOINTS = self_describing(
    (
        *prices.ENDPOINTS,
        *backfill.ENDPOINTS,
        *liquidations.ENDPOINTS,
        *anomalies.ENDPOINTS,
        *counts.ENDPOINTS,
        *klines.ENDPOINTS,
        *oitop.ENDPOINTS,
        *boards.ENDPOINTS,
        *stream.ENDPOINTS,
        *attach.ENDPOINTS,
        *coins.ENDPOINTS,
        *history.ENDPOINTS,
        *system.ENDPOINTS,
        *database.ENDPOINTS,
        *health.ENDPOINTS,
        *metrics.ENDPOINTS,
    )
)
_LONGEST_PATH = 80


def build_app(
    source: Source,
    clock: Clock,
    zone: BoardZone,
    *,
    address: Address,
    hosts: Sequence[str] = (),
    token: str = "",
    limits: Limits | None = None,
) -> Starlette:
    """The endpoint for one source. `address` has the port that is really served, `hosts` what
    else it is reached as.
    """
    kind = source.status().kind
    world = World(source=source, clock=clock, zone=zone, shared=Shared(clock), kind=kind)
    bounds = limits or Limits()
    guard = Middleware(Guard, address=address, hosts=hosts, token=token, limits=bounds, clock=clock)
    app = Starlette(
        routes=[
            *(route(endpoint, world) for endpoint in ENDPOINTS),
            *attach.attach_routes(world, bounds),
            *stream.stream_routes(world, bounds),
        ],
        middleware=[guard],
        exception_handlers={HTTPException: _unrouted},
    )
    # A redirect would go wherever the Host header says.
    app.router.redirect_slashes = False
    return app


async def _unrouted(request: Request, error: Exception) -> Response:
    """404 and 405 in the words of every other error."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it alone
    path = request.url.path
    shown = path if len(path) <= _LONGEST_PATH else path[:_LONGEST_PATH] + "…"
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        hint = f"allowed: {allowed}"
        return Refused(405, f"{request.method} is not for {shown}", hint, error.headers).response()
    return Refused(error.status_code, f"nothing is at {shown}", _near(path)).response()


def _near(path: str) -> str:
    known = [endpoint.path for endpoint in ENDPOINTS if endpoint.path != "/"]
    if path.startswith(boards.PREFIX):
        names = [name.removeprefix(boards.PREFIX) for name in known if boards.PREFIX in name]
        return f"boards: {', '.join(names)}"
    near = difflib.get_close_matches(path[:_LONGEST_PATH], known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else "/ lists the routes"
