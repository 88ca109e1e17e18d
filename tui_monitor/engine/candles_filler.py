"""Asks one exchange for missing bars, one request after the other."""

from collections.abc import Callable, Iterable, Sequence

from tui_monitor.clock import Clock
from tui_monitor.engine.candles_feed import BarFeed
from tui_monitor.engine.candles_history import Ask, CandleHistory
from tui_monitor.engine.candles_series import Series
from tui_monitor.errors import FeedError, RateLimited, Unreachable
from tui_monitor.feeds.told import OnEvent
from tui_monitor.model import Candle

LOOK_S = 1.0
# Between two requests: 240 a minute at most, a tenth of Binance's limit.
EVERY_S = 0.25
AFTER_ERROR_S = 15.0


class CandleFiller:
    """One exchange's worker. `error` is why the last request failed, `requests` counts them."""

    def __init__(
        self,
        feed: BarFeed,
        clock: Clock,
        history: CandleHistory,
        *,
        series: Callable[[], Iterable[Series]],
        take: Callable[[Series, Sequence[Candle]], None],
        on_event: OnEvent,
    ) -> None:
        """`series` are those of the exchange; `take` gets what has come."""
        self.history = history
        self.requests = 0
        self.error = ""
        self._feed = feed
        self._clock = clock
        self._series = series
        self._take = take
        self._on_event = on_event
        self._told = 0

    async def run(self) -> None:
        """For ever. Without the exchange's time nobody knows which bars are over."""
        while True:
            ask = self._next()
            if ask is None:
                await self._clock.sleep(LOOK_S)
            else:
                await self._ask(ask)
                await self._clock.sleep(EVERY_S)
            await self._clock.sleep(self._feed.plan.paused_s())

    def _next(self) -> Ask | None:
        now_ms, now_s = self._feed.exchange_now_ms(), self._clock.monotonic_s()
        if now_ms is None:
            return None
        for series in self._series():
            ask = self.history.due(series, now_ms, now_s)
            if ask is not None:
                return ask
        self._tell_complete()
        return None

    async def _ask(self, ask: Ask) -> None:
        self.requests += 1
        try:
            candles = await self._feed.plan.history.candles(
                ask.instrument, ask.series.bar, after_ms=ask.before_ms, limit=ask.limit
            )
        except FeedError as error:
            self._tell_error(error)
            if not isinstance(error, RateLimited | Unreachable):
                self.history.refused(ask, self._clock.monotonic_s())
            await self._clock.sleep(_pause_s(error))
            return
        self.error = ""
        self._take(ask.series, self.history.answered(ask, candles, self._clock.monotonic_s()))

    def _tell_error(self, error: FeedError) -> None:
        """Said once until something succeeds."""
        if not self.error:
            self._on_event("warning", self._feed.exchange.value, f"bars: {error.line()}")
        self.error = error.line()

    def _tell_complete(self) -> None:
        asked = self.requests - self._told
        if asked and not self.error:
            self._told = self.requests
            text = f"bars are complete after {asked} requests"
            self._on_event("info", self._feed.exchange.value, text)


def _pause_s(error: FeedError) -> float:
    """What one symbol is refused says nothing of the others."""
    if isinstance(error, RateLimited):
        return max(EVERY_S, error.retry_after_s)
    return AFTER_ERROR_S if isinstance(error, Unreachable) else EVERY_S
