"""Lines and hooks for tests that open one socket."""

from collections.abc import Callable

from tui_monitor.feeds.adapter import Control
from tui_monitor.feeds.line import Apply, Hooks, Line, Watch
from tui_monitor.model import (
    Candle,
    Funding,
    Liquidation,
    MarkPrice,
    OpenInterest,
    Ticker,
)

DATA = frozenset({Candle, Funding, Liquidation, MarkPrice, OpenInterest, Ticker})


def line(url: str, silent_after_s: float = 60.0, rotate_after_s: float = 82_800.0) -> Line:
    """A line on which data of any kind count as a sign of life."""
    watch = Watch("data", DATA, silent_after_s)
    return Line(url=url, watches=(watch,), rotate_after_s=rotate_after_s)


def hooks(apply: Apply, tell: Callable[[Control], None] = lambda _: None) -> Hooks:
    """What a test listens to."""
    return Hooks(apply, lambda _kind, _ms, _s: None, tell, lambda: None)
