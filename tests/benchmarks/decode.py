"""Bytes to a market row beside `orjson.loads` on the same bytes, in one run."""

import statistics
import sys
import time
from collections.abc import Callable

import orjson

from tests.feeds.okx import rows
from tui_monitor.feeds.adapter import Control
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.okx import mapper
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.market import MarketState
from tui_monitor.model import Source

FRAMES = 20_000
ROUNDS = 7
_FIRST_MS = 1_795_132_800_123


def frames_of(channel: str, row: dict[str, str], count: int = FRAMES) -> list[bytes]:
    """Frames of one instrument, a millisecond apart, so that each is news."""
    return [
        rows.push(channel, [row | {"ts": str(_FIRST_MS + number)}], instId=row["instId"])
        for number in range(count)
    ]


def seconds(work: Callable[[], None]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def load_all(frames: list[bytes]) -> None:
    """The baseline: to dicts and strings, nothing more."""
    for frame in frames:
        orjson.loads(frame)


def decode_all(adapter: OkxAdapter, frames: list[bytes]) -> None:
    """To the model's events."""
    for frame in frames:
        adapter.decode(frame)


def apply_all(adapter: OkxAdapter, frames: list[bytes]) -> None:
    """To a row of the market."""
    market = MarketState()
    for frame in frames:
        for event in adapter.decode(frame):
            if not isinstance(event, Control):
                market.apply(event, _FIRST_MS, 1.0, Source.STREAM)


def compare(name: str, frames: list[bytes]) -> None:
    """Print the medians of interleaved rounds, and their ratio."""
    adapter = OkxAdapter(InstrumentBook(mapper.guess))
    works: dict[str, Callable[[], None]] = {
        "orjson.loads": lambda: load_all(frames),
        "decode": lambda: decode_all(adapter, frames),
        "to a market row": lambda: apply_all(adapter, frames),
    }
    timed: dict[str, list[float]] = {key: [] for key in works}
    for _ in range(ROUNDS):
        for key, work in works.items():
            timed[key].append(seconds(work))
    medians = {key: statistics.median(values) / len(frames) for key, values in timed.items()}
    base = medians["orjson.loads"]
    for key, each in medians.items():
        sys.stdout.write(f"{name:16} {key:16} {each * 1e6:6.2f} µs {each / base:6.2f} ×\n")


def main() -> None:
    """Tickers by the quick way and by the tolerant one, and mark prices."""
    compare("ticker", frames_of("tickers", rows.SWAP_TICKER))
    compare("ticker, no bid", frames_of("tickers", rows.SWAP_TICKER | {"bidPx": ""}))
    mark = {"instType": "SWAP", "instId": "AAA-USDT-SWAP", "markPx": "2.51"}
    compare("mark-price", frames_of("mark-price", mark))
