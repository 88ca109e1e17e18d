"""What can be asked over a socket: the methods of `Source`, their arguments and answers as trees.

The table is made of the protocol's own signatures, so that no method can be forgotten here.
"""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from tui_monitor import errors
from tui_monitor.deltas import Tree
from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.source import Source


class Call(Struct, frozen=True, kw_only=True):
    """One method: its arguments as a struct, and the type of what it gives."""

    name: str
    signature: inspect.Signature
    asks: type[Struct]
    gives: Any
    waits: bool
    """Whether it is a coroutine function."""


def _call(name: str, method: Any) -> Call:
    signature = inspect.signature(method)
    hints = get_type_hints(method)
    gives = hints.pop("return")
    fields = [
        (one.name, hints[one.name])
        if one.default is one.empty
        else (one.name, hints[one.name], one.default)
        for one in list(signature.parameters.values())[1:]
    ]
    asks = msgspec.defstruct(name, fields, kw_only=True, frozen=True, forbid_unknown_fields=True)
    waits = inspect.iscoroutinefunction(method)
    return Call(name=name, signature=signature, asks=asks, gives=gives, waits=waits)


CALLS: Mapping[str, Call] = {
    name: _call(name, method)
    for name, method in vars(Source).items()
    if inspect.isfunction(method) and not name.startswith("_")
}

_ERRORS: Mapping[str, type[MonitorError]] = {
    kind.__name__: kind
    for kind in (
        errors.BadInput,
        errors.UnknownCoin,
        errors.AlreadyRuns,
        errors.FolderUnusable,
        errors.StoreError,
        errors.StoreUnusable,
        errors.StoreFull,
    )
}


def arguments(name: str, *given: Any, **named: Any) -> Tree:
    """The given arguments of a call as a tree, by their names."""
    bound = CALLS[name].signature.bind(None, *given, **named).arguments
    del bound["self"]
    return tree_of(bound)


async def answer(source: Source, name: str, given: Tree) -> Tree:
    """Ask a source; what comes as a tree. BadInput for a question that can't be understood."""
    call = CALLS.get(name)
    if call is None:
        raise BadInput(f"unknown call {name!r}")
    try:
        asked = msgspec.convert(given, call.asks, dec_hook=_from_text)
    except msgspec.ValidationError as error:
        raise BadInput(f"{name}: {error}") from error
    got = _bound(source, call, asked)
    return tree_of(await got if call.waits else got)


def _bound(source: Source, call: Call, asked: Struct) -> Any:
    method = getattr(source, call.name)
    first: list[Any] = []
    named: dict[str, Any] = {}
    for one in list(call.signature.parameters.values())[1:]:
        value = getattr(asked, one.name)
        if one.kind is one.POSITIONAL_ONLY:
            first.append(value)
        else:
            named[one.name] = value
    return method(*first, **named)


def answered(name: str, tree: Tree) -> Any:
    """What a tree means; ValueError for one that another version of this program wrote."""
    return msgspec.convert(tree, CALLS[name].gives, dec_hook=_from_text)


def tree_of(value: Any) -> Tree:
    """A value as plain dicts, lists and texts."""
    return msgspec.to_builtins(value, str_keys=True, enc_hook=_as_text)


def error_tree(error: MonitorError) -> Tree:
    """An expected failure by the name of its kind, or of what it is a kind of."""
    kind = next((one.__name__ for one in type(error).__mro__ if one.__name__ in _ERRORS), "")
    return {"kind": kind, "message": error.message, "hint": error.hint}


def error_of(tree: Mapping[str, str]) -> MonitorError:
    """The failure that `error_tree` told of."""
    kind = _ERRORS.get(tree.get("kind", ""), MonitorError)
    return kind(tree.get("message", "the engine failed"), tree.get("hint", ""))


def _as_text(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def _from_text(kind: type, value: Any) -> Any:
    if issubclass(kind, Path):
        return Path(value)
    raise NotImplementedError(kind)
