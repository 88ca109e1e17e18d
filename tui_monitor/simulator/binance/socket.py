"""Binance's sockets: requests, acknowledgements that prove nothing, pings, the ends."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from starlette.websockets import WebSocket

from tui_monitor.simulator.binance.feeds import feed_of
from tui_monitor.simulator.binance.names import (
    LEGACY,
    MARKET,
    PRIVATE,
    PUBLIC,
    SPOT_PATH,
    serves,
    stream_of,
)
from tui_monitor.simulator.binance.pushing import Site, bare, wrapped
from tui_monitor.simulator.binance.targets import DIALECT
from tui_monitor.simulator.faults import Fault, Target
from tui_monitor.simulator.heartbeats import heartbeat_of
from tui_monitor.simulator.limits import Limit, Windows
from tui_monitor.simulator.pushes import QuietFeed
from tui_monitor.simulator.sockets import Closed, Feed, Socket, admitted, whole_socket

NEW_SOCKETS = Limit(300, 300)
MAX_STREAMS = 1024
LIFETIME_S = 86_400
_NOTICE_S = 60.0
_POLICY = 1008
_ASLEEP_S = float("inf")
# Sleeps that add up to a deadline may end a hair before it.
_SLACK_S = 0.5


class Rules(NamedTuple):
    """What differs: messages a second (documented, and when it closes), pings, their deadline."""

    messages: Limit
    messages_closing: Limit
    counts_pings: bool
    first_ping_s: float
    ping_s: float
    pong_within_s: float


FUTURES_RULES = Rules(Limit(10, 1), Limit(15, 1), False, 140, 180, 600)
SPOT_RULES = Rules(Limit(5, 1), Limit(5, 1), True, 20, 20, 60)

_PATHS = {
    "public/ws": PUBLIC, "public/stream": PUBLIC, "market/ws": MARKET, "market/stream": MARKET,
    "private/ws": PRIVATE, "private/stream": PRIVATE, "ws": LEGACY, "stream": LEGACY,
}  # fmt: skip


class BinanceSockets:
    """Serves the sockets of one root."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._is_spot = site.market == "spot"

    async def __call__(self, websocket: WebSocket) -> None:
        """One client, from the handshake to the end."""
        own = websocket.url.path.removeprefix(self._site.root.path).strip("/")
        place = next((place for place in _PATHS if f"{own}/".startswith(f"{place}/")), None)
        if place is None:
            await websocket.close(1000)
            return
        path = SPOT_PATH if self._is_spot else _PATHS[place]
        here = _serves_on(path)
        root, market = self._site.root, self._site.market
        # The first client's first array would make everybody wait.
        await self._site.warm(root.shared.clock.now_ms())
        if not await admitted(root, websocket, NEW_SOCKETS, DIALECT, here, market):
            return
        is_combined = place.endswith("stream")
        talk = _Conversation(self._site, websocket, path, is_combined=is_combined)
        if is_combined:
            names = websocket.query_params.get("streams", "").split("/")
        else:
            names = own.removeprefix(place).strip("/").split("/")
        talk.begin([name for name in names if name])
        await talk.run()


def _serves_on(path: str) -> Callable[[str], bool]:
    """Whether a channel, or our word for it, is on a path."""

    def here(channel: str) -> bool:
        if path == SPOT_PATH or channel == "tickers":
            return path != PRIVATE
        return serves(path, "bookTicker" if "bookTicker" in channel else "")

    return here


