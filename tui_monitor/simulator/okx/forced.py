"""OKX's REST of past forced closes: undocumented since 2023, answered all the same."""

from typing import Any

from tui_monitor.simulator.cascades import Cascades
from tui_monitor.simulator.derivatives import Liquidation
from tui_monitor.simulator.okx import rows
from tui_monitor.simulator.okx.catalog import Listing
from tui_monitor.simulator.timeframes import HOUR_MS

# Sixteen times as many rows come as are asked for, and as many items, all but one placeholders.
TIMES = 16
# The newest are a while in coming; what is older than this doesn't come at all.
_LATE_MS = 5_000
_REACH_MS = 18 * HOUR_MS + HOUR_MS // 2
_STEP_MS = HOUR_MS


def past_closes(
    cascades: Cascades, listing: Listing, before_ms: int | None, limit: int, now_ms: int
) -> list[dict[str, Any]]:
    """All of a contract's data items, newest details first; `before_ms` is exclusive."""
    end_ms = now_ms - _LATE_MS
    if before_ms is not None:
        end_ms = min(end_ms, before_ms)
    oldest_ms, found = now_ms - _REACH_MS, list[Liquidation]()
    while end_ms > oldest_ms and len(found) < TIMES * limit:
        begin_ms = max(oldest_ms, end_ms - _STEP_MS)
        found += reversed(cascades.made(begin_ms, end_ms, listing.series))
        end_ms = begin_ms
    if not found:
        return []
    details = [rows.liquidation_detail(one) for one in found[: TIMES * limit]]
    item = {"details": details, "totalLoss": "", **rows.liquidated(listing.contract)}
    return [item, *({"$ref": "$.data[0]"} for _ in range(TIMES - 1))]
