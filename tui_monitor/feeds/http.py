"""REST with bounds: time, bytes, hosts. What comes back is a body or one of four FeedErrors."""

import asyncio
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Protocol

import httpx

from tui_monitor.clock import Clock
from tui_monitor.errors import (
    FeedError,
    Malformed,
    RateLimited,
    Rejected,
    Unreachable,
)
from tui_monitor.feeds.bans import Bans, host_of
from tui_monitor.feeds.clients import REMOTE_ERRORS, Clients
from tui_monitor.feeds.pacing import Pacer, Pause
from tui_monitor.feeds.verdict import BAN_S
from tui_monitor.printable import printable

TOTAL_S = 15.0
MAX_BYTES = 16 * 1024 * 1024
SNIPPET = 200
# A longer wait is the caller's to make: it knows whether it still wants the answer.
_PATIENCE_S = 5.0
_CLOSED = "Server disconnected without sending a response"
_LONGEST_PAUSE_S = 3 * 86_400.0
_CHUNK = 64 * 1024

BLOCKED = "403"
"""The code of a Rejected that `explain` finds in the page that a blocked place gets."""

Explain = Callable[[bytes], FeedError | None]
OnHeaders = Callable[[Mapping[str, str]], None]
"""Gets an answer's headers, whatever the answer is; names are found in any case."""


class RestSettings(Protocol):
    """What a REST client is told by the configuration."""

    @property
    def rest_url(self) -> str:
        """Scheme and host, and a path where there is one."""

    @property
    def proxy(self) -> str:
        """A proxy's URL; empty: none."""

    @property
    def paced(self) -> bool:
        """Whether to keep below the documented limits; off only for loopback."""


class Http:
    """One exchange's REST client. Requests wait for their pacer, all wait for the pause.

    `explain` reads an exchange's own error out of a body, or gives None. `waits_s` is how long a
    status without a Retry-After means. With `bans` the pause is shared by all who ask the host,
    and outlives the program. SettingsError where the proxy can't be used.
    """

    def __init__(
        self,
        base_url: str,
        clock: Clock,
        explain: Explain,
        *,
        proxy: str = "",
        bans: Bans | None = None,
        waits_s: Mapping[int, float] = BAN_S,
        on_headers: OnHeaders | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._host = host_of(base_url)
        self._clock = clock
        self._explain = explain
        self._bans = bans
        self._waits_s = BAN_S | dict(waits_s)
        self._on_headers = on_headers
        self.pause = bans.pause(self._host) if bans is not None else Pause(clock)
        self._clients = Clients(base_url, proxy, TOTAL_S)
        self.headers = self._clients.headers
        """Sent with each request, besides the usual ones."""

    async def aclose(self) -> None:
        """Close the connections."""
        await self._clients.aclose()

    async def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        pacer: Pacer | None = None,
        cost: int = 1,
    ) -> bytes:
        """The body of a 2xx answer that is not HTML and no error of the exchange's.

        `cost` is what the request takes of its pacer's limit.

        Raises RateLimited (also without asking, while a pause lasts), Rejected, Unreachable or
        Malformed; a RateLimited begins a pause for all requests of this exchange.
        """
        await self._wait(pacer, cost)
        try:
            async with asyncio.timeout(TOTAL_S):
                status, headers, body = await self._fetch(path, params or {})
        except TimeoutError as error:
            what = self._clients.text(TimeoutError(f"no answer within {TOTAL_S:.0f} s"))
            raise Unreachable(f"{path}: {what}") from error
        except REMOTE_ERRORS as error:
            raise Unreachable(f"{path}: {self._clients.text(error)}") from error
        if self._on_headers is not None:
            self._on_headers(headers)
        refusal = self._refusal(path, status, headers, body)
        if isinstance(refusal, RateLimited):
            self._stay_away(refusal)
        if refusal is not None:
            raise refusal
        return body

    def _stay_away(self, refusal: RateLimited) -> None:
        if self._bans is None:
            self.pause.extend(refusal.retry_after_s, refusal.message)
        else:
            self._bans.ban(self._host, refusal.retry_after_s, refusal.message)

    async def _wait(self, pacer: Pacer | None, cost: int) -> None:
        await self._wait_out_pause()
        if pacer is not None:
            await pacer.acquire(cost)
            await self._wait_out_pause()

    async def _wait_out_pause(self) -> None:
        while (remaining_s := self.pause.remaining_s()) > 0:
            if remaining_s > _PATIENCE_S:
                why = f": {self.pause.why}" if self.pause.why else ""
                raise RateLimited(f"the exchange asked us to wait{why}", remaining_s)
            await self._clock.sleep(remaining_s)

    async def _fetch(
        self, path: str, params: Mapping[str, str]
    ) -> tuple[int, httpx.Headers, bytes]:
        url = f"{self._base_url}{path}"
        try:
            return await self._ask(url, params)
        except httpx.RemoteProtocolError as error:
            # A kept connection that the server closed while our request was on its way.
            if _CLOSED not in str(error):
                raise
            return await self._ask(url, params)

    async def _ask(self, url: str, params: Mapping[str, str]) -> tuple[int, httpx.Headers, bytes]:
        async with self._clients.get(url, params) as response:
            return response.status_code, response.headers, await _bounded(response)

    def _wait_s(self, status: int, headers: httpx.Headers, explained: FeedError | None) -> float:
        """What the header says, else the body; but a ban is never short without a header."""
        asked_s = retry_after_s(headers.get("Retry-After"), self._clock.now_ms())
        if asked_s is not None:
            return asked_s
        usual_s = self._waits_s.get(status, 2.0)
        if not isinstance(explained, RateLimited):
            return usual_s
        told_s = explained.retry_after_s
        return max(told_s, usual_s) if status in (403, 418) else told_s

    def _refusal(
        self, path: str, status: int, headers: httpx.Headers, body: bytes
    ) -> FeedError | None:
        explained = self._explain(body)
        if status == 403 and isinstance(explained, Rejected) and explained.code == BLOCKED:
            return explained  # waiting does not help: it is no ban
        if status in (403, 418, 429) or isinstance(explained, RateLimited):
            wait_s = self._wait_s(status, headers, explained)
            return RateLimited(f"{path}: {_says(status, body)}", wait_s)
        if explained is not None:
            return explained
        if status >= 500:
            return Unreachable(f"{path}: {_says(status, body)}")
        if status == 451:
            hint = "the exchange does not serve the place this request came from"
            return Rejected(f"{path}: {_says(status, body)}", "451", hint)
        if 300 <= status < 400:
            return Unreachable(f"{path}: {_says(status, body)}", "redirects are not followed")
        if status >= 400:
            return Rejected(f"{path}: {_says(status, body)}", str(status))
        if body.lstrip()[:1] not in (b"{", b"["):
            return Malformed(f"{path}: no JSON: {_says(status, body)}")
        return None


