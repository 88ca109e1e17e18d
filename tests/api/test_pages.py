"""Long lists page by page: `limit` rows at a time, backwards by `before`, none twice, none lost."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.harness import Served, endpoint
from tests.support.virtual_time import in_virtual_time
from tui_monitor.api.history import _cut_ms
from tui_monitor.model import Exchange

HISTORY = "/api/coin-price-tracker/history"


async def pages(served: Served, path: str, **query: str) -> AsyncIterator[list[Any]]:
    """From the newest page to the oldest."""
    before: int | None = None
    while True:
        more = {} if before is None else {"before": str(before)}
        answer = await served.get(path, **query, **more)
        yield answer["data"]
        assert (answer["before"] is None) is not answer["truncated"]
        if answer["before"] is None:
            return
        before = answer["before"]


@pytest.mark.parametrize("limit", ["1", "7", "48", "5000"])
@in_virtual_time
async def test_nodes_page_by_page_are_all_of_them(limit: str) -> None:
    """Whatever the size of a page."""
    async with endpoint() as served:
        whole = (await served.get(HISTORY, start_time="2026-11-19"))["data"]
        found = [
            page async for page in pages(served, HISTORY, start_time="2026-11-19", limit=limit)
        ]
        assert [row for page in reversed(found) for row in page] == whole
        assert len(whole) == 48 + 16
        latest = "/api/coin-price-tracker/latest"
        every = (await served.get(HISTORY, all="true"))["data"]
        found = [page async for page in pages(served, latest, limit="100")]
        assert [row for page in reversed(found) for row in page] == every


@in_virtual_time
async def test_the_newest_before_a_time() -> None:
    """Which is excluded, and written in any of the ways; a day alone is its beginning."""
    async with endpoint() as served:
        for text in ("2026-11-20 06:00", "2026-11-19T22:00:00Z", "1795125600", "1795125600000"):
            answer = await served.get("/api/coin-price-tracker/latest", limit="2", before=text)
            times = [row["collect_time"] for row in answer["data"]]
            assert times == ["2026-11-20 05:00:00", "2026-11-20 05:30:00"], text
        day = await served.get("/api/coin-price-tracker/latest", limit="1", before="2026-11-20")
        assert day["data"][0]["collect_time"] == "2026-11-19 23:30:00"
        future = await served.get("/api/coin-price-tracker/latest", limit="1", before="2027-01-01")
        assert future["data"][0]["collect_time"] == "2026-11-20 07:30:00"
        for path in ("/api/coin-price-tracker/latest", HISTORY, "/api/history/BTC/database"):
            status, error = await served.refused(path, before="soon")
            assert status == 400
            assert error["error"].startswith("before")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7])
@in_virtual_time
async def test_minutes_of_four_exchanges_page_by_page_are_all_of_them(limit: int) -> None:
    """A page has whole minutes, one in any case."""
    path = "/api/history/BTC/database"
    async with endpoint() as served:
        served.source.recorded_on = tuple(Exchange)
        whole = (await served.get(path))["data"]
        found = [page async for page in pages(served, path, limit=str(limit))]
        assert [row for page in reversed(found) for row in page] == whole
        assert len(whole) == 10 * len(Exchange)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(list(Exchange))), max_size=60),
    st.integers(1, 7),
)
def test_pages_of_several_exchanges_a_time_are_all_rows(
    held: list[tuple[int, Exchange]], limit: int
) -> None:
    """No page cuts a time apart, however few rows it may have; none is there twice."""
    rows = sorted(set(held))
    found: list[tuple[int, Exchange]] = []
    left = rows
    while left:
        cut_ms = _cut_ms([at for at, _ in left], limit)
        page = [row for row in left if row[0] >= (cut_ms or 0)]
        assert page
        assert len(page) <= limit or len({at for at, _ in page}) == 1
        found = page + found
        left = [row for row in left if row[0] < (cut_ms or 0)]
    assert found == rows


def test_a_page_has_whole_moments() -> None:
    """Rows of one moment are not torn apart, but where they alone are too many."""
    moments = [1, 1, 2, 2, 2, 3, 3]
    assert [_cut_ms(moments, limit) for limit in range(1, 8)] == [3, 3, 3, 3, 2, 2, None]
