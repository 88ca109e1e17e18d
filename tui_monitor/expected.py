"""What a value must be, in words, by its type: for the errors of settings and of routes."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import inspect

from tui_monitor.printable import printable

# Of what somebody gave, an error repeats so much.
ECHOED = 60
ONE_OF = "one of "
_SIZE = re.compile(r"\d+[mhd]?")
_MINUTES = {"": 1, "m": 1, "h": 60, "d": 1_440}


def echoed(value: object) -> str:
    """What somebody gave, as an error shows it: one line, not too long."""
    if isinstance(value, str):
        return repr(printable(value, ECHOED))
    if value is None or isinstance(value, bool | list | dict):
        # As who gave it wrote it, in TOML or JSON.
        with suppress(TypeError, ValueError):
            return printable(msgspec.json.encode(value).decode(), ECHOED)
    return printable(repr(value), ECHOED)


def expected(kind: Any) -> str:
    """`a whole number from 1 to 5000`, or `one of all, perp-perp`."""
    return _words(inspect.type_info(kind))


def field_named(struct: type[msgspec.Struct], name: str) -> Any:
    """The type of a field by its name outside; None where there is none."""
    found = msgspec.structs.fields(struct)
    return next((one.type for one in found if one.encode_name == name), None)


def _words(kind: inspect.Type) -> str:
    match kind:
        case inspect.Metadata(type=inner):
            return _words(inner)
        case inspect.UnionType(types=types):
            return " or ".join(_words(one) for one in types if not _is_none(one))
        case inspect.LiteralType(values=values):
            return _one_of(in_order([str(value) or '""' for value in values]))
        case inspect.EnumType(cls=cls):
            return _one_of([str(one.value) for one in cls])
        case inspect.IntType() | inspect.FloatType():
            return _number(kind)
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType(min_length=least, max_length=most):
            bounds = f"{least} to {most}" if least else f"at most {most}"
            return "text" if most is None else f"text of {bounds} characters"
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return f"a list, each {_words(item)}"
        case inspect.NamedTupleType(fields=fields):
            return f"a list of {' and '.join(_words(field.type) for field in fields)}"
        case _:
            return "a table" if isinstance(kind, inspect.DictType) else "something else"


def in_order(words: Sequence[str]) -> list[str]:
    """Numbers by their size, times like 15m and 1h by their length, other words as they are."""
    found = [_SIZE.fullmatch(word) for word in words]
    if not all(found):
        return list(words)
    return sorted(words, key=_size)


def _size(word: str) -> int:
    number = word.rstrip("mhd")
    return int(number) * _MINUTES[word[len(number) :]]


def _is_none(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.NoneType)


def _one_of(values: Sequence[str]) -> str:
    return f"{ONE_OF}{', '.join(values)}"


def _number(kind: inspect.IntType | inspect.FloatType) -> str:
    noun = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
    if kind.ge is not None and kind.le is not None:
        return f"{noun} from {kind.ge:g} to {kind.le:g}"
    bounds = (("over", kind.gt), ("of at least", kind.ge), ("under", kind.lt), ("at most", kind.le))
    told = [f"{word} {bound:g}" for word, bound in bounds if bound is not None]
    return " ".join((noun, ", ".join(told))).rstrip()
