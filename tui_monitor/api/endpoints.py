"""What a route is: path, typed question, function that answers it; and how requests reach it."""

import difflib
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import unquote

import msgspec
from msgspec import Meta, Struct
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from tui_monitor.api.answers import JSON, Answer, Refused, refused
from tui_monitor.api.limits import MAX_ROWS
from tui_monitor.api.sharing import Shared
from tui_monitor.clock import BoardZone, Clock
from tui_monitor.errors import BadInput, MonitorError
from tui_monitor.expected import echoed, expected, field_named
from tui_monitor.printable import printable
from tui_monitor.source import Source

T = TypeVar("T", bound=Struct)

_LONGEST_ERROR = 160
# How msgspec says what is wrong.
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_MISSING = re.compile(r"Object missing required field `(.*)`")
_BYTE = re.compile(r"\(byte (\d+)\)")
_WHOLE = re.compile(r"-?[0-9]+")
_INSIDE = re.compile(r"[.\[]")

log = logging.getLogger(__name__)


class World(Struct, frozen=True, kw_only=True):
    """All that an answer may use."""

    source: Source
    clock: Clock
    zone: BoardZone
    shared: Shared
    kind: str
    """What its data are: real, simulator or demo."""


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """A question without parameters."""


class Endpoint(Struct, frozen=True, kw_only=True):
    """One route. `asks` is read from the query of a GET and from the JSON body of a POST.

    Parts of the path in braces are fields of it too. `gives` is the type of `data` in the answer,
    `own` that of the originals' keys beside it, for the description.
    """

    path: str
    summary: str
    reply: Callable[[World, Any], Awaitable[Answer | Response]]
    asks: type[Struct] = Nothing
    gives: Any = None
    own: Any = Nothing
    method: Literal["GET", "POST"] = "GET"
    description: str = ""
    success: dict[str, Any] = {}
    """OpenAPI's responses of those that don't answer with the envelope."""
    cookies: dict[str, str] = {}
    """Parameters of a GET that a cookie of the caller stands for where they are not given."""


def described(text: str, **limits: Any) -> Meta:
    """A parameter's sentence and bounds."""
    return Meta(description=text, **limits)


def a_day(text: str) -> Meta:
    """The sentence of a parameter that is a day, YYYY-MM-DD."""
    return described(text, extra_json_schema={"format": "date"})


Rows = Annotated[int, described(f"Rows at most, 1 to {MAX_ROWS}.", ge=1, le=MAX_ROWS)]


def route(endpoint: Endpoint, world: World) -> Route:
    """The endpoint as Starlette wants it."""

    async def respond(request: Request) -> Response:
        try:
            asked = await _question(endpoint, request)
            answer = await endpoint.reply(world, asked)
            if isinstance(answer, Response):
                return answer
            return Response(answer.content(world.clock.now_ms(), world.kind), media_type=JSON)
        except Refused:
            raise
        except MonitorError as error:
            return refused(error).response()
        except ClientDisconnect:
            return Refused(400, "the request was never finished").response()
        except Exception:
            case = secrets.token_hex(4)
            log.exception("request %s failed: %s %s", case, endpoint.method, endpoint.path)
            return bug(case).response()

    return Route(endpoint.path, respond, methods=[endpoint.method])


def bug(case: str) -> Refused:
    """A 500 that tells the client an id only; the log has the rest under it."""
    hint = f"the log has it under {case}"
    return Refused(500, "this request met a bug in tui-monitor", hint)


async def _question(endpoint: Endpoint, request: Request) -> Struct:
    query = request.query_params.multi_items()
    if endpoint.method == "POST":
        if query:
            raise BadInput("this route takes no query", "send a JSON object as the body")
        return _from_body(endpoint.asks, await request.body())
    given = {name for name, _ in query}
    query += [
        (name, unquote(request.cookies[cookie]))
        for name, cookie in endpoint.cookies.items()
        if name not in given and cookie in request.cookies
    ]
    return _from_query(endpoint.asks, query, request.path_params)


def _from_query(
    asks: type[Struct], query: list[tuple[str, str]], path: Mapping[str, str]
) -> Struct:
    values: dict[str, str] = dict(path)
    for name, value in query:
        # `_` and the like only defeat caches.
        if name.startswith("_"):
            continue
        if name in values:
            raise BadInput(f"{name} is given twice")
        values[name] = value
    return parameters(asks, values)


def parameters(asks: type[Struct], values: Mapping[str, Any]) -> Struct:
    """A question by its parameters, numbers also as text; BadInput says what is wrong."""
    known = [field.encode_name for field in msgspec.structs.fields(asks)]
    for name in values:
        if name not in known:
            raise BadInput(f"unknown parameter {echoed(name)}", _nearest(name, known))
    found = converted(asks, values, strict=False)
    for field in msgspec.structs.fields(asks):
        given, value = values.get(field.encode_name), getattr(found, field.name)
        # What is read as a number may be written as 1e3 or 1.0 else.
        if isinstance(given, str) and type(value) is int and not _WHOLE.fullmatch(given):
            must = f"{field.encode_name} must be {expected(field.type)}, not {echoed(given)}"
            raise BadInput(must, _wanted(asks))
    return found


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(known)}" if known else "this route takes no parameters"


def _from_body(asks: type[Struct], body: bytes) -> Struct:
    try:
        values = msgspec.json.decode(body or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"the body {no_object(error)}", _wanted(asks)) from error
    return converted(asks, values, strict=True)


def no_object(error: Exception) -> str:
    """What is wrong with what should have been a JSON object; says nothing of its content."""
    if isinstance(error, msgspec.ValidationError):
        return "is JSON, but no object"
    if isinstance(error, UnicodeError):
        return "is no JSON: it is not UTF-8"
    if isinstance(error, RecursionError):
        return "has too many levels"
    if "truncated" in str(error):
        return "is no JSON: it ends too early"
    where = _BYTE.search(str(error))
    return f"is no JSON from byte {where[1]} on" if where else "is no JSON"


def converted(asks: type[T], values: Mapping[str, Any], *, strict: bool) -> T:
    """Values as a question; BadInput names the one that can't be used."""
    try:
        return msgspec.convert(values, asks, strict=strict)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at `$.")
        # Of `since[0]` it is `since` that is to be something else.
        name = _INSIDE.split(where.rstrip("`"))[0]
        kind = field_named(asks, name)
        if kind is None:
            text = _UNKNOWN.sub(r"unknown field '\1'", _MISSING.sub(r"\1 is missing", text))
            raise BadInput(printable(text, _LONGEST_ERROR), _wanted(asks)) from error
        must = f"{name} must be {expected(kind)}, not {echoed(values[name])}"
        raise BadInput(must, _wanted(asks)) from error


def _wanted(asks: type[Struct]) -> str:
    fields = msgspec.structs.fields(asks)
    return f"known: {', '.join(field.encode_name for field in fields)}" if fields else "send {}"
