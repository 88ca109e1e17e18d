"""Which perpetuals of an exchange are watched: the most traded, chosen anew at every full hour."""

from tui_monitor import config
from tui_monitor.boards.anomalies.universe import Universe, choose
from tui_monitor.clock import MINUTE_MS, Clock
from tui_monitor.engine.candles_feed import BarFeed
from tui_monitor.market import MarketState
from tui_monitor.model import Market

HOUR_MS = 60 * MINUTE_MS
# After its list an exchange's turnovers come within so long, or most of them never.
TURNOVERS_S = 20.0
MOST = 0.9


class Choice:
    """One exchange's universe. `universe` is None until it can be chosen."""

    def __init__(
        self, feed: BarFeed, market: MarketState, clock: Clock, settings: config.Anomalies
    ) -> None:
        self.universe: Universe | None = None
        self._feed = feed
        self._market = market
        self._clock = clock
        self._settings = settings
        self._hour = 0
        self._listed_s: float | None = None

    def look(self) -> str | None:
        """Choose if it is time to; None if it is not, else what has changed in a few words."""
        hour = self._clock.now_ms() // HOUR_MS
        before = self.universe
        if hour <= self._hour if before is not None else not self._has_turnovers():
            return None
        self._hour = hour
        live = {one.key for one in self._feed.instruments(Market.PERP)}
        self.universe = after = choose(
            (row for row in self._market.rows() if row.instrument.key in live),
            self._feed.exchange,
            self._settings.top,
            self._settings.min_turnover_usd,
        )
        return "" if before is None else _changes(before, after)

    def _has_turnovers(self) -> bool:
        """Whether enough is known to rank by; what is missing after a while never comes."""
        if not self._feed.listed:
            return False
        now_s = self._clock.monotonic_s()
        if self._listed_s is None:
            self._listed_s = now_s
        perps = self._feed.instruments(Market.PERP)
        rows = (self._market.row(one.key) for one in perps)
        known = sum(row is not None and row.turnover_24h_usd is not None for row in rows)
        if known >= MOST * len(perps):
            return known > 0
        return known > 0 and now_s - self._listed_s >= TURNOVERS_S


def _changes(before: Universe, after: Universe) -> str:
    old = {one.key for one in before.instruments}
    new = {one.key for one in after.instruments}
    if old == new:
        return ""
    came, went = len(new - old), len(old - new)
    return f"the {len(new)} most traded perpetuals: {came} new, {went} gone"
