"""A third-party client reads the simulator as it reads the real exchange."""

from collections.abc import AsyncIterator
from typing import Any

import ccxt.pro
import pytest

from tui_monitor.config import COINS
from tui_monitor.simulator import Simulator

BTC = "BTC/USDT:USDT"
SWAP = "BTC-USDT-SWAP"


@pytest.fixture
async def client(sim: Simulator) -> AsyncIterator[Any]:
    """ccxt's OKX, with nothing but its addresses changed."""
    exchange = ccxt.pro.okx({"aiohttp_trust_env": False, "timeout": 60_000})
    exchange.urls["api"] = {
        "rest": f"{sim.url}/okx",
        "ws": f"{sim.url.replace('http', 'ws', 1)}/okx/ws/v5",
    }
    try:
        yield exchange
    finally:
        await exchange.close()


async def test_markets(client: Any) -> None:
    """Contract sizes, ticks and states are understood; nothing makes it stumble."""
    markets = await client.load_markets()
    for coin in COINS:
        market = markets[f"{coin}/USDT:USDT"]
        assert (market["active"], market["linear"], market["swap"]) == (True, True, True)
    assert markets[BTC]["contractSize"] == 0.01
    assert markets["PEPE/USDT:USDT"]["contractSize"] == 10_000_000
    assert markets["BTC/USD:BTC"]["inverse"]
    assert markets["币安人生/USDT:USDT"]["id"] == "币安人生-USDT-SWAP"
    assert markets["BTC/USDT"]["spot"]
    assert {market["type"] for market in markets.values()} == {"spot", "swap", "future"}
    assert markets["DOGS/USDT:USDT"]["active"] is False


async def test_rest_figures_are_the_truth(client: Any, sim: Simulator) -> None:
    """Tickers, candles, funding and open interest say what the market was."""
    okx = sim.exchanges["okx"]
    ticker = await client.fetch_ticker(BTC)
    told = okx.truth("perp", SWAP, ticker["timestamp"])
    assert (ticker["last"], ticker["bid"], ticker["ask"]) == (
        told["last"],
        told["bid"],
        told["ask"],
    )
    assert len(await client.fetch_tickers(params={"instType": "SWAP"})) > 180
    for row in await client.fetch_ohlcv(BTC, "30m", limit=50):
        assert row[1] == okx.truth("perp", SWAP, row[0])["last"]
    funding = await client.fetch_funding_rate(BTC)
    told = okx.truth("perp", SWAP, int(funding["info"]["ts"]))
    assert funding["fundingRate"] == told["funding_rate"]
    assert funding["fundingTimestamp"] == told["next_settlement_ms"]
    interest = await client.fetch_open_interest(BTC)
    told = okx.truth("perp", SWAP, interest["timestamp"])
    assert interest["baseVolume"] == told["open_interest_coins"]
    assert interest["openInterestValue"] == pytest.approx(told["open_interest_usd"])


async def test_streams_are_the_truth(client: Any, sim: Simulator) -> None:
    """Ticker, mark, funding and candles arrive through its own socket code."""
    okx = sim.exchanges["okx"]
    for _ in range(3):
        ticker = await client.watch_ticker(BTC)
        told = okx.truth("perp", SWAP, ticker["timestamp"])
        assert (ticker["last"], ticker["bid"]) == (told["last"], told["bid"])
    mark = await client.watch_mark_price(BTC)
    assert mark["markPrice"] == okx.truth("perp", SWAP, mark["timestamp"])["mark_price"]
    candles = await client.watch_ohlcv(BTC, "1m")
    assert candles[-1][1] == okx.truth("perp", SWAP, candles[-1][0])["last"]
    funding = await client.watch_funding_rate(BTC)
    assert funding["fundingRate"] is not None
    assert sim.stats()["okx"]["violations"] == []


async def test_errors_are_told_apart(client: Any, sim: Simulator) -> None:
    """An unknown symbol, a limit, a failing server: each is the exception it should be."""
    await client.load_markets()
    with pytest.raises(ccxt.pro.BadSymbol):
        await client.publicGetMarketTicker({"instId": "NOPE-USDT-SWAP"})
    with pytest.raises(ccxt.pro.BadRequest):
        await client.publicGetMarketCandles({"instId": SWAP, "bar": "30M"})
    sim.fault(exchange="okx", kind="http_429", seconds=3_600)
    with pytest.raises(ccxt.pro.RateLimitExceeded):
        await client.fetch_ticker(BTC)
