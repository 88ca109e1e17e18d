"""Board 0, the system."""

WORDS: dict[str, str] = {}
