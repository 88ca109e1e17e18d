"""Judges the newest bars: each minute, and at once when bars close; keeps what is an anomaly.

What is forming is judged when somebody looks (`anomalies_forming`), and never kept.

A bar that could not be judged when it closed is judged once it is there, and a bar that turns out
different is judged again. The last evaluation counts. What closed long ago, unjudged, is left to
`anomalies_past`.
"""

import asyncio
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from tui_monitor import config
from tui_monitor.boards.anomalies import AnomaliesBoard
from tui_monitor.boards.anomalies.detect import Detected, evaluate
from tui_monitor.boards.anomalies.explain import explain, unlisted
from tui_monitor.boards.anomalies.explanation import Explanation
from tui_monitor.boards.anomalies.rows import BoardInput, Indicate, board, load_indicators
from tui_monitor.boards.anomalies.rules import Rules
from tui_monitor.boards.anomalies.universe import Universe
from tui_monitor.boards.bars import Bars
from tui_monitor.clock import MINUTE_MS, Clock
from tui_monitor.engine.anomalies_book import AnomalyBook
from tui_monitor.engine.anomalies_forming import FormingLook, Opened
from tui_monitor.engine.anomalies_past import CATCH_UP, PastBar, PastWatch
from tui_monitor.engine.candles import Candles, SeriesKey
from tui_monitor.errors import BadInput
from tui_monitor.feeds.told import OnEvent
from tui_monitor.market import Key
from tui_monitor.model import Exchange
from tui_monitor.store import Store

_HOUR_MS = 60 * MINUTE_MS


class Judged(NamedTuple):
    """One evaluation of one exchange's bars."""

    universe: Universe
    detected: Detected
    given: BoardInput
    board: AnomaliesBoard


