"""Bybit's public sockets: one a category; a request is granted or refused as a whole."""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.websockets import WebSocket

from tui_monitor.simulator.bybit.catalog import LINEAR, MARKETS, SPOT, is_traded
from tui_monitor.simulator.bybit.channels import (
    BookFeed,
    KlineFeed,
    LinearTickerFeed,
    LiquidationFeed,
    SpotTickerFeed,
)
from tui_monitor.simulator.bybit.rest import INTERVALS, maintenance_row
from tui_monitor.simulator.bybit.targets import DIALECT, PERP_ONLY, family_of, target_of_topic
from tui_monitor.simulator.cascades import Cascades
from tui_monitor.simulator.faults import Fault, Target
from tui_monitor.simulator.limits import Limit
from tui_monitor.simulator.listings import Listing, Shelf
from tui_monitor.simulator.noise import seed_of
from tui_monitor.simulator.pushes import QuietFeed
from tui_monitor.simulator.shared import Root
from tui_monitor.simulator.sockets import (
    ABNORMAL,
    Closed,
    Feed,
    Socket,
    admitted,
    request_in,
    whole_socket,
)

NEW_SOCKETS = Limit(500, 300)
# Of one category.
MAX_SOCKETS = 1_000
MAX_ARGS_CHARS = 21_000
MAX_SPOT_ARGS = 10
# Not documented; larger requests were seen to end the connection.
MAX_ARGS = 500
IDLE_S = 600.0
_NOTICE_S = 60.0
_STATUS = "misc/status"
_EARLY_EVERY = 8


class Refused(Exception):
    """A request that is refused as a whole."""


class BybitSockets:
    """Serves the URLs of all categories."""

    def __init__(self, root: Root, shelf: Shelf, cascades: Cascades) -> None:
        self.root = root
        self.shelf = shelf
        self.cascades = cascades
        self._numbers = itertools.count(1)

    async def linear(self, websocket: WebSocket) -> None:
        """Contracts."""
        await self._serve(websocket, LINEAR)

    async def spot(self, websocket: WebSocket) -> None:
        """Spot pairs."""
        await self._serve(websocket, SPOT)

    async def status(self, websocket: WebSocket) -> None:
        """Maintenance."""
        await self._serve(websocket, _STATUS)

    async def _serve(self, websocket: WebSocket, category: str) -> None:
        root, path = self.root, websocket.url.path
        if root.shared.limits and root.stats.open_by_path[path] >= MAX_SOCKETS:
            root.violated(f"{path}: more than {MAX_SOCKETS} connections")
            await websocket.send_denial_response(Response(b"Forbidden", 403))
            return
        serves, market = partial(_serves, category=category), MARKETS.get(category)
        if await admitted(self.root, websocket, NEW_SOCKETS, DIALECT, serves, market):
            number = seed_of("bybit connection", next(self._numbers))
            conn_id = f"{number:020x}-{number & 0xFFFF:04x}"
            await _Conversation(self, websocket, conn_id, category).socket.run()


