"""Board 5, open interest."""

WORDS: dict[str, str] = {}
