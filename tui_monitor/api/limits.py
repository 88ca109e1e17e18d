"""What the endpoint puts up with: sizes, times and counts."""

from msgspec import Struct

MAX_ROWS = 5_000
# Between two answers of a subscription.
SHORTEST_S = 0.5
LONGEST_S = 60.0


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds of connections, requests and answers; the defaults are the promise."""

    connections: int = 32
    header_bytes: int = 8_192
    header_s: float = 5.0
    body_bytes: int = 65_536
    handler_s: float = 10.0
    idle_s: int = 5
    stalled_s: float = 10.0
    linger_s: float = 1.0
    linger_bytes: int = 1_000_000
    close_s: float = 0.5
    streams: int = 32
    viewers: int = 16
    """Who are attached over the network."""
    subscriptions: int = 8
    """Of one stream."""
    message_bytes: int = 16_384
    """Of what a client sends over a stream."""
    ping_s: float = 20.0
    """A stream is asked so often whether its client is there, which has as long to answer."""
    unsubscribed_s: float = 60.0
    """A stream without a subscription is closed after it."""
