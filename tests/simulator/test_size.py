"""The simulator at full size: 600 coins on each market, chosen as the exchanges' pages say."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import islice, pairwise
from typing import Any

import httpx
import pytest

from tests.simulator.clients import WITHIN_S
from tests.support.plain import PLAIN
from tests.support.virtual_time import VirtualClock, in_virtual_time
from tui_monitor.simulator import FULL_SIZE, Simulator
from tui_monitor.simulator.coins import COINS
from tui_monitor.simulator.more_coins import MOST_COINS, more_coins

Row = dict[str, Any]


def _okx_perp(row: Row) -> bool:
    kinds = (row["state"], row["ruleType"], row["instCategory"], row["settleCcy"], row["ctType"])
    return kinds == ("live", "normal", "1", "USDT", "linear")


def _okx_spot(row: Row) -> bool:
    return (row["state"], row["quoteCcy"]) == ("live", "USDT")


def _binance_perp(row: Row) -> bool:
    kinds = (row["contractType"], row["quoteAsset"], row["status"], row["underlyingType"])
    return kinds == ("PERPETUAL", "USDT", "TRADING", "COIN")


def _binance_spot(row: Row) -> bool:
    return (row["quoteAsset"], row["status"]) == ("USDT", "TRADING")


def _bybit_perp(row: Row) -> bool:
    kinds = (row["contractType"], row["quoteCoin"], row["settleCoin"], row["status"])
    is_coin = row["symbolType"] in ("", "innovation") and not row["isPreListing"]
    return is_coin and kinds == ("LinearPerpetual", "USDT", "USDT", "Trading")


def _bybit_spot(row: Row) -> bool:
    is_stock = row["symbolType"] == "xstocks"
    return not is_stock and (row["quoteCoin"], row["status"]) == ("USDT", "Trading")


def _bitget_perp(row: Row) -> bool:
    kinds = (row["symbolType"], row["symbolStatus"], row["quoteCoin"], row["isRwa"])
    return kinds == ("perpetual", "normal", "USDT", "NO")


def _bitget_spot(row: Row) -> bool:
    return (row["quoteCoin"], row["status"]) == ("USDT", "online")


# Exchange, market, the path of the list, where its rows are, which of them are chosen.
LISTS: tuple[tuple[str, str, str, Callable[[Any], list[Row]], Callable[[Row], bool]], ...] = (
    (
        "okx",
        "perp",
        "/okx/api/v5/public/instruments?instType=SWAP",
        lambda body: body["data"],
        _okx_perp,
    ),
    (
        "okx",
        "spot",
        "/okx/api/v5/public/instruments?instType=SPOT",
        lambda body: body["data"],
        _okx_spot,
    ),
    (
        "binance",
        "perp",
        "/binance-futures/fapi/v1/exchangeInfo",
        lambda body: body["symbols"],
        _binance_perp,
    ),
    (
        "binance",
        "spot",
        "/binance-spot/api/v3/exchangeInfo",
        lambda body: body["symbols"],
        _binance_spot,
    ),
    (
        "bybit",
        "perp",
        "/bybit/v5/market/instruments-info?category=linear&limit=1000",
        lambda body: body["result"]["list"],
        _bybit_perp,
    ),
    (
        "bybit",
        "spot",
        "/bybit/v5/market/instruments-info?category=spot",
        lambda body: body["result"]["list"],
        _bybit_spot,
    ),
    (
        "bitget",
        "perp",
        "/bitget/api/v2/mix/market/contracts?productType=USDT-FUTURES",
        lambda body: body["data"],
        _bitget_perp,
    ),
    (
        "bitget",
        "spot",
        "/bitget/api/v2/spot/public/symbols",
        lambda body: body["data"],
        _bitget_spot,
    ),
)


@in_virtual_time
async def test_every_market_has_600_coins_that_a_client_would_choose() -> None:
    """By the selection rules of each exchange, and about as few more; each has a price."""
    async with (
        Simulator(clock=VirtualClock(), size=FULL_SIZE).running() as sim,
        httpx.AsyncClient(
            base_url=sim.url, timeout=WITHIN_S, trust_env=False, verify=PLAIN
        ) as http,
    ):
        for exchange, market, path, rows_of, is_chosen in LISTS:
            rows = rows_of((await http.get(path)).json())
            symbols = [row.get("instId") or row["symbol"] for row in rows if is_chosen(row)]
            assert 600 <= len(symbols) <= 615, (exchange, market)
            assert len(set(symbols)) == len(symbols)
            assert set(symbols) <= set(sim.exchanges[exchange].symbols(market))


def test_the_usual_size_is_the_written_list() -> None:
    """Nothing is added to what tests know unless they ask for it."""
    usual, full = Simulator(), Simulator(size=FULL_SIZE)
    for name, exchange in usual.exchanges.items():
        for market in ("perp", "spot"):
            symbols = exchange.symbols(market)
            assert len(symbols) < 220
            assert full.exchanges[name].symbols(market)[: len(symbols)] == symbols


def test_a_coin_has_one_price_everywhere_and_is_not_everywhere() -> None:
    """Within the bases' few tenths of a percent, after multiples; an eighth is missing."""
    sim = Simulator(size=FULL_SIZE)
    # When all are listed.
    ts_ms = 1_796_000_000_000
    prices: dict[str, dict[str, float]] = {}
    names = {coin.name for coin in islice(more_coins(), 100)}
    for name, exchange in sim.exchanges.items():
        for symbol in exchange.symbols("perp"):
            told = exchange.truth("perp", symbol, ts_ms)
            if told["coin"] in names:
                prices.setdefault(told["coin"], {})[name] = told["last"]
    assert len(prices) == 100
    for found in prices.values():
        assert max(found.values()) < 1.03 * min(found.values())
    held = Counter(len(found) for found in prices.values())
    assert held[4] > 40
    assert held[2] + held[3] > 20


