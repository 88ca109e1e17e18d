"""Who may ask and how much: checked before any route sees a request.

The endpoint is on loopback, so its attackers are web pages in the user's own browser (DNS
rebinding, cross-site requests) and, where it is not on loopback, everyone. Hence: an exact list
of `Host` values, no foreign `Origin`, never a CORS header, a token where one is set, and bounds
on everything a client decides.

A name in `api.hosts` is its owner's word: nobody else makes it point here. The proxy that it leads
to has a port of its own, so any goes with it, and pages of that very origin may ask.
"""

import asyncio
import hmac
import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from email.utils import formatdate
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui_monitor.api.address import Address, in_header
from tui_monitor.api.answers import JSON, Refused
from tui_monitor.api.limits import Limits
from tui_monitor.clock import Clock
from tui_monitor.config import normal_host

log = logging.getLogger(__name__)

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_OWN_SITES = (b"none", b"same-origin")
_WITH_BODY = ("POST", "PUT", "PATCH")
_PORT = re.compile(rb":[0-9]{1,5}$")

# Of every response, also those written without the guard.
SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guard:
    """Pure ASGI: refuses, bounds, and puts the safe headers on every response."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        address: Address,
        token: str,
        limits: Limits,
        clock: Clock,
        hosts: Sequence[str] = (),
    ) -> None:
        self._app = app
        self._address = address
        self._token = token.encode()
        self._limits = limits
        self._clock = clock
        own = (*_LOOPBACK, *(() if address.is_wildcard else (address.host,)))
        self._hosts = frozenset(name for host in own for name in self._spellings(host))
        self._listed = frozenset(in_header(normal_host(host)).encode() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._upgrade(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._limits, self._clock)
        try:
            self._check(scope)
            scope = _in_origin_form(scope)
            self._check_body(scope["method"], scope["headers"])
            await self._timed(scope, exchange)
        except Refused as refusal:
            await exchange.drain()
            await refusal.response()(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            # Only the end of serving cancels a request, and its client has been cut off by then.
            log.info("a request was cut off: %s", scope["method"])

    async def _upgrade(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket's handshake: the same checks, and no time limit on what follows."""

        async def safe(message: Message) -> None:
            if message["type"] == "websocket.http.response.start":
                date = formatdate(self._clock.now_ms() / 1000, usegmt=True).encode()
                headers = [*message.get("headers", []), *SAFE_HEADERS, (b"date", date)]
                message = {**message, "headers": headers}
            await send(message)

        try:
            self._check(scope)
            await self._app(_in_origin_form(scope), receive, safe)
        except Refused as refusal:
            await refusal.response()(scope, receive, safe)
        except asyncio.CancelledError:
            log.info("a stream was cut off")

    def _spellings(self, host: str) -> tuple[bytes, bytes]:
        name = in_header(host)
        return name.encode(), f"{name}:{self._address.port}".encode()

    def _check(self, scope: Scope) -> None:
        """Refused unless the request may go on; what tells least to a stranger comes first."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        self._check_size(scope, headers)
        _check_framing(headers)
        self._check_host(scope, headers)
        self._check_site(headers)
        self._check_token(headers)

    def _check_size(self, scope: Scope, headers: list[tuple[bytes, bytes]]) -> None:
        # The parser bounds only what is incomplete: a large header in one packet passes it.
        size = len(scope["raw_path"]) + len(scope["query_string"])
        size += sum(len(name) + len(value) + 4 for name, value in headers)
        if size > self._limits.header_bytes:
            raise Refused(431, f"the header is over {self._limits.header_bytes} bytes")

    def _check_host(self, scope: Scope, headers: list[tuple[bytes, bytes]]) -> None:
        hosts = _values(headers, b"host")
        allowed, url = self._hosts, self._address.url
        if self._address.is_wildcard and scope.get("server"):
            # Listening everywhere: the address that this connection came in on is ours. It is a
            # number, so no foreign name can be made to point to it unseen.
            allowed = allowed | set(self._spellings(scope["server"][0]))
            url = self._address.url_at(scope["server"][0])
        if len(hosts) != 1 or not (hosts[0].lower() in allowed or self._is_listed(hosts[0])):
            raise Refused(403, "this Host is not served here", f"open {url}")

    def _is_listed(self, host: bytes) -> bool:
        """Whether it is one of `api.hosts`, with any port or none."""
        return _PORT.sub(b"", host.lower()) in self._listed

    def _own_origins(self, host: bytes) -> tuple[bytes, ...]:
        """Of which origins pages under this Host are: those that it was sent from."""
        secure, plain = b"https://" + host, b"http://" + host
        if not self._is_listed(host):
            return (plain,)
        # A proxy that leads here ends TLS. A page without it is ours where our port is in its
        # name, and else may be anybody's on the way.
        is_direct = host in self._hosts or host.endswith(f":{self._address.port}".encode())
        return (secure, plain) if is_direct else (secure,)

    def _check_site(self, headers: list[tuple[bytes, bytes]]) -> None:
        own = self._own_origins(_values(headers, b"host")[0].lower())
        if any(origin.lower() not in own for origin in _values(headers, b"origin")):
            raise Refused(403, "requests of other origins are refused")
        if any(site.lower() not in _OWN_SITES for site in _values(headers, b"sec-fetch-site")):
            raise Refused(403, "requests of other sites are refused")

    def _check_token(self, headers: list[tuple[bytes, bytes]]) -> None:
        if not self._token:
            return
        given = _values(headers, b"authorization")
        scheme, _, token = given[0].partition(b" ") if len(given) == 1 else (b"", b"", b"")
        right = hmac.compare_digest(token.strip(), self._token)
        if scheme.lower() != b"bearer" or not right:
            raise Refused(
                401,
                "the token is missing or wrong",
                "send the header Authorization: Bearer and api.token",
                {"www-authenticate": "Bearer"},
            )

    def _check_body(self, method: str, headers: list[tuple[bytes, bytes]]) -> None:
        size = _declared(headers)
        if size == 0:
            size = None
        if size is not None and size > self._limits.body_bytes:
            raise _too_large(self._limits)
        kinds = _values(headers, b"content-type")
        if method not in _WITH_BODY:
            if size is not None:
                raise Refused(400, f"{method} takes no body", "put parameters into the query")
        elif (size is not None and not kinds) or any(not _is_json(kind) for kind in kinds):
            # A page of another site can post forms and plain text, but not this.
            raise Refused(415, "the body is not JSON", f"send Content-Type: {JSON}")

    async def _timed(self, scope: Scope, exchange: "_Exchange") -> None:
        try:
            async with asyncio.timeout(self._limits.handler_s) as bound:
                exchange.bound = bound
                try:
                    await self._app(scope, exchange.receive, exchange.send)
                finally:
                    exchange.bound = None
        except TimeoutError as error:
            if not bound.expired():
                raise
            if not exchange.received:
                raise Refused(408, "the body came too slowly") from error
            raise Refused(
                503,
                f"no answer within {self._limits.handler_s:g} s",
                "ask for less, or again later",
            ) from error


class _Exchange:
    """One request's body counted, one response's headers completed."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, limits: Limits, clock: Clock
    ) -> None:
        self._receive = receive
        self._send = send
        self._limits = limits
        self._clock = clock
        self._size = 0
        self.received = _declared(scope["headers"]) in (None, 0)
        self.bound: asyncio.Timeout | None = None
        self._waits = b"expect" in {name for name, _ in scope["headers"]}

    async def drain(self) -> None:
        """Throw away a body that is refused: one left unread would turn the answer into a reset."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.linger_s):
                while not (self.received or self._waits or self._size > self._limits.linger_bytes):
                    message = await self._receive()
                    self._size += len(message.get("body", b""))
                    self.received = not message.get("more_body", False)

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self.received = not message.get("more_body", False)
            if self._size > self._limits.body_bytes:
                raise _too_large(self._limits)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self.bound is not None:
                # From here the client's reading decides; the connection bounds that.
                self.bound.reschedule(None)
            date = formatdate(self._clock.now_ms() / 1000, usegmt=True).encode()
            headers = [*message.get("headers", []), *SAFE_HEADERS, (b"date", date)]
            if not self.received:
                # Else the rest of the body, however long, would be read and thrown away.
                headers.append((b"connection", b"close"))
            message = {**message, "headers": headers}
        await self._send(message)


def _values(headers: list[tuple[bytes, bytes]], wanted: bytes) -> list[bytes]:
    return [value for name, value in headers if name == wanted]


def _declared(headers: list[tuple[bytes, bytes]]) -> int | None:
    """Bytes of body that the header announces: None for none at all, 1 at least if chunked."""
    if _values(headers, b"transfer-encoding"):
        return 1
    lengths = _values(headers, b"content-length")
    # The parser has refused anything but digits, and two that differ.
    return int(lengths[0]) if lengths else None


def _check_framing(headers: list[tuple[bytes, bytes]]) -> None:
    """Two lengths of one body: a proxy before us may go by the other one (RFC 9112, 6.1)."""
    if _values(headers, b"transfer-encoding") and _values(headers, b"content-length"):
        raise Refused(
            400,
            "Transfer-Encoding and Content-Length exclude each other",
            "send one of them",
            {"connection": "close"},
        )


def _in_origin_form(scope: Scope) -> Scope:
    """A target as clients of proxies write it, `http://HOST/path`, as its path (RFC 9112, 3.2.2).

    It is served where it says the same as the header, which has been checked.
    """
    raw: bytes = scope["raw_path"]
    scheme, colon, rest = raw.partition(b"://")
    if raw.startswith(b"/") or not colon:
        return scope
    authority, _, path = rest.partition(b"/")
    if scheme.lower() != b"http" or [authority.lower()] != [
        host.lower() for host in _values(scope["headers"], b"host")
    ]:
        raise Refused(400, "the target names another address than Host", "send the path alone")
    return {**scope, "raw_path": b"/" + path, "path": "/" + unquote(path.decode("ascii"))}


def _is_json(kind: bytes) -> bool:
    return kind.partition(b";")[0].strip().lower() == JSON.encode()


def _too_large(limits: Limits) -> Refused:
    return Refused(413, f"the body is over {limits.body_bytes} bytes")
