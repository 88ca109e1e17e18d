"""Attached terminals: what they say of their engine."""

WORDS: dict[str, str] = {}
