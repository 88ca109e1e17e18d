"""Addresses as people write them: read without an exception, shown without what is secret."""

import re
from urllib.parse import SplitResult, urlsplit

# A password may have any sign in it: up to the last @ nothing is shown.
_PASSWORD = re.compile(r"://.*@", re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,9}://", re.IGNORECASE)
_QUERY = re.compile(r"[?#].*", re.DOTALL)


def parts_of(url: str) -> SplitResult | None:
    """None for what can't be read as a URL; what Python says of it may repeat a password."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def without_secrets(address: str) -> str:
    """An address as it may be shown: without name, password and query. What is none, not at all."""
    if address and not _SCHEME.match(address):
        return "…"
    return _QUERY.sub("?…", _PASSWORD.sub("://…@", address))
