"""Where a socket leads, how long it may be silent, and whom it tells what it hears."""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from tui_monitor.feeds.adapter import Control
from tui_monitor.model import MarketEvent

Apply = Callable[[MarketEvent, int, float], bool]
"""Takes an event, the wall ms and monotonic s of its arrival; says whether it counts as data."""
Heard = Callable[[type, int, float], None]
"""Gets a type of events that a frame brought data of, once a frame, and when."""


class Watch(NamedTuple):
    """One kind of data on a socket, and how long it may be silent."""

    name: str
    kinds: frozenset[type]
    silent_after_s: float


class Line(Struct, frozen=True, kw_only=True):
    """Where a stream is, and how long its socket may be silent or old.

    A socket of which every watched kind is silent is dead. One that has lost some of them is to
    be succeeded by another. Without any watch it may be silent for ever.
    """

    url: str
    watches: tuple[Watch, ...]
    rotate_after_s: float
    proxy: str = ""


class Hooks(NamedTuple):
    """What a socket calls: for each market event, each kind in a frame, each control event,
    each change of itself.
    """

    apply: Apply
    heard: Heard
    tell: Callable[[Control], None]
    wake: Callable[[], None]
