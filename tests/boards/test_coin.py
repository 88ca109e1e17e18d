"""Premiums: what is compared, and when there is nothing to compare."""

import pytest
from msgspec.structs import replace

from tests.support.coin_pages import BTC, a_leg
from tui_monitor.boards.coin import Against, CoinLeg, Premium, premiums
from tui_monitor.boards.legs import SLOTS
from tui_monitor.model import Exchange, Market

PERP = {exchange: SLOTS.index((exchange, Market.PERP)) for exchange in Exchange}
SPOT = {exchange: SLOTS.index((exchange, Market.SPOT)) for exchange in Exchange}
# What an exchange that has fallen silent has.
SILENT = {"stale": True, "age_ms": 9_000, "last_age_ms": 9_000}


def of(legs: list[CoinLeg], exchange: Exchange) -> Premium:
    (found,) = [one for one in premiums(legs, 3.0) if one.exchange is exchange]
    return found


def test_a_perpetual_is_beside_its_own_spot() -> None:
    """Its basis is that of its own mark and index."""
    legs = [a_leg(PERP[Exchange.OKX], last=101.0), a_leg(SPOT[Exchange.OKX], last=100.0)]
    found = of(legs, Exchange.OKX)
    assert (found.against, found.against_price) == (Against.SPOT, 100.0)
    assert found.premium_pct == pytest.approx(1.0)
    assert found.basis_pct is not None
    assert found.reason == ""


def test_a_silent_exchange_has_no_premium_and_no_basis() -> None:
    """Neither its own old prices nor those of the others stand in for it."""
    legs = [
        a_leg(PERP[Exchange.OKX], **SILENT),
        a_leg(SPOT[Exchange.OKX], **SILENT),
        a_leg(PERP[Exchange.BYBIT]),
        a_leg(PERP[Exchange.BINANCE]),
    ]
    found = of(legs, Exchange.OKX)
    assert (found.perp_price, found.against, found.against_price) == (None, None, None)
    assert (found.premium_pct, found.basis_pct) == (None, None)
    assert found.reason == "no fresh price"


def test_a_stale_leg_is_no_reference() -> None:
    """Of the other perpetuals those that are fresh; of none of them nothing."""
    legs = [
        a_leg(PERP[Exchange.OKX], last=BTC),
        a_leg(SPOT[Exchange.OKX], last=1.0, **SILENT),
        a_leg(PERP[Exchange.BYBIT], last=1.0, **SILENT),
        a_leg(PERP[Exchange.BINANCE], last=BTC * 2),
    ]
    found = of(legs, Exchange.OKX)
    assert (found.against, found.against_price) == (Against.PERPS, BTC * 2)
    alone = of(legs[:3], Exchange.OKX)
    assert (alone.perp_price, alone.against, alone.premium_pct) == (BTC, None, None)
    assert alone.reason == "nothing to compare it with"


def test_an_old_mark_has_no_basis() -> None:
    """The book may live while what is polled does not."""
    leg = replace(a_leg(PERP[Exchange.OKX]), mark_age_ms=61_000)
    assert of([leg], Exchange.OKX).basis_pct is None
