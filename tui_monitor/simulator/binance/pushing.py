"""How frames are made: wrapped with the stream's name, row by row as the faults leave them."""

import asyncio
from collections.abc import Callable

import msgspec

from tui_monitor.simulator.binance.catalog import CM, SPOT, UM, Catalog, Pair
from tui_monitor.simulator.binance.names import WORDS, Stream
from tui_monitor.simulator.binance.rows import Row
from tui_monitor.simulator.binance.targets import DIALECT, market_at, target
from tui_monitor.simulator.cascades import Cascades
from tui_monitor.simulator.faults import Target, hits, spoilt
from tui_monitor.simulator.market import BLOCK_MS
from tui_monitor.simulator.shared import Root

Build = Callable[[Pair, int], Row]
_ROW_KINDS = ("nan", "late_ts")
_PAIRS_PER_TURN = 3


class Site:
    """What the streams of one root are made of."""

    def __init__(self, root: Root, catalog: Catalog, process: Cascades) -> None:
        self.root = root
        self.catalog = catalog
        self.process = process
        self.rate = root.shared.rate
        self.market = market_at(root.path)
        self._arrays: dict[str, tuple[int, list[bytes]]] = {}
        self._warm_block = -1

    async def warm(self, now_ms: int) -> None:
        """Work out the last day of every symbol, others in between: it takes half a second."""
        if self._warm_block == now_ms // BLOCK_MS:
            return
        for place, pair in enumerate(self.trading(now_ms)):
            pair.series.day(now_ms)
            if place % _PAIRS_PER_TURN == 0:
                await asyncio.sleep(0)
        self._warm_block = now_ms // BLOCK_MS

    def paced(self, period_ms: int) -> int:
        """A period at the rate that was asked for."""
        return max(200, int(period_ms / self.rate))

    def trading(self, now_ms: int) -> list[Pair]:
        """What all-market streams tell of: on futures the merged universe."""
        lists = (SPOT,) if self.market == "spot" else (UM, CM)
        rows = [pair for category in lists for pair in self.catalog.rows(category, now_ms)]
        return [pair for pair in rows if pair.trades(now_ms)]

    def target(self, stream: Stream) -> Target:
        """What a fault aims at."""
        return target(self.market, stream.channel, WORDS[stream.kind], stream.symbol, None)

    def row(self, stream: Stream, pair: Pair, row: Row) -> bytes | None:
        """One symbol's part of an all-market stream; None if a fault takes it away."""
        encoded = msgspec.json.encode(row)
        faults, name = self.root.shared.faults, self.root.exchange
        if not faults.any():
            return encoded
        if faults.delisted(name, self.market, pair.symbol):
            return None
        aim = msgspec.structs.replace(self.target(stream), symbol=pair.symbol)
        for fault in faults.of_kind(name, ("silence", *_ROW_KINDS)):
            # Without a symbol it is the whole frame's.
            if fault.symbol is not None and hits(fault, aim):
                return None if fault.kind == "silence" else spoilt(fault, encoded, DIALECT)
        return encoded

    def array(self, stream: Stream, pairs: list[Pair], build: Build, ms: int) -> bytes | None:
        """The rows of some symbols as one array; None without any."""
        parts = [self.row(stream, pair, build(pair, ms)) for pair in pairs]
        kept = [part for part in parts if part is not None]
        return b"[" + b",".join(kept) + b"]" if kept else None

    def shared_arrays(
        self, stream: Stream, ms: int, make: Callable[[], list[bytes]]
    ) -> list[bytes]:
        """Arrays that all sockets get alike are made once."""
        known = self._arrays.get(stream.name)
        if known is None or known[0] != ms:
            known = self._arrays[stream.name] = (ms, make())
        return known[1]


def wrapped(name: str, payload: bytes) -> bytes:
    """A payload of a combined stream."""
    return b'{"stream":' + msgspec.json.encode(name) + b',"data":' + payload + b"}"


def bare(_name: str, payload: bytes) -> bytes:
    """A payload of a raw stream."""
    return payload
