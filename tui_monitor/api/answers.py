"""JSON out: the envelope, the errors, and one door that keeps every text printable."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Raw, Struct
from starlette.responses import Response

from tui_monitor.errors import (
    AlreadyRuns,
    BadInput,
    FeedError,
    MonitorError,
    NotListedYet,
    RateLimited,
    StoreError,
    UnknownCoin,
)
from tui_monitor.printable import printable
from tui_monitor.steps import gathered, in_steps

JSON = "application/json"
TEXT_LIMIT = 500
_ROWS_AT_ONCE = 50

# Where nothing better is known.
_USUAL_HINT = "/api/openapi.json has every route, its parameters and its answers"
_USUAL_HINTS = {
    403: "open the daemon's own address, with nothing of another site",
    408: "send the whole request at once",
    409: "wait until it has ended, or stop it",
    429: "ask again later, and less often",
    503: "ask again later",
}

_encoder = msgspec.json.Encoder()
# JSON's escapes but for quote, backslash, slash and newline; and DEL, which is not escaped.
_SUSPICIOUS = re.compile(rb'\\[^"\\/n]')
_DEL = b"\x7f"
_ASCII = bytes(range(128))
# Letters that grow together with one before or after them, or may in a later Unicode, are these
# and some beyond the first 65,536 characters.
_JAMO = frozenset({*range(0x1100, 0x1200), *range(0xA960, 0xA980), *range(0xD7B0, 0xD800)})
_FIRST_PLANE = 0x10000


class Answer(Struct, frozen=True, kw_only=True):
    """A success. `own` are the originals' keys beside the envelope's; they win over them.

    `data` may be `Raw`, JSON that has been through `encode` already.
    """

    data: Any
    count: int = 1
    own: Mapping[str, Any] = {}

    def content(self, now_ms: int, source: str) -> bytes:
        """The whole body. `source` is what all data here are: real, simulator or demo."""
        head = {
            "success": True,
            "status": "success",
            "count": self.count,
            "timestamp": now_ms,
            "source": source,
        }
        return encode({**head, **self.own})[:-1] + b',"data":' + self.data_content() + b"}"

    def data_content(self) -> bytes:
        """What there is besides the envelope."""
        return bytes(self.data) if isinstance(self.data, Raw) else encode(self.data)


class Refused(Exception):
    """A request that gets no answer but this status. Not a MonitorError: it is HTTP's own."""

    def __init__(
        self, status: int, error: str, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.hint = hint
        self.headers = dict(headers or {})

    def shape(self) -> dict[str, Any]:
        """What every error looks like."""
        hint = self.hint or _USUAL_HINTS.get(self.status, _USUAL_HINT)
        error, hint = printable(self.error, TEXT_LIMIT), printable(hint, TEXT_LIMIT)
        return {"success": False, "status": "error", "error": error, "hint": hint}

    def content(self) -> bytes:
        """The JSON body of every error."""
        return encode(self.shape())

    def response(self) -> Response:
        """The body with its status and headers."""
        return Response(self.content(), self.status, self.headers, media_type=JSON)

    def raw(self, headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
        """A whole HTTP/1.1 response that ends its connection, for where no request was read."""
        body = self.content()
        status = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n"
        own = f"content-type: {JSON}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n"
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        return status.encode() + own.encode() + lines + b"\r\n" + body


def encode(value: object) -> bytes:
    """JSON without NaN (null instead) and without text that could move a cursor.

    Whatever encodes to plain ASCII without an escape is printable as it is, and so are short texts
    of letters that stand each for itself; only the rest is walked through. Newlines stay.
    """
    try:
        content = _encoder.encode(value)
    except UnicodeEncodeError:
        # A lone surrogate.
        return _encoder.encode(_cleaned(msgspec.to_builtins(value)))
    if _is_printable(content):
        return content
    return _encoder.encode(_cleaned(msgspec.json.decode(content)))


async def encode_rows(rows: Sequence[object]) -> Raw:
    """Many rows, some at a time: encoding them at once would hold every feed."""
    begins = range(0, len(rows), _ROWS_AT_ONCE)
    encoded = (encode(rows[begin : begin + _ROWS_AT_ONCE])[1:-1] for begin in begins)
    parts = await in_steps(gathered(encoded, 1))
    return Raw(b"[" + b",".join(parts) + b"]")


def _is_printable(content: bytes) -> bool:
    """Whether it is known at a glance that cleaning JSON would leave it as it is."""
    if _DEL in content:
        return False
    has_escapes = b"\\" in content
    if content.isascii():
        return not (has_escapes and _SUSPICIOUS.search(content))
    if has_escapes or not all(map(_stays, set(content.translate(None, _ASCII).decode()))):
        return False
    # Without an escape every other part between quotes is a text; bytes are no fewer than letters.
    return max(map(len, content.split(b'"')[1::2])) <= TEXT_LIMIT


@lru_cache(maxsize=8192)
def _stays(char: str) -> bool:
    """Whether a character is printable as it is, whatever stands beside it."""
    category, number = unicodedata.category(char), ord(char)
    stands_alone = number < _FIRST_PLANE and number not in _JAMO
    return (
        category[0] in "LNPS"
        and (stands_alone or category == "So")
        and unicodedata.normalize("NFC", char) == char
        and printable(char) == char
    )


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return "\n".join(printable(line, TEXT_LIMIT) for line in value.split("\n"))
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(item) for item in value]
    return value


# The first class that fits decides.
_STATUS: tuple[tuple[type[MonitorError], int], ...] = (
    (AlreadyRuns, 409),
    (NotListedYet, 503),
    (UnknownCoin, 404),
    (BadInput, 400),
    (StoreError, 503),
    (RateLimited, 503),
    (FeedError, 502),
)


def refused(error: MonitorError) -> Refused:
    """What an expected failure is over HTTP."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    headers = {"retry-after": "5"} if status == 503 else {}
    return Refused(status, error.message, error.hint, headers)
