"""A limit over all paths of a root, and the ban of who breaks it."""

from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tui_monitor.simulator.limits import Limit
from tui_monitor.simulator.serving import Answer, Rest

_CODED = ("http_429", "http_500")


class Gate:
    """Stands before a root's REST."""

    def __init__(
        self,
        rest: Rest,
        limit: Limit,
        ban_s: float,
        banned: Callable[[], Response],
        coded: Callable[[int], Answer],
    ) -> None:
        """`banned` makes the answer to who broke the limit, `coded` that of a bare error code."""
        self._rest = rest
        self._root = rest.root
        self._limit = limit
        self._ban_s = ban_s
        self._banned = banned
        self._coded = coded

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        if not self._admits(request):
            self._root.stats.requested(request.url.path.removeprefix(self._root.path))
            return self._banned()
        target = self._rest.target_of(request.url.path, request.query_params)
        fault = self._root.shared.faults.find(self._root.exchange, _CODED, target)
        if fault is not None and fault.code is not None:
            self._root.stats.requested(request.url.path.removeprefix(self._root.path))
            body = msgspec.json.encode(self._coded(fault.code).body)
            return Response(body, media_type="application/json")
        return await self._rest(request)

    def _admits(self, request: Request) -> bool:
        shared = self._root.shared
        if not shared.limits:
            return True
        client = request.client.host if request.client else ""
        now_s = shared.clock.monotonic_s()
        if now_s < self._root.bans.get(client, 0.0):
            self._root.violated("a request while banned")
            return False
        if self._root.windows.allow((client, "all paths"), self._limit, now_s):
            return True
        self._root.bans[client] = now_s + self._ban_s
        self._root.violated(f"all paths: more than {self._limit.text()}")
        return False
