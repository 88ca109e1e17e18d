"""A field's sentence and limits, as the sections write them."""

from typing import Any

from msgspec import Meta


def described(text: str, **limits: Any) -> Meta:
    """The README's and `--help`'s sentence of a setting, with the limits of its value."""
    return Meta(description=text, **limits)
