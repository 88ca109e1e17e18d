"""Which coin a symbol means, and how many of it one quoted unit is.

Exchanges list cheap coins by the thousand: `1000PEPE`, `1MBABYDOGE`, `SHIB1000`. Names that
merely contain digits (1INCH, 0G, 4, C98, API3, 2Z) are coins of their own. Two instruments of
one name may still be two coins; that is for the price-ratio gate to say, not for a name.
"""

import re
from typing import NamedTuple

from tui_monitor.model import Exchange, Instrument, Market

_UNITS = {
    "1000": 1_000.0,
    "10000": 10_000.0,
    "100000": 100_000.0,
    "1000000": 1_000_000.0,
    "10000000": 10_000_000.0,
    "1M": 1_000_000.0,
}
# A letter of any script must follow: binance lists coins with Chinese names.
_PREFIX = re.compile(r"(10000000|1000000|100000|10000|1000|1M)(?=[^\W\d_])(.+)", re.DOTALL)
_SUFFIX = re.compile(r"(.*[^\W\d_])(1000000|100000|10000|1000)", re.DOTALL)


class Unit(NamedTuple):
    """The coin and the coins per quoted unit."""

    coin: str
    multiplier: float


def unit_of(base: str) -> Unit:
    """Split an exchange's base name: `1000PEPE` is PEPE × 1000, `1INCH` is itself."""
    if match := _PREFIX.fullmatch(base):
        return Unit(match[2], _UNITS[match[1]])
    if match := _SUFFIX.fullmatch(base):
        return Unit(match[1], _UNITS[match[2]])
    return Unit(base, 1.0)


def instrument_of(
    exchange: Exchange, market: Market, symbol: str, base: str, quote: str
) -> Instrument:
    """An instrument of which only the name is known: no contract size, status UNKNOWN."""
    unit = unit_of(base)
    return Instrument(
        exchange=exchange,
        market=market,
        symbol=symbol,
        coin=unit.coin,
        quote=quote,
        multiplier=unit.multiplier,
    )
