"""Which daemon elsewhere is meant: its URL, and the file that has its token.

A token stands in neither the URL nor the command line: both are seen by whoever lists processes.
"""

import os
import stat
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from tui_monitor.config.tokens import token_fault
from tui_monitor.errors import BadInput
from tui_monitor.printable import printable

ROUTE = "/api/attach"
_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_PLAIN = ("http", "ws")
_EXAMPLE = "write it as http://HOST:5000"
_LONGEST_URL = 120
_MOST_TOKEN_BYTES = 4_096


class Elsewhere(Struct, frozen=True, kw_only=True):
    """A daemon: `base` is its URL without the route, fit for being shown."""

    base: str
    scheme: str
    host: str
    port: int | None
    token_file: Path | None = None

    @property
    def socket_url(self) -> str:
        """What is opened."""
        _, _, rest = self.base.partition("://")
        return f"{self.scheme}://{rest}{ROUTE}"

    @property
    def path(self) -> str:
        """Where a proxy has it; "" for a daemon alone."""
        return urlsplit(self.base).path

    @property
    def is_secure(self) -> bool:
        """Whether it is encrypted on its way."""
        return self.scheme == "wss"

    def token(self) -> str:
        """The file's, read anew each time; "" without a file. BadInput says what is wrong."""
        return "" if self.token_file is None else read_token(self.token_file)


def elsewhere(url: str, token_file: Path | None = None) -> Elsewhere:
    """The daemon of a URL; BadInput says what is wrong with it, and never repeats a password."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise BadInput(f"--attach: this is no URL: {error}", _EXAMPLE) from error
    if "@" in parts.netloc:
        hint = "put the token into a file of mode 0600 and give --token-file FILE"
        raise BadInput("--attach takes no name and password in its URL", hint)
    shown = printable(url.strip(), _LONGEST_URL)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise BadInput(f"--attach {shown} is no URL of a daemon", _EXAMPLE)
    if _is_wildcard(parts.hostname):
        port_text = "" if port is None else f":{port}"
        hint = f"write one of its addresses; of this machine http://127.0.0.1{port_text}"
        raise BadInput(f"--attach {shown} is where a daemon listens, and none can be opened", hint)
    if parts.query or parts.fragment:
        raise BadInput("--attach takes no parameters in its URL", _EXAMPLE)
    if _prefix(parts) and parts.scheme in _PLAIN:
        # What ends TLS may put a daemon below a path of its own; a daemon alone has none.
        raise BadInput(f"--attach {shown} has a path, and a daemon has none", _EXAMPLE)
    if not url.isprintable() or " " in url.strip():
        raise BadInput(f"--attach {shown} has characters that no URL has", _EXAMPLE)
    found = Elsewhere(
        base=f"{parts.scheme}://{parts.netloc}{_prefix(parts)}",
        scheme=_SCHEMES[parts.scheme],
        host=parts.hostname,
        port=port,
        token_file=token_file,
    )
    found.token()
    return found


def _is_wildcard(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _prefix(parts: SplitResult) -> str:
    """A path that a proxy puts before ours; who gives the whole route means it."""
    return parts.path.rstrip("/").removesuffix(ROUTE).rstrip("/")


def read_token(path: Path) -> str:
    """The token in a file that only we can read; BadInput says what is wrong, without it."""
    try:
        handle = os.open(path.expanduser(), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise BadInput(f"the token file {path}: {error.strerror or error}") from error
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise BadInput(f"the token file {path} is no file", "give a file that has the token")
        if found.st_mode & 0o077 or found.st_uid != os.getuid():
            text = f"the token file {path} is not yours alone (mode {found.st_mode & 0o777:04o})"
            raise BadInput(text, f"make it so: chown $USER {path}; chmod 600 {path}")
        content = os.read(handle, _MOST_TOKEN_BYTES)
    finally:
        os.close(handle)
    return _token_in(content, path)


def _token_in(content: bytes, path: Path) -> str:
    token = content.decode("utf-8-sig", "replace").strip()
    if not token:
        raise BadInput(f"the token file {path} is empty", "it has the daemon's api.token, no more")
    if fault := token_fault(token):
        text = f"what the token file {path} has is no token: it {fault}"
        raise BadInput(text, "one line with the daemon's api.token, no more")
    return token
