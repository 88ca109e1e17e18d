"""Board 7, arbitrage signals."""

WORDS: dict[str, str] = {}
