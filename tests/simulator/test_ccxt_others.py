"""A third-party client reads Bybit and Bitget of the simulator as it reads the real ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import ccxt.pro
import pytest

from tui_monitor.config import COINS
from tui_monitor.simulator import Simulator

BTC = "BTC/USDT:USDT"
HOSTS = {"bybit": "wss://stream.{hostname}", "bitget": "wss://ws.bitget.com"}


def moved(urls: Any, sim: Simulator, name: str) -> Any:
    """The client's addresses with their hosts replaced by the simulator's root."""
    if isinstance(urls, dict):
        return {key: moved(value, sim, name) for key, value in urls.items()}
    root = f"{sim.url}/{name}"
    sockets = root.replace("http", "ws", 1)
    return urls.replace("https://api.{hostname}", root).replace(HOSTS[name], sockets)


@asynccontextmanager
async def client_of(sim: Simulator, name: str, **options: Any) -> AsyncIterator[Any]:
    """ccxt's client of an exchange, with nothing but its addresses changed."""
    given = {"aiohttp_trust_env": False, "options": options, "timeout": 60_000}
    client = getattr(ccxt.pro, name)(given)
    client.urls["api"] = moved(client.urls["api"], sim, name)
    try:
        yield client
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("name", "options", "many"),
    [
        ("bybit", {}, "1000PEPE/USDT:USDT"),
        ("bitget", {}, "1000BONK/USDT:USDT"),
        ("bitget", {"uta": True}, "1000BONK/USDT:USDT"),
    ],
)
async def test_rest_and_streams_are_the_truth(
    sim: Simulator, name: str, options: dict[str, Any], many: str
) -> None:
    """Markets, tickers, candles, funding and open interest, and a watched ticker and candle."""
    told = sim.exchanges[name].truth
    async with client_of(sim, name, **options) as client:
        markets = await client.load_markets()
        for coin in COINS:
            market = markets[f"{coin}/USDT:USDT"]
            assert (market["active"], market["linear"], market["swap"]) == (True, True, True)
            assert market["contractSize"] == 1
        assert markets["BTC/USDT"]["spot"]
        assert {market["type"] for market in markets.values()} == {"spot", "swap", "future"}
        every = await client.fetch_tickers([f"{coin}/USDT:USDT" for coin in COINS])
        assert len(every) == 27
        await checked_ticker(client, name, sim)
        for row in await client.fetch_ohlcv(BTC, "30m", limit=50):
            assert row[1] == told("perp", "BTCUSDT", row[0])["last"]
        symbol = many.partition("/")[0] + "USDT"
        before = told("perp", symbol, sim.clock.now_ms())
        funding = await client.fetch_funding_rate(many)
        now = told("perp", symbol, sim.clock.now_ms())
        # A minute may have begun meanwhile.
        assert funding["fundingRate"] in (before["funding_rate"], now["funding_rate"])
        assert funding["fundingTimestamp"] == now["next_settlement_ms"]
        assert funding["interval"] == f"{now['funding_interval_h']:g}h"
        interest = await client.fetch_open_interest(BTC)
        then = told("perp", "BTCUSDT", interest["timestamp"])
        sides = 2 if name == "bybit" else 1
        assert interest["openInterestAmount"] == pytest.approx(sides * then["open_interest_coins"])

        for market, pair in (("perp", BTC), ("spot", "BTC/USDT")):
            ticker = await client.watch_ticker(pair)
            then = told(market, "BTCUSDT", ticker["timestamp"])
            assert ticker["last"] == then["last"]
            assert ticker["bid"] in (then["bid"], None)
        candles = await client.watch_ohlcv(BTC, "1m")
        assert candles[-1][1] == told("perp", "BTCUSDT", candles[-1][0])["last"]
        assert sim.stats()[name]["violations"] == []


async def checked_ticker(client: Any, name: str, sim: Simulator) -> None:
    """A ticker by REST is the truth of its time: of the row, or else of Bybit's envelope."""
    if name == "bybit":
        body = await client.publicGetV5MarketTickers({"category": "linear", "symbol": "BTCUSDT"})
        ticker = client.parse_ticker(body["result"]["list"][0], client.market(BTC))
        at_ms = int(body["time"])
    else:
        ticker = await client.fetch_ticker(BTC)
        at_ms = ticker["timestamp"]
    then = sim.exchanges[name].truth("perp", "BTCUSDT", at_ms)
    figures = (ticker["last"], ticker["bid"], ticker["ask"])
    assert figures == (then["last"], then["bid"], then["ask"])
    assert (ticker["markPrice"], ticker["indexPrice"]) == (then["mark_price"], then["index_price"])


async def test_errors_are_told_apart(sim: Simulator) -> None:
    """An unknown symbol, a limit, a failing server: each is the exception it should be."""
    async with client_of(sim, "bybit") as client:
        with pytest.raises(ccxt.pro.BadRequest):
            await client.publicGetV5MarketTickers({"category": "linear", "symbol": "NOPEUSDT"})
        sim.fault(exchange="bybit", kind="http_429", code=10006, seconds=3_600)
        with pytest.raises(ccxt.pro.RateLimitExceeded):
            await client.publicGetV5MarketTime()
    async with client_of(sim, "bitget") as client:
        with pytest.raises(ccxt.pro.ExchangeError):
            await client.publicMixGetV2MixMarketTicker(
                {"productType": "USDT-FUTURES", "symbol": "NOPEUSDT"}
            )
        sim.fault(exchange="bitget", kind="http_429", seconds=3_600)
        with pytest.raises(ccxt.pro.DDoSProtection):
            await client.publicCommonGetV2PublicTime()
