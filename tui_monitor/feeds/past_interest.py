"""Reading an exchange's own record of open interest page by page, and what accounts are long."""

from collections.abc import AsyncGenerator, Awaitable, Callable

from tui_monitor.errors import Malformed
from tui_monitor.model import AccountRatio, Instrument, OpenInterest

Page = Callable[[int], Awaitable[list[OpenInterest]]]
"""The newest rows up to a time, the time included."""

_TURNS = 50


async def newest_first(
    page: Page, start_ms: int, end_ms: int
) -> AsyncGenerator[list[OpenInterest], None]:
    """What is of `start_ms` to `end_ms`, both included, a page a request; pages may overlap.

    How many rows a page has is the server's affair: only an empty one, or one that reaches
    `start_ms`, is the last.
    """
    until_ms = end_ms
    for _ in range(_TURNS):
        rows = [(row.exchange_ms, row) for row in await page(until_ms)]
        timed = [(at_ms, row) for at_ms, row in rows if at_ms is not None and at_ms <= until_ms]
        yield [row for at_ms, row in timed if at_ms >= start_ms]
        if not timed or min(at_ms for at_ms, _ in timed) <= start_ms:
            return
        until_ms = min(at_ms for at_ms, _ in timed) - 1


def account_ratio(
    instrument: Instrument, at_ms: int | None, long_share: float | None
) -> AccountRatio:
    """Of what an exchange told; Malformed where that is no share of a time."""
    if at_ms is None or long_share is None or not 0 <= long_share <= 1:
        raise Malformed(f"account ratio {long_share} at {at_ms}")
    return AccountRatio(
        exchange=instrument.exchange,
        symbol=instrument.symbol,
        coin=instrument.coin,
        at_ms=at_ms,
        long_share=long_share,
    )
