"""Decimal strings and rolling windows."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.simulator.decimals import plain
from tui_monitor.simulator.limits import Limit, Windows


@given(st.integers(-(10**24), 10**24), st.integers(-9, 18))
def test_decimal_strings_are_exact_and_plain(units: int, places: int) -> None:
    """No exponent, no trailing zero, no lost digit."""
    text = plain(units, places)
    assert Decimal(text) == Decimal(units).scaleb(-places)
    assert "E" not in text
    assert "e" not in text
    assert not ("." in text and text[-1] in "0.")


@given(st.lists(st.integers(0, 24), min_size=1, max_size=60), st.integers(1, 5), st.integers(4, 24))
def test_no_window_holds_more_than_the_limit(gaps: list[int], at_most: int, window: int) -> None:
    """Wherever a window of the limit's length is laid, it holds at most so many."""
    # Eighths of a second are exact.
    windows, now_s, window_s, allowed = Windows(), 0.0, window / 8, []
    for gap in gaps:
        now_s += gap / 8
        if windows.allow(("client",), Limit(at_most, window_s), now_s):
            allowed.append(now_s)
    for begin_s in allowed:
        inside = [at for at in allowed if begin_s <= at < begin_s + window_s]
        assert len(inside) <= at_most
    assert allowed
