"""Board 6, spreads and their quarantine."""

WORDS: dict[str, str] = {}
