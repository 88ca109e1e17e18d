"""Which stream stands on which address, and how many of them one socket may carry.

Since 2026-04-23 `fstream` serves `/market` and `/public` apart; a stream that is asked for on
the other's path, on the old one, or in upper case is acknowledged and stays silent for ever
("Important WebSocket Change Notice"). So nothing here lets a topic be asked for anywhere else.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from tui_monitor.config import Binance
from tui_monitor.feeds.adapter import RequestLimit, Subscription
from tui_monitor.model import Market

# The 1025th stream closes the socket with all the others; 80 % of 1024.
MAX_STREAMS = 1024
STREAMS_A_SOCKET = 819
# 200 names in one SUBSCRIBE are known to be taken.
NAMES_A_REQUEST = 200
# Documented: futures 10, spot 5 messages a second, pings and pongs counted. 80 % of that, less
# one of each.
REQUESTS = {Market.PERP: RequestLimit(6, 1.0), Market.SPOT: RequestLimit(2, 1.0)}


class Route(StrEnum):
    """The part of an address that decides which streams speak."""

    MARKET = "/market"
    PUBLIC = "/public"
    SPOT = ""


_KLINE = "kline_"
# Channels as `Subscription.channel` has them. Those with "!" are for all symbols at once.
_ROUTES: dict[Market, dict[str, Route]] = {
    Market.PERP: {
        "!ticker@arr": Route.MARKET,
        "!miniTicker@arr": Route.MARKET,
        "!markPrice@arr": Route.MARKET,
        "!markPrice@arr@1s": Route.MARKET,
        "!forceOrder@arr": Route.MARKET,
        "!contractInfo": Route.MARKET,
        "ticker": Route.MARKET,
        "miniTicker": Route.MARKET,
        "markPrice": Route.MARKET,
        "markPrice@1s": Route.MARKET,
        "forceOrder": Route.MARKET,
        _KLINE: Route.MARKET,
        "!bookTicker": Route.PUBLIC,
        "bookTicker": Route.PUBLIC,
    },
    Market.SPOT: {
        "!miniTicker@arr": Route.SPOT,
        "miniTicker": Route.SPOT,
        "ticker": Route.SPOT,
        "bookTicker": Route.SPOT,
        _KLINE: Route.SPOT,
    },
}
_BARS = frozenset({
    "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M",
})  # fmt: skip
# The exchange lists coins with Chinese names: only ASCII letters have a lower case there.
_LOWER = str.maketrans({letter: letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})


class Endpoints(Struct, frozen=True, kw_only=True):
    """Where one market is (`feeds.http.RestSettings`), its streams too.

    `paced` False: no limits are kept (a loopback server only).
    """

    rest_url: str
    stream_url: str
    proxy: str = ""
    paced: bool = True

    def socket_url(self, route: Route) -> str:
        """The address of a socket whose frames carry their stream's name."""
        return f"{self.stream_url.rstrip('/')}{route.value}/stream"


def endpoints(settings: Binance, market: Market) -> Endpoints:
    """Where the configuration says that a market is."""
    is_perp = market is Market.PERP
    return Endpoints(
        rest_url=settings.futures_rest_url if is_perp else settings.spot_rest_url,
        stream_url=settings.futures_ws_url if is_perp else settings.spot_ws_url,
        proxy=settings.proxy,
        paced=settings.paced,
    )


class Socket(NamedTuple):
    """What one socket is opened for."""

    route: Route
    topics: tuple[Subscription, ...]


def route_of(market: Market, topic: Subscription) -> Route:
    """Where a topic is served. Raises ValueError for one that no socket serves.

    Spot's `!ticker@arr` is retired (2026-03-26): it would be acknowledged and silent.
    """
    channel, _, bar = topic.channel.partition(_KLINE)
    name = _KLINE if not channel and bar in _BARS else topic.channel
    route = _ROUTES[market].get(name)
    if route is None or name.startswith("!") is bool(topic.symbol):
        raise ValueError(f"{topic} is no stream of Binance {market.value}")
    return route


def stream_name(topic: Subscription) -> str:
    """As Binance writes it: `btcusdt@kline_30m`, `!ticker@arr`."""
    if not topic.symbol:
        return topic.channel
    return f"{topic.symbol.translate(_LOWER)}@{topic.channel}"


def sockets(market: Market, wanted: Sequence[Subscription]) -> list[Socket]:
    """The fewest sockets that may carry everything wanted, in its order."""
    by_route: dict[Route, list[Subscription]] = {}
    for topic in wanted:
        by_route.setdefault(route_of(market, topic), []).append(topic)
    return [
        Socket(route, tuple(topics[begin : begin + STREAMS_A_SOCKET]))
        for route, topics in by_route.items()
        for begin in range(0, len(topics), STREAMS_A_SOCKET)
    ]
