"""Bars of the most traded perpetuals: streamed, filled up from history, kept, shown in windows.

The bars that the settings name are always watched; others as long as somebody looks at them, and
some minutes more.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from msgspec import Struct

from tui_monitor import config
from tui_monitor.boards.anomalies.universe import Universe
from tui_monitor.boards.bars import Bars, Forming, bar_ms_of
from tui_monitor.clock import Clock
from tui_monitor.engine.candles_choice import Choice
from tui_monitor.engine.candles_feed import BarFeed
from tui_monitor.engine.candles_filler import CandleFiller
from tui_monitor.engine.candles_history import CandleHistory
from tui_monitor.engine.candles_records import CandleRecords
from tui_monitor.engine.candles_series import WINDOW_BARS, Closing, Series, row_of, tail_of
from tui_monitor.errors import StoreError
from tui_monitor.feeds.pacing import within
from tui_monitor.feeds.told import OnEvent
from tui_monitor.market import MarketState
from tui_monitor.model import Candle, Exchange, FeedState, Market
from tui_monitor.store import Store

log = logging.getLogger(__name__)

TICK_S = 0.25
LOOK_S = 1.0
# Bars that nobody looks at any more are streamed for so long.
LINGER_S = 300.0
CLOSINGS = 200

SeriesKey = tuple[Exchange, str]


class CandleProgress(Struct, frozen=True, kw_only=True):
    """How one series does: `due` of its perpetuals have holes that can still be filled.

    `requests` and `error` are the exchange's, of all its series.
    """

    exchange: Exchange
    bar: str
    perps: int
    due: int
    requests: int
    error: str


class Candles:
    """Bars of perpetuals by exchange and length, and whose they are."""

    def __init__(
        self,
        feeds: Sequence[BarFeed],
        store: Store,
        market: MarketState,
        clock: Clock,
        settings: config.Anomalies,
        on_event: OnEvent,
    ) -> None:
        self._feeds = {feed.exchange: feed for feed in feeds}
        self._store = store
        self._market = market
        self._clock = clock
        self._on_event = on_event
        self._always = [(Exchange(name), settings.bar) for name in settings.exchanges]
        self._series: dict[SeriesKey, Series] = {}
        self._used_s: dict[SeriesKey, float] = {}
        self._cursor = 0
        self._choices = {feed.exchange: Choice(feed, market, clock, settings) for feed in feeds}
        self._fillers = {feed.exchange: self._filler(feed, settings) for feed in feeds}
        self._records = CandleRecords(store, clock)
        self._wanted_now = asyncio.Event()
        self._rung = asyncio.Event()
        self._closings: deque[Closing] = deque(maxlen=CLOSINGS)
        self.closings = 0
        """How often shown bars have changed; the cursor of `closed_after`."""

    def _filler(self, feed: BarFeed, settings: config.Anomalies) -> CandleFiller:
        return CandleFiller(
            feed,
            self._clock,
            CandleHistory(settings.bars, settings.history_bars),
            series=lambda: [one for one in self._series.values() if one.exchange is feed.exchange],
            take=self._take,
            on_event=self._on_event,
        )

    # --- what boards ask ----------------------------------------------------------------

    def use(self, exchange: Exchange, bar: str) -> None:
        """Say that somebody looks at these bars: they are watched for some minutes from now on."""
        bar_ms_of(bar)
        self._used_s[exchange, bar] = self._clock.monotonic_s()
        if (exchange, bar) not in self._series:
            self._wanted_now.set()

    def in_use(self) -> list[SeriesKey]:
        """What is watched now."""
        return list(self._series)

    def is_wanted(self, exchange: Exchange, bar: str) -> bool:
        """Whether the settings name these bars, or somebody looks at them."""
        if exchange not in self._feeds:
            return False
        return (exchange, bar) in self._always or self._is_used(exchange, bar)

    @property
    def is_recorded(self) -> bool:
        """Whether the store has all that was taken in."""
        return self._records.is_empty

    @property
    def backlog_rows(self) -> int:
        """Closed bars that wait for the disk."""
        return self._records.backlog_rows

    def universe(self, exchange: Exchange) -> Universe | None:
        """The perpetuals that are watched, and the others; None while it is not chosen."""
        choice = self._choices.get(exchange)
        return choice.universe if choice is not None else None

    def window(self, exchange: Exchange, bar: str, count: int = WINDOW_BARS) -> Bars | None:
        """The newest closed bars of the universe; None while they are not watched."""
        series = self._series.get((exchange, bar))
        return None if series is None else tail_of(series.shown, count)

    def forming(self, exchange: Exchange, bar: str) -> Forming | None:
        """The bar after the window's newest; None while its stream is away: it would be old."""
        series = self._series.get((exchange, bar))
        if series is None or self.trouble(exchange, bar):
            return None
        # Rows have the next bar as soon as one has closed: no tick is waited for to know how.
        self._take_news()
        rows = (self._market.row(one.key) for one in series.instruments)
        known = (row.bars.get(bar) for row in rows if row is not None)
        candles = [candle for candle in known if candle is not None]
        return series.forming(candles, self._now_ms(exchange))

    def trouble(self, exchange: Exchange, bar: str) -> str:
        """Why the stream of these bars tells nothing; empty while it does."""
        feed = self._feeds.get(exchange)
        if feed is None:
            return f"{exchange.value} is not watched"
        health = feed.bars_health(Market.PERP, bar)
        if not health:
            return "not streamed yet"
        away = next((one for one in health if one.state is not FeedState.LIVE), None)
        return "" if away is None else away.reason or away.state.value

    def closed_after(self, number: int) -> list[Closing]:
        """What has changed since a cursor, oldest first; at most the newest two hundred."""
        return [one for one in self._closings if one.number > number]

    async def closed(self, number: int) -> int:
        """Wait until shown bars have changed after a cursor; gives the new one."""
        while self.closings <= number:
            await self._rung.wait()
        return self.closings

    def due(self, exchange: Exchange, bar: str) -> int:
        """How many of a series' perpetuals have holes that can still be filled; 0 without one."""
        series = self._series.get((exchange, bar))
        return 0 if series is None else self._due(series)

    def _due(self, series: Series) -> int:
        history = self._fillers[series.exchange].history
        return len(history.missing(series, self._now_ms(series.exchange)))

    def error(self, exchange: Exchange) -> str:
        """Why the last request for an exchange's bars failed; "" where it did not."""
        return self._fillers[exchange].error

    def progress(self) -> list[CandleProgress]:
        """How complete each series is."""
        found = []
        for (exchange, bar), series in self._series.items():
            filler = self._fillers[exchange]
            found.append(
                CandleProgress(
                    exchange=exchange,
                    bar=bar,
                    perps=len(series.instruments),
                    due=self._due(series),
                    requests=filler.requests,
                    error=filler.error,
                )
            )
        return found

    # --- life ---------------------------------------------------------------------------

    async def run(self) -> None:
        """For ever."""
        for key in list(self._series):
            self._end(*key)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._manage())
            tasks.create_task(self._records.run())
            for filler in self._fillers.values():
                tasks.create_task(filler.run())

    async def _listen(self) -> None:
        """Closed bars from the streams into the series; shows what has come together."""
        while True:
            self._take_news()
            for series in list(self._series.values()):
                self._show(series)
            await self._clock.sleep(TICK_S)

    def _take_news(self) -> None:
        batch = self._market.events_since(self._cursor)
        self._cursor = batch.cursor
        closed: dict[SeriesKey, list[Candle]] = {}
        for event in batch.events:
            if isinstance(event, Candle):
                key = (event.instrument.exchange, event.bar)
                closed.setdefault(key, []).append(event)
        for key, candles in closed.items():
            if key in self._series:
                self._take(self._series[key], candles)

    def _take(self, series: Series, candles: Sequence[Candle]) -> None:
        now_ms = self._now_ms(series.exchange)
        taken = series.put(candles, now_ms, self._clock.monotonic_s())
        self._records.add(map(row_of, taken))

    def _show(self, series: Series) -> None:
        now_s = self._clock.monotonic_s()
        series.advance(self._now_ms(series.exchange), now_s)
        if not series.is_settled(now_s):
            return
        self.closings += 1
        self._closings.append(
            Closing(
                number=self.closings,
                exchange=series.exchange,
                bar=series.bar,
                open_ms=series.live.newest_open_ms,
                came=series.came,
                expected=len(series.instruments),
                is_new=series.is_new,
                changed=series.changed,
            )
        )
        series.show()
        self._rung.set()
        self._rung = asyncio.Event()

    def _now_ms(self, exchange: Exchange) -> int:
        """The exchange's time, or ours before it is known."""
        theirs_ms = self._feeds[exchange].exchange_now_ms()
        return self._clock.now_ms() if theirs_ms is None else theirs_ms

    # --- which ones ---------------------------------------------------------------------

    async def _manage(self) -> None:
        """Choose the perpetuals, hour by hour; begin and end series."""
        while True:
            for exchange, choice in self._choices.items():
                changes = choice.look()
                if changes:
                    self._on_event("info", exchange.value, changes)
                    await self._watch(exchange)
            wanted = self._wanted()
            for key in self._series.keys() - wanted:
                self._end(*key)
            for exchange, bar in sorted(wanted - self._series.keys()):
                await self._begin(exchange, bar)
            await within(LOOK_S, self._wanted_now)

    def _wanted(self) -> set[SeriesKey]:
        used = [key for key in self._used_s if self._is_used(*key)]
        return {key for key in (*self._always, *used) if self.universe(key[0]) is not None}

    def _is_used(self, exchange: Exchange, bar: str) -> bool:
        used_s = self._used_s.get((exchange, bar))
        return used_s is not None and self._clock.monotonic_s() - used_s < LINGER_S

    async def _watch(self, exchange: Exchange) -> None:
        """Go on with the perpetuals that were chosen just now."""
        universe = self._choices[exchange].universe
        for series in list(self._series.values()):
            if series.exchange is exchange and universe is not None:
                series.watch(universe.instruments)
                await self._read(series)
                self._stream(series)

    async def _begin(self, exchange: Exchange, bar: str) -> None:
        universe = self._choices[exchange].universe
        if universe is None:
            return
        series = Series(exchange, bar, universe.instruments, self._now_ms(exchange))
        await self._read(series)
        series.show()
        self._series[exchange, bar] = series
        self._stream(series)

    def _end(self, exchange: Exchange, bar: str) -> None:
        del self._series[exchange, bar]
        self._feeds[exchange].want_bars(Market.PERP, bar, ())

    async def _read(self, series: Series) -> None:
        """What the store has of the window; without it history is asked for more."""
        start_ms = int(series.live.open_ms[0])
        try:
            rows = await self._store.candle_window(
                series.exchange, Market.PERP, series.bar, start_ms, series.live.newest_close_ms
            )
        except StoreError as error:
            log.warning("stored bars of %s can't be read: %s", series.exchange, error.line())
            return
        now_ms, now_s = self._now_ms(series.exchange), self._clock.monotonic_s()
        series.put(rows, now_ms, now_s, is_news=False)

    def _stream(self, series: Series) -> None:
        symbols = [one.symbol for one in series.instruments]
        self._feeds[series.exchange].want_bars(Market.PERP, series.bar, symbols)
