"""How settings name instruments and coins."""

from pathlib import Path

import pytest

from tui_monitor import config
from tui_monitor.errors import SettingsError
from tui_monitor.model import Exchange, Instrument, Market
from tui_monitor.model.place import Alias, Place, alias_of, place_of

SATS = Instrument(
    exchange=Exchange.OKX,
    market=Market.PERP,
    symbol="1000SATS-USDT-SWAP",
    coin="SATS",
    multiplier=1000,
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("okx:perp:1000SATS-USDT-SWAP", Place(Exchange.OKX, Market.PERP, "1000SATS-USDT-SWAP")),
        (" okx : SATS ", Place(Exchange.OKX, None, "SATS")),
    ],
)
def test_a_place_is_a_symbol_or_a_coin_of_an_exchange(text: str, place: Place) -> None:
    """A coin is called by its unit-true name."""
    assert place_of(text) == place
    assert place.has(SATS)


@pytest.mark.parametrize(
    "text",
    ["okx:spot:1000SATS-USDT-SWAP", "okx:perp:SATS", "okx:1000SATS", "bybit:SATS"],
)
def test_a_place_has_nothing_else(text: str) -> None:
    """Another market, another name, another exchange."""
    assert not place_of(text).has(SATS)


def test_an_alias_gives_a_place_another_coin() -> None:
    """Names of any script."""
    assert alias_of("bybit:NEIRO = 币安人生") == Alias(
        Place(Exchange.BYBIT, None, "NEIRO"), "币安人生"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[spreads]\naliases = ["okx:XYZ"]', "spreads.aliases 'okx:XYZ' gives no coin"),
        ('[spreads]\naliases = ["okx:XYZ="]', "gives no coin"),
        ('[spreads]\nsame = ["okex:XYZ"]', "spreads.same 'okex:XYZ': no exchange is called 'okex'"),
        ('[spreads]\nnot_same = ["XYZ"]', "spreads.not_same 'XYZ' names no instrument"),
        ('[spreads]\nnot_same = ["okx:swap:XYZ"]', "a market is perp or spot"),
        ('[spreads]\nnot_same = ["okx:"]', "names no instrument"),
        ("[signals]\ngap_s = 2.0", "signals.gap_s is not more than signals.every_s"),
        ("[signals]\nsamples = 1", "signals.samples"),
        ("[exchanges.okx]\ntaker_fee_pct = -0.1", "exchanges.okx.taker_fee_pct"),
    ],
)
def test_what_can_not_be_meant_is_refused(text: str, words: str, tmp_path: Path) -> None:
    """With the key, and what to write."""
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        config.load(file, {})
    assert words in caught.value.line()
