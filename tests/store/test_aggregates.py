"""What the aggregate source said, and open interest by the minute."""

import pytest
from msgspec.structs import replace

from tests.store.builders import DAY_MS
from tests.store.events import an_aggregate
from tui_monitor.clock import MINUTE_MS
from tui_monitor.errors import StoreError
from tui_monitor.model import InterestMinute
from tui_monitor.store import Store

END_MS = DAY_MS + 1_440 * MINUTE_MS


async def test_rows_come_back_oldest_first(store: Store) -> None:
    """A limit keeps the newest; the range's begin is in it, its end is not."""
    rows = [an_aggregate(0), an_aggregate(1, None, None), an_aggregate(2)]
    assert await store.record_aggregates(rows[::-1]) == 3
    assert await store.aggregates(DAY_MS, END_MS, 10) == rows
    assert await store.aggregates(DAY_MS, END_MS, 2) == rows[1:]
    assert await store.aggregates(DAY_MS, DAY_MS + 2 * MINUTE_MS, 10) == rows[:2]
    assert await store.oldest_aggregate_ms() == DAY_MS


@pytest.mark.parametrize(
    ("one", "better"),
    [
        (an_aggregate(imported=True), an_aggregate(usd_1h=None, people_24h=None)),
        (an_aggregate(people_24h=None), an_aggregate(second=1)),
        (an_aggregate(second=6), an_aggregate(second=7, usd_1h=4e6)),
        (an_aggregate(imported=True), an_aggregate(usd_1h=4e6, second=9, imported=True)),
    ],
)
async def test_the_better_of_two_rows_stays(store: Store, one: object, better: object) -> None:
    """Ours before a file's, the one that knows more, the later one; whichever came first."""
    assert await store.record_aggregates([one]) == 1  # type: ignore[list-item]
    assert await store.record_aggregates([better]) == 1  # type: ignore[list-item]
    assert await store.record_aggregates([one, better]) == 0  # type: ignore[list-item]
    assert await store.aggregates(DAY_MS, END_MS, 10) == [better]


async def test_a_row_may_be_corrected(store: Store) -> None:
    """The same times with other numbers are news, the same numbers are not."""
    row = an_aggregate()
    await store.record_aggregates([row])
    assert await store.record_aggregates([replace(row, panic_index=0.1)]) == 1
    assert await store.record_aggregates([replace(row, panic_index=0.1)]) == 0


async def test_open_interest_by_the_minute(store: Store) -> None:
    """None where nobody knew any; the last word on a minute counts."""
    await store.record_interest_minute(DAY_MS, 1.5e10, 4)
    await store.record_interest_minute(DAY_MS + MINUTE_MS, None, 0)
    await store.record_interest_minute(DAY_MS, 1.25e10, 3)
    assert await store.interest_minutes(DAY_MS, END_MS) == [
        InterestMinute(minute_ms=DAY_MS, open_interest_usd=1.25e10, exchanges=3),
        InterestMinute(minute_ms=DAY_MS + MINUTE_MS, open_interest_usd=None, exchanges=0),
    ]
    with pytest.raises(StoreError, match="CHECK"):
        await store.record_interest_minute(DAY_MS, 0.0, 4)
    info = await store.info()
    assert (info.rows["interest_minutes"], info.rows["aggregates"]) == (2, 0)
