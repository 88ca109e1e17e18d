"""A simulator of a few coins: the same market, without the rest."""

from itertools import product

import httpx
import pytest

from tests.support.plain import PLAIN
from tests.support.sim import SAMPLE
from tests.support.virtual_time import START_MS, VirtualClock, in_virtual_time
from tui_monitor.simulator import Simulator

EXCHANGES = ("okx", "binance", "bybit", "bitget")
MARKETS = ("perp", "spot")
# A day in which every contract has moved, and an hour inside a half-hour.
TIMES = (START_MS, START_MS + 86_400_000 + 3_000_700)
LISTS = (
    "/okx/api/v5/public/instruments?instType=SWAP",
    "/okx/api/v5/public/instruments?instType=SPOT",
    "/okx/api/v5/public/instruments?instType=FUTURES",
    "/okx/api/v5/market/index-tickers?quoteCcy=USDT",
    "/okx/api/v5/market/index-tickers?quoteCcy=USD",
    "/binance-futures/fapi/v1/exchangeInfo",
    "/binance-spot/api/v3/exchangeInfo",
    "/bybit/v5/market/tickers?category=linear",
    "/bybit/v5/market/tickers?category=spot",
    "/bitget/api/v2/mix/market/tickers?productType=USDT-FUTURES",
    "/bitget/api/v2/spot/market/tickers",
)


def rows_of(body: dict[str, object]) -> list[dict[str, object]]:
    """A list's rows, wherever an exchange puts them."""
    found = body.get("data") or body.get("symbols") or body.get("result")
    if isinstance(found, dict):
        found = found["list"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(("exchange", "market"), [*product(EXCHANGES, MARKETS)])
@in_virtual_time
async def test_a_few_coins_are_listed_and_move_as_they_do_among_all(
    exchange: str, market: str
) -> None:
    """Whatever a market of the sample lists tells what that symbol tells in the whole one."""
    clock = VirtualClock()
    few = Simulator(seed=1, clock=clock, coins=SAMPLE).exchanges[exchange]
    whole = Simulator(seed=1, clock=clock).exchanges[exchange]
    listed = few.symbols(market)
    assert 15 <= len(listed) <= len(SAMPLE) < len(whole.symbols(market))
    assert set(listed) <= set(whole.symbols(market))
    for symbol, at_ms in product(listed, TIMES):
        told = few.truth(market, symbol, at_ms)
        assert told["coin"] in SAMPLE
        assert told == whole.truth(market, symbol, at_ms)


@in_virtual_time
async def test_every_list_of_a_few_coins_is_part_of_the_whole_one() -> None:
    """Row for row the same, in the same order; nothing of a coin that was not chosen."""
    clock = VirtualClock()
    async with (
        Simulator(seed=1, clock=clock, coins=("BTC", "PEPE")).running() as few,
        Simulator(seed=1, clock=clock).running() as whole,
        httpx.AsyncClient(trust_env=False, verify=PLAIN) as http,
    ):
        for path in LISTS:
            some = rows_of((await http.get(few.url + path)).json())
            every = rows_of((await http.get(whole.url + path)).json())
            assert 0 < len(some) < len(every), path
            assert [row for row in every if row in some] == some, path
