"""How long an engine's event loop lets a viewer wait, asked ten times a second by a process of its
own: a ping is answered by the loop and by nothing behind it."""

import asyncio
import json
import sys
from pathlib import Path

from tests.benchmarks._client import quantiles
from tui_monitor.attach.client import attached
from tui_monitor.clock import SystemClock

EVERY_S = 0.1


async def waits(path: Path) -> list[float]:
    """Milliseconds of each ping until stdin ends."""
    found: list[float] = []
    ended = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    async with attached(path, SystemClock()) as there:
        while not ended.done():
            found.append(await (await there._socket.ping()) * 1000)
            await asyncio.sleep(EVERY_S)
    return found


def main(path: str) -> None:
    """Print the median, the 99th of a hundred, and the longest."""
    found = asyncio.run(waits(Path(path)))
    sys.stdout.write(json.dumps([*quantiles(found), max(found)]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
