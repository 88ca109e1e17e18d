"""Bitget's public sockets: v2 (channels) and v3 (topics), each for all products."""

import itertools
from functools import partial
from typing import Any, NamedTuple

import msgspec
from starlette.responses import Response
from starlette.websockets import WebSocket

from tui_monitor.simulator.bitget import rows
from tui_monitor.simulator.bitget.bars import FUTURES_BARS, V3_BARS
from tui_monitor.simulator.bitget.catalog import (
    FUTURES,
    MARKETS,
    SPOT,
    USDT,
    is_traded,
)
from tui_monitor.simulator.bitget.channels import (
    Arg,
    BookFeed,
    CandleFeed,
    LiquidationFeed,
    SteadyFeed,
    ticker_v2,
)
from tui_monitor.simulator.bitget.targets import DIALECT, also, family_of
from tui_monitor.simulator.cascades import Cascades
from tui_monitor.simulator.faults import Fault, Target
from tui_monitor.simulator.limits import Limit, Windows
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

NEW_SOCKETS = Limit(300, 300)
MAX_SOCKETS = 100
SUBSCRIPTIONS = Limit(240, 3_600)
MESSAGES = Limit(10, 1)
MAX_CHANNELS = 1_000
MAX_CLASSIC_BYTES = 4_096
# Not documented; larger frames were seen to end the connection.
MAX_UNIFIED_ARGS = 24
PING_WITHIN_S = 125.0
LIFETIME_S = 86_400.0
# Only pings keep a connection; data alone does not.
_IDLE_S = 2 * LIFETIME_S
_NOTICE_S = 60.0
_CLASSIC_TICKER_MS = 105
_UNIFIED_TICKER_MS = 300


class Tongue(NamedTuple):
    """How a generation names things."""

    version: int
    topic: str
    symbol: str
    products: dict[str, str]


CLASSIC = Tongue(2, "channel", "instId", {name: name for name in (*FUTURES, SPOT)})
UNIFIED = Tongue(3, "topic", "symbol", {name.lower(): name for name in (*FUTURES, SPOT)})


