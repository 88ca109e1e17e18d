"""What every exchange's REST does alike: count, break on request, limit, answer."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec
from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from tui_monitor.simulator.bodies import Bodies
from tui_monitor.simulator.faults import SPOILING, Dialect, Fault, Target, hits, spoilt, status_of
from tui_monitor.simulator.limits import Limit
from tui_monitor.simulator.shared import Root

_STATUS_KINDS = ("http_429", "http_418", "http_451", "http_500")
_CHUNK = b" " * 1_000_000
Params = Mapping[str, str]


class Answer(Struct, frozen=True):
    """What a path answers: the JSON body, built but not encoded."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = {}


class Meter(Protocol):
    """Limits that aren't a count a path: weights, pools, bans."""

    def admit(self, client: str, path: str, params: Params, /) -> Answer | None:
        """Charge a request; the refusal if it is one too many."""

    def headers(self, client: str, path: str, /) -> Mapping[str, str]:
        """What answers say about the budget."""


class Rest(Struct, frozen=True, kw_only=True):
    """An exchange's REST: its paths, its limits, its ways of saying no."""

    root: Root
    answers: Mapping[str, Callable[[Params], Awaitable[Answer]]]
    limits: Mapping[str, Limit]
    too_many: Answer
    missing: Answer
    broken: Answer
    target_of: Callable[[str, Params], Target]
    dialect: Dialect
    meter: Meter | None = None
    bodies: Bodies = field(default_factory=Bodies)
    # What a fault of a status says, where it isn't `too_many` or `broken`.
    said: Mapping[str, Callable[[Fault], Answer]] = {}

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        path = request.url.path.removeprefix(self.root.path)
        self.root.stats.requested(path)
        target = self.target_of(request.url.path, request.query_params)
        refused = await self._refused(target)
        if refused is not None:
            return refused
        answer = self.answers.get(path)
        if answer is None or request.method != "GET":
            return _json(self.missing)
        if not self._allowed(request, path):
            return _json(self.too_many)
        client = request.client.host if request.client else ""
        over = self.meter.admit(client, path, request.query_params) if self.meter else None
        if over is not None:
            return _json(over)
        response = await self._made(request, answer)
        if self.meter is not None:
            response.headers.update(self.meter.headers(client, path))
        return self._spoilt(response, target)

    async def _made(
        self, request: Request, answer: Callable[[Params], Awaitable[Answer]]
    ) -> Response:
        """The answer, or the one that somebody got at the same time; faults may change it."""
        shared, url = self.root.shared, request.url
        asked = f"{shared.world.version} {url.path}?{url.query}"
        now_ms, is_sound = shared.clock.now_ms(), not shared.faults.any()
        kept = self.bodies.find(asked, now_ms) if is_sound else None
        if kept is not None:
            return Response(kept, media_type="application/json")
        made = await answer(request.query_params)
        response = _json(made)
        if is_sound and made.status == 200:
            self.bodies.keep(asked, bytes(response.body), now_ms)
        return response

    async def _refused(self, target: Target) -> Response | None:
        """The answer of a fault that keeps the exchange from answering at all."""
        shared, name = self.root.shared, self.root.exchange
        slow = shared.faults.find(name, ("slow",), target)
        if slow is not None:
            await shared.pause(3.0 if slow.delay_s is None else slow.delay_s, shared.stopping)
        fault = shared.faults.find(name, _STATUS_KINDS, target)
        fault = fault or self._unless_of_a_channel(("html",), target)
        return None if fault is None else failure(fault, self)

    def _unless_of_a_channel(self, kinds: tuple[str, ...], target: Target) -> Fault | None:
        """Kinds that also spoil frames mean only these if they name a channel."""
        found = self.root.shared.faults.of_kind(self.root.exchange, kinds)
        return next((one for one in found if one.channel is None and hits(one, target)), None)

    def _allowed(self, request: Request, path: str) -> bool:
        limit = self.limits.get(path)
        if limit is None or not self.root.shared.limits:
            return True
        client = request.client.host if request.client else ""
        key = (client, path, *(request.query_params.get(name, "") for name in limit.per))
        if self.root.windows.allow(key, limit, self.root.shared.clock.monotonic_s()):
            return True
        self.root.violated(f"{path}: more than {limit.text()}")
        return False

    def _spoilt(self, response: Response, target: Target) -> Response:
        fault = self._unless_of_a_channel(SPOILING, target)
        if fault is None:
            return response
        if fault.kind == "huge_frame":
            return StreamingResponse(_huge(fault.megabytes), media_type="application/json")
        return Response(
            spoilt(fault, bytes(response.body), self.dialect),
            status_code=response.status_code,
            media_type="application/json",
        )


def failure(fault: Fault, rest: Rest) -> Response:
    """The answer of the faults that answer with a status."""
    headers = {}
    if fault.retry_after_s is not None:
        headers["Retry-After"] = f"{fault.retry_after_s:g}"
    status = status_of(fault)
    if fault.kind == "html":
        page = spoilt(fault, b"", rest.dialect)
        return Response(page, status, headers, "text/html; charset=utf-8")
    if fault.kind in rest.said:
        own = rest.said[fault.kind](fault)
        body = msgspec.json.encode(own.body)
        return Response(body, status, {**own.headers, **headers}, "application/json")
    if fault.kind == "http_451":
        return Response("Unavailable For Legal Reasons", status, headers, "text/plain")
    said = rest.broken if fault.kind == "http_500" else rest.too_many
    return Response(msgspec.json.encode(said.body), status, headers, "application/json")


def _json(answer: Answer) -> Response:
    body = msgspec.json.encode(answer.body)
    return Response(body, answer.status, dict(answer.headers), "application/json")


async def _huge(megabytes: int) -> AsyncIterator[bytes]:
    yield b'{"code":"0","msg":"'
    for _ in range(megabytes):
        yield _CHUNK
    yield b'","data":[]}'
