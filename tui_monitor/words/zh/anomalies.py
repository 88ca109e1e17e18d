"""Board 3, anomalies, and how a score came to be."""

WORDS: dict[str, str] = {}
