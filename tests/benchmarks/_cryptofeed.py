"""cryptofeed as a peer, in whatever Python has it: imports nothing of ours.

`python _cryptofeed.py decode EXCHANGE < frames` and `python _cryptofeed.py stack URL SECONDS`;
each prints one JSON object.
"""

import asyncio
import json
import sys
import time
from typing import Any

from cryptofeed import exchanges, symbols
from cryptofeed.connection import WebsocketEndpoint
from cryptofeed.defines import PERPETUAL, TICKER
from cryptofeed.feedhandler import FeedHandler

ROUNDS = 7
WARM_UP_S = 1.5
NAMES = {
    "okx": ("OKX", "BTC-USDT-SWAP"),
    "binance": ("BinanceFutures", "BTCUSDT"),
    "bybit": ("Bybit", "BTCUSDT"),
}


class Counter:
    """A callback that counts."""

    count = 0

    async def __call__(self, _update: Any, _at_s: float) -> None:
        self.count += 1


def feed_of(exchange: str, wire_names: dict[str, str], callback: Counter) -> Any:
    """A feed that never asks for its symbols."""
    feed = getattr(exchanges, NAMES[exchange][0])
    info = {
        "instrument_type": dict.fromkeys(wire_names, PERPETUAL),
        "tick_size": dict.fromkeys(wire_names, "0.1"),
    }
    symbols.Symbols.set(feed.id, wire_names, info)
    return feed(symbols=list(wire_names), channels=[TICKER], callbacks={TICKER: callback})


class Connection:
    """What message handlers ask of a connection."""

    uuid = "peer"
    address = "wss://localhost/v5/public/linear"
    subscription: dict[str, list[str]] = {"tickers": ["BTCUSDT"]}  # noqa: RUF012


async def decode(exchange: str, frames: list[str]) -> dict[str, Any]:
    """The median time of a frame in the message handler."""
    counter = Counter()
    feed = feed_of(exchange, {"BTC-USDT-PERP": NAMES[exchange][1]}, counter)
    rounds = []
    for _ in range(ROUNDS):
        begin_s = time.perf_counter()
        for frame in frames:
            await feed.message_handler(frame, Connection(), 1.0)
        rounds.append(time.perf_counter() - begin_s)
    each_s = sorted(rounds)[ROUNDS // 2] / len(frames)
    return {"us": each_s * 1e6, "updates": counter.count / ROUNDS}


def stack(url: str, seconds: float) -> dict[str, Any]:
    """CPU of four feeds that are connected for some seconds."""
    counter = Counter()
    handler = FeedHandler(config={"log": {"disabled": True}, "uvloop": False})
    exchanges.OKX.websocket_endpoints = [WebsocketEndpoint(url, options={"compression": None})]
    for number in range(4):
        wire_names = {f"C{number}-USDT-PERP": f"C{number}-USDT-SWAP"}
        handler.add_feed(feed_of("okx", wire_names, counter))
    found: dict[str, Any] = {}
    handler.run(start_loop=False, install_signal_handlers=False)
    loop = asyncio.get_event_loop()

    async def measure() -> None:
        await asyncio.sleep(WARM_UP_S)
        cpu_s, count = time.process_time(), counter.count
        await asyncio.sleep(seconds)
        found["cpu_s"] = time.process_time() - cpu_s
        found["messages"] = counter.count - count

    loop.run_until_complete(measure())
    return found


if __name__ == "__main__":
    if sys.argv[1] == "decode":
        said = asyncio.run(decode(sys.argv[2], sys.stdin.read().splitlines()))
    else:
        said = stack(sys.argv[2], float(sys.argv[3]))
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
