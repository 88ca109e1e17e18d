"""Sentences that the engine and the boards make: reasons, notes, problems."""

WORDS: dict[str, str] = {}
