"""The page of a coin."""

WORDS: dict[str, str] = {}