async def _bounded(response: httpx.Response) -> bytes:
    """The decoded body, never more than 16 MiB of it in memory.

    httpx would inflate whatever a chunk holds: 97 kB of gzip became 100 MB.
    """
    packed = response.headers.get("Content-Encoding", "identity").lower()
    if packed not in ("gzip", "deflate", "identity", ""):
        raise Malformed(f"content encoding {printable(packed)} was not asked for")
    reader = _Inflate() if packed in ("gzip", "deflate") else _Plain()
    body = bytearray()
    async for chunk in response.aiter_raw():
        for piece in reader.pieces(chunk):
            body += piece
            if len(body) > MAX_BYTES:
                raise Malformed(f"an answer of more than {MAX_BYTES // 1024**2} MiB")
    return bytes(body)


class _Inflate:
    """gzip or zlib, a piece at a time."""

    def __init__(self) -> None:
        self._state = zlib.decompressobj(wbits=47)  # 47: finds out which of the two it is

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk holds, in pieces of at most 64 KiB."""
        try:
            while chunk:
                yield self._state.decompress(chunk, _CHUNK)
                chunk = self._state.unconsumed_tail
        except zlib.error as error:
            raise Malformed(f"damaged compression: {error}") from error


class _Plain:
    """Not compressed."""

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """The chunk."""
        yield chunk


def retry_after_s(value: str | None, now_ms: int) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date), 1 s to 3 days."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text, re.ASCII):
        seconds = float(text)
    else:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now_ms / 1000
        except (ValueError, TypeError, OverflowError):
            return None
    return min(_LONGEST_PAUSE_S, max(1.0, seconds))


def _says(status: int, body: bytes) -> str:
    text = " ".join(body[: SNIPPET * 4].decode("utf-8", "replace").split())
    return f"HTTP {status} {printable(text, SNIPPET)}".rstrip()
