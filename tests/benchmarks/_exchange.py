"""An OKX of tickers only, as a process of its own: so many frames a second to every socket.

`python -m tests.benchmarks._exchange RATE [CERTIFICATE KEY]` prints its port.
"""

import asyncio
import contextlib
import json
import ssl
import sys
import time

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.benchmarks._frames import okx_ticker

# Above this rate several frames go out at a time: a timer has no finer grain.
STEPS_A_SECOND = 1_000


class Exchange:
    """Acknowledges what is asked for, then speaks about it without end."""

    def __init__(self, rate: int) -> None:
        self._rate = rate

    async def serve(self, socket: ServerConnection) -> None:
        """One client."""
        with contextlib.suppress(ConnectionClosed):
            asked = json.loads(await socket.recv())
            for arg in asked["args"]:
                ack = {"event": "subscribe", "arg": arg, "connId": "bench"}
                await socket.send(json.dumps(ack))
            await self._speak(socket, [arg["instId"] for arg in asked["args"]])

    async def _speak(self, socket: ServerConnection, names: list[str]) -> None:
        begin_s, sent = time.monotonic(), 0
        while True:
            await asyncio.sleep(1 / STEPS_A_SECOND)
            due = int((time.monotonic() - begin_s) * self._rate)
            for number in range(sent, due):
                frame = okx_ticker(time.time_ns() // 1_000_000, names[number % len(names)])
                await socket.send(frame, text=True)
            sent = due


async def main(rate: int, *certificate: str) -> None:
    """Serve until the standard input ends."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
    served = serve(
        Exchange(rate).serve, "127.0.0.1", 0, ssl=context, compression=None, ping_interval=None
    )
    async with served as server:
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *sys.argv[2:]))
