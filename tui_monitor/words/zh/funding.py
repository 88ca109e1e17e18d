"""Board 8, funding."""

WORDS: dict[str, str] = {}
