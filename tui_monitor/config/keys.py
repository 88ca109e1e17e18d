"""Every action's default keys, and what `[ui.keys]` may put in their place.

Keys have Textual's names. Only those that any terminal can send are allowed: a plain ssh or tmux
tells no Shift+Enter from Enter, and Alt from Escape only by a clock.
"""

import difflib
import string
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from tui_monitor.errors import BadInput
from tui_monitor.expected import echoed
from tui_monitor.printable import printable

DEFAULT_KEYS: Mapping[str, Mapping[str, str]] = {
    "boards": {
        "sum": "1",
        "liquidations": "2",
        "anomalies": "3",
        "picks": "4",
        "oi": "5",
        "spreads": "6",
        "signals": "7",
        "funding": "8",
        "coverage": "9",
        "system": "0",
    },
    "table": {
        "cursor_up": "up,k",
        "cursor_down": "down,j",
        "page_up": "pageup",
        "page_down": "pagedown",
        "half_up": "ctrl+u",
        "half_down": "ctrl+d",
        "first": "home,g",
        "last": "end,G",
        "open": "enter",
        "sort_left": "less_than_sign",
        "sort_right": "greater_than_sign",
        "sort_invert": "I",
    },
    "panel": {
        "filter": "slash",
        "clear_filter": "c",
        "columns": "C",
        "copy_row": "y",
        "copy_table": "Y",
    },
    "spreads": {"pairs": "p", "coins": "f", "one_coin": "o"},
    "anomalies": {"bar_length": "i", "venue": "v", "why": "w", "forming": "u", "everyone": "a"},
    "oi": {"by_size": "z"},
    "days": {
        "day_previous": "left_square_bracket",
        "day_next": "right_square_bracket",
        "range_more": "plus",
        "range_less": "minus",
        "range_reset": "equals_sign",
    },
    "charts": {"read": "r"},
    "chart": {
        "read_earlier": "left,h",
        "read_later": "right,l",
        "read_before": "up,k",
        "read_after": "down,j",
        "read_far_back": "pageup,ctrl+u",
        "read_far_on": "pagedown,ctrl+d",
        "read_oldest": "home,g",
        "read_newest": "end,G",
        "read_open": "enter",
    },
    "work": {"date": "d", "export": "e", "start_backfill": "b", "stop_backfill": "x"},
    "desk": {
        "key_help": "question_mark",
        "board_help": "f1",
        "palette": "colon,ctrl+p",
        "event_log": "exclamation_mark",
        "freeze": "space",
        "zone": "t",
        "other_panel": "tab,right,l",
        "last_panel": "shift+tab,left,h",
        "back": "escape",
        "quit": "q",
    },
    "app": {
        "leave": "ctrl+c,ctrl+q",
        "stop_process": "ctrl+z",
        "mouse": "m",
        "repaint": "ctrl+l",
    },
}
"""Action id -> keys, by the group that binds it."""

GROUP_OF = {one: group for group, keys in DEFAULT_KEYS.items() for one in keys}
BOARD_NAMES = tuple(DEFAULT_KEYS["boards"])
# These are there whatever board is shown: a key of one is never another's.
_ALWAYS = frozenset({"boards", "table", "panel", "desk", "app"})

_RENAMED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_NAMED = (
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"),
    *("enter", "escape", "tab", "shift+tab", "backspace", "space"),
    *(f"f{number}" for number in range(1, 13)),
)
# These arrive as Tab, Enter and Backspace, and the last as any key that was pressed with Alt.
_TAKEN_CONTROLS = "imh"


def _character_name(character: str) -> str:
    """`/` is `slash` and `[` is `left_square_bracket`, as Textual has it."""
    if character.isalnum():
        return character
    name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)


_CHARACTERS = {one: _character_name(one) for one in string.printable if one.isprintable()}
KEY_NAMES = frozenset(
    {
        *_NAMED,
        *_CHARACTERS.values(),
        *(f"ctrl+{one}" for one in string.ascii_lowercase if one not in _TAKEN_CONTROLS),
    }
)
"""What any terminal can send."""
_LABELS = {name: one for one, name in _CHARACTERS.items() if one != " "}
_MODIFIERS = {"ctrl", "shift", "alt", "meta", "super", "hyper"}


def key_name(text: str) -> str:
    """The name of a key that was written as its name or its character; BadInput if none has it."""
    key = _CHARACTERS.get(text, text)
    if key in KEY_NAMES:
        return key
    *modifiers, plain = key.split("+")
    if modifiers and set(modifiers) <= _MODIFIERS:
        shown = printable(text, 40)
        raise BadInput(
            f"names {shown!r}, which a terminal over ssh or tmux does not send",
            "write a character, ctrl+letter (not h, i, m), shift+tab or f1 to f12",
        )
    near = difflib.get_close_matches(plain.lower(), KEY_NAMES, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else "write a character, or a name like space or f2"
    raise BadInput(f"names no key: {printable(text, 40)!r}", hint)


def key_label(name: str) -> str:
    """What is pressed, in a word: `/` for `slash`; other names as they are."""
    return _LABELS.get(name, name)


def key_names(value: object) -> str:
    """`"f"`, `"f, ctrl+f"` or `["f", "ctrl+f"]` as Textual's names, with commas between them."""
    written = _split(value) if isinstance(value, str) else value
    if not isinstance(written, list) or not all(isinstance(one, str) for one in written):
        raise BadInput(f"must be a key or a list of keys, not {echoed(value)}")
    if not written:
        raise BadInput("names no key", 'write one or more: "f", or ["f", "ctrl+f"]')
    return ",".join(dict.fromkeys(key_name(one if one == " " else one.strip()) for one in written))


def _split(text: str) -> list[str]:
    """A comma alone is the key; else it stands between keys."""
    return [text] if text in (",", " ") else [one for one in text.split(",") if one.strip()]


def known_action(action_id: str) -> None:
    """BadInput unless it is an action's id or a board's name."""
    if action_id in GROUP_OF:
        return
    near = difflib.get_close_matches(action_id, GROUP_OF, n=1)
    hint = f"did you mean {near[0]}?" if near else "the key help (?) and the README name them"
    raise BadInput(f"there is no action {printable(action_id, 40)!r}", hint)


class Clash(NamedTuple):
    """Two actions with one key; `chosen` was mapped by the settings."""

    chosen: str
    other: str
    key: str


def clashes(mapped: Mapping[str, str]) -> list[Clash]:
    """Of actions that work at the same time: one of them could never be reached."""
    return [one for one in _shared(mapped) if len(_groups(one)) == 1 or _groups(one) <= _ALWAYS]


def shadows(mapped: Mapping[str, str]) -> list[Clash]:
    """Of actions where a board's own comes before one that is everywhere."""
    return [
        one
        for one in _shared(mapped)
        if len(_groups(one)) == 2 and len(_groups(one) & _ALWAYS) == 1
    ]


def _shared(mapped: Mapping[str, str]) -> Iterator[Clash]:
    defaults = {one: keys for group in DEFAULT_KEYS.values() for one, keys in group.items()}
    keys = {one: set(mapped.get(one, given).split(",")) for one, given in defaults.items()}
    for first, second in combinations(keys, 2):
        chosen, other = (first, second) if first in mapped else (second, first)
        shared = keys[first] & keys[second]
        if chosen in mapped and shared:
            yield Clash(chosen, other, min(shared))


def _groups(one: Clash) -> set[str]:
    return {GROUP_OF[one.chosen], GROUP_OF[one.other]}
