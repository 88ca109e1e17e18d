"""Equal ticker is not the same coin: the words of the quarantine.

`judge` tells the legs of one coin apart, `identity` keeps the verdicts over time.
"""

from enum import StrEnum

from msgspec import Struct

from tui_monitor.model import Exchange, Market


class Doubt(StrEnum):
    """Why a leg may not be the coin that its name says.

    MULTIPLIER: it is a power of ten away from the others, so its multiplier can't be right.
    ANOTHER_COIN: it is outside the band around the others. SETTINGS: `spreads.not_same` says so.
    """

    MULTIPLIER = "multiplier contradicts"
    ANOTHER_COIN = "another coin"
    SETTINGS = "named in spreads.not_same"


class Suspect(Struct, frozen=True, kw_only=True):
    """One instrument in quarantine, with the evidence.

    `price` is its own per coin (index, else mark, else last, else mid; spot: last, else mid),
    `others_price` the median of the `others` legs that agree with each other, `ratio` the first
    over the second. Each is None while it is not known: without others only `price` is.
    `multiplier` is the one that was applied. `settled`: it is back within the narrower band and
    about to leave.
    """

    coin: str
    exchange: Exchange
    market: Market
    symbol: str
    multiplier: float
    doubt: Doubt
    text: str
    price: float | None
    others_price: float | None
    ratio: float | None
    others: int
    since_ms: int
    settled: bool = False
