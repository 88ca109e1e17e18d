"""Reading settled funding page by page, whichever way an exchange turns its pages.

Each reader gives what was settled from `start_ms` to `end_ms`, a page a request, and has given
all of it when it ends. The newest pages may come first or last.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from itertools import count, pairwise

from tui_monitor.clock import MINUTE_MS
from tui_monitor.model import Funding, Instrument

Page = Callable[[int], Awaitable[list[Funding]]]
"""The page of a time, or of a number."""

# A page with fewer rows than asked for is the last one; one with no fewer than this may also be
# a bound of the server's that we don't know of.
_SURELY_LAST = 50
_TURNS = 100


async def backwards(
    page: Page, instrument: Instrument, start_ms: int, end_ms: int, full: int
) -> AsyncGenerator[list[Funding], None]:
    """`page` gives at most `full` rows that settled at a time or before, the newest of them."""
    until_ms = end_ms
    for _ in range(_TURNS):
        found = _of(instrument, await page(until_ms))
        yield _within(found, start_ms, end_ms)
        if _is_last(found, start_ms, full):
            return
        until_ms = min(_times(found)) - 1


async def forwards(
    page: Page, instrument: Instrument, start_ms: int, end_ms: int, full: int
) -> AsyncGenerator[list[Funding], None]:
    """`page` gives at most `full` rows that settled at a time or later, the oldest of them."""
    since_ms = start_ms
    for _ in range(_TURNS):
        found = _of(instrument, await page(since_ms))
        yield _within(found, start_ms, end_ms)
        if len(found) < full or max(_times(found)) >= end_ms:
            return
        # Times are rounded to the minute: what was late by milliseconds would come again.
        since_ms = max(_times(found)) + MINUTE_MS


async def by_number(
    page: Page, instrument: Instrument, start_ms: int, end_ms: int, full: int
) -> AsyncGenerator[list[Funding], None]:
    """`page` 1 gives the newest `full` rows, 2 those before them."""
    for number in count(1):
        found = _of(instrument, await page(number))
        yield _within(found, start_ms, end_ms)
        if _is_last(found, start_ms, full) or number == _TURNS:
            return


def _of(instrument: Instrument, rows: list[Funding]) -> list[Funding]:
    """What tells of a settlement of this instrument."""
    return [
        row
        for row in rows
        if row.settled_ms is not None
        and row.settled_rate is not None
        and row.instrument.key == instrument.key
    ]


def _within(rows: list[Funding], start_ms: int, end_ms: int) -> list[Funding]:
    return [row for row in rows if start_ms <= (row.settled_ms or 0) <= end_ms]


def _times(rows: list[Funding]) -> list[int]:
    return [row.settled_ms for row in rows if row.settled_ms is not None]


def _is_last(found: list[Funding], start_ms: int, full: int) -> bool:
    """Whether nothing between `start_ms` and this page can be missing."""
    if not found or min(_times(found)) <= start_ms:
        return True
    times = sorted(_times(found))
    if len(times) >= full:
        return False
    gaps = [later - earlier for earlier, later in pairwise(times[:2])]
    return len(times) < _SURELY_LAST or times[0] - gaps[0] < start_ms
