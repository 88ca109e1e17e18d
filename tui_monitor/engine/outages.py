"""Outages: a stored row from the moment a stream stops giving data until it gives some again."""

import asyncio
from collections import deque
from collections.abc import Callable

import msgspec

from tui_monitor.clock import Clock
from tui_monitor.errors import StoreError
from tui_monitor.model import Exchange, Market, Outage
from tui_monitor.model.health import channel_words
from tui_monitor.store import Store

RETRY_S = 15.0
# A channel that comes and goes is told of so often in so long; the rest stands in the store.
MOST_TOLD = 3
TOLD_WITHIN_S = 600.0
# ... unless it was long.
LONG_S = 60.0
_Key = tuple[Exchange, Market, str]


class OutageBook:
    """Takes outages from the feeds as they open and close, and writes them down in order."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        on_event: Callable[[str, str, str], None],
        *,
        stood_still_s: Callable[[], float | None] = lambda: None,
    ) -> None:
        """`stood_still_s`: for how long nothing ran here of late, if it did not."""
        self._store = store
        self._clock = clock
        self._on_event = on_event
        self._stood_still_s = stood_still_s
        self._queue: asyncio.Queue[Outage] = asyncio.Queue()
        self._open: dict[_Key, Outage] = {}
        # When each channel's last outages were told of, and those of which the end is to be told.
        self._times: dict[_Key, deque[float]] = {}
        self._told: set[_Key] = set()

    def note(self, outage: Outage) -> None:
        """From a feed: `end_ms` None opens an outage, a time closes it."""
        if outage.end_ms is None:
            outage = self._with_cause(outage)
            self._tell_begin(outage)
        else:
            self._tell_end(outage, outage.end_ms)
        self._queue.put_nowait(outage)

    def _with_cause(self, outage: Outage) -> Outage:
        """What fell silent while we stood still is no exchange's doing."""
        still_s = self._stood_still_s()
        if still_s is None or self._clock.now_ms() - outage.begin_ms < still_s * 1000:
            return outage
        return msgspec.structs.replace(outage, reason=f"this machine stood still {still_s:.0f} s")

    def _tell_begin(self, outage: Outage) -> None:
        key, now_s = _key(outage), self._clock.monotonic_s()
        times = self._times.setdefault(key, deque(maxlen=MOST_TOLD))
        if len(times) == MOST_TOLD and now_s - times[0] < TOLD_WITHIN_S:
            return
        times.append(now_s)
        self._told.add(key)
        bridge = ", REST stands in" if outage.bridged else ""
        name = f"{outage.market} {channel_words(outage.channel)}"
        if outage.never_up:
            text = f"{name} could not connect yet: {outage.reason}{bridge}"
            self._on_event("info", outage.exchange.value, text)
            return
        text = f"outage of {name}: {outage.reason}{bridge}"
        self._on_event("warning", outage.exchange.value, text)

    def _tell_end(self, outage: Outage, end_ms: int) -> None:
        lasted_s = (end_ms - outage.begin_ms) / 1000
        if _key(outage) not in self._told and lasted_s < LONG_S:
            return
        self._told.discard(_key(outage))
        name = f"{outage.market} {channel_words(outage.channel)}"
        text = f"outage of {name} over after {lasted_s:.0f} s"
        if outage.never_up:
            text = f"{name} connected after {lasted_s:.0f} s"
        self._on_event("info", outage.exchange.value, text)

    async def run(self) -> None:
        """Write for ever; an outage that can't be written now is written later."""
        while True:
            outage = await self._queue.get()
            while not await self._write(outage):
                await self._clock.sleep(RETRY_S)

    async def _write(self, outage: Outage) -> bool:
        key = _key(outage)
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


def _key(outage: Outage) -> _Key:
    return outage.exchange, outage.market, outage.channel
