"""Scores picks when bars close and every three minutes; the highest scores outlive a restart."""

import asyncio
import logging
from collections.abc import Sequence

import msgspec
import numpy as np

from tui_monitor.boards.bars import Bars
from tui_monitor.boards.picks import PICKS_BAR, KeptScore, PicksBoard, PicksKept, kept_name
from tui_monitor.boards.picks.score import WINDOW_BARS, DayFigures, Scores, picks
from tui_monitor.clock import MINUTE_MS, Clock
from tui_monitor.engine.candles import Candles
from tui_monitor.errors import StoreError
from tui_monitor.market import Key, MarketState, Row
from tui_monitor.model import Exchange, Market
from tui_monitor.store import Store

log = logging.getLogger(__name__)

EVERY_MS = 3 * MINUTE_MS
LOOK_S = 2.0
# When bars close, the anomalies among them come first.
AFTER_S = 1.0
# History that is still being asked for is waited for so long.
PATIENCE_S = 60.0
# A new listing may lack the newest bar.
MOST = 0.9


class PickWatch:
    """The newest picks of each exchange."""

    def __init__(
        self,
        candles: Candles,
        store: Store,
        market: MarketState,
        clock: Clock,
        exchanges: Sequence[Exchange],
    ) -> None:
        self._candles = candles
        self._store = store
        self._market = market
        self._clock = clock
        self._exchanges = tuple(exchanges)
        self._boards: dict[Exchange, PicksBoard] = {}
        self._scores: dict[Exchange, dict[Key, Scores]] = {}
        self._since_s: dict[Exchange, float] = {}
        self._scoring = asyncio.Lock()

    def board(self, exchange: Exchange) -> PicksBoard | str:
        """The newest evaluation, or why there is none."""
        found = self._boards.get(exchange)
        if found is not None:
            return msgspec.structs.replace(found, now_ms=self._clock.now_ms())
        if exchange not in self._exchanges:
            return f"anomalies.exchanges does not name {exchange.value}"
        return self._candles.trouble(exchange, PICKS_BAR) or "the bars are being read"

    async def run(self) -> None:
        """For ever."""
        for exchange in self._exchanges:
            if exchange not in self._scores:
                self._scores[exchange] = await self._kept(exchange)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._on_closings())
            for exchange in self._exchanges:
                tasks.create_task(self._score_for_ever(exchange))

    async def _on_closings(self) -> None:
        """Whenever the newest bar is another one, or has come of more perpetuals."""
        number = self._candles.closings
        while True:
            cursor = await self._candles.closed(number)
            told = {
                one.exchange
                for one in self._candles.closed_after(number)
                if one.bar == PICKS_BAR and (one.is_new or one.open_ms in one.changed)
            }
            number = cursor
            await self._clock.sleep(AFTER_S)
            # Before the first time, history is waited for.
            for exchange in sorted(told & self._boards.keys()):
                bars = self._candles.window(exchange, PICKS_BAR, WINDOW_BARS)
                if bars is not None:
                    await self._score(exchange, bars)

    async def _score_for_ever(self, exchange: Exchange) -> None:
        """At once when there are bars, then every three minutes on the minute."""
        while True:
            self._candles.use(exchange, PICKS_BAR)
            bars = self._candles.window(exchange, PICKS_BAR, WINDOW_BARS)
            if bars is None or not self._is_ready(exchange, bars):
                await self._clock.sleep(LOOK_S)
                continue
            await self._score(exchange, bars)
            left_ms = EVERY_MS - self._clock.now_ms() % EVERY_MS
            await self._clock.sleep(left_ms / 1000)

    def _is_ready(self, exchange: Exchange, bars: Bars) -> bool:
        """Whether history has come, and is shown."""
        now_s = self._clock.monotonic_s()
        begun_s = self._since_s.setdefault(exchange, now_s)
        due = self._candles.due(exchange, PICKS_BAR)
        is_shown = np.isfinite(bars.close[:, -1]).mean() >= MOST if bars.instruments else False
        return (due == 0 and bool(is_shown)) or now_s - begun_s >= PATIENCE_S

    async def _score(self, exchange: Exchange, bars: Bars) -> None:
        async with self._scoring:
            await self._scored(exchange, bars)

    async def _scored(self, exchange: Exchange, bars: Bars) -> None:
        rows = (self._market.row(one.key) for one in bars.instruments)
        day = {row.instrument.key: _day(row) for row in rows if row is not None}
        picked = picks(bars, day, self._clock.now_ms(), self._scores.get(exchange))
        self._boards[exchange], self._scores[exchange] = picked
        kept = PicksKept(
            board=picked.board,
            scores=[
                KeptScore(symbol=symbol, last=one.last, highest=one.highest)
                for (_, _, symbol), one in picked.scores.items()
            ],
        )
        try:
            await self._store.keep_board_head(
                kept_name(exchange), msgspec.json.encode(kept).decode()
            )
        except StoreError as error:
            # The recorder shows the reason: both write to the same file.
            log.warning("picks are not kept: %s", error.line())

    async def _kept(self, exchange: Exchange) -> dict[Key, Scores]:
        """The scores of before the start."""
        try:
            text = await self._store.board_head(kept_name(exchange))
            kept = msgspec.json.decode(text or "", type=PicksKept) if text else None
        except (StoreError, msgspec.MsgspecError) as error:
            log.warning("earlier picks of %s can't be read: %s", exchange.value, error)
            return {}
        if kept is None:
            return {}
        return {
            (exchange, Market.PERP, one.symbol): Scores(one.last, one.highest)
            for one in kept.scores
        }


def _day(row: Row) -> DayFigures:
    """What a perpetual's ticker tells of 24 hours."""
    change_pct = None
    if row.last is not None and row.open_24h:
        change_pct = (row.last - row.open_24h) / row.open_24h * 100
    return DayFigures(change_pct, row.turnover_24h_usd)
