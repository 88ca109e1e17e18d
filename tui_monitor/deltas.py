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
from itertools import chain
from operator import itemgetter
from typing import Any, TypeAlias

Tree: TypeAlias = Any
Change: TypeAlias = dict[str, Any]

_NAMING = frozenset({str, int, bool})
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
NAMES = frozenset(chain.from_iterable(_KEYS))
"""All fields that may tell one row from another."""


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
    at: Change = {}
    new: dict[str, Tree] = {}
    for key, value in after.items():
        if key not in before:
            new[key] = value
            continue
        was = before[key]
        if type(was) is not type(value):
            at[key] = {"to": value}
        elif isinstance(value, dict | list):
            if (one := change(was, value)) is not None:
                at[key] = one
        elif was != value:
            at[key] = {"to": value}
    return of_dict(at, new, [key for key in before if key not in after])


def of_dict(at: Change, new: Mapping[str, Tree], gone: Sequence[str]) -> Change | None:
    """The change of a dict, of its parts."""
    parts = (("at", at), ("new", new), ("gone", gone))
    return {name: part for name, part in parts if part} or None


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
    came_from = origins(before, after)
    at = {
        str(index): one
        for index, origin in enumerate(came_from)
        if origin is not None and (one := change(before[origin], after[index])) is not None
    }
    return of_rows(came_from, len(before), after, at)


def of_rows(
    came_from: Sequence[int | None], count: int, after: Sequence[Tree], at: Change
) -> Change:
    """The change of `count` rows into `after`, where it is known which rows those were before and
    what changed `at` their new indices."""
    made: Change = {}
    if came_from != list(range(count)):
        made["rows"] = list(_runs(came_from, after))
    return made | {"at": at} if at else made


def origins(before: Sequence[Tree], after: Sequence[Tree]) -> list[int | None]:
    """For each row of `after` the index that it had; None for a new one."""
    for fields in _KEYS:
        here, there = _names(fields, after), _names(fields, before)
        if here is not None and there is not None:
            indices = {name: index for index, name in enumerate(there)}
            return [indices.get(name) for name in here]
    # Rows without a name: what is longer or shorter is so at its end.
    return [index if index < len(before) else None for index in range(len(after))]


def _names(fields: Sequence[str], rows: Sequence[Tree]) -> list[Hashable] | None:
    """What each row has there; None where that does not tell it from every other."""
    if not all(isinstance(row, dict) for row in rows):
        return None
    try:
        names = list(map(itemgetter(*fields), rows))
        parts = chain.from_iterable(names) if len(fields) > 1 else names
        is_named = {*map(type, parts)} <= _NAMING and len({*names}) == len(names)
    except (KeyError, TypeError):
        return None  # a row without, or with one that is a list
    return names if is_named else None


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
