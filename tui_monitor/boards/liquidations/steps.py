"""Steps of a curve taken together."""

from collections.abc import Sequence
from math import fsum

from tui_monitor.model import LiquidationStep


def together(steps: Sequence[LiquidationStep]) -> LiquidationStep | None:
    """One step of all of them; None of none."""
    if not steps:
        return None
    return LiquidationStep(
        at_ms=min(one.at_ms for one in steps),
        long_usd=fsum(one.long_usd for one in steps),
        short_usd=fsum(one.short_usd for one in steps),
        long_count=sum(one.long_count for one in steps),
        short_count=sum(one.short_count for one in steps),
        largest_usd=max(
            (one.largest_usd for one in steps if one.largest_usd is not None), default=None
        ),
        highest_minute_usd=max(one.highest_minute_usd for one in steps),
        unsized=sum(one.unsized for one in steps),
        capped_s=sum(one.capped_s for one in steps),
        covered_ms=sum(one.covered_ms for one in steps),
    )
