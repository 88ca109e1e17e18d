"""Where the endpoint listens: reading `HOST:PORT`, refusing exposure, binding."""

import asyncio
import errno
import socket

from msgspec import Struct

from tui_monitor.config import Api, is_loopback
from tui_monitor.errors import FolderUnusable, SettingsError

BACKLOG = 64
# The kernel would otherwise take megabytes for a client, and a slow reader would look like one
# that reads nothing for as long as those last.
_SEND_BYTES = 131_072
# Recognised in order to be guarded: nothing can be opened under them, but under these of each kind.
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class Address(Struct, frozen=True):
    """A host without brackets, in lower case, and a port (0: any free one)."""

    host: str
    port: int

    @property
    def is_wildcard(self) -> bool:
        """Whether it means every address of this machine."""
        return self.host in _WILDCARDS

    @property
    def url(self) -> str:
        """What a client on this machine may open."""
        return self.url_at(_WILDCARDS.get(self.host, self.host))

    def url_at(self, host: str) -> str:
        """The same under another of the machine's addresses."""
        return f"http://{in_header(host)}:{self.port}"


def in_header(host: str) -> str:
    """A host as a `Host` header writes it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def parse(listen: str) -> Address:
    """`HOST:PORT` or `[IPv6]:PORT`; SettingsError says what is wrong."""
    host, colon, port = listen.strip().rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        colon = ""
    if not colon or not host or not port.isascii() or not port.isdigit() or len(port) > 5:
        raise SettingsError(f"api.listen is {listen!r}", "write it as 127.0.0.1:5000 or [::1]:5000")
    if int(port) > 65_535:
        raise SettingsError(f"api.listen is {listen!r}", "ports end at 65535")
    return Address(host.lower(), int(port))


def guarded(settings: Api) -> Address:
    """The address to listen on; SettingsError if others could reach it without a token."""
    address = parse(settings.listen)
    if not is_loopback(address.host) and not settings.token:
        raise SettingsError(
            f"api.listen {settings.listen} is open to other machines and api.token is empty",
            "set api.token, or listen on 127.0.0.1",
        )
    return address


async def bind(address: Address) -> socket.socket:
    """A bound socket, not listening yet; FolderUnusable if the port can't be had."""
    try:
        family, where = await _resolve(address)
        return _bound(family, where)
    except OSError as error:
        wanted = f"{in_header(address.host)}:{address.port}"
        if error.errno == errno.EADDRINUSE:
            raise FolderUnusable(
                f"port {address.port} of {address.host} is in use",
                "stop who has it, or give another with --listen HOST:PORT (port 0: any free one)",
            ) from error
        raise FolderUnusable(
            f"can't listen on {wanted}: {error.strerror or error}", "give another with --listen"
        ) from error


async def _resolve(address: Address) -> tuple[socket.AddressFamily, tuple[str, int]]:
    # Never by a resolver: a hosts file could send this name to a public address.
    host = "127.0.0.1" if address.host == "localhost" else address.host
    found = await asyncio.get_running_loop().getaddrinfo(
        host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    family, _, _, _, where = found[0]
    return family, (str(where[0]), address.port)


def _bound(family: socket.AddressFamily, where: tuple[str, int]) -> socket.socket:
    # With the protocol named, asyncio turns off Nagle's algorithm on what it accepts; without,
    # every second answer of a kept connection would wait 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # What is accepted inherits it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)
        if family == socket.AF_INET6:
            # IPv4 clients would otherwise arrive under addresses like ::ffff:192.0.2.1.
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.setblocking(False)
        listener.bind(where)
        # Now, so that a second daemon fails here and not after it has said it serves.
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
