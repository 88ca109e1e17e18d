"""Judges the newest bars: each minute, and at once when bars close; keeps what is an anomaly.

A bar that could not be judged when it closed is judged once it is there, and a bar that turns out
different is judged again. The last evaluation counts.
"""

import asyncio
import logging
from collections import OrderedDict
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from tui_monitor import config
from tui_monitor.boards.anomalies import AnomaliesBoard, AnomalyRow, State
from tui_monitor.boards.anomalies.detect import Detected, evaluate
from tui_monitor.boards.anomalies.explain import explain, explain_anomalies, unlisted
from tui_monitor.boards.anomalies.explanation import Explanation
from tui_monitor.boards.anomalies.records import head_name, record_of
from tui_monitor.boards.anomalies.rows import BoardInput, Indicate, board, load_indicators
from tui_monitor.boards.anomalies.rules import Rules
from tui_monitor.boards.anomalies.universe import Universe
from tui_monitor.boards.bars import Bars
from tui_monitor.clock import MINUTE_MS, Clock
from tui_monitor.engine.candles import Candles, SeriesKey
from tui_monitor.errors import BadInput, StoreError
from tui_monitor.feeds.told import OnEvent
from tui_monitor.market import Key
from tui_monitor.model import AnomalyRecord, Exchange
from tui_monitor.store import Store

log = logging.getLogger(__name__)

# Bars that come late are judged as far back as this.
CATCH_UP = 8
_REMEMBERED = 64
# Of others nobody knows what their bar is: what was found of it stays.
_KNOWN = (State.ANOMALY, State.NORMAL, State.SMALL_MOVE)

BarKey = tuple[Exchange, str, int]
Written = tuple[list[str], list[AnomalyRecord]]


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
    ) -> None:
        self._candles = candles
        self._store = store
        self._clock = clock
        self._rules = Rules.of(settings)
        self._on_event = on_event
        self._indicate: Indicate | None = None
        self._judged: dict[SeriesKey, Judged] = {}
        self._reached: dict[SeriesKey, int] = {}
        self._written: OrderedDict[BarKey, Written] = OrderedDict()
        self._judging = asyncio.Lock()
        self.passes = 0

    # --- what is asked ------------------------------------------------------------------

    def board(self, exchange: Exchange, bar: str) -> AnomaliesBoard | str:
        """The newest evaluation, or why there is none yet. Asking makes the bars watched."""
        judged = self._newest(exchange, bar)
        if isinstance(judged, str):
            return judged
        return replace(
            judged.board,
            now_ms=self._clock.now_ms(),
            reason=self._candles.trouble(exchange, bar) or self._lacking((exchange, bar)),
        )

    def explained(self, name: str, exchange: Exchange, bar: str) -> list[Explanation] | str:
        """Each perpetual of a coin, or the one of a symbol; or why there is nothing to say."""
        judged = self._newest(exchange, bar)
        if isinstance(judged, str):
            return judged
        universe = self._candles.universe(exchange) or judged.universe
        found = explain(name, judged.detected, universe, judged.given)
        return found or unlisted(name, universe)

    def _newest(self, exchange: Exchange, bar: str) -> Judged | str:
        self._candles.use(exchange, bar)
        key = (exchange, bar)
        if key not in self._judged:
            made = self._evaluate(key, 0)
            if made is None:
                return self._candles.trouble(exchange, bar) or "the perpetuals are being chosen"
            self._judged[key] = made
        return self._judged[key]

    def _lacking(self, key: SeriesKey) -> str:
        """What of the bars is still to come."""
        for one in self._candles.progress():
            if (one.exchange, one.bar) == key and one.due:
                return f"bars of {one.due} perpetuals are being asked for"
        return ""

    # --- life ---------------------------------------------------------------------------

    async def run(self) -> None:
        """For ever."""
        self._indicate = self._indicators()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._on_closings())
            tasks.create_task(self._on_minutes())

    async def _on_closings(self) -> None:
        number = 0
        while True:
            cursor = await self._candles.closed(number)
            # Of several closings of the same bars the newest window has all.
            news: dict[SeriesKey, bool] = {}
            for one in self._candles.closed_after(number):
                key = (one.exchange, one.bar)
                news[key] = news.get(key, True) and one.is_new
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
                if judged is not None:
                    await self._keep_head(key, judged.board)
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
                await self._write(key, judged)
                await asyncio.sleep(0)

    def _evaluate(self, key: SeriesKey, ago: int) -> Judged | None:
        """Judge the bar so many before the newest; None while bars are not watched."""
        bars, universe = self._candles.window(*key), self._candles.universe(key[0])
        if bars is None or universe is None:
            return None
        if ago:
            bars = bars.updated((), newest_open_ms=bars.newest_open_ms - ago * bars.bar_ms)
        forming = self._candles.forming(*key) if not ago else None
        detected, opened = evaluate(bars, forming, self._rules)
        now_ms = self._clock.now_ms()
        given = BoardInput(
            now_ms=now_ms,
            evaluated_ms=now_ms,
            turnover_24h_usd={one.key: universe.turnover_24h_usd(one) for one in bars.instruments},
            no_data=self._no_data(key, bars),
            indicate=self._indicate,
        )
        return Judged(universe, detected, given, board(detected, given, opened))

    def _no_data(self, key: SeriesKey, bars: Bars) -> dict[Key, str]:
        """Why bars are lacking, where history could not be had."""
        progress = self._candles.progress()
        error = next((one.error for one in progress if (one.exchange, one.bar) == key), "")
        if not error:
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

    # --- what is kept -------------------------------------------------------------------

    async def _write(self, key: SeriesKey, judged: Judged) -> None:
        """Put the bar's anomalies down, if they are others than before."""
        exchange, bar = key
        shown = judged.board
        known = sorted(row.symbol for row in shown.rows if row.state in _KNOWN)
        explained = explain_anomalies(judged.detected, judged.universe, shown.rows)
        records = [record_of(one, shown.evaluated_ms) for one in explained]
        place = (exchange, bar, shown.open_ms)
        unstamped = (known, [replace(one, judged_ms=0) for one in records])
        if not known or self._written.get(place) == unstamped:
            return
        try:
            await self._store.record_anomalies(exchange, bar, shown.open_ms, known, records)
        except StoreError as error:
            # The recorder shows the reason: both write to the same file. The next minute tries it
            # again.
            log.warning("anomalies of %s are not recorded: %s", exchange.value, error.line())
            return
        self._written[place] = unstamped
        while len(self._written) > _REMEMBERED:
            self._written.popitem(last=False)

    async def _keep_head(self, key: SeriesKey, shown: AnomaliesBoard) -> None:
        no_rows: list[AnomalyRow] = []
        head = msgspec.json.encode(replace(shown, rows=no_rows, forming=None)).decode()
        try:
            await self._store.keep_board_head(head_name(*key), head)
        except StoreError as error:
            log.warning("the head of the anomalies is not kept: %s", error.line())
