"""Which settings hold secrets, and what of them may be shown: nothing that opens a door."""

import re
from datetime import date, time

from tui_monitor.config.leaves import LEAVES

# The whole of it is a secret.
TOKENS = frozenset({"api.token"})
# An address with a name and a password in it, or a key in its query.
ADDRESSES = frozenset(
    name for name in LEAVES if name.endswith(".proxy") or "_url" in name.rpartition(".")[2]
)
SECRETS = TOKENS | ADDRESSES
# A password may have any sign in it: up to the last @ nothing is shown.
_PASSWORD = re.compile(r"://.*@", re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,9}://", re.IGNORECASE)
_QUERY = re.compile(r"[?#].*", re.DOTALL)
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    ((int, float), "a number"),
    (str, "text"),
    (list, "a list"),
    (dict, "a table"),
    ((date, time), "a date or a time"),
)


def kind_of(value: object) -> str:
    """What a value is, without a letter of it."""
    return next((word for kind, word in _KINDS if isinstance(value, kind)), "something else")


def without_secrets(address: str) -> str:
    """An address as it may be shown: without name, password and query. What is none, not at all."""
    if address and not _SCHEME.match(address):
        return "…"
    return _QUERY.sub("?…", _PASSWORD.sub("://…@", address))


def is_secret(name: str, value: object) -> bool:
    """Whether a setting's value is not to be shown."""
    if name in TOKENS:
        return bool(value)
    return name in ADDRESSES and isinstance(value, str) and without_secrets(value) != value


def shown_name(name: str) -> str:
    """A dotted name from outside; what stands below a secret one may be the secret itself."""
    below = next((one for one in SECRETS if name.startswith(f"{one}.")), None)
    return name if below is None else f"{below}.…"