class AnomalyWatch:
    """The newest evaluation of all bars in use. `passes` counts the minutes' evaluations."""

    def __init__(
        self,
        candles: Candles,
        store: Store,
        clock: Clock,
        settings: config.Anomalies,
        on_event: OnEvent,
        *,
        keep_h: float = 24.0,
    ) -> None:
        """Anomalies are kept for `keep_h` hours: so far back is judged what nobody judged."""
        self._candles = candles
        self._clock = clock
        self._rules = Rules.of(settings)
        self._on_event = on_event
        self._indicate: Indicate | None = None
        self._judged: dict[SeriesKey, Judged] = {}
        self._reached: dict[SeriesKey, int] = {}
        self._book = AnomalyBook(store)
        self._forming = FormingLook(candles, clock)
        self._past = PastWatch(
            candles,
            store,
            clock,
            self._rules,
            keep_ms=round(keep_h * _HOUR_MS),
            write=self._write_past,
            on_event=on_event,
        )
        self._judging = asyncio.Lock()
        self.passes = 0

    def apply(self, settings: config.Anomalies, keep_h: float) -> None:
        """Judge by other thresholds from now on, and of older bars as many as are kept."""
        self._rules = self._past.rules = Rules.of(settings)
        self._past.keep_ms = round(keep_h * _HOUR_MS)

    # --- what is asked ------------------------------------------------------------------

    def board(self, exchange: Exchange, bar: str) -> AnomaliesBoard | str:
        """The newest evaluation, or why there is none yet."""
        judged = self._newest(exchange, bar)
        if isinstance(judged, str):
            return judged
        reason = self._candles.trouble(exchange, bar) or self._lacking((exchange, bar))
        if judged.board.evaluated_ms is None:
            reason = reason or "no bar is known yet"
        opened = self._opened((exchange, bar), judged)
        return replace(
            judged.board,
            now_ms=self._clock.now_ms(),
            forming=None if opened is None else opened.view,
            reason=reason,
        )

    def explained(
        self, name: str, exchange: Exchange, bar: str, *, forming: bool = False
    ) -> list[Explanation] | str:
        """Each perpetual of a coin, or the one of a symbol; or why there is nothing to say.

        `forming`: of the bar that is not over, where it stands beside the closed one.
        """
        judged = self._newest(exchange, bar)
        if isinstance(judged, str):
            return judged
        detected, given = judged.detected, judged.given
        if forming and not self._rules.original:
            opened = self._opened((exchange, bar), judged)
            if opened is None:
                return self._candles.trouble(exchange, bar) or "no forming bar is known yet"
            detected, given = opened.detected, opened.given
        universe = self._candles.universe(exchange) or judged.universe
        found = explain(name, detected, universe, given)
        return found or unlisted(name, universe)

    def _newest(self, exchange: Exchange, bar: str) -> Judged | str:
        key = (exchange, bar)
        if key not in self._judged or self._is_behind(key):
            made = self._evaluate(key, 0)
            if made is None:
                return self._candles.trouble(exchange, bar) or "the perpetuals are being chosen"
            self._judged[key] = made
        return self._judged[key]

    def _is_behind(self, key: SeriesKey) -> bool:
        """Whether a newer bar is shown than was judged: its pass has to wait for another one."""
        bars = self._candles.window(*key, count=1)
        judged_ms = self._judged[key].board.open_ms
        return bars is not None and bars.newest_open_ms > judged_ms

    def _opened(self, key: SeriesKey, judged: Judged) -> Opened | None:
        """The bar after the judged one, as it is now; as the originals did there is one alone."""
        if self._rules.original:
            return None
        return self._forming.look(key, judged.board.open_ms, self._rules, judged.given)

    def _lacking(self, key: SeriesKey) -> str:
        """What of the bars is still to come."""
        if due := self._candles.due(*key):
            return f"bars of {due} perpetuals are being asked for"
        owed = self._past.count(key)
        return f"{owed} earlier bars are still to be judged" if owed else ""

    # --- life ---------------------------------------------------------------------------

    async def run(self) -> None:
        """For ever."""
        self._indicate = self._past.indicate = self._indicators()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._on_closings())
            tasks.create_task(self._on_minutes())
            tasks.create_task(self._past.run())

    async def _on_closings(self) -> None:
        number = 0
        while True:
            cursor = await self._candles.closed(number)
            # Of several closings of the same bars the newest window has all.
            news: dict[SeriesKey, bool] = {}
            for one in self._candles.closed_after(number):
                key = (one.exchange, one.bar)
                news[key] = news.get(key, True) and one.is_new
                self._past.changed(one)
            number = cursor
            for key, is_new in news.items():
                await self._judge(key, self._due(key) if is_new else CATCH_UP)

    async def _on_minutes(self) -> None:
        while True:
            now_ms = self._clock.now_ms()
            await self._clock.sleep((MINUTE_MS - now_ms % MINUTE_MS) / 1000)
            keys = self._candles.in_use()
            self._judged = {key: self._judged[key] for key in keys if key in self._judged}
            for key in keys:
                await self._judge(key, 0)
                judged = self._judged.get(key)
                # Where no bar is there, the board of those before says more.
                if judged is not None and judged.board.has_bars:
                    await self._book.keep_head(key, judged.board)
                    await self._past.keep_mark(key)
            self.passes += 1

    def _due(self, key: SeriesKey) -> int:
        """How many bars before the newest were never judged."""
        bars = self._candles.window(*key, count=1)
        if bars is None or key not in self._reached:
            return CATCH_UP
        missed = (bars.newest_open_ms - self._reached[key]) // bars.bar_ms - 1
        return min(max(missed, 0), CATCH_UP)

    async def _judge(self, key: SeriesKey, back: int) -> None:
        """The newest bar, and some before it: those first."""
        async with self._judging:
            for ago in range(0 if self._rules.original else back, -1, -1):
                judged = self._evaluate(key, ago)
                if judged is None:
                    return
                if ago == 0:
                    self._judged[key] = judged
                    self._reached[key] = judged.board.open_ms
                await self._book.write(key, judged.detected, judged.universe, judged.board)
                await asyncio.sleep(0)

    async def _write_past(self, key: SeriesKey, one: PastBar) -> bool:
        """Not while the newest bars are judged: of two evaluations the later one counts."""
        async with self._judging:
            return await self._book.write(
                key, one.detected, one.universe, one.board, one.debt.symbols
            )

    def _evaluate(self, key: SeriesKey, ago: int) -> Judged | None:
        """Judge the bar so many before the newest; None while bars are not watched."""
        bars, universe = self._candles.window(*key), self._candles.universe(key[0])
        if bars is None or universe is None:
            return None
        if ago:
            bars = bars.updated((), newest_open_ms=bars.newest_open_ms - ago * bars.bar_ms)
        is_open = self._rules.original and not ago
        detected, _ = evaluate(bars, self._candles.forming(*key) if is_open else None, self._rules)
        now_ms = self._clock.now_ms()
        given = BoardInput(
            now_ms=now_ms,
            evaluated_ms=now_ms,
            turnover_24h_usd={one.key: universe.turnover_24h_usd(one) for one in bars.instruments},
            no_data=self._no_data(key, bars),
            indicate=self._indicate,
        )
        return Judged(universe, detected, given, board(detected, given))

    def _no_data(self, key: SeriesKey, bars: Bars) -> dict[Key, str]:
        """Why bars are lacking, where history could not be had."""
        if not (error := self._candles.error(key[0])):
            return {}
        lacking = np.flatnonzero(np.isnan(bars.close).all(axis=1)).tolist()
        return {bars.instruments[place].key: error for place in lacking}

    def _indicators(self) -> Indicate | None:
        if not self._rules.indicators:
            return None
        try:
            return load_indicators()
        except BadInput as error:
            self._on_event("warning", "anomalies", error.line())
            return None
