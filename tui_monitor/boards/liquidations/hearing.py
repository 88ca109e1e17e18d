"""For how long a venue was heard: the program ran, and its stream was no outage.

The time is ours. It begins with the first proof of life of all sockets that carry the venue's
liquidations. A silence is taken out of it from the last proof of life before it to the first
one after it, also when it is found out about later.
"""

from collections.abc import Hashable
from typing import NamedTuple


class Silence(NamedTuple):
    """A time in which nothing was heard. `end_ms` None: it lasts."""

    begin_ms: int
    end_ms: int | None


class Hearing:
    """One venue's heard time."""

    def __init__(self) -> None:
        self._since_ms: int | None = None
        self._until_ms = 0
        # By what fell silent: a socket of several, or all of us.
        self._open: dict[Hashable, int] = {}
        self._closed: list[Silence] = []

    @property
    def since_ms(self) -> int | None:
        """When it was heard first in this run; None: not yet."""
        return self._since_ms

    def begin(self, ms: int) -> None:
        """The first proof of life. Later ones change nothing."""
        if self._since_ms is None:
            self._since_ms, self._until_ms = ms, max(self._until_ms, ms)

    def reach(self, now_ms: int) -> None:
        """It was heard until now, but for its silences."""
        self._until_ms = max(self._until_ms, now_ms)

    def silent(self, what: Hashable, begin_ms: int) -> None:
        """Something fell silent at a time that may be past."""
        self._open.setdefault(what, begin_ms)

    def heard_again(self, what: Hashable, begin_ms: int, end_ms: int) -> None:
        """A silence is over; it need not have been told of before."""
        begin_ms = min(begin_ms, self._open.pop(what, begin_ms))
        self._closed.append(Silence(begin_ms, end_ms))

    def is_silent(self, what: Hashable) -> bool:
        """Whether something of it is silent now."""
        return what in self._open

    def silent_since(self) -> int | None:
        """When the silence began that lasts now; None where it is heard, or was not yet."""
        return min(self._open.values(), default=None)

    def covered_ms(self, begin_ms: int, end_ms: int) -> int:
        """For how long it was heard between two times."""
        if self._since_ms is None:
            return 0
        begin_ms, end_ms = max(begin_ms, self._since_ms), min(end_ms, self._until_ms)
        covered = 0
        lasting = (Silence(at_ms, None) for at_ms in self._open.values())
        for silence in sorted([*self._closed, *lasting], key=_begin_of):
            covered += max(0, min(silence.begin_ms, end_ms) - begin_ms)
            if silence.end_ms is None:
                return covered
            begin_ms = max(begin_ms, silence.end_ms)
        return covered + max(0, end_ms - begin_ms)

    def forget(self, before_ms: int) -> None:
        """What was before a time is not asked for any more: no time before it counts as heard."""
        if self._since_ms is not None:
            self._since_ms = max(self._since_ms, before_ms)
        self._closed = [one for one in self._closed if (one.end_ms or 0) > before_ms]


def _begin_of(silence: Silence) -> int:
    return silence.begin_ms