class _Conversation:
    """What one client says, and what it is told."""

    def __init__(self, site: Site, websocket: WebSocket, path: str, *, is_combined: bool) -> None:
        self._site = site
        self._root = site.root
        self._clock = site.root.shared.clock
        self._path = path
        self._is_spot = path == SPOT_PATH
        self._rules = SPOT_RULES if self._is_spot else FUTURES_RULES
        self._is_combined = is_combined
        self._wrap = wrapped if is_combined else bare
        self._windows = Windows()
        # Until when each ping waits for its pong.
        self._unanswered: dict[bytes, float] = {}
        self._heartbeat = heartbeat_of(websocket.scope)
        self._heartbeat.on_ping = self._pinged
        self._heartbeat.on_pong = self._ponged
        self._heartbeat.is_mute = self._is_mute
        self.socket = Socket(site.root, websocket, self.hear, DIALECT, _ASLEEP_S)
        self.socket.market = site.market
        self.socket.on_fault = self._noticed
        self.socket.close_later(LIFETIME_S, 1001, "24 hours")

    async def run(self) -> None:
        """Serve until either side closes."""
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(self._beat())
            await self.socket.run()
            beat.cancel()

    def begin(self, names: list[str]) -> None:
        """Subscribe to what the URL names."""
        if len(names) > MAX_STREAMS:
            self._too_many_streams()
            return
        for name in names:
            self._subscribe(name)

    # --- requests -----------------------------------------------------------------------

    def hear(self, text: str) -> list[bytes]:
        """The replies to one message of the client."""
        self._count_message()
        try:
            request = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
            return [self._error(3, f"Invalid JSON: {error}")]
        if not isinstance(request, dict) or "method" not in request:
            return [self._error(2, "Invalid request: missing field `method`")]
        method, params = request["method"], request.get("params", [])
        request_id = request.get("id")
        if not isinstance(request_id, int | str | None) or isinstance(request_id, bool):
            return [self._error(2, "Invalid request: request ID must be an unsigned integer")]
        if method == "LIST_SUBSCRIPTIONS":
            return [_result(self._names(), request_id)]
        if method not in ("SUBSCRIBE", "UNSUBSCRIBE"):
            return [self._error(2, f"Invalid request: unknown variant `{str(method)[:40]}`")]
        if not isinstance(params, list) or not all(isinstance(name, str) for name in params):
            return [self._error(2, "Invalid request: params must be strings")]
        return self._changed(method, params, request_id)

    def _changed(self, method: str, names: list[str], request_id: Any) -> list[bytes]:
        """Every name is acknowledged, whether it exists here or not."""
        if method == "UNSUBSCRIBE":
            for name in names:
                self.socket.remove((name,))
        elif len({*self._names(), *names}) > MAX_STREAMS:
            return self._too_many_streams()
        else:
            for name in names:
                self._subscribe(name)
        return [_result(None, request_id)]

    def _names(self) -> list[str]:
        return [name for (name,) in self.socket.feeds]

    def _subscribe(self, name: str) -> None:
        if (name,) not in self.socket.feeds:
            self.socket.add((name,), self._feed(name))

    def _feed(self, name: str) -> Feed:
        stream = stream_of(name, self._path)
        if stream is None:
            return QuietFeed(Target(market=self._site.market, channel=name))
        return feed_of(self._site, stream, self._wrap, self._clock.now_ms())

    def _error(self, code: int, message: str) -> bytes:
        body = {"code": code, "msg": message}
        return msgspec.json.encode(body if self._is_spot else {"error": body})

    # --- limits -------------------------------------------------------------------------

    def _too_many_streams(self) -> list[bytes]:
        self._root.violated(f"socket: more than {MAX_STREAMS} streams")
        self.socket.close_later(0, _POLICY, "Invalid request")
        return [self._error(4, "Too many subscriptions")]

    def _count_message(self) -> None:
        if not self._within(("all",), self._rules.messages_closing):
            raise Closed(_POLICY, "Too many requests")
        limit = self._rules.messages
        if limit != self._rules.messages_closing:
            self._within(("documented",), limit)

    def _within(self, key: tuple[str, ...], limit: Limit) -> bool:
        if not self._root.shared.limits:
            return True
        if self._windows.allow(key, limit, self._clock.monotonic_s()):
            return True
        self._root.violated(f"socket: more than {limit.text()} messages")
        return False

    # --- pings --------------------------------------------------------------------------

    async def _beat(self) -> None:
        """The server's pings carry the time; who doesn't answer in time is cut off."""
        wait_s = self._rules.first_ping_s
        while True:
            await self._clock.sleep(wait_s)
            wait_s = self._rules.ping_s
            now_s = self._clock.monotonic_s()
            if now_s + _SLACK_S >= min(self._unanswered.values(), default=_ASLEEP_S):
                self.socket.close_later(0, _POLICY, "Pong timeout")
            payload = str(self._clock.now_ms()).encode()
            self._unanswered[payload] = now_s + self._rules.pong_within_s
            self._heartbeat.ping(payload)

    def _ponged(self, payload: bytes) -> None:
        """A pong that copies a ping's payload; others don't keep alive."""
        if payload in self._unanswered:
            self._unanswered.clear()
        self._count_beat()

    def _pinged(self) -> None:
        self._count_beat()

    def _count_beat(self) -> None:
        """On spot, pings and pongs are messages like any other."""
        if self._rules.counts_pings and not self._within(("all",), self._rules.messages):
            self.socket.close_later(0, _POLICY, "Too many requests")

    def _is_mute(self) -> bool:
        here = _serves_on(self._path)
        return whole_socket(self._root, "no_pong", self.socket.path, here, self._site.market)

    # --- notices ------------------------------------------------------------------------

    def _noticed(self, fault: Fault) -> list[bytes]:
        """Spot tells before it shuts down; futures close without a word."""
        if fault.kind != "maintenance_notice" or fault.market not in (None, self._site.market):
            return []
        if fault.path is not None and fault.path not in self.socket.path:
            return []
        delay_s = _NOTICE_S if fault.delay_s is None else fault.delay_s
        self.socket.close_later(delay_s, 1001, "server shutdown")
        if not self._is_spot:
            return []
        notice = {"e": "serverShutdown", "E": self._clock.now_ms()}
        return [self._wrap("!serverShutdown", msgspec.json.encode(notice))]


def _result(result: Any, request_id: Any) -> bytes:
    return msgspec.json.encode({"result": result, "id": request_id})
