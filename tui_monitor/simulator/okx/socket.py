"""OKX's sockets /public and /business: requests, acknowledgements, errors, notices."""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from starlette.websockets import WebSocket

from tui_monitor.simulator.cascades import Cascades
from tui_monitor.simulator.derivatives import Perpetual
from tui_monitor.simulator.faults import Fault, Target
from tui_monitor.simulator.limits import Limit, Windows
from tui_monitor.simulator.noise import seed_of
from tui_monitor.simulator.okx import rows
from tui_monitor.simulator.okx.bars import BARS
from tui_monitor.simulator.okx.catalog import FUTURES, SPOT, SWAP, Catalog, Listing
from tui_monitor.simulator.okx.channels import (
    Arg,
    CandleFeed,
    InstrumentsFeed,
    LiquidationFeed,
    PeriodicFeed,
    TickerFeed,
    frame,
)
from tui_monitor.simulator.okx.rest import has_funding, maintenance_row
from tui_monitor.simulator.okx.targets import DIALECT, market_of_symbol
from tui_monitor.simulator.pushes import QuietFeed
from tui_monitor.simulator.shared import Root
from tui_monitor.simulator.sockets import Feed, Socket, admitted, request_in, whole_socket

NEW_SOCKETS = Limit(3, 1)
REQUESTS = Limit(480, 3_600)
MAX_REQUEST_BYTES = 65_536
IDLE_S = 30.0
_NOTICE_S = 60.0

_WRONG = (
    "Wrong URL or channel:{channel}, {where} doesn't exist. Please use the correct URL, channel "
    "and parameters referring to API document."
)
_MIGRATED = (
    "This channel has been migrated to the '/business' URL. Please subscribe using the new URL."
)
_NOT_BUSINESS = (
    'This channel is not supported by "/business" URL. Please use "/private" URL(for private '
    'channels), or "/public" URL(for public channels).'
)
_NO_ULY = "Subscription parameter uly is unavailable anymore. Please replace uly with instFamily."
_UPGRADE = "The connection will soon be closed for a service upgrade. Please reconnect."

# Channel to our word for it.
_FAMILIES = {
    "tickers": "tickers",
    "mark-price": "mark",
    "index-tickers": "index",
    "funding-rate": "funding",
    "open-interest": "open_interest",
    "instruments": "instruments",
    "status": "status",
    "liquidation-orders": "liquidations",
}


