"""The best level of each side of every book, as far as the streams have told it."""

from collections.abc import Iterable

from msgspec import Struct

# Names from outside must not fill the memory: more than any exchange lists.
_MOST = 5_000


class Top(Struct):
    """The best level of each side of one book, per coin and in coins.

    `whole`: it began with a snapshot. Then a side that is None is empty; else it is unknown.
    """

    whole: bool
    bid: float | None = None
    ask: float | None = None
    bid_coins: float | None = None
    ask_coins: float | None = None


class Tops:
    """The tops that deltas go into, by topic.

    A topic begins with asking for it: whatever a delta says before the snapshot that follows is
    held back, on the first socket as on every later one. `merged` False: every message stands
    for itself, as in a recording of which lines may lack.
    """

    def __init__(self, *, merged: bool) -> None:
        self._merged = merged
        self._tops: dict[str, Top] = {}
        self._before: dict[str, Top] = {}

    def asked(self, topics: Iterable[str]) -> None:
        """Forget what is known of these until their snapshots."""
        for topic in topics:
            if (top := self._tops.pop(topic, None)) is not None:
                self._before[topic] = top

    def refused(self, topics: Iterable[str]) -> None:
        """The request came to nothing: what was known before it still holds."""
        for topic in topics:
            if (top := self._before.pop(topic, None)) is not None:
                self._tops.setdefault(topic, top)

    def accepted(self, topics: Iterable[str]) -> None:
        """The request took effect: a snapshot follows, or has come."""
        for topic in topics:
            self._before.pop(topic, None)

    def damaged(self, topic: str = "") -> None:
        """A message of the topic, or of any, is lost: what later deltas leave out is unknown."""
        for tops in (self._tops, self._before):
            if topic:
                tops.pop(topic, None)
            else:
                tops.clear()

    def of(self, topic: str, *, delta: bool) -> Top | None:
        """The top that a message changes; None for a delta before its snapshot."""
        if not delta:
            if len(self._tops) >= _MOST:
                self._tops.clear()
            top = self._tops[topic] = Top(whole=True)
            return top
        return self._tops.get(topic) if self._merged else Top(whole=False)
