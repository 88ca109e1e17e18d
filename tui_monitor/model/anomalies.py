"""What is kept of anomalies."""

from msgspec import Struct

from tui_monitor.model.market import Exchange


class AnomalyRecord(Struct, frozen=True, kw_only=True, gc=False):
    """One perpetual's bar that is an anomaly, as it was judged last.

    `mode` is "closed" or "original", `parts` the whole explanation as JSON.
    """

    exchange: Exchange
    symbol: str
    coin: str
    bar: str
    open_ms: int
    mode: str
    judged_ms: int
    state: str
    score: float | None
    parts: str
