"""What the contract suite needs to know of an exchange's wire."""

from typing import NamedTuple

from tui_monitor.model import MarketEvent


class Samples(NamedTuple):
    """Frames of one exchange, made for the tests.

    `frames` are lawful. `three` has three rows of `kind`, the middle one damaged. `unused` is a
    frame of a channel that the monitor has no use for, and that channel's name. In `texts` a
    `%s` stands where a JSON text comes: every place where the exchange's words reach a person.
    """

    frames: tuple[bytes, ...]
    three: bytes
    kind: type[MarketEvent]
    unused: tuple[bytes, str]
    texts: tuple[str, ...]
