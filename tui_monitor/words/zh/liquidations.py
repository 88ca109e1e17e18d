"""Board 2, liquidations."""

WORDS: dict[str, str] = {}
