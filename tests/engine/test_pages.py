"""The fewest candle pages for the wanted slots."""

from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.clock import DAY_MS, SLOT_MS
from tui_monitor.engine.pages import BARS_PER_PAGE, RECENT_BARS, plan_pages

NOW = 1_780_000_200_000


def test_fourteen_days_of_27_coins_are_81_pages() -> None:
    """672 slots are three pages a coin."""
    start = NOW - NOW % DAY_MS - 100 * DAY_MS
    slots = range(start, start + 14 * DAY_MS, SLOT_MS)
    pages = plan_pages({f"C{i}": slots for i in range(27)}, NOW)
    assert len(pages) == 81
    assert sum(len(page.wanted) for page in pages) == 14 * 48 * 27
    assert all(page.history for page in pages)


def test_recent_slots_use_the_endpoint_with_the_higher_limit() -> None:
    """Only what is out of its reach goes to the history endpoint."""
    recent = NOW - NOW % SLOT_MS
    (page,) = plan_pages({"BTC": [recent]}, NOW)
    assert (page.history, page.limit, page.after_ms) == (False, 1, recent + SLOT_MS)
    (page,) = plan_pages({"BTC": [recent - (RECENT_BARS + 1) * SLOT_MS]}, NOW)
    assert page.history


@given(st.sets(st.integers(0, 3000), max_size=200))
def test_every_wanted_slot_is_in_exactly_one_page(steps: set[int]) -> None:
    """And no page is longer than the exchange allows."""
    slots = [NOW - NOW % SLOT_MS - step * SLOT_MS for step in steps]
    pages = plan_pages({"BTC": slots}, NOW)
    covered = [slot for page in pages for slot in page.wanted]
    assert sorted(covered) == sorted(slots)
    for page in pages:
        assert 1 <= page.limit <= BARS_PER_PAGE
        assert all(page.newest_ms - (page.limit - 1) * SLOT_MS <= s for s in page.wanted)
    assert len(pages) <= 11
