"""A time as a row of blocks, in a cell of a table or in a line."""

from collections.abc import Sequence

_SPARKS = "▁▂▃▄▅▆▇█"


def sparkline(
    points: Sequence[tuple[int, float | None]], first_ms: int, end_ms: int, width: int
) -> str:
    """The means of equal parts of time as blocks; a time without any value is a space."""
    parts: list[list[float]] = [[] for _ in range(width)]
    span = max(1, end_ms - first_ms)
    for at_ms, value in points:
        place = (at_ms - first_ms) * width // span
        if value is not None and 0 <= place < width:
            parts[place].append(value)
    means = [sum(part) / len(part) if part else None for part in parts]
    there = [value for value in means if value is not None]
    low, high = min(there, default=0.0), max(there, default=0.0)
    scale = 7.999 / (high - low) if high > low else 0.0
    return "".join(" " if value is None else _SPARKS[int((value - low) * scale)] for value in means)
