"""The latest truth per instrument, in memory; every event lands here first.

Rows are merged field by field and read by a revision cursor: a slow reader sees the newest
values and nothing piles up. What must not be merged (closed candles, liquidations) goes to a
bounded ring with a cursor of its own. No clock in here: whoever applies an event says when it
arrived.
"""

from tui_monitor.market.row import Row, Stamp
from tui_monitor.market.state import MAX_ROWS, RING_EVENTS, Batch, Key, MarketState

__all__ = ["MAX_ROWS", "RING_EVENTS", "Batch", "Key", "MarketState", "Row", "Stamp"]
