"""A limit over all paths of a root, the ban of who breaks it, and limits of single paths."""

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
        paths: Callable[[str], Limit | None] = lambda _: None,
    ) -> None:
        """`banned` makes the answer to who broke a limit, `coded` that of a bare error code.

        `paths` gives the limit of a path, if it has one; breaking it is no ban.
        """
        self._rest = rest
        self._root = rest.root
        self._limit = limit
        self._ban_s = ban_s
        self._banned = banned
        self._coded = coded
        self._paths = paths

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        path = request.url.path.removeprefix(self._root.path)
        if not self._admits(request, path):
            self._root.stats.requested(path)
            return self._banned()
        target = self._rest.target_of(request.url.path, request.query_params)
        fault = self._root.shared.faults.find(self._root.exchange, _CODED, target)
        if fault is not None and fault.code is not None:
            self._root.stats.requested(path)
            body = msgspec.json.encode(self._coded(fault.code).body)
            return Response(body, media_type="application/json")
        return await self._rest(request)

    def _admits(self, request: Request, path: str) -> bool:
        shared = self._root.shared
        if not shared.limits:
            return True
        client = request.client.host if request.client else ""
        now_s = shared.clock.monotonic_s()
        if now_s < self._root.bans.get(client, 0.0):
            self._root.violated("a request while banned")
            return False
        windows, limit = self._root.windows, self._paths(path)
        if not windows.allow((client, "all paths"), self._limit, now_s):
            self._root.bans[client] = now_s + self._ban_s
            self._root.violated(f"all paths: more than {self._limit.text()}")
            return False
        if limit is None or windows.allow((client, path), limit, now_s):
            return True
        self._root.violated(f"{path}: more than {limit.text()}")
        return False
