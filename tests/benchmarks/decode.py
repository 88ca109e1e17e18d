"""Bytes to a market row beside `orjson.loads` on the same bytes, and beside peers, in one run."""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable

import ccxt.pro
import orjson

from tests.benchmarks import _runs
from tests.benchmarks._frames import FIRST_MS, Corpus, corpora
from tui_monitor.feeds.adapter import Adapter, Control
from tui_monitor.market import MarketState
from tui_monitor.model import Source

ROUNDS = 7
PEER_FRAMES = 2_000
_STREAM = Source.STREAM
# What ccxt must know of a perpetual to understand its frames.
_BTC = {
    "symbol": "BTC/USDT:USDT", "base": "BTC", "quote": "USDT", "settle": "USDT", "type": "swap",
    "swap": True, "spot": False, "contract": True, "linear": True, "contractSize": 0.01,
}  # fmt: skip
_CCXT = {
    "okx tickers": "okx",
    "binance bookTicker": "binanceusdm",
    "bybit tickers delta": "bybit",
    "bybit tickers snapshot": "bybit",
}
_CRYPTOFEED = {
    "okx tickers": "okx",
    "binance bookTicker": "binance",
    "bybit tickers delta": "bybit",
    "bybit tickers snapshot": "bybit",
}


def seconds(work: Callable[[], None]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def load_all(frames: list[bytes]) -> None:
    """The baseline: to dicts and strings, nothing more."""
    for frame in frames:
        orjson.loads(frame)


def decode_all(adapter: Adapter, frames: list[bytes]) -> None:
    """To the model's events."""
    for frame in frames:
        adapter.decode(frame)


def apply_all(adapter: Adapter, frames: list[bytes]) -> None:
    """To a row of the market."""
    market = MarketState()
    for frame in frames:
        for event in adapter.decode(frame):
            if not isinstance(event, Control):
                market.apply(event, FIRST_MS, 1.0, _STREAM)
    assert market.revision >= len(frames)


def ccxt_us(corpus: Corpus) -> float | None:
    """The median time of a frame in ccxt.pro's message handler, its parsing counted."""
    if corpus.name not in _CCXT:
        return None

    async def run() -> float:
        kind = _CCXT[corpus.name]
        exchange = getattr(ccxt.pro, kind)()
        symbol = "BTC-USDT-SWAP" if kind == "okx" else "BTCUSDT"
        exchange.set_markets([exchange.safe_market_structure(_BTC | {"id": symbol})])
        url = "wss://localhost/v5/public/linear"
        client = exchange.client(url)

        def handle_all() -> None:
            for frame in frames:
                exchange.handle_message(client, json.loads(frame))

        frames = corpus.frames[:PEER_FRAMES]
        try:
            found = statistics.median(seconds(handle_all) for _ in range(3)) / len(frames)
            assert exchange.tickers or exchange.bidsasks
        finally:
            await exchange.close()
        return found * 1e6

    return asyncio.run(run())


def cryptofeed_us(corpus: Corpus) -> float | None:
    """The same of cryptofeed, where it is installed."""
    if corpus.name not in _CRYPTOFEED:
        return None
    frames = b"\n".join(corpus.frames[:PEER_FRAMES])
    found = _runs.cryptofeed("decode", _CRYPTOFEED[corpus.name], given=frames)
    return found["us"] if found is not None else None


def compare(corpus: Corpus) -> None:
    """Print the medians of interleaved rounds, and their ratios to the baseline."""
    adapter = corpus.adapter()
    works: dict[str, Callable[[], None]] = {
        "orjson.loads": lambda: load_all(corpus.frames),
        "decode": lambda: decode_all(adapter, corpus.frames),
        "to a market row": lambda: apply_all(adapter, corpus.frames),
    }
    timed: dict[str, list[float]] = {key: [] for key in works}
    for _ in range(ROUNDS):
        for key, work in works.items():
            timed[key].append(seconds(work))
    us = {key: statistics.median(each) / len(corpus.frames) * 1e6 for key, each in timed.items()}
    ours_us = us["to a market row"]
    for key, each in us.items():
        line = f"{corpus.name:24} {key:16} {each:8.2f} µs {each / us['orjson.loads']:6.2f} ×"
        sys.stdout.write(line + "\n")
    for key, peer_us in (("cryptofeed", cryptofeed_us(corpus)), ("ccxt.pro", ccxt_us(corpus))):
        if peer_us is not None:
            line = f"{corpus.name:24} {key:16} {peer_us:8.2f} µs {peer_us / ours_us:6.1f} × ours"
            sys.stdout.write(line + "\n")


def main() -> None:
    """All corpora; arrays count as one frame of 400 rows."""
    for corpus in corpora():
        compare(corpus)
    if _runs.cryptofeed_python() is None:
        sys.stdout.write("cryptofeed is not installed (see CRYPTOFEED_PYTHON)\n")
