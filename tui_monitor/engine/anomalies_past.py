"""Bars that closed while nobody judged them: judged once they are there, the oldest first.

Two kinds are owed. When a series begins, all bars since the last one that was judged before; and
later whatever history brings: the bars that were told late, of the perpetuals that they were told
of. What was judged already is left alone: of an old bar less history may be left than it was
judged by.

A pass waits until history is complete, or nothing more comes of it. It reads the store a few bars
at a time and judges one bar after the other, so that the loop is never held for long.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import NamedTuple

import numpy as np

from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.anomalies.detect import Detected, detect
from tui_monitor.boards.anomalies.records import head_name, open_ms_of
from tui_monitor.boards.anomalies.rows import BoardInput, Indicate, board
from tui_monitor.boards.anomalies.rules import Rules
from tui_monitor.boards.anomalies.universe import Universe
from tui_monitor.boards.bars import Bars, bars_of
from tui_monitor.clock import DAY_MS, Clock
from tui_monitor.engine.anomalies_owed import Debt, Owed, Tally
from tui_monitor.engine.candles import Candles, SeriesKey
from tui_monitor.engine.candles_series import Closing
from tui_monitor.errors import StoreError
from tui_monitor.feeds.told import OnEvent
from tui_monitor.market import Key
from tui_monitor.model import BAR_MS, Market
from tui_monitor.store import Store

log = logging.getLogger(__name__)

LOOK_S = 2.0
# History that does not come is waited for so long; what comes later is owed then.
PATIENCE_S = 300.0
# The bars that every change judges anew at once.
CATCH_UP = 8
# A pass goes on with the rest at the next look.
PASS_BARS = 96
# Of 150 perpetuals that is read and put into columns in some milliseconds.
_READ_BARS = 4


class PastBar(NamedTuple):
    """One bar that was judged late. `debt` says for whom."""

    detected: Detected
    board: AnomaliesBoard
    universe: Universe
    debt: Debt


Write = Callable[[SeriesKey, PastBar], Awaitable[bool]]
"""Puts a bar's anomalies down; False while the store can't."""


class PastWatch:
    """What is owed of every series in use, and the worker that pays it off."""

    def __init__(
        self,
        candles: Candles,
        store: Store,
        clock: Clock,
        rules: Rules,
        *,
        keep_ms: int,
        write: Write,
        on_event: OnEvent,
    ) -> None:
        """Anomalies are kept for `keep_ms`: older bars are not judged any more."""
        self.indicate: Indicate | None = None
        self._candles = candles
        self._store = store
        self._clock = clock
        self.rules = rules
        self.keep_ms = keep_ms
        self._write = write
        self._on_event = on_event
        self._owed: dict[SeriesKey, Owed] = {}
        # What was told before it is known what is owed anyhow.
        self._early: list[Closing] = []
        self._tallies: dict[SeriesKey, Tally] = {}
        self._marks: dict[SeriesKey, int] = {}

    def count(self, key: SeriesKey) -> int:
        """How many earlier bars are still to be judged."""
        return len(self._owed[key].times) if key in self._owed else 0

    def changed(self, one: Closing) -> None:
        """Bars were told: those that the pass of the newest ones won't see are owed."""
        key = (one.exchange, one.bar)
        if key not in self._owed:
            self._early.append(one)
            return
        recent_ms = one.open_ms - CATCH_UP * BAR_MS[one.bar]
        # While history comes, what is judged at once is judged by too little of it.
        last_ms = one.open_ms if self._candles.due(*key) else recent_ms
        late = {open_ms: found for open_ms, found in one.changed.items() if open_ms < last_ms}
        self._owed[key].add(late, self._clock.monotonic_s())

    async def keep_mark(self, key: SeriesKey) -> None:
        """Put down until where everything is judged: a restart goes on from there."""
        bars, owed = self._candles.window(*key, count=1), self._owed.get(key)
        if bars is None or owed is None:
            return
        times = owed.times
        mark_ms = times[0] - bars.bar_ms if times else bars.newest_open_ms
        if self._marks.get(key) == mark_ms:
            return
        try:
            await self._store.keep_board_head(_mark_name(key), str(mark_ms))
        except StoreError as error:
            log.warning("until where bars are judged is not kept: %s", error.line())
            return
        self._marks[key] = mark_ms

    async def run(self) -> None:
        """For ever."""
        while True:
            keys = self._candles.in_use()
            self._owed = {key: self._owed[key] for key in keys if key in self._owed}
            for key in keys:
                await self._look(key)
            await self._clock.sleep(LOOK_S)

    async def _look(self, key: SeriesKey) -> None:
        try:
            if key not in self._owed:
                await self._begin(key)
            elif self._is_ready(key):
                await self._judge(key)
        except StoreError as error:
            # The recorder shows the reason: both use the same file. The next look tries it again.
            log.warning("earlier bars of %s are not judged: %s", key[0].value, error.line())

    async def _begin(self, key: SeriesKey) -> None:
        """Everything since the last judged bar is owed."""
        mark_ms = await self._mark_ms(key)
        bars = self._candles.window(*key, count=1)
        if bars is None:
            return
        first_ms = self._clock.now_ms() - self.keep_ms
        # The originals' newest bar is the open one: then the newest closed one is a past one.
        until_ms = bars.newest_open_ms + (bars.bar_ms if self.rules.original else 0)
        # Without a mark nothing was ever judged; what the store has of history is.
        oldest_ms = await self._store.oldest_candle_ms(key[1]) if mark_ms is None else None
        from_ms = until_ms if oldest_ms is None else oldest_ms
        owed = Owed(
            bar_ms=bars.bar_ms,
            from_ms=from_ms if mark_ms is None else mark_ms + bars.bar_ms,
            until_ms=until_ms,
            since_s=self._clock.monotonic_s(),
        )
        owed.forget_before(first_ms)
        self._owed[key] = owed
        early, self._early = self._early, []
        for one in early:
            self.changed(one)

    async def _mark_ms(self, key: SeriesKey) -> int | None:
        """The last bar up to which nothing is owed; None where nothing is known."""
        text = await self._store.board_head(_mark_name(key))
        if text is not None and text.isdecimal():
            return int(text)
        return open_ms_of(await self._store.board_head(head_name(*key)))

    def _is_ready(self, key: SeriesKey) -> bool:
        """Whether something is owed, and all that may still come of it has come."""
        owed = self._owed[key]
        if not owed.times or not self._candles.is_recorded:
            return False
        waited_s = self._clock.monotonic_s() - owed.since_s
        return self._candles.due(*key) == 0 or waited_s >= PATIENCE_S

    async def _judge(self, key: SeriesKey) -> None:
        """Some of what is owed."""
        universe, owed = self._candles.universe(key[0]), self._owed[key]
        if universe is None:
            return
        owed.forget_before(self._clock.now_ms() - self.keep_ms)
        tally = self._tallies.setdefault(key, Tally())
        async for one in self._judged(universe, key[1], owed.next(PASS_BARS)):
            if not await self._write(key, one):
                return
            owed.done(one.debt)
            tally.add(one.board, one.debt.symbols)
            await self._clock.sleep(0)
        if not owed.times:
            del self._tallies[key]
            self._on_event("info", "anomalies", tally.text(*key, self._clock.now_ms()))

    async def _judged(
        self, universe: Universe, bar: str, debts: Sequence[Debt]
    ) -> AsyncIterator[PastBar]:
        """Judge bars of the store, oldest first."""
        async for bars, debt in _windows(self._store, universe, bar, debts, self.rules.bars):
            detected = detect(bars, self.rules)
            now_ms = self._clock.now_ms()
            given = BoardInput(
                now_ms=now_ms,
                evaluated_ms=now_ms,
                turnover_24h_usd=_of_day(bars),
                indicate=self.indicate,
            )
            yield PastBar(detected, board(detected, given), universe, debt)