class _Conversation:
    """What one client says, and what it is told."""

    def __init__(
        self, sockets: BybitSockets, websocket: WebSocket, conn_id: str, category: str
    ) -> None:
        self._root = sockets.root
        self._shelf = sockets.shelf
        self._cascades = sockets.cascades
        self._conn_id = conn_id
        self._category = category
        self._market = MARKETS.get(category)
        self._chars: dict[str, int] = {}
        self.socket = Socket(sockets.root, websocket, self.hear, DIALECT, IDLE_S)
        self.socket.on_fault = self._noticed
        self._makers: dict[str, Callable[[str, Target, Listing], Feed]] = {
            "tickers": self._tickers,
            "orderbook.1": self._book,
            "allLiquidation": self._liquidations,
            **{f"kline.{name}": partial(self._kline, name) for name in INTERVALS},
        }

    # --- requests -----------------------------------------------------------------------

    def hear(self, text: str) -> list[bytes]:
        """The replies to one message of the client."""
        request = request_in(text)
        if request is None:
            return [self._reply("", "error:request is not JSON", None, done=False)]
        op, request_id = request.get("op"), request.get("req_id")
        if op == "ping":
            return self._pong(request_id)
        if op not in ("subscribe", "unsubscribe"):
            return [self._reply(str(op), "error:unknown op", request_id, done=False)]
        try:
            topics = self._topics(request.get("args"))
            heard = self._subscribed if op == "subscribe" else self._unsubscribed
            frames = heard(topics)
        except Refused as refused:
            return [self._reply(op, str(refused), request_id, done=False)]
        said = "subscribe" if self._category == SPOT and op == "subscribe" else ""
        return [self._reply(op, said, request_id, done=True), *frames]

    def _pong(self, request_id: Any) -> list[bytes]:
        serves = partial(_serves, category=self._category)
        if whole_socket(self._root, "no_pong", self.socket.path, serves, self._market):
            return []
        return [self._reply("ping", "pong", request_id, done=True)]

    def _reply(self, op: str, message: str, request_id: Any, *, done: bool) -> bytes:
        body = {
            "success": done,
            "ret_msg": message,
            "conn_id": self._conn_id,
            "req_id": "" if request_id is None else str(request_id),
            "op": op,
        }
        return msgspec.json.encode(body)

    def _topics(self, args: Any) -> list[str]:
        if not isinstance(args, list) or not args:
            raise Refused("error:args is empty")
        if not all(isinstance(topic, str) for topic in args):
            raise Refused("error:args must be strings")
        if self._category == SPOT and len(args) > MAX_SPOT_ARGS:
            self._root.violated("socket: more than 10 args in a request of spot")
            raise Refused("args size >10")
        if len(args) > MAX_ARGS:
            raise Closed(ABNORMAL, "a request is too large")
        return args

    def _unsubscribed(self, topics: list[str]) -> list[bytes]:
        for topic in topics:
            self.socket.remove((topic,))
            self._chars.pop(topic, None)
        return []

    def _subscribed(self, topics: list[str]) -> list[bytes]:
        """All of them or none."""
        feeds: dict[str, Feed] = {}
        for topic in topics:
            if (topic,) in self.socket.feeds or topic in feeds:
                raise Refused(f"error:already subscribed,topic:{topic}")
            feeds[topic] = self._feed(topic)
        self._chars |= {topic: len(topic) + 3 for topic in topics}
        if self._root.shared.limits and sum(self._chars.values()) > MAX_ARGS_CHARS:
            for topic in topics:
                del self._chars[topic]
            self._root.violated("socket: args longer than 21,000 characters")
            raise Refused("error:the length of args exceeds 21000")
        return [one for topic, feed in feeds.items() for one in self.socket.add((topic,), feed)]

    def _noticed(self, fault: Fault) -> list[bytes]:
        """Maintenance has no notice here, but on the status socket; the others are just cut."""
        if fault.kind != "maintenance_notice" or fault.market not in (None, self._market):
            return []
        delay_s = _NOTICE_S if fault.delay_s is None else fault.delay_s
        if self._category != _STATUS:
            self.socket.close_later(delay_s, ABNORMAL, "service upgrade")
            return []
        if not self.socket.feeds:
            return []
        now_ms = self._root.shared.clock.now_ms()
        data = [maintenance_row(now_ms, delay_s)]
        return [msgspec.json.encode({"topic": "system.status", "ts": now_ms, "data": data})]

    # --- feeds --------------------------------------------------------------------------

    def _feed(self, topic: str) -> Feed:
        if self._category == _STATUS:
            if topic == "system.status":
                return QuietFeed(target_of_topic(topic, None, ""))
            raise _no_such(topic)
        name, _, symbol = topic.rpartition(".")
        maker = self._makers.get(name)
        now_ms = self._root.shared.clock.now_ms()
        listing = self._shelf.find(self._category, symbol, now_ms)
        if maker is None or listing is None or not is_traded(listing):
            raise _no_such(topic)
        if self._root.shared.faults.delisted(self._root.exchange, listing.market, symbol):
            raise _no_such(topic)
        return maker(topic, target_of_topic(topic, listing.market, symbol), listing)

    def _tickers(self, topic: str, target: Target, listing: Listing) -> Feed:
        rate = self._root.shared.rate
        if listing.derived is None:
            return SpotTickerFeed(topic, target, listing, rate)
        feed = LinearTickerFeed(topic, target, listing, listing.derived, rate)
        feed.is_early = seed_of(self._conn_id, topic) % _EARLY_EVERY == 0
        return feed

    def _book(self, topic: str, target: Target, listing: Listing) -> Feed:
        return BookFeed(topic, target, listing, self._root.shared.rate)

    def _kline(self, name: str, topic: str, target: Target, listing: Listing) -> Feed:
        return KlineFeed(topic, target, listing, (name, INTERVALS[name]))

    def _liquidations(self, topic: str, target: Target, listing: Listing) -> Feed:
        if listing.derived is None:
            raise _no_such(topic)
        return LiquidationFeed(topic, target, listing, self._cascades)


def _no_such(topic: str) -> Refused:
    return Refused(f"error:handler not found,topic:{topic}")


def _serves(channel: str, *, category: str) -> bool:
    """Spot has less than contracts have; maintenance has a socket of its own."""
    family = family_of(channel)
    if category == _STATUS:
        return family == "status"
    return family != "status" and (category == LINEAR or family not in PERP_ONLY)
