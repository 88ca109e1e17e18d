"""The figures under a curve."""

from collections.abc import Sequence
from math import fsum, sqrt

from tui_monitor.boards.liquidations import Statistics

NOTHING = Statistics(
    points=0,
    mean=None,
    max=None,
    max_ms=None,
    min=None,
    min_ms=None,
    stdev=None,
    variation=None,
)


def statistics(points: Sequence[tuple[int, float | None]]) -> Statistics:
    """Of times and values, those that are None left out; of equal extremes the first."""
    known = [(value, at_ms) for at_ms, value in points if value is not None]
    if not known:
        return NOTHING
    values = [value for value, _ in known]
    mean = fsum(values) / len(values)
    stdev = sqrt(fsum((value - mean) ** 2 for value in values) / len(values))
    top, bottom = max(values), min(values)
    return Statistics(
        points=len(values),
        mean=mean,
        max=top,
        max_ms=next(at_ms for value, at_ms in known if value == top),
        min=bottom,
        min_ms=next(at_ms for value, at_ms in known if value == bottom),
        stdev=stdev,
        variation=stdev / mean if mean else None,
    )