class Refused(Exception):
    """An argument that is answered with an error event."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class OkxSockets:
    """Serves both URLs."""

    def __init__(self, root: Root, catalog: Catalog, cascades: Cascades) -> None:
        self.root = root
        self.catalog = catalog
        self.cascades = cascades
        self._numbers = itertools.count(1)

    async def public(self, websocket: WebSocket) -> None:
        """All but candles."""
        await self._serve(websocket, is_business=False)

    async def business(self, websocket: WebSocket) -> None:
        """Candles."""
        await self._serve(websocket, is_business=True)

    async def _serve(self, websocket: WebSocket, *, is_business: bool) -> None:
        serves = partial(_serves, is_business=is_business)
        if await admitted(self.root, websocket, NEW_SOCKETS, DIALECT, serves):
            conn_id = f"{seed_of('connection', next(self._numbers)) >> 32:08x}"
            await _Conversation(self, websocket, conn_id, is_business=is_business).socket.run()


class _Conversation:
    """What one client says, and what it is told."""

    def __init__(
        self, sockets: OkxSockets, websocket: WebSocket, conn_id: str, *, is_business: bool
    ) -> None:
        self._root = sockets.root
        self._catalog = sockets.catalog
        self._cascades = sockets.cascades
        self._conn_id = conn_id
        self._is_business = is_business
        self._requests = Windows()
        self.socket = Socket(sockets.root, websocket, self.hear, DIALECT, IDLE_S)
        self.socket.on_fault = self._noticed
        self._makers: dict[str, Callable[[Arg, Target], Feed]] = {
            "tickers": self._tickers,
            "mark-price": self._mark_price,
            "index-tickers": self._index_tickers,
            "funding-rate": self._funding_rate,
            "open-interest": self._open_interest,
            "instruments": self._instruments,
            "status": lambda _, target: QuietFeed(target),
            "liquidation-orders": self._liquidation_orders,
        }

    # --- requests -----------------------------------------------------------------------

    def hear(self, text: str) -> list[bytes]:
        """The replies to one message of the client."""
        if text == "ping":
            serves = partial(_serves, is_business=self._is_business)
            quiet = whole_socket(self._root, "no_pong", self.socket.path, serves)
            return [] if quiet else [b"pong"]
        request = request_in(text)
        if request is None:
            return [self._error("60012", f"Invalid request: {text[:200]}", None)]
        request_id = request.get("id")
        refusal = self._refusal(text, request)
        if refusal is not None:
            return [self._error(refusal.code, refusal.message, request_id)]
        replies: list[bytes] = []
        for arg in request["args"]:
            replies += self._heard(request["op"], arg, request_id)
        return replies

    def _refusal(self, text: str, request: dict[str, Any]) -> Refused | None:
        if request.get("op") not in ("subscribe", "unsubscribe"):
            return Refused("60012", f"Invalid request: {text[:200]}")
        args = request.get("args")
        if not isinstance(args, list) or not args:
            return Refused("60013", "Invalid args")
        if len(msgspec.json.encode(args)) > MAX_REQUEST_BYTES:
            self._root.violated("socket: arguments longer than 64 KB")
            return Refused("60013", "Invalid args: the length exceeds 64 KB")
        now_s = self._root.shared.clock.monotonic_s()
        if self._root.shared.limits and not self._requests.allow((), REQUESTS, now_s):
            self._root.violated("socket: more than 480 requests an hour")
            return Refused("60014", "Requests too frequent")
        self._count_args(len(args))
        return None

    def _count_args(self, count: int) -> None:
        """The page doesn't say whether the 480 are frames or arguments: too many are noted."""
        now_s = self._root.shared.clock.monotonic_s()
        allowed = [self._requests.allow(("args",), REQUESTS, now_s) for _ in range(count)]
        if self._root.shared.limits and not all(allowed):
            self._root.violated("socket: more than 480 arguments an hour")

    def _heard(self, op: str, arg: Any, request_id: Any) -> list[bytes]:
        """One argument's acknowledgement (or error), then the first frames of its feed."""
        try:
            if not isinstance(arg, dict) or not isinstance(arg.get("channel"), str):
                raise Refused("60013", "Invalid args")
            plain_arg = {str(name): str(value) for name, value in arg.items()}
            key = tuple(f"{name}={plain_arg[name]}" for name in sorted(plain_arg))
            feed = self._feed(plain_arg)
        except Refused as refused:
            return [self._error(refused.code, refused.message, request_id)]
        ack = self._event({"event": op, "arg": arg, "connId": self._conn_id}, request_id)
        if op == "unsubscribe":
            self.socket.remove(key)
            return [ack]
        return [ack, *self.socket.add(key, feed)]

    def _event(self, body: dict[str, Any], request_id: Any) -> bytes:
        if request_id is not None:
            body = {"id": str(request_id), **body}
        return msgspec.json.encode(body)

    def _error(self, code: str, message: str, request_id: Any) -> bytes:
        body = {"event": "error", "msg": message, "code": code, "connId": self._conn_id}
        return self._event(body, request_id)

    def _noticed(self, fault: Fault) -> list[bytes]:
        """The notice before an upgrade: on /public only."""
        if fault.kind != "maintenance_notice" or self._is_business:
            return []
        delay_s = _NOTICE_S if fault.delay_s is None else fault.delay_s
        self.socket.close_later(delay_s, 1001, "service upgrade")
        notice = {"event": "notice", "code": "64008", "msg": _UPGRADE, "connId": self._conn_id}
        frames = [msgspec.json.encode(notice)]
        if ("channel=status",) in self.socket.feeds:
            status = maintenance_row(self._root.shared.clock.now_ms(), delay_s)
            frames.insert(0, frame({"channel": "status"}, [status]))
        return frames

    # --- feeds --------------------------------------------------------------------------

    def _feed(self, arg: Arg) -> Feed:
        channel = arg["channel"]
        if "uly" in arg:
            raise Refused("64000", _NO_ULY)
        is_candle = channel.startswith("candle") and channel.removeprefix("candle") in BARS
        if self._is_business and channel in self._makers:
            raise Refused("64002", _NOT_BUSINESS)
        if is_candle and not self._is_business:
            raise Refused("64001", _MIGRATED)
        inst_id = arg.get("instId")
        market = market_of_symbol(inst_id or "", arg.get("instType", ""))
        if is_candle:
            target = Target(market=market, channel=channel, family="candles", symbol=inst_id)
            timeframe = BARS[channel.removeprefix("candle")]
            return CandleFeed(arg, target, self._listing(arg), timeframe)
        maker = self._makers.get(channel)
        if maker is None:
            raise self._wrong(arg)
        family = _FAMILIES[channel]
        return maker(arg, Target(market=market, channel=channel, family=family, symbol=inst_id))

    def _wrong(self, arg: Arg) -> Refused:
        where = ",".join(f"{name}:{value}" for name, value in arg.items() if name != "channel")
        return Refused("60018", _WRONG.format(channel=arg["channel"], where=where))

    def _listing(self, arg: Arg) -> Listing:
        shared, inst_id = self._root.shared, arg.get("instId", "")
        listing = self._catalog.find(inst_id, shared.clock.now_ms())
        if listing is None or shared.faults.delisted(self._root.exchange, listing.market, inst_id):
            raise self._wrong(arg)
        return listing

    def _contract(self, arg: Arg) -> tuple[Listing, Perpetual]:
        listing = self._listing(arg)
        if listing.derived is None:
            raise self._wrong(arg)
        return listing, listing.derived

    def _tickers(self, arg: Arg, target: Target) -> Feed:
        listing = self._listing(arg)
        if listing.state(self._root.shared.clock.now_ms()) == "preopen":
            return QuietFeed(target)
        return TickerFeed(arg, target, listing, self._root.shared.rate)

    def _mark_price(self, arg: Arg, target: Target) -> Feed:
        listing, derived = self._contract(arg)
        return PeriodicFeed(
            arg,
            target,
            (self._paced(1_000), 10_000),
            "markPx",
            lambda now_ms: rows.mark_price(listing, derived, now_ms),
        )

    def _index_tickers(self, arg: Arg, target: Target) -> Feed:
        inst_id = arg.get("instId", "")
        index = self._catalog.index(inst_id)
        if index is None:
            raise self._wrong(arg)
        # An index belongs to the perpetuals here.
        target = Target(market="perp", channel=target.channel, family=target.family, symbol=inst_id)
        return PeriodicFeed(
            arg,
            target,
            (self._paced(1_000), 60_000),
            "idxPx",
            lambda now_ms: rows.index_ticker(inst_id, index, now_ms),
        )

    def _funding_rate(self, arg: Arg, target: Target) -> Feed:
        listing, derived = self._contract(arg)
        if not has_funding(listing):
            raise self._wrong(arg)
        return PeriodicFeed(
            arg,
            target,
            (self._paced(60_000), 0),
            "ts",
            lambda now_ms: rows.funding_rate(listing, derived, now_ms),
        )

    def _open_interest(self, arg: Arg, target: Target) -> Feed:
        listing, derived = self._contract(arg)
        return PeriodicFeed(
            arg,
            target,
            (3_000, 3_600_000),
            "oi",
            lambda now_ms: rows.open_interest(listing, derived, now_ms),
        )

    def _paced(self, period_ms: int) -> int:
        return max(200, int(period_ms / self._root.shared.rate))

    def _instruments(self, arg: Arg, target: Target) -> Feed:
        if arg.get("instType") not in (SPOT, SWAP, FUTURES):
            raise self._wrong(arg)
        return InstrumentsFeed(arg, target, self._root, self._catalog)

    def _liquidation_orders(self, arg: Arg, target: Target) -> Feed:
        kind = arg.get("instType")
        if kind not in (SWAP, FUTURES, "MARGIN", "OPTION") or "instId" in arg:
            raise self._wrong(arg)
        if kind != SWAP:
            return QuietFeed(target)
        return LiquidationFeed(arg, target, self._cascades)


def _serves(channel: str, *, is_business: bool) -> bool:
    """Candles are on /business, all else on /public."""
    return channel.startswith("candle") is is_business
