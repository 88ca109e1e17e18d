"""What the endpoint puts up with: sizes, times and counts."""

from msgspec import Struct

MAX_ROWS = 5_000


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
