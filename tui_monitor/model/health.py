"""How the connections to the exchanges do: what the lights and the system board show."""

from enum import StrEnum

from msgspec import Struct

from tui_monitor.model.market import Exchange, Market, Source


class FeedState(StrEnum):
    """What a light on the status line says."""

    STARTING = "starting"
    LIVE = "live"
    BRIDGED = "bridged"
    SILENT = "silent"
    DOWN = "down"
    BANNED = "banned"
    FAILED = "failed"
    OFF = "off"


class ChannelHealth(Struct, frozen=True, kw_only=True):
    """How one supervised channel does: one kind of data of one market, on one socket or polled.

    A second socket for the same channel is `tickers#2`. `age_ms` is since the last **data**
    arrived by any way; `source` says which way it comes now. `reason` is empty while all is well.
    `until_ms` is when a state that ends by itself is over (BANNED), else None. `quiet`: its
    silence is no trouble (liquidations), a companion on the same socket tells whether it lives.
    `polled`: REST is its regular way, `every_s` apart. `topics` is how many subscriptions the
    socket was asked for in this channel's name.
    """

    exchange: Exchange
    market: Market
    channel: str
    state: FeedState
    source: Source | None
    since_ms: int
    age_ms: int | None
    reason: str
    messages: int
    reconnects: int
    last_error: str
    until_ms: int | None = None
    quiet: bool = False
    polled: bool = False
    every_s: float | None = None
    host: str = ""
    topics: int = 0


_KINDS = {"watched": "chosen coins", "pulse": "heartbeat"}


def channel_words(channel: str) -> str:
    """What a reader calls a channel: `chosen coins#2` for `watched#2`."""
    kind = channel.partition("#")[0].partition(" ")[0]
    return _KINDS.get(kind, kind) + channel[len(kind) :]


class LimitUse(Struct, frozen=True, kw_only=True):
    """What we have taken of one limit of an exchange, in its running window.

    `allowed` is what we allow ourselves, `documented` what the exchange does.
    """

    name: str
    used: float
    allowed: float
    documented: float
    window_s: float


class MarketList(Struct, frozen=True, kw_only=True):
    """The list of instruments of one exchange and market.

    `instruments` counts the live ones (None: no list yet), `rows` those with a price. `read_ms`
    is when the exchange gave the list; `stale`: the last refresh failed, an older list is kept.
    """

    market: Market
    instruments: int | None
    rows: int
    read_ms: int | None
    stale: bool
    example: str
    error: str = ""


class ExchangeHealth(Struct, frozen=True, kw_only=True):
    """Everything about one exchange. `clock_skew_ms` is its clock minus ours (None: not known)."""

    exchange: Exchange
    enabled: bool
    host: str
    round_trip_ms: float | None
    clock_skew_ms: float | None
    banned_until_ms: int | None
    markets: list[MarketList]
    channels: list[ChannelHealth]
    limits: list[LimitUse]
