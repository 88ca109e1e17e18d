"""Board 1, the sum curve."""

WORDS: dict[str, str] = {}
