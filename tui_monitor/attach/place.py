"""Which engine a terminal or a daemon wants: its settings and its folder."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from tui_monitor.clock import Clock
from tui_monitor.config import Settings


class Watched(NamedTuple):
    """The file that the settings came from, and how they are read again."""

    file: Path
    read: Callable[[], Settings]


class Place(Struct, frozen=True, kw_only=True):
    """Which engine: its settings, and the folder that it locks. `info` is told to others.

    Where the settings are `watched`, an engine here takes up what changes in their file. Who only
    looks at another's engine has no use for what it `needs` besides.
    """

    settings: Settings
    folder: Path
    clock: Clock
    kind: str
    info: Mapping[str, Any]
    watched: Watched | None = None
    needs: Callable[["Place"], AbstractContextManager["Place"]] | None = None
    """What an engine here stands on while it runs, and the place with it."""
