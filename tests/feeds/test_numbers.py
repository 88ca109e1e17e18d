"""What counts as a number, and what as a price."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.hostile import VALUES
from tui_monitor.feeds.numbers import (
    epoch_ms,
    in_coins,
    number,
    per,
    per_coin,
    price,
    rate,
    scaled,
    size,
)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("1", 1.0), ("0.5", 0.5), ("1e-7", 1e-7), ("2E+3", 2000.0), (3, 3.0), (0.25, 0.25),
        ("-1", None), ("0", None), ("", None), (None, None), ("nan", None), ("inf", None),
        ("Infinity", None), ("1_000", None), (" 1", None), ("+1", None), ("٣", None),
        ("0x1", None), ("1.", None), (".5", None), ("1,5", None), ("1e15", None), ("1e999", None),
        (math.nan, None), (math.inf, None), (True, None), ("9" * 100, None), (10**400, None),
    ],
)  # fmt: skip
def test_a_price_is_finite_positive_and_below_ten_to_the_fifteenth(
    value: str | float | None, found: float | None
) -> None:
    """All else is refused."""
    assert price(value) == found


def test_sizes_may_be_zero_and_rates_negative() -> None:
    """But not the other way round."""
    assert (size("0"), size("-1")) == (0.0, None)
    assert (rate("-0.0001"), rate("1000")) == (-0.0001, None)
    assert (epoch_ms("1795132800000"), epoch_ms("1795132800000000"), epoch_ms("")) == (
        1795132800000,
        None,
        None,
    )


@given(st.one_of(st.text(max_size=80), st.integers(), st.floats(), st.none(), st.booleans()))
def test_whatever_comes_gives_a_finite_number_or_none(value: str | float | None) -> None:
    """No exception, no NaN."""
    found = number(value)
    assert found is None or math.isfinite(found)


@pytest.mark.parametrize("value", VALUES)
def test_hostile_text_gives_a_finite_number_or_none(value: str) -> None:
    """As it stands in JSON, without its quotes."""
    found = number(value.strip('"'))
    assert found is None or math.isfinite(found)


@pytest.mark.parametrize(
    ("contracts", "size_coins", "coins"),
    [
        (3.0, 0.1, 0.3),
        (7.0, 0.01, 0.07),
        (29.0, 0.00001, 0.00029),
        (3.0, 0.5, 1.5),
        (3.0, 1000.0, 3000.0),
        (3.0, 0.3, 3 * 0.3),
    ],
)
def test_a_size_in_contracts_is_the_written_number_of_coins(
    contracts: float, size_coins: float, coins: float
) -> None:
    """Not the double beside it."""
    assert scaled(contracts, size_coins) == coins
    assert scaled(contracts, None) is None
    assert scaled(None, size_coins) is None


@pytest.mark.parametrize("unit", [1e3, 1e4, 1e5, 1e6, 1e7])
def test_a_price_per_coin_is_the_decimal_number(unit: float) -> None:
    """What shifting the point gives, not its neighbour; a price per coin stays as it is."""
    for digits in range(1, 100_000, 97):
        for places in (4, 7, 12):
            shifted = float(f"{digits}e-{places + len(f'{unit:.0f}') - 1}")
            assert per_coin(float(f"{digits}e-{places}"), unit) == shifted
    assert per_coin(0.0058235, 1_000.0) == 5.8235e-06 != 0.0058235 / 1_000.0
    assert per_coin(0.1 + 0.2, 1.0) == 0.1 + 0.2
    assert per(None, unit) is None


@pytest.mark.parametrize("unit", [1e3, 1e6])
def test_a_size_in_coins_is_the_decimal_number(unit: float) -> None:
    """The same from streams and from REST; what is one coin a unit stays as it is."""
    for digits in range(1, 10_000_000, 9_973):
        written, coins = float(f"{digits}e-3"), float(f"{digits}e{len(f'{unit:.0f}') - 4}")
        assert in_coins(written, unit) == scaled(written, unit) == coins
    assert in_coins(1.001, 1_000.0) == 1_001.0 != 1.001 * 1_000.0
    assert in_coins(0.1 + 0.2, 1.0) == scaled(0.1 + 0.2, 1.0) == 0.1 + 0.2
