"""What the simulator sustains: everything that our feeds subscribe to, read by a plain client."""

import asyncio
import base64
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

RATES = (1.0, 10.0, 25.0)
_SETTLE_S, _MEASURE_S = 8.0, 10.0
_BULK = (
    "/okx/api/v5/market/tickers?instType=SWAP",
    "/okx/api/v5/public/mark-price?instType=SWAP",
    "/okx/api/v5/public/open-interest?instType=SWAP",
    "/okx/api/v5/public/funding-rate?instId=ANY",
    "/binance-futures/fapi/v1/ticker/24hr",
    "/binance-futures/fapi/v1/ticker/bookTicker",
    "/binance-futures/fapi/v1/premiumIndex",
    "/binance-futures/fapi/v2/ticker/price",
    "/binance-spot/api/v3/ticker/bookTicker",
    "/bybit/v5/market/tickers?category=linear",
    "/bybit/v5/market/tickers?category=spot",
    "/bitget/api/v2/mix/market/tickers?productType=USDT-FUTURES",
    "/bitget/api/v2/spot/market/tickers",
    "/bitget/api/v2/mix/market/current-fund-rate?productType=USDT-FUTURES",
)


class Reader(asyncio.Protocol):
    """A WebSocket client that counts messages and looks at nothing but their heads."""

    def __init__(self, path: str, host: str) -> None:
        self.opened = asyncio.get_running_loop().create_future()
        self.messages = 0
        self._ask = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
        ).encode()
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._ask)

    def data_received(self, data: bytes) -> None:
        """Count what is whole."""
        unread = self._unread + data
        at = 0
        if not self.opened.done():
            head, end, unread = unread.partition(b"\r\n\r\n")
            if not end:
                self._unread = head
                return
            assert b" 101 " in head, head
            self.opened.set_result(None)
        while (end_at := _end_of_frame(unread, at)) is not None:
            self.messages += unread[at] & 0xF == 1
            at = end_at
        self._unread = unread[at:]

    def say(self, body: Any) -> None:
        """Send a text frame, masked with zeros."""
        text = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        head = bytes((0x81, 0x80 | 126)) + len(text).to_bytes(2, "big")
        self.transport.write(head + bytes(4) + text)


def _end_of_frame(data: bytes, at: int) -> int | None:
    """Where the frame ends that begins there; None if it is not all there."""
    if len(data) < at + 2:
        return None
    length, begin = data[at + 1], at + 2
    if length >= 126:
        size = 2 if length == 126 else 8
        length, begin = int.from_bytes(data[begin : begin + size], "big"), begin + size
    return begin + length if len(data) >= begin + length else None


@contextmanager
def simulator(rate: float) -> Iterator[tuple[str, int]]:
    """A simulator in a process of its own: its address and process id."""
    command = [sys.executable, "-m", "tui_monitor", "simulate", "--rate", str(rate)]
    begin_s = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = child.stdout.readline() if child.stdout else ""
        sys.stdout.write(f"rate {rate:g}: ready after {time.perf_counter() - begin_s:.2f} s\n")
        yield line.split()[1], child.pid
    finally:
        child.terminate()
        child.wait()
        if child.stdout:
            child.stdout.close()


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - loopback
        return json.load(response)


def _parts(names: list[Any], size: int) -> Iterator[list[Any]]:
    for begin in range(0, len(names), size):
        yield names[begin : begin + size]


