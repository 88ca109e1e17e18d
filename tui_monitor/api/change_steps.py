"""The change between two JSON texts, made some rows at a time.

That of a board of the whole market takes 100 ms, which no feed should wait for: not on the event
loop at once, and not in a thread either, which would take the interpreter from the loop for
milliseconds each time the loop looks at a socket.
"""

import msgspec
from msgspec import Raw

from tui_monitor.deltas import Change, Tree, change, of_dict, of_rows, origins
from tui_monitor.steps import Steps, in_steps

# What a step reads; it takes some 2 ms.
STEP_BYTES = 60_000

_dict = msgspec.json.Decoder(dict[str, Raw])
_list = msgspec.json.Decoder(list[Raw])


async def change_in_steps(before: bytes, after: bytes, step_bytes: int = STEP_BYTES) -> Raw | None:
    """As `change` of the two trees that the texts stand for, as JSON; with the loop's other work
    between.
    """
    made = await in_steps(_Stepping(step_bytes).change(before, after))
    return None if made is None else _encoded(made)


def _encoded(made: Change) -> Raw:
    return Raw(msgspec.json.encode(made))


class _Stepping:
    # Rows are let go when they are compared, and their changes are kept as JSON: to write and to
    # free all of a board's at the end would take as long as ten steps.

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
        was = yield from self._decoded(before)
        now = yield from self._decoded(after)
        if was == now:
            return None
        came_from = origins(was, now)
        yield
        at: Change = {}
        at_once = max(1, len(now) * self._step_bytes // len(after))
        for index, origin in enumerate(came_from):
            if origin is not None:
                if (one := change(was[origin], now[index])) is not None:
                    at[str(index)] = _encoded(one)
                was[origin] = now[index] = None
            if index % at_once == 0:
                yield
        return of_rows(came_from, len(was), now, at)

    def _decoded(self, content: bytes) -> Steps[list[Tree]]:
        rows = _list.decode(content)
        yield
        trees: list[Tree] = []
        # Reading is quicker than comparing.
        at_once = max(1, len(rows) * 4 * self._step_bytes // len(content))
        for index, row in enumerate(rows):
            trees.append(msgspec.json.decode(row))
            if index % at_once == 0:
                yield
        return trees
