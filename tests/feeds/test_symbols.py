"""Which coin a name means."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.feeds.symbols import instrument_of, unit_of
from tui_monitor.model import Exchange, Market, Status


@pytest.mark.parametrize(
    ("base", "coin", "multiplier"),
    [
        ("BTC", "BTC", 1),
        ("1000PEPE", "PEPE", 1_000),
        ("10000ELON", "ELON", 10_000),
        ("100000MOG", "MOG", 100_000),
        ("1000000MOG", "MOG", 1_000_000),
        ("1MBABYDOGE", "BABYDOGE", 1_000_000),
        ("1000X", "X", 1_000),
        ("SHIB1000", "SHIB", 1_000),
        ("1000币安人生", "币安人生", 1_000),
        ("币安人生", "币安人生", 1),
    ],
)
def test_a_name_by_the_thousand_is_one_coin_and_a_factor(
    base: str, coin: str, multiplier: float
) -> None:
    """Prefix before a letter of any script, or suffix."""
    assert unit_of(base) == (coin, multiplier)


@pytest.mark.parametrize(
    "base",
    [
        "1INCH", "2Z", "0G", "4", "B2", "B3", "A8", "C98", "API3", "L3", "RSS3", "PORT3", "LUNA2",
        "USD1", "BANANAS31", "A2Z", "1000", "1M", "10000",
    ],
)  # fmt: skip
def test_a_name_with_digits_of_its_own_stays_whole(base: str) -> None:
    """Look-alikes are not multipliers."""
    assert unit_of(base) == (base, 1)


@given(st.text(max_size=30))
def test_any_text_gives_some_coin(base: str) -> None:
    """Nothing is lost: the coin is a part of the name, never empty unless the name is."""
    unit = unit_of(base)
    assert unit.coin in base
    assert bool(unit.coin) == bool(base)
    assert unit.multiplier >= 1


def test_an_unknown_instrument_claims_nothing() -> None:
    """No contract size, no status."""
    made = instrument_of(Exchange.OKX, Market.PERP, "1000PEPE-USDT-SWAP", "1000PEPE", "USDT")
    assert (made.coin, made.multiplier) == ("PEPE", 1000)
    assert made.contract_size is None
    assert made.status is Status.UNKNOWN


def test_the_recorded_lists_have_exactly_these_multiplied_names(shared_data: Path) -> None:
    """667 bases of four exchanges on one day; every other name is a coin as it stands."""
    recorded = json.loads((shared_data / "originals" / "symbols_4ex_2025-12-12.json").read_text())
    bases = recorded["symbols"]
    multiplied = {base for base in bases if unit_of(base).multiplier != 1}
    assert multiplied == {
        "1000CAT", "1000SATS", "1000000MOG", "1MBABYDOGE", "1000XEC", "1000RATS", "1000BONK",
        "1000PEPE", "1000LUNC", "10000ELON", "1000FLOKI",
    }  # fmt: skip
