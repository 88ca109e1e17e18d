"""What can be set, for people: every key with its value, and a commented file of the defaults."""

from typing import Any

import msgspec
from msgspec import Struct

from tui_monitor.config.leaves import LEAVES, value_of
from tui_monitor.config.reading import Loaded
from tui_monitor.expected import expected

_PLAIN = ("text", "true or false", "a number", "a whole number", "a table")


class Setting(Struct, frozen=True):
    """One key for `config show`, the template and the README."""

    name: str
    value: Any
    default: Any
    origin: str
    description: str


def describe(loaded: Loaded) -> list[Setting]:
    """Every key with its value, default, origin and sentence, in the order of the structs."""
    return [
        Setting(
            name=name,
            value=value_of(loaded.settings, name),
            default=default,
            origin=loaded.origins.get(name, "default"),
            description=text,
        )
        for name, (_, default, text) in LEAVES.items()
    ]


def template() -> str:
    """A commented configuration file with every key at its default."""
    lines = ["# tui-monitor. Every key is optional; these are the defaults.", ""]
    section = ""
    for name, (kind, default, text) in LEAVES.items():
        head, key = name.rsplit(".", 1)
        if head != section:
            lines += ["", f"[{head}]"] if section else [f"[{head}]"]
            section = head
        lines += [f"# {text}{_choices(kind)}", f"# {key} = {toml(default)}"]
    return "\n".join(lines) + "\n"


def _choices(kind: Any) -> str:
    """What may be written, where that is not plain from the default."""
    words = expected(kind)
    plain = words.removeprefix("a list, each ")
    return "" if plain in _PLAIN else f" {words[0].upper()}{words[1:]}."


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    # Both write text the same way, but for what nobody can type.
    return msgspec.json.encode(value).decode() if isinstance(value, str) else str(value)
