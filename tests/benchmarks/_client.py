"""One client of `_exchange.py` as a process of its own; prints one JSON object.

`python -m tests.benchmarks._client ours|ccxt URL SECONDS TICK_MS`. Four sockets; what it costs
is counted after a warm-up.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import ccxt.pro

from tests.feeds.okx import rows
from tui_monitor import ticks
from tui_monitor.clock import SystemClock
from tui_monitor.feeds.adapter import Subscription
from tui_monitor.feeds.connection import Connection
from tui_monitor.feeds.instruments import InstrumentBook
from tui_monitor.feeds.line import Hooks, Line
from tui_monitor.feeds.okx import mapper
from tui_monitor.feeds.okx.adapter import OkxAdapter
from tui_monitor.market import MarketState
from tui_monitor.model import MarketEvent, Source

SOCKETS = 4
SYMBOLS = 50
WARM_UP_S = 1.5
LAG_EVERY_S = 0.01


class Ours:
    """Our sockets into a market."""

    def __init__(self, url: str) -> None:
        self.market = MarketState()
        self.late_ms: list[int] = []
        self.messages = 0
        clock = SystemClock()
        hooks = Hooks(self._apply, lambda *_: None, lambda _: None, lambda: None)
        line = Line(url=url, watches=(), rotate_after_s=3600.0)
        self._links = [
            Connection(
                OkxAdapter(InstrumentBook(mapper.guess)),
                line,
                [Subscription("tickers", f"C{number}X{n}-USDT-SWAP") for n in range(SYMBOLS)],
                clock,
                hooks,
            )
            for number in range(SOCKETS)
        ]

    def _apply(self, event: MarketEvent, received_ms: int, received_s: float) -> bool:
        self.messages += 1
        if self.messages % 16 == 0:
            self.late_ms.append(received_ms - (getattr(event, "exchange_ms", None) or 0))
        return self.market.apply(event, received_ms, received_s, Source.STREAM)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for link in self._links:
                tasks.create_task(link.run())


class Ccxt:
    """ccxt.pro, one exchange object a socket."""

    def __init__(self, url: str) -> None:
        self.messages = 0
        self.late_ms: list[int] = []
        self._url = url

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(SOCKETS):
                tasks.create_task(self._watch(number))

    async def _watch(self, number: int) -> None:
        exchange = ccxt.pro.okx({"enableRateLimit": False, "cafile": os.environ["SSL_CERT_FILE"]})
        exchange.urls["api"]["ws"] = self._url
        names = [f"C{number}X{n}-USDT-SWAP" for n in range(SYMBOLS)]
        listed = [rows.SWAP | {"instId": name, "uly": name.removesuffix("-SWAP")} for name in names]
        exchange.set_markets([exchange.parse_market(row) for row in listed])
        handle = exchange.handle_message

        def counted(client: Any, message: Any) -> None:
            self.messages += 1
            handle(client, message)

        exchange.handle_message = counted
        try:
            while True:
                await exchange.watch_tickers([f"{name[:-10]}/USDT:USDT" for name in names])
        finally:
            await exchange.close()


async def lag(late_s: list[float]) -> None:
    """How late the loop is with a timer, again and again."""
    loop = asyncio.get_running_loop()
    while True:
        due_s = loop.time() + LAG_EVERY_S
        await asyncio.sleep(LAG_EVERY_S)
        late_s.append(loop.time() - due_s)


def resident_mb() -> float:
    """The memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(client: Ours | Ccxt, seconds: float) -> dict[str, Any]:
    """CPU, messages, lateness, memory of some seconds after the warm-up."""
    late_s: list[float] = []
    tasks = [asyncio.ensure_future(each) for each in (client.run(), lag(late_s))]
    await asyncio.sleep(WARM_UP_S)
    late_s.clear()
    client.late_ms.clear()
    before = (time.process_time(), client.messages, resident_mb())
    await asyncio.sleep(seconds)
    after = (time.process_time(), client.messages, resident_mb())
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=5)
    return {
        "cpu_s": after[0] - before[0],
        "messages": after[1] - before[1],
        "grown_mb": after[2] - before[2],
        "lag_ms": quantiles([each * 1e3 for each in late_s]),
        "late_ms": quantiles([float(each) for each in client.late_ms]),
    }


def quantiles(found: list[float]) -> list[float]:
    """The median and the 99th of a hundred."""
    ordered = sorted(found) or [0.0]
    return [ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]]


def main(kind: str, url: str, seconds: str, tick_ms: str) -> None:
    """Run one client."""

    async def run() -> dict[str, Any]:
        return await measure(Ours(url) if kind == "ours" else Ccxt(url), float(seconds))

    sys.stdout.write(json.dumps(ticks.run(run(), float(tick_ms) / 1000)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
