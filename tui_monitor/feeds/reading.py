"""Bytes and rows from an exchange, and what is said of those that can't be read."""

from typing import TypeVar

import msgspec
from msgspec import Raw

from tui_monitor.errors import Malformed
from tui_monitor.printable import printable

T = TypeVar("T")

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""All that msgspec raises for damaged bytes: it lets bad UTF-8 and deep nesting through."""

UNUSABLE = (Malformed, *UNREADABLE)
"""All that reading one row raises."""


def reason_of(error: BaseException, most: int = 120) -> str:
    """What a person may read about one of UNUSABLE."""
    return error.message if isinstance(error, Malformed) else printable(str(error), most)


def read(decoder: msgspec.json.Decoder[T], data: bytes | Raw, what: str = "") -> T:
    """Decode; raises Malformed, whose text begins with `what` it was."""
    try:
        return decoder.decode(data)
    except UNREADABLE as error:
        raise Malformed(f"{what}: {reason_of(error)}" if what else reason_of(error)) from error


def read_frame(decoder: msgspec.json.Decoder[T], frame: bytes) -> T:
    """Decode a stream's frame; the text of the Malformed ends with the frame's beginning."""
    try:
        return decoder.decode(frame)
    except UNREADABLE as error:
        raise Malformed(f"{reason_of(error, 80)}: {sample(frame)}") from error


def sample(frame: bytes) -> str:
    """The beginning of a frame, for a reason."""
    return repr(printable(frame[:120].decode("utf-8", "replace"), 100))


def shown(value: object) -> str:
    """A value from outside, for a reason."""
    return repr(printable(str(value), 40))


class _Named(msgspec.Struct):
    symbol: str = ""
    s: str = ""
    instId: str = ""  # noqa: N815


_NAMED = msgspec.json.Decoder(_Named)


def symbol_in(item: Raw) -> str | None:
    """The symbol that a row names, by any exchange's word for it; None without one."""
    try:
        named = _NAMED.decode(item)
    except UNREADABLE:
        return None
    return named.symbol or named.s or named.instId or None
