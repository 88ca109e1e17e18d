"""The last answers that a viewer got: what has not changed since need not come again."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from tui_monitor.attach.calls import meant
from tui_monitor.attach.session import Reply
from tui_monitor.deltas import Tree, changed

_MOST_KEPT = 8
_NONE = msgspec.Raw()


class Known(NamedTuple):
    """An answer: its revision, as its method gives it, and as JSON where changes may come."""

    revision: str | None = None
    found: Any = None
    data: msgspec.Raw = _NONE


class Memory:
    """Answers by question. It outlives a connection: the next one goes on from them.

    Where `changes_come` it keeps what they are changes of.
    """

    def __init__(self, *, changes_come: bool = False) -> None:
        self._changes_come = changes_come
        self._kept: dict[bytes, Known] = {}
        self.on_missed: Callable[[str, int | None], None] | None = None
        """Told of each method's new answer how many went by since the one before; None for
        nobody knows."""

    def answer(self, key: bytes) -> Known:
        """The last one."""
        return self._kept.get(key, Known())

    def take(self, name: str, key: bytes, before: Known, reply: Reply) -> Any:
        """The newest answer: the one before, that one changed, or another one."""
        data = _data(before, reply)
        found = meant(name, data) if data else before.found
        self._kept.pop(key, None)
        whole = data or before.data
        self._kept[key] = Known(reply.revision, found, whole if self._changes_come else _NONE)
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        if self.on_missed is not None and before.revision is not None:
            self.on_missed(name, 0 if reply.missed is UNSET else reply.missed)
        return found


def _data(before: Known, reply: Reply) -> msgspec.Raw:
    """The whole answer; empty where it is as it was."""
    if not reply.changes:
        return reply.data.copy()
    tree: Tree = msgspec.json.decode(before.data)
    for one in msgspec.json.decode(reply.changes):
        tree = changed(tree, one)
    return msgspec.Raw(msgspec.json.encode(tree))
