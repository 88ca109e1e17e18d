"""Which coin a symbol means, and how many of it one quoted unit is.

Exchanges list cheap coins by the thousand: `1000PEPE`, `1MBABYDOGE`, `SHIB1000`. Names that
merely contain digits (1INCH, 0G, 4, C98, API3, 2Z) are coins of their own. Two instruments of
one name may still be two coins; that is for the price-ratio gate to say, not for a name.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from tui_monitor.feeds.instruments import Guess, InstrumentBook
from tui_monitor.model import Exchange, Instrument, Market
from tui_monitor.printable import printable

USDT = "USDT"
_LONGEST = 40

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


def why_no_pair(symbol: str, market: Market) -> str | None:
    """Why a symbol is no pair in USDT of the form BTCUSDT, or None if it may be one."""
    base = symbol.removesuffix(USDT)
    if base != symbol and base.isalnum() and len(symbol) <= _LONGEST:
        return None
    what = "spot pair" if market is Market.SPOT else "perpetual"
    return f"{printable(symbol) or 'an empty symbol'} is no {what} in USDT"


def guesses(
    exchange: Exchange, why_foreign: Callable[[str, Market], str | None]
) -> dict[Market, Guess]:
    """How each market's symbols of the form BTCUSDT are guessed, unless they are foreign to it."""

    def guess(market: Market, symbol: str) -> Instrument | None:
        if why_foreign(symbol, market) is not None:
            return None
        return instrument_of(exchange, market, symbol, symbol.removesuffix(USDT), USDT)

    return {each: partial(guess, each) for each in Market}


def symbol_of(book: InstrumentBook, coin: str) -> str:
    """The symbol of a coin as it is listed (1000PEPEUSDT), else as its name tells."""
    named = f"{coin}{USDT}"
    if book.known(named) is not None:
        return named
    return next((one.symbol for one in book.live() if one.coin == coin), named)