class Refused(Exception):
    """An argument that is answered with an error event."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BitgetSockets:
    """Serves both URLs."""

    def __init__(self, root: Root, shelf: Shelf, cascades: Cascades) -> None:
        self.root = root
        self.shelf = shelf
        self.cascades = cascades
        self._numbers = itertools.count(1)

    async def classic(self, websocket: WebSocket) -> None:
        """v2."""
        await self._serve(websocket, CLASSIC)

    async def unified(self, websocket: WebSocket) -> None:
        """v3."""
        await self._serve(websocket, UNIFIED)

    async def _serve(self, websocket: WebSocket, tongue: Tongue) -> None:
        root = self.root
        if root.shared.limits and root.stats.open >= MAX_SOCKETS:
            root.violated(f"{websocket.url.path}: more than {MAX_SOCKETS} connections")
            await websocket.send_denial_response(Response(b"Too Many Requests", 429))
            return
        serves = partial(_serves, tongue=tongue)
        if await admitted(root, websocket, NEW_SOCKETS, DIALECT, serves):
            conn_id = f"{seed_of('bitget connection', next(self._numbers)):016x}"
            await _Conversation(self, websocket, conn_id, tongue).socket.run()


class _Conversation:
    """What one client says, and what it is told."""

    def __init__(
        self, sockets: BitgetSockets, websocket: WebSocket, conn_id: str, tongue: Tongue
    ) -> None:
        self._root = sockets.root
        self._shelf = sockets.shelf
        self._cascades = sockets.cascades
        self._conn_id = conn_id
        self._tongue = tongue
        self._windows = Windows()
        self.socket = Socket(sockets.root, websocket, self.hear, DIALECT, _IDLE_S)
        self.socket.on_fault = self._noticed
        self._ends_s = self._now_s() + LIFETIME_S
        self._stay()

    def _now_s(self) -> float:
        return self._root.shared.clock.monotonic_s()

    def _stay(self) -> None:
        """From now, a ping is due within two minutes."""
        left_s = min(PING_WITHIN_S, self._ends_s - self._now_s())
        self.socket.close_later(left_s, ABNORMAL, "no ping")

    # --- requests -----------------------------------------------------------------------

    def hear(self, text: str) -> list[bytes]:
        """The replies to one message of the client."""
        if not self._within(MESSAGES, "messages"):
            raise Closed(ABNORMAL, "too many messages")
        if text == "ping":
            return self._pong()
        request = request_in(text)
        op = None if request is None else request.get("op")
        if request is None or op not in ("subscribe", "unsubscribe"):
            return [self._error(30002, "Unrecognized request", None, str(op or ""))]
        args = request.get("args")
        if not isinstance(args, list) or not args:
            return [self._error(30002, "Unrecognized request", None, str(op))]
        self._refuse_large(text, args)
        if op == "subscribe" and not self._within(SUBSCRIPTIONS, "subscribe requests"):
            return [self._error(30006, "Too many requests", None, op)]
        return [reply for arg in args for reply in self._heard(str(op), arg)]

    def _pong(self) -> list[bytes]:
        self._stay()
        serves = partial(_serves, tongue=self._tongue)
        quiet = whole_socket(self._root, "no_pong", self.socket.path, serves)
        return [] if quiet else [b"pong"]

    def _within(self, limit: Limit, what: str) -> bool:
        if not self._root.shared.limits or self._windows.allow((what,), limit, self._now_s()):
            return True
        self._root.violated(f"socket: more than {limit.text()} {what}")
        return False

    def _refuse_large(self, text: str, args: list[Any]) -> None:
        if self._tongue is UNIFIED and len(args) > MAX_UNIFIED_ARGS:
            self._root.violated(f"socket: a request of more than {MAX_UNIFIED_ARGS} args")
            raise Closed(ABNORMAL, "a request is too large")
        if self._tongue is CLASSIC and len(text.encode(errors="replace")) > MAX_CLASSIC_BYTES:
            self._root.violated(f"socket: a request longer than {MAX_CLASSIC_BYTES} bytes")
            raise Closed(ABNORMAL, "a request is too large")

    def _heard(self, op: str, arg: Any) -> list[bytes]:
        """One argument's acknowledgement (or error), then the first frames of its feed."""
        if not isinstance(arg, dict):
            return [self._error(30002, "Unrecognized request", None, op)]
        plain_arg = {str(name): str(value) for name, value in arg.items()}
        key = tuple(f"{name}={plain_arg[name]}" for name in sorted(plain_arg))
        try:
            feed = self._feed(plain_arg)
            if op == "subscribe" and len(self.socket.feeds) >= MAX_CHANNELS:
                self._root.violated(f"socket: more than {MAX_CHANNELS} channels")
                raise Refused(30006, "Too many channels")
        except Refused as refused:
            return [self._error(refused.code, refused.message, plain_arg, op)]
        ack: dict[str, Any] = {"event": op, "arg": arg}
        if self._tongue is UNIFIED:
            ack["connId"] = self._conn_id
        if op == "unsubscribe":
            self.socket.remove(key)
            return [msgspec.json.encode(ack)]
        return [msgspec.json.encode(ack), *self.socket.add(key, feed)]

    def _error(self, code: int, message: str, arg: Arg | None, op: str) -> bytes:
        """v3's doesn't say which argument it is about, but in its text."""
        body: dict[str, Any] = {"event": "error", "code": code, "msg": message}
        if self._tongue is UNIFIED:
            return msgspec.json.encode({**body, "connId": self._conn_id})
        if arg is not None:
            body = {"event": "error", "arg": arg, "code": code, "msg": message}
        return msgspec.json.encode({**body, "op": op})

    def _noticed(self, fault: Fault) -> list[bytes]:
        """An upgrade cuts without a word."""
        if fault.kind == "maintenance_notice":
            delay_s = _NOTICE_S if fault.delay_s is None else fault.delay_s
            self._ends_s = self._now_s() + delay_s
            self._stay()
        return []

    # --- feeds --------------------------------------------------------------------------

    def _feed(self, arg: Arg) -> Feed:
        tongue = self._tongue
        topic, symbol = arg.get(tongue.topic, ""), arg.get(tongue.symbol, "")
        product = tongue.products.get(arg.get("instType", ""))
        family = family_of(topic)
        if family is None or (family == "liquidations" and tongue is CLASSIC):
            raise Refused(30016, "Param error")
        if product is None:
            raise self._no_such(arg)
        market = MARKETS.get(product)
        target = Target(
            market=market,
            channel=topic,
            family=family,
            also=also(market, family),
            symbol=symbol or None,
        )
        if family == "liquidations":
            if symbol or product == SPOT:
                raise Refused(30016, "Param error")
            if product != USDT:
                return QuietFeed(target)
            return LiquidationFeed(arg, target, self._shelf, self._cascades)
        listing = self._listing(arg, product, symbol)
        if listing is None:
            # A real symbol of another product is acknowledged, and silent.
            return QuietFeed(target)
        return self._feed_of(arg, target, listing)

    def _feed_of(self, arg: Arg, target: Target, listing: Listing) -> Feed:
        rate = self._root.shared.rate
        if target.family == "candles":
            return self._candles(arg, target, listing)
        if target.family == "book":
            names = ("a", "b") if self._tongue is UNIFIED else ("asks", "bids")
            return BookFeed(arg, target, listing, names, rate)
        if self._tongue is UNIFIED:
            period_ms = max(20, int(_UNIFIED_TICKER_MS / rate))
            return SteadyFeed(arg, target, listing, period_ms, rows.pushed_v3)
        period_ms = max(20, int(_CLASSIC_TICKER_MS / rate))
        return SteadyFeed(arg, target, listing, period_ms, ticker_v2)

    def _candles(self, arg: Arg, target: Target, listing: Listing) -> Feed:
        if self._tongue is UNIFIED:
            timeframe = V3_BARS.get(arg.get("interval", ""))
            if timeframe is None or arg["topic"] != "kline":
                raise Refused(30016, "Param error")
            return CandleFeed(arg, target, listing, timeframe, rows.kline)
        timeframe = FUTURES_BARS.get(arg["channel"].removeprefix("candle"))
        if timeframe is None:
            raise Refused(30016, "Param error")
        return CandleFeed(arg, target, listing, timeframe, partial(_row_of_eight))

    def _listing(self, arg: Arg, product: str, symbol: str) -> Listing | None:
        """The symbol of the product; None for a real symbol that stands elsewhere."""
        shared = self._root.shared
        now_ms = shared.clock.now_ms()
        bare = symbol.removesuffix("_CM") if self._tongue is UNIFIED else symbol
        listing = self._shelf.find(product, bare, now_ms)
        if listing is not None and is_traded(listing):
            if not shared.faults.delisted(self._root.exchange, listing.market, bare):
                return listing
            raise self._no_such(arg)
        if any(self._shelf.find(other, bare, now_ms) for other in (*FUTURES, SPOT)):
            return None
        raise self._no_such(arg)

    def _no_such(self, arg: Arg) -> Refused:
        if self._tongue is UNIFIED:
            names = {name: arg[name] for name in sorted(arg)}
            return Refused(30001, f"{msgspec.json.encode(names).decode()} doesn't exist")
        said = ",".join(f"{name}:{value}" for name, value in arg.items())
        return Refused(30001, f"{said},precision:null doesn't exist")


def _row_of_eight(listing: Listing, open_ms: int, bar: Any) -> list[str]:
    return rows.candle(listing, open_ms, bar, 8)


def _serves(channel: str, *, tongue: Tongue) -> bool:
    """Liquidations are of v3 only."""
    return tongue is UNIFIED or (family_of(channel) or channel) != "liquidations"
