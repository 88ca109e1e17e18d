"""What an exchange's adapter must do, and what it may say besides market events.

An adapter owns no socket and knows no time: it says what to send, turns received bytes into
events, and gives errors a meaning. `connection.py` carries, `supervisor.py` decides.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from tui_monitor.model import Exchange, Instrument, MarketEvent


class Subscription(NamedTuple):
    """One topic: the exchange's channel name and its symbol (or what it takes instead)."""

    channel: str
    symbol: str = ""


class Request(NamedTuple):
    """One frame to send, and the subscriptions it asks for."""

    frame: str
    asks_for: tuple[Subscription, ...]


class Heartbeat(NamedTuple):
    """A ping that the client owes: sent after `idle_s` without a frame from the exchange.

    Without any frame for `patience_s` after it, the socket is dead. With `every_s` it is also
    sent that long after the last one, however much data flows: some exchanges count pings.
    """

    frame: str
    idle_s: float
    patience_s: float
    every_s: float | None = None


class RequestLimit(NamedTuple):
    """At most `requests` frames from us in any `window_s` seconds."""

    requests: int
    window_s: float


class Control(Struct, frozen=True, kw_only=True):
    """Base of everything that is not market data."""


class Ack(Control, frozen=True, kw_only=True):
    """A subscription (or its end) took effect. `subscription` None: some other request did."""

    subscription: Subscription | None
    ended: bool = False


class Rejected(Control, frozen=True, kw_only=True):
    """The exchange refused. Without a `subscription` it did not say which one it meant."""

    code: str
    reason: str
    subscription: Subscription | None = None
    retry: bool = False


class AskAgain(Control, frozen=True, kw_only=True):
    """These were refused together with a topic that was at fault: ask for them again, now."""

    subscriptions: tuple[Subscription, ...]


class GoingAway(Control, frozen=True, kw_only=True):
    """The exchange will close this socket soon and asks us to open another."""

    reason: str


class Notice(Control, frozen=True, kw_only=True):
    """Something a person may want to know: maintenance, a message."""

    text: str
    exchange_ms: int | None = None


class Pong(Control, frozen=True, kw_only=True):
    """The answer to our ping: the socket lives. It is not data."""


class Ignored(Control, frozen=True, kw_only=True):
    """Understood, and of no use to us."""

    reason: str
    symbol: str | None = None
    exchange_ms: int | None = None


class Damaged(Control, frozen=True, kw_only=True):
    """One item of a message that can't be used; the rest of the message is not touched."""

    reason: str
    symbol: str | None = None


class Listed(Control, frozen=True, kw_only=True):
    """An instrument's definition, new or changed."""

    instrument: Instrument
    exchange_ms: int | None = None


Event = MarketEvent | Control


class Adapter(Protocol):
    """One exchange's stream protocol."""

    exchange: Exchange
    heartbeat: Heartbeat | None
    request_limit: RequestLimit

    def requests(self, wanted: Sequence[Subscription]) -> list[Request]:
        """Frames that subscribe to everything wanted, each within the exchange's limits."""

    def decode(self, frame: bytes) -> Sequence[Event]:
        """One frame's events. Raises Malformed for bytes that are no message of this exchange."""
