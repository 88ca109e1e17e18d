"""Instruments as settings name them: one by its symbol, or all that an exchange calls by a coin."""

from msgspec import Struct

from tui_monitor.errors import BadInput
from tui_monitor.model.market import Exchange, Instrument, Market

_HINT = "write okx:perp:XYZ-USDT-SWAP, or okx:XYZ for all that okx calls XYZ"


class Place(Struct, frozen=True):
    """One symbol of a market; or, without a market, everything of one coin on an exchange."""

    exchange: Exchange
    market: Market | None
    name: str

    def has(self, instrument: Instrument) -> bool:
        """Whether it names this instrument. A coin's name is the unit-true one: PEPE."""
        if instrument.exchange is not self.exchange:
            return False
        if self.market is None:
            return instrument.coin == self.name
        return instrument.market is self.market and instrument.symbol == self.name


class Alias(Struct, frozen=True):
    """What a place's instruments are called here."""

    place: Place
    coin: str


def place_of(text: str) -> Place:
    """`EXCHANGE:MARKET:SYMBOL` or `EXCHANGE:COIN`; BadInput says what is wrong."""
    parts = [part.strip() for part in text.split(":")]
    if len(parts) not in (2, 3) or not all(parts):
        raise BadInput(f"{text!r} names no instrument", _HINT)
    if parts[0] not in set(Exchange):
        raise BadInput(f"{text!r}: no exchange is called {parts[0]!r}", _HINT)
    if len(parts) == 2:
        return Place(Exchange(parts[0]), None, parts[1])
    if parts[1] not in set(Market):
        raise BadInput(f"{text!r}: a market is perp or spot", _HINT)
    return Place(Exchange(parts[0]), Market(parts[1]), parts[2])


def alias_of(text: str) -> Alias:
    """`PLACE = COIN`; BadInput says what is wrong."""
    place, equals, coin = text.partition("=")
    if not equals or not coin.strip():
        raise BadInput(f"{text!r} gives no coin", "write okx:perp:XYZ-USDT-SWAP=ABC")
    return Alias(place_of(place), coin.strip())
