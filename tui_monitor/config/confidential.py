"""Which settings hold secrets, and what of them may be shown: nothing that opens a door."""

from datetime import date, time

from tui_monitor.config.addresses import without_secrets
from tui_monitor.config.leaves import LEAVES

# The whole of it is a secret.
TOKENS = frozenset({"api.token"})
# An address with a name and a password in it, or a key in its query.
ADDRESSES = frozenset(
    name for name in LEAVES if name.endswith(".proxy") or "_url" in name.rpartition(".")[2]
)
SECRETS = TOKENS | ADDRESSES
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


def is_secret(name: str, value: object) -> bool:
    """Whether a setting's value is not to be shown."""
    if name in TOKENS:
        return bool(value)
    return name in ADDRESSES and isinstance(value, str) and without_secrets(value) != value


def shown_name(name: str) -> str:
    """A dotted name from outside; what stands below a secret one may be the secret itself."""
    below = next((one for one in SECRETS if name.startswith(f"{one}.")), None)
    return name if below is None else f"{below}.…"
