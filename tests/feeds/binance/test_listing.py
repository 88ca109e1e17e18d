"""Which symbols are ours, and what their definitions say."""

from typing import Any

import msgspec
import pytest

from tests.feeds.binance import rows
from tui_monitor.errors import Malformed
from tui_monitor.feeds.binance import listing
from tui_monitor.feeds.decode import decode_lines
from tui_monitor.model import Exchange, Instrument, Market, Status

PERP_STATUSES = {
    "TRADING": Status.LIVE, "PENDING_TRADING": Status.PREOPEN, "TRADING_HALT": Status.HALTED,
    "TRADING_CANCEL_ONLY": Status.HALTED, "PRE_DELIVERING": Status.DELISTED,
    "DELIVERING": Status.DELISTED, "DELIVERED": Status.DELISTED, "PRE_SETTLE": Status.DELISTED,
    "SETTLING": Status.DELISTED, "CLOSE": Status.DELISTED, "INVENTED": Status.UNKNOWN,
}  # fmt: skip
SPOT_STATUSES = {
    "TRADING": Status.LIVE, "END_OF_DAY": Status.HALTED, "HALT": Status.HALTED,
    "BREAK": Status.HALTED, "CANCEL_ONLY": Status.HALTED, "INVENTED": Status.UNKNOWN,
}  # fmt: skip


def made(row: dict[str, Any], stocks: frozenset[str] = frozenset()) -> Instrument:
    """The instrument of a row."""
    return listing.instrument(listing.read_symbol(msgspec.Raw(msgspec.json.encode(row))), stocks)


def test_a_definition_in_our_words() -> None:
    """Binance counts in quoted units, so there is no contract size."""
    perp = made(rows.PERP)
    assert (perp.exchange, perp.market) == (Exchange.BINANCE, Market.PERP)
    assert (perp.symbol, perp.coin, perp.multiplier) == ("AAAUSDT", "AAA", 1.0)
    assert (perp.tick_size, perp.contract_size) == (0.01, None)
    assert (perp.status, perp.listed_ms) == (Status.LIVE, 1700000000000)
    assert perp.funding_interval_h is None
    spot = made(rows.SPOT)
    assert (spot.market, spot.status, spot.listed_ms) == (Market.SPOT, Status.LIVE, None)
    thousand = made(rows.PERP | {"symbol": "1000PEPEUSDT", "baseAsset": "1000PEPE"})
    assert (thousand.coin, thousand.multiplier) == ("PEPE", 1000.0)
    assert thousand.tick_size == pytest.approx(0.00001)


@pytest.mark.parametrize(("written", "status"), PERP_STATUSES.items())
def test_statuses_of_futures(written: str, status: Status) -> None:
    """One that nobody knows is not live."""
    assert made(rows.PERP | {"status": written}).status is status


@pytest.mark.parametrize(("written", "status"), SPOT_STATUSES.items())
def test_statuses_of_spot(written: str, status: Status) -> None:
    """The same for the other list."""
    assert made(rows.SPOT | {"status": written}).status is status


@pytest.mark.parametrize(
    "change",
    [
        {"contractType": "TRADIFI_PERPETUAL"},
        {"contractType": "SOMETHING_NEW"},
        {"contractType": ""},
        *({"underlyingType": kind} for kind in
          ("EQUITY", "HK_EQUITY", "KR_EQUITY", "CN_EQUITY", "COMMODITY", "FX", "INDEX",
           "PREMARKET", "SOMETHING_NEW", None)),
    ],
)  # fmt: skip
def test_only_perpetuals_of_coins_are_live(change: dict[str, Any]) -> None:
    """By type, never by name; a row without a type is not live either."""
    assert made(rows.PERP | change).status is Status.UNKNOWN
    halted = made(rows.PERP | change | {"status": "TRADING_HALT"})
    assert halted.status is Status.HALTED


def test_tokenised_stocks_of_spot_are_told_by_the_futures_list() -> None:
    """A ticker and a B; but BNB, ARB and SHIB end so too."""
    futures: list[dict[str, Any]] = [{"baseAsset": "NVDA", "underlyingType": "EQUITY"},
               {"baseAsset": "AR", "underlyingType": "COIN"},
               {"baseAsset": "7203", "underlyingType": "JP_EQUITY"}]  # fmt: skip
    read = (listing.read_symbol(msgspec.Raw(msgspec.json.encode(row))) for row in futures)
    stocks = listing.stocks_in(read)
    assert stocks == {"NVDA", "7203"}
    nvda = rows.SPOT | {"symbol": "NVDABUSDT", "baseAsset": "NVDAB"}
    arb = rows.SPOT | {"symbol": "ARBUSDT", "baseAsset": "ARB"}
    assert made(nvda).status is Status.LIVE
    assert made(nvda, stocks).status is Status.UNKNOWN
    assert made(arb, stocks).status is Status.LIVE
    assert made(arb | {"isSpotTradingAllowed": False}).status is Status.UNKNOWN


@pytest.mark.parametrize(
    "change",
    [
        {"symbol": "BTCUSDT_261225"}, {"symbol": "BTCUSD_PERP"}, {"symbol": ""},
        {"symbol": "AAAUSDC", "quoteAsset": "USDC"}, {"quoteAsset": "USDC"}, {"baseAsset": ""},
        {"symbol": "\x1b[2JUSDT"}, {"symbol": "USDT"},
    ],
)  # fmt: skip
def test_what_is_none_of_our_markets_is_refused_by_name(change: dict[str, Any]) -> None:
    """Deliveries, COIN-M, other quotes, nonsense."""
    with pytest.raises(Malformed) as caught:
        made(rows.PERP | change)
    assert caught.value.message.isprintable()


def test_an_odd_filter_costs_the_tick_size_alone() -> None:
    """New filters and damaged ones are passed over."""
    odd = [5, {"filterType": 7}, {"filterType": "BRAND_NEW", "tickSize": "9"}]
    assert made(rows.PERP | {"filters": odd}).tick_size is None
    assert made(rows.PERP | {"filters": [*odd, *rows.FILTERS]}).tick_size == 0.01


def test_one_odd_row_never_stops_the_list() -> None:
    """The others come all the same, with the time of the list."""
    line = rows.listing(rows.PERP, {"symbol": 5}, None, [], {}, rows.PERP | {"symbol": "BBBUSDT"})
    found = list(decode_lines(Exchange.BINANCE, Market.PERP, [line]))
    assert [one["type"] for one in found] == ["instrument", *["error"] * 4, "instrument"]
    assert found[0]["ts"] == 1795132800000
    assert [one["market"] for one in decode_lines(
        Exchange.BINANCE, Market.PERP, [rows.listing(rows.SPOT)]
    )] == ["spot"]  # fmt: skip
