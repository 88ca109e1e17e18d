"""The engine's end: viewers of the same user come by a Unix socket, and need no token."""

import os
import socket
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from pathlib import Path

from websockets.asyncio.server import ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tui_monitor.attach.answers import Answers
from tui_monitor.attach.session import Session
from tui_monitor.clock import Clock
from tui_monitor.errors import FolderUnusable, has_no_room
from tui_monitor.source import Source

MOST_VIEWERS = 32
MAX_QUESTION_BYTES = 64 * 1024
_PING_S = 20.0
_CLOSE_S = 0.2


@asynccontextmanager
async def viewers_served(
    source: Source, clock: Clock, path: Path
) -> AsyncIterator[Collection[object]]:
    """Answer viewers on a socket of mode 0600 while the block runs, which gets those of the moment.

    Only who holds the engine's lock may serve, so a socket that is there already is a dead
    engine's. FolderUnusable where none can be made.
    """
    answers = Answers(clock)
    connected: set[ServerConnection] = set()

    async def talk(viewer: ServerConnection) -> None:
        connected.add(viewer)
        try:
            await Session(source, answers, viewer.send).run(aiter(viewer))
        except* ConnectionClosed:
            pass  # he has left; nobody waits for the rest
        finally:
            connected.discard(viewer)

    def admit(viewer: ServerConnection, _: Request) -> Response | None:
        if len(connected) < MOST_VIEWERS:
            return None
        return viewer.respond(HTTPStatus.SERVICE_UNAVAILABLE, f"{MOST_VIEWERS} viewers at most\n")

    with _listener(path) as listener:
        async with unix_serve(
            talk,
            sock=listener,
            process_request=admit,
            # No browser has business here.
            origins=[None],
            compression=None,
            max_size=MAX_QUESTION_BYTES,
            ping_interval=_PING_S,
            ping_timeout=_PING_S,
            close_timeout=_CLOSE_S,
        ):
            yield connected


@contextmanager
def _listener(path: Path) -> Iterator[socket.socket]:
    """A bound socket of mode 0600 in a folder where only we may write; its name goes with it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = path.parent.stat()
        if folder.st_uid != os.getuid() or folder.st_mode & 0o022:
            raise FolderUnusable(f"others may write to {path.parent}", "chmod 700 it")
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
    except OSError as error:
        hint = "free some disk space and start again" if has_no_room(error) else ""
        raise FolderUnusable(f"{path}: {error.strerror or error}", hint) from error
    try:
        yield listener
    finally:
        listener.close()
        path.unlink(missing_ok=True)
