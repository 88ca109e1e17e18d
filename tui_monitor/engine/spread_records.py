"""The way of minutes and signals into the store: kept back while it can't write."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from tui_monitor.clock import Clock
from tui_monitor.errors import StoreError
from tui_monitor.model import PriceMinute, SignalRecord, SpreadMinute
from tui_monitor.store import Store

RETRY_S = 15.0
# Minutes of the whole market that wait for the disk; older ones are let go.
MINUTES_KEPT = 30
SIGNALS_KEPT = 5_000
QUARANTINE = "quarantine"

_Name = tuple[object, ...]


class SpreadRecords:
    """Takes rows from the watch, and writes them as soon as the store can."""

    def __init__(
        self, store: Store, clock: Clock, on_event: Callable[[str, str, str], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._on_event = on_event
        self._minutes: deque[Sequence[SpreadMinute]] = deque()
        self._prices: deque[Sequence[PriceMinute]] = deque()
        # By name: the end of a signal may come before its beginning was written.
        self._signals: dict[_Name, SignalRecord] = {}
        self._quarantine: str | None = None
        self._news = asyncio.Event()
        self._is_writing = asyncio.Lock()
        self.dropped_rows = 0

    @property
    def backlog_rows(self) -> int:
        """Rows that wait for the disk."""
        return sum(map(len, (*self._minutes, *self._prices))) + len(self._signals)

    def add_minutes(self, minutes: Sequence[SpreadMinute]) -> None:
        """A minute of all coins."""
        if not minutes:
            return
        self._minutes.append(minutes)
        if len(self._minutes) > MINUTES_KEPT:
            self._drop(len(self._minutes.popleft()), "minutes of spreads")
        self._news.set()

    def add_prices(self, minutes: Sequence[PriceMinute]) -> None:
        """A minute of the recorded coins' prices."""
        if not minutes:
            return
        self._prices.append(minutes)
        if len(self._prices) > MINUTES_KEPT:
            self._drop(len(self._prices.popleft()), "minutes of prices")
        self._news.set()

    def add_signals(self, signals: Iterable[SignalRecord]) -> None:
        """New ones, and ones that ended."""
        for signal in signals:
            self._signals[_name(signal)] = signal
            if len(self._signals) > SIGNALS_KEPT:
                del self._signals[next(iter(self._signals))]
                self._drop(1, "signals")
            self._news.set()

    def keep_quarantine(self, text: str) -> None:
        """Who is in quarantine since when: the newest word alone is written."""
        self._quarantine = text
        self._news.set()

    async def run(self) -> None:
        """Write for ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            if not await self.flush():
                await self._clock.sleep(RETRY_S)
                self._news.set()

    async def flush(self) -> bool:
        """Write all that waits; False if the store can't now (the recorder shows the reason)."""
        async with self._is_writing:
            try:
                await self._write_signals()
                while self._minutes:
                    await self._write_minutes(self._minutes.popleft())
                while self._prices:
                    await self._write_prices(self._prices.popleft())
                await self._write_quarantine()
            except StoreError:
                return False
        return True

    async def _write_minutes(self, minutes: Sequence[SpreadMinute]) -> None:
        # Taken out before: a commit is finished even where we are cancelled, and a minute that
        # is written twice counts twice.
        try:
            await self._store.record_spreads(minutes)
        except StoreError:
            self._minutes.appendleft(minutes)
            raise

    async def _write_prices(self, minutes: Sequence[PriceMinute]) -> None:
        try:
            await self._store.record_price_minutes(minutes)
        except StoreError:
            self._prices.appendleft(minutes)
            raise

    async def _write_signals(self) -> None:
        if not self._signals:
            return
        written = dict(self._signals)
        await self._store.record_signals(written.values())
        for name, signal in written.items():
            if self._signals.get(name) is signal:
                del self._signals[name]

    async def _write_quarantine(self) -> None:
        text = self._quarantine
        if text is not None:
            await self._store.keep_board_head(QUARANTINE, text)
            if self._quarantine is text:
                self._quarantine = None

    def _drop(self, rows: int, what: str) -> None:
        self.dropped_rows += rows
        self._store.give_up(rows)
        self._on_event("error", "store", f"{what} are lost: the store takes none")


def _name(signal: SignalRecord) -> _Name:
    legs = (signal.buy_exchange, signal.buy_market, signal.sell_exchange, signal.sell_market)
    return (signal.coin, signal.basis, *legs, signal.observed_ms)
