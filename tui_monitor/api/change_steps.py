"""The change between two JSON texts, made some rows at a time.

That of a board of the whole market takes 100 ms, which no feed should wait for: not on the event
loop at once, and not in a thread either, which would take the interpreter from the loop for
milliseconds each time the loop looks at a socket.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from tui_monitor.deltas import NAMES, Change, Tree, change, of_dict, of_rows, origins
from tui_monitor.steps import Steps, gathered, in_steps

# What a step reads; it takes some 2 ms.
STEP_BYTES = 60_000

_dict = msgspec.json.Decoder(dict[str, Raw])
_list = msgspec.json.Decoder(list[Raw])
_naming = msgspec.json.Decoder(
    msgspec.defstruct("_Naming", [(name, Any, UNSET) for name in NAMES], gc=False)
)


async def change_in_steps(before: bytes, after: bytes, step_bytes: int = STEP_BYTES) -> Raw | None:
    """As `change` of the two trees that the texts stand for, as JSON; with the loop's other work
    between.
    """
    made = await in_steps(_Stepping(step_bytes).change(before, after))
    return None if made is None else _encoded(made)


def _encoded(made: Change) -> Raw:
    return Raw(msgspec.json.encode(made))


class _Stepping:
    # Rows are read when they are compared, and their changes are kept as JSON: all of a board as
    # objects takes ten times the memory of its text, and as long as ten steps to be freed.

    def __init__(self, step_bytes: int) -> None:
        self._step_bytes = step_bytes

    def change(self, before: bytes, after: bytes) -> Steps[Change | None]:
        if before == after:
            return None
        yield
        if len(before) + len(after) > self._step_bytes:
            kinds = before[:1] + after[:1]
            if kinds == b"{{":
                return (yield from self._of_dicts(before, after))
            if kinds == b"[[":
                return (yield from self._of_lists(before, after))
        return change(msgspec.json.decode(before), msgspec.json.decode(after))

    def _of_dicts(self, before: bytes, after: bytes) -> Steps[Change | None]:
        was = _dict.decode(before)
        yield
        now = _dict.decode(after)
        yield
        at: Change = {}
        for key, value in now.items():
            if key in was:
                one = yield from self.change(bytes(was[key]), bytes(value))
                if one is not None:
                    at[key] = one
        new = {key: msgspec.json.decode(value) for key, value in now.items() if key not in was}
        return of_dict(at, new, [key for key in was if key not in now])

    def _of_lists(self, before: bytes, after: bytes) -> Steps[Change | None]:
        was = _list.decode(before)
        yield
        now = _list.decode(after)
        yield
        came_from = origins((yield from self._named(was)), (yield from self._named(now)))
        yield
        at: Change = {}
        are_same = len(was) == len(now)
        at_once = self._rows_at_once(now)
        for index, origin in enumerate(came_from):
            if origin is not None and was[origin] != now[index]:
                then, row = msgspec.json.decode(was[origin]), msgspec.json.decode(now[index])
                # Within lists that are equal 1 is no change of 1.0: see `change`.
                are_same = are_same and then == row
                if (one := change(then, row)) is not None:
                    at[str(index)] = _encoded(one)
            are_same = are_same and origin == index
            if index % at_once == 0:
                yield
        if are_same:
            return None
        after_rows = [
            None if origin is not None else msgspec.json.decode(row)
            for origin, row in zip(came_from, now, strict=True)
        ]
        return of_rows(came_from, len(was), after_rows, at)

    def _named(self, rows: Sequence[Raw]) -> Steps[list[Tree]]:
        """What of each row may tell it from the others."""
        # To skip the rest is quicker than comparing.
        return gathered(map(_names_of, rows), 6 * self._rows_at_once(rows))

    def _rows_at_once(self, rows: Sequence[Raw]) -> int:
        return max(1, len(rows) * self._step_bytes // max(1, sum(map(len, rows))))


def _names_of(row: Raw) -> Tree:
    try:
        named = _naming.decode(row)
    except msgspec.ValidationError:
        return None  # no dict: without a name, whatever it is
    return {name: found for name in NAMES if (found := getattr(named, name)) is not UNSET}
