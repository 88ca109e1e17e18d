"""What one unit of a symbol is."""

import pytest

from tui_monitor.source.units import multiplier_of


@pytest.mark.parametrize(
    ("symbol", "coins"),
    [
        ("BTCUSDT", 1.0),
        ("1000PEPEUSDT", 1_000.0),
        ("1MBABYDOGEUSDT", 1_000_000.0),
        ("SHIB1000USDT", 1_000.0),
        ("PEPE-USDT-SWAP", 1.0),
        ("1000SATS-USDT-SWAP", 1_000.0),
        ("1INCHUSDT", 1.0),
        ("USDTUSDT", 1.0),
    ],
)
def test_a_symbols_name_says_how_many_coins_one_is(symbol: str, coins: float) -> None:
    """Whatever the exchange appends; digits of a coin's own name are none."""
    assert multiplier_of(symbol) == coins
