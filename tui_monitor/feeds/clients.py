"""One host's HTTP connections, and a fresh set of them when a proxy has worn them out."""

import ssl
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import httpx
from socksio import SOCKSError

from tui_monitor import __version__
from tui_monitor.errors import SettingsError
from tui_monitor.feeds.proxies import explained, name_of, without_secrets
from tui_monitor.printable import printable

CONNECT_S = 10.0

if find_spec("sniffio") is None:
    # httpcore tries to import it (an option of its own) more than twice a request, and a module
    # that is not there is searched for on the disk each time; with None it is known to be absent.
    sys.modules["sniffio"] = None  # type: ignore[assignment]

REMOTE_ERRORS = (httpx.HTTPError, httpx.InvalidURL, OSError, SOCKSError)
"""All that httpx lets through for remote reasons; what a SOCKS proxy says wrong is not its own."""


@cache
def _trusting() -> ssl.SSLContext:
    """With the machine's certificates: to read them takes tens of ms, so once for all hosts."""
    return httpx.create_ssl_context()


class _Client:
    """An httpx client and how many requests are on their way in it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.httpx = client
        self.users = 0


class Clients:
    """Asks one host, through a proxy or without. SettingsError where the proxy can't be used.

    A connection that fails while it goes through a proxy may hold its place in httpx's pool for
    ever, and a pool without a place answers nothing; so it gets a successor. Those that are on
    their way in the old one end there.
    """

    def __init__(self, base_url: str, proxy: str, timeout_s: float) -> None:
        self._proxy = proxy
        self.headers: dict[str, str] = {}
        self._timeout_s = timeout_s
        # A plain address (loopback only) needs no certificates.
        is_plain = urlsplit(base_url).scheme != "https"
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if is_plain else _trusting()
        self._now = self._make()

    @asynccontextmanager
    async def get(self, url: str, params: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """An answer whose body is not read yet. Raises REMOTE_ERRORS."""
        used = self._now
        used.users += 1
        opened: list[Any] = []
        try:
            async with used.httpx.stream(
                "GET",
                url,
                params=dict(params),
                headers=self.headers,
                extensions=_watch(opened) if self._proxy else {},
            ) as response:
                yield response
        except BaseException:
            if self._proxy:
                await self._wear(used, opened)
            raise
        finally:
            used.users -= 1
            if used is not self._now and not used.users:
                await used.httpx.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._now.httpx.aclose()

    def text(self, error: BaseException) -> str:
        """What a person may read about an error."""
        return explained(error, self._proxy)

    async def _wear(self, used: _Client, opened: list[Any]) -> None:
        if used is self._now:
            self._now = self._make()
        for stream in opened:
            # Nobody else closes a socket whose way through the proxy was cut short.
            with suppress(*REMOTE_ERRORS):
                await stream.aclose()

    def _make(self) -> _Client:
        try:
            return _Client(
                httpx.AsyncClient(
                    verify=self._tls,
                    proxy=self._proxy or None,
                    trust_env=False,
                    follow_redirects=False,
                    timeout=httpx.Timeout(self._timeout_s, connect=CONNECT_S),
                    headers={
                        "User-Agent": f"tui-monitor/{__version__}",
                        "Accept": "application/json",
                        "Accept-Encoding": "gzip",
                    },
                )
            )
        except (ValueError, httpx.InvalidURL) as error:
            what = printable(without_secrets(str(error), self._proxy), 200)
            raise SettingsError(
                f"proxy {printable(name_of(self._proxy))}: {what}", "use http://HOST:PORT"
            ) from error


def _watch(opened: list[Any]) -> dict[str, Any]:
    """httpx's `trace` extension: collects the sockets that a request opens."""

    async def note(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("connect_tcp.complete"):
            opened.append(info["return_value"])

    return {"trace": note}
