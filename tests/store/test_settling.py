"""Which sample stands for a slot."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.builders import DAY_MS
from tui_monitor.clock import SLOT_MS
from tui_monitor.model import PriceSource
from tui_monitor.store.settling import Sample, Settled, settle, slot_within_reach

TIMES = st.integers(min_value=DAY_MS - SLOT_MS, max_value=DAY_MS + 3 * SLOT_MS)
NEAR_TIMES = st.integers(min_value=DAY_MS - 200_000, max_value=DAY_MS + 200_000)


def a_sample(observed_ms: int, price: float = 1.0, line: int = 1) -> Sample:
    """One coin of a record."""
    return Sample(line=line, observed_ms=observed_ms, coin="BTC", price=price)


def slot_rows(settled: Settled) -> list[tuple[object, ...]]:
    """What the store would have after it."""
    return [
        (row.slot_ms, row.coin, row.price, row.source, row.observed_ms, row.own_base)
        for row in settled.prices
    ]


def off_slot_rows(settled: Settled) -> list[tuple[object, ...]]:
    """The same of the samples."""
    return [(row.observed_ms, row.coin, row.price, row.own_base) for row in settled.off_slot]


def test_the_two_examples_of_the_rule() -> None:
    """23:31:35 is 95 s after its slot; 20:47:43 is 737 s before the nearest."""
    assert slot_within_reach(DAY_MS + 95_000) == DAY_MS
    assert slot_within_reach(DAY_MS + SLOT_MS - 737_000) is None
    assert slot_within_reach(DAY_MS + 120_000) == DAY_MS
    assert slot_within_reach(DAY_MS + 120_001) is None
    assert slot_within_reach(DAY_MS - 120_000) == DAY_MS


@given(TIMES)
def test_a_sample_belongs_to_a_slot_only_within_two_minutes(observed_ms: int) -> None:
    """And only to the nearest."""
    slot_ms = slot_within_reach(observed_ms)
    nearest = min(
        range(DAY_MS - 2 * SLOT_MS, DAY_MS + 5 * SLOT_MS, SLOT_MS),
        key=lambda slot: abs(slot - observed_ms),
    )
    assert slot_ms == (nearest if abs(nearest - observed_ms) <= 120_000 else None)


@settings(deadline=None)
@given(st.lists(NEAR_TIMES, min_size=1, max_size=8, unique=True), st.integers(0, 8))
def test_the_nearest_wins_however_the_file_is_cut_into_batches(times: list[int], cut: int) -> None:
    """A tie goes to the earlier; all others are kept as samples; a second import is silent."""
    samples = [a_sample(ms, price=1.0 + place) for place, ms in enumerate(times)]
    first = settle(samples[:cut], [], [])
    second = settle(samples[cut:], slot_rows(first), off_slot_rows(first))
    slots = {row[0]: row for row in slot_rows(first)} | {row[0]: row for row in slot_rows(second)}
    within = [ms for ms in times if slot_within_reach(ms) is not None]
    best = min(within, key=lambda ms: (abs(ms - DAY_MS), ms), default=None)
    assert [row[4] for row in slots.values()] == ([] if best is None else [best])
    others = {row[0] for row in off_slot_rows(first) + off_slot_rows(second)}
    assert others == set(times) - {best}
    again = settle(samples, list(slots.values()), off_slot_rows(first) + off_slot_rows(second))
    assert (again.prices, again.off_slot, again.unchanged) == ([], [], len(samples))


def test_a_price_of_our_own_is_better_than_any_import() -> None:
    """The sample gives way; it is worth a word only if it differs."""
    own = [(DAY_MS, "BTC", 1.0, int(PriceSource.TICKER), DAY_MS + 100_000, None)]
    same = settle([a_sample(DAY_MS, 1.0)], own, [])
    assert (same.prices, same.off_slot, same.unchanged, same.kept) == ([], [], 1, [])
    other = settle([a_sample(DAY_MS, 2.0)], own, [])
    assert (other.prices, other.off_slot, len(other.kept)) == ([], [], 1)


def test_other_numbers_for_the_same_time_are_told() -> None:
    """The first stays."""
    settled = settle([a_sample(DAY_MS, 1.0), a_sample(DAY_MS, 2.0, line=2)], [], [])
    assert [row.price for row in settled.prices] == [1.0]
    assert [sample.line for sample in settled.duplicates] == [2]
