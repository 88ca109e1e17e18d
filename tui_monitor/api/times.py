"""Times as the originals' parameters write them."""

import re
from typing import Annotated

from msgspec import Meta

from tui_monitor.clock import BoardZone
from tui_monitor.errors import BadInput

TIME_TEXT = (
    "YYYY-MM-DD HH:MM:SS in the board's zone, ISO 8601, or epoch s (ten digits) or ms; included."
)
Before = Annotated[
    str | None,
    Meta(
        description="Only what is older than that time (written like the others): what `before` "
        "of a cut answer says gives the page before it."
    ),
]
_LONGEST_TIME = 40
# 2100-01-01: later ones are slips, and overflow dates.
_END_OF_TIME_MS = 4_102_444_800_000
# In a query an unescaped `+` arrives as a space.
_LOST_PLUS = re.compile(r"(.+[Tt].+) (\d\d:?\d\d)")


def moment_ms(zone: BoardZone, name: str, text: str, *, end: bool) -> int:
    """The time that a parameter means; BadInput names it. A day alone as an `end` is its end."""
    if len(text) > _LONGEST_TIME:
        raise BadInput(f"{name} is too long for a time", TIME_TEXT)
    cleaned = _LOST_PLUS.sub(r"\1+\2", text.strip())
    try:
        found_ms = zone.parse_last(cleaned) if end else zone.parse(cleaned)
    except (BadInput, OverflowError) as error:
        raise BadInput(f"{name}: {text!r} is not a time", TIME_TEXT) from error
    if not 0 <= found_ms < _END_OF_TIME_MS:
        raise BadInput(f"{name}: {text!r} is not between 1970 and 2100", TIME_TEXT)
    return found_ms


def empty_span(before: str | None) -> BadInput:
    """What is said of a span that ends before it begins: by what was given of it."""
    if before is not None:
        return BadInput("before: nothing is asked for that is older", "give a later time")
    return BadInput("start_time is after end_time", "without end_time the end is now")


def before_ms(zone: BoardZone, text: str | None, last_ms: int) -> int:
    """The last ms that is wanted: `last_ms`, or one that is older than `before`."""
    if text is None:
        return last_ms
    return min(last_ms, moment_ms(zone, "before", text, end=False) - 1)
