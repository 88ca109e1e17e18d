"""Who may ask what: every combination of what a request says of itself, against every kind of
route. One wrong word is enough to be refused, whatever the others are."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import pytest

from tests.api.harness import Reply, Served, endpoint, request, talk
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api.limits import Limits

TOKEN = "correct horse battery staple"  # noqa: S105 - of this test alone

# What a request says, and whether that is right.
HOSTS = {"127.0.0.1:{port}": True, "localhost:{port}": True, "evil.example:{port}": False}
ORIGINS = {None: True, "http://{host}": True, "http://evil.example": False, "null": False}
SITES = {None: True, "same-origin": True, "same-site": False, "cross-site": False}
TOKENS = {f"Bearer {TOKEN}": True, "Bearer wrong": False, None: False}


class Asked(NamedTuple):
    """A kind of request, and what comes where all is right."""

    method: str
    path: str
    status: int
    headers: tuple[str, ...] = ()


UPGRADE = (
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)
ASKED = (
    Asked("GET", "/api/health", 200),
    Asked("GET", "/metrics", 200),
    Asked("POST", "/api/backfill-monitor/stop", 200),
    Asked("POST", "/api/database/maintenance", 200),
    Asked("GET", "/api/stream", 426),
    Asked("GET", "/api/stream", 101, UPGRADE),
    Asked("GET", "/api/attach", 426),
    Asked("GET", "/api/attach", 101, UPGRADE),
    Asked("GET", "/api/health", 404, UPGRADE),
    Asked("DELETE", "/api/health", 405),
    Asked("GET", "/nothing", 404),
)


class Said(NamedTuple):
    host: str
    origin: str | None
    site: str | None
    token: str | None

    @property
    def status(self) -> int | None:
        """How it is refused; None where it is not. What tells least comes first."""
        if not (HOSTS[self.host] and ORIGINS[self.origin] and SITES[self.site]):
            return 403
        return None if TOKENS[self.token] else 401


def sent(port: int, asked: Asked, said: Said) -> bytes:
    host = said.host.format(port=port)
    told = (
        ("Origin", said.origin and said.origin.format(host=host)),
        ("Sec-Fetch-Site", said.site),
        ("Authorization", said.token),
    )
    headers = tuple(f"{name}: {value}" for name, value in told if value is not None)
    written = request(
        port, asked.path, method=asked.method, host=host, headers=(*asked.headers, *headers)
    )
    return (
        written.replace(b"Connection: close", b"Connection: Upgrade") if asked.headers else written
    )


def combinations() -> Iterator[Said]:
    yield from map(Said._make, product(HOSTS, ORIGINS, SITES, TOKENS))


async def outcome(served: Served, asked: Asked, said: Said) -> tuple[Reply, bool]:
    """What comes, and whether the source heard of it."""
    before = served.source.asked
    reply = await talk(served.port, sent(served.port, asked, said))
    return reply, served.source.asked > before


@pytest.mark.parametrize("asked", ASKED, ids=lambda one: f"{one.method} {one.path} {one.status}")
@in_virtual_time
async def test_all_must_be_right(asked: Asked) -> None:
    """Host, origin, site and token; a refusal asks nobody, allows no page, and hides the route."""
    async with endpoint(token=TOKEN, limits=Limits(unsubscribed_s=1.0)) as served:
        for said in combinations():
            reply, heard = await outcome(served, asked, said)
            assert reply.status == (said.status or asked.status), said
            assert not [name for name in reply.headers if name.startswith("access-control")]
            assert TOKEN.encode() not in reply.body
            if reply.status != 101:
                assert reply.headers["x-content-type-options"] == "nosniff", said
            if said.status is not None:
                assert not heard, said
                assert reply.data["success"] is False
                assert asked.path not in reply.data["error"]
