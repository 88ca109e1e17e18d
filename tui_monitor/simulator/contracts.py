"""What is traded: a perpetual, a dated contract or a pair of spot, as the market sees it."""

from typing import NamedTuple


class Contract(NamedTuple):
    """What is traded: how it is counted, and since when.

    `tick_places` and `lot_places`: a tick is 10^-tick_places quote units, a lot 10^-lot_places
    contracts (spot: coins); a contract is 10^size_exponent coins (inverse: USD). `premium`
    shifts the price against the index. `exchange` is named where open interest may change.
    """

    key: str
    coin: str
    tick_places: int
    lot_places: int
    size_exponent: int = 0
    inverse: bool = False
    listed_ms: int = 0
    halted_ms: int | None = None
    premium: float = 0.0
    activity: float = 1.0
    basis: float = 1.0
    exchange: str = ""
