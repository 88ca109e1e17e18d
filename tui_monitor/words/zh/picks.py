"""Board 4, coin picks."""

WORDS: dict[str, str] = {}
