"""How many coins one unit of a symbol is."""

import re

from tui_monitor.feeds.symbols import unit_of

_QUOTE = re.compile(r"(?<=.)-?USDT(-SWAP)?")


def coin_named(name: str) -> str:
    """The coin that an exchange's own symbol means: PEPE for `1000PEPEUSDT`; a coin is itself."""
    quote = _QUOTE.search(name.upper())
    return unit_of(name.upper()[: quote.start()] if quote else name.upper()).coin


def multiplier_of(symbol: str) -> float:
    """1000 for `1000PEPEUSDT`, 1 for most; by the name alone, as the feeds read it.

    Prices are per coin: times this they are what the exchange writes.
    """
    quote = _QUOTE.search(symbol)
    return unit_of(symbol[: quote.start()] if quote else symbol).multiplier
