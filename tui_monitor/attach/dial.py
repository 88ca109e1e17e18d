"""Opening a daemon's socket over the network, and why it can't be opened, each in one line."""

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.http11 import Response

import tui_monitor
from tui_monitor.attach.elsewhere import Elsewhere
from tui_monitor.attach.hello import greet
from tui_monitor.errors import EngineGone, MonitorError
from tui_monitor.printable import printable

OPEN_S = 10.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_PING_S = 20.0
_CLOSE_S = 0.5
_LONGEST = 160
_OTHER_PROGRAM_HINT = "see where `tui-monitor daemon` listens: its `ready` line names the URL"
# With DEBUG it would write down every header, and with them the token.
_quiet = logging.getLogger(__name__)
_quiet.setLevel(logging.INFO)


class _Error(msgspec.Struct, frozen=True):
    """How a daemon of ours refuses: the fields that all its errors have."""

    success: bool
    status: str
    error: str
    hint: str


class _Dial(connect):
    """Goes where it was sent and nowhere else: a redirect would take the token along."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


@asynccontextmanager
async def dialled(daemon: Elsewhere, within_s: float = OPEN_S) -> AsyncIterator[ClientConnection]:
    """A socket to a daemon that has said that it is one.

    EngineGone where none answers; MonitorError where one refuses, or something else answers.
    """
    token = daemon.token()
    try:
        opened = await _Dial(
            daemon.socket_url,
            additional_headers={"Authorization": f"Bearer {token}"} if token else None,
            user_agent_header=f"tui-monitor/{tui_monitor.__version__}",
            logger=_quiet,
            # Nobody but the daemon is to see the token.
            proxy=None,
            compression=None,
            open_timeout=within_s,
            close_timeout=_CLOSE_S,
            ping_interval=_PING_S,
            ping_timeout=_PING_S,
            max_size=MAX_ANSWER_BYTES,
        )
    except InvalidStatus as error:
        raise await _refused(daemon, error.response, has_token=bool(token)) from error
    except (WebSocketException, EOFError) as error:
        raise _other_program(daemon) from error
    except (OSError, TimeoutError, UnicodeError) as error:
        raise _unreached(daemon, error, within_s) from error
    async with opened:
        await greet(opened, f"what answers at {daemon.base}", within_s)
        yield opened


async def _refused(daemon: Elsewhere, response: Response, *, has_token: bool) -> MonitorError:
    """A daemon's refusal in its own words, or another program's."""
    status, error = response.status_code, _told(response)
    if 300 <= status < 400:
        where = printable(response.headers.get("Location", "elsewhere"), _LONGEST)
        text = f"{daemon.base} leads to {where}, where no token is taken"
        return MonitorError(text, "give --attach the daemon's own URL")
    if status == HTTPStatus.UNAUTHORIZED:
        return _untrusted(daemon, has_token=has_token)
    if error is None:
        return _other_program(daemon, f"HTTP {status}")
    said = printable(error.error, _LONGEST)
    if status == HTTPStatus.NOT_FOUND:
        if daemon.path:
            text = f"the daemon at {daemon.base} has no path {printable(daemon.path, _LONGEST)}"
            return MonitorError(text, "give --attach the path that its proxy has for it, or none")
        text = f"the daemon at {daemon.base} is too old: nobody can attach to it by URL"
        return MonitorError(text, f"have it be version {tui_monitor.__version__}, start it anew")
    if status == HTTPStatus.FORBIDDEN:
        return MonitorError(f"{daemon.base} refuses: {said}", await _own_address(daemon))
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return EngineGone(f"{daemon.base} is busy: {said}", printable(error.hint, _LONGEST))
    return MonitorError(f"{daemon.base} refuses: {said}", printable(error.hint, _LONGEST))


def _told(response: Response) -> _Error | None:
    try:
        return msgspec.json.decode(response.body or b"", type=_Error)
    except msgspec.DecodeError:
        return None


def _untrusted(daemon: Elsewhere, *, has_token: bool) -> MonitorError:
    if has_token:
        text = f"{daemon.base} refuses the token in {daemon.token_file}"
        return MonitorError(text, "it must have the daemon's api.token")
    hint = "put its api.token into a file of mode 0600 and give --token-file FILE"
    return MonitorError(f"{daemon.base} wants a token", hint)


async def _own_address(daemon: Elsewhere) -> str:
    """A daemon takes its own addresses as `Host`, and other names as its api.hosts says."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            daemon.host, daemon.port or 0, type=socket.SOCK_STREAM
        )
    except OSError:
        return "attach to the address in its api.listen, or to a name in its api.hosts"
    number = str(found[0][4][0])
    if number == daemon.host:
        return "attach to the address in its api.listen, or through `ssh -L`"
    host = f"[{number}]" if ":" in number else number
    port = "" if daemon.port is None else f":{daemon.port}"
    return (
        f"it takes its own addresses and its api.hosts only; try http://{host}{port}, or `ssh -L`"
    )


def _other_program(daemon: Elsewhere, how: str = "") -> MonitorError:
    said = f" ({how})" if how else ""
    return MonitorError(f"another program answers at {daemon.base}{said}", _OTHER_PROGRAM_HINT)


def _unreached(daemon: Elsewhere, error: Exception, within_s: float) -> MonitorError:
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"the certificate of {daemon.base} can't be trusted: {error.verify_message}"
        return MonitorError(printable(text, 2 * _LONGEST), "have the system trust who signed it")
    if isinstance(error, ssl.SSLError):
        hint = "a daemon speaks plain HTTP: write http://, or give the TLS proxy's URL"
        return MonitorError(f"{daemon.base} doesn't speak TLS", hint)
    if isinstance(error, TimeoutError):
        text = f"{daemon.base} gave no answer within {within_s:g} s"
        return EngineGone(
            text, "see whether it runs, and whether a firewall is between", silent=True
        )
    if isinstance(error, socket.gaierror | UnicodeError):
        return EngineGone(f"there is no host {daemon.host}", "check --attach, or the network")
    hint = "start `tui-monitor daemon` there, or check host and port"
    # asyncio's own text has the address once more.
    number = getattr(error, "errno", None)
    why = os.strerror(number) if number else printable(str(error), _LONGEST)
    return EngineGone(f"nothing answers at {daemon.base}: {why}", hint)
