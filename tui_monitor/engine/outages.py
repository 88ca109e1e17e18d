"""Outages: a stored row from the moment a stream stops giving data until it gives some again."""

import asyncio
from collections.abc import Callable

import msgspec

from tui_monitor.clock import Clock
from tui_monitor.errors import StoreError
from tui_monitor.model import Exchange, Market, Outage
from tui_monitor.store import Store

RETRY_S = 15.0


class OutageBook:
    """Takes outages from the feeds as they open and close, and writes them down in order."""

    def __init__(
        self, store: Store, clock: Clock, on_event: Callable[[str, str, str], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._on_event = on_event
        self._queue: asyncio.Queue[Outage] = asyncio.Queue()
        self._open: dict[tuple[Exchange, Market, str], Outage] = {}

    def note(self, outage: Outage) -> None:
        """From a feed: `end_ms` None opens an outage, a time closes it."""
        what = f"{outage.channel}: {outage.reason}"
        if outage.end_ms is None:
            bridge = ", REST stands in" if outage.bridged else ""
            self._on_event("warning", outage.exchange.value, f"outage of {what}{bridge}")
        else:
            lasted_s = (outage.end_ms - outage.begin_ms) / 1000
            text = f"outage of {outage.channel} over after {lasted_s:.0f} s"
            self._on_event("info", outage.exchange.value, text)
        self._queue.put_nowait(outage)

    async def run(self) -> None:
        """Write for ever; an outage that can't be written now is written later."""
        while True:
            outage = await self._queue.get()
            while not await self._write(outage):
                await self._clock.sleep(RETRY_S)

    async def _write(self, outage: Outage) -> bool:
        key = (outage.exchange, outage.market, outage.channel)
        try:
            known = self._open.get(key)
            if outage.end_ms is None:
                if known is None:
                    row_id = await self._store.open_outage(outage)
                    self._open[key] = msgspec.structs.replace(outage, id=row_id)
                return True
            if known is None:
                row_id = await self._store.open_outage(outage)
            else:
                row_id = known.id
            await self._store.close_outage(row_id, outage.end_ms, bridged=outage.bridged)
            self._open.pop(key, None)
        except StoreError:
            return False  # the recorder shows the reason: both write to the same file
        return True
