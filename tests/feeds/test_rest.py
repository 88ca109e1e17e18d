"""What the REST clients of all exchanges do alike."""

import asyncio
from collections.abc import Iterator

import pytest
from msgspec import Raw

from tui_monitor.feeds.adapter import Damaged, Event
from tui_monitor.feeds.rest import ROWS_A_STEP, events_of

MARKET = ROWS_A_STEP * 5 + 7


def _told(row: Raw) -> Iterator[Event]:
    """Of each row what it says; of every tenth nothing."""
    number = int(bytes(row))
    if number % 10:
        yield Damaged(reason=str(number))


def _rows(count: int) -> list[Raw]:
    return [Raw(str(number).encode()) for number in range(count)]


async def test_a_whole_markets_rows_are_read_in_their_order_and_others_have_their_turn() -> None:
    """Reading hundreds of rows takes longer than a stream's message may wait."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    found = await events_of(_rows(MARKET), _told)
    beside.cancel()

    assert found == [event for row in _rows(MARKET) for event in _told(row)]
    # Rows that tell nothing make steps longer: of those that tell something there are 680.
    assert turns >= len(found) // ROWS_A_STEP


async def test_a_few_rows_are_read_at_once() -> None:
    """An answer about one instrument is not sent round the event loop."""
    reading = events_of(_rows(ROWS_A_STEP), _told)
    with pytest.raises(StopIteration) as end:
        reading.send(None)
    assert len(end.value.value) == ROWS_A_STEP * 9 // 10