class Everything:
    """The sockets of a client that watches all there is."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._host, self._port = urlsplit(url).hostname or "", urlsplit(url).port or 0
        self.readers: list[tuple[str, Reader]] = []

    async def open(self) -> None:
        """Connect and subscribe."""
        await self._okx()
        await self._bybit()
        await self._binance()
        await self._bitget()

    async def _reader(self, name: str, path: str) -> Reader:
        loop = asyncio.get_running_loop()
        _, reader = await loop.create_connection(
            lambda: Reader(path, f"{self._host}:{self._port}"), self._host, self._port
        )
        await reader.opened
        self.readers.append((name, reader))
        return reader

    async def _okx(self) -> None:
        for kind in ("SWAP", "SPOT"):
            listed = _get(f"{self._url}/okx/api/v5/public/instruments?instType={kind}")["data"]
            ids = [row["instId"] for row in listed if row["instId"].count("-USDT")]
            # 480 arguments an hour on one connection, three connections a second.
            for several in _parts([{"channel": "tickers", "instId": name} for name in ids], 400):
                reader = await self._reader("okx", "/okx/ws/v5/public")
                for part in _parts(several, 100):
                    reader.say({"op": "subscribe", "args": part})
                await asyncio.sleep(0.4)

    async def _bybit(self) -> None:
        linear = self._bybit_symbols("linear")
        for topic in ("tickers", "allLiquidation"):
            reader = await self._reader("bybit", "/bybit/v5/public/linear")
            for part in _parts([f"{topic}.{name}" for name in linear], 100):
                reader.say({"op": "subscribe", "args": part})
        reader = await self._reader("bybit", "/bybit/v5/public/spot")
        for part in _parts([f"tickers.{name}" for name in self._bybit_symbols("spot")], 10):
            reader.say({"op": "subscribe", "args": part})

    def _bybit_symbols(self, category: str) -> list[str]:
        tickers = _get(f"{self._url}/bybit/v5/market/tickers?category={category}")
        return [row["symbol"] for row in tickers["result"]["list"]]

    async def _binance(self) -> None:
        names = "!ticker@arr/!markPrice@arr@1s/!forceOrder@arr"
        await self._reader("binance", f"/binance-futures/market/stream?streams={names}")
        await self._reader("binance", "/binance-futures/public/stream?streams=!bookTicker")
        await self._reader("binance", "/binance-spot/stream?streams=!miniTicker@arr")

    async def _bitget(self) -> None:
        reader = await self._reader("bitget", "/bitget/v3/ws/public")
        coins = ("BTC", "ETH", "XRP", "BNB", "SOL", "LTC", "DOGE", "SUI", "TRX", "TON", "ETC")
        args = [
            {"instType": market, "topic": "ticker", "symbol": f"{coin}USDT"}
            for market in ("usdt-futures", "spot")
            for coin in coins
        ]
        for part in _parts(args, 10):
            reader.say({"op": "subscribe", "args": part})
            await asyncio.sleep(0.2)

    def counts(self) -> Counter[str]:
        """Messages until now, by exchange."""
        found: Counter[str] = Counter()
        for name, reader in self.readers:
            found[name] += reader.messages
        return found


def _cpu_s(pid: int) -> float:
    """Seconds of processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _measure(url: str, pid: int, *, is_asking: bool) -> None:
    everything = Everything(url)
    await everything.open()
    await asyncio.sleep(_SETTLE_S)
    before, cpu_s, begin_s = everything.counts(), _cpu_s(pid), time.perf_counter()
    await asyncio.sleep(_MEASURE_S)
    seconds = time.perf_counter() - begin_s
    made = everything.counts() - before
    each = ", ".join(f"{name} {count / seconds:.0f}" for name, count in made.items())
    busy = (_cpu_s(pid) - cpu_s) / seconds
    sys.stdout.write(
        f"  {made.total() / seconds:.0f} messages/s ({each}); "
        f"{busy:.0%} of a core, so a whole one makes {made.total() / seconds / busy:.0f}; "
        f"{_resident_mb(pid):.0f} MB\n"
    )
    if is_asking:
        await asyncio.to_thread(_bulk, url)
    for _, reader in everything.readers:
        reader.transport.abort()
    for root, told in _get(f"{url}/control/stats").items():
        noted = {one["what"] for one in told["violations"]}
        assert not noted, f"{root}: {noted}"
        assert not told["slow_clients_dropped"], root


def _bulk(url: str) -> None:
    """Bulk answers once a second, as clients ask for them: the median of five, in ms."""
    took: dict[str, list[float]] = {path: [] for path in _BULK}
    for _ in range(5):
        for path, times in took.items():
            begin_s = time.perf_counter()
            _read(url + path)
            times.append((time.perf_counter() - begin_s) * 1000)
        time.sleep(1)
    for path, times in took.items():
        sys.stdout.write(f"  {sorted(times)[2]:6.1f} ms  {max(times):6.1f} at most  {path}\n")


def _read(url: str) -> None:
    with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - loopback
        response.read()


def main() -> None:
    """Messages a second at several rates, and how long bulk answers take."""
    for rate in RATES:
        with simulator(rate) as (url, pid):
            asyncio.run(_measure(url, pid, is_asking=rate in (RATES[0], RATES[-1])))
