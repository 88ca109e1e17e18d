"""How long an event loop lets a viewer wait, asked ten times a second by a process of its own: a
ping is answered by the loop and by nothing behind it.

`python -m tests.benchmarks._pings ask PATH` asks until stdin ends; `serve PATH` is a server that
does nothing else: what its pings wait for is the machine.
"""

import asyncio
import json
import sys

from websockets.asyncio.client import unix_connect
from websockets.asyncio.server import ServerConnection, unix_serve

from tests.benchmarks._client import quantiles

EVERY_S = 0.1


async def waits(path: str) -> list[float]:
    """Milliseconds of each ping until stdin ends."""
    found: list[float] = []
    ended = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    async with unix_connect(path, "ws://localhost/", compression=None) as socket:
        while not ended.done():
            found.append(await (await socket.ping()) * 1000)
            await asyncio.sleep(EVERY_S)
    return found


async def serve(path: str) -> None:
    """Answer pings until stdin ends; says `up` when it does."""

    async def listen(viewer: ServerConnection) -> None:
        await viewer.wait_closed()

    async with unix_serve(listen, path, compression=None):
        sys.stdout.write("up\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


def main(what: str, path: str) -> None:
    """Serve; or print the median, the 99th of a hundred, and the longest."""
    if what == "serve":
        asyncio.run(serve(path))
        return
    found = asyncio.run(waits(path))
    sys.stdout.write(json.dumps([*quantiles(found), max(found)]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
