"""Board 9, coverage and backfills."""

WORDS: dict[str, str] = {}
