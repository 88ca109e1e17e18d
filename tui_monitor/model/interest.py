"""What is kept of open interest."""

from enum import IntEnum

from msgspec import Struct

from tui_monitor.clock import MINUTE_MS
from tui_monitor.model.market import Exchange

MARK_MS = 5 * MINUTE_MS
"""Open interest is kept at the multiples of this."""


class InterestSource(IntEnum):
    """Whose sample of open interest it is; the numbers are the database's.

    OURS is the live value at the mark, HISTORY the exchange's own record of it, which never
    replaces OURS.
    """

    HISTORY = 1
    OURS = 2


class InterestSample(Struct, frozen=True, kw_only=True, gc=False):
    """Single-sided open interest of one perpetual at a mark.

    `price` is the mark price per coin, or what the exchange's record reckoned USD with; None
    where it was unknown.
    """

    exchange: Exchange
    symbol: str
    coin: str
    at_ms: int
    coins: float
    price: float | None
    source: InterestSource

    @property
    def usd(self) -> float | None:
        """Its value at the price."""
        return None if self.price is None else self.coins * self.price


class InterestStep(Struct, frozen=True, kw_only=True, gc=False):
    """Two neighbouring samples that are so different that it may be by a change of method."""

    exchange: Exchange
    symbol: str
    from_ms: int
    at_ms: int


class SteppedLeg(Struct, frozen=True, kw_only=True, gc=False):
    """A perpetual of the coin that stepped, at both ends of the step; or the one that did."""

    step: InterestStep
    then: InterestSample
    now: InterestSample


class AccountRatio(Struct, frozen=True, kw_only=True, gc=False):
    """The share (0 to 1) of the accounts with a position that are long; not of positions."""

    exchange: Exchange
    symbol: str
    coin: str
    at_ms: int
    long_share: float
