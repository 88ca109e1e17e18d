"""What can be asked over a socket: the methods of `Source`, their arguments and answers as JSON.

The table is made of the protocol's own signatures, so that no method can be forgotten here.
"""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from tui_monitor import errors
from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.source import Source
from tui_monitor.steps import Steps, gathered

# A board's largest take a millisecond.
ROWS_AT_A_TIME = 200


def _as_text(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def _from_text(kind: type, value: Any) -> Any:
    if issubclass(kind, Path):
        return Path(value)
    raise NotImplementedError(kind)


class Call(Struct, frozen=True, kw_only=True):
    """One method: its arguments as a struct, and what reads the answers."""

    name: str
    signature: inspect.Signature
    asks: type[Struct]
    gives: msgspec.json.Decoder[Any]
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
    decoder = msgspec.json.Decoder(gives, dec_hook=_from_text)
    return Call(name=name, signature=signature, asks=asks, gives=decoder, waits=waits)


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
        errors.NotListedYet,
        errors.AlreadyRuns,
        errors.FolderUnusable,
        errors.StoreError,
        errors.StoreUnusable,
        errors.StoreFull,
    )
}


def arguments(name: str, *given: Any, **named: Any) -> dict[str, Any]:
    """The given arguments of a call as plain values, by their names."""
    bound = CALLS[name].signature.bind(None, *given, **named).arguments
    del bound["self"]
    plain: dict[str, Any] = msgspec.to_builtins(bound, enc_hook=_as_text)
    return plain


async def answer(source: Source, name: str, given: Mapping[str, Any]) -> Any:
    """Ask a source. BadInput for a question that can't be understood."""
    call = CALLS.get(name)
    if call is None:
        raise BadInput(f"unknown call {name!r}")
    try:
        asked = msgspec.convert(given, call.asks, dec_hook=_from_text)
    except msgspec.ValidationError as error:
        raise BadInput(f"{name}: {error}") from error
    got = _bound(source, call, asked)
    return await got if call.waits else got


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


def json_of(value: Any) -> bytes:
    """An answer for the wire."""
    return msgspec.json.encode(value, enc_hook=_as_text)


def json_steps(value: Any, at_a_time: int = ROWS_AT_A_TIME) -> Steps[bytes]:
    """The same: of a list, and of the lists right in a struct, so many rows in a step."""
    if isinstance(value, list):
        return bytes((yield from _rows_steps(value, at_a_time)))
    if isinstance(value, Struct):
        written: dict[str, msgspec.Raw] = {}
        for name in value.__struct_fields__:
            rows = getattr(value, name)
            if isinstance(rows, list) and len(rows) > at_a_time:
                written[name] = yield from _rows_steps(rows, at_a_time)
        if written:
            value = msgspec.structs.replace(value, **written)
    return json_of(value)


def _rows_steps(rows: list[Any], at_a_time: int) -> Steps[msgspec.Raw]:
    begins = range(0, len(rows), at_a_time)
    parts = (json_of(rows[begin : begin + at_a_time])[1:-1] for begin in begins)
    return msgspec.Raw(b"[%b]" % b",".join((yield from gathered(parts, 1))))


def meant(name: str, content: msgspec.Raw) -> Any:
    """What came over the wire; MonitorError if another version of this program wrote it."""
    try:
        return CALLS[name].gives.decode(content)
    except msgspec.ValidationError as error:
        text = f"the engine's {name} can't be understood: {error}"
        raise MonitorError(text, "its version is another one") from error


def error_tree(error: MonitorError) -> dict[str, str]:
    """An expected failure by the name of its kind, or of what it is a kind of."""
    kind = next((one.__name__ for one in type(error).__mro__ if one.__name__ in _ERRORS), "")
    return {"kind": kind, "message": error.message, "hint": error.hint}


def error_of(tree: Mapping[str, str]) -> MonitorError:
    """The failure that `error_tree` told of."""
    kind = _ERRORS.get(tree.get("kind", ""), MonitorError)
    return kind(tree.get("message", "the engine failed"), tree.get("hint", ""))
