"""The books of a whole market by REST, beside a stream that tells of changes only.

A quiet coin's book stays as it was told, and nobody can see that it still stands. A REST answer
that repeats it confirms it; so its age is that of the answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from tui_monitor.feeds.plans import Channel, PollPlan
from tui_monitor.model import Market, Ticker

# A leg counts for 3 s: a question every 1.5 s leaves room for a slow answer.
CONFIRM_EVERY_S = 1.5


def book_poll(
    market: Market,
    fetch: Callable[[], Awaitable[Iterable[Ticker]]],
    *,
    host: str,
    silent_after_s: float,
    every_s: float = CONFIRM_EVERY_S,
) -> PollPlan:
    """A poll of tickers of which only the books are taken."""
    return PollPlan(
        channel=Channel(
            market=market,
            name="books",
            kinds=frozenset({Ticker}),
            silent_after_s=silent_after_s,
        ),
        fetch=partial(_books, fetch),
        every_s=every_s,
        host=host,
    )


async def _books(fetch: Callable[[], Awaitable[Iterable[Ticker]]]) -> list[Ticker]:
    """The books alone: the last prices are the stream's, and must grow old when it is silent."""
    found = await fetch()
    # A whole market took its time to be read.
    await asyncio.sleep(0)
    return [
        Ticker(
            instrument=one.instrument,
            exchange_ms=one.exchange_ms,
            bid=one.bid,
            ask=one.ask,
            bid_coins=one.bid_coins,
            ask_coins=one.ask_coins,
            book_complete=one.book_complete,
        )
        for one in found
    ]
