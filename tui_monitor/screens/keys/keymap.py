"""Which keys do what in this process: the usual ones, and what the settings put in their place.

Texts that name a key ask for it by its action: `key("start_backfill")`.
"""

import string
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tui_monitor.config.keys import DEFAULT_KEYS, GROUP_OF, KEY_NAMES, key_name

_CHARACTERS = {key_name(one): one for one in string.printable if one.isprintable()}
_NAMES = {
    **_CHARACTERS,
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "insert": "Ins",
    "delete": "Del",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "S-Tab",
    "backspace": "Backspace",
}


def key_label(name: str) -> str:
    """`slash` is `/`, `ctrl+x` is `^x`, `pageup` is `PgUp`."""
    if name in _NAMES:
        return _NAMES[name]
    if name.startswith("ctrl+"):
        return f"^{name.removeprefix('ctrl+')}"
    return name.capitalize()


_LABELS = {key_label(name): name for name in KEY_NAMES}


class _Chosen:
    """What this process's settings say: one terminal, one keyboard."""

    keys: Mapping[str, str] = {}


def use_keys(chosen: Mapping[str, str]) -> None:
    """These keys by action id, or by board, with commas between them; the rest are the usual."""
    _Chosen.keys = dict(chosen)


def chosen_keys() -> Mapping[str, str]:
    """What the settings put in the place of the usual keys."""
    return _Chosen.keys


@contextmanager
def other_keys(chosen: Mapping[str, str]) -> Iterator[None]:
    """Other keys for a while."""
    before = _Chosen.keys
    use_keys(chosen)
    try:
        yield
    finally:
        use_keys(before)


def keys_of(action_id: str) -> tuple[str, ...]:
    """Textual's names of an action's keys, or of a board's."""
    usual = DEFAULT_KEYS[GROUP_OF[action_id]][action_id]
    return tuple(_Chosen.keys.get(action_id, usual).split(","))


def is_chosen(action_id: str) -> bool:
    """Whether the settings gave it other keys."""
    return action_id in _Chosen.keys


def key(action_id: str) -> str:
    """An action's first key as it is written for people."""
    return key_label(keys_of(action_id)[0])


def key_named(label: str) -> str | None:
    """The name of a key as `key_label` writes it; None if it is none."""
    return _LABELS.get(label)