def test_names_are_tickers_of_their_own() -> None:
    """Unique, not a written coin's, never to be taken for a multiple; some are Chinese."""
    coins = list(islice(more_coins(), MOST_COINS))
    names = [coin.name for coin in coins]
    assert len(set(names)) == MOST_COINS
    assert not set(names) & set(COINS)
    assert not any(re.search(r"\d|USD", name) for name in names)
    assert sum(not name.isascii() for name in names[:650]) >= 5
    prices = sorted(coin.price_usd for coin in coins[:600])
    assert prices[0] < 1e-9
    assert prices[-1] > 500
    # No decade between is empty.
    assert max(there / here for here, there in pairwise(prices[1:])) < 20


@pytest.mark.parametrize(
    ("exchange", "symbol", "coin", "multiplier"),
    [
        ("binance", "1000WHYUSDT", "WHY", 1e3),
        ("binance", "1000000BOBUSDT", "BOB", 1e6),
        ("bybit", "SHIB1000USDT", "SHIB", 1e3),
        ("bybit", "10000QUBICUSDT", "QUBIC", 1e4),
        ("bybit", "1000000PEIPEIUSDT", "PEIPEI", 1e6),
        ("bybit", "10000000AIDOGEUSDT", "AIDOGE", 1e7),
        ("bitget", "10000LADYSUSDT", "LADYS", 1e4),
    ],
)
def test_cheap_coins_are_quoted_by_the_thousand_and_more(
    exchange: str, symbol: str, coin: str, multiplier: float
) -> None:
    """As the exchanges name them; the price of one coin is the coin's."""
    known = COINS | {one.name: one for one in islice(more_coins(), 100)}
    told = Simulator(size=FULL_SIZE).exchanges[exchange].truth("perp", symbol, 1_795_132_800_000)
    assert (told["coin"], told["multiplier"]) == (coin, multiplier)
    level = known[coin].price_usd
    assert level / 3 < told["last"] < level * 3