async def _windows(
    store: Store, universe: Universe, bar: str, debts: Sequence[Debt], count: int
) -> AsyncIterator[tuple[Bars, Debt]]:
    """For each owed bar a window of `count` that ends with it."""
    if not debts:
        return
    exchange, bar_ms, ahead = universe.exchange, BAR_MS[bar], _READ_BARS - 1
    read_ms = debts[0].open_ms - count * bar_ms
    window = bars_of(
        exchange, bar, universe.instruments, (), newest_open_ms=read_ms, count=count + ahead
    )
    for debt in debts:
        # What lies too far back for this bar's window is not read.
        read_ms = max(read_ms, debt.open_ms - count * bar_ms)
        while read_ms < debt.open_ms:
            until_ms = min(read_ms + _READ_BARS * bar_ms, debt.open_ms + ahead * bar_ms)
            rows = await store.candle_window(
                exchange, Market.PERP, bar, read_ms + bar_ms, until_ms + bar_ms
            )
            window = window.updated(rows, newest_open_ms=until_ms)
            read_ms = until_ms
        beyond = (window.newest_open_ms - debt.open_ms) // bar_ms
        yield window.head(len(window.open_ms) - beyond), debt


def _of_day(bars: Bars) -> dict[Key, float | None]:
    """Turnovers of the 24 hours up to the bar, of those that have all of its bars."""
    count = DAY_MS // bars.bar_ms
    if count > len(bars.open_ms):
        return {}
    sums = bars.turnover_usd[:, -count:].sum(axis=1)
    return {
        one.key: None if np.isnan(usd) else usd
        for one, usd in zip(bars.instruments, sums.tolist(), strict=True)
    }


def _mark_name(key: SeriesKey) -> str:
    return f"judged {key[0].value} {key[1]}"
