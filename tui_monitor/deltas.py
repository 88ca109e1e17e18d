"""What changed between two trees of plain values, so that only that goes over a wire.

A tree is what JSON knows: dicts with text keys, lists, text, numbers, booleans, null. A change is
such a tree too:

* `{"to": tree}`: all of it is another one;
* `{"at": {key: change}, "new": {key: tree}, "gone": [key]}`: a dict, in part;
* `{"rows": [[first, count] or {"new": tree}, …], "at": {index: change}}`: a list. `rows` takes
  runs of the rows before, in their new order, and rows that are new; without it all stay where
  they are. `at` then changes rows by their new index.

Each part is left out where it is empty, and None stands for no change at all.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Tree: TypeAlias = Any
Change: TypeAlias = dict[str, Any]

# What tells one row of a list from another: the first of these that every row has, and each but
# once. Which one it is decides how much is sent, never what comes out.
_KEYS = (
    ("id",),
    ("exchange", "market", "symbol"),
    ("exchange", "symbol"),
    ("coin", "exchange", "market"),
    ("coin", "exchange"),
    ("coin",),
    ("exchange", "market", "channel"),
    ("exchange", "market"),
    ("exchange",),
    ("slot_ms",),
    ("minute_ms",),
    ("open_ms",),
    ("at_ms",),
    ("day",),
    ("name",),
)


def change(before: Tree, after: Tree) -> Change | None:
    """What makes `after` of `before`; None where they are the same."""
    if type(before) is not type(after):
        return {"to": after}
    if isinstance(after, dict):
        return _of_dicts(before, after)
    if isinstance(after, list):
        return _of_lists(before, after)
    return None if before == after else {"to": after}


def changed(before: Tree, made: Change | None) -> Tree:
    """`before` with a change made; `before` itself stays as it is.

    A change that was made for another tree is a ValueError, where that can be seen.
    """
    if made is None:
        return before
    if "to" in made:
        return made["to"]
    try:
        return _dict(before, made) if isinstance(before, dict) else _list(before, made)
    except (LookupError, TypeError) as error:
        raise ValueError("a change of another tree") from error


def _of_dicts(before: Mapping[str, Tree], after: Mapping[str, Tree]) -> Change | None:
    made: Change = {}
    at = {
        key: one
        for key, value in after.items()
        if key in before and (one := change(before[key], value)) is not None
    }
    new = {key: value for key, value in after.items() if key not in before}
    gone = [key for key in before if key not in after]
    for name, part in (("at", at), ("new", new), ("gone", gone)):
        if part:
            made[name] = part
    return made or None


def _dict(before: Mapping[str, Tree], made: Change) -> dict[str, Tree]:
    gone = frozenset(made.get("gone", ()))
    at = made.get("at", {})
    if "rows" in made or not at.keys() <= before.keys():
        raise LookupError(at)
    kept = {key: changed(value, at.get(key)) for key, value in before.items() if key not in gone}
    new: dict[str, Tree] = made.get("new", {})
    return kept | new


def _of_lists(before: Sequence[Tree], after: Sequence[Tree]) -> Change | None:
    if before == after:
        return None
    origins = _origins(before, after)
    made: Change = {}
    if origins != list(range(len(before))):
        made["rows"] = list(_runs(origins, after))
    at = {
        str(index): one
        for index, origin in enumerate(origins)
        if origin is not None and (one := change(before[origin], after[index])) is not None
    }
    if at:
        made["at"] = at
    return made


def _origins(before: Sequence[Tree], after: Sequence[Tree]) -> list[int | None]:
    """For each row of `after` the index that it had; None for a new one."""
    fields = next((one for one in _KEYS if _tells_apart(one, before, after)), None)
    if fields is None:
        # Rows without a name: what is longer or shorter is so at its end.
        return [index if index < len(before) else None for index in range(len(after))]
    there = {_key(row, fields): index for index, row in enumerate(before)}
    return [there.get(_key(row, fields)) for row in after]


def _tells_apart(fields: Sequence[str], *lists: Sequence[Tree]) -> bool:
    for rows in lists:
        if not all(isinstance(row, dict) and all(name in row for name in fields) for row in rows):
            return False
        keys = [_key(row, fields) for row in rows]
        if not all(isinstance(part, str | int) for key in keys for part in key):
            return False
        if len(set(keys)) < len(keys):
            return False
    return True


def _key(row: Mapping[str, Tree], fields: Sequence[str]) -> tuple[Hashable, ...]:
    return tuple(row[name] for name in fields)


def _runs(origins: Sequence[int | None], after: Sequence[Tree]) -> Iterable[Tree]:
    run: list[int] = []
    for index, origin in enumerate(origins):
        if run and origin == run[0] + run[1]:
            run[1] += 1
            continue
        if run:
            yield run
        run = [] if origin is None else [origin, 1]
        if origin is None:
            yield {"new": after[index]}
    if run:
        yield run


def _list(before: Sequence[Tree], made: Change) -> list[Tree]:
    rows = list(before)
    if "rows" in made:
        rows = []
        for part in made["rows"]:
            rows += [part["new"]] if isinstance(part, dict) else _run(before, *part)
    for index, one in made.get("at", {}).items():
        rows[int(index)] = changed(rows[int(index)], one)
    return rows


def _run(before: Sequence[Tree], first: int, count: int) -> Sequence[Tree]:
    if not 0 <= first <= first + count <= len(before):
        raise LookupError(first)
    return before[first : first + count]
